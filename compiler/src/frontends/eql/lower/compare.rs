//! Comparisons and `in`.

use super::cond::Cond;
use super::value::{Kind, Typed, Value};
use super::{Lowering, instant, network};
use crate::codes::{eql as codes, target};
use crate::diagnostic::Diagnostic;
use crate::frontends::eql::ast::{self, Membership};
use crate::ir::{
    Case, Comparison, Expr, LeafKind, Pattern, Relation, Scalar, Term, Test, View, fold,
};
use crate::span::Span;

impl Lowering<'_, '_> {
    pub(super) fn compare(
        &mut self,
        comparison: Comparison,
        left: &ast::Expr,
        right: &ast::Expr,
        span: Span,
    ) -> Cond {
        let (left, right) = (self.value(left), self.value(right));
        if comparison == Comparison::Equal {
            self.warn_of_wildcards(&left, &right);
            self.warn_of_wildcards(&right, &left);
        }
        self.compared(comparison, Case::Exact, left, right, span)
    }

    /// Membership, whether or not it is negated.
    pub(super) fn membership(&mut self, membership: &Membership, span: Span) -> Cond {
        let value = self.value(&membership.value);
        let case = if membership.insensitive {
            Case::Fold
        } else {
            Case::Exact
        };
        if case == Case::Fold && value.kind != Kind::Text && !value.is_null() && !value.is_invalid()
        {
            self.not_text(&value, span);
            return Cond::never();
        }
        let single = membership.items.len() == 1;
        let mut conditions = Vec::new();
        let mut found_null = false;
        for item in &membership.items {
            let item = self.value(item);
            if matches!(item.value, Value::Null) {
                found_null = true;
                self.null_in_list(item.span);
                continue;
            }
            self.warn_of_wildcards(&value, &item);
            let place = if single { span } else { item.span };
            conditions.push(self.compared(Comparison::Equal, case, value.clone(), item, place));
        }
        if value.is_null() || (conditions.is_empty() && found_null) {
            return Cond::null();
        }
        Cond::alternatives(conditions, span)
    }

    pub(super) fn null_in_list(&mut self, span: Span) {
        self.findings.push(
            Diagnostic::warning(
                codes::NULL_IN_LIST,
                span,
                "null in a list",
                "nothing equals null",
            )
            .hint("test for a missing value with `field == null`"),
        );
    }

    /// One comparison, of values in this order.
    fn compared(
        &mut self,
        comparison: Comparison,
        case: Case,
        left: Typed,
        right: Typed,
        span: Span,
    ) -> Cond {
        if left.is_invalid() || right.is_invalid() {
            return Cond::never();
        }
        if left.is_null() || right.is_null() {
            if comparison != Comparison::Equal {
                return Cond::null();
            }
            let other = if left.is_null() { right } else { left };
            return other.missing();
        }
        if !self.comparable(comparison, &left, &right, span) {
            return Cond::never();
        }
        match (left.value, right.value) {
            (Value::Const(left), Value::Const(right)) => {
                Cond::Known(Expr::Const(constants(comparison, case, &left, &right)))
            }
            (Value::Term(Term::Field(_)), Value::Term(Term::Field(_))) => {
                self.error(
                    codes::FIELD_COMPARISON,
                    span,
                    "two fields are compared",
                    "fields on both sides",
                    "EQL compares a field with constants only",
                );
                Cond::never()
            }
            (a, b) if left.kind == Kind::Bool => {
                let a = self.truth(Typed {
                    value: a,
                    kind: Kind::Bool,
                    span: left.span,
                });
                let b = self.truth(Typed {
                    value: b,
                    kind: Kind::Bool,
                    span: right.span,
                });
                a.equal(b)
            }
            (Value::Term(term), Value::Const(scalar)) => self.term_with(
                comparison, case, &term, left.kind, &scalar, right.span, span,
            ),
            (Value::Const(scalar), Value::Term(term)) => self.term_with(
                comparison.swapped(),
                case,
                &term,
                right.kind,
                &scalar,
                left.span,
                span,
            ),
            (Value::Term(a), Value::Term(b)) => {
                let relation = Relation::Compare(comparison, view(left.kind, right.kind), case);
                let leaf = LeafKind::Relate {
                    relation,
                    left: a.clone(),
                    right: b.clone(),
                };
                Cond::over(&[&a, &b], Expr::leaf(leaf, span), None, span)
            }
            (
                Value::Null | Value::Invalid | Value::Cond(_) | Value::Const(_) | Value::Term(_),
                _,
            ) => Cond::never(),
        }
    }

