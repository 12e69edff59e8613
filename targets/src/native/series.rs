//! Rules over several events, in one pass over a stream.
//!
//! [`SeriesPack`] takes many rules. It brings the events into order, asks one [`Pack`] of all their single-event parts about each event, and hands the event
//! to the machines of those rules that it concerns. What a machine keeps is bounded: state goes as soon as no later event can need it, and
//! beyond a number of keys the one that was touched longest ago goes and is counted.

mod key;

use crate::native::Pack;
use crate::outline;
use crate::series::At;
use crate::series::correlation::{Correlation, CorrelationRun};
use crate::series::output::Limit;
use crate::series::sample::SampleRun;
use crate::series::sequence::{SequenceRun, Step};
use crate::series::tuple::Tuple;
use key::KeyReader;
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::{Order, Term};
use verdict_event::{Event, Path};

pub use crate::series::{DEFAULT_KEYS, Match, Memory};

/// Many rules over several events.
#[derive(Debug)]
pub struct SeriesPack {
    passes: Vec<Pass>,
    rules: usize,
    keys: usize,
}

/// The rules that see the stream in one order.
#[derive(Debug)]
struct Pass {
    /// None: as it stands.
    order: Option<Order>,
    pack: Pack,
    /// For each predicate of the pack: its rule in [`Pass::rules`], and which of the rule's predicates it is.
    owners: Vec<(usize, usize)>,
    rules: Vec<Plan>,
}

/// A rule, ready to be run.
#[derive(Debug)]
struct Plan {
    /// Its position among all rules.
    number: usize,
    series: Series,
    machine: Machine,
}

/// What runs it, with what joins the events of each of its predicates.
#[derive(Debug)]
enum Machine {
    Sequence {
        steps: Vec<Step>,
        ends: bool,
        maxspan: Option<u64>,
        limits: Vec<Limit>,
        keys: Vec<KeyReader>,
    },
    Sample {
        limits: Vec<Limit>,
        keys: Vec<KeyReader>,
    },
    Correlation(Correlation<Path>),
}

/// A match of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The rule's position.
    pub rule: usize,
    /// The events of the match.
    pub events: Match,
}

impl SeriesPack {
    /// The pack of these rules.
    pub fn new<'s>(series: impl IntoIterator<Item = &'s Series>) -> Self {
        let mut passes: Vec<(Option<Order>, Vec<Plan>)> = Vec::new();
        let mut rules = 0;
        for (number, series) in series.into_iter().enumerate() {
            rules += 1;
            let plan = Plan::new(number, series);
            let order = series.order().cloned();
            match passes.iter_mut().find(|(known, _)| *known == order) {
                Some((_, plans)) => plans.push(plan),
                None => passes.push((order, vec![plan])),
            }
        }
        let passes = passes.into_iter();
        Self {
            passes: passes
                .map(|(order, rules)| Pass::new(order, rules))
                .collect(),
            rules,
            keys: DEFAULT_KEYS,
        }
    }

    /// Keeps at most so many keys for each rule at a time.
    #[must_use]
    pub fn with_keys(self, keys: usize) -> Self {
        Self {
            keys: keys.max(1),
            ..self
        }
    }

    /// Tells every match in a stream, those of one rule in the order in which they are reported; what each rule kept.
    pub fn scan(&self, stream: &[Event], told: &mut dyn FnMut(Found)) -> Vec<Memory> {
        let mut memory = vec![Memory::default(); self.rules];
        for pass in &self.passes {
            pass.scan(stream, self.keys, told, &mut memory);
        }
        memory
    }
}

impl Plan {
    fn new(number: usize, series: &Series) -> Self {
        let keys = |term: &Term| KeyReader::new(&term.keys);
        Self {
            number,
            series: series.clone(),
            machine: match series {
                Series::Sequence(sequence) => Machine::Sequence {
                    steps: outline::steps(sequence),
                    ends: sequence.until.is_some(),
                    maxspan: sequence.maxspan,
                    limits: outline::limits(&sequence.limits),
                    keys: sequence.terms().map(keys).collect(),
                },
                Series::Sample(sample) => Machine::Sample {
                    limits: outline::limits(&sample.limits),
                    keys: sample.terms.iter().map(keys).collect(),
                },
                Series::Correlation(correlation) => {
                    Machine::Correlation(outline::correlation(correlation))
                }
            },
        }
    }
}

impl Pass {
    fn new(order: Option<Order>, rules: Vec<Plan>) -> Self {
        let mut owners = Vec::new();
        let mut irs = Vec::new();
        for (at, plan) in rules.iter().enumerate() {
            for (term, ir) in plan.series.events().into_iter().enumerate() {
                owners.push((at, term));
                irs.push(ir);
            }
        }
        Self {
            order,
            pack: Pack::new(irs),
            owners,
            rules,
        }
    }

