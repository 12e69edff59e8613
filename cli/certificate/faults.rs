//! The mistakes in a rule that its events show, and those that they do not.

use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use verdict_compiler::Span;
use verdict_harness::Strength;
use verdict_harness::strength::Count;

/// How strong the events of a rule are.
#[derive(Serialize)]
pub(crate) struct Faults {
    pub(crate) all: Counts,
    /// Those in places whose every condition was seen deciding both ways.
    pub(crate) feasible: Counts,
    /// Counts of all by operator.
    operators: BTreeMap<&'static str, Counts>,
    pub(crate) survivors: Vec<Survivor>,
}

/// How many mutants there are, and what became of them.
#[derive(Serialize)]
pub(crate) struct Counts {
    pub(crate) mutants: usize,
    pub(crate) killed: usize,
    pub(crate) equivalent: usize,
}

/// A mutant that lives.
#[derive(Serialize)]
pub(crate) struct Survivor {
    pub(crate) operator: &'static str,
    pub(crate) line: usize,
    pub(crate) place: String,
    pub(crate) instead: String,
    /// The event that would kill it, if one was found.
    pub(crate) killer: Option<Value>,
}

impl Faults {
    /// What was measured; `line` says in which line of the rule's file something stands.
    pub(crate) fn new(strength: &Strength, line: &dyn Fn(Span) -> usize) -> Self {
        let total = strength.total();
        let operators = strength.tallies.iter();
        let survivors = strength.survivors.iter().map(|survivor| Survivor {
            operator: survivor.operator.id,
            line: line(survivor.span),
            place: survivor.place.clone(),
            instead: survivor.instead.clone(),
            killer: survivor.killer.as_ref().map(|event| event.root().to_json()),
        });
        Self {
            all: Counts::new(total.all),
            feasible: Counts::new(total.feasible),
            operators: operators
                .map(|(operator, tally)| (operator.id, Counts::new(tally.all)))
                .collect(),
            survivors: survivors.collect(),
        }
    }
}

impl Counts {
    fn new(count: Count) -> Self {
        Self {
            mutants: count.mutants,
            killed: count.killed,
            equivalent: count.equivalent,
        }
    }
}
