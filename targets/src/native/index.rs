//! Which rules of a pack are worth a look at an event.
//!
//! Every rule is filed once: under each atom of its least likely clause, or, where it has none, among those always looked at. Cost follows the
//! event and what it holds, not the number of rules.

use crate::native::amount::NumberKey;
use crate::native::build::Builder;
use crate::native::clause::{self, Atom, Held, Key, Odds};
use crate::native::node::Place;
use crate::native::reading::Reading;
use crate::native::view::View;
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::collections::HashMap;
use verdict_compiler::Ir;

/// Up to this many bytes of literals an automaton is a full table: fast, and some megabytes at most.
const TABLE_UP_TO: usize = 30_000;

#[derive(Debug)]
pub(super) struct Index {
    always: Bits,
    /// By slot; shorter than the slots are.
    fields: Vec<Option<Keys>>,
    strings: Option<Keys>,
}

/// What is looked for in the values of one place.
#[derive(Debug, Default)]
struct Keys {
    equals: HashMap<Box<str>, Filed>,
    /// The length of the longest text in `equals`.
    longest: usize,
    numbers: HashMap<NumberKey, Filed>,
    held: Option<Substrings>,
}

#[derive(Debug)]
struct Substrings {
    automaton: AhoCorasick,
    /// By pattern.
    rules: Vec<Wanted>,
}

/// Who wants a substring, and where.
#[derive(Debug, Default)]
struct Wanted {
    anywhere: Vec<usize>,
    /// With whether it must begin and whether it must end the text.
    anchored: Vec<(usize, bool, bool)>,
}

/// The rules under one key.
#[derive(Debug)]
enum Filed {
    Few(Vec<usize>),
    Many(Bits),
}

impl Index {
    pub(super) fn new(irs: &[&Ir], builder: &mut Builder) -> Self {
        let mut odds = Odds::default();
        for ir in irs {
            odds.note(&ir.predicate, &ir.fields, builder);
        }
        let mut always = Bits::new(irs.len());
        let mut drafts: HashMap<Place, Draft> = HashMap::new();
        for (rule, ir) in irs.iter().enumerate() {
            match clause::necessary(&ir.predicate, &ir.fields, builder, &odds) {
                None => always.set(rule),
                Some(clause) => clause.into_iter().for_each(|Atom { place, key }| {
                    drafts.entry(place).or_default().file(rule, key);
                }),
            }
        }
        let mut index = Self {
            always,
            fields: Vec::new(),
            strings: None,
        };
        for (place, draft) in drafts {
            let keys = Some(draft.finish(irs.len(), &mut index.always));
            match place {
                Place::Strings => index.strings = keys,
                Place::Field(slot) => index.set(slot, keys),
            }
        }
        index
    }

    fn set(&mut self, slot: usize, keys: Option<Keys>) {
        if self.fields.len() <= slot {
            self.fields.resize_with(slot + 1, || None);
        }
        if let Some(place) = self.fields.get_mut(slot) {
            *place = keys;
        }
    }

    /// The rules that may match a walked event.
    pub(super) fn candidates(&self, reading: &Reading<'_>) -> Bits {
        let mut found = self.always.clone();
        for &slot in reading.standing() {
            if let Some(Some(keys)) = self.fields.get(slot) {
                keys.mark(reading.values(slot), &mut found);
            }
        }
        if let Some(keys) = &self.strings {
            keys.mark(reading.strings(), &mut found);
        }
        found
    }
}

impl Keys {
    /// Whether a text may equal a key: folding keeps the length of ASCII, so long ones need not be folded.
    fn may_equal(&self, text: &str) -> bool {
        text.len() <= self.longest || (self.longest > 0 && !text.is_ascii())
    }

