//! Terms to a deterministic automaton, and matching.

use super::derive::Builder;
use super::parse::Ranges;
use super::term::{Id, Terms};
use std::collections::HashMap;

/// Sizes beyond which a pattern is refused. Source: documentation of the regexp query, whose `max_determinized_states` is 10,000; the other two
/// only bound our own memory.
const MAX_STATES: usize = 10_000;
pub(super) const MAX_TERMS: usize = 60_000;
const MAX_CELLS: usize = 500_000;

/// A complete deterministic automaton over classes of characters.
#[derive(Clone, Debug)]
pub(crate) struct Automaton {
    /// The class of every ASCII character.
    ascii: Box<[u16]>,
    /// The first character of every class-wide run, in order, with its class.
    runs: Box<[(u32, u16)]>,
    classes: usize,
    next: Box<[u32]>,
    kinds: Box<[State]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Rejects,
    Accepts,
    /// Nothing that follows can help.
    Dead,
    /// Nothing that follows can harm.
    Done,
}

impl Automaton {
    /// The automaton of a term; None where it is too complex.
    pub(super) fn build(terms: Terms, root: Id) -> Option<Self> {
        let (runs, members) = partition(&terms.sets);
        let classes = members.first().map_or(1, Vec::len);
        let mut builder = Builder::new(terms, members, MAX_TERMS);
        let mut states = vec![root];
        let mut numbers: HashMap<Id, u32> = HashMap::from([(root, 0)]);
        let mut next = Vec::new();
        let mut at = 0;
        while let Some(id) = states.get(at).copied() {
            for class in 0..classes {
                let derived = builder.derive(id, class)?;
                let fresh = u32::try_from(states.len()).unwrap_or(u32::MAX);
                let number = *numbers.entry(derived).or_insert(fresh);
                if number == fresh {
                    states.push(derived);
                }
                next.push(number);
            }
            if states.len() > MAX_STATES || next.len() > MAX_CELLS {
                return None;
            }
            at += 1;
        }
        let kinds = states.iter().map(|id| builder.kind(*id)).collect();
        let ascii = (0..128).map(|c| class_of(&runs, c)).collect();
        Some(Self {
            ascii,
            runs: runs.into(),
            classes,
            next: next.into(),
            kinds,
        })
    }

    /// Whether the whole text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let mut state = 0_usize;
        for c in text.chars() {
            match self.kinds.get(state) {
                Some(State::Done) => return true,
                Some(State::Dead) | None => return false,
                Some(State::Accepts | State::Rejects) => {}
            }
            let code = u32::from(c);
            let class = match self.ascii.get(code as usize) {
                Some(class) => *class,
                None => class_of(&self.runs, code),
            };
            let cell = state * self.classes + usize::from(class);
            state = self
                .next
                .get(cell)
                .map_or(usize::MAX, |next| *next as usize);
        }
        matches!(self.kinds.get(state), Some(State::Accepts | State::Done))
    }
}

pub(super) fn class_of(runs: &[(u32, u16)], code: u32) -> u16 {
    let behind = runs.partition_point(|(start, _)| *start <= code);
    behind
        .checked_sub(1)
        .and_then(|at| runs.get(at))
        .map_or(0, |(_, class)| *class)
}

/// Runs of characters that no set tells apart, joined into classes, and for each set which classes it holds.
pub(super) fn partition(sets: &[Ranges]) -> (Vec<(u32, u16)>, Vec<Vec<bool>>) {
    let mut starts = vec![0_u32];
    for (from, to) in sets.iter().flatten() {
        starts.push(*from);
        starts.push(to + 1);
    }
    starts.sort_unstable();
    starts.dedup();
    let mut classes: HashMap<Vec<bool>, u16> = HashMap::new();
    let mut signatures: Vec<Vec<bool>> = Vec::new();
    let mut runs = Vec::with_capacity(starts.len());
    for start in starts {
        let signature: Vec<bool> = sets.iter().map(|set| holds(set, start)).collect();
        let fresh = u16::try_from(signatures.len()).unwrap_or(u16::MAX);
        let class = *classes.entry(signature.clone()).or_insert(fresh);
        if class == fresh {
            signatures.push(signature);
        }
        runs.push((start, class));
    }
    let members = (0..sets.len())
        .map(|set| {
            signatures
                .iter()
                .map(|signature| signature.get(set).copied().unwrap_or(false))
                .collect()
        })
        .collect();
    (runs, members)
}

/// Whether a sorted set holds a character.
fn holds(set: &[(u32, u32)], code: u32) -> bool {
    let behind = set.partition_point(|(from, _)| *from <= code);
    behind
        .checked_sub(1)
        .and_then(|at| set.get(at))
        .is_some_and(|(_, to)| code <= *to)
}
