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
const MOST: usize = 400;

/// The streams for every condition, beside those that there are.
pub(super) fn streams(
    oracle: &SeriesOracle<'_>,
    judged: &[Judged],
    pools: &[Pool],
    joints: &Joints,
) -> Vec<LabelledStream> {
    let series = oracle.series();
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
            kept: kept(series, predicate),
            joints: joints
                .iter()
                .filter(|joint| reads(ir, joint.get(predicate)))
                .collect(),
        };
        let events: Vec<&Event> = pool.events.iter().map(|made| &made.event).collect();
        let telling = stored(ir, &events).into_iter().take(MOST);
        for event in telling.filter_map(|event| events.get(event)) {
            for stream in placing.put(event) {
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
    kept: BTreeSet<Path>,
    /// The keys that the predicate asks something of.
    joints: Vec<&'p Vec<Option<Path>>>,
}

impl Placing<'_> {
    /// The stream with an event in the place. It gets the time and the keys of what stood there. A key of its own that its condition asks something of it keeps,
    /// and the others get it too; where they do not take that, it has both values.
    fn put(&self, event: &Event) -> Vec<Vec<Event>> {
        let Some(own) = self.stream.get(self.at) else {
            return Vec::new();
        };
        let path = |joint: &&Vec<Option<Path>>| joint.get(self.predicate).cloned().flatten();
        let paths: Vec<Path> = self.joints.iter().filter_map(path).collect();
        let asked: Vec<&Path> = paths.iter().filter(|path| event.has_key(path)).collect();
        if asked.is_empty() {
            let event = overlaid(event, own, &self.kept);
            return vec![replaced(self.stream, self.at, event)];
        }
        if let Some(stream) = self.handed(event, own, true) {
            return vec![stream];
        }
        let both = overlaid(event, own, &self.kept);
        let both = asked.into_iter().fold(both, |both, path| {
            let values = event.values(path).into_iter().chain(own.values(path));
            with(&both, path, Some(Value::List(values.cloned().collect())))
        });
        let both = replaced(self.stream, self.at, both);
        self.handed(event, own, false)
            .into_iter()
            .chain([both])
            .collect()
    }

    /// The stream in which the others have the event's keys: those of its own predicate, too, or only those of others, which may happen to satisfy it. None
    /// where they do not take them.
    fn handed(&self, event: &Event, own: &Event, alike: bool) -> Option<Vec<Event>> {
        let mut kept = self.kept.clone();
        let mut stream = self.stream.to_vec();
        for joint in &self.joints {
            let path = joint.get(self.predicate)?.as_ref()?;
            if !event.has_key(path) {
                continue;
            }
            kept.remove(path);
            let value = held(event, path);
            for other in &mut stream {
                let satisfied = self.satisfied(other);
                let mut changed = other.clone();
                let meant = |of: &&usize| alike || **of != self.predicate;
                for predicate in satisfied.iter().filter(meant) {
                    if let Some(Some(path)) = joint.get(*predicate) {
                        changed = with(&changed, path, value.clone());
                    }
                }
                let (mut now, mut before) = (self.satisfied(&changed), satisfied);
                if !alike {
                    now.retain(|of| *of != self.predicate);
                    before.retain(|of| *of != self.predicate);
                }
                if now != before {
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
