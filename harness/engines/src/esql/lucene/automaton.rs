//! A language as a deterministic automaton: for what no other engine can say, and to see whether a pattern takes every text.

use super::language::{LAST, Language};
use std::collections::HashMap;

/// The most states of an automaton. Source: Lucene, `Operations.DEFAULT_DETERMINIZE_WORK_LIMIT`.
const MAX_STATES: usize = 10_000;

/// The most nodes that are visited while it is built.
const MAX_WORK: usize = 4_000_000;

/// States by derivatives, transitions by classes of characters that the language does not tell apart.
#[derive(Clone, Debug)]
pub(in crate::esql) struct Automaton {
    /// The first character of each class, in order; the first is 0.
    starts: Vec<u32>,
    /// The class of each ASCII character.
    ascii: Vec<usize>,
    accepting: Vec<bool>,
    /// The next state by state and class.
    next: Vec<usize>,
}

impl Automaton {
    /// The automaton, or nothing if it would be too large.
    pub(super) fn build(language: &Language, most: usize) -> Option<Self> {
        let starts = classes(language);
        let mut states = vec![language.clone()];
        let mut known = HashMap::from([(language.clone(), 0)]);
        let mut accepting = Vec::new();
        let mut next = Vec::new();
        let mut work = 0;
        let mut at = 0;
        while let Some(state) = states.get(at).cloned() {
            at += 1;
            accepting.push(state.is_nullable());
            let size = state.size();
            for start in &starts {
                work += size;
                let target = state.derive(*start);
                let fresh = states.len();
                let index = *known.entry(target.clone()).or_insert(fresh);
                if index == fresh {
                    states.push(target);
                }
                next.push(index);
            }
            if states.len() > most.min(MAX_STATES) || work > MAX_WORK {
                return None;
            }
        }
        let class = |c: u32| {
            starts
                .partition_point(|start| *start <= c)
                .saturating_sub(1)
        };
        let ascii = (0..128).map(class).collect();
        Some(Self {
            starts,
            ascii,
            accepting,
            next,
        })
    }

    pub(super) fn is_match(&self, text: &str) -> bool {
        let width = self.starts.len();
        let mut state = 0;
        for c in text.chars() {
            let c = u32::from(c);
            let class = usize::try_from(c)
                .ok()
                .and_then(|at| self.ascii.get(at).copied())
                .unwrap_or_else(|| {
                    self.starts
                        .partition_point(|start| *start <= c)
                        .saturating_sub(1)
                });
            state = self.next.get(state * width + class).copied().unwrap_or(0);
        }
        self.accepting.get(state).copied().unwrap_or(false)
    }

    /// Whether every text matches: all states can be reached, by how they were found.
    pub(super) fn is_total(&self) -> bool {
        self.accepting.iter().all(|accepting| *accepting)
    }
}

/// The first characters of the classes.
fn classes(language: &Language) -> Vec<u32> {
    let mut starts = vec![0];
    language.sets(&mut |set| {
        for (low, high) in set.pairs() {
            starts.push(*low);
            if *high < LAST {
                starts.push(high + 1);
            }
        }
    });
    starts.sort_unstable();
    starts.dedup();
    starts
}
