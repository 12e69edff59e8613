//! Correlations: windows that slide over groups (C1 to C12).
//!
//! A window is asked when its instant is over, since all events of an instant belong to it. An inner correlation is asked first: its matches
//! are occurrences of the same instant.

use super::group::{Inner, Occurrence, Window};
use super::recent::Recent;
use super::tuple::{MAX_TUPLES, Tuple, Tuples, part_text};
use super::{At, Match, Memory, Position, chain};
use std::fmt::Debug;
use std::sync::Arc;

pub use super::measure::{Bound, Than};

/// An event, as far as a correlation reads it.
pub trait Source: Clone + Debug {
    /// What names a field.
    type Field: Clone + Debug;

    /// The text of every value of a field.
    fn texts(&self, field: &Self::Field, found: &mut dyn FnMut(&str));

    /// The number that a text is.
    fn number(text: &str) -> Option<f64>;
}

/// A correlation.
#[derive(Clone, Debug)]
pub struct Correlation<F> {
    /// What is measured in a window.
    pub(crate) kind: CorrelationKind,
    /// How long a window is, in milliseconds: events so far apart are still in one.
    pub(crate) timespan: u64,
    /// What the measure must be: all of these.
    pub(crate) condition: Vec<Bound>,
    /// What is counted.
    pub(crate) rules: Vec<Counted<F>>,
}

/// What is measured in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrelationKind {
    /// How many events.
    EventCount,
    /// How many different values (of several fields: different tuples) the fields have.
    ValueCount,
    /// How many of the rules match.
    Temporal,
    /// The same, by events in the order of the rules. Its condition always asks for all of them.
    TemporalOrdered,
    /// The sum of the field's values.
    ValueSum,
    /// Their mean.
    ValueAvg,
    /// The smallest value that at least so many percent do not exceed.
    ValuePercentile(u8),
}

/// A rule that a correlation refers to.
#[derive(Clone, Debug)]
pub struct Counted<F> {
    /// The correlation whose matches are counted; None: events. The terms of a rule are numbered as they stand, those of inner correlations
    /// where these stand.
    pub(crate) inner: Option<Correlation<F>>,
    /// Where the values of the group stand.
    pub(crate) group: Vec<Place<F>>,
    /// Where the fields of the condition stand.
    pub(crate) values: Vec<Place<F>>,
}

/// Where a value of a match is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place<F> {
    /// From the field of the event; of a match of a correlation: of its last event.
    Field(F),
    /// From the group of an inner correlation, at this position.
    Group(usize),
}

impl<F> Correlation<F> {
    /// A correlation. `timespan` is in milliseconds.
    pub fn new(
        kind: CorrelationKind,
        timespan: u64,
        condition: Vec<Bound>,
        rules: Vec<Counted<F>>,
    ) -> Self {
        Self {
            kind,
            timespan,
            condition,
            rules,
        }
    }
}

impl<F> Counted<F> {
    /// Events that satisfy a term.
    pub fn events(group: Vec<Place<F>>, values: Vec<Place<F>>) -> Self {
        Self {
            inner: None,
            group,
            values,
        }
    }

    /// Matches of another correlation.
    pub fn matches(inner: Correlation<F>, group: Vec<Place<F>>, values: Vec<Place<F>>) -> Self {
        Self {
            inner: Some(inner),
            group,
            values,
        }
    }
}

/// A correlation at work.
#[derive(Debug)]
pub(crate) struct CorrelationRun<S: Source> {
    root: Node<S>,
    /// The instant that is not over yet.
    now: i64,
}

#[derive(Debug)]
struct Node<S: Source> {
    kind: CorrelationKind,
    timespan: i64,
    condition: Vec<Bound>,
    rules: Vec<Rule<S>>,
    groups: Recent<Tuple, Window<S>>,
    /// Groups with an occurrence at the instant that is not over yet.
    asked: Vec<Tuple>,
}

#[derive(Debug)]
struct Rule<S: Source> {
    from: From<S>,
    group: Vec<Place<S::Field>>,
    values: Vec<Place<S::Field>>,
}

#[derive(Debug)]
enum From<S: Source> {
    /// Events that satisfy this predicate of the series.
    Term(usize),
    Inner(Box<Node<S>>),
}

/// A window that satisfies the condition.
struct Hit<S> {
    occurrence: Occurrence<S>,
}

impl<S: Source> CorrelationRun<S> {
    /// A correlation with room for so many groups.
    pub(crate) fn new(correlation: &Correlation<S::Field>, room: usize) -> Self {
        Self {
            root: Node::new(correlation, room, &mut 0),
            now: i64::MIN,
        }
    }

