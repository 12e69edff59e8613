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
const MOST: usize = 400;
/// From how many conditions beside a place on nothing is asked: no answer would come.
const WIDE: usize = 400;

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
        if self.asked >= MOST {
            return Fate::Alive(None);
        }
        self.asked += 1;
        let beside = self.tree.beside(mutant.place);
        let Some(node) = self.tree.get(mutant.place) else {
            return Fate::Alive(None);
        };
        if beside.len() > WIDE {
            return Fate::Alive(None);
        }
        let never = self.dead.get(&mutant.place).copied();
        let never =
            never.unwrap_or_else(|| self.solver.solve(&beside, 0) == Solution::Infeasible);
        self.dead.insert(mutant.place, never);
        if never {
            return Fate::Equivalent;
        }
        let mut certain = true;
        for original in [true, false] {
            let mut demands: Vec<(&Expr, bool)> = vec![(node.expr, original)];
            let instead;
            match &mutant.change {
                Change::FirstValue | Change::EveryValue => {
                    // They are true where the leaf is not never; so it must be true, and a list.
                    if original {
                        demands.extend(beside.iter().copied());
                        certain &= self.solver.solve(&demands, 0) == Solution::Infeasible;
                    }
                    continue;
                }
                Change::Opposite | Change::Always(_) | Change::OtherJoin | Change::Becomes(_) => {
                    match mutant.change.rebuilt(node.expr) {
                        Some(expr) => instead = expr,
                        None => return Fate::Alive(None),
                    }
                }
            }
            demands.push((&instead, !original));
            demands.extend(beside.iter().copied());
            match self.solver.solve(&demands, 0) {
                Solution::Witness(event) => {
                    // An event that the solver's own oracle could not judge, with the mutant's expressions, is not shown.
                    let differs = Oracle::of_other(self.oracle.ir(), &instead)
                        .expr(&instead, &event)
                        != original;
                    return Fate::Alive(differs.then_some(event));
                }
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
}
