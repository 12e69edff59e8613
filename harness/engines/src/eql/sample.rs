//! Samples: one tuple of distinct events a key, in any order of time.
//!
//! Source: documentation of `sample`; `SampleIterator`. For each key every term has its first events, as many as there are terms, and the first
//! choice of distinct ones is taken. The choice among several that would do depends on the index and is that of the input here; Elasticsearch's own
//! cases list alternatives. By default a key gives one sample (`max_samples_per_key`). Elasticsearch returns them in the order of its keys,
//! here they come by their events, the same events once (`docs/semantics.md`, Q12).

use super::judge::Judge;
use super::keys::{Tuple, tuples};
use super::plan::Sample;
use std::collections::{BTreeMap, BTreeSet};
use verdict_event::Event;

/// The samples.
pub(crate) fn run(sample: &Sample, judge: &Judge<'_>, events: &[Event]) -> Vec<Vec<Option<usize>>> {
    let count = sample.terms.len();
    let mut keys: BTreeMap<Tuple, Vec<Vec<usize>>> = BTreeMap::new();
    for (at, event) in events.iter().enumerate() {
        let row = judge.row(event);
        for (place, term) in sample.terms.iter().enumerate() {
            if !judge.holds(&row, event, term) {
                continue;
            }
            for key in tuples(&row, &term.keys) {
                let lists = keys.entry(key).or_insert_with(|| vec![Vec::new(); count]);
                if let Some(list) = lists.get_mut(place).filter(|list| list.len() < count) {
                    list.push(at);
                }
            }
        }
    }
    let found: BTreeSet<Vec<usize>> = keys.values().filter_map(|lists| distinct(lists)).collect();
    found
        .into_iter()
        .map(|chosen| chosen.into_iter().map(Some).collect())
        .collect()
}

/// The first choice of one event a list, no event twice.
///
/// Augmenting paths say whether there is a choice at all, so that the search for the first one never backtracks in vain.
fn distinct(lists: &[Vec<usize>]) -> Option<Vec<usize>> {
    let mut chosen: Vec<usize> = Vec::with_capacity(lists.len());
    for (at, list) in lists.iter().enumerate() {
        let rest = lists.get(at + 1..).unwrap_or_default();
        let next = list.iter().copied().find(|event| {
            if chosen.contains(event) {
                return false;
            }
            chosen.push(*event);
            let possible = completes(rest, &chosen);
            chosen.pop();
            possible
        })?;
        chosen.push(next);
    }
    Some(chosen)
}

/// Whether each list can have an event of its own besides those that are taken.
fn completes(lists: &[Vec<usize>], taken: &[usize]) -> bool {
    let mut owner: BTreeMap<usize, usize> = BTreeMap::new();
    (0..lists.len()).all(|list| {
        let mut seen = taken.to_vec();
        claim(lists, list, &mut owner, &mut seen)
    })
}

fn claim(
    lists: &[Vec<usize>],
    list: usize,
    owner: &mut BTreeMap<usize, usize>,
    seen: &mut Vec<usize>,
) -> bool {
    for event in lists.get(list).into_iter().flatten() {
        if seen.contains(event) {
            continue;
        }
        seen.push(*event);
        let free = match owner.get(event).copied() {
            None => true,
            Some(other) => claim(lists, other, owner, seen),
        };
        if free {
            owner.insert(*event, list);
            return true;
        }
    }
    false
}
