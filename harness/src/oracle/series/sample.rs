//! Samples: different events that share their keys, the first ones of the stream (Q12).

use super::keys::{self, KeyTuple};
use super::{Match, Says, limited};
use std::collections::BTreeSet;
use verdict_compiler::ir::series::Sample;
use verdict_event::Event;

/// Every match of a sample.
pub(super) fn matches(sample: &Sample, says: &Says<'_>, stream: &[Event]) -> Vec<Match> {
    let terms: Vec<Vec<(usize, Vec<KeyTuple>)>> = sample
        .terms
        .iter()
        .enumerate()
        .map(|(number, term)| {
            let events = stream.iter().enumerate();
            let satisfying = events.filter(|(at, _)| says(number, *at));
            satisfying
                .map(|(at, event)| (at, keys::tuples(&term.keys, event)))
                .collect()
        })
        .collect();
    let tuples: BTreeSet<&KeyTuple> = terms
        .iter()
        .flatten()
        .flat_map(|(_, tuples)| tuples)
        .collect();
    let mut found = Vec::new();
    for keys in tuples {
        let of_term = |hits: &Vec<(usize, Vec<KeyTuple>)>| -> Vec<usize> {
            let joining = hits.iter().filter(|(_, tuples)| tuples.contains(keys));
            // Of as many events as there are terms, one is always left.
            joining.map(|(at, _)| *at).take(terms.len()).collect()
        };
        let candidates: Vec<Vec<usize>> = terms.iter().map(of_term).collect();
        found.extend(different(&candidates, &mut Vec::new()));
    }
    found.sort();
    found.dedup();
    limited(found, &sample.limits)
}

/// The first choice of a different event from each.
fn different(candidates: &[Vec<usize>], chosen: &mut Vec<usize>) -> Option<Match> {
    let Some((first, rest)) = candidates.split_first() else {
        return Some(chosen.iter().copied().map(Some).collect());
    };
    for at in first {
        if !chosen.contains(at) {
            chosen.push(*at);
            if let Some(found) = different(rest, chosen) {
                return Some(found);
            }
            chosen.pop();
        }
    }
    None
}
