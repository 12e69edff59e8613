//! The solver: an event for a goal, a proof that there is none, or neither.
//!
//! A goal is a set of expressions that must be true or false. The search chooses one way to make each of them so (depth first, within a budget), which
//! leaves literals; literals split by field; each field is solved on its own ([`field`]), exactly where its tests are regular languages
//! ([`automaton`]). The event is then checked against every demand by the oracle, so a witness is never a guess.

pub mod address;
pub mod automaton;
pub mod event;
pub mod field;
pub mod guess;
pub mod number;
mod preimage;
pub mod text;

use crate::goals::Goal;
use crate::oracle::Oracle;
use automaton::Automata;
use event::Draft;
use field::{Found, Wants};
use std::cell::RefCell;
use std::collections::BTreeMap;
use verdict_compiler::ir::{AnyText, Expr, Leaf, LeafKind, Term, Test};
use verdict_event::{Event, Path};

/// What one search may spend.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// How many choices it may try.
    pub choices: usize,
    /// How many events it may guess.
    pub guesses: usize,
}

impl Budget {
    /// For a goal, which a rule is not examined without.
    pub const GOAL: Self = Self {
        choices: 400,
        guesses: 20_000,
    };
    /// For a question that other events may answer as well.
    pub const BRIEF: Self = Self {
        choices: 60,
        guesses: 400,
    };
}

/// What came of a search.
#[derive(Clone, Debug, PartialEq)]
pub enum Solution {
    /// This event meets every demand.
    Witness(Event),
    /// Proved: no event does.
    Infeasible,
    /// Neither found nor disproved within the budget.
    Unknown,
}

/// A solver for one rule.
pub struct Solver<'s> {
    oracle: &'s Oracle<'s>,
    automata: RefCell<Automata>,
    budget: Budget,
}

impl<'s> Solver<'s> {
    /// The solver that checks itself with this oracle.
    pub fn new(oracle: &'s Oracle<'s>, budget: Budget) -> Self {
        Self {
            oracle,
            automata: RefCell::default(),
            budget,
        }
    }

    /// An event for a goal of this predicate.
    pub fn goal(&self, predicate: &Expr, goal: &Goal<'_>) -> Solution {
        let leaf = Expr::Leaf(goal.leaf.clone());
        let mut demands = vec![(&leaf, goal.polarity)];
        demands.extend(goal.context.iter().copied());
        let mut solution = self.solve(&demands, goal.index);
        if let Solution::Witness(event) = &solution
            && self.oracle.expr(predicate, event) != goal.outcome
        {
            // In a list the siblings were left alone, and one of them decided instead.
            demands.push((predicate, goal.outcome));
            solution = self.solve(&demands, goal.index);
        }
        solution
    }

    /// An event for which each of the expressions is true or false as demanded. `turn` rotates the order in which alternatives are tried, so
    /// that different goals meet different ones.
    pub fn solve(&self, demands: &[(&Expr, bool)], turn: usize) -> Solution {
        let mut automata = self.automata.borrow_mut();
        let mut search = Search {
            oracle: self.oracle,
            automata: &mut automata,
            budget: self.budget,
            turn,
            certain: true,
        };
        let mut open: Vec<(&Expr, bool)> = demands.to_vec();
        // Leaves first: they cost no choice and cut the choices that follow.
        open.sort_by_key(|(expr, wanted)| std::cmp::Reverse(choices(expr, *wanted)));
        match search.run(open, State::default(), demands) {
            Some(event) => Solution::Witness(event),
            None if search.certain => Solution::Infeasible,
            None => Solution::Unknown,
        }
    }
}

/// How many alternatives a demand has.
fn choices(expr: &Expr, wanted: bool) -> usize {
    match (expr, wanted) {
        (Expr::Not(inner), _) => choices(inner, !wanted),
        (Expr::Any(operands), true) | (Expr::All(operands), false) => operands.len(),
        (Expr::All(_), true) | (Expr::Any(_), false) => 1,
        (Expr::Leaf(_) | Expr::Const(_), _) => 0,
    }
}

/// The literals so far.
#[derive(Clone, Default)]
struct State<'x> {
    fields: BTreeMap<&'x Path, Wants<'x>>,
    texts: Vec<(&'x AnyText, bool)>,
    /// Leaves over functions and pairs of fields, which only guessing can meet.
    hard: Vec<(&'x Leaf, bool)>,
}

struct Search<'s> {
    oracle: &'s Oracle<'s>,
    automata: &'s mut Automata,
    budget: Budget,
    turn: usize,
    /// Whether every dead end so far was proved.
    certain: bool,
}

