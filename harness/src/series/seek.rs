//! Streams on which a claim could show itself that no stream showed: of streams that a profile holds, with one event a step aside.

use super::{Judged, LabelledStream, Streams};
use crate::compare::seek::steps;
use crate::divergence::{self, empty_is_missing};
use crate::edits::with;
use crate::generate::filled;
use crate::oracle::series::{Match, SeriesOracle, matches_by};
use std::collections::BTreeSet;
use verdict_compiler::Code;
use verdict_compiler::codes::divergence::EMPTY_IS_MISSING;
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::{Correlation, Matches, Place, Term};
use verdict_event::{Event, Path, Value};

/// In so many places a predicate's events are tried, of streams that match and of those that do not.
const MOST_PLACES: usize = 3;
/// So many events of a predicate are tried in a place.
const MOST_EVENTS: usize = 64;

/// Streams on which a code could show itself.
pub(super) fn showing(
    code: Code,
    oracle: &SeriesOracle<'_>,
    held: &[&Judged],
    streams: &Streams,
) -> Vec<LabelledStream> {
    let series = oracle.series();
    let mut found = Vec::new();
    if code.id == EMPTY_IS_MISSING.id {
        found.extend(empty_keys(series, held));
    }
    for (predicate, ir) in series.events().into_iter().enumerate() {
        let covered = |event: &&Event| divergence::covers(code, ir, event) == Some(true);
        let pool: Vec<&Event> = streams.events(oracle, predicate).filter(covered).collect();
        let pool = turned(pool);
        let kept = kept(series, predicate);
        for (made, at) in places(oracle, held, predicate) {
            let Some(own) = made.stream.get(at) else {
                continue;
            };
            let mut instead = steps(code, ir, own);
            instead.extend(steps(code, ir, &filled(ir, own)));
            if code.id == EMPTY_IS_MISSING.id {
                for path in kept.iter().filter(|path| own.has_key(path)) {
                    instead.push(with(own, path, Some(Value::from(""))));
                    // Of a list the others stay.
                    let beside = self::held(own, path);
                    let beside = beside.map(|value| Value::List(vec![Value::from(""), value]));
                    instead.push(with(own, path, beside));
                }
            }
            instead.extend(pool.iter().map(|event| overlaid(event, own, &kept)));
            found.extend(instead.into_iter().map(|event| LabelledStream {
                label: format!("{}, event {at} for {}", made.label, code.id),
                stream: replaced(&made.stream, at, event),
            }));
        }
    }
    found
}

/// The events to try: such as hold lists and such as hold none in turn, for most tables have no columns for lists and some keep nothing else from a query.
fn turned(events: Vec<&Event>) -> Vec<&Event> {
    let (lists, plain): (Vec<&Event>, Vec<&Event>) = events.into_iter().partition(|event| {
        event
            .entries()
            .iter()
            .any(|(_, value)| matches!(value, Value::List(_)))
    });
    let longest = lists.len().max(plain.len());
    let turns = (0..longest).flat_map(|at| [lists.get(at), plain.get(at)]);
    turns.flatten().take(MOST_EVENTS).copied().collect()
}

/// Streams that match, with the empty text at a key of all events.
fn empty_keys(series: &Series, held: &[&Judged]) -> Vec<LabelledStream> {
    let matching = held.iter().filter(|(_, matches)| !matches.is_empty());
    let mut found = Vec::new();
    for (made, _) in matching.take(MOST_PLACES) {
        for path in empty_is_missing::joining(series) {
            let empty = |event: &Event| with(event, &path, Some(Value::from("")));
            found.push(LabelledStream {
                stream: made.stream.iter().map(empty).collect(),
                label: format!("{}, `{path}` empty", made.label),
            });
        }
    }
    found
}

