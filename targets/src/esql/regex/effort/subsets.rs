//! The sets of states that a machine can be in, each a state of the deterministic automaton.
//!
//! Characters that no step of the machine tells apart are one class, and most steps are for one class or for all of them: a set is asked for the few
//! classes that its steps name, and once for all others.

use super::{Machine, Table, borders};
use std::collections::{BTreeSet, HashMap};

/// A step of a state, over classes.
struct Step {
    /// The classes from `first` up to `end`.
    first: usize,
    end: usize,
    /// The states behind it.
    behind: Vec<usize>,
}

/// The sets that were met, and what leads from state to state.
pub(super) struct Subsets<'m> {
    machine: &'m Machine,
    /// The least character of each class.
    lows: Vec<char>,
    /// What leaves each state.
    steps: Vec<Vec<Step>>,
    known: HashMap<Vec<usize>, usize>,
    sets: Vec<Vec<usize>>,
    effort: usize,
    /// Where each class leads; empty between two sets.
    behind: Vec<Vec<usize>>,
}

impl<'m> Subsets<'m> {
    pub(super) fn of(machine: &'m Machine) -> Self {
        let all = machine.states.iter().flat_map(|state| &state.steps);
        let lows = borders(all.map(|(set, _)| set));
        let mut closed: HashMap<usize, Vec<usize>> = HashMap::new();
        let mut steps = Vec::new();
        for state in &machine.states {
            let mut own = Vec::new();
            for (set, to) in &state.steps {
                let behind = closed
                    .entry(*to)
                    .or_insert_with(|| machine.closed([*to]))
                    .clone();
                own.extend(set.ranges().iter().map(|range| Step {
                    first: lows.partition_point(|low| *low < range.start()),
                    end: lows.partition_point(|low| *low <= range.end()),
                    behind: behind.clone(),
                }));
            }
            steps.push(own);
        }
        Self {
            machine,
            behind: vec![Vec::new(); lows.len()],
            lows,
            steps,
            known: HashMap::new(),
            sets: Vec::new(),
            effort: 0,
        }
    }

    /// The deterministic automaton and the effort that it takes; None if that is more than `most`.
    pub(super) fn table(mut self, start: usize, most: usize) -> Option<(Table, usize)> {
        let first = self.machine.closed([start]);
        self.state(first);
        let mut table = Table {
            rows: Vec::new(),
            ends: Vec::new(),
        };
        while let Some(set) = self.sets.get(table.rows.len()).cloned() {
            let ends = &self.machine.ends;
            table.ends.push(set.iter().any(|at| ends.contains(at)));
            let row = self.row(&set);
            if self.effort > most {
                return None;
            }
            table.rows.push(row);
        }
        Some((table, self.effort))
    }

    /// Where a set goes: the least character of each range, and the set behind it.
    fn row(&mut self, set: &[usize]) -> Vec<(char, Option<usize>)> {
        let (mut always, mut touched) = (Vec::new(), BTreeSet::new());
        for step in set.iter().filter_map(|at| self.steps.get(*at)).flatten() {
            if (step.first, step.end) == (0, self.lows.len()) {
                always.extend(&step.behind);
                continue;
            }
            for class in step.first..step.end {
                if let Some(behind) = self.behind.get_mut(class) {
                    behind.extend(&step.behind);
                    touched.insert(class);
                }
            }
        }
        let others = (touched.len() < self.lows.len())
            .then(|| self.state(always.clone()))
            .flatten();
        let mut row: Vec<(char, Option<usize>)> = Vec::new();
        let mut free = 0;
        let mut add = |low: Option<&char>, to: Option<usize>| {
            let again = row.last().is_some_and(|(_, last)| *last == to);
            row.extend(low.filter(|_| !again).map(|low| (*low, to)));
        };
        for class in touched {
            if free < class {
                add(self.lows.get(free), others);
            }
            let mut behind = self
                .behind
                .get_mut(class)
                .map(std::mem::take)
                .unwrap_or_default();
            behind.extend(&always);
            let to = self.state(behind);
            add(self.lows.get(class), to);
            free = class + 1;
        }
        if free < self.lows.len() {
            add(self.lows.get(free), others);
        }
        row
    }

    /// The number of a set; none for the empty one.
    fn state(&mut self, mut set: Vec<usize>) -> Option<usize> {
        set.sort_unstable();
        set.dedup();
        if set.is_empty() {
            return None;
        }
        if let Some(known) = self.known.get(&set) {
            return Some(*known);
        }
        let fresh = self.sets.len();
        self.effort += set.len();
        self.known.insert(set.clone(), fresh);
        self.sets.push(set);
        Some(fresh)
    }
}
