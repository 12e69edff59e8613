//! Several tests of one value of which one must hold: equalities become sets, substrings one automaton.
//!
//! `any value satisfies a, or any value satisfies b` is `any value satisfies a or b`, so alternatives on one field may be tested value by value.

use crate::native::amount::NumberKey;
use crate::native::check::Check;
use crate::native::text::{Form, TextCheck};
use crate::native::view::{Kind, View};
use aho_corasick::AhoCorasick;
use std::collections::HashSet;
use verdict_compiler::ir::Case;

/// Fewer substrings than this are found faster one by one.
const AUTOMATON_FROM: usize = 4;
/// Up to this many texts are compared faster than hashed.
const LINEAR_TO: usize = 8;

/// Tests of which one must hold.
#[derive(Debug, Default)]
pub(super) struct Alternatives {
    exact: TextSet,
    folded: TextSet,
    numbers: HashSet<NumberKey>,
    substrings: Vec<(Case, AhoCorasick)>,
    /// What is left, cheap ones first.
    others: Vec<Check>,
}

impl Alternatives {
    /// Groups checks.
    pub(super) fn new(checks: Vec<Check>) -> Self {
        let mut grouped = Self::default();
        let (mut exact, mut folded) = (Vec::new(), Vec::new());
        let (mut within, mut within_folded) = (Vec::new(), Vec::new());
        for check in checks {
            match check {
                Check::Text(TextCheck {
                    case,
                    form: Form::Equals(text),
                }) => match case {
                    Case::Exact => exact.push(text.text),
                    Case::Fold => folded.push(text.text),
                },
                Check::Text(TextCheck {
                    case: Case::Exact,
                    form: Form::Contains(_),
                }) => within.push(check),
                Check::Text(TextCheck {
                    case: Case::Fold,
                    form: Form::Contains(_),
                }) => within_folded.push(check),
                Check::Numeral(text, _) => {
                    grouped.numbers.extend(NumberKey::parse(&text));
                    exact.push(text);
                }
                other => grouped.others.push(other),
            }
        }
        grouped.exact = TextSet::new(exact);
        grouped.folded = TextSet::new(folded);
        grouped.substrings(Case::Exact, within);
        grouped.substrings(Case::Fold, within_folded);
        grouped.others.sort_by_key(Check::cost);
        grouped
    }

    fn substrings(&mut self, case: Case, checks: Vec<Check>) {
        if checks.len() >= AUTOMATON_FROM {
            let needles = checks.iter().filter_map(needle);
            let mut builder = AhoCorasick::builder();
            builder.ascii_case_insensitive(case == Case::Fold);
            if let Ok(automaton) = builder.build(needles) {
                self.substrings.push((case, automaton));
                return;
            }
        }
        self.others.extend(checks);
    }

    pub(super) fn accept(&self, view: &View<'_>) -> bool {
        self.exact.contains(view.text())
            || (!self.folded.is_empty() && self.folded.contains(view.folded()))
            || self.has_number(view)
            || self
                .substrings
                .iter()
                .any(|(case, automaton)| automaton.is_match(text_for(*case, view)))
            || self.others.iter().any(|check| check.accepts(view))
    }

    fn has_number(&self, view: &View<'_>) -> bool {
        !self.numbers.is_empty()
            && view.kind() == Kind::Number
            && NumberKey::parse(view.text()).is_some_and(|key| self.numbers.contains(&key))
    }

    pub(super) fn cost(&self) -> u32 {
        let substrings = if self.substrings.is_empty() { 0 } else { 20 };
        let others: u32 = self.others.iter().map(Check::cost).sum();
        4 + substrings + others
    }
}

/// The text that an automaton of a case searches.
fn text_for<'v>(case: Case, view: &'v View<'_>) -> &'v str {
    match case {
        Case::Exact => view.text(),
        Case::Fold => view.caseless(),
    }
}

fn needle(check: &Check) -> Option<&[u8]> {
    match check {
        Check::Text(TextCheck {
            form: Form::Contains(finder),
            ..
        }) => Some(finder.needle()),
        _ => None,
    }
}

/// A set of texts.
#[derive(Debug)]
enum TextSet {
    Few(Vec<Box<str>>),
    Many(HashSet<Box<str>>),
}

impl Default for TextSet {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl TextSet {
    fn new(texts: Vec<Box<str>>) -> Self {
        if texts.len() <= LINEAR_TO {
            Self::Few(texts)
        } else {
            Self::Many(texts.into_iter().collect())
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self, Self::Few(texts) if texts.is_empty())
    }

    fn contains(&self, text: &str) -> bool {
        match self {
            Self::Few(texts) => texts.iter().any(|have| &**have == text),
            Self::Many(texts) => texts.contains(text),
        }
    }
}