    /// Marks the rules that look for one of these values.
    fn mark(&self, views: &[View<'_>], found: &mut Bits) {
        for view in views {
            if self.may_equal(view.text())
                && let Some(rules) = self.equals.get(view.folded())
            {
                rules.mark(found);
            }
            if !self.numbers.is_empty()
                && let Some(key) = NumberKey::parse(view.text())
                && let Some(rules) = self.numbers.get(&key)
            {
                rules.mark(found);
            }
        }
        if let Some(held) = &self.held {
            held.mark(views, found);
        }
    }
}

impl Substrings {
    fn mark(&self, views: &[View<'_>], found: &mut Bits) {
        let mut seen = None;
        for text in views.iter().map(View::caseless) {
            if text.len() >= self.automaton.min_pattern_len() {
                let seen = seen.get_or_insert_with(|| Bits::new(self.rules.len()));
                self.search(text, seen, found);
            }
        }
    }

    /// Marks the rules of every literal in a text but those seen already.
    fn search(&self, text: &str, seen: &mut Bits, found: &mut Bits) {
        for hit in self.automaton.find_overlapping_iter(text) {
            let pattern = hit.pattern().as_usize();
            let Some(wanted) = self.rules.get(pattern) else {
                continue;
            };
            if !seen.has(pattern) {
                seen.set(pattern);
                wanted.anywhere.iter().for_each(|rule| found.set(*rule));
            }
            for (rule, start, end) in &wanted.anchored {
                if (!start || hit.start() == 0) && (!end || hit.end() == text.len()) {
                    found.set(*rule);
                }
            }
        }
    }
}

impl Filed {
    fn new(rules: Vec<usize>, of: usize) -> Self {
        if rules.len() <= of / 64 {
            return Self::Few(rules);
        }
        let mut bits = Bits::new(of);
        rules.into_iter().for_each(|rule| bits.set(rule));
        Self::Many(bits)
    }

    fn mark(&self, found: &mut Bits) {
        match self {
            Self::Few(rules) => rules.iter().for_each(|rule| found.set(*rule)),
            Self::Many(bits) => found.join(bits),
        }
    }
}

/// The keys of one place while rules are being filed.
#[derive(Default)]
struct Draft {
    equals: HashMap<Box<str>, Vec<usize>>,
    numbers: HashMap<NumberKey, Vec<usize>>,
    held: HashMap<Box<str>, Wanted>,
}

impl Draft {
    fn file(&mut self, rule: usize, key: Key) {
        match key {
            Key::Equals(text) => self.equals.entry(text).or_default().push(rule),
            Key::Number(number) => self.numbers.entry(number).or_default().push(rule),
            Key::Holds(Held {
                literal,
                start,
                end,
            }) => {
                let wanted = self.held.entry(literal).or_default();
                if start || end {
                    wanted.anchored.push((rule, start, end));
                } else {
                    wanted.anywhere.push(rule);
                }
            }
        }
    }

    /// The finished keys; rules whose literals no automaton will take are always looked at.
    fn finish(self, of: usize, always: &mut Bits) -> Keys {
        let (literals, rules): (Vec<Box<str>>, Vec<Wanted>) = self.held.into_iter().unzip();
        let held = match automaton(&literals) {
            _ if literals.is_empty() => None,
            Some(automaton) => Some(Substrings { automaton, rules }),
            None => {
                for wanted in rules {
                    let anchored = wanted.anchored.iter().map(|(rule, ..)| rule);
                    let all = wanted.anywhere.iter().chain(anchored);
                    all.for_each(|rule| always.set(*rule));
                }
                None
            }
        };
        Keys {
            longest: self.equals.keys().map(|text| text.len()).max().unwrap_or(0),
            equals: filed(self.equals, of),
            numbers: filed(self.numbers, of),
            held,
        }
    }
}

fn filed<K: Eq + std::hash::Hash>(keys: HashMap<K, Vec<usize>>, of: usize) -> HashMap<K, Filed> {
    let keys = keys.into_iter();
    keys.map(|(key, rules)| (key, Filed::new(rules, of)))
        .collect()
}

fn automaton(literals: &[Box<str>]) -> Option<AhoCorasick> {
    let bytes: usize = literals.iter().map(|literal| literal.len()).sum();
    let table = (bytes <= TABLE_UP_TO).then_some(AhoCorasickKind::DFA);
    let literals = || literals.iter().map(|literal| literal.as_bytes());
    let build = |kind| {
        let mut builder = AhoCorasick::builder();
        // Texts come unfolded where they are ASCII.
        builder.ascii_case_insensitive(true).kind(kind);
        builder.build(literals())
    };
    build(table).or_else(|_| build(None)).ok()
}

/// A set of positions.
#[derive(Clone, Debug)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    fn new(length: usize) -> Self {
        Self(vec![0; length.div_ceil(64)])
    }

    fn set(&mut self, at: usize) {
        if let Some(word) = self.0.get_mut(at / 64) {
            *word |= 1 << (at % 64);
        }
    }

    fn has(&self, at: usize) -> bool {
        self.0
            .get(at / 64)
            .is_some_and(|word| word & (1 << (at % 64)) != 0)
    }

    fn join(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    /// The positions, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let rest = std::iter::successors(Some(*word), |word| Some(word & word.wrapping_sub(1)));
            rest.take_while(|word| *word != 0)
                .map(move |word| at * 64 + word.trailing_zeros() as usize)
        })
    }
}
