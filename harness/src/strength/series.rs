//! Strength of rules over several events: how many mistakes in a rule its streams would show.
//!
//! Two families. Mistakes in how events come together ([`crate::mutation::series`]) are run by the reference machine over every stream. Mistakes in a condition change
//! what it says of some events; the machine runs again on streams in which such an event decides. Either is killed if other matches come out.

mod hits;

use super::evidence::Evidence;
use super::survivors::{Fate, Judge};
use super::{Count, Strength, Survivor, Tally, pairs, survivor};
use crate::mutation::series::{SeriesMutant, series_mutants};
use crate::mutation::tree::Tree;
use crate::mutation::{Mutant, each_mutant};
use crate::oracle::Oracle;
use crate::oracle::series::SeriesOracle;
use crate::series::{Pool, Streams};
use crate::solver::{Budget, Solution, Solver};
use hits::Hits;
use std::collections::BTreeSet;
use verdict_compiler::Span;
use verdict_compiler::ir::series::{self, Key};
use verdict_compiler::ir::{Expr, LeafKind, Series, Term};

/// On so many streams a mistake in a condition is tried.
const MOST_STREAMS: usize = 24;

/// Measures how many mutants of a rule its streams kill.
pub fn measure(oracle: &SeriesOracle<'_>, streams: &Streams) -> Strength {
    let hits = Hits::new(oracle, &streams.judged);
    let mut strength = Strength::default();
    let matching = streams
        .judged
        .iter()
        .any(|(_, matches)| !matches.is_empty());
    for mutant in series_mutants(oracle.series()) {
        let killed = hits.show(&mutant);
        let equivalent = !killed && always_given(oracle, mutant.key);
        let count = Count {
            mutants: 1,
            killed: usize::from(killed),
            equivalent: usize::from(equivalent),
        };
        add(&mut strength, mutant.operator, count, matching);
        if !killed && !equivalent {
            strength.survivors.push(alive(mutant));
        }
    }
    for (predicate, own) in oracle.events().iter().enumerate() {
        let of = Condition {
            hits: &hits,
            predicate,
            keys: mandatory(oracle.series(), predicate),
            pool: streams.pools.get(predicate),
        };
        of.measure(own, &mut strength);
    }
    strength
}

fn add(strength: &mut Strength, operator: crate::mutation::Operator, count: Count, feasible: bool) {
    let tally = Tally {
        all: count,
        feasible: if feasible { count } else { Count::default() },
    };
    let sum = strength.tallies.entry(operator).or_default();
    *sum = sum.plus(tally);
}

/// Whether it is proved that some event of every match has a key: then it is nothing to anybody whether others may miss it.
fn always_given(oracle: &SeriesOracle<'_>, key: Option<usize>) -> bool {
    let Some(key) = key else {
        return false;
    };
    let terms: Vec<_> = match oracle.series() {
        Series::Sequence(sequence) => {
            let stages = sequence.stages.iter();
            stages.map(|stage| (&stage.term, stage.missing)).collect()
        }
        Series::Sample(sample) => sample.terms.iter().map(|term| (term, false)).collect(),
        Series::Correlation(_) => Vec::new(),
    };
    terms
        .iter()
        .zip(oracle.events())
        .any(|((term, missing), own)| {
            let key = term.keys.get(key).filter(|_| !missing);
            key.is_some_and(|key| {
                let absent = absent(key);
                let demands = [(&own.ir().predicate, true), (&absent, true)];
                let solver = Solver::new(own, Budget::BRIEF);
                knows(term, key) && solver.solve(&demands, 0) == Solution::Infeasible
            })
        })
}

/// Whether a condition knows the type of a key, for a type says which values there are.
fn knows(term: &series::Term, key: &Key) -> bool {
    term.event.fields.get(&key.field) == Some(&key.schema)
}

fn absent(key: &Key) -> Expr {
    let field = Term::Field(key.field.clone());
    Expr::leaf(LeafKind::Missing(field), Span::default())
}

/// For each key that the events of a predicate must have, that it is missing.
fn mandatory(series: &Series, predicate: usize) -> Vec<Expr> {
    let term = match series {
        Series::Sequence(sequence) => sequence.terms().nth(predicate),
        Series::Sample(sample) => sample.terms.get(predicate),
        // A group takes texts of every type.
        Series::Correlation(_) => None,
    };
    let keys = term.into_iter().flat_map(|term| {
        let keys = term.keys.iter().filter(|key| !key.optional);
        keys.filter(|key| knows(term, key))
    });
    keys.map(absent).collect()
}

fn alive(mutant: SeriesMutant) -> Survivor {
    Survivor {
        operator: mutant.operator,
        place: mutant.place,
        span: mutant.span,
        instead: mutant.instead,
        killer: None,
    }
}

/// One of the conditions on single events.
struct Condition<'h, 's> {
    hits: &'h Hits<'s>,
    predicate: usize,
    /// That its keys are missing. Then its events join nothing, and what it says of them is nothing to anybody.
    keys: Vec<Expr>,
    pool: Option<&'h Pool>,
}

impl Condition<'_, '_> {
    fn measure(&self, oracle: &Oracle<'_>, strength: &mut Strength) {
        let tree = Tree::new(&oracle.ir().predicate);
        let evidence = Evidence::new(&tree, oracle, self.hits.events(self.predicate));
        let pairs = pairs(&tree, evidence.table());
        let given = self.keys.iter().map(|missing| (missing, false)).collect();
        let mut judge = Judge::new(oracle, &tree).given(given);
        let none = BTreeSet::new();
        let equivalent = self.pool.map_or(&none, |pool| &pool.equivalent);
        let mut number = 0;
        each_mutant(oracle.ir(), &tree, &mut |mutant| {
            let known = equivalent.contains(&number);
            number += 1;
            let mut count = Count {
                mutants: 1,
                ..Count::default()
            };
            if known {
                count.equivalent = 1;
            } else if self.kills(&evidence, &mutant) {
                count.killed = 1;
            } else {
                match judge.fate(&mutant) {
                    Fate::Equivalent => count.equivalent = 1,
                    Fate::Alive(killer) => {
                        strength.survivors.extend(survivor(&tree, &mutant, killer));
                    }
                }
            }
            let feasible = pairs.get(mutant.place).copied().unwrap_or(false);
            add(strength, mutant.operator, count, feasible);
        });
    }

    fn kills(&self, evidence: &Evidence<'_>, mutant: &Mutant) -> bool {
        let turned = evidence.killers(mutant, &evidence.instead(mutant));
        let mut tried = 0;
        let mut known = BTreeSet::new();
        for event in turned.events() {
            for stream in self.hits.deciding(self.predicate, event) {
                if !known.insert(stream) {
                    continue;
                }
                if self.hits.turn(self.predicate, &turned, stream) {
                    return true;
                }
                tried += 1;
                if tried >= MOST_STREAMS {
                    return false;
                }
            }
        }
        false
    }
}
