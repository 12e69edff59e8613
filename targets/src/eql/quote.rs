//! Literals and names. Whatever a rule holds, it cannot leave its literal.

use crate::header::is_hidden;
use std::fmt::Write as _;

/// A text as a string literal.
pub(crate) fn text(value: &str) -> String {
    let mut literal = String::from("\"");
    for c in value.chars() {
        match c {
            '"' if verdict_faults::at("eql/quote/quote-not-escaped") => literal.push(c),
            '\\' if verdict_faults::at("eql/quote/backslash-not-escaped") => literal.push(c),
            '\\' if verdict_faults::at("eql/quote/backslash-escaped-twice") => {
                literal.push_str(r"\\\\");
            }
            '\n' if verdict_faults::at("eql/quote/newline-as-space") => literal.push(' '),
            '\r' if verdict_faults::at("eql/quote/return-as-newline") => literal.push_str("\\n"),
            '\t' if verdict_faults::at("eql/quote/tab-as-space") => literal.push(' '),
            '"' | '\\' => {
                literal.push('\\');
                literal.push(c);
            }
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if is_unseen(c) && verdict_faults::at("eql/quote/hidden-in-decimal") => {
                let _ = write!(literal, "\\u{{{:04}}}", u32::from(c));
            }
            c if is_unseen(c) => {
                // Writing to a string does not fail.
                let _ = write!(literal, "\\u{{{:04x}}}", u32::from(c));
            }
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// Whether a character does not show itself. The last one ends ranges of expressions.
fn is_unseen(c: char) -> bool {
    is_hidden(c) || c == char::MAX
}

/// A regular expression as a literal: raw, so that its backslashes stand as they are, where a raw string can hold it.
pub(crate) fn expression(value: &str) -> String {
    let held = verdict_faults::at("eql/quote/raw-around-anything")
        || !value.contains("\"\"\"")
            && !value.starts_with('"')
            && !value.ends_with('"')
            && !value.chars().any(is_unseen);
    if held && value.contains(['\\', '"']) {
        if verdict_faults::at("eql/quote/expression-as-plain-literal") {
            return format!("\"{value}\"");
        }
        return format!("\"\"\"{value}\"\"\"");
    }
    text(value)
}

/// A field's name, in backticks where it needs them; None if EQL cannot write it.
pub(crate) fn name(name: &str) -> Option<String> {
    if name.is_empty() || name.chars().any(is_hidden) {
        return None;
    }
    let parts: Vec<&str> = name.split('.').collect();
    if parts.iter().any(|part| part.is_empty()) {
        return Some(quoted(name));
    }
    let parts = parts.into_iter().map(|part| {
        if is_plain(part) {
            part.to_owned()
        } else {
            quoted(part)
        }
    });
    Some(parts.collect::<Vec<_>>().join("."))
}

/// An event category: bare where it is a word of its own, else a string.
pub(crate) fn category(name: &str) -> String {
    if is_plain(name) {
        name.to_owned()
    } else {
        text(name)
    }
}

fn quoted(name: &str) -> String {
    if verdict_faults::at("eql/quote/name-without-backticks") {
        return name.to_owned();
    }
    format!("`{}`", name.replace('`', "``"))
}

fn is_plain(part: &str) -> bool {
    let starts = part.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '@'));
    let plain = part
        .chars()
        .skip(1)
        .all(|c| c.is_ascii_alphanumeric() || c == '_');
    let word = WORDS.contains(&part) && !verdict_faults::at("eql/quote/word-without-backticks");
    starts && plain && !word
}

/// The words of the grammar.
const WORDS: &[&str] = &[
    "and", "any", "by", "false", "head", "in", "join", "like", "maxspan", "not", "null", "of",
    "or", "regex", "runs", "sample", "sequence", "tail", "true", "until", "where", "with",
];
