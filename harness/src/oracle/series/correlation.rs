//! Correlations: every window of every group, one after another (C1 to C12).

use super::keys::{self, KeyTuple, KeyValue};
use super::{Match, Placed, Says, Window, in_order};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::ir::series::{
    Bound, Correlation, CorrelationKind, Matches, Percent, Place, Referenced,
};
use verdict_event::{Decimal, Event, Number};

/// More events than these a match does not tell; the earliest are left out (C1).
const MAX_TOLD: usize = 1000;

/// Every match of a correlation, in the order of their last events (Q8).
pub(super) fn matches(correlation: &Correlation, says: &Says<'_>, stream: &[Event]) -> Vec<Match> {
    let events = in_order(&correlation.order, stream);
    let found = windows(correlation, &mut 0, says, &events);
    let mut found: Vec<(usize, Vec<usize>, Match)> = found
        .into_iter()
        .map(|found| {
            let events = found.events.iter();
            let ranks = events.clone().map(|event| event.rank).collect();
            (
                found.last.rank,
                ranks,
                events.map(|event| Some(event.at)).collect(),
            )
        })
        .collect();
    found.sort();
    found.dedup();
    found.into_iter().map(|(_, _, events)| events).collect()
}

/// Where every match ends, and in which group.
pub(super) fn told_windows(
    correlation: &Correlation,
    says: &Says<'_>,
    stream: &[Event],
) -> BTreeSet<Window> {
    let events = in_order(&correlation.order, stream);
    let found = windows(correlation, &mut 0, says, &events);
    let window = |found: &Occurrence<'_>| Window {
        end: found.instant,
        told: found.group.iter().map(written).collect(),
    };
    found.iter().map(window).collect()
}

/// A value of a group; all of them are texts (C5).
fn written(value: &KeyValue) -> String {
    match value {
        KeyValue::Text(text) => text.clone(),
        KeyValue::Null | KeyValue::Number(_) | KeyValue::Address(_) | KeyValue::Instant(_) => {
            String::new()
        }
    }
}

/// An event of a rule, or a match of an inner correlation, which counts as one.
#[derive(Clone)]
struct Occurrence<'e> {
    /// Which of the correlation's rules it matches.
    rule: usize,
    /// The instant at which it stands.
    instant: i64,
    /// The event that its fields are read from.
    last: Placed<'e>,
    /// Every event of it, in the order in which they are told.
    events: Vec<Placed<'e>>,
    /// The group that an inner correlation found it in.
    group: KeyTuple,
    /// Whether it is a match of an inner correlation.
    inner: bool,
}

impl Occurrence<'_> {
    /// What tells it from others: one event is one occurrence, by however many rules it matches (C6).
    fn identity(&self) -> (Option<usize>, usize, &KeyTuple) {
        let rule = self.inner.then_some(self.rule);
        (rule, self.last.rank, &self.group)
    }

    fn values(&self, places: &[Place]) -> Vec<KeyTuple> {
        keys::texts(places, &self.group, self.last.event)
    }
}

/// The windows of a correlation that satisfy its condition, each as an occurrence (of no rule yet).
fn windows<'e>(
    correlation: &Correlation,
    predicate: &mut usize,
    says: &Says<'_>,
    events: &[Placed<'e>],
) -> Vec<Occurrence<'e>> {
    let mut groups: BTreeMap<KeyTuple, Vec<Occurrence<'e>>> = BTreeMap::new();
    for (number, rule) in correlation.rules.iter().enumerate() {
        for occurrence in occurrences(number, rule, (predicate, says), events) {
            for group in occurrence.values(&rule.group) {
                groups.entry(group).or_default().push(occurrence.clone());
            }
        }
    }
    let mut found = Vec::new();
    for (group, occurrences) in groups {
        let instants: BTreeSet<i64> = occurrences.iter().map(|each| each.instant).collect();
        for instant in instants {
            let timespan = i64::try_from(correlation.timespan).unwrap_or(i64::MAX);
            let begin = instant.saturating_sub(timespan);
            let within = occurrences.iter();
            let within = within.filter(|each| (begin..=instant).contains(&each.instant));
            let window: Vec<&Occurrence<'e>> = within.collect();
            let told = told(correlation, &window, instant);
            if let Some((last, events)) = told {
                found.push(Occurrence {
                    rule: 0,
                    instant,
                    last,
                    events,
                    group: group.clone(),
                    inner: true,
                });
            }
        }
    }
    found
}

fn occurrences<'e>(
    number: usize,
    rule: &Referenced,
    (predicate, says): (&mut usize, &Says<'_>),
    events: &[Placed<'e>],
) -> Vec<Occurrence<'e>> {
    match &rule.matches {
        Matches::Events(_) => {
            let own = *predicate;
            *predicate += 1;
            let satisfying = events.iter().filter(|event| says(own, event.at));
            let occurrences = satisfying.map(|event| Occurrence {
                rule: number,
                instant: event.instant,
                last: *event,
                events: vec![*event],
                group: Vec::new(),
                inner: false,
            });
            occurrences.collect()
        }
        Matches::Correlation(inner) => {
            let mut found = windows(inner, predicate, says, events);
            for occurrence in &mut found {
                occurrence.rule = number;
            }
            found
        }
    }
}

/// The last event and the events of a window that satisfies the condition; None of any other.
fn told<'e>(
    correlation: &Correlation,
    window: &[&Occurrence<'e>],
    instant: i64,
) -> Option<(Placed<'e>, Vec<Placed<'e>>)> {
    if correlation.kind == CorrelationKind::TemporalOrdered {
        return chain(correlation, window, instant);
    }
    let measure = measure(correlation, window)?;
    let holds = |bound: &Bound| {
        let order = measure.compared(&bound.number);
        order.is_some_and(|order| bound.comparison.accepts(order) != bound.negated)
    };
    if !correlation.condition.iter().all(holds) {
        return None;
    }
    let events = each_once(window);
    Some((*events.last()?, events))
}

