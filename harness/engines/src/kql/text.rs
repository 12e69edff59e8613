//! Searching texts: terms, substrings and ASCII letter case.
//!
//! Kusto docs: datatypes-string-operators ("What is a term?") and in-operator-comparison (ignoring case is "currently
//! supported only for ASCII-text").

use super::ast::{TextKind, TextOperator};
use std::cmp::Ordering;

/// A text operator with its right side, lowered once if case is ignored.
#[derive(Clone, Debug)]
pub(super) struct Find {
    operator: TextOperator,
    needle: Box<str>,
}

impl Find {
    pub(super) fn new(operator: TextOperator, needle: &str) -> Self {
        Self {
            operator,
            needle: needle.into(),
        }
    }

    pub(super) fn test(&self, text: &str) -> bool {
        test(self.operator, text, &self.needle)
    }
}

/// Whether `text operator needle` holds.
pub(super) fn test(operator: TextOperator, text: &str, needle: &str) -> bool {
    let fold = operator.ignore_case || verdict_faults::at("kql/engine/cs-operators-ignore-case");
    if fold && verdict_faults::at("kql/engine/operators-fold-unicode") {
        let exact = TextOperator {
            ignore_case: false,
            ..operator
        };
        return test(exact, &text.to_lowercase(), &needle.to_lowercase());
    }
    let found = match operator.kind {
        TextKind::Has if verdict_faults::at("kql/engine/has-is-contains") => {
            find(text, needle, fold, 0).is_some()
        }
        TextKind::Contains
            if needle.is_empty() && verdict_faults::at("kql/engine/empty-text-is-in-nothing") =>
        {
            false
        }
        TextKind::Equal => same(text.as_bytes(), needle.as_bytes(), fold),
        TextKind::Contains => find(text, needle, fold, 0).is_some(),
        TextKind::StartsWith => {
            let start = text.as_bytes().get(..needle.len());
            start.is_some_and(|start| same(start, needle.as_bytes(), fold))
        }
        TextKind::EndsWith => {
            let from = text.len().checked_sub(needle.len());
            let end = from.and_then(|from| text.as_bytes().get(from..));
            end.is_some_and(|end| same(end, needle.as_bytes(), fold))
        }
        TextKind::Has => has(text, needle, fold, Border::BOTH),
        TextKind::HasPrefix => has(text, needle, fold, Border::START),
        TextKind::HasSuffix => has(text, needle, fold, Border::END),
    };
    found != operator.negated
}

fn same(left: &[u8], right: &[u8], fold: bool) -> bool {
    if fold {
        left.eq_ignore_ascii_case(right)
    } else {
        left == right
    }
}

/// The first place of the needle at or after the byte `from`.
fn find(text: &str, needle: &str, fold: bool, from: usize) -> Option<usize> {
    if !fold {
        return text.get(from..)?.find(needle).map(|at| at + from);
    }
    let rest = text.as_bytes().get(from..)?;
    let Some(first) = needle.bytes().next() else {
        return Some(from);
    };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let needle = needle.as_bytes();
    rest.windows(needle.len())
        .position(|window| {
            window
                .first()
                .is_some_and(|byte| *byte == lower || *byte == upper)
                && window.eq_ignore_ascii_case(needle)
        })
        .map(|at| at + from)
}

/// Which ends of the needle must be ends of a term.
#[derive(Clone, Copy)]
struct Border {
    start: bool,
    end: bool,
}

impl Border {
    const BOTH: Self = Self {
        start: true,
        end: true,
    };
    const START: Self = Self {
        start: true,
        end: false,
    };
    const END: Self = Self {
        start: false,
        end: true,
    };
}

/// Whether the needle stands in the text with no alphanumeric character running across a border of it. A needle of
/// several terms, or one that starts or ends with another character, is looked for as it is (assumed; it is what the
/// common `has ".exe"` needs).
fn has(text: &str, needle: &str, fold: bool, border: Border) -> bool {
    let starts_in_term = needle.chars().next().is_some_and(char::is_alphanumeric);
    let ends_in_term = needle
        .chars()
        .next_back()
        .is_some_and(char::is_alphanumeric);
    let mut from = 0;
    while let Some(at) = find(text, needle, fold, from) {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text
            .get(at + needle.len()..)
            .and_then(|tail| tail.chars().next());
        let split = |neighbour: Option<char>| {
            if neighbour == Some('_') && verdict_faults::at("kql/engine/underscore-joins-terms") {
                return false;
            }
            !neighbour.is_some_and(char::is_alphanumeric)
        };
        if (!border.start || !starts_in_term || split(before))
            && (!border.end || !ends_in_term || split(after))
        {
            return true;
        }
        let Some(step) = text.get(at..).and_then(|tail| tail.chars().next()) else {
            return false;
        };
        from = at + step.len_utf8();
    }
    false
}

/// The constant list of `in` or `in~` over strings, sorted for lookup.
#[derive(Clone, Debug)]
pub(super) struct TextSet {
    sorted: Box<[Box<str>]>,
    fold: bool,
}

impl TextSet {
    pub(super) fn new(mut items: Vec<Box<str>>, fold: bool) -> Self {
        items.sort_by(|left, right| compare(left, right, fold));
        items.dedup_by(|left, right| compare(left, right, fold) == Ordering::Equal);
        Self {
            sorted: items.into(),
            fold,
        }
    }

    pub(super) fn holds(&self, text: &str) -> bool {
        self.sorted
            .binary_search_by(|item| compare(item, text, self.fold))
            .is_ok()
    }
}

/// Length first: most probes then end without a look at the letters.
fn compare(left: &str, right: &str, fold: bool) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| {
        if !fold {
            return left.cmp(right);
        }
        left.bytes()
            .map(|byte| byte.to_ascii_lowercase())
            .cmp(right.bytes().map(|byte| byte.to_ascii_lowercase()))
    })
}
