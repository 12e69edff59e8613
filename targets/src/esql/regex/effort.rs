//! How hard an expression is for Elasticsearch, which makes a deterministic automaton of it and gives up when that takes too long.
//!
//! From Elasticsearch 9 on, Lucene makes parts that hold at once (`&`) an automaton whose states are pairs, and makes nothing deterministic but what `~`
//! negates and the whole at the end; before, it did so at every step. The former is the harder one, and what is counted here (`net.rs`).
//!
//! Lucene counts the states of the non-deterministic automaton in every state of the deterministic one, and stops at 100,000. The automata here
//! are not state for state those of Lucene, so the bounds are lower: half of that for lists of wildcards, which are simple, a fifth for expressions.

mod net;
mod plain;
mod subsets;

use crate::esql::regex::language::{Language, any};
use net::Net;
use regex_syntax::hir::ClassUnicode;
use std::collections::BTreeSet;
use subsets::Subsets;

/// The most effort that an expression may take.
pub(crate) const OF_EXPRESSION: usize = 20_000;
/// The most effort that a list of wildcard patterns may take.
pub(crate) const OF_LIST: usize = 50_000;
/// The most states that are made on the way.
const MOST_STATES: usize = 20_000;

/// Whether Elasticsearch can build one automaton of plain patterns; false where that is not known without trying.
pub(crate) fn is_small(patterns: &[String]) -> bool {
    plain::at_most(patterns).is_some_and(|effort| effort <= OF_LIST)
}

/// Whether Elasticsearch can build the automaton of a language.
pub(crate) fn is_bearable(language: &Language, most: usize) -> bool {
    Table::of(language, most).is_some()
}

/// An automaton that may be in several states at once.
#[derive(Default)]
struct Machine {
    /// What leaves each state.
    states: Vec<State>,
    ends: BTreeSet<usize>,
    /// The most effort that making it deterministic may take.
    most: usize,
}

#[derive(Clone, Default)]
struct State {
    /// The states behind one character of a set.
    steps: Vec<(ClassUnicode, usize)>,
    /// States that it is at the same time.
    also: Vec<usize>,
}

/// An automaton in one state at a time; the first one is where it starts.
struct Table {
    /// Where each state goes, with the least character of each range: up to the next one.
    rows: Vec<Vec<(char, Option<usize>)>>,
    ends: Vec<bool>,
}

impl Machine {
    /// The automaton of a language, and where it starts; None if it has too many states.
    fn of(language: &Language, most: usize) -> Option<(Self, usize)> {
        let mut machine = Self {
            most,
            ..Self::default()
        };
        let end = machine.state()?;
        machine.ends.insert(end);
        let start = machine.build(language, end)?;
        Some((machine, start))
    }

    fn state(&mut self) -> Option<usize> {
        let at = self.states.len();
        self.states.push(State::default());
        (at < MOST_STATES).then_some(at)
    }

    fn link(&mut self, from: usize, to: usize) {
        if let Some(state) = self.states.get_mut(from) {
            state.also.push(to);
        }
    }

    /// The state where a language begins that ends in another state.
    fn build(&mut self, language: &Language, end: usize) -> Option<usize> {
        match language {
            Language::Empty => Some(end),
            Language::Set(set) => {
                let start = self.state()?;
                if let Some(state) = self.states.get_mut(start) {
                    state.steps.push((set.clone(), end));
                }
                Some(start)
            }
            Language::Concat(parts) => parts
                .iter()
                .rev()
                .try_fold(end, |end, part| self.build(part, end)),
            Language::Union(parts) => {
                let start = self.state()?;
                for part in parts {
                    let begun = self.build(part, end)?;
                    self.link(start, begun);
                }
                Some(start)
            }
            Language::Repeat { inner, min, max } => self.repeat(inner, *min, *max, end),
            Language::Both(parts) => {
                let nets: Option<Vec<Net>> =
                    parts.iter().map(|part| Net::of(part, self.most)).collect();
                let both = nets?
                    .into_iter()
                    .map(Some)
                    .reduce(|one, other| one?.and(&other?))??;
                self.embed(&both, end)
            }
            Language::Except(inner) => {
                let table = Table::of(inner, self.most)?.inverted();
                self.embed(&Net::from(&table), end)
            }
            Language::Number { high, .. } => {
                let digits = u32::try_from(high.to_string().len()).unwrap_or(u32::MAX);
                let digit = Language::Set(
                    Language::Number {
                        low: 0,
                        high: 0,
                        digits: None,
                    }
                    .edge(crate::esql::regex::language::Side::Start),
                );
                self.build(&digit.repeat(1, Some(digits)), end)
            }
        }
    }

    fn repeat(
        &mut self,
        inner: &Language,
        min: u32,
        max: Option<u32>,
        end: usize,
    ) -> Option<usize> {
        let mut end = end;
        match max {
            None => {
                let again = self.state()?;
                self.link(again, end);
                let begun = self.build(inner, again)?;
                self.link(again, begun);
                end = again;
            }
            Some(max) => {
                let out = end;
                for _ in min..max {
                    let here = self.state()?;
                    let begun = self.build(inner, end)?;
                    self.link(here, begun);
                    self.link(here, out);
                    end = here;
                }
            }
        }
        for _ in 0..min {
            end = self.build(inner, end)?;
        }
        Some(end)
    }

