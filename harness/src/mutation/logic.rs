//! Mistakes in the boolean logic.

use super::operator::{
    AND_TO_OR, DROP_AND_OPERAND, DROP_OR_OPERAND, EXTRA_CONJUNCT, NEGATE_GROUP, NEGATE_LEAF,
    NOT_NEEDS_FIELD, NOT_TAKES_FIRST, OR_TO_AND, PARENTHESES_LOST, REMOVE_NOT, STUCK_FALSE,
    STUCK_TRUE,
};
use super::tree::{Node, Tree};
use super::{Add, Change};
use verdict_compiler::ir::{Expr, Leaf, LeafKind, Term};

pub(super) fn mutants(tree: &Tree<'_>, node: &Node<'_>, add: &mut Add<'_>) {
    operand(tree, node, add);
    match node.expr {
        Expr::Const(_) => {}
        Expr::Leaf(_) => {
            // NOT left out says the same where the leaf stands under one.
            if !parent_is(tree, node, &|expr| matches!(expr, Expr::Not(_))) {
                add(NEGATE_LEAF, Change::Opposite);
            }
        }
        Expr::Not(inner) => {
            add(REMOVE_NOT, Change::Opposite);
            if let Some(mistaken) = takes_first(inner) {
                add(NOT_TAKES_FIRST, Change::Becomes(mistaken));
            }
            let mistaken = known_false(inner);
            if mistaken != *node.expr {
                add(NOT_NEEDS_FIELD, Change::Becomes(mistaken));
            }
        }
        Expr::All(operands) => {
            add(AND_TO_OR, Change::OtherJoin);
            group(tree, node, add);
            if let Some(mistaken) = parentheses_lost(operands) {
                add(PARENTHESES_LOST, Change::Becomes(mistaken));
            }
        }
        Expr::Any(_) => {
            add(OR_TO_AND, Change::OtherJoin);
            group(tree, node, add);
        }
    }
}

fn parent_is(tree: &Tree<'_>, node: &Node<'_>, wanted: &dyn Fn(&Expr) -> bool) -> bool {
    node.parent
        .and_then(|parent| tree.get(parent))
        .is_some_and(|parent| wanted(parent.expr))
}

fn group(tree: &Tree<'_>, node: &Node<'_>, add: &mut Add<'_>) {
    if !parent_is(tree, node, &|expr| matches!(expr, Expr::Not(_))) {
        add(NEGATE_GROUP, Change::Opposite);
    }
}

/// An operand of AND or OR.
fn operand(tree: &Tree<'_>, node: &Node<'_>, add: &mut Add<'_>) {
    if parent_is(tree, node, &|expr| matches!(expr, Expr::All(_))) {
        add(DROP_AND_OPERAND, Change::Always(true));
        add(STUCK_FALSE, Change::Always(false));
    }
    if parent_is(tree, node, &|expr| matches!(expr, Expr::Any(_))) {
        add(DROP_OR_OPERAND, Change::Always(false));
        add(STUCK_TRUE, Change::Always(true));
        if let Some(other) = cousin(tree, node) {
            let both = Expr::all([node.expr.clone(), Expr::Leaf(other.clone())]);
            add(EXTRA_CONJUNCT, Change::Becomes(both));
        }
    }
}

/// A leaf from another part of the rule: the nearest after this place's parent, else the first.
fn cousin<'i>(tree: &Tree<'i>, node: &Node<'i>) -> Option<&'i Leaf> {
    let parent = tree.get(node.parent?)?;
    let last = *parent.children.last()?;
    let at = tree.leaves().partition_point(|place| *place <= last);
    let within = |place: &&usize| **place > node.parent.unwrap_or(0) && **place <= last;
    let after = tree.leaves().iter().skip(at);
    let mut others = after
        .chain(tree.leaves().first())
        .filter(|place| !within(place));
    match tree.get(*others.next()?)?.expr {
        Expr::Leaf(leaf) => Some(leaf),
        Expr::Const(_) | Expr::Not(_) | Expr::All(_) | Expr::Any(_) => None,
    }
}

/// `a and (b or c)` as `(a and b) or c`.
fn parentheses_lost(operands: &[Expr]) -> Option<Expr> {
    let at = operands
        .iter()
        .rposition(|operand| matches!(operand, Expr::Any(_)))?;
    let Expr::Any(alternatives) = operands.get(at)? else {
        return None;
    };
    let (first, rest) = alternatives.split_first()?;
    let others = operands
        .iter()
        .enumerate()
        .filter(|(other, _)| *other != at);
    let bound = others.map(|(_, operand)| operand.clone());
    let bound = Expr::all(bound.chain([first.clone()]).collect::<Vec<_>>());
    Some(Expr::any(
        std::iter::once(bound).chain(rest.iter().cloned()),
    ))
}

/// `not (a or b)` as `(not a) or b`.
fn takes_first(inner: &Expr) -> Option<Expr> {
    let (operands, join): (_, fn(Vec<Expr>) -> Expr) = match inner {
        Expr::All(operands) => (operands, Expr::all),
        Expr::Any(operands) => (operands, Expr::any),
        Expr::Const(_) | Expr::Not(_) | Expr::Leaf(_) => return None,
    };
    let (first, rest) = operands.split_first()?;
    let first = first.clone().negate();
    Some(join(
        std::iter::once(first).chain(rest.iter().cloned()).collect(),
    ))
}

/// When an expression is false in the logic of three values: not where a field that it turns on is missing.
fn known_false(expr: &Expr) -> Expr {
    match expr {
        Expr::Const(value) => Expr::Const(!value),
        Expr::Not(inner) => known_true(inner),
        Expr::All(operands) => Expr::any(operands.iter().map(known_false).collect::<Vec<_>>()),
        Expr::Any(operands) => Expr::all(operands.iter().map(known_false).collect::<Vec<_>>()),
        Expr::Leaf(leaf) => {
            let has = |term: &Term| Expr::leaf(LeafKind::Missing(term.clone()), leaf.span).negate();
            let known = match &leaf.kind {
                LeafKind::Is { term, .. } => has(term),
                LeafKind::Relate { left, right, .. } => Expr::all(
                    [left, right]
                        .into_iter()
                        .filter(|term| !matches!(term, Term::Const(_)))
                        .map(has)
                        .collect::<Vec<_>>(),
                ),
                LeafKind::Missing(_) | LeafKind::Present(_) | LeafKind::AnyText(_) => {
                    Expr::Const(true)
                }
            };
            Expr::all([known, expr.clone().negate()])
        }
    }
}

/// When an expression is true in the logic of three values.
fn known_true(expr: &Expr) -> Expr {
    match expr {
        Expr::Const(_) | Expr::Leaf(_) => expr.clone(),
        Expr::Not(inner) => known_false(inner),
        Expr::All(operands) => Expr::all(operands.iter().map(known_true).collect::<Vec<_>>()),
        Expr::Any(operands) => Expr::any(operands.iter().map(known_true).collect::<Vec<_>>()),
    }
}
