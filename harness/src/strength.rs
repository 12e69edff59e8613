//! Strength: how many mistakes in a rule its events would show.
//!
//! A mutant is *killed* if some event gets another verdict from it than from the rule. One that no event kills is *equivalent* if the solver proves
//! that none can; every other one survives, with the event that would kill it where the solver finds one.

pub mod bits;
pub(crate) mod columns;
pub(crate) mod evidence;
pub(crate) mod probe;
pub mod series;
pub mod stored;
pub(crate) mod survivors;
#[cfg(test)]
mod tests;

use crate::edits;
use crate::generate::account::on_one_line;
use crate::mutation::tree::Tree;
use crate::mutation::{Change, Mutant, Operator, each_mutant};
use crate::oracle::Oracle;
use bits::Table;
use evidence::Evidence;
use std::collections::{BTreeMap, BTreeSet};
use survivors::{Fate, Judge};
use verdict_compiler::ir::{Leaf, LeafKind, Term};
use verdict_compiler::{Ir, Span};
use verdict_event::Event;

/// What came of the mutants of a rule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strength {
    /// Counts by operator.
    pub tallies: BTreeMap<Operator, Tally>,
    /// The mutants that live and are not proved equivalent, by place and operator.
    pub survivors: Vec<Survivor>,
}

/// Counts of mutants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All of them.
    pub all: Count,
    /// Those in places whose every condition was seen deciding both ways.
    pub feasible: Count,
}

/// How many mutants there are, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Made.
    pub mutants: usize,
    /// Some event gets another verdict.
    pub killed: usize,
    /// Proved: no event can.
    pub equivalent: usize,
}

impl Count {
    /// The mutants that some event could kill, as far as is known.
    pub fn killable(self) -> usize {
        self.mutants.saturating_sub(self.equivalent)
    }

    /// The mutants that live.
    pub fn surviving(self) -> usize {
        self.killable().saturating_sub(self.killed)
    }

    /// These and those.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            mutants: self.mutants + other.mutants,
            killed: self.killed + other.killed,
            equivalent: self.equivalent + other.equivalent,
        }
    }
}

impl Tally {
    /// These and those.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            all: self.all.plus(other.all),
            feasible: self.feasible.plus(other.feasible),
        }
    }
}

impl Strength {
    /// All operators together.
    pub fn total(&self) -> Tally {
        let tallies = self.tallies.values();
        tallies.fold(Tally::default(), |sum, tally| sum.plus(*tally))
    }
}

/// A mutant that lives.
#[derive(Clone, Debug, PartialEq)]
pub struct Survivor {
    /// The mistake.
    pub operator: Operator,
    /// The place of it: the leaf, or the group.
    pub place: String,
    /// Where that is in the rule file.
    pub span: Span,
    /// What stands there by mistake.
    pub instead: String,
    /// The event that would kill it, if the solver found one.
    pub killer: Option<Event>,
}

/// Measures how many mutants of a rule some events kill.
/// `equivalent` are the mutants, by number, that are known to be proved equivalent.
pub fn measure(ir: &Ir, events: &[&Event], equivalent: &BTreeSet<usize>) -> Strength {
    let oracle = Oracle::new(ir);
    let tree = Tree::new(&ir.predicate);
    let evidence = Evidence::new(&tree, &oracle, events);
    let pairs = pairs(&tree, evidence.table());
    let mut judge = Judge::new(&oracle, &tree);
    let mut strength = Strength::default();
    let mut number = 0;
    each_mutant(ir, &tree, &mut |mutant| {
        number += 1;
        let mut count = Count {
            mutants: 1,
            ..Count::default()
        };
        if evidence.kills(&mutant, &evidence.instead(&mutant)) {
            count.killed = 1;
        } else {
            let known = equivalent.contains(&(number - 1));
            let fate = if known {
                Fate::Equivalent
            } else {
                judge.fate(&mutant)
            };
            match fate {
                Fate::Equivalent => count.equivalent = 1,
                Fate::Alive(killer) => {
                    strength.survivors.extend(survivor(&tree, &mutant, killer));
                }
            }
        }
        let feasible = pairs.get(mutant.place).copied().unwrap_or(false);
        let tally = Tally {
            all: count,
            feasible: if feasible { count } else { Count::default() },
        };
        let sum = strength.tallies.entry(mutant.operator).or_default();
        *sum = sum.plus(tally);
    });
    strength
}

/// Of each place, whether every leaf of it was seen deciding both ways.
fn pairs(tree: &Tree<'_>, table: &Table) -> Vec<bool> {
    let mut pairs = vec![true; tree.nodes().len()];
    for (place, node) in tree.nodes().iter().enumerate().rev() {
        let pair = if node.leaf.is_some() {
            table.has_pair(place)
        } else {
            let below = |child: &usize| pairs.get(*child).copied().unwrap_or(true);
            node.children.iter().all(below)
        };
        if let Some(slot) = pairs.get_mut(place) {
            *slot = pair;
        }
    }
    pairs
}

/// What a leaf says that takes a list's first value for the list, or wants every one.
pub fn of_values(oracle: &Oracle<'_>, leaf: &Leaf, change: &Change, event: &Event) -> bool {
    let LeafKind::Is {
        term: Term::Field(path),
        ..
    } = &leaf.kind
    else {
        return oracle.leaf(leaf, event);
    };
    let values = event.values(path);
    if values.len() < 2 {
        return oracle.leaf(leaf, event);
    }
    let mut each = values.iter().map(|value| {
        let alone = edits::with(event, path, Some((*value).clone()));
        oracle.leaf(leaf, &alone)
    });
    if *change == Change::FirstValue {
        each.next().unwrap_or(false)
    } else {
        each.all(|says| says)
    }
}

fn survivor(tree: &Tree<'_>, mutant: &Mutant, killer: Option<Event>) -> Option<Survivor> {
    let node = tree.get(mutant.place)?;
    let first = node.expr.leaves().first().map(|leaf| leaf.span);
    let instead = match &mutant.change {
        Change::Opposite => "the opposite".to_owned(),
        Change::Always(value) => format!("always {value}"),
        Change::OtherJoin => "joined the other way".to_owned(),
        Change::Becomes(expr) => on_one_line(expr),
        Change::FirstValue => "of the first value".to_owned(),
        Change::EveryValue => "of every value".to_owned(),
    };
    Some(Survivor {
        operator: mutant.operator,
        place: on_one_line(node.expr),
        span: first.unwrap_or_default(),
        instead,
        killer,
    })
}
