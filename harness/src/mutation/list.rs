//! Mistakes about lists: of values in an event, and of alternatives in a rule.

use super::operator::{EVERY_VALUE, FIRST_VALUE_ONLY, LIST_HALVED};
use super::{Add, Change};
use verdict_compiler::Ir;
use verdict_compiler::ir::{Expr, Leaf, LeafKind, Term, Test};

pub(super) fn mutants(_ir: &Ir, leaf: &Leaf, add: &mut Add<'_>) {
    match &leaf.kind {
        // Of any value, the first says all there is to say.
        LeafKind::Is {
            test: Test::AnyValue,
            ..
        } => {}
        LeafKind::Is {
            term: Term::Field(_),
            ..
        } => {
            add(FIRST_VALUE_ONLY, Change::FirstValue);
            add(EVERY_VALUE, Change::EveryValue);
        }
        LeafKind::Is { .. }
        | LeafKind::Relate { .. }
        | LeafKind::Missing(_)
        | LeafKind::Present(_)
        | LeafKind::AnyText(_) => {}
    }
}

/// From how many alternatives on a list is cut in half; a shorter one loses an operand.
const LIST: usize = 4;

pub(super) fn of_group(expr: &Expr, add: &mut Add<'_>) {
    if let Expr::Any(operands) = expr
        && operands.len() >= LIST
    {
        let half = operands.iter().take(operands.len().div_ceil(2)).cloned();
        add(
            LIST_HALVED,
            Change::Becomes(Expr::any(half.collect::<Vec<_>>())),
        );
    }
}
