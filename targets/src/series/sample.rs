//! Samples: the first events of each key, as many as could be needed (Q12).

use super::output::{Limit, Limits};
use super::recent::Recent;
use super::tuple::Tuple;
use super::{At, Match, Memory};

/// A sample at work.
#[derive(Debug)]
pub(crate) struct SampleRun {
    terms: usize,
    /// For each key the first events of each term. Of as many as there are terms, one is always left for the last of them.
    first: Recent<Tuple, Vec<Vec<usize>>>,
    limits: Limits,
}

impl SampleRun {
    /// A sample of so many terms, with room for so many keys.
    pub(crate) fn new(terms: usize, limits: &[Limit], room: usize) -> Self {
        Self {
            terms,
            first: Recent::new(room),
            limits: Limits::new(limits),
        }
    }

    /// Takes the next event, which satisfies these terms and joins by these tuples.
    pub(crate) fn offer(&mut self, at: At, terms: &[(usize, Vec<Tuple>)]) {
        let count = self.terms;
        let rank = i64::try_from(at.rank).unwrap_or(i64::MAX);
        for (term, tuples) in terms {
            for tuple in tuples {
                let first = self.first.touch(tuple, rank, || vec![Vec::new(); count]);
                let events = first.get_mut(*term);
                if let Some(events) = events.filter(|events| events.len() < count) {
                    events.push(at.index);
                }
            }
        }
    }

    /// There are no more events. What was kept.
    pub(crate) fn finish(mut self, told: &mut dyn FnMut(Match)) -> Memory {
        let memory = self.first.memory();
        let states = self.first.into_states();
        let mut matches: Vec<Match> = states.filter_map(|(_, first)| different(&first)).collect();
        matches.sort();
        matches.dedup();
        for events in matches {
            self.limits.pass(events, told);
        }
        self.limits.finish(told);
        memory
    }
}

/// The first choice of a different event for each term: an event is chosen if the terms behind can still be served without it.
fn different(candidates: &[Vec<usize>]) -> Option<Match> {
    let mut chosen: Vec<usize> = Vec::new();
    for (term, events) in candidates.iter().enumerate() {
        let rest = candidates.get(term + 1..).unwrap_or_default();
        let fits = |event: &&usize| {
            let mut taken = chosen.clone();
            taken.push(**event);
            !chosen.contains(*event) && can_serve(rest, &taken)
        };
        chosen.push(*events.iter().find(fits)?);
    }
    Some(chosen.into_iter().map(Some).collect())
}

/// Whether each term can have an event of its own that is not taken: augmenting paths.
fn can_serve(terms: &[Vec<usize>], taken: &[usize]) -> bool {
    let mut owners: Vec<(usize, usize)> = Vec::new();
    (0..terms.len()).all(|term| augment(terms, taken, term, &mut owners, &mut Vec::new()))
}

fn augment(
    terms: &[Vec<usize>],
    taken: &[usize],
    term: usize,
    owners: &mut Vec<(usize, usize)>,
    tried: &mut Vec<usize>,
) -> bool {
    for event in terms.get(term).into_iter().flatten() {
        if taken.contains(event) || tried.contains(event) {
            continue;
        }
        tried.push(*event);
        let owner = owners.iter().position(|(owned, _)| owned == event);
        let free = match owner.and_then(|at| owners.get(at).copied()) {
            None => true,
            Some((_, other)) => augment(terms, taken, other, owners, tried),
        };
        if free {
            owners.retain(|(owned, _)| owned != event);
            owners.push((*event, term));
            return true;
        }
    }
    false
}
