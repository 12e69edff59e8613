//! Streams for the conditions on single events: each event that is needed to tell a condition from one with a mistake takes the place of one that decides.
//!
//! Of all events that were made for a condition the fewest are taken that do what all do, as for events that a repository keeps.

use super::seek::{decides, kept, overlaid, replaced};
use super::{Judged, LabelledStream, Pool};
use crate::oracle::series::SeriesOracle;
use crate::strength::stored::stored;
use std::collections::BTreeSet;
use verdict_event::{Event, Path};

/// So many events of one condition get a stream.
const MOST: usize = 160;

/// The streams for every condition, beside those that there are.
pub(super) fn streams(
    oracle: &SeriesOracle<'_>,
    judged: &[Judged],
    pools: &[Pool],
) -> Vec<LabelledStream> {
    let series = oracle.series();
    let kept = kept(series);
    let mut found = Vec::new();
    for (predicate, (ir, pool)) in series.events().into_iter().zip(pools).enumerate() {
        let Some((made, at)) = place(oracle, judged, predicate) else {
            continue;
        };
        let events: Vec<&Event> = pool.events.iter().map(|made| &made.event).collect();
        let telling = stored(ir, &events).into_iter().take(MOST);
        for event in telling.filter_map(|event| events.get(event)) {
            let stream = put(oracle, (&made.stream, at), predicate, event, &kept);
            found.push(LabelledStream {
                stream,
                label: format!("{}, event {at}: one that tells a mistake", made.label),
            });
        }
    }
    found
}

/// The first place in which an event decides, of streams that match before the others.
fn place<'s>(
    oracle: &SeriesOracle<'_>,
    judged: &'s [Judged],
    predicate: usize,
) -> Option<(&'s LabelledStream, usize)> {
    let mut both = [true, false].into_iter();
    both.find_map(|matching| {
        let mut of = judged
            .iter()
            .filter(|(_, matches)| matches.is_empty() != matching);
        of.find_map(|(made, matches)| {
            let mut places = 0..made.stream.len();
            let at = places.find(|at| decides(oracle, &made.stream, matches, predicate, *at))?;
            Some((made, at))
        })
    })
}

/// The stream with an event in a place, with the time and the keys of what stood there.
fn put(
    _oracle: &SeriesOracle<'_>,
    (stream, at): (&[Event], usize),
    _predicate: usize,
    event: &Event,
    kept: &BTreeSet<Path>,
) -> Vec<Event> {
    let Some(own) = stream.get(at) else {
        return stream.to_vec();
    };
    replaced(stream, at, overlaid(event, own, kept))
}
