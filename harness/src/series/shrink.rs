//! The smallest stream that still shows a difference: events first, then gaps, then each event's fields.

use crate::edits::with;
use crate::shrink as of_event;
use verdict_event::{Event, Value};

/// How many streams one shrinking may judge.
const MAX_STEPS: usize = 2_000;

/// The smallest stream reachable by single steps for which `differs` stays true. It must be true of the stream given.
pub(super) fn shrink(stream: &[Event], differs: &mut dyn FnMut(&[Event]) -> bool) -> Vec<Event> {
    let mut best = stream.to_vec();
    let mut left = MAX_STEPS;
    let mut asked = |stream: &[Event]| {
        left = left.saturating_sub(1);
        left > 0 && differs(stream)
    };
    loop {
        let fewer = fewer_events(&mut best, &mut asked);
        let closer = closer_events(&mut best, &mut asked);
        let plainer = plainer_events(&mut best, &mut asked);
        if !fewer && !closer && !plainer {
            return best;
        }
    }
}

/// Leaves out runs of events: halves, quarters, single ones.
fn fewer_events(best: &mut Vec<Event>, asked: &mut dyn FnMut(&[Event]) -> bool) -> bool {
    let mut any = false;
    let mut size = best.len().div_ceil(2);
    while size > 0 {
        let mut start = 0;
        while start < best.len() {
            let behind = best.iter().skip(start + size);
            let rest: Vec<Event> = best.iter().take(start).chain(behind).cloned().collect();
            if asked(&rest) {
                *best = rest;
                any = true;
            } else {
                start += size;
            }
        }
        size /= 2;
    }
    any
}

/// Gives an event the time of the one before it.
fn closer_events(best: &mut [Event], asked: &mut dyn FnMut(&[Event]) -> bool) -> bool {
    let mut any = false;
    for at in 1..best.len() {
        let (Some(before), Some(event)) = (best.get(at - 1), best.get(at)) else {
            continue;
        };
        let path = "@timestamp".into();
        let time: Option<Value> = before.values(&path).first().map(|time| (*time).clone());
        let same = event.values(&path).first().copied() == time.as_ref();
        if same || time.is_none() {
            continue;
        }
        let mut moved = best.to_vec();
        if let Some(place) = moved.get_mut(at) {
            *place = with(place, &path, time);
        }
        if asked(&moved) {
            best.clone_from_slice(&moved);
            any = true;
        }
    }
    any
}

/// Shrinks each event by itself. An event that did not get smaller is where it was.
fn plainer_events(best: &mut [Event], asked: &mut dyn FnMut(&[Event]) -> bool) -> bool {
    let mut any = false;
    for at in 0..best.len() {
        let Some(event) = best.get(at).cloned() else {
            continue;
        };
        let plainer = of_event::shrink(&event, &mut |event| {
            let mut changed = best.to_vec();
            if let Some(place) = changed.get_mut(at) {
                *place = event.clone();
            }
            asked(&changed)
        });
        if plainer != event
            && let Some(place) = best.get_mut(at)
        {
            *place = plainer;
            any = true;
        }
    }
    any
}
