//! Sequences: one machine for each tuple of keys (Q1 to Q5, Q8), then the missing events (Q9, Q10).

use super::keys::{self, KeyTuple};
use super::{Match, Placed, Says, in_order, limited};
use std::collections::BTreeSet;
use verdict_compiler::ir::series::{Sequence, Stage};
use verdict_event::Event;

/// Something that happened to an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The event, by its position in the stream.
    pub event: usize,
    /// The stage as it is written, from 0.
    pub stage: usize,
    /// The tuple of keys whose machine it was.
    pub keys: KeyTuple,
    /// What became of it.
    pub fate: Fate,
}

/// What became of an event at a stage, or of the match that it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It begins a pending match, in place of an earlier one.
    Begins {
        /// The events that were pending there.
        replaced: Option<Match>,
    },
    /// It goes on with a pending match, in place of an earlier one.
    Continues {
        /// The match so far, with this event.
        pending: Match,
        /// The events that were pending there.
        replaced: Option<Match>,
    },
    /// It completes a match.
    Completes(Match),
    /// Nothing is pending at the stage before.
    NothingPending,
    /// The pending match began too long before: it is dropped.
    TooLate {
        /// What was pending.
        dropped: Match,
        /// Milliseconds since its first event.
        after: i64,
    },
    /// The pending match was ended by `until`: it is dropped.
    Ended {
        /// What was pending.
        dropped: Match,
        /// The event that ended it.
        by: usize,
    },
    /// The match that this event completed is refuted by an event that must be missing, which belongs to the stage.
    Refuted {
        /// What was complete.
        dropped: Match,
        /// The event that must not be there.
        by: usize,
    },
}

/// A pending match.
#[derive(Clone)]
struct Pending<'e> {
    /// An event for each slot so far; None for those that must be missing.
    events: Vec<Option<Placed<'e>>>,
}

impl<'e> Pending<'e> {
    fn first(&self) -> Option<Placed<'e>> {
        self.events.iter().flatten().next().copied()
    }

    fn last(&self) -> Option<Placed<'e>> {
        self.events.iter().flatten().last().copied()
    }

    fn positions(&self) -> Match {
        let at = |event: &Option<Placed<'_>>| event.map(|event| event.at);
        self.events.iter().map(at).collect()
    }
}

/// An event that satisfies a term, with the tuples that it joins by.
struct Hit<'e> {
    event: Placed<'e>,
    tuples: Vec<KeyTuple>,
}

/// A place in a match: a stage, or one of its repetitions.
struct Slot<'i, 'e> {
    /// The stage's number, as it is written.
    number: usize,
    stage: &'i Stage,
    hits: Vec<Hit<'e>>,
}

/// Every match of a sequence; `told` hears of every step.
pub(super) fn matches(
    sequence: &Sequence,
    says: &Says<'_>,
    stream: &[Event],
    told: &mut dyn FnMut(Step),
) -> Vec<Match> {
    let events = in_order(&sequence.order, stream);
    let hits = |predicate: usize, keys| -> Vec<Hit<'_>> {
        let satisfying = events.iter().filter(|event| says(predicate, event.at));
        let hits = satisfying.map(|event| Hit {
            event: *event,
            tuples: keys::tuples(keys, event.event),
        });
        hits.collect()
    };
    let mut slots = Vec::new();
    for (number, stage) in sequence.stages.iter().enumerate() {
        for _ in 0..stage.runs {
            slots.push(Slot {
                number,
                stage,
                hits: hits(number, &stage.term.keys),
            });
        }
    }
    // Its condition comes behind those of the stages.
    let until = sequence.until.iter();
    let until: Vec<Hit<'_>> = until
        .flat_map(|term| hits(sequence.stages.len(), &term.keys))
        .collect();
    let positive = slots.iter().filter(|slot| !slot.stage.missing);
    let tuples: BTreeSet<&KeyTuple> = positive
        .flat_map(|slot| &slot.hits)
        .flat_map(|hit| &hit.tuples)
        .collect();
    let mut found = Vec::new();
    for keys in tuples {
        let machine = Machine {
            sequence,
            slots: &slots,
            until: &until,
            keys,
        };
        found.extend(machine.run(&events, told));
    }
    reported(sequence, &found)
}

