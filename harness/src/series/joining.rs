//! What joins events: keys that are equal, different, missing, empty, lists.

use super::cast::Cast;
use super::draft::{Draft, KeyChoice, Role};
use super::streams::{changed, edited};
use std::collections::BTreeSet;

/// Keys that are equal, different, missing, lists.
pub(super) fn keys(whole: &Draft, cast: &Cast) -> Vec<Draft> {
    const CHOICES: [KeyChoice; 8] = [
        KeyChoice::B,
        KeyChoice::Absent,
        KeyChoice::Null,
        KeyChoice::Both,
        KeyChoice::Twice,
        KeyChoice::EmptyList,
        KeyChoice::EmptyText,
        KeyChoice::Own,
    ];
    let mut drafts = Vec::new();
    for choice in CHOICES {
        let mut all = whole.clone();
        all.label = format!("every key {choice:?}");
        all.actors.iter_mut().for_each(|actor| actor.keys = choice);
        drafts.push(all);
    }
    // Not every key can be empty: some conditions ask for more.
    let positions = (0..cast.predicates()).flat_map(|predicate| cast.keys(predicate));
    let positions: BTreeSet<usize> = positions.collect();
    for &position in &positions {
        for choice in [KeyChoice::EmptyText, KeyChoice::Absent] {
            let mut one = whole.clone();
            one.label = format!("every key {position} {choice:?}");
            let odd = Some((position, choice));
            one.actors.iter_mut().for_each(|actor| actor.odd = odd);
            drafts.push(one);
        }
    }
    drafts.extend(mixed(whole, &positions));
    for at in edited(whole) {
        let role = whole.actors.get(at).map(|actor| actor.role);
        let Some(Role::Satisfies(predicate, _) | Role::Misses(predicate, _)) = role else {
            continue;
        };
        for position in cast.keys(predicate) {
            for choice in CHOICES {
                let label = format!("event {at}, key {position}: {choice:?}");
                drafts.push(changed(whole, at, label, |actor| {
                    actor.odd = Some((position, choice));
                }));
            }
        }
    }
    drafts
}

/// A key that is empty in some events and missing in the others: of all keys, and of each alone.
fn mixed(whole: &Draft, positions: &BTreeSet<usize>) -> Vec<Draft> {
    let in_turn = |at: usize| {
        if at.is_multiple_of(2) {
            KeyChoice::EmptyText
        } else {
            KeyChoice::Absent
        }
    };
    let mut all = whole.clone();
    "keys empty and absent in turn".clone_into(&mut all.label);
    for (at, actor) in all.actors.iter_mut().enumerate() {
        actor.keys = in_turn(at);
    }
    let mut drafts = vec![all];
    for &position in positions {
        let mut one = whole.clone();
        one.label = format!("key {position} empty and absent in turn");
        for (at, actor) in one.actors.iter_mut().enumerate() {
            actor.odd = Some((position, in_turn(at)));
        }
        drafts.push(one);
    }
    drafts
}

/// The same once more with other keys, in between.
pub(super) fn doubled(draft: &Draft, limit: Option<i64>) -> Draft {
    let mut doubled = draft.clone();
    doubled.label = format!("{}, interleaved with other keys", draft.label);
    doubled.actors.clear();
    let shift = i64::from(limit.is_none_or(|limit| limit >= 2));
    for actor in &draft.actors {
        let mut other = actor.clone();
        other.keys = KeyChoice::B;
        other.at = other.at.map(|at| at + shift);
        doubled.actors.extend([actor.clone(), other]);
    }
    doubled
}
