//! Missing events, `![...]`: the events that must not have happened around a completed sequence.
//!
//! Source: `TumblingWindow.prepareQueryForMissingEvents` and `doCheckMissingEvents`. These look at times alone, never at tiebreakers, and they
//! treat the ends of a sequence in a way of their own: with a missing event at both ends, one violation alone is tolerated, since some span
//! of `maxspan` around the sequence holds none. A tool that reported the last violation only would differ; the suite has cases of both.

use super::keys::Tuple;
use super::plan::{Sequence, Stage};
use super::sequence::{Complete, Moment};
use std::collections::HashMap;

/// When events of each missing term happened, by key; times ascend.
pub(crate) struct Missed {
    terms: HashMap<usize, HashMap<Tuple, Vec<i64>>>,
}

impl Missed {
    pub(crate) fn new(sequence: &Sequence) -> Self {
        let terms = sequence.stages.iter().filter_map(|stage| match stage {
            Stage::Missing(term) => Some((*term, HashMap::new())),
            Stage::Event(_) => None,
        });
        Self {
            terms: terms.collect(),
        }
    }

    /// Notes an event under the keys that it has for each missing term.
    pub(crate) fn note(
        &mut self,
        sequence: &Sequence,
        found: &[Option<Vec<Tuple>>],
        moment: Moment,
    ) {
        for (term, seen) in &mut self.terms {
            debug_assert!(*term < sequence.terms.len(), "a term of this sequence");
            for key in found
                .get(*term)
                .and_then(Option::as_ref)
                .into_iter()
                .flatten()
            {
                seen.entry(key.clone()).or_default().push(moment.millis);
            }
        }
    }

    fn times(&self, term: usize, key: &Tuple) -> &[i64] {
        self.terms
            .get(&term)
            .and_then(|seen| seen.get(key))
            .map_or(&[], Vec::as_slice)
    }

    /// The last event of a term before a time.
    fn before(&self, term: usize, key: &Tuple, millis: i64) -> Option<i64> {
        let times = self.times(term, key);
        let at = times.partition_point(|time| *time < millis);
        times.get(at.checked_sub(1)?).copied()
    }

    /// The first event of a term after a time.
    fn after(&self, term: usize, key: &Tuple, millis: i64) -> Option<i64> {
        let times = self.times(term, key);
        let earlier = i64::from(verdict_faults::at(
            "eql/engine/missing-event-of-the-same-instant-counts",
        ));
        let millis = millis - earlier;
        times
            .get(times.partition_point(|time| *time <= millis))
            .copied()
    }
}

/// Whether a completed sequence stands.
pub(crate) fn survives(sequence: &Sequence, missed: &Missed, found: &Complete) -> bool {
    let (Some(first), Some(last)) = (found.events.first(), found.events.last()) else {
        return false;
    };
    let (mut leading, mut trailing): (Option<i64>, Option<i64>) = (None, None);
    let mut behind = 0;
    for stage in &sequence.stages {
        match stage {
            Stage::Event(_) => behind += 1,
            Stage::Missing(term) if behind == 0 => {
                leading = leading.max(missed.before(*term, &found.key, first.millis));
            }
            Stage::Missing(term) if behind == found.events.len() => {
                let hit = missed.after(*term, &found.key, last.millis);
                trailing = match (trailing, hit) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) => one.or(other),
                };
            }
            Stage::Missing(term) => {
                let bounds = found.events.get(behind - 1).zip(found.events.get(behind));
                let between = bounds.is_some_and(|(from, to)| {
                    missed
                        .after(*term, &found.key, from.millis)
                        .is_some_and(|time| time < to.millis)
                });
                if between {
                    return false;
                }
            }
        }
    }
    let wider = |from: Option<i64>, to: Option<i64>| match (from, to, sequence.maxspan) {
        (Some(from), Some(to), Some(span)) => from.abs_diff(to) > span,
        (_, _, _) => true,
    };
    let is_missing = |stage: Option<&Stage>| matches!(stage, Some(Stage::Missing(_)));
    let ends = (
        is_missing(sequence.stages.first()),
        is_missing(sequence.stages.last()),
    );
    match ends {
        (false, false) => true,
        (true, false) => wider(leading, Some(last.millis)),
        (false, true) => wider(Some(first.millis), trailing),
        (true, true) => wider(leading, trailing),
    }
}