    fn embed(&mut self, net: &Net, end: usize) -> Option<usize> {
        let base = self.states.len();
        for _ in &net.rows {
            self.state()?;
        }
        for (at, row) in net.rows.iter().enumerate() {
            if let Some(state) = self.states.get_mut(base + at) {
                state.steps = row
                    .iter()
                    .map(|(set, to)| (set.clone(), base + to))
                    .collect();
            }
            if net.ends.get(at) == Some(&true) {
                self.link(base + at, end);
            }
        }
        Some(base)
    }

    /// The states that it is in when it is in these.
    fn closed(&self, from: impl IntoIterator<Item = usize>) -> Vec<usize> {
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        let mut open: Vec<usize> = from.into_iter().collect();
        while let Some(at) = open.pop() {
            if seen.insert(at) {
                open.extend(self.states.get(at).iter().flat_map(|state| &state.also));
            }
        }
        // States that only stand for others are none of Lucene's.
        let counts = |at: &usize| {
            self.ends.contains(at)
                || self
                    .states
                    .get(*at)
                    .is_some_and(|state| !state.steps.is_empty())
        };
        seen.into_iter().filter(counts).collect()
    }
}

impl Table {
    fn of(language: &Language, most: usize) -> Option<Self> {
        let (machine, start) = Machine::of(language, most)?;
        Subsets::of(&machine)
            .table(start, most)
            .map(|(table, _)| table)
    }

    /// Every text but these.
    fn inverted(mut self) -> Self {
        let sink = self.rows.len();
        for row in &mut self.rows {
            if row.is_empty() {
                row.push(('\0', None));
            }
            for (_, to) in row {
                to.get_or_insert(sink);
            }
        }
        self.rows.push(vec![('\0', Some(sink))]);
        self.ends.push(false);
        self.ends.iter_mut().for_each(|end| *end = !*end);
        self
    }
}

/// The ranges of a row and where they go.
fn ranges(row: &[(char, Option<usize>)]) -> Vec<(ClassUnicode, usize)> {
    let ends = row.iter().skip(1).map(|(low, _)| Some(*low)).chain([None]);
    let found = row.iter().zip(ends).filter_map(|((low, to), next)| {
        let mut set = any();
        let from = regex_syntax::hir::ClassUnicodeRange::new(*low, char::MAX);
        set.intersect(&ClassUnicode::new([from]));
        if let Some(next) = next {
            let rest = regex_syntax::hir::ClassUnicodeRange::new(next, char::MAX);
            set.difference(&ClassUnicode::new([rest]));
        }
        Some((set, (*to)?))
    });
    found.collect()
}

/// The least character of every range that the sets tell apart, from the first character on.
fn borders<'s>(sets: impl Iterator<Item = &'s ClassUnicode>) -> Vec<char> {
    let mut lows = vec!['\0'];
    for set in sets {
        for range in set.ranges() {
            lows.push(range.start());
            lows.extend(after(range.end()));
        }
    }
    lows.sort_unstable();
    lows.dedup();
    lows
}

/// The next character.
fn after(c: char) -> Option<char> {
    match c {
        '\u{d7ff}' => Some('\u{e000}'),
        char::MAX => None,
        c => char::from_u32(u32::from(c) + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::{Machine, OF_EXPRESSION, Subsets, is_bearable, plain};
    use crate::esql::regex::language::{Language, any};
    use crate::esql::regex::list;
    use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

    /// `.*word[^|]*x` and the like, alone and held against another one.
    #[test]
    fn parts_that_hold_at_once_are_counted_as_pairs() {
        let all = || Language::run(any());
        let but = |c: char| {
            let mut set = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
            set.negate();
            set
        };
        let found = |count: u32| {
            let gap = Language::Set(but('|')).repeat(0, Some(count));
            Language::concat([all(), Language::text("ab"), gap, Language::text("c"), all()])
        };
        for (count, alone, both) in [(10, true, true), (12, true, false), (14, false, false)] {
            assert_eq!(is_bearable(&found(count), OF_EXPRESSION), alone, "{count}");
            let twice = found(count).both(Language::concat([found(count), all()]));
            assert_eq!(is_bearable(&twice, OF_EXPRESSION), both, "{count} twice");
        }
    }

    proptest::proptest! {
        /// What is said of a list without its automaton is never too little.
        #[test]
        fn no_list_takes_more_than_its_bound(patterns in proptest::collection::vec("\\*?[ab]{1,6}\\*?", 1..7)) {
            let bound = plain::at_most(&patterns).expect("plain patterns");
            let (machine, start) = Machine::of(&list(&patterns), usize::MAX).expect("a machine");
            let (_, effort) = Subsets::of(&machine).table(start, usize::MAX).expect("no limit");
            proptest::prop_assert!(effort <= bound, "{effort} > {bound}");
        }
    }
}