    fn scan(
        &self,
        stream: &[Event],
        keys: usize,
        told: &mut dyn FnMut(Found),
        memory: &mut [Memory],
    ) {
        let mut runs: Vec<Run<'_, '_>> =
            self.rules.iter().map(|plan| Run::new(plan, keys)).collect();
        let mut terms = Vec::new();
        for (rank, (instant, index)) in self.ordered(stream).into_iter().enumerate() {
            let Some(event) = stream.get(index) else {
                continue;
            };
            let at = At {
                rank,
                instant,
                index,
            };
            let mut satisfied = self.pack.matches(event).into_iter();
            let mut next = satisfied.next().and_then(|of| self.owners.get(of));
            while let Some((rule, term)) = next {
                terms.clear();
                terms.push(*term);
                next = satisfied.next().and_then(|of| self.owners.get(of));
                while let Some((_, term)) = next.filter(|(same, _)| same == rule) {
                    terms.push(*term);
                    next = satisfied.next().and_then(|of| self.owners.get(of));
                }
                if let (Some(run), Some(plan)) = (runs.get_mut(*rule), self.rules.get(*rule)) {
                    run.offer(at, event, &terms, &mut |events| {
                        told(Found {
                            rule: plan.number,
                            events,
                        });
                    });
                }
            }
        }
        for (run, plan) in runs.into_iter().zip(&self.rules) {
            let kept = run.finish(&mut |events| {
                told(Found {
                    rule: plan.number,
                    events,
                });
            });
            if let Some(memory) = memory.get_mut(plan.number) {
                *memory = kept;
            }
        }
    }

    /// The instant and position of every event that takes part, in order.
    fn ordered(&self, stream: &[Event]) -> Vec<(i64, usize)> {
        let Some(order) = &self.order else {
            return (0..stream.len()).map(|index| (0, index)).collect();
        };
        let clock = order.clock();
        let numbered = stream.iter().enumerate();
        if order.tiebreaker.is_none() {
            let placed = numbered.filter_map(|(index, event)| Some((clock.instant(event)?, index)));
            let mut placed: Vec<(i64, usize)> = placed.collect();
            placed.sort_unstable();
            return placed;
        }
        let placed = numbered.filter_map(|(index, event)| Some((clock.moment(event)?, index)));
        let mut placed: Vec<_> = placed.collect();
        placed.sort();
        let placed = placed.into_iter();
        placed
            .map(|(moment, index)| (moment.instant, index))
            .collect()
    }
}

/// A rule at work.
enum Run<'p, 'e> {
    Sequence(SequenceRun, &'p [KeyReader]),
    Sample(SampleRun, &'p [KeyReader]),
    Correlation(CorrelationRun<&'e Event>),
}

impl<'p, 'e> Run<'p, 'e> {
    fn new(plan: &'p Plan, room: usize) -> Self {
        match &plan.machine {
            Machine::Sequence {
                steps,
                ends,
                maxspan,
                limits,
                keys,
            } => {
                let run = SequenceRun::new(steps, *ends, *maxspan, limits, room);
                Self::Sequence(run, keys)
            }
            Machine::Sample { limits, keys } => {
                Self::Sample(SampleRun::new(keys.len(), limits, room), keys)
            }
            Machine::Correlation(correlation) => {
                Self::Correlation(CorrelationRun::new(correlation, room))
            }
        }
    }

    /// Takes the next event, which satisfies these of the rule's predicates.
    fn offer(&mut self, at: At, event: &'e Event, terms: &[usize], told: &mut dyn FnMut(Match)) {
        match self {
            Self::Sequence(run, keys) => run.offer(at, &joined(keys, event, terms), told),
            Self::Sample(run, keys) => run.offer(at, &joined(keys, event, terms)),
            Self::Correlation(run) => run.offer(at, &event, terms, told),
        }
    }

    /// There are no more events. What was kept.
    fn finish(self, told: &mut dyn FnMut(Match)) -> Memory {
        match self {
            Self::Sequence(run, _) => run.finish(told),
            Self::Sample(run, _) => run.finish(told),
            Self::Correlation(run) => run.finish(told),
        }
    }
}

/// The tuples by which an event joins as each of these predicates.
fn joined(keys: &[KeyReader], event: &Event, terms: &[usize]) -> Vec<(usize, Vec<Tuple>)> {
    let terms = terms.iter();
    terms
        .filter_map(|term| Some((*term, keys.get(*term)?.tuples(event))))
        .collect()
}
