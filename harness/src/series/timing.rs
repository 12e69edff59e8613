//! When events come: around the limits, at one instant, in other orders, once more.

use super::draft::{Actor, Draft};
use super::streams::{changed, edited};
use verdict_compiler::ir::series::Sequence;

/// All of it once more, when it is over.
pub(super) fn again(whole: &Draft, limit: Option<i64>) -> Draft {
    let (first, last) = whole.ends();
    let shift = last - first + limit.unwrap_or(1000) + 1000;
    let mut twice = whole.clone();
    "every event in its turn, twice".clone_into(&mut twice.label);
    for actor in &whole.actors {
        let mut later = actor.clone();
        later.at = later.at.map(|at| at + shift);
        twice.actors.push(later);
    }
    twice
}

/// Gaps around the limits, equal instants, no instant.
pub(super) fn times(whole: &Draft, limits: &[i64]) -> Vec<Draft> {
    let (first, last) = whole.ends();
    let mut drafts = Vec::new();
    for at in edited(whole) {
        for beyond in [-1, 0, 1] {
            for limit in limits {
                let label = format!("from event {at} on, the limit {beyond:+} ms after the first");
                let mut late = whole.clone();
                late.label = label;
                let now = whole
                    .actors
                    .get(at)
                    .and_then(|actor| actor.at)
                    .unwrap_or(last);
                let shift = first + limit + beyond - now;
                for actor in late.actors.iter_mut().skip(at) {
                    actor.at = actor.at.map(|at| at + shift);
                }
                drafts.push(late);
            }
        }
        drafts.extend(after_the_one_before(whole, at, limits));
        let label = format!("event {at} at the instant of the one before");
        let before = at.checked_sub(1).and_then(|at| whole.actors.get(at)?.at);
        drafts.push(changed(whole, at, label, |actor| {
            actor.at = before.or(actor.at)
        }));
        let label = format!("event {at} without a time");
        drafts.push(changed(whole, at, label, |actor| actor.at = None));
    }
    let mut together = whole.clone();
    together.label = String::from("all at one instant");
    together
        .actors
        .iter_mut()
        .for_each(|actor| actor.at = Some(first));
    let mut backward = together.clone();
    backward.label = String::from("all at one instant, the last first");
    backward.actors.reverse();
    drafts.extend([together, backward]);
    drafts
}

/// Gaps around the limits between an event and the one before it, where a part of the rule begins.
fn after_the_one_before(whole: &Draft, at: usize, limits: &[i64]) -> Vec<Draft> {
    let instant = |at: usize| whole.actors.get(at).and_then(|actor| actor.at);
    // Before the second event stands the first.
    let before = at.checked_sub(1).filter(|before| *before > 0);
    let (Some(before), Some(now)) = (before.and_then(instant), instant(at)) else {
        return Vec::new();
    };
    let mut drafts = Vec::new();
    for limit in limits {
        for beyond in [-1, 0, 1] {
            let mut late = whole.clone();
            late.label =
                format!("from event {at} on, the limit {beyond:+} ms after the one before");
            for actor in late.actors.iter_mut().skip(at) {
                actor.at = actor.at.map(|at| at + before + limit + beyond - now);
            }
            drafts.push(late);
        }
    }
    drafts
}

/// Other orders: of time, and of arrival.
pub(super) fn orders(whole: &Draft) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for at in edited(whole) {
        let (Some(one), Some(next)) = (whole.actors.get(at), whole.actors.get(at + 1)) else {
            continue;
        };
        let (early, late) = (one.at, next.at);
        let mut swapped = changed(
            whole,
            at,
            format!("events {at} and {} swapped", at + 1),
            |a| {
                a.at = late;
            },
        );
        if let Some(actor) = swapped.actors.get_mut(at + 1) {
            actor.at = early;
        }
        drafts.push(swapped);
    }
    let mut backward = whole.clone();
    backward.label = String::from("arriving last first");
    backward.actors.reverse();
    drafts.push(backward);
    drafts
}

/// What must be missing before the first event and behind the last, in one stream: as far from each other as the time allows, and beside that.
pub(super) fn around(sequence: &Sequence, whole: &Draft) -> Vec<Draft> {
    let stages = || sequence.stages.iter().enumerate();
    let before = stages().take_while(|(_, stage)| stage.missing).last();
    let behind = stages().rev().take_while(|(_, stage)| stage.missing).last();
    let limit = sequence.maxspan.and_then(|limit| i64::try_from(limit).ok());
    let (Some((before, _)), Some((behind, _)), Some(limit)) = (before, behind, limit) else {
        return Vec::new();
    };
    let (first, _) = whole.ends();
    let draft = |beyond: i64| {
        let mut more = whole.clone();
        more.label = format!("what must be missing on both sides, the limit {beyond:+} ms apart");
        more.actors.insert(0, Actor::new(before, first - 1));
        let last = Actor::new(behind, first - 1 + limit + beyond);
        more.actors.push(last);
        more
    };
    [-1, 0, 1].map(draft).into()
}
