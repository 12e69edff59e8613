//! Rules over several events: a stream is given its events one after another, and tells the matches as soon as nothing can refute them.

use super::clock::Clock;
use super::event::{Event, Field};
use super::key::{self, Key};
use super::number::Decimal;
use crate::series::correlation::{Correlation, CorrelationRun, Place, Source};
use crate::series::output::Limit;
use crate::series::sample::SampleRun;
use crate::series::sequence::{SequenceRun, Step};
use crate::series::{At, DEFAULT_KEYS, Match, Memory};
use std::sync::Arc;

/// What a rule over several events says.
#[derive(Clone, Debug)]
pub struct Plan {
    /// None: events are taken as they come.
    clock: Option<Clock>,
    /// Which events take part.
    terms: Vec<Term>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Sequence {
        steps: Vec<Step>,
        ends: bool,
        maxspan: Option<u64>,
        limits: Vec<Limit>,
    },
    Sample {
        limits: Vec<Limit>,
    },
    Correlation(Correlation<Field>),
}

/// Which events take part, and what joins them to others.
#[derive(Clone, Debug)]
pub struct Term {
    matches: fn(&Event) -> bool,
    keys: Vec<Key>,
}

impl Term {
    /// Events that satisfy a predicate.
    pub fn new(matches: fn(&Event) -> bool, keys: &[Key]) -> Self {
        Self {
            matches,
            keys: keys.to_vec(),
        }
    }
}

/// A stage of a sequence.
#[derive(Clone, Debug)]
pub struct Stage {
    term: Term,
    step: Step,
}

impl Stage {
    /// So many such events in a row.
    pub fn events(runs: u32, matches: fn(&Event) -> bool, keys: &[Key]) -> Self {
        Self {
            term: Term::new(matches, keys),
            step: Step {
                runs,
                missing: false,
            },
        }
    }

    /// No such event; in a match these are so many empty slots.
    pub fn missing(runs: u32, matches: fn(&Event) -> bool, keys: &[Key]) -> Self {
        let present = Self::events(runs, matches, keys);
        Self {
            step: Step {
                missing: true,
                ..present.step
            },
            ..present
        }
    }
}

impl Plan {
    /// Events one after another. `maxspan` is in milliseconds; `until` is what ends a match that is not complete.
    pub fn sequence(
        clock: Clock,
        stages: &[Stage],
        maxspan: Option<u64>,
        until: Option<Term>,
        limits: &[Limit],
    ) -> Self {
        let kind = Kind::Sequence {
            steps: stages.iter().map(|stage| stage.step).collect(),
            ends: until.is_some(),
            maxspan,
            limits: limits.to_vec(),
        };
        let stages = stages.iter().map(|stage| stage.term.clone());
        Self {
            clock: Some(clock),
            terms: stages.chain(until).collect(),
            kind,
        }
    }

    /// Events with the same keys, in any order.
    pub fn sample(terms: &[Term], limits: &[Limit]) -> Self {
        Self {
            clock: None,
            terms: terms.to_vec(),
            kind: Kind::Sample {
                limits: limits.to_vec(),
            },
        }
    }

    /// How often, how many, or which rules, within a window of time. The predicates are those of the rules, as they stand in the correlation.
    pub fn correlation(
        clock: Clock,
        rules: &[fn(&Event) -> bool],
        correlation: Correlation<Field>,
    ) -> Self {
        Self {
            clock: Some(clock),
            terms: rules.iter().map(|rule| Term::new(*rule, &[])).collect(),
            kind: Kind::Correlation(correlation),
        }
    }
}

/// A rule over several events at work. What it keeps is bounded: state goes as soon as no later event can need it, and beyond a number of keys
/// the one that was touched longest ago goes and is counted.
#[derive(Debug)]
pub struct Stream {
    clock: Option<Clock>,
    terms: Vec<Term>,
    machine: Machine,
    /// How many events came.
    seen: usize,
    /// How many of them took part.
    rank: usize,
    /// The instant of the last one that took part.
    now: i64,
    late: u64,
}

#[derive(Debug)]
enum Machine {
    Sequence(SequenceRun),
    Sample(SampleRun),
    Correlation {
        run: CorrelationRun<Read>,
        fields: Vec<Field>,
    },
}

/// How a stream ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// Matches that only the end of the stream decided.
    pub matches: Vec<Match>,
    /// What was kept. Where keys gave way to others, matches may be missing.
    pub memory: Memory,
    /// How many events came after a later one, and took no part.
    pub late: u64,
}

impl Stream {
    /// A stream with room for a million keys.
    pub fn new(plan: Plan) -> Self {
        Self::with_keys(plan, DEFAULT_KEYS)
    }

