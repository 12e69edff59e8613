//! All streams of a rule: the one that should match, everything that is nearly so, and wanderings.

use super::base;
use super::cast::Cast;
use super::counts;
use super::draft::{Actor, Draft, KeyChoice, Measured, Role};
use crate::generate::account::Account;
use crate::generate::{Amount, Labelled};
use crate::oracle::series::SeriesOracle;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashSet};
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::Sequence;
use verdict_event::{Event, Path};

/// A stream and why it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledStream {
    /// The events.
    pub stream: Vec<Event>,
    /// Why: `gap of maxspan + 1` ...
    pub label: String,
}

/// What joins events: for each key, by predicate, the field that holds it.
pub(super) type Joints = Vec<Vec<Option<Path>>>;

/// What was made for one predicate of a series.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    /// Its events.
    pub events: Vec<Labelled>,
    /// Its mutants that are proved to be no mistakes, by their number.
    pub equivalent: BTreeSet<usize>,
    /// What became of the goals of its condition: each leaf true and false, with an event that it decides.
    pub account: Account,
}

/// The most streams that are made by plan.
const MOST: usize = 400;
/// The most events that are edited one by one; of longer streams, only the ends are.
const EDITED: usize = 8;

/// The streams of a series. `key` names the rule; with the seed it decides every random choice.
pub(super) fn streams(
    series: &Series,
    oracle: &SeriesOracle<'_>,
    key: &str,
    amount: Amount,
) -> (Vec<LabelledStream>, Vec<Pool>, Joints) {
    let cast = Cast::new(series, oracle, key, amount);
    let mut drafts = planned(series, &cast);
    drafts.truncate(MOST);
    let seed = Sha256::digest(format!("{}/{key}/streams", amount.seed));
    let mut dice = Dice::new(&seed);
    let wanderings = amount.random * 2;
    drafts.extend((0..wanderings).map(|_| wandering(series, &cast, &mut dice)));
    let mut seen = HashSet::new();
    let mut streams = Vec::new();
    for draft in drafts {
        let played = draft.actors.iter().map(|actor| cast.play(actor));
        let Some(stream) = played.collect::<Option<Vec<Event>>>() else {
            continue;
        };
        let text: Vec<String> = stream.iter().map(Event::to_json_line).collect();
        if seen.insert(text) {
            streams.push(LabelledStream {
                stream,
                label: draft.label,
            });
        }
    }
    let joints = cast.joints();
    (streams, cast.pools(), joints)
}

/// Streams by plan, the plainest first.
fn planned(series: &Series, cast: &Cast) -> Vec<Draft> {
    let whole = Draft::new("every event in its turn", base::actors(series));
    let mut drafts = vec![whole.clone(), Draft::new("no event", Vec::new())];
    drafts.extend(one_away(&whole));
    drafts.push(again(&whole, base::limit(series)));
    drafts.extend(times(&whole, &base::limits(series)));
    drafts.extend(orders(&whole));
    drafts.extend(keys(&whole, cast));
    drafts.extend(others(&whole, cast));
    drafts.extend(inserted(&whole, cast, base::limit(series)));
    if let Series::Correlation(correlation) = series {
        drafts.extend(counts::drafts(correlation, &whole));
        let numbers = base::numbers(correlation);
        drafts.extend(measures(&whole, &numbers));
    }
    if let Series::Sequence(sequence) = series {
        drafts.extend(around(sequence, &whole));
    }
    let doubled_ones: Vec<Draft> = drafts
        .iter()
        .take(40)
        .map(|draft| doubled(draft, base::limit(series)))
        .collect();
    drafts.extend(doubled_ones);
    drafts
}

/// The events that are edited one by one.
fn edited(draft: &Draft) -> Vec<usize> {
    let count = draft.actors.len();
    let ends = (0..count).filter(|at| *at < EDITED / 2 || at + EDITED / 2 >= count);
    ends.collect()
}

/// Changes one actor.
fn changed(draft: &Draft, at: usize, label: String, change: impl FnOnce(&mut Actor)) -> Draft {
    let mut changed = draft.clone();
    changed.label = label;
    if let Some(actor) = changed.actors.get_mut(at) {
        change(actor);
    }
    changed
}

/// An event less, an event more.
fn one_away(whole: &Draft) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for at in edited(whole) {
        let mut without = whole.clone();
        without.label = format!("event {at} left out");
        without.actors.remove(at);
        drafts.push(without);
        for later in [0, 1] {
            let mut twice = whole.clone();
            twice.label = format!("event {at} twice, {later} ms later");
            if let Some(mut actor) = whole.actors.get(at).cloned() {
                actor.at = actor.at.map(|at| at + later);
                twice.actors.insert(at + 1, actor);
            }
            drafts.push(twice);
        }
    }
    drafts
}

