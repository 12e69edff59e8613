//! What Lucene refuses to determinize.
//!
//! Source: Lucene, `Operations.determinize`: the sizes of all sets of states that are looked at are added up, and ten times
//! `DEFAULT_DETERMINIZE_WORK_LIMIT` is the end. Elasticsearch determinizes every pattern when it plans a query, and a list of patterns once
//! more as a union (`AbstractStringPattern`, `WildcardPatternList`, `RLikePatternList`): "Pattern was too complex to determinize".
//!
//! The states are those of a position automaton, of which Lucene's has a few more or less (assumed not to matter).

use super::language::{LAST, Language};
use std::collections::HashMap;

/// Ten times the work limit.
pub(super) const LIMIT: usize = 100_000;

/// The most transitions of one automaton before it is determinized; more do not fit a node's memory either.
const MAX_TRANSITIONS: usize = 500_000;

/// An automaton that may be in several states at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Positions {
    /// Transitions by state: the first and last character, and the next state.
    next: Vec<Vec<(u32, u32, u32)>>,
    starts: Vec<u32>,
    /// How many transitions there are.
    size: usize,
}

/// Where a part of a pattern begins and ends.
struct Part {
    nullable: bool,
    first: Vec<u32>,
    last: Vec<u32>,
}

/// More than can be done.
pub(super) struct TooComplex;

impl Positions {
    /// The positions of a pattern. Nothing for one with complements or intersections, which are made otherwise.
    pub(super) fn of(language: &Language) -> Result<Option<Self>, TooComplex> {
        let mut builder = Builder {
            sets: vec![Vec::new()],
            made: Self::default(),
        };
        builder.made.next.push(Vec::new());
        let Some(part) = builder.part(language)? else {
            return Ok(None);
        };
        builder.connect(&[0], &part.first)?;
        builder.made.starts.push(0);
        Ok(Some(builder.made))
    }

    /// Several automata as one.
    pub(super) fn union(parts: Vec<Self>) -> Self {
        let mut all = Self::default();
        for part in parts {
            let shift = u32::try_from(all.next.len()).unwrap_or(u32::MAX);
            all.starts
                .extend(part.starts.iter().map(|state| state + shift));
            let moved = part.next.into_iter().map(|transitions| {
                let moved = transitions.into_iter();
                moved
                    .map(|(low, high, state)| (low, high, state + shift))
                    .collect()
            });
            all.next.extend(moved);
        }
        all
    }

    /// The deterministic automaton, if that is not too much work.
    pub(super) fn determinize(&self) -> Result<Self, TooComplex> {
        self.within(LIMIT).map(|(made, _)| made)
    }

    /// The deterministic automaton and the work that it took, if that is not more than this.
    fn within(&self, limit: usize) -> Result<(Self, usize), TooComplex> {
        let mut subsets = Subsets::of(self);
        let mut made = Self {
            starts: vec![0],
            ..Self::default()
        };
        let (mut at, mut effort) = (0, 0);
        while let Some(set) = subsets.sets.get(at).cloned() {
            at += 1;
            effort += set.len().max(1);
            if effort > limit {
                return Err(TooComplex);
            }
            made.next.push(subsets.step(&set));
        }
        made.exclude();
        Ok((made, effort))
    }

    /// Makes the transitions of a state exclude each other: the one for the rest of the characters comes first, and loses those
    /// that others take.
    fn exclude(&mut self) {
        for transitions in &mut self.next {
            let Some((0, LAST, rest)) = transitions.first().copied() else {
                continue;
            };
            if transitions.len() == 1 {
                continue;
            }
            let mut taken: Vec<(u32, u32, u32)> = transitions.split_off(1);
            taken.sort_unstable();
            let mut next = 0;
            let mut gaps = Vec::new();
            for (low, high, _) in &taken {
                if *low > next {
                    gaps.push((next, low - 1, rest));
                }
                next = next.max(high.saturating_add(1));
            }
            if next <= LAST {
                gaps.push((next, LAST, rest));
            }
            taken.extend(gaps);
            *transitions = taken;
        }
    }