    /// Whether two values can be compared so; what cannot is reported.
    fn comparable(
        &mut self,
        comparison: Comparison,
        left: &Typed,
        right: &Typed,
        span: Span,
    ) -> bool {
        let constant = |side: &Typed| matches!(side.value, Value::Const(_));
        let written = |typed: &Typed, text: &Typed| {
            let held = matches!(typed.kind, Kind::Ip | Kind::Version | Kind::Date)
                && text.kind == Kind::Text;
            let dated = typed.kind == Kind::Date && text.kind.is_number();
            (held || dated) && constant(text)
        };
        let alike = left.kind == right.kind
            || (left.kind.is_number() && right.kind.is_number())
            || written(left, right)
            || written(right, left);
        if !alike {
            let (a, b) = (left.kind.describe(), right.kind.describe());
            self.error(
                codes::TYPE_MISMATCH,
                span,
                format!("{a} is compared with {b}"),
                format!("{a} here, {b} there"),
                "write a number without quotes and text with them; `string(...)` and `number(...)` convert",
            );
            return false;
        }
        if left.kind == Kind::Bool && comparison != Comparison::Equal {
            self.error(
                codes::TYPE_MISMATCH,
                span,
                "booleans have no order",
                "true is neither less nor more than false",
                "compare with `==` or `!=`",
            );
            return false;
        }
        true
    }