/// All of it once more, when it is over.
fn again(whole: &Draft, limit: Option<i64>) -> Draft {
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
fn orders(whole: &Draft) -> Vec<Draft> {
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

/// Keys that are equal, different, missing, lists.
fn keys(whole: &Draft, cast: &Cast) -> Vec<Draft> {
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

/// Other events that satisfy, and events that nearly do.
fn others(whole: &Draft, cast: &Cast) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for at in edited(whole) {
        let role = whole.actors.get(at).map(|actor| actor.role);
        let Some(Role::Satisfies(predicate, _) | Role::Misses(predicate, _)) = role else {
            continue;
        };
        for turn in 1..cast.witnesses(predicate) {
            let label = format!("event {at}: another that satisfies");
            drafts.push(changed(whole, at, label, |actor| {
                actor.role = Role::Satisfies(predicate, turn);
            }));
        }
        for turn in 0..cast.misses(predicate) {
            let label = format!("event {at}: one that nearly satisfies");
            drafts.push(changed(whole, at, label, |actor| {
                actor.role = Role::Misses(predicate, turn);
            }));
        }
    }
    drafts
}

/// An event of each predicate before, between, at and behind the others: what ends a match, what must be missing, what repeats a stage.
fn inserted(whole: &Draft, cast: &Cast, limit: Option<i64>) -> Vec<Draft> {
    let (first, last) = whole.ends();
    let mut instants = vec![first - 1, last + 1];
    for at in edited(whole) {
        if let Some(at) = whole.actors.get(at).and_then(|actor| actor.at) {
            instants.extend([at, at + 1]);
        }
    }
    if let Some(limit) = limit {
        for beyond in [-1, 0, 1] {
            instants.extend([last - limit - beyond, first + limit + beyond]);
        }
    }
    instants.sort_unstable();
    instants.dedup();
    let mut drafts = Vec::new();
    for predicate in (0..cast.predicates()).rev() {
        for instant in &instants {
            for (keys, word) in [(KeyChoice::A, "same"), (KeyChoice::B, "other")] {
                let mut more = whole.clone();
                more.label = format!("predicate {predicate} at {instant} ms, {word} keys");
                let mut actor = Actor::new(predicate, *instant);
                actor.keys = keys;
                actor.measured = whole
                    .actors
                    .first()
                    .and_then(|first| first.measured.clone());
                let behind = |other: &Actor| other.at.is_some_and(|at| at > *instant);
                let place = more.actors.iter().position(behind);
                more.actors
                    .insert(place.unwrap_or(more.actors.len()), actor);
                drafts.push(more);
            }
        }
    }
    drafts
}

/// What must be missing before the first event and behind the last, in one stream: as far from each other as the time allows, and beside that.
fn around(sequence: &Sequence, whole: &Draft) -> Vec<Draft> {
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

/// Measured values at the bounds, repeated ones, none, several.
fn measures(whole: &Draft, numbers: &[verdict_event::Number]) -> Vec<Draft> {
    let numbers = numbers
        .iter()
        .map(|number| Measured::Number(number.text().to_owned()));
    let plain = [
        Measured::Value(0),
        Measured::List,
        Measured::Word,
        Measured::Empty,
        Measured::Absent,
    ];
    let mut drafts = Vec::new();
    for measured in numbers.chain(plain) {
        let at = whole.actors.len().saturating_sub(1);
        let label = format!("the last event measures {measured:?}");
        drafts.push(changed(whole, at, label, |actor| {
            actor.measured = Some(measured.clone())
        }));
        let mut all = whole.clone();
        all.label = format!("every event measures {measured:?}");
        for actor in &mut all.actors {
            actor.measured = Some(measured.clone());
        }
        drafts.push(all);
    }
    drafts
}

/// The same once more with other keys, in between.
fn doubled(draft: &Draft, limit: Option<i64>) -> Draft {
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

/// Any events at any instants.
fn wandering(series: &Series, cast: &Cast, dice: &mut Dice) -> Draft {
    const CHOICES: [KeyChoice; 8] = [
        KeyChoice::A,
        KeyChoice::A,
        KeyChoice::A,
        KeyChoice::B,
        KeyChoice::B,
        KeyChoice::Both,
        KeyChoice::Absent,
        KeyChoice::Null,
    ];
    let base = base::actors(series);
    let unit = base::limit(series).map_or(1000, |limit| (limit / 4).max(1));
    let count = 2 + dice.below(2 * base.len().clamp(2, 12));
    let mut actors = Vec::new();
    for _ in 0..count {
        let predicate = dice.below(cast.predicates().max(1));
        let at = i64::try_from(dice.below(10)).unwrap_or(0);
        let mut actor = Actor::new(predicate, at * unit);
        actor.at = actor.at.filter(|_| dice.below(12) > 0);
        actor.keys = CHOICES
            .get(dice.below(CHOICES.len()))
            .copied()
            .unwrap_or(KeyChoice::A);
        if dice.below(5) == 0 && cast.misses(predicate) > 0 {
            actor.role = Role::Misses(predicate, dice.below(cast.misses(predicate)));
        } else if cast.witnesses(predicate) > 0 {
            actor.role = Role::Satisfies(predicate, dice.below(cast.witnesses(predicate)));
        }
        let measured = base.get(dice.below(base.len().max(1)));
        actor.measured = measured.and_then(|actor| actor.measured.clone());
        if cast.has_tie() && dice.below(2) == 0 {
            actor.tie = i64::try_from(dice.below(3)).ok();
        }
        actors.push(actor);
    }
    Draft::new("wandering", actors)
}

/// Random choices that a seed decides (xorshift).
struct Dice {
    state: u64,
}

impl Dice {
    fn new(seed: &[u8]) -> Self {
        let fold = |state: u64, byte: &u8| state.rotate_left(8) ^ u64::from(*byte);
        Self {
            state: seed.iter().fold(0x9e37_79b9_7f4a_7c15, fold) | 1,
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let bound = u64::try_from(bound.max(1)).unwrap_or(1);
        usize::try_from(self.state % bound).unwrap_or(0)
    }
}