    /// The first characters of the classes that no transition tells apart.
    fn classes(&self) -> Vec<u32> {
        let mut starts = vec![0];
        for (low, high, _) in self.next.iter().flatten() {
            starts.push(*low);
            if *high < LAST {
                starts.push(high + 1);
            }
        }
        starts.sort_unstable();
        starts.dedup();
        starts
    }
}

/// The sets of states that were met, each a state of the deterministic automaton.
struct Subsets<'p> {
    positions: &'p Positions,
    /// The first characters of the classes.
    starts: Vec<u32>,
    known: HashMap<Vec<u32>, u32>,
    sets: Vec<Vec<u32>>,
    /// Where each class leads; empty between steps.
    targets: Vec<Vec<u32>>,
}

impl<'p> Subsets<'p> {
    fn of(positions: &'p Positions) -> Self {
        let starts = positions.classes();
        Self {
            positions,
            known: HashMap::from([(positions.starts.clone(), 0)]),
            sets: vec![positions.starts.clone()],
            targets: vec![Vec::new(); starts.len()],
            starts,
        }
    }

    /// The transitions of a set. One for all characters comes first, and stands for those that no other takes.
    fn step(&mut self, set: &[u32]) -> Vec<(u32, u32, u32)> {
        // What takes any character, and the classes that something else takes.
        let (mut always, mut touched) = (Vec::new(), Vec::new());
        let transitions = set
            .iter()
            .filter_map(|state| self.positions.next.get(usize::try_from(*state).ok()?))
            .flatten();
        for (low, high, state) in transitions {
            if (*low, *high) == (0, LAST) {
                always.push(*state);
                continue;
            }
            let first = self.starts.partition_point(|start| start < low);
            let end = self.starts.partition_point(|start| start <= high);
            for class in first..end {
                if let Some(target) = self.targets.get_mut(class) {
                    if target.is_empty() {
                        touched.push(class);
                    }
                    target.push(*state);
                }
            }
        }
        let mut found = Vec::new();
        if !always.is_empty() && touched.len() < self.starts.len() {
            found.push((0, LAST, self.state(always.clone())));
        }
        for class in touched {
            let mut target = self
                .targets
                .get_mut(class)
                .map(std::mem::take)
                .unwrap_or_default();
            target.extend(&always);
            let low = self.starts.get(class).copied().unwrap_or(0);
            let high = self.starts.get(class + 1).map_or(LAST, |next| next - 1);
            found.push((low, high, self.state(target)));
        }
        found
    }

    fn state(&mut self, mut target: Vec<u32>) -> u32 {
        target.sort_unstable();
        target.dedup();
        let fresh = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        let state = *self.known.entry(target.clone()).or_insert(fresh);
        if state == fresh {
            self.sets.push(target);
        }
        state
    }
}

struct Builder {
    /// The characters that lead to each state.
    sets: Vec<Vec<(u32, u32)>>,
    made: Positions,
}

impl Builder {
    fn part(&mut self, language: &Language) -> Result<Option<Part>, TooComplex> {
        Ok(Some(match language {
            Language::Nothing => Part {
                nullable: false,
                first: Vec::new(),
                last: Vec::new(),
            },
            Language::Empty => EMPTY,
            Language::Set(set) => {
                let state = u32::try_from(self.sets.len()).map_err(|_| TooComplex)?;
                self.sets.push(set.pairs().to_vec());
                self.made.next.push(Vec::new());
                if self.sets.len() > MAX_TRANSITIONS {
                    return Err(TooComplex);
                }
                Part {
                    nullable: false,
                    first: vec![state],
                    last: vec![state],
                }
            }
            Language::Concat(parts) => {
                let mut whole = EMPTY;
                for part in parts.iter() {
                    let Some(part) = self.part(part)? else {
                        return Ok(None);
                    };
                    whole = self.append(whole, part)?;
                }
                whole
            }
            Language::Union(parts) => {
                let mut whole = Part {
                    nullable: false,
                    ..EMPTY
                };
                for part in parts.iter() {
                    let Some(part) = self.part(part)? else {
                        return Ok(None);
                    };
                    whole.nullable |= part.nullable;
                    whole.first.extend(part.first);
                    whole.last.extend(part.last);
                }
                whole
            }
            Language::Repeat(inner, least, most) => {
                return self.repeat(inner, *least, *most);
            }
            Language::Both(_) | Language::Not(_) => return Ok(None),
        }))
    }

