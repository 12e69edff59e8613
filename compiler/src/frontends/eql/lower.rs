//! The tree to the IR, with Elasticsearch's null logic written out.
//!
//! Types are checked on the way, since what an operator means depends on them. Every leaf is first lowered as [`Cond`]
//! says it: where it is true, where false, where unknown. Outside of operands only *true* and *null for every
//! event* matter, so there a leaf becomes an ordinary two-valued one; as an operand it keeps all three.

mod arguments;
mod call;
mod compare;
mod cond;
mod instant;
mod matching;
mod network;
mod value;

use super::ast::{EventQuery, Expr, ExprKind, Relation};
use super::functions::{self, Name};
use super::types::Fields;
use crate::codes::{Code, target};
use crate::compile::Refusal;
use crate::diagnostic::Diagnostic;
use crate::ir::{self, Case, Comparison, Pattern, Test};
use crate::span::Span;
use cond::Cond;
use std::collections::BTreeMap;
use value::{Typed, Value};
use verdict_event::{FieldSchema, Path};

/// How deep conditions may be operands of one another. Each level doubles what is written out.
const MAX_NESTED_TRUTH: usize = 4;

/// What came of an event query.
pub(super) struct Lowered {
    /// The condition with the category.
    pub(super) predicate: ir::Expr,
    /// The condition alone.
    pub(super) detection: ir::Expr,
    /// Every field read.
    pub(super) fields: BTreeMap<Path, FieldSchema>,
    /// Why no target can have it, if so.
    pub(super) refusal: Option<Refusal>,
}

/// Lowers an event query; errors go to `findings`.
pub(super) fn lower(
    event: &EventQuery,
    category_field: &str,
    fields: &Fields<'_>,
    findings: &mut Vec<Diagnostic>,
) -> Lowered {
    let mut lowering = Lowering {
        fields,
        findings,
        reads: BTreeMap::new(),
        refusal: None,
        nested: 0,
    };
    let detection = lowering
        .condition(&event.condition, Use::Condition)
        .into_yes();
    let category = event.category.as_ref().map(|category| {
        let path = Path::new(category_field);
        lowering
            .reads
            .insert(path.clone(), fields.lookup(category_field));
        let test = Test::Text(Pattern::literal(category.clone(), Case::Exact));
        ir::Expr::field(path, test, event.category_span)
    });
    let predicate = ir::Expr::all(category.into_iter().chain([detection.clone()]));
    let mut read = lowering.reads;
    let refusal = lowering.refusal;
    // A field whose condition folded away is read no more.
    let kept = predicate.fields();
    read.retain(|path, _| kept.contains(path));
    Lowered {
        predicate,
        detection,
        fields: read,
        refusal,
    }
}

/// A condition (anything but a field) that is compared with `true` or `false`, and what is wanted of it: E7.
fn against_bool<'x>(
    relation: Relation,
    left: &'x Expr,
    right: &'x Expr,
) -> Option<(&'x Expr, bool)> {
    let equal = match relation {
        Relation::Is(Comparison::Equal) => true,
        Relation::NotEqual => false,
        Relation::Is(_) => return None,
    };
    match (&left.kind, &right.kind) {
        (_, ExprKind::Bool(truth)) if is_condition(left) => Some((left, *truth == equal)),
        (ExprKind::Bool(truth), _) if is_condition(right) => Some((right, *truth == equal)),
        _ => None,
    }
}

fn is_condition(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Not(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Compare(..)
        | ExprKind::In(_)
        | ExprKind::Match(_) => true,
        ExprKind::Call(call) => functions::find(&call.name).is_some_and(|found| match found.name {
            Name::CidrMatch | Name::EndsWith | Name::StartsWith | Name::StringContains => true,
            Name::Add
            | Name::Between
            | Name::Concat
            | Name::Divide
            | Name::IndexOf
            | Name::Length
            | Name::Modulo
            | Name::Multiply
            | Name::Number
            | Name::Text
            | Name::Substring
            | Name::Subtract => false,
        }),
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Text(_)
        | ExprKind::Field(_)
        | ExprKind::Arithmetic(..)
        | ExprKind::Negate(_)
        | ExprKind::Invalid => false,
    }
}

/// What a condition is used for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// As a condition: a leaf that is not true is false.
    Condition,
    /// As an operand of something else, which sees null as null.
    Operand,
}