    /// Takes the next event, which satisfies these predicates.
    pub(crate) fn offer(
        &mut self,
        at: At,
        event: &S,
        terms: &[usize],
        told: &mut dyn FnMut(Match),
    ) {
        if at.instant > self.now {
            self.close(told);
            self.now = at.instant;
        }
        self.root.offer(at, event, terms);
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
    pub(crate) fn finish(mut self, told: &mut dyn FnMut(Match)) -> Memory {
        self.close(told);
        self.root.memory()
    }
}

impl<S: Source> Node<S> {
    fn new(correlation: &Correlation<S::Field>, room: usize, terms: &mut usize) -> Self {
        let rules = correlation.rules.iter().map(|rule| Rule {
            from: match &rule.inner {
                None => {
                    let term = *terms;
                    *terms += 1;
                    From::Term(term)
                }
                Some(inner) => From::Inner(Box::new(Node::new(inner, room, terms))),
            },
            group: rule.group.clone(),
            values: rule.values.clone(),
        });
        Self {
            kind: correlation.kind,
            timespan: i64::try_from(correlation.timespan).unwrap_or(i64::MAX),
            rules: rules.collect(),
            condition: correlation.condition.clone(),
            groups: Recent::new(room),
            asked: Vec::new(),
        }
    }

    fn offer(&mut self, at: At, event: &S, terms: &[usize]) {
        for rule in 0..self.rules.len() {
            let Some(of) = self.rules.get_mut(rule) else {
                continue;
            };
            match &mut of.from {
                From::Term(term) if terms.contains(term) => {
                    let occurrence = Occurrence {
                        instant: at.instant,
                        last: (at.rank, at.index),
                        event: event.clone(),
                        inner: None,
                    };
                    self.add(rule, &occurrence);
                }
                From::Term(_) => {}
                From::Inner(inner) => inner.offer(at, event, terms),
            }
        }
    }

    fn add(&mut self, rule: usize, occurrence: &Occurrence<S>) {
        let Some(of) = self.rules.get(rule) else {
            return;
        };
        let instant = occurrence.instant;
        let (kind, count) = (self.kind, self.rules.len());
        for parts in parts(&of.group, occurrence.group(), &occurrence.event) {
            let group: Tuple = parts.concat().into_boxed_slice();
            let new = || Window::new(count, parts.clone());
            let window = self.groups.touch(&group, instant, new);
            window.add(rule, occurrence, kind, &of.values);
            if window.asked != Some(instant) {
                window.asked = Some(instant);
                self.asked.push(group);
            }
        }
    }

    /// The windows that end at the instant that is over and satisfy the condition.
    fn close(&mut self, instant: i64) -> Vec<Hit<S>> {
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
                    &self.condition,
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

fn hit<S: Source>(
    kind: CorrelationKind,
    condition: &[Bound],
    rules: usize,
    window: &Window<S>,
    instant: i64,
) -> Option<Hit<S>> {
    let (last, event, events): (Position, _, Vec<Position>) = match kind {
        CorrelationKind::TemporalOrdered => {
            let (end, events) = chain::ending_at(window, rules, instant)?;
            (end.of.last, end.of.event.clone(), events)
        }
        CorrelationKind::EventCount
        | CorrelationKind::ValueCount
        | CorrelationKind::Temporal
        | CorrelationKind::ValueSum
        | CorrelationKind::ValueAvg
        | CorrelationKind::ValuePercentile(_) => {
            let measure = window.measure(kind)?;
            if !condition.iter().all(|bound| bound.holds(measure)) {
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
            inner: Some(Arc::new(Inner {
                events,
                group: window.parts.as_ref().clone(),
            })),
        },
    })
}

/// Every tuple of texts at these places of an event; `group` is the group of the match that the event stands for.
pub(crate) fn texts<S: Source>(
    places: &[Place<S::Field>],
    group: &[Tuple],
    event: &S,
) -> Vec<Tuple> {
    let mut tuples = Tuples::default();
    for place in places {
        tuples.by(|values| match place {
            Place::Field(field) => event.texts(field, &mut |text| values.text(text)),
            Place::Group(at) => {
                if let Some(part) = group.get(*at) {
                    values.part(part);
                }
            }
        });
    }
    tuples.into_tuples()
}

/// The parts of every tuple of texts at these places, one a place.
fn parts<S: Source>(places: &[Place<S::Field>], group: &[Tuple], event: &S) -> Vec<Vec<Tuple>> {
    let mut found: Vec<Vec<Tuple>> = vec![Vec::new()];
    for place in places {
        let one = texts(std::slice::from_ref(place), group, event);
        let mut longer = Vec::new();
        for parts in &found {
            for part in one.iter().take(MAX_TUPLES.saturating_sub(longer.len())) {
                let mut parts = parts.clone();
                parts.push(part.clone());
                longer.push(parts);
            }
        }
        found = longer;
    }
    found
}

/// Every number at a place of an event.
pub(crate) fn numbers<S: Source>(
    place: &Place<S::Field>,
    group: &[Tuple],
    event: &S,
    found: &mut Vec<f64>,
) {
    match place {
        Place::Field(field) => event.texts(field, &mut |text| found.extend(S::number(text))),
        Place::Group(at) => {
            let text = group.get(*at).and_then(|part| part_text(part));
            found.extend(text.and_then(S::number));
        }
    }
}
