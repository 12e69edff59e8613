//! The state machine of sequences.
//!
//! Source: `SequenceMatcher`, `KeyToSequences` and `TumblingWindow` of Elasticsearch, read event by event: the classes match a page of one
//! stage after the other, and the newest candidate before an event is the one that they take.
//!
//! Events are ordered by time, tiebreaker and input (`Ordinal`, whose last part is the place in the index), so no two are at the same place: where
//! the documentation says that events of one time and tiebreaker are concurrent and form no sequence, the code has an order for them.
//! An event without a time takes no part: Elasticsearch refuses to run over one (*assumed*: such an index is not searched).

use super::eval::Row;
use super::judge::Judge;
use super::keys::{Tuple, tuples};
use super::missing::{Missed, survives};
use super::plan::{Sequence, Stage, Step};
use std::collections::{BTreeMap, HashMap};
use verdict_event::Event;

/// A sequence on its way: the events of its stages so far.
#[derive(Clone)]
struct Candidate {
    events: Vec<Moment>,
}

/// One event as the machine sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    /// Its number in the input.
    pub(crate) event: usize,
    /// Its place in the order of all events.
    pub(crate) place: usize,
    /// Its time in milliseconds.
    pub(crate) millis: i64,
}

/// What is known of one key: the pending candidate of each stage, and the last event that ends sequences.
#[derive(Default)]
struct Machine {
    pending: BTreeMap<usize, Candidate>,
    until: Option<usize>,
}

/// A sequence whose events are all there; its missing events are still to be checked.
pub(crate) struct Complete {
    pub(crate) key: Tuple,
    pub(crate) events: Vec<Moment>,
}

/// The sequences of these events; a slot of a missing event is None. They come by the place of their last event. Of those that one event
/// completes Elasticsearch keeps one; here they come by their other events, the same events once (`docs/semantics.md`, Q8).
pub(crate) fn run(
    sequence: &Sequence,
    judge: &Judge<'_>,
    events: &[Event],
) -> Vec<Vec<Option<usize>>> {
    let moments = judge.moments(events);
    let positive: Vec<usize> = sequence
        .stages
        .iter()
        .filter_map(|stage| match stage {
            Stage::Event(term) => Some(*term),
            Stage::Missing(_) => None,
        })
        .collect();
    let mut machines: HashMap<Tuple, Machine> = HashMap::new();
    let mut missed = Missed::new(sequence);
    let mut complete = Vec::new();
    for moment in moments {
        let Some(event) = events.get(moment.event) else {
            continue;
        };
        let row = judge.row(event);
        let found: Vec<Option<Vec<Tuple>>> = sequence
            .terms
            .iter()
            .map(|term| keys_of(judge, &row, event, term))
            .collect();
        let until = sequence.until.as_ref();
        let ending = until.and_then(|until| keys_of(judge, &row, event, until));
        let ending = ending.unwrap_or_default();
        if verdict_faults::at("eql/engine/until-ends-with-its-own-event") {
            end_at(&mut machines, &ending, moment.place);
        }
        // From the last stage to the first, so that an event never follows itself.
        for (stage, term) in positive.iter().enumerate().rev() {
            for key in found
                .get(*term)
                .and_then(Option::as_ref)
                .into_iter()
                .flatten()
            {
                offer(
                    &mut machines,
                    sequence,
                    &positive,
                    stage,
                    key,
                    moment,
                    &mut complete,
                );
            }
        }
        missed.note(sequence, &found, moment);
        end_at(&mut machines, &ending, moment.place);
    }
    complete.retain(|found| survives(sequence, &missed, found));
    let places = |found: &Complete| {
        let events = found.events.iter().map(|moment| moment.place);
        events.collect::<Vec<usize>>()
    };
    complete.sort_by_cached_key(|found| {
        let places = places(found);
        (places.last().copied(), places)
    });
    complete.dedup_by(|one, other| places(one) == places(other));
    complete
        .iter()
        .map(|found| slots(sequence, found))
        .collect()
}

/// Notes an event that ends the sequences of its keys.
fn end_at(machines: &mut HashMap<Tuple, Machine>, keys: &[Tuple], place: usize) {
    for key in keys {
        if let Some(machine) = machines.get_mut(key) {
            machine.until = Some(place);
        }
    }
}

/// The keys under which an event is of a term; None if it is not.
fn keys_of<'e>(
    judge: &Judge<'e>,
    row: &Row<'e>,
    event: &Event,
    term: &'e Step,
) -> Option<Vec<Tuple>> {
    judge
        .holds(row, event, term)
        .then(|| tuples(row, &term.keys))
}

/// Offers an event to one stage of one key.
fn offer(
    machines: &mut HashMap<Tuple, Machine>,
    sequence: &Sequence,
    positive: &[usize],
    stage: usize,
    key: &Tuple,
    moment: Moment,
    complete: &mut Vec<Complete>,
) {
    let mut candidate = if stage == 0 {
        Candidate { events: Vec::new() }
    } else {
        // The candidate leaves its stage whatever comes of it: one that is rejected is consumed.
        let Some(machine) = machines.get_mut(key) else {
            return;
        };
        let Some(candidate) = machine.pending.remove(&(stage - 1)) else {
            return;
        };
        if verdict_faults::at("eql/engine/candidate-is-used-again") {
            machine.pending.insert(stage - 1, candidate.clone());
        }
        if rejected(sequence, &candidate, machine.until, moment) {
            return;
        }
        candidate
    };
    candidate.events.push(moment);
    if stage + 1 == positive.len() {
        complete.push(Complete {
            key: key.clone(),
            events: candidate.events,
        });
    } else {
        // One pending candidate a stage: the newest replaces.
        let machine = machines.entry(key.clone()).or_default();
        if machine.pending.contains_key(&stage)
            && verdict_faults::at("eql/engine/oldest-candidate-waits")
        {
            return;
        }
        machine.pending.insert(stage, candidate);
    }
}

/// Whether `maxspan` or `until` reject a candidate at this event.
///
/// Source: `SequenceMatcher.match`; `maxspan` itself still passes. Documentation of `until`: an event *between* matching events.
/// (`Ordinal.between` would count an event that is itself the candidate's last one; no test has such an event.)
fn rejected(
    sequence: &Sequence,
    candidate: &Candidate,
    until: Option<usize>,
    moment: Moment,
) -> bool {
    let (Some(first), Some(last)) = (candidate.events.first(), candidate.events.last()) else {
        return true;
    };
    let too_long = sequence.maxspan.is_some_and(|span| {
        let whole = u64::from(verdict_faults::at("eql/engine/maxspan-itself-is-too-long"));
        moment.millis.abs_diff(first.millis).saturating_add(whole) > span
    });
    // What an event ends is noted after the event has been offered.
    too_long || until.is_some_and(|until| until > last.place && until <= moment.place)
}

fn slots(sequence: &Sequence, found: &Complete) -> Vec<Option<usize>> {
    let mut events = found.events.iter();
    sequence
        .stages
        .iter()
        .map(|stage| match stage {
            Stage::Event(_) => events.next().map(|moment| moment.event),
            Stage::Missing(_) => None,
        })
        .collect()
}
