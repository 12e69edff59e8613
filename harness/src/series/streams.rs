//! All streams of a rule: the one that should match, everything that is nearly so, and wanderings.

use super::base;
use super::cast::Cast;
use super::counts;
use super::draft::{Actor, Draft, KeyChoice, Measured, Role};
use super::joining::{doubled, keys};
use super::timing::{again, around, orders, times};
use super::wandering::{Dice, wandering};
use crate::generate::account::Account;
use crate::generate::{Amount, Labelled};
use crate::oracle::series::SeriesOracle;
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, HashSet};
use verdict_compiler::ir::Series;
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
pub(super) fn edited(draft: &Draft) -> Vec<usize> {
    let count = draft.actors.len();
    let ends = (0..count).filter(|at| *at < EDITED / 2 || at + EDITED / 2 >= count);
    ends.collect()
}

/// Changes one actor.
pub(super) fn changed(
    draft: &Draft,
    at: usize,
    label: String,
    change: impl FnOnce(&mut Actor),
) -> Draft {
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
