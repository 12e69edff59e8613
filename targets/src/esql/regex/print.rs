//! A language in Lucene's notation.
//!
//! Outside of sets everything that is no letter, digit or blank of a text is escaped if any version of Lucene reads it as an operator; inside of
//! sets only what has a meaning there. `^` and `$` are characters to Lucene, and escaped all the same: people take them for borders.

use crate::esql::regex::language::{Language, any};
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};
use std::fmt::Write as _;

/// How tightly a part is bound by what stands around it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Union,
    Both,
    Concat,
    Repeat,
}

/// The expression.
pub(crate) fn print(language: &Language) -> String {
    Printer { spelled: false }.print(language)
}

/// The expression with every letter of a set on its own. Elasticsearch runs `TO_LOWER(f) RLIKE "..."` as an expression over `f` that ignores case, and Lucene's way of
/// ignoring it knows letters, but not ranges of them.
pub(crate) fn spelled(language: &Language) -> String {
    Printer { spelled: true }.print(language)
}

/// How sets are printed.
#[derive(Clone, Copy)]
struct Printer {
    /// Whether letters stand on their own.
    spelled: bool,
}

/// The expression as Java's regular expressions have it, as far as both languages go: they lack `&`, `~` and `<1-5>`, and `.` stops at line ends.
/// What only Lucene needs escaped stays so: before anything but a letter or digit, a backslash says in Java that the character is meant.
pub(crate) fn java(language: &Language) -> Option<String> {
    let common = match language {
        Language::Empty => true,
        Language::Set(set) => !set.ranges().is_empty() && *set != any(),
        Language::Concat(parts) | Language::Union(parts) => {
            return parts
                .iter()
                .all(|part| java(part).is_some())
                .then(|| print(language));
        }
        Language::Repeat { inner, .. } => java(inner).is_some(),
        Language::Both(_) | Language::Except(_) | Language::Number { .. } => false,
    };
    common.then(|| print(language))
}

impl Printer {
    fn print(self, language: &Language) -> String {
        let mut text = String::new();
        self.write(language, Binding::Union, &mut text);
        text
    }

    fn write(self, language: &Language, around: Binding, into: &mut String) {
        match language {
            // An expression of nothing at all is the empty text; inside another one it needs its brackets.
            Language::Empty if around == Binding::Union && into.is_empty() => {}
            Language::Empty => into.push_str("()"),
            Language::Set(set) => self.write_set(set, into),
            Language::Concat(parts) => bracketed(around > Binding::Concat, into, |into| {
                for part in parts {
                    self.write(part, Binding::Concat, into);
                }
            }),
            Language::Union(parts) => bracketed(around > Binding::Union, into, |into| {
                self.joined(parts, '|', Binding::Both, into);
            }),
            Language::Both(parts) => bracketed(around > Binding::Both, into, |into| {
                self.joined(parts, '&', Binding::Concat, into);
            }),
            Language::Repeat { inner, min, max } => {
                bracketed(around > Binding::Concat, into, |into| {
                    self.write(inner, Binding::Repeat, into);
                    write_count(*min, *max, into);
                })
            }
            Language::Except(inner) => bracketed(around > Binding::Concat, into, |into| {
                into.push_str("~(");
                let mut text = String::new();
                self.write(inner, Binding::Union, &mut text);
                into.push_str(&text);
                into.push(')');
            }),
            Language::Number { low, high, digits } => {
                let width = digits.unwrap_or_default();
                append(into, format_args!("<{low:0width$}-{high:0width$}>"));
            }
        }
    }

    fn joined(self, parts: &[Language], sign: char, binding: Binding, into: &mut String) {
        for (at, part) in parts.iter().enumerate() {
            if at > 0 && verdict_faults::at("esql/print/later-branches-dropped") {
                break;
            }
            if at > 0 {
                into.push(sign);
            }
            self.write(part, binding, into);
        }
    }

