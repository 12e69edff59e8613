//! Goals: the situations that a rule's test events must create.
//!
//! MC/DC both ways: for every leaf of the predicate one event in which the leaf is true and decides the outcome, and one in
//! which it is false and decides the outcome. A leaf decides where its siblings do not: those under an AND are true, those under an OR are false.
//!
//! An OR of more than [`WIDE`] alternatives is a list; asking that thousands of siblings be false for each value costs the square of its length
//! and says nothing more, so there a value's siblings are left alone, the outcome alone is checked, and one false goal serves the whole list.

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
    let mut walk = Walk {
        leaves: 0,
        context: Vec::new(),
        found: Vec::new(),
    };
    walk.expr(predicate, true, true);
    walk.found
}

struct Walk<'i> {
    leaves: usize,
    context: Vec<(&'i Expr, bool)>,
    found: Vec<Goal<'i>>,
}

impl<'i> Walk<'i> {
    /// `positive` says whether the leaf's truth and the rule's outcome go the same way here, `both` whether the leaf's false goal is wanted.
    fn expr(&mut self, expr: &'i Expr, positive: bool, both: bool) {
        match expr {
            Expr::Const(_) => {}
            Expr::Not(inner) => self.expr(inner, !positive, both),
            Expr::All(operands) => self.siblings(operands, true, positive, both),
            Expr::Any(operands) => self.siblings(operands, false, positive, both),
            Expr::Leaf(leaf) => {
                for polarity in [true, false]
                    .into_iter()
                    .filter(|polarity| *polarity || both)
                {
                    self.found.push(Goal {
                        index: self.leaves,
                        leaf,
                        polarity,
                        outcome: polarity == positive,
                        context: self.context.clone(),
                    });
                }
                self.leaves += 1;
            }
        }
    }

    fn siblings(&mut self, operands: &'i [Expr], neutral: bool, positive: bool, both: bool) {
        let wide = operands.len() > WIDE;
        for (at, operand) in operands.iter().enumerate() {
            let before = self.context.len();
            if !wide {
                let others = operands
                    .iter()
                    .enumerate()
                    .filter(|(other, _)| *other != at);
                self.context
                    .extend(others.map(|(_, sibling)| (sibling, neutral)));
            }
            self.expr(operand, positive, both && (!wide || at == 0));
            self.context.truncate(before);
        }
    }
}
