//! What is to be said of a mutant that no event kills.

use crate::mutation::tree::Tree;
use crate::mutation::{Change, Mutant};
use crate::oracle::Oracle;
use crate::solver::{Budget, Solution, Solver};
use std::collections::HashMap;
use verdict_compiler::ir::Expr;
use verdict_event::Event;

/// What a mutant is that no event killed.
pub(crate) enum Fate {
    /// Proved: no event can.
    Equivalent,
    /// It lives; this event would kill it.
    Alive(Option<Event>),
}

/// How many questions the mutants of one rule may be.
const MOST: usize = 4000;
/// How often a question is asked again with more of what must hold beside a place, and how much is added each time.
const ROUNDS: usize = 24;
const ADDED: usize = 4;

/// Asks the solver for events on which rule and mutant differ.
pub(crate) struct Judge<'s> {
    tree: &'s Tree<'s>,
    oracle: &'s Oracle<'s>,
    solver: Solver<'s>,
    asked: usize,
    /// Of each place, whether it is proved that it never decides.
    dead: HashMap<usize, bool>,
}

impl<'s> Judge<'s> {
    pub(crate) fn new(oracle: &'s Oracle<'s>, tree: &'s Tree<'s>) -> Self {
        Self {
            tree,
            oracle,
            solver: Solver::new(oracle, Budget::BRIEF),
            asked: 0,
            dead: HashMap::new(),
        }
    }

    /// What a mutant is that lives.
    pub(crate) fn fate(&mut self, mutant: &Mutant) -> Fate {
        let Some(node) = self.tree.get(mutant.place) else {
            return Fate::Alive(None);
        };
        if self.asked >= MOST {
            return Fate::Alive(None);
        }
        let beside = self.tree.beside(mutant.place);
        let never = match self.dead.get(&mutant.place) {
            Some(never) => *never,
            None => self.ask(&[], &beside) == Solution::Infeasible,
        };
        self.dead.insert(mutant.place, never);
        if never {
            return Fate::Equivalent;
        }
        match &mutant.change {
            // They are true only where the leaf is, so it must be true and decide.
            Change::FirstValue | Change::EveryValue => {
                match self.ask(&[(node.expr, true)], &beside) {
                    Solution::Infeasible => Fate::Equivalent,
                    Solution::Witness(_) | Solution::Unknown => Fate::Alive(None),
                }
            }
            Change::Opposite | Change::Always(_) | Change::OtherJoin | Change::Becomes(_) => {
                match mutant.change.rebuilt(node.expr) {
                    Some(instead) => self.differing(node.expr, &instead, &beside),
                    None => Fate::Alive(None),
                }
            }
        }
    }

    /// An event on which one of two expressions is true and the other is not, in a place that decides.
    fn differing(&mut self, from: &Expr, to: &Expr, beside: &[(&Expr, bool)]) -> Fate {
        let mut certain = true;
        for original in [true, false] {
            match self.ask(&[(from, original), (to, !original)], beside) {
                Solution::Witness(event) => return Fate::Alive(Some(event)),
                Solution::Infeasible => {}
                Solution::Unknown => certain = false,
            }
        }
        if certain {
            Fate::Equivalent
        } else {
            Fate::Alive(None)
        }
    }

    /// An event for some demands in a place that decides. Alternatives that must be false are demanded only where an event that was found breaks them: of a
    /// list of hundreds few matter, and what cannot be with some of them cannot be with all.
    fn ask(&mut self, demands: &[(&Expr, bool)], beside: &[(&Expr, bool)]) -> Solution {
        let mut demands = demands.to_vec();
        let (first, later): (Vec<_>, Vec<_>) = beside.iter().copied().partition(|(_, wanted)| *wanted);
        demands.extend(first);
        for _ in 0..ROUNDS {
            self.asked += 1;
            let event = match self.solver.solve(&demands, 0) {
                Solution::Witness(event) => event,
                other @ (Solution::Infeasible | Solution::Unknown) => return other,
            };
            let broken = later
                .iter()
                .filter(|(expr, wanted)| self.oracle.expr(expr, &event) != *wanted);
            let broken: Vec<_> = broken.take(ADDED).copied().collect();
            if broken.is_empty() {
                return Solution::Witness(event);
            }
            demands.extend(broken);
        }
        Solution::Unknown
    }
}
