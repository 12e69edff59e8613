//! Goals: the situations that a rule's test events must create.
//!
//! MC/DC both ways: for every leaf of the predicate one event in which the leaf is true and decides the outcome, and one in
//! which it is false and decides the outcome. A leaf decides where its siblings do not: those under an AND are true, those under an OR are false.
//!
//! An OR of more than [`WIDE`] alternatives is a list; asking that thousands of siblings be false for each value costs the square of its length
//! and says nothing more, so there a value's siblings are left alone and the outcome alone is checked.

use verdict_compiler::ir::{Expr, Leaf};

/// From how many operands on an OR (or a negated AND) is taken for a list.
pub const WIDE: usize = 48;

/// A situation that an event must create.
#[derive(Clone, Debug)]
pub struct Goal<'i> {
    /// The leaf, counted from 0 over the predicate, left to right.
    pub index: usize,
    /// The leaf itself.
    pub leaf: &'i Leaf,
    /// Whether the leaf is to be true.
    pub polarity: bool,
    /// The outcome that the rule must then have.
    pub outcome: bool,
    /// What must hold beside the leaf: expressions and whether each is to be true.
    pub context: Vec<(&'i Expr, bool)>,
}

/// Every goal of a predicate: for each leaf first the true one, then the false one, in the order of the leaves.
pub fn goals(predicate: &Expr) -> Vec<Goal<'_>> {
    let mut found = Vec::new();
    walk(predicate, true, &mut Vec::new(), &mut found);
    for (index, pair) in found.chunks_mut(2).enumerate() {
        for goal in pair {
            goal.index = index;
        }
    }
    found
}

/// `positive` says whether the leaf's truth and the rule's outcome go the same way here.
fn walk<'i>(
    expr: &'i Expr,
    positive: bool,
    context: &mut Vec<(&'i Expr, bool)>,
    found: &mut Vec<Goal<'i>>,
) {
    match expr {
        Expr::Const(_) => {}
        Expr::Not(inner) => walk(inner, !positive, context, found),
        Expr::All(operands) => siblings(operands, true, positive, context, found),
        Expr::Any(operands) => siblings(operands, false, positive, context, found),
        Expr::Leaf(leaf) => {
            for polarity in [true, false] {
                found.push(Goal {
                    index: 0,
                    leaf,
                    polarity,
                    outcome: polarity == positive,
                    context: context.clone(),
                });
            }
        }
    }
}

fn siblings<'i>(
    operands: &'i [Expr],
    neutral: bool,
    positive: bool,
    context: &mut Vec<(&'i Expr, bool)>,
    found: &mut Vec<Goal<'i>>,
) {
    let wide = operands.len() > WIDE;
    for (at, operand) in operands.iter().enumerate() {
        let before = context.len();
        if !wide {
            let others = operands
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != at);
            context.extend(others.map(|(_, sibling)| (sibling, neutral)));
        }
        walk(operand, positive, context, found);
        context.truncate(before);
    }
}
