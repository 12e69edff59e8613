//! What is to be said of a mutant that no event kills.

use crate::mutation::tree::Tree;
use crate::mutation::{Change, Mutant};
use crate::oracle::Oracle;
use crate::solver::{Budget, Solution, Solver};
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
const MOST: usize = 6000;
/// How often a question is asked again with more of what must hold beside a place, and how much is added each time.
const ROUNDS: usize = 24;
const ADDED: usize = 4;
/// What one question may spend.
const BUDGET: Budget = Budget {
    choices: 200,
    guesses: 400,
};

/// Asks the solver for events on which rule and mutant differ.
pub(crate) struct Judge<'s> {
    tree: &'s Tree<'s>,
    oracle: &'s Oracle<'s>,
    solver: Solver<'s>,
    asked: usize,
    place: Place<'s>,
    /// What must hold of every event that matters.
    given: Vec<(&'s Expr, bool)>,
}

/// What is known of the place whose mutants are judged.
#[derive(Default)]
struct Place<'s> {
    number: Option<usize>,
    /// What must hold beside it.
    first: Vec<(&'s Expr, bool)>,
    /// What must hold, too, but is demanded only once an event broke it.
    later: Vec<(&'s Expr, bool)>,
    /// Whether it can be true, and false, and decide.
    can: [Option<Solution>; 2],
}

impl<'s> Judge<'s> {
    pub(crate) fn new(oracle: &'s Oracle<'s>, tree: &'s Tree<'s>) -> Self {
        Self {
            tree,
            oracle,
            solver: Solver::new(oracle, BUDGET),
            asked: 0,
            place: Place::default(),
            given: Vec::new(),
        }
    }

    /// Only events of which this holds matter.
    pub(crate) fn given(mut self, given: Vec<(&'s Expr, bool)>) -> Self {
        self.given = given;
        self
    }

    /// What a mutant is that lives.
    pub(crate) fn fate(&mut self, mutant: &Mutant) -> Fate {
        let Some(node) = self.tree.get(mutant.place) else {
            return Fate::Alive(None);
        };
        if self.place.number != Some(mutant.place) {
            let beside = self.tree.beside(mutant.place);
            let (first, later) = beside.into_iter().partition(|(_, wanted)| *wanted);
            self.place = Place {
                number: Some(mutant.place),
                first,
                later,
                can: [None, None],
            };
        }
        match &mutant.change {
            Change::Opposite => {
                let both = [true, false].map(|value| self.can(node.expr, value));
                either(both)
            }
            Change::Always(value) => either([self.can(node.expr, !value)]),
            // They are true only where the leaf is, so it must be true and decide.
            Change::FirstValue | Change::EveryValue => {
                if self.can(node.expr, true) == Solution::Infeasible {
                    Fate::Equivalent
                } else {
                    Fate::Alive(None)
                }
            }
            Change::OtherJoin | Change::Becomes(_) => match mutant.change.rebuilt(node.expr) {
                Some(instead) => {
                    let nowhere = mutant.nowhere();
                    either([true, false].map(|original| {
                        if self.can(node.expr, original) == Solution::Infeasible {
                            return Solution::Infeasible;
                        }
                        let mut demands = vec![(node.expr, original), (&instead, !original)];
                        demands.extend(nowhere.iter().map(|missing| (missing, true)));
                        self.ask(&demands)
                    }))
                }
                None => Fate::Alive(None),
            },
        }
    }

    /// Whether the place can have a value and decide.
    fn can(&mut self, expr: &Expr, value: bool) -> Solution {
        if let Some(known) = self.place.can.get(usize::from(value)).cloned().flatten() {
            return known;
        }
        let found = self.ask(&[(expr, value)]);
        if let Some(slot) = self.place.can.get_mut(usize::from(value)) {
            *slot = Some(found.clone());
        }
        found
    }

    /// An event for some demands in a place that decides. Alternatives that must be false are demanded only once an event that was found breaks them: of a
    /// list of hundreds few matter, and what cannot be with some of them cannot be with all.
    fn ask(&mut self, demands: &[(&Expr, bool)]) -> Solution {
        for _ in 0..ROUNDS {
            if self.asked >= MOST {
                return Solution::Unknown;
            }
            self.asked += 1;
            let mut all = demands.to_vec();
            all.extend(self.place.first.iter().copied());
            all.extend(self.given.iter().copied());
            let event = match self.solver.solve(&all, 0) {
                Solution::Witness(event) => event,
                other @ (Solution::Infeasible | Solution::Unknown) => return other,
            };
            let mut added = 0;
            let (oracle, place) = (self.oracle, &mut self.place);
            place.later.retain(|(expr, wanted)| {
                let broken = added < ADDED && oracle.expr(expr, &event) != *wanted;
                if broken {
                    added += 1;
                    place.first.push((*expr, *wanted));
                }
                !broken
            });
            if added == 0 {
                return Solution::Witness(event);
            }
        }
        Solution::Unknown
    }
}

/// What is to be said where any of some events would do.
fn either<const N: usize>(solutions: [Solution; N]) -> Fate {
    let mut proved = true;
    for solution in solutions {
        match solution {
            Solution::Witness(event) => return Fate::Alive(Some(event)),
            Solution::Infeasible => {}
            Solution::Unknown => proved = false,
        }
    }
    if proved {
        Fate::Equivalent
    } else {
        Fate::Alive(None)
    }
}