impl Search<'_> {
    /// Meets the open demands one by one; the last in the list is the next.
    fn run<'x>(
        &mut self,
        mut open: Vec<(&'x Expr, bool)>,
        mut state: State<'x>,
        demands: &[(&Expr, bool)],
    ) -> Option<Event> {
        while let Some((expr, wanted)) = open.pop() {
            match (expr, wanted) {
                (Expr::Const(value), wanted) => {
                    if *value != wanted {
                        return None;
                    }
                }
                (Expr::Not(inner), wanted) => open.push((inner, !wanted)),
                (Expr::All(operands), true) | (Expr::Any(operands), false) => {
                    open.extend(operands.iter().map(|operand| (operand, wanted)));
                    open.sort_by_key(|(expr, wanted)| std::cmp::Reverse(choices(expr, *wanted)));
                }
                (Expr::Any(operands), true) | (Expr::All(operands), false) => {
                    return self.alternatives(operands, wanted, &open, &state, demands);
                }
                // Of one value a condition as a value is a condition. Lists may do more, so nothing is proved from here on.
                (
                    Expr::Leaf(Leaf {
                        kind:
                            LeafKind::Is {
                                term: Term::Truth { holds, known },
                                test: Test::Bool(truth),
                            },
                        ..
                    }),
                    wanted,
                ) => {
                    self.certain = false;
                    open.push((holds, *truth == wanted));
                    open.push((known, true));
                }
                (Expr::Leaf(leaf), wanted) => {
                    if !self.literal(leaf, wanted, &mut state) {
                        return None;
                    }
                }
            }
        }
        self.finish(&state, demands)
    }

    fn alternatives<'x>(
        &mut self,
        operands: &'x [Expr],
        wanted: bool,
        open: &[(&'x Expr, bool)],
        state: &State<'x>,
        demands: &[(&Expr, bool)],
    ) -> Option<Event> {
        let start = self.turn.checked_rem(operands.len()).unwrap_or(0);
        let (after, before) = (operands.iter().skip(start), operands.iter().take(start));
        for operand in after.chain(before) {
            if self.budget.choices == 0 {
                self.certain = false;
                return None;
            }
            self.budget.choices -= 1;
            let mut rest = open.to_vec();
            rest.push((operand, wanted));
            if let Some(event) = self.run(rest, state.clone(), demands) {
                return Some(event);
            }
        }
        None
    }

    /// Adds a literal; false if its field can then not be met, or not within the limits.
    fn literal<'x>(&mut self, leaf: &'x Leaf, wanted: bool, state: &mut State<'x>) -> bool {
        let path = match &leaf.kind {
            LeafKind::Is {
                term: Term::Field(path),
                test,
            } => {
                state.fields.entry(path).or_default().test(test, wanted);
                path
            }
            LeafKind::Missing(Term::Field(path)) => {
                state.fields.entry(path).or_default().missing(wanted);
                path
            }
            LeafKind::Present(path) => {
                state.fields.entry(path).or_default().present(wanted);
                path
            }
            LeafKind::AnyText(text) => {
                state.texts.push((text, wanted));
                return true;
            }
            LeafKind::Is { .. } | LeafKind::Relate { .. } | LeafKind::Missing(_) => {
                state.hard.push((leaf, wanted));
                return true;
            }
        };
        let kind = self.oracle.kind(path);
        let settled = state
            .fields
            .get_mut(path)
            .map(|wants| wants.settle(kind, self.oracle, self.automata));
        if settled == Some(Found::Unknown) {
            self.certain = false;
        }
        settled == Some(Found::Yes)
    }

    /// Every literal is placed: build the event and let the oracle judge it.
    fn finish(&mut self, state: &State<'_>, demands: &[(&Expr, bool)]) -> Option<Event> {
        let mut draft = Draft::default();
        for (path, wants) in &state.fields {
            draft.set(path, wants.chosen());
        }
        for (text, wanted) in &state.texts {
            if *wanted {
                draft.say(&text::for_any_text(text));
            }
        }
        let oracle = self.oracle;
        let meets = |event: &Event| {
            demands
                .iter()
                .all(|(expr, wanted)| oracle.expr(expr, event) == *wanted)
        };
        let found = draft.build().filter(|event| meets(event)).or_else(|| {
            let tries = &mut self.budget.guesses;
            guess::guess(self.oracle, &draft, &state.hard, tries, &mut |event| {
                meets(event)
            })
        });
        if found.is_none() {
            self.certain = false;
        }
        found
    }
}

#[cfg(test)]
mod tests;