    fn write_set(self, set: &ClassUnicode, into: &mut String) {
        let mut others = set.clone();
        others.negate();
        match (set.ranges(), others.ranges()) {
            ([], _) => into.push('#'),
            (_, []) if verdict_faults::at("esql/print/any-as-a-dot") => into.push_str("\\."),
            (_, []) => into.push('.'),
            ([one], _) if one.start() == one.end() => write_char(one.start(), into),
            (ranges, others) => {
                into.push('[');
                let (negated, ranges) = if others.len() < ranges.len() {
                    (true, others)
                } else {
                    (false, ranges)
                };
                if negated && !verdict_faults::at("esql/print/set-negation-lost") {
                    into.push('^');
                }
                // As people write them: digits, letters, the rest.
                let mut ranges: Vec<&ClassUnicodeRange> = ranges.iter().collect();
                ranges.sort_by_key(|range| match range.start() {
                    '0'..='9' => 0,
                    'A'..='Z' => 1,
                    'a'..='z' => 2,
                    _ => 3,
                });
                for range in ranges {
                    self.write_range(*range, into);
                }
                into.push(']');
            }
        }
    }

    fn write_range(self, range: ClassUnicodeRange, into: &mut String) {
        let (low, high) = (range.start(), range.end());
        write_member(low, into);
        let length = u32::from(high) - u32::from(low);
        let letters = low.is_ascii_lowercase() && high.is_ascii_lowercase();
        if self.spelled && letters {
            let left_out = usize::from(verdict_faults::at("esql/print/last-letter-left-out"));
            let letters: Vec<char> = (low..=high).skip(1).collect();
            into.extend(letters.iter().take(letters.len().saturating_sub(left_out)));
            return;
        }
        if length > 1 && !verdict_faults::at("esql/print/range-as-its-ends") {
            into.push('-');
        }
        if length > 0 {
            write_member(high, into);
        }
    }
}

fn bracketed(needed: bool, into: &mut String, inside: impl FnOnce(&mut String)) {
    let needed = needed && !verdict_faults::at("esql/print/brackets-lost");
    if needed {
        into.push('(');
    }
    inside(into);
    if needed {
        into.push(')');
    }
}

fn append(into: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = into.write_fmt(text);
}

fn write_count(min: u32, max: Option<u32>, into: &mut String) {
    let max = max.map(|max| max + u32::from(verdict_faults::at("esql/print/most-count-one-more")));
    match (min, max) {
        (1, None) if verdict_faults::at("esql/print/plus-as-star") => into.push('*'),
        (0, None) => into.push('*'),
        (1, None) => into.push('+'),
        (0, Some(1)) => into.push('?'),
        (min, None) if verdict_faults::at("esql/print/at-least-as-exactly") => {
            append(into, format_args!("{{{min}}}"));
        }
        (min, None) => append(into, format_args!("{{{min},}}")),
        (min, Some(max)) if min == max => append(into, format_args!("{{{min}}}")),
        (min, Some(max)) => append(into, format_args!("{{{min},{max}}}")),
    }
}

fn write_char(c: char, into: &mut String) {
    let as_is = match c {
        '"' => verdict_faults::at("esql/print/quote-not-escaped"),
        '\\' => verdict_faults::at("esql/print/backslash-not-escaped"),
        '#' | '@' | '&' | '<' | '>' | '~' => {
            verdict_faults::at("esql/print/lucene-operator-not-escaped")
        }
        _ => verdict_faults::at("esql/print/meta-not-escaped"),
    };
    if as_is {
        into.push(c);
        return;
    }
    if matches!(
        c,
        '.' | '?'
            | '+'
            | '*'
            | '|'
            | '{'
            | '}'
            | '['
            | ']'
            | '('
            | ')'
            | '"'
            | '\\'
            | '#'
            | '@'
            | '&'
            | '<'
            | '>'
            | '~'
            | '^'
            | '$'
    ) {
        into.push('\\');
    }
    into.push(c);
}

fn write_member(c: char, into: &mut String) {
    let special = matches!(c, '\\' | '[' | ']' | '^' | '-' | '"');
    if special && !verdict_faults::at("esql/print/member-not-escaped") {
        into.push('\\');
    }
    into.push(c);
}
