//! Streams for the conditions on single events: each event that is needed to tell a condition from one with a mistake takes the place of one that decides.
//!
//! Of all events that were made for a condition the fewest are taken that do what all do, as for events that a repository keeps.

use super::seek::{decides, held, kept, overlaid, replaced};
use super::streams::Joints;
use super::{Judged, LabelledStream, Pool};
use crate::edits::with;
use crate::oracle::series::SeriesOracle;
use crate::strength::stored::stored;
use std::collections::BTreeSet;
use verdict_compiler::Ir;
use verdict_event::{Event, Path, Value};

/// So many events of one condition get a stream.
const MOST: usize = 160;

/// The streams for every condition, beside those that there are.
pub(super) fn streams(
    oracle: &SeriesOracle<'_>,
    judged: &[Judged],
    pools: &[Pool],
    joints: &Joints,
) -> Vec<LabelledStream> {
    let series = oracle.series();
    let kept = kept(series);
    let mut found = Vec::new();
    for (predicate, (ir, pool)) in series.events().into_iter().zip(pools).enumerate() {
        let Some((made, at)) = place(oracle, judged, predicate) else {
            continue;
        };
        let placing = Placing {
            oracle,
            predicate,
            stream: &made.stream,
            at,
            kept: &kept,
            joints: joints
                .iter()
                .filter(|joint| reads(ir, joint.get(predicate)))
                .collect(),
        };
        let events: Vec<&Event> = pool.events.iter().map(|made| &made.event).collect();
        let telling = stored(ir, &events).into_iter().take(MOST);
        for event in telling.filter_map(|event| events.get(event)) {
            if let Some(stream) = placing.put(event) {
                found.push(LabelledStream {
                    stream,
                    label: format!("{}, event {at}: one that tells a mistake", made.label),
                });
            }
        }
    }
    found
}

/// Whether a condition asks something of a key.
fn reads(ir: &Ir, key: Option<&Option<Path>>) -> bool {
    matches!(key, Some(Some(path)) if ir.predicate.fields().contains(path))
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

/// A place of a stream for events of a predicate.
struct Placing<'p> {
    oracle: &'p SeriesOracle<'p>,
    predicate: usize,
    stream: &'p [Event],
    at: usize,
    kept: &'p BTreeSet<Path>,
    /// The keys that the predicate asks something of.
    joints: Vec<&'p Vec<Option<Path>>>,
}

impl Placing<'_> {
    /// The stream with an event in the place. It gets the time and the keys of what stood there. Keys that its condition asks something of it keeps, and the others
    /// get them too; where they do not take that, it has both values.
    fn put(&self, event: &Event) -> Option<Vec<Event>> {
        let own = self.stream.get(self.at)?;
        if self.joints.is_empty() {
            return Some(replaced(self.stream, self.at, overlaid(event, own, self.kept)));
        }
        if let Some(stream) = self.handed(event, own) {
            return Some(stream);
        }
        let mut both = overlaid(event, own, self.kept);
        for joint in &self.joints {
            let path = joint.get(self.predicate)?.as_ref()?;
            let values = event.values(path).into_iter().chain(own.values(path));
            let values: Vec<Value> = values.cloned().collect();
            both = with(&both, path, Some(Value::List(values)));
        }
        Some(replaced(self.stream, self.at, both))
    }

    fn handed(&self, event: &Event, own: &Event) -> Option<Vec<Event>> {
        let mut kept = self.kept.clone();
        let mut stream = self.stream.to_vec();
        for joint in &self.joints {
            let path = joint.get(self.predicate)?.as_ref()?;
            kept.remove(path);
            let value = held(event, path);
            for other in &mut stream {
                let satisfied = self.satisfied(other);
                let mut changed = other.clone();
                for predicate in satisfied.iter().filter(|of| **of != self.predicate) {
                    if let Some(Some(path)) = joint.get(*predicate) {
                        changed = with(&changed, path, value.clone());
                    }
                }
                if self.satisfied(&changed) != satisfied {
                    return None;
                }
                *other = changed;
            }
        }
        *stream.get_mut(self.at)? = overlaid(event, own, &kept);
        Some(stream)
    }

    /// The predicates that an event satisfies.
    fn satisfied(&self, event: &Event) -> Vec<usize> {
        let oracles = self.oracle.events().iter().enumerate();
        let satisfied = oracles.filter(|(_, oracle)| oracle.holds(event));
        satisfied.map(|(predicate, _)| predicate).collect()
    }
}
