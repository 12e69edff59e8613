//! What generation can account for: each goal's fate, and why each event was made.

use crate::goals::{Goal, goals};
use crate::oracle::Oracle;
use crate::solver::{Budget, Solution, Solver};
use std::collections::BTreeMap;
use verdict_compiler::Span;
use verdict_compiler::ir::{Expr, Leaf, LeafKind, Test};

/// Why an event was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A goal wanted it, or the outcome of the whole rule.
    Goal,
    /// A field is empty or missing, null or absent, and that decides.
    State,
    /// Two fields stand in a relation.
    Relation,
    /// It stands at the border of a literal.
    Boundary,
    /// A field is absent, null, empty, a list or of another type; a keyword stands elsewhere.
    Presence,
    /// It shows a mistake that no other event shows.
    Mistake,
    /// Proptest drew it.
    Random,
}

impl Kind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Goal => "goal",
            Self::State => "state",
            Self::Relation => "relation",
            Self::Boundary => "boundary",
            Self::Presence => "presence",
            Self::Mistake => "mistake",
            Self::Random => "random",
        }
    }
}

/// What became of some goals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reached {
    /// Goals with a witness.
    pub witnessed: usize,
    /// Goals proved infeasible: dead conditions.
    pub infeasible: usize,
    /// Goals neither witnessed nor disproved.
    pub unknown: usize,
}

impl Reached {
    fn plus(self, other: Self) -> Self {
        Self {
            witnessed: self.witnessed + other.witnessed,
            infeasible: self.infeasible + other.infeasible,
            unknown: self.unknown + other.unknown,
        }
    }
}

/// A goal's kind: what its leaf looks at, and whether the leaf is to be true.
pub type GoalKind = (&'static str, bool);

/// A goal without a witness.
#[derive(Clone, Debug, PartialEq)]
pub struct Open {
    /// The leaf, counted from 0 over the predicate, left to right.
    pub leaf: usize,
    /// The leaf, in the text form of the IR.
    pub condition: String,
    /// Where that is in the rule file.
    pub span: Span,
    /// Whether the leaf was to be true.
    pub polarity: bool,
    /// Whether it is proved that no event can be a witness. If not, none was found, which says nothing.
    pub infeasible: bool,
    /// The demands that no event can meet together, as few as they get; [`Account::prove`] writes them.
    pub proof: Vec<Demand>,
}

/// A condition that a goal wants true or false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// The condition, in the text form of the IR.
    pub condition: String,
    /// What it is to be.
    pub wanted: bool,
}

/// What became of the goals of a rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// Counts by kind.
    pub kinds: BTreeMap<GoalKind, Reached>,
    /// The goals without a witness, in order.
    pub open: Vec<Open>,
}

impl Account {
    /// Every goal, whatever its kind.
    pub fn total(&self) -> Reached {
        let kinds = self.kinds.values().copied();
        kinds.fold(Reached::default(), Reached::plus)
    }

    /// Adds what became of the goals of another condition of the same rule, whose leaves are counted from `first` on.
    pub(crate) fn extend(&mut self, of: &Self, first: usize) {
        for (kind, reached) in &of.kinds {
            let sum = self.kinds.entry(*kind).or_default();
            *sum = sum.plus(*reached);
        }
        self.open.extend(of.open.iter().cloned().map(|mut open| {
            open.leaf += first;
            open
        }));
    }

    /// Takes down what came of a goal.
    pub(super) fn enter(&mut self, goal: &Goal<'_>, solution: &Solution) {
        let kind = (looks_at(goal.leaf), goal.polarity);
        let reached = self.kinds.entry(kind).or_default();
        match solution {
            Solution::Witness(_) => {
                reached.witnessed += 1;
                return;
            }
            Solution::Infeasible => reached.infeasible += 1,
            Solution::Unknown => reached.unknown += 1,
        }
        self.open.push(Open {
            leaf: goal.index,
            condition: on_one_line(&Expr::Leaf(goal.leaf.clone())),
            span: goal.leaf.span,
            polarity: goal.polarity,
            infeasible: *solution == Solution::Infeasible,
            proof: Vec::new(),
        });
    }

    /// Writes the proof of every infeasible goal.
    pub fn prove(&mut self, oracle: &Oracle<'_>) {
        if !self.open.iter().any(|open| open.infeasible) {
            return;
        }
        let predicate = &oracle.ir().predicate;
        let solver = Solver::new(oracle, Budget::BRIEF);
        let goals = goals(predicate);
        for open in self.open.iter_mut().filter(|open| open.infeasible) {
            let same = |goal: &&Goal<'_>| goal.index == open.leaf && goal.polarity == open.polarity;
            if let Some(goal) = goals.iter().find(same) {
                open.proof = proof(&solver, predicate, goal);
            }
        }
    }
}

/// What a leaf looks at, in a word.
fn looks_at(leaf: &Leaf) -> &'static str {
    match &leaf.kind {
        LeafKind::Is { test, .. } => match test {
            Test::AnyValue => "any value",
            Test::Text(_) => "text",
            Test::Numeral(_) | Test::Compare(..) => "number",
            Test::TextOrder(..) => "text order",
            Test::Bool(_) => "boolean",
            Test::Regex(_) => "regex",
            Test::Cidr(_) => "network",
            Test::Version(..) => "version",
            Test::Instant(..) => "instant",
            Test::DatePart(..) => "part of a date",
        },
        LeafKind::Relate { .. } => "two fields",
        LeafKind::Missing(_) => "missing",
        LeafKind::Present(_) => "present",
        LeafKind::AnyText(_) => "keyword",
    }
}

/// So many demands of an infeasible goal are tried without, one by one.
const MOST_TRIED: usize = 64;

/// Demands that no event can meet together: those of the goal, without each one that the contradiction does not need. Whoever doubts it can read
/// them, or enumerate short values for them.
fn proof(solver: &Solver<'_>, predicate: &Expr, goal: &Goal<'_>) -> Vec<Demand> {
    let leaf = Expr::Leaf(goal.leaf.clone());
    let mut kept = vec![(&leaf, goal.polarity)];
    kept.extend(goal.context.iter().copied());
    if solver.solve(&kept, goal.index) != Solution::Infeasible {
        // In a list, the outcome is a demand of its own.
        kept.push((predicate, goal.outcome));
    }
    let mut at = 0;
    let mut tried = 0;
    while at < kept.len() && tried < MOST_TRIED {
        let mut fewer = kept.clone();
        fewer.remove(at);
        tried += 1;
        if solver.solve(&fewer, goal.index) == Solution::Infeasible {
            kept = fewer;
        } else {
            at += 1;
        }
    }
    let demand = |(expr, wanted): &(&Expr, bool)| Demand {
        condition: on_one_line(expr),
        wanted: *wanted,
    };
    kept.iter().map(demand).collect()
}

/// How much of an expression is shown.
const SHOWN: usize = 200;

/// An expression on one line, cut where it is long.
pub(crate) fn on_one_line(expr: &Expr) -> String {
    let text = expr.to_string();
    let words: Vec<&str> = text.lines().map(str::trim).collect();
    let line = words.join(" ");
    if line.chars().count() > SHOWN {
        line.chars().take(SHOWN).chain(['…']).collect()
    } else {
        line
    }
}
