//! Regular expressions. Kusto docs: regex (Rust's syntax since July 2024), matches-regex-operator.

use super::convert::to_text;
use super::node::Node;
use super::row::Row;
use super::value::Val;
use regex::{Captures, Regex};
use std::borrow::Cow;

/// Capture groups that a pattern may have. Kusto docs: regex, matches-regex-operator.
const GROUPS: usize = 16;

/// The pattern, or why it is refused.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    let regex = Regex::new(&taken(pattern)).map_err(|error| {
        let text = error.to_string();
        let last = text.lines().last().unwrap_or("").trim();
        format!(
            "invalid regular expression: {}",
            last.trim_start_matches("error: ")
        )
    })?;
    let groups = regex.captures_len().saturating_sub(1);
    if groups > GROUPS {
        return Err(format!(
            "the regular expression has {groups} capture groups and may have {GROUPS}"
        ));
    }
    Ok(regex)
}

/// The pattern, or what a test takes it for.
fn taken(pattern: &str) -> Cow<'_, str> {
    if verdict_faults::at("kql/engine/regex-covers-the-text") {
        return Cow::Owned(format!("^(?:{pattern})$"));
    }
    if verdict_faults::at("kql/engine/regex-ignores-case") {
        return Cow::Owned(format!("(?i:{pattern})"));
    }
    if verdict_faults::at("kql/engine/dot-takes-a-line-end") {
        return Cow::Owned(format!("(?s:{pattern})"));
    }
    Cow::Borrowed(pattern)
}

/// A function over a pattern that is known when the query is bound.
#[derive(Clone, Debug)]
pub(super) struct PatternCall {
    pub(super) kind: PatternKind,
    pub(super) regex: Regex,
}

/// Which function.
#[derive(Clone, Debug)]
pub(super) enum PatternKind {
    /// `extract(regex, group, text)`; the arguments left are group and text.
    Extract,
    /// `replace_regex(text, regex, rewrite)`; the arguments left are text and rewrite.
    Replace,
    /// `trim(regex, text)` and its kin; the argument left is the text. The patterns are anchored.
    Trim { start: bool, end: Option<Regex> },
    /// `countof(text, regex, "regex")`; the argument left is the text.
    Count,
}

impl PatternCall {
    pub(super) fn run<'r>(&'r self, arguments: &'r [Node], row: &'r Row<'_>) -> Val<'r> {
        let mut values = arguments.iter().map(|argument| argument.eval(row));
        let first = values.next().unwrap_or(Val::Null);
        let second = values.next().unwrap_or(Val::Null);
        match &self.kind {
            PatternKind::Extract => self.extract(&first, &second),
            PatternKind::Replace => self.replace(&first, &second),
            PatternKind::Trim { start, end } => {
                let text = to_text(&first);
                let mut rest: &str = &text;
                // Assumed: one match at either end, the longest the pattern takes.
                if *start && let Some(found) = self.regex.find(rest) {
                    rest = rest.get(found.end()..).unwrap_or("");
                }
                if let Some(found) = end.as_ref().and_then(|end| end.find(rest)) {
                    rest = rest.get(..found.start()).unwrap_or("");
                }
                Val::text(rest.to_owned())
            }
            PatternKind::Count => {
                let count = self.regex.find_iter(&to_text(&first)).count();
                Val::option(i64::try_from(count).ok(), Val::Long)
            }
        }
    }

    /// The group of the first match; the empty string if there is none. Kusto docs: `extract()`.
    fn extract(&self, group: &Val<'_>, text: &Val<'_>) -> Val<'static> {
        let group = match group {
            Val::Long(group) => usize::try_from(*group).ok(),
            _ => None,
        };
        let text = to_text(text);
        let found = group
            .zip(self.regex.captures(&text))
            .and_then(|(group, found)| found.get(group));
        Val::text(found.map_or_else(String::new, |found| found.as_str().to_owned()))
    }

    fn replace(&self, text: &Val<'_>, rewrite: &Val<'_>) -> Val<'static> {
        let rewrite = to_text(rewrite);
        let text = to_text(text);
        let replaced = self
            .regex
            .replace_all(&text, |found: &Captures<'_>| expand(&rewrite, found));
        Val::text(super::functions::limited(replaced.into_owned()))
    }
}

/// `\0` is the whole match, `\1` to `\9` are its groups. Kusto docs: `replace_regex()`.
fn expand(rewrite: &str, found: &Captures<'_>) -> String {
    let mut out = String::new();
    let mut letters = rewrite.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some(digit @ '0'..='9') => {
                let group = digit
                    .to_digit(10)
                    .and_then(|group| usize::try_from(group).ok());
                let part = group.and_then(|group| found.get(group));
                out.push_str(part.map_or("", |part| part.as_str()));
            }
            Some(other) => out.push(other),
            None => out.push('\\'),
        }
    }
    out
}