    /// A stream with room for so many keys.
    pub fn with_keys(plan: Plan, keys: usize) -> Self {
        let room = keys.max(1);
        let machine = match &plan.kind {
            Kind::Sequence {
                steps,
                ends,
                maxspan,
                limits,
            } => Machine::Sequence(SequenceRun::new(steps, *ends, *maxspan, limits, room)),
            Kind::Sample { limits } => {
                Machine::Sample(SampleRun::new(plan.terms.len(), limits, room))
            }
            Kind::Correlation(correlation) => {
                let mut read = Vec::new();
                fields(correlation, &mut read);
                Machine::Correlation {
                    run: CorrelationRun::new(correlation, room),
                    fields: read,
                }
            }
        };
        Self {
            clock: plan.clock,
            terms: plan.terms,
            machine,
            seen: 0,
            rank: 0,
            now: i64::MIN,
            late: 0,
        }
    }

    /// Takes the next event; the matches that are sure now. Events are told in a match by how many came before them. They have to come in the
    /// order of their time: one that comes after a later one is counted and takes no part, and so does one without a time.
    pub fn push(&mut self, event: &Event) -> Vec<Match> {
        let index = self.seen;
        self.seen += 1;
        let mut found = Vec::new();
        self.offer(index, event, &mut |events| found.push(events));
        found
    }

    fn offer(&mut self, index: usize, event: &Event, told: &mut dyn FnMut(Match)) {
        let instant = match &self.clock {
            None => 0,
            Some(clock) => match clock.instant(event) {
                None => return,
                Some(instant) if instant < self.now => {
                    self.late += 1;
                    return;
                }
                Some(instant) => instant,
            },
        };
        self.now = instant;
        let at = At {
            rank: self.rank,
            instant,
            index,
        };
        self.rank += 1;
        let terms = self.terms.iter().enumerate();
        let mut satisfied = terms.filter(|(_, term)| (term.matches)(event)).peekable();
        if satisfied.peek().is_none() {
            return;
        }
        match &mut self.machine {
            Machine::Sequence(run) => {
                let joined = satisfied.map(|(at, term)| (at, key::tuples(&term.keys, event)));
                run.offer(at, &joined.collect::<Vec<_>>(), told);
            }
            Machine::Sample(run) => {
                let joined = satisfied.map(|(at, term)| (at, key::tuples(&term.keys, event)));
                run.offer(at, &joined.collect::<Vec<_>>());
            }
            Machine::Correlation { run, fields } => {
                let terms: Vec<usize> = satisfied.map(|(at, _)| at).collect();
                run.offer(at, &Read::of(event, fields), &terms, told);
            }
        }
    }

    /// There are no more events.
    pub fn finish(self) -> End {
        let mut matches = Vec::new();
        let mut told = |events| matches.push(events);
        let memory = match self.machine {
            Machine::Sequence(run) => run.finish(&mut told),
            Machine::Sample(run) => run.finish(&mut told),
            Machine::Correlation { run, .. } => run.finish(&mut told),
        };
        End {
            matches,
            memory,
            late: self.late,
        }
    }

    /// Every match in events that may stand in any order. The stream is one that no event came to yet.
    pub fn scan(mut self, events: &[Event]) -> End {
        let order = match &self.clock {
            None => (0..events.len()).collect(),
            Some(clock) => clock.order(events),
        };
        let mut found = Vec::new();
        for at in order {
            if let Some(event) = events.get(at) {
                self.offer(at, event, &mut |events| found.push(events));
            }
        }
        let end = self.finish();
        found.extend(end.matches);
        End {
            matches: found,
            ..end
        }
    }
}

/// Every field that a correlation reads, once.
fn fields(correlation: &Correlation<Field>, found: &mut Vec<Field>) {
    for rule in &correlation.rules {
        for place in rule.group.iter().chain(&rule.values) {
            match place {
                Place::Field(field) if !found.contains(field) => found.push(*field),
                Place::Field(_) | Place::Group(_) => {}
            }
        }
        if let Some(inner) = &rule.inner {
            fields(inner, found);
        }
    }
}

/// What a correlation reads of an event: a field's values, each as text.
#[derive(Clone, Debug)]
struct Read(Arc<Vec<(Field, Vec<Box<str>>)>>);

impl Read {
    fn of(event: &Event, fields: &[Field]) -> Self {
        let texts = |field: &Field| {
            let texts = event.scalars(*field).map(|value| value.as_str().into());
            (*field, texts.collect())
        };
        Self(Arc::new(fields.iter().map(texts).collect()))
    }
}

impl Source for Read {
    type Field = Field;

    fn texts(&self, field: &Field, found: &mut dyn FnMut(&str)) {
        let of_field = self.0.iter().filter(|(known, _)| known == field);
        for text in of_field.flat_map(|(_, texts)| texts) {
            found(text);
        }
    }

    fn number(text: &str) -> Option<f64> {
        Decimal::parse(text)?;
        text.parse().ok()
    }
}