/// Where it decides what a stream matches whether an event satisfies a predicate: if it did not, there would be other matches. Streams that match come
/// first, then such as would, were it not for this event.
pub(super) fn places<'s>(
    oracle: &SeriesOracle<'_>,
    held: &[&'s Judged],
    predicate: usize,
) -> Vec<(&'s LabelledStream, usize)> {
    let mut found = Vec::new();
    for matching in [true, false] {
        let of = held
            .iter()
            .filter(|(_, matches)| matches.is_empty() != matching);
        let deciding = of.flat_map(|(made, matches)| {
            let places = 0..made.stream.len();
            let deciding =
                places.filter(|at| decides(oracle, &made.stream, matches, predicate, *at));
            deciding.map(move |at| (made, at)).collect::<Vec<_>>()
        });
        found.extend(deciding.take(MOST_PLACES));
    }
    found
}

/// Whether an event satisfies a predicate and there would be other matches if it did not.
pub(super) fn decides(
    oracle: &SeriesOracle<'_>,
    stream: &[Event],
    matches: &[Match],
    predicate: usize,
    place: usize,
) -> bool {
    says(oracle, stream, predicate, place) && turns(oracle, stream, matches, predicate, place)
}

fn says(oracle: &SeriesOracle<'_>, stream: &[Event], predicate: usize, place: usize) -> bool {
    let own = oracle.events().get(predicate);
    own.zip(stream.get(place))
        .is_some_and(|(own, event)| own.holds(event))
}

/// Whether there would be other matches if a predicate said something else of an event.
fn turns(
    oracle: &SeriesOracle<'_>,
    stream: &[Event],
    matches: &[Match],
    predicate: usize,
    place: usize,
) -> bool {
    let otherwise =
        |of: usize, at: usize| says(oracle, stream, of, at) != ((of, at) == (predicate, place));
    matches_by(oracle.series(), stream, &otherwise) != matches
}

pub(super) fn replaced(stream: &[Event], place: usize, event: Event) -> Vec<Event> {
    let mut other = stream.to_vec();
    if let Some(slot) = other.get_mut(place) {
        *slot = event;
    }
    other
}

/// The fields by which an event of a predicate takes its place in a stream: time, its keys, what is counted. The keys of others are fields like any other here.
pub(super) fn kept(series: &Series, predicate: usize) -> BTreeSet<Path> {
    let keys = |term: Option<&Term>| -> BTreeSet<Path> {
        let keys = term.into_iter().flat_map(|term| &term.keys);
        keys.map(|key| key.field.clone()).collect()
    };
    let mut kept = match series {
        Series::Sequence(sequence) => keys(sequence.terms().nth(predicate)),
        Series::Sample(sample) => keys(sample.terms.get(predicate)),
        Series::Correlation(correlation) => {
            let mut places = BTreeSet::new();
            places_of(correlation, &mut places);
            places
        }
    };
    if let Some(order) = series.order() {
        kept.insert(Path::new(order.timestamp.field.as_str()));
        kept.extend(order.tiebreaker.clone());
    }
    kept
}

/// The fields of a correlation's groups and of what it counts.
fn places_of(correlation: &Correlation, into: &mut BTreeSet<Path>) {
    for rule in &correlation.rules {
        let fields = rule.group.iter().chain(&rule.values);
        into.extend(fields.filter_map(Place::field).cloned());
        match &rule.matches {
            Matches::Events(_) => {}
            Matches::Correlation(inner) => places_of(inner, into),
        }
    }
}

/// An event in the place of another one.
pub(super) fn overlaid(event: &Event, own: &Event, kept: &BTreeSet<Path>) -> Event {
    kept.iter().fold(event.clone(), |event, path| {
        with(&event, path, held(own, path))
    })
}

/// What an event holds at a field.
pub(super) fn held(event: &Event, path: &Path) -> Option<Value> {
    let mut values: Vec<Value> = event.values(path).into_iter().cloned().collect();
    match (values.len(), event.has_key(path)) {
        (0, true) => Some(Value::Null),
        (0, false) => None,
        (1, _) => values.pop(),
        _ => Some(Value::List(values)),
    }
}
