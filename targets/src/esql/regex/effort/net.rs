//! An automaton that may be in several states at once, without states that only stand for others.

use super::{MOST_STATES, Machine, Table, ranges};
use crate::esql::regex::language::Language;
use regex_syntax::hir::ClassUnicode;
use std::collections::HashMap;

/// The most pairs of steps that are looked at.
const MOST_STEPS: usize = 200_000;

/// Where each state goes, the first one being the start, and where a text may end.
pub(super) struct Net {
    pub(super) rows: Vec<Vec<(ClassUnicode, usize)>>,
    pub(super) ends: Vec<bool>,
}

impl From<&Table> for Net {
    fn from(table: &Table) -> Self {
        Self {
            rows: table.rows.iter().map(|row| ranges(row)).collect(),
            ends: table.ends.clone(),
        }
    }
}

impl Net {
    /// The automaton of a language as Lucene has it before it makes it deterministic.
    pub(super) fn of(language: &Language, most: usize) -> Option<Self> {
        let (machine, start) = Machine::of(language, most)?;
        let mut known: HashMap<usize, usize> = HashMap::from([(start, 0)]);
        let mut open = vec![start];
        let mut net = Self {
            rows: Vec::new(),
            ends: Vec::new(),
        };
        while let Some(at) = open.get(net.rows.len()).copied() {
            let here = machine.closed([at]);
            net.ends
                .push(here.iter().any(|at| machine.ends.contains(at)));
            let steps = here.iter().filter_map(|at| machine.states.get(*at));
            let row = steps.flat_map(|state| &state.steps).map(|(set, to)| {
                let fresh = open.len();
                let next = *known.entry(*to).or_insert(fresh);
                if next == fresh {
                    open.push(*to);
                }
                (set.clone(), next)
            });
            let row = row.collect();
            net.rows.push(row);
        }
        Some(net)
    }

    /// The texts of both; None if that takes too much.
    pub(super) fn and(&self, other: &Self) -> Option<Self> {
        let mut known: HashMap<(usize, usize), usize> = HashMap::from([((0, 0), 0)]);
        let mut pairs = vec![(0, 0)];
        let mut both = Self {
            rows: Vec::new(),
            ends: Vec::new(),
        };
        let mut looked_at = 0;
        while let Some((one, two)) = pairs.get(both.rows.len()).copied() {
            let end = |net: &Self, at: usize| net.ends.get(at) == Some(&true);
            both.ends.push(end(self, one) && end(other, two));
            let (left, right) = (self.rows.get(one)?, other.rows.get(two)?);
            looked_at += left.len() * right.len();
            if looked_at > MOST_STEPS || pairs.len() > MOST_STATES {
                return None;
            }
            let mut row = Vec::new();
            for (left, one) in left {
                for (right, two) in right {
                    let mut set = left.clone();
                    set.intersect(right);
                    if set.ranges().is_empty() {
                        continue;
                    }
                    let fresh = pairs.len();
                    let to = *known.entry((*one, *two)).or_insert(fresh);
                    if to == fresh {
                        pairs.push((*one, *two));
                    }
                    row.push((set, to));
                }
            }
            both.rows.push(row);
        }
        Some(both.living())
    }

    /// Without the steps to states from which no text ends; Lucene takes these away.
    fn living(mut self) -> Self {
        let mut behind: Vec<Vec<usize>> = vec![Vec::new(); self.rows.len()];
        for (at, row) in self.rows.iter().enumerate() {
            for (_, to) in row {
                behind
                    .get_mut(*to)
                    .into_iter()
                    .for_each(|from| from.push(at));
            }
        }
        let mut alive = self.ends.clone();
        let mut open: Vec<usize> = (0..alive.len())
            .filter(|at| alive.get(*at) == Some(&true))
            .collect();
        while let Some(at) = open.pop() {
            for from in behind.get(at).into_iter().flatten() {
                if let Some(alive @ false) = alive.get_mut(*from) {
                    *alive = true;
                    open.push(*from);
                }
            }
        }
        for row in &mut self.rows {
            row.retain(|(_, to)| alive.get(*to) == Some(&true));
        }
        self
    }
}
