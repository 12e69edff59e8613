//! Comparisons.

use super::{Binder, Outcome, folded};
use crate::esql::ast::{Comparison, Span};
use crate::esql::functions::Every;
use crate::esql::lucene::TextTest;
use crate::esql::node::{Node, Typed};
use crate::esql::value::{Scalar, Type, Val};
use regex::Regex;
use std::sync::OnceLock;

impl Binder<'_> {
    /// `==` and its kin. Source: `EsqlBinaryComparison`, `Verifier.validateBinaryComparison`.
    pub(super) fn compare(
        &mut self,
        comparison: Comparison,
        left: Typed,
        right: Typed,
        span: &Span,
    ) -> Outcome<Typed> {
        let (left_kind, right_kind) = (left.kind, right.kind);
        let left = self.implicit(left, right_kind, span)?;
        let right = self.implicit(right, left_kind, span)?;
        if left.kind == Type::Null || right.kind == Type::Null {
            return Ok(Typed::boolean(Node::Const(Val::Null)));
        }
        self.check_sides(comparison, &left, &right, span)?;
        // A constant stands on the right. Source: `LiteralsOnTheRight`.
        let (comparison, left, right) = if left.constant().is_some() && right.constant().is_none() {
            (comparison.flipped(), right, left)
        } else {
            (comparison, left, right)
        };
        if matches!(comparison, Comparison::Equal | Comparison::NotEqual)
            && let Some(text) = right.constant_text().filter(|_| left.kind.is_string())
        {
            let node = equal_text(left.node, text, comparison == Comparison::NotEqual);
            return Ok(Typed::boolean(node));
        }
        let node = Node::Compare(comparison, Box::new([left.node, right.node]));
        Ok(Typed::boolean(folded(node)))
    }

    fn check_sides(
        &mut self,
        comparison: Comparison,
        left: &Typed,
        right: &Typed,
        span: &Span,
    ) -> Outcome<()> {
        let equality = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let fits = compatible(left.kind, right.kind)
            && (equality || left.kind != Type::Boolean)
            && !left.kind.is_amount();
        if fits {
            return Ok(());
        }
        let wanted = if left.kind.is_number() {
            "numeric"
        } else {
            left.kind.name()
        };
        let message = if left.kind == right.kind {
            format!(
                "[{}] does not compare [{}]",
                comparison.text(),
                left.kind.name()
            )
        } else {
            format!(
                "first argument of [{}] is [{wanted}] so second argument must also be [{wanted}] but was [{}]",
                comparison.text(),
                right.kind.name()
            )
        };
        self.fail(message, span)
    }
}

/// Whether values of two types can be equal. Source: `In.areCompatible`, `Verifier.validateUnsignedLongOperator`.
pub(super) fn compatible(left: Type, right: Type) -> bool {
    if left == right || left == Type::Null || right == Type::Null {
        return true;
    }
    if left == Type::UnsignedLong || right == Type::UnsignedLong {
        return false;
    }
    (left.is_string() && right.is_string()) || (left.is_number() && right.is_number())
}

/// A test for one constant text. Beside `TO_LOWER` or `TO_UPPER` the vendor compares without case, and a text in the other case
/// is never equal: the comparison is false even where the value is missing, its negation is true of every value.
/// Source: `ReplaceStringCasingWithInsensitiveEquals`.
pub(super) fn equal_text(value: Node, text: &str, negated: bool) -> Node {
    if let Some((every, field)) = changed_case(&value) {
        if !matches_case(every, text) {
            return if negated {
                Node::IsNull {
                    negated: true,
                    value: Box::new(field.clone()),
                }
            } else {
                Node::Const(Val::One(Scalar::Bool(false)))
            };
        }
        let test = TextTest::equal_ignoring_case(text);
        return maybe_not(Node::Text(Box::new(test), Box::new(field.clone())), negated);
    }
    let test = TextTest::equal(text);
    maybe_not(folded(Node::Text(Box::new(test), Box::new(value))), negated)
}

fn maybe_not(node: Node, negated: bool) -> Node {
    if negated {
        folded(Node::Not(Box::new(node)))
    } else {
        node
    }
}

/// What is below `TO_LOWER` and `TO_UPPER`, and the outermost of them. Source: `unwrapCase`.
pub(super) fn changed_case(node: &Node) -> Option<(Every, &Node)> {
    let Node::Each(every @ (Every::Lower | Every::Upper), inner) = node else {
        return None;
    };
    if verdict_faults::at("esql/engine/lowered-text-is-compared-as-it-is") {
        return None;
    }
    let mut field = inner.as_ref();
    while let Node::Each(Every::Lower | Every::Upper, inner) = field {
        field = inner;
    }
    Some((*every, field))
}

/// Whether a text could come out of the function, by its letters. Source: `ChangeCase.Case.matchesCase`: general categories `Lu`, `Ll`.
pub(super) fn matches_case(every: Every, text: &str) -> bool {
    static UPPER: OnceLock<Option<Regex>> = OnceLock::new();
    static LOWER: OnceLock<Option<Regex>> = OnceLock::new();
    if verdict_faults::at("esql/engine/lowered-text-takes-any-case") {
        return true;
    }
    let odd = match every {
        Every::Lower => UPPER.get_or_init(|| Regex::new(r"\p{Lu}").ok()),
        Every::Upper => LOWER.get_or_init(|| Regex::new(r"\p{Ll}").ok()),
        Every::Cast(_) => return true,
    };
    odd.as_ref().is_none_or(|odd| !odd.is_match(text))
}