    /// A term compared with a constant.
    #[expect(
        clippy::too_many_arguments,
        reason = "a comparison has two sides with a type and a place each"
    )]
    fn term_with(
        &mut self,
        comparison: Comparison,
        case: Case,
        term: &Term,
        kind: Kind,
        constant: &Scalar,
        place: Span,
        span: Span,
    ) -> Cond {
        let leaf = |test: Test| {
            Expr::leaf(
                LeafKind::Is {
                    term: term.clone(),
                    test,
                },
                span,
            )
        };
        if kind == Kind::Ip {
            let Scalar::Text(text) = constant else {
                return Cond::never();
            };
            let Some(networks) = network::compared(comparison, text) else {
                self.unheld(
                    text,
                    "an address",
                    "write an address such as `10.0.0.1` or `::1`",
                    place,
                );
                return Cond::never();
            };
            let yes = Expr::any(
                networks
                    .into_iter()
                    .map(|net| leaf(Test::Cidr(net)))
                    .collect::<Vec<_>>(),
            );
            return Cond::over(&[term], yes, None, span);
        }
        if let (Kind::Date, Comparison::Equal) = (kind, comparison) {
            let Some((first, last)) = self.date(constant, place) else {
                return Cond::never();
            };
            let tests = if first == last {
                vec![Test::Instant(Comparison::Equal, first)]
            } else {
                vec![
                    Test::Instant(Comparison::GreaterOrEqual, first),
                    Test::Instant(Comparison::LessOrEqual, last),
                ]
            };
            return Cond::over(&[term], Expr::all(tests.into_iter().map(leaf)), None, span);
        }
        let Some(test) = self.test(comparison, case, kind, constant, place) else {
            return Cond::never();
        };
        // The opposite order, so that a list is seen value by value here as well.
        let opposite = opposite(comparison)
            .and_then(|opposite| self.test(opposite, case, kind, constant, place))
            .map(leaf);
        Cond::over(&[term], leaf(test), opposite, span)
    }

    fn test(
        &mut self,
        comparison: Comparison,
        case: Case,
        kind: Kind,
        constant: &Scalar,
        place: Span,
    ) -> Option<Test> {
        match (kind, constant) {
            (Kind::Long | Kind::Double, Scalar::Number(number)) => {
                Some(Test::Compare(comparison, number.clone()))
            }
            (Kind::Text, Scalar::Text(text)) => Some(match comparison {
                Comparison::Equal => Test::Text(Pattern::literal(text.clone(), case)),
                Comparison::Less
                | Comparison::LessOrEqual
                | Comparison::Greater
                | Comparison::GreaterOrEqual => Test::TextOrder(comparison, text.clone()),
            }),
            (Kind::Version, Scalar::Text(text)) => Some(Test::Version(comparison, text.clone())),
            (Kind::Date, _) => {
                let (first, last) = self.date(constant, place)?;
                let instant = match comparison {
                    Comparison::Equal | Comparison::Less | Comparison::GreaterOrEqual => first,
                    Comparison::LessOrEqual | Comparison::Greater => last,
                };
                Some(Test::Instant(comparison, instant))
            }
            (
                Kind::Null
                | Kind::Bool
                | Kind::Long
                | Kind::Double
                | Kind::Text
                | Kind::Ip
                | Kind::Version,
                _,
            ) => None,
        }
    }

    /// The first and the last millisecond that a constant names beside a date.
    fn date(&mut self, constant: &Scalar, place: Span) -> Option<(i64, i64)> {
        let text = match constant {
            Scalar::Number(number) => return number.as_i64().map(|millis| (millis, millis)),
            Scalar::Text(text) => text,
            Scalar::Bool(_) => return None,
        };
        if text.starts_with("now") || text.contains("||") {
            let reason = format!("{text:?} means another instant each time the rule runs");
            self.refuse(target::DATE_MATH, place, reason);
            return None;
        }
        let span = instant::parse(text);
        if span.is_none() {
            let hint =
                "write an ISO 8601 date such as `2024-05-01T12:00:00Z`, or milliseconds since 1970";
            self.unheld(text, "a date", hint, place);
        }
        span
    }

    fn unheld(&mut self, text: &str, what: &str, hint: &str, place: Span) {
        self.error(
            codes::LITERAL,
            place,
            format!("{text:?} is not {what}"),
            format!("not {what}"),
            hint,
        );
    }

    fn warn_of_wildcards(&mut self, field: &Typed, literal: &Typed) {
        let (Kind::Text, Value::Const(Scalar::Text(text))) = (field.kind, &literal.value) else {
            return;
        };
        if matches!(field.value, Value::Term(_)) && text.contains('*') && text.len() > 1 {
            self.findings.push(
                Diagnostic::warning(
                    codes::WILDCARD_IN_EQUALS,
                    literal.span,
                    "a wildcard where none is active",
                    "`*` is an ordinary character here",
                )
                .hint("use `:` or `like` for patterns"),
            );
        }
    }
}

fn opposite(comparison: Comparison) -> Option<Comparison> {
    match comparison {
        Comparison::Equal => None,
        Comparison::Less => Some(Comparison::GreaterOrEqual),
        Comparison::LessOrEqual => Some(Comparison::Greater),
        Comparison::Greater => Some(Comparison::LessOrEqual),
        Comparison::GreaterOrEqual => Some(Comparison::Less),
    }
}

fn view(left: Kind, right: Kind) -> View {
    let kind = if left == Kind::Null { right } else { left };
    match kind {
        Kind::Long | Kind::Double => View::Number,
        Kind::Text | Kind::Null => View::Text,
        Kind::Bool => View::Bool,
        Kind::Date => View::Instant,
        Kind::Ip => View::Address,
        Kind::Version => View::Version,
    }
}

/// Two constants of one type.
fn constants(comparison: Comparison, case: Case, left: &Scalar, right: &Scalar) -> bool {
    let order = match (left, right) {
        (Scalar::Number(left), Scalar::Number(right)) => left.decimal().cmp(&right.decimal()),
        (Scalar::Bool(left), Scalar::Bool(right)) => left.cmp(right),
        (Scalar::Text(left), Scalar::Text(right)) if case == Case::Fold => {
            fold::fold(left).cmp(&fold::fold(right))
        }
        (Scalar::Text(left), Scalar::Text(right)) => left.cmp(right),
        (Scalar::Number(_) | Scalar::Bool(_) | Scalar::Text(_), _) => return false,
    };
    comparison.accepts(order)
}