/// Matches in the order of their last events, each once (Q8).
fn reported(sequence: &Sequence, found: &[Pending<'_>]) -> Vec<Match> {
    let ranks = |complete: &Pending<'_>| -> Vec<Option<usize>> {
        let events = complete.events.iter();
        events.map(|event| event.map(|event| event.rank)).collect()
    };
    let mut found: Vec<(usize, Vec<Option<usize>>, Match)> = found
        .iter()
        .map(|complete| {
            let last = complete.last().map_or(0, |event| event.rank);
            (last, ranks(complete), complete.positions())
        })
        .collect();
    found.sort();
    found.dedup();
    let matches = found.into_iter().map(|(_, _, positions)| positions);
    limited(matches.collect(), &sequence.limits)
}

/// The machine of one tuple of keys.
struct Machine<'m, 'i, 'e> {
    sequence: &'i Sequence,
    slots: &'m [Slot<'i, 'e>],
    until: &'m [Hit<'e>],
    keys: &'m KeyTuple,
}

impl<'e> Machine<'_, '_, 'e> {
    fn run(&self, events: &[Placed<'e>], told: &mut dyn FnMut(Step)) -> Vec<Pending<'e>> {
        // What is pending after each slot; slots of missing events have none.
        let mut pending: Vec<Option<Pending<'e>>> = vec![None; self.slots.len()];
        let mut complete = Vec::new();
        for event in events {
            for (at, slot) in self.slots.iter().enumerate().rev() {
                if slot.stage.missing || !self.takes(&slot.hits, event) {
                    continue;
                }
                let mut tell = |fate| {
                    told(Step {
                        event: event.at,
                        stage: slot.number,
                        keys: self.keys.clone(),
                        fate,
                    });
                };
                let Some(moved) = self.moved(at, &mut pending, *event, &mut tell) else {
                    continue;
                };
                if self.next(at).is_none() {
                    let moved = self.padded(moved);
                    tell(Fate::Completes(moved.positions()));
                    complete.push(moved);
                    continue;
                }
                let so_far = moved.positions();
                let first = self.previous(at).is_none();
                let replaced = pending.get_mut(at).and_then(|place| place.replace(moved));
                let replaced = replaced.map(|replaced| replaced.positions());
                tell(if first {
                    Fate::Begins { replaced }
                } else {
                    Fate::Continues {
                        pending: so_far,
                        replaced,
                    }
                });
            }
        }
        complete.retain(|complete| self.nothing_refutes(complete, told));
        complete
    }

    /// Whether an event is among these, with the machine's keys.
    fn takes(&self, hits: &[Hit<'e>], event: &Placed<'e>) -> bool {
        let hit = hits.iter().find(|hit| hit.event.at == event.at);
        hit.is_some_and(|hit| hit.tuples.contains(self.keys))
    }

    /// The slot of an event before a slot.
    fn previous(&self, at: usize) -> Option<usize> {
        (0..at).rev().find(|at| self.is_positive(*at))
    }

    /// The slot of an event behind a slot.
    fn next(&self, at: usize) -> Option<usize> {
        (at + 1..self.slots.len()).find(|at| self.is_positive(*at))
    }

    fn is_positive(&self, at: usize) -> bool {
        self.slots.get(at).is_some_and(|slot| !slot.stage.missing)
    }

    /// The pending match that an event makes at a slot: a new one, or the one of the slot before, which it takes away in any case.
    fn moved(
        &self,
        at: usize,
        pending: &mut [Option<Pending<'e>>],
        event: Placed<'e>,
        tell: &mut dyn FnMut(Fate),
    ) -> Option<Pending<'e>> {
        let Some(before) = self.previous(at) else {
            let mut events = vec![None; at];
            events.push(Some(event));
            return Some(Pending { events });
        };
        let Some(mut taken) = pending.get_mut(before).and_then(Option::take) else {
            tell(Fate::NothingPending);
            return None;
        };
        if let (Some(maxspan), Some(first)) = (self.sequence.maxspan, taken.first()) {
            let after = event.instant.saturating_sub(first.instant);
            if u64::try_from(after).is_ok_and(|after| after > maxspan) {
                tell(Fate::TooLate {
                    dropped: taken.positions(),
                    after,
                });
                return None;
            }
        }
        if let Some(ending) = self.ending(&taken, event) {
            tell(Fate::Ended {
                dropped: taken.positions(),
                by: ending.at,
            });
            return None;
        }
        taken.events.resize(at, None);
        taken.events.push(Some(event));
        Some(taken)
    }

    /// The `until` event that stands between a pending match and an event (Q4).
    fn ending(&self, pending: &Pending<'e>, event: Placed<'e>) -> Option<Placed<'e>> {
        let last = pending.last()?;
        let with_keys = self
            .until
            .iter()
            .filter(|hit| hit.tuples.contains(self.keys));
        with_keys
            .map(|hit| hit.event)
            .find(|until| last.rank < until.rank && until.rank < event.rank)
    }

    /// A match with empty slots for the missing events at its end.
    fn padded(&self, mut complete: Pending<'e>) -> Pending<'e> {
        complete.events.resize(self.slots.len(), None);
        complete
    }

    /// Whether the events that must be missing are (Q9).
    fn nothing_refutes(&self, complete: &Pending<'e>, told: &mut dyn FnMut(Step)) -> bool {
        let (Some(first), Some(last)) = (complete.first(), complete.last()) else {
            return true;
        };
        let mut leading: Option<(usize, Placed<'e>)> = None;
        let mut trailing: Option<(usize, Placed<'e>)> = None;
        let (mut leads, mut trails) = (false, false);
        let mut refuting = None;
        for (at, slot) in self
            .slots
            .iter()
            .enumerate()
            .filter(|(_, s)| s.stage.missing)
        {
            let hits = slot
                .hits
                .iter()
                .filter(|hit| hit.tuples.contains(self.keys));
            let mut hits = hits.map(|hit| hit.event);
            match (
                self.event_before(complete, at),
                self.event_behind(complete, at),
            ) {
                (None, _) => {
                    leads = true;
                    let latest = hits
                        .filter(|hit| hit.instant < first.instant)
                        .max_by_key(|hit| hit.instant);
                    let all = leading
                        .into_iter()
                        .chain(latest.map(|hit| (slot.number, hit)));
                    leading = all.max_by_key(|(_, hit)| hit.instant);
                }
                (_, None) => {
                    trails = true;
                    let earliest = hits
                        .filter(|hit| hit.instant > last.instant)
                        .min_by_key(|hit| hit.instant);
                    let all = trailing
                        .into_iter()
                        .chain(earliest.map(|hit| (slot.number, hit)));
                    trailing = all.min_by_key(|(_, hit)| hit.instant);
                }
                (Some(before), Some(behind)) => {
                    let between = hits
                        .find(|hit| before.instant < hit.instant && hit.instant < behind.instant);
                    refuting = refuting.or(between.map(|hit| (slot.number, hit)));
                }
            }
        }
        let far = |from: Placed<'_>, to: Placed<'_>| {
            let apart = to.instant.saturating_sub(from.instant);
            let maxspan = self.sequence.maxspan.unwrap_or(u64::MAX);
            u64::try_from(apart).is_ok_and(|apart| apart > maxspan)
        };
        let outside = match (leading, trailing) {
            (None, None) => None,
            (Some((_, l)), Some((stage, f))) => (!far(l, f)).then_some((stage, f)),
            (Some((stage, l)), None) => (!trails && !far(l, last)).then_some((stage, l)),
            (None, Some((stage, f))) => (!leads && !far(first, f)).then_some((stage, f)),
        };
        let Some((stage, by)) = refuting.or(outside) else {
            return true;
        };
        told(Step {
            event: last.at,
            stage,
            keys: self.keys.clone(),
            fate: Fate::Refuted {
                dropped: complete.positions(),
                by: by.at,
            },
        });
        false
    }

    fn event_before(&self, complete: &Pending<'e>, at: usize) -> Option<Placed<'e>> {
        let before = self.previous(at)?;
        complete.events.get(before).copied().flatten()
    }

    fn event_behind(&self, complete: &Pending<'e>, at: usize) -> Option<Placed<'e>> {
        let behind = self.next(at)?;
        complete.events.get(behind).copied().flatten()
    }
}
