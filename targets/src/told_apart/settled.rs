//! What a condition settles for those beside it.
//!
//! `A: '?*'` beside `B|fieldref: A`: where `B` is empty, the relation asks whether `A` is, and that is settled already. Without this, a rule would seem to mind
//! an empty `B` although no event can show it.

use super::accepts_empty;
use std::collections::BTreeSet;
use verdict_compiler::ir::{Expr, Leaf, LeafKind, Term, Test};
use verdict_event::Path;

/// The expression without tests for the empty text where the field is known to hold another one. `single` says which fields have one value at most: of a
/// list, one value may be empty and another one meet the condition.
pub(super) fn settled(expr: &Expr, single: &dyn Fn(&Path) -> bool) -> Expr {
    below(expr, &BTreeSet::new(), single)
}

fn below<'e>(expr: &'e Expr, known: &BTreeSet<&'e Path>, single: &dyn Fn(&Path) -> bool) -> Expr {
    let with = |operands: &'e [Expr], negated: bool| -> BTreeSet<&'e Path> {
        let said = operands
            .iter()
            .filter_map(|operand| match (operand, negated) {
                (Expr::Leaf(leaf), false) => filled(leaf),
                (Expr::Not(inner), true) => match &**inner {
                    Expr::Leaf(leaf) => filled(leaf),
                    Expr::Const(_) | Expr::Not(_) | Expr::All(_) | Expr::Any(_) => None,
                },
                (Expr::Leaf(_), true)
                | (Expr::Not(_), false)
                | (Expr::Const(_) | Expr::All(_) | Expr::Any(_), _) => None,
            });
        said.filter(|path| single(path))
            .chain(known.iter().copied())
            .collect()
    };
    match expr {
        Expr::Const(value) => Expr::Const(*value),
        Expr::Not(inner) => below(inner, known, single).negate(),
        // Each operand matters only where the others hold, or, of alternatives, where they do not.
        Expr::All(operands) => {
            let known = with(operands, false);
            Expr::all(
                operands
                    .iter()
                    .map(|x| below(x, &known, single))
                    .collect::<Vec<_>>(),
            )
        }
        Expr::Any(operands) => {
            let known = with(operands, true);
            Expr::any(
                operands
                    .iter()
                    .map(|x| below(x, &known, single))
                    .collect::<Vec<_>>(),
            )
        }
        Expr::Leaf(leaf) if empty(leaf).is_some_and(|path| known.contains(path)) => {
            Expr::Const(false)
        }
        Expr::Leaf(leaf) => Expr::Leaf(leaf.clone()),
    }
}

/// The field that has a value other than the empty text where this holds.
fn filled(leaf: &Leaf) -> Option<&Path> {
    match &leaf.kind {
        LeafKind::Is {
            term: Term::Field(path),
            test,
        } if !accepts_empty(test) => Some(path),
        LeafKind::Is { .. }
        | LeafKind::Missing(_)
        | LeafKind::Present(_)
        | LeafKind::Relate { .. }
        | LeafKind::AnyText(_) => None,
    }
}

/// The field of which this asks whether it is the empty text.
fn empty(leaf: &Leaf) -> Option<&Path> {
    match &leaf.kind {
        LeafKind::Is {
            term: Term::Field(path),
            test: Test::Text(pattern),
        } => pattern.pieces().is_empty().then_some(path),
        LeafKind::Is { .. }
        | LeafKind::Missing(_)
        | LeafKind::Present(_)
        | LeafKind::Relate { .. }
        | LeafKind::AnyText(_) => None,
    }
}