/// The events of these in order, each once, at most the last ones (C1).
fn each_once<'e>(occurrences: &[&Occurrence<'e>]) -> Vec<Placed<'e>> {
    let events = occurrences.iter().flat_map(|each| &each.events);
    let by_rank: BTreeMap<usize, Placed<'e>> = events.map(|event| (event.rank, *event)).collect();
    let mut events: Vec<Placed<'e>> = by_rank.into_values().collect();
    events.drain(..events.len().saturating_sub(MAX_TOLD));
    events
}

/// The latest events in the order of the rules, the last of them at the instant (C11).
fn chain<'e>(
    correlation: &Correlation,
    window: &[&Occurrence<'e>],
    instant: i64,
) -> Option<(Placed<'e>, Vec<Placed<'e>>)> {
    let mut chosen: Vec<&Occurrence<'e>> = Vec::new();
    for rule in (0..correlation.rules.len()).rev() {
        let stands = |each: &Occurrence<'_>| match chosen.last() {
            None => each.instant == instant,
            Some(later) => each.instant < later.instant,
        };
        let of_rule = window
            .iter()
            .filter(|each| each.rule == rule && stands(each));
        // Of matches with one last event the one whose events come last (C12).
        let ranks = |each: &Occurrence<'_>| -> Vec<usize> {
            each.events.iter().map(|event| event.rank).collect()
        };
        chosen.push(of_rule.max_by_key(|each| (each.instant, each.last.rank, ranks(each)))?);
    }
    let last = chosen.first()?.last;
    Some((last, each_once(&chosen)))
}

/// What a window measures.
enum Measure {
    Count(usize),
    Value(f64),
}

impl Measure {
    fn compared(&self, number: &Number) -> Option<Ordering> {
        match self {
            Self::Count(count) => {
                let count = i64::try_from(*count).unwrap_or(i64::MAX);
                Some(Number::from(count).decimal().cmp(&number.decimal()))
            }
            Self::Value(value) => value.partial_cmp(&number.as_f64()),
        }
    }
}

fn measure(correlation: &Correlation, window: &[&Occurrence<'_>]) -> Option<Measure> {
    let mut each: BTreeMap<(Option<usize>, usize, &KeyTuple), &Occurrence<'_>> = BTreeMap::new();
    for occurrence in window {
        each.entry(occurrence.identity()).or_insert(occurrence);
    }
    let places = |occurrence: &Occurrence<'_>| -> &[Place] {
        let rule = correlation.rules.get(occurrence.rule);
        rule.map_or(&[], |rule| &rule.values)
    };
    match correlation.kind {
        CorrelationKind::EventCount => Some(Measure::Count(each.len())),
        CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => {
            let rules: BTreeSet<usize> = window.iter().map(|each| each.rule).collect();
            Some(Measure::Count(rules.len()))
        }
        CorrelationKind::ValueCount => {
            let tuples = window.iter().flat_map(|each| each.values(places(each)));
            let tuples: BTreeSet<KeyTuple> = tuples.collect();
            Some(Measure::Count(tuples.len()))
        }
        CorrelationKind::ValueSum
        | CorrelationKind::ValueAvg
        | CorrelationKind::ValuePercentile(_) => {
            let mut occurrences: Vec<&Occurrence<'_>> = each.into_values().collect();
            occurrences.sort_by_key(|each| each.last.rank);
            let numbers = occurrences.into_iter();
            let numbers = numbers.flat_map(|each| numbers_of(each, places(each)));
            value(correlation.kind, numbers.collect())
        }
    }
}

/// Every number at the place of an occurrence (C8); a repeated one counts as often as it stands there.
fn numbers_of(occurrence: &Occurrence<'_>, places: &[Place]) -> Vec<f64> {
    let number = |text: &str| {
        let number = Decimal::parse(text).and_then(|_| Number::parse(text));
        number.map(|number| number.as_f64())
    };
    match places.first() {
        Some(Place::Field(path)) => {
            let values = occurrence.last.event.values(path);
            let texts = values.iter().filter_map(|value| value.scalar_text());
            texts.filter_map(number).collect()
        }
        Some(Place::Group(at)) => match occurrence.group.get(*at) {
            Some(KeyValue::Text(text)) => number(text).into_iter().collect(),
            Some(
                KeyValue::Null | KeyValue::Number(_) | KeyValue::Address(_) | KeyValue::Instant(_),
            )
            | None => Vec::new(),
        },
        None => Vec::new(),
    }
}

fn value(kind: CorrelationKind, mut numbers: Vec<f64>) -> Option<Measure> {
    if numbers.is_empty() {
        return None;
    }
    let sum: f64 = numbers.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "a mean of doubles is a double")]
    let value = match kind {
        CorrelationKind::ValueSum => sum,
        CorrelationKind::ValueAvg => sum / numbers.len() as f64,
        CorrelationKind::ValuePercentile(Percent(percent)) => {
            numbers.sort_by(f64::total_cmp);
            // The smallest rank r, from 1, with r / n >= percent / 100.
            let rank = (numbers.len() * usize::from(percent)).div_ceil(100).max(1);
            *numbers.get(rank - 1)?
        }
        CorrelationKind::EventCount
        | CorrelationKind::ValueCount
        | CorrelationKind::Temporal
        | CorrelationKind::TemporalOrdered => return None,
    };
    Some(Measure::Value(value))
}
