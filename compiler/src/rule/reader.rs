//! Typed reading of [`Node`]s: what a value must be, and what is said when it is not.
//!
//! All forms of a rule are trees of nodes first, so they share these. A wrong value is reported and left out; reading goes on, so
//! that all mistakes of a file are told at once.

use crate::codes::rule as codes;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::rule::located::Located;
use crate::rule::metadata::Duration;
use crate::rule::node::{Entry, Node, NodeKind, Resolved};
use crate::span::{Span, Text};

const UUID_FORM: &str = "32 hexadecimal digits in groups of 8-4-4-4-12";

/// A list of keys that is still read as a hint.
const FEW: usize = 10;

/// Reads values and collects what is wrong with them.
#[derive(Debug, Default)]
pub struct Reader {
    /// What was found so far.
    pub found: Vec<Diagnostic>,
    errors: usize,
    others: usize,
}

/// So many errors, and so many other findings, are told of one file: a hostile one could hold millions.
pub(crate) const MOST: usize = 1_000;

impl Reader {
    /// Takes a finding, unless there are far too many of its kind already. Errors are counted apart, so that none is lost behind warnings.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let count = if diagnostic.is_error() {
            &mut self.errors
        } else {
            &mut self.others
        };
        if *count < MOST {
            *count += 1;
            self.found.push(diagnostic);
        }
    }

    /// The known name that was probably meant.
    pub fn near<'k>(&self, wanted: &str, known: &[&'k str]) -> Option<&'k str> {
        if self.found.len() >= MOST {
            return None;
        }
        did_you_mean(wanted, known.iter().copied())
    }

    /// Says that a value should have been something else.
    pub fn wrong_type(&mut self, node: &Node, what: &str, wanted: &str) {
        let is = match &node.kind {
            NodeKind::Map(_) => "a mapping".to_owned(),
            NodeKind::List(_) => "a list".to_owned(),
            NodeKind::Scalar(_) if node.is_null() => "nothing".to_owned(),
            NodeKind::Scalar(scalar) => format!("`{}`", shorten(&scalar.text.text)),
        };
        self.push(Diagnostic::error(
            codes::WRONG_TYPE,
            node.span,
            format!("{what} must be {wanted}"),
            format!("this is {is}"),
        ));
    }

    /// The entries of a mapping.
    pub fn map<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Entry]> {
        let entries = node.as_map();
        if entries.is_none() {
            self.wrong_type(node, what, "a mapping");
        }
        entries
    }

    /// The entries of a mapping whose keys are all known; the others are reported.
    pub fn known_map<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        known: &[&str],
    ) -> Option<&'n [Entry]> {
        let entries = self.map(node, what)?;
        for entry in entries {
            if !known.contains(&entry.key.as_str()) {
                self.unknown_key(entry, what, known);
            }
        }
        Some(entries)
    }

    /// Reports a key that is not known.
    pub fn unknown_key(&mut self, entry: &Entry, what: &str, known: &[&str]) {
        let error = Diagnostic::error(
            codes::UNKNOWN_KEY,
            entry.key_span,
            format!("unknown key `{}`", entry.key),
            format!("{what} has no such key"),
        );
        let near = self.near(&entry.key, known);
        self.push(match near {
            Some(name) => error.hint(format!("did you mean `{name}`?")),
            None if known.len() <= FEW => {
                error.hint(format!("keys of {what}: {}", known.join(", ")))
            }
            None => error,
        });
    }

    /// Reports a required key that is missing; `at` is what should hold it.
    pub fn missing(&mut self, at: Span, what: &str, key: &str) {
        let start = Span::new(at.start, at.start);
        self.push(Diagnostic::error(
            codes::MISSING_KEY,
            start,
            format!("{what} needs the key `{key}`"),
            format!("no `{key}` here"),
        ));
    }

    /// A scalar's text, whatever it would resolve to: `name: yes` is the text `yes`. Null is refused.
    pub fn text(&mut self, node: &Node, what: &str) -> Option<Located<String>> {
        self.block(node, what).map(|text| {
            let span = text.span;
            Located::new(text.text, span)
        })
    }

    /// Like [`Reader::text`], with the way back to the file for every byte.
    pub fn block(&mut self, node: &Node, what: &str) -> Option<Text> {
        match node.as_scalar() {
            Some(scalar) if !node.is_null() => Some(scalar.text.clone()),
            Some(_) | None => {
                self.wrong_type(node, what, "a text");
                None
            }
        }
    }

    /// A text with something in it beside blanks.
    pub fn filled(&mut self, node: &Node, what: &str) -> Option<Located<String>> {
        let text = self.text(node, what)?;
        if text.value.trim().is_empty() {
            self.push(Diagnostic::error(
                codes::EMPTY_TEXT,
                node.span,
                format!("{what} is empty"),
                "something must stand here",
            ));
            return None;
        }
        Some(text)
    }

    /// A list of texts; nothing is the empty list.
    pub fn texts(&mut self, node: &Node, what: &str) -> Vec<Located<String>> {
        if node.is_null() {
            return Vec::new();
        }
        let Some(items) = node.as_list() else {
            self.wrong_type(node, what, "a list");
            return Vec::new();
        };
        let each = format!("each item of {what}");
        items
            .iter()
            .filter_map(|item| self.text(item, &each))
            .collect()
    }

    /// A list of texts, or one text in its place, as Sigma and Elastic allow.
    pub fn one_or_more(&mut self, node: &Node, what: &str) -> Vec<Located<String>> {
        match node.as_scalar() {
            Some(_) if !node.is_null() => self.text(node, what).into_iter().collect(),
            Some(_) | None => self.texts(node, what),
        }
    }

    /// A whole number of at least `least`.
    pub fn whole(&mut self, node: &Node, what: &str, least: u64) -> Option<Located<u64>> {
        let value = node.as_scalar().and_then(|scalar| match scalar.resolve() {
            Resolved::Number(number) => u64::try_from(number.as_i64()?).ok(),
            Resolved::Null | Resolved::Bool(_) | Resolved::Text(_) => None,
        });
        match value {
            Some(value) if value >= least => Some(Located::new(value, node.span)),
            Some(_) | None => {
                self.wrong_type(node, what, &format!("a whole number of at least {least}"));
                None
            }
        }
    }

    /// A risk score.
    pub(crate) fn risk_score(&mut self, node: &Node) -> Option<Located<u8>> {
        let number = node.as_scalar().and_then(|scalar| match scalar.resolve() {
            Resolved::Number(number) => number.as_i64(),
            Resolved::Null | Resolved::Bool(_) | Resolved::Text(_) => None,
        });
        let Some(number) = number else {
            self.wrong_type(node, "`risk_score`", "a whole number from 0 to 100");
            return None;
        };
        match u8::try_from(number) {
            Ok(score) if score <= 100 => Some(Located::new(score, node.span)),
            Ok(_) | Err(_) => {
                self.push(Diagnostic::error(
                    codes::RISK_SCORE,
                    node.span,
                    format!("the risk score {number} is outside 0 to 100"),
                    "a score is a whole number from 0 to 100",
                ));
                None
            }
        }
    }

    /// One of some words.
    pub fn choice<T>(
        &mut self,
        node: &Node,
        what: &str,
        words: &[&str],
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<Located<T>> {
        let text = self.text(node, what)?;
        let value = parse(&text.value);
        if value.is_none() {
            let error = Diagnostic::error(
                codes::BAD_CHOICE,
                node.span,
                format!("{what} cannot be `{}`", shorten(&text.value)),
                format!("one of: {}", words.join(", ")),
            );
            let near = self.near(&text.value, words);
            self.push(match near {
                Some(word) => error.hint(format!("did you mean `{word}`?")),
                None => error,
            });
        }
        value.map(|value| Located::new(value, node.span))
    }

    /// A length of time.
    pub(crate) fn duration(&mut self, node: &Node, what: &str) -> Option<Located<Duration>> {
        let text = self.text(node, what)?;
        let duration = Duration::parse(&text.value);
        if duration.is_none() {
            self.push(
                Diagnostic::error(
                    codes::BAD_DURATION,
                    node.span,
                    format!("{what} must be a length of time"),
                    format!("`{}` is none", shorten(&text.value)),
                )
                .hint("write a whole number and one of s, m, h, d, w, such as `5m`"),
            );
        }
        duration.map(|value| Located::new(value, node.span))
    }

    /// A UUID, in lower case.
    pub fn uuid(&mut self, node: &Node, what: &str) -> Option<Located<String>> {
        let text = self.text(node, what)?;
        if is_uuid(&text.value) {
            return Some(text.map(|id| id.to_ascii_lowercase()));
        }
        let error = Diagnostic::error(
            codes::BAD_ID,
            node.span,
            format!("{what} must be a UUID"),
            format!("`{}` is none", shorten(&text.value)),
        );
        self.push(error.hint(UUID_FORM));
        None
    }

    /// An id of somebody else's: any text will do, though a UUID is expected.
    pub(crate) fn foreign_id(&mut self, node: &Node, what: &str) -> Option<Located<String>> {
        let text = self.filled(node, what)?;
        if is_uuid(&text.value) {
            return Some(text.map(|id| id.to_ascii_lowercase()));
        }
        let warning = Diagnostic::warning(
            codes::BAD_ID,
            node.span,
            format!("{what} should be a UUID"),
            format!("`{}` is none", shorten(&text.value)),
        );
        self.push(warning.hint(UUID_FORM));
        Some(text)
    }
}

/// The value under a key.
pub fn get<'n>(entries: &'n [Entry], key: &str) -> Option<&'n Node> {
    entries
        .iter()
        .find(|entry| entry.key == key)
        .map(|entry| &entry.value)
}

/// Whether a text has the form of a UUID, any version.
pub(crate) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths = [8, 4, 4, 4, 12];
    groups.len() == lengths.len()
        && groups.iter().zip(lengths).all(|(group, length)| {
            group.len() == length && group.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
}

/// A text for a message: its first line, at most 60 characters.
pub fn shorten(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let mut short: String = line.chars().take(60).collect();
    if short.len() < text.trim_end().len() {
        short.push_str("...");
    }
    short
}