    /// Copies of a part, one behind the other, of which any after the least may be the last. Source: Lucene, `Operations.repeat`.
    fn repeat(
        &mut self,
        inner: &Language,
        least: u32,
        most: Option<u32>,
    ) -> Result<Option<Part>, TooComplex> {
        let mut whole = Part {
            nullable: least == 0,
            ..EMPTY
        };
        // Where the copies before this one end.
        let mut ends = Vec::new();
        let copies = most.unwrap_or(least.max(1));
        for copy in 0..copies {
            let Some(part) = self.part(inner)? else {
                return Ok(None);
            };
            if most.is_none() && copy + 1 == copies {
                self.connect(&part.last, &part.first)?;
            }
            self.connect(&ends, &part.first)?;
            if copy == 0 || whole.nullable && part.nullable {
                whole.first.extend(&part.first);
            }
            whole.nullable |= copy == 0 && part.nullable;
            if !part.nullable {
                ends.clear();
            }
            ends.extend(&part.last);
            if copy + 1 >= least {
                whole.last.extend(&part.last);
            }
        }
        // What may end early by leaving out the rest.
        if least > 1 && whole.nullable {
            whole.last.clone_from(&ends);
        }
        Ok(Some(whole))
    }

    fn append(&mut self, left: Part, right: Part) -> Result<Part, TooComplex> {
        self.connect(&left.last, &right.first)?;
        let mut first = left.first;
        if left.nullable {
            first.extend(&right.first);
        }
        let mut last = right.last;
        if right.nullable {
            last.extend(&left.last);
        }
        Ok(Part {
            nullable: left.nullable && right.nullable,
            first,
            last,
        })
    }

    fn connect(&mut self, from: &[u32], to: &[u32]) -> Result<(), TooComplex> {
        for state in from {
            for target in to {
                let at = usize::try_from(*target).map_err(|_| TooComplex)?;
                let from = usize::try_from(*state).map_err(|_| TooComplex)?;
                let (Some(set), Some(next)) = (self.sets.get(at), self.made.next.get_mut(from))
                else {
                    return Err(TooComplex);
                };
                next.extend(set.iter().map(|(low, high)| (*low, *high, *target)));
                self.made.size += set.len();
                if self.made.size > MAX_TRANSITIONS {
                    return Err(TooComplex);
                }
            }
        }
        Ok(())
    }
}

const EMPTY: Part = Part {
    nullable: true,
    first: Vec::new(),
    last: Vec::new(),
};

#[cfg(test)]
mod tests {
    use super::super::{bound, wildcard};
    use super::*;
    use proptest::prelude::*;

    /// The work that one automaton of these patterns is.
    fn work(patterns: &[Vec<wildcard::Piece>]) -> usize {
        let parts = patterns.iter().map(|pieces| {
            let language = wildcard::language(pieces, false);
            let positions = Positions::of(&language).ok().flatten().expect("positions");
            positions.determinize().ok().expect("one pattern")
        });
        let union = Positions::union(parts.collect());
        union.within(usize::MAX).ok().expect("no limit").1
    }

    proptest! {
        /// What is said of a list without doing the work is never too little.
        #[test]
        fn no_list_is_more_work_than_its_bound(patterns in prop::collection::vec("\\*?[ab]{1,6}\\*?", 1..7)) {
            let pieces: Vec<_> = patterns.iter().map(|pattern| wildcard::read(pattern).expect("a pattern")).collect();
            let bound = bound::of_list(&pieces).expect("plain patterns");
            prop_assert!(work(&pieces) <= bound, "{} > {bound}", work(&pieces));
        }
    }
}
