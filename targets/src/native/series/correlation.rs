//! Correlations: windows that slide over groups (C1 to C12).
//!
//! A window is asked when its instant is over, since all events of an instant belong to it. An inner correlation is asked first: its matches
//! are occurrences of the same instant.

use super::group::{Inner, Occurrence, Window};
use super::key::{Tuple, parts};
use super::measure::Limit;
use super::recent::Recent;
use super::{At, Match, Memory, Position, chain};
use std::rc::Rc;
use verdict_compiler::ir::series::{Correlation, CorrelationKind, Matches, Place};

/// A correlation at work.
pub(super) struct CorrelationRun<'p, 'e> {
    root: Node<'p, 'e>,
    /// The instant that is not over yet.
    now: i64,
}

struct Node<'p, 'e> {
    kind: CorrelationKind,
    timespan: i64,
    limits: Vec<Limit>,
    rules: Vec<Rule<'p, 'e>>,
    groups: Recent<Tuple, Window<'e>>,
    /// Groups with an occurrence at the instant that is not over yet.
    asked: Vec<Tuple>,
}

struct Rule<'p, 'e> {
    from: From<'p, 'e>,
    group: &'p [Place],
    values: &'p [Place],
}

enum From<'p, 'e> {
    /// Events that satisfy this predicate of the series.
    Term(usize),
    Inner(Box<Node<'p, 'e>>),
}

/// A window that satisfies the condition.
struct Hit<'e> {
    occurrence: Occurrence<'e>,
}

impl<'p, 'e> CorrelationRun<'p, 'e> {
    pub(super) fn new(correlation: &'p Correlation, room: usize) -> Self {
        Self {
            root: Node::new(correlation, room, &mut 0),
            now: i64::MIN,
        }
    }

    /// Takes the next event, which satisfies these predicates.
    pub(super) fn offer(&mut self, at: At<'e>, terms: &[usize], told: &mut dyn FnMut(Match)) {
        if at.instant > self.now {
            self.close(told);
            self.now = at.instant;
        }
        self.root.offer(at, terms);
    }

    /// The instant is over.
    fn close(&mut self, told: &mut dyn FnMut(Match)) {
        let hits = self.root.close(self.now);
        let mut matches: Vec<(usize, Vec<Position>)> = hits
            .into_iter()
            .map(|hit| (hit.occurrence.last.0, hit.occurrence.events().to_vec()))
            .collect();
        matches.sort();
        matches.dedup();
        for (_, events) in matches {
            told(events.into_iter().map(|(_, index)| Some(index)).collect());
        }
    }

    /// There are no more events. What was kept.
    pub(super) fn finish(mut self, told: &mut dyn FnMut(Match)) -> Memory {
        self.close(told);
        self.root.memory()
    }
}

impl<'p, 'e> Node<'p, 'e> {
    fn new(correlation: &'p Correlation, room: usize, terms: &mut usize) -> Self {
        let rules = correlation.rules.iter().map(|rule| Rule {
            from: match &rule.matches {
                Matches::Events(_) => {
                    let term = *terms;
                    *terms += 1;
                    From::Term(term)
                }
                Matches::Correlation(inner) => From::Inner(Box::new(Node::new(inner, room, terms))),
            },
            group: &rule.group,
            values: &rule.values,
        });
        Self {
            kind: correlation.kind,
            timespan: i64::try_from(correlation.timespan).unwrap_or(i64::MAX),
            rules: rules.collect(),
            limits: correlation.condition.iter().map(Limit::new).collect(),
            groups: Recent::new(room),
            asked: Vec::new(),
        }
    }

    fn offer(&mut self, at: At<'e>, terms: &[usize]) {
        for rule in 0..self.rules.len() {
            let Some(of) = self.rules.get_mut(rule) else {
                continue;
            };
            match &mut of.from {
                From::Term(term) if terms.contains(term) => {
                    let occurrence = Occurrence {
                        instant: at.instant,
                        last: (at.rank, at.index),
                        event: at.event,
                        inner: None,
                    };
                    self.add(rule, &occurrence);
                }
                From::Term(_) => {}
                From::Inner(inner) => inner.offer(at, terms),
            }
        }
    }

    fn add(&mut self, rule: usize, occurrence: &Occurrence<'e>) {
        let Some(of) = self.rules.get(rule) else {
            return;
        };
        let instant = occurrence.instant;
        let (kind, count) = (self.kind, self.rules.len());
        for parts in parts(of.group, occurrence.group(), occurrence.event) {
            let group: Tuple = parts.concat().into_boxed_slice();
            let new = || Window::new(count, parts.clone());
            let window = self.groups.touch(&group, instant, new);
            window.add(rule, occurrence, kind, of.values);
            if window.asked != Some(instant) {
                window.asked = Some(instant);
                self.asked.push(group);
            }
        }
    }

    /// The windows that end at the instant that is over and satisfy the condition.
    fn close(&mut self, instant: i64) -> Vec<Hit<'e>> {
        for rule in 0..self.rules.len() {
            let found = match self.rules.get_mut(rule).map(|rule| &mut rule.from) {
                Some(From::Inner(inner)) => inner.close(instant),
                Some(From::Term(_)) | None => continue,
            };
            for hit in found {
                self.add(rule, &hit.occurrence);
            }
        }
        let begin = instant.saturating_sub(self.timespan);
        let mut hits = Vec::new();
        for group in std::mem::take(&mut self.asked) {
            if let Some(window) = self.groups.get_mut(&group, instant) {
                window.slide(begin);
                hits.extend(hit(
                    self.kind,
                    &self.limits,
                    self.rules.len(),
                    window,
                    instant,
                ));
            }
        }
        self.groups.forget(begin, |window| {
            window.slide(begin);
            window.is_empty()
        });
        hits
    }

    fn memory(&self) -> Memory {
        let mut memory = self.groups.memory();
        for rule in &self.rules {
            match &rule.from {
                From::Term(_) => {}
                From::Inner(inner) => {
                    let inner = inner.memory();
                    memory.keys += inner.keys;
                    memory.evicted += inner.evicted;
                }
            }
        }
        memory
    }
}

fn hit<'e>(
    kind: CorrelationKind,
    limits: &[Limit],
    rules: usize,
    window: &Window<'e>,
    instant: i64,
) -> Option<Hit<'e>> {
    let (last, event, events): (Position, _, Vec<Position>) = match kind {
        CorrelationKind::TemporalOrdered => {
            let (end, events) = chain::ending_at(window, rules, instant)?;
            (end.of.last, end.of.event, events)
        }
        CorrelationKind::EventCount
        | CorrelationKind::ValueCount
        | CorrelationKind::Temporal
        | CorrelationKind::ValueSum
        | CorrelationKind::ValueAvg
        | CorrelationKind::ValuePercentile(_) => {
            let measure = window.measure(kind)?;
            if !limits.iter().all(|limit| limit.holds(measure)) {
                return None;
            }
            let events = window.events();
            let last = *events.last()?;
            (last, window.event_at(last)?, events)
        }
    };
    Some(Hit {
        occurrence: Occurrence {
            instant,
            last,
            event,
            inner: Some(Rc::new(Inner {
                events,
                group: window.parts.as_ref().clone(),
            })),
        },
    })
}