struct Lowering<'l, 'i> {
    fields: &'l Fields<'i>,
    findings: &'l mut Vec<Diagnostic>,
    reads: BTreeMap<Path, FieldSchema>,
    refusal: Option<Refusal>,
    nested: usize,
}

impl Lowering<'_, '_> {
    fn condition(&mut self, expr: &Expr, usage: Use) -> Cond {
        // What is negated is the leaf as the usage sees it: `!=` is true of a missing field.
        let (leaf, negated) = match &expr.kind {
            ExprKind::Not(inner) => return self.condition(inner, usage).negate(),
            ExprKind::And(operands) => return self.joined(operands, usage, expr.span, Cond::all),
            ExprKind::Or(operands) => return self.joined(operands, usage, expr.span, Cond::any),
            ExprKind::Compare(relation, left, right)
                if let Some((inner, wanted)) = against_bool(*relation, left, right) =>
            {
                let condition = self.condition(inner, usage);
                return if wanted {
                    condition
                } else {
                    condition.negate()
                };
            }
            ExprKind::Compare(Relation::NotEqual, left, right) => (
                self.compare(Comparison::Equal, left, right, expr.span),
                true,
            ),
            ExprKind::Compare(Relation::Is(comparison), left, right) => {
                (self.compare(*comparison, left, right, expr.span), false)
            }
            ExprKind::In(membership) => {
                (self.membership(membership, expr.span), membership.negated)
            }
            ExprKind::Match(matched) => (self.matched(matched, expr.span), false),
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Field(_)
            | ExprKind::Call(_)
            | ExprKind::Arithmetic(..)
            | ExprKind::Negate(_)
            | ExprKind::Invalid => {
                let value = self.value(expr);
                (self.truth(value), false)
            }
        };
        let leaf = match usage {
            Use::Condition => leaf.two_valued(),
            Use::Operand => leaf,
        };
        if negated { leaf.negate() } else { leaf }
    }

    fn joined(
        &mut self,
        operands: &[Expr],
        usage: Use,
        span: Span,
        join: fn(Vec<Cond>) -> Cond,
    ) -> Cond {
        match usage {
            Use::Condition => join(self.conditions(operands, usage)),
            Use::Operand => {
                let deeper = |own: &mut Self| join(own.conditions(operands, usage));
                self.nested(span, deeper).unwrap_or_else(Cond::never)
            }
        }
    }

    /// What stands one level deeper in operands, each of which doubles what is written out; None beyond the limit.
    fn nested<T>(&mut self, span: Span, deeper: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.nested >= MAX_NESTED_TRUTH {
            self.refuse(
                target::NESTED_TRUTH,
                span,
                format!("more than {MAX_NESTED_TRUTH} conditions are operands of one another"),
            );
            return None;
        }
        self.nested += 1;
        let result = deeper(self);
        self.nested -= 1;
        Some(result)
    }

    fn conditions(&mut self, operands: &[Expr], usage: Use) -> Vec<Cond> {
        operands
            .iter()
            .map(|operand| self.condition(operand, usage))
            .collect()
    }

    /// A condition where a value is wanted.
    fn nested_truth(&mut self, expr: &Expr) -> Typed {
        let cond = self.nested(expr.span, |own| own.condition(expr, Use::Operand));
        cond.map_or_else(
            || Typed::invalid(expr.span),
            |cond| Typed::condition(cond, expr.span),
        )
    }

    fn refuse(&mut self, code: Code, span: Span, reason: String) {
        self.refusal.get_or_insert(Refusal { code, reason, span });
    }

    fn error(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        reason: impl Into<String>,
        hint: &str,
    ) {
        self.findings
            .push(Diagnostic::error(code, span, message, reason).hint(hint));
    }

    /// Takes a value as a condition.
    fn truth(&mut self, value: Typed) -> Cond {
        match value.value {
            Value::Invalid => Cond::never(),
            Value::Null => Cond::null(),
            Value::Cond(cond) => cond,
            Value::Const(ir::Scalar::Bool(truth)) => Cond::Known(ir::Expr::Const(truth)),
            Value::Term(term) if value.kind == value::Kind::Bool => {
                Cond::boolean(&term, value.span)
            }
            Value::Const(_) | Value::Term(_) => {
                self.error(
                    crate::codes::eql::NOT_BOOLEAN,
                    value.span,
                    format!("{} is no condition", value.kind.describe()),
                    "neither true nor false",
                    "compare it with something, or test it with `!= null`",
                );
                Cond::never()
            }
        }
    }
}
