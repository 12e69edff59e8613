//! The investigation guide: Markdown with a block for each pivot that an analyst runs from it.
//!
//! `!{investigate NAME}` stands where the pivot goes; its content is under `investigate:`. Each named pivot must exist and each one that exists must be
//! used: a guide that asks for a missing query fails in the middle of an incident.

use crate::codes::rule as codes;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::rule::node::Node;
use crate::rule::pivot::Pivot;
use crate::rule::reader::{Reader, shorten};
use crate::span::{Span, Text};
use std::collections::BTreeSet;

const OPENING: &str = "!{investigate";
/// The longest name of a pivot, in characters, with the blanks around it.
const LONGEST: usize = 200;
/// So many pivots are searched for the name that was meant.
const MANY: usize = 100;

/// A part of a guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'g> {
    /// Markdown.
    Markdown(&'g str),
    /// The place of a pivot.
    Pivot {
        /// Its name.
        name: &'g str,
        /// Where the name stands in the guide's text.
        start: usize,
    },
    /// A block that is not closed or names nothing.
    Malformed {
        /// Where it begins in the guide's text.
        start: usize,
    },
}

/// The parts of a guide, in order.
///
/// A block in Elastic's own rendered form, `!{investigate{...}}`, is left as Markdown.
pub fn pieces(guide: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let (mut done, mut from) = (0, 0);
    while let Some(at) = find(guide, OPENING, from) {
        let inside = at + OPENING.len();
        let rest = guide.get(inside..).unwrap_or_default();
        from = inside;
        if rest.starts_with('{') {
            continue;
        }
        let near = rest
            .char_indices()
            .nth(LONGEST)
            .map_or(rest.len(), |(at, _)| at);
        let line = rest
            .get(..near)
            .unwrap_or_default()
            .lines()
            .next()
            .unwrap_or_default();
        let name = line
            .split_once('}')
            .map(|(name, _)| name)
            .filter(|name| name.starts_with([' ', '\t']) && !name.trim().is_empty());
        push_markdown(&mut found, guide, done, at);
        if let Some(name) = name {
            let start = inside + (name.len() - name.trim_start().len());
            found.push(Piece::Pivot {
                name: name.trim(),
                start,
            });
            done = inside + name.len() + 1;
        } else {
            found.push(Piece::Malformed { start: at });
            done = inside;
        }
        from = done;
    }
    push_markdown(&mut found, guide, done, guide.len());
    found
}

fn push_markdown<'g>(found: &mut Vec<Piece<'g>>, guide: &'g str, start: usize, end: usize) {
    let text = guide.get(start..end).unwrap_or_default();
    if !text.is_empty() {
        found.push(Piece::Markdown(text));
    }
}

fn find(text: &str, wanted: &str, from: usize) -> Option<usize> {
    text.get(from..)?.find(wanted).map(|at| from + at)
}

/// Checks that guide and pivots fit, both ways.
pub(crate) fn check(reader: &mut Reader, guide: Option<&Text>, pivots: &[Pivot]) {
    let names: BTreeSet<&str> = pivots
        .iter()
        .map(|pivot| pivot.name.value.as_str())
        .collect();
    let mut used = BTreeSet::new();
    for piece in guide.map_or_else(Vec::new, |guide| pieces(&guide.text)) {
        let at = |start: usize, length: usize| {
            guide.map_or_else(Span::default, |guide| guide.locate(start, start + length))
        };
        match piece {
            Piece::Markdown(_) => {}
            Piece::Malformed { start } => reader.push(
                Diagnostic::error(
                    codes::MALFORMED_BLOCK,
                    at(start, OPENING.len()),
                    "the guide holds a block that names no pivot",
                    "not closed on its line, or empty",
                )
                .hint("write `!{investigate NAME}`"),
            ),
            Piece::Pivot { name, start } => {
                used.insert(name);
                if !names.contains(name) {
                    unknown(reader, name, at(start, name.len()), pivots);
                }
            }
        }
    }
    let unused: Vec<&Pivot> = pivots
        .iter()
        .filter(|pivot| !used.contains(pivot.name.value.as_str()))
        .collect();
    for pivot in unused {
        reader.push(
            Diagnostic::error(
                codes::UNUSED_PIVOT,
                pivot.name.span,
                format!(
                    "the guide never uses the pivot `{}`",
                    shorten(&pivot.name.value)
                ),
                "defined here",
            )
            .hint("name it in the guide, or take it out"),
        );
    }
}

fn unknown(reader: &mut Reader, name: &str, span: Span, pivots: &[Pivot]) {
    let error = Diagnostic::error(
        codes::UNKNOWN_PIVOT,
        span,
        format!(
            "the guide asks for the pivot `{}`, which is not defined",
            shorten(name)
        ),
        "no such key under `investigate`",
    );
    let names = pivots
        .iter()
        .take(MANY)
        .map(|pivot| pivot.name.value.as_str());
    reader.push(match did_you_mean(name, names) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error,
    });
}

/// Checks an Elastic note leniently: each `$KIND_N` has an entry in the transform table, and each entry is used.
pub(crate) fn check_transform(
    reader: &mut Reader,
    note: Option<&Text>,
    kind: &str,
    entries: &[Node],
) {
    let prefix = format!("${kind}_");
    let mut used = BTreeSet::new();
    let text = note.map(|note| note.text.as_str()).unwrap_or_default();
    let mut from = 0;
    while let Some(at) = find(text, &prefix, from) {
        from = at + prefix.len();
        let rest = text.get(from..).unwrap_or_default();
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let Ok(index) = digits.parse::<usize>() else {
            continue;
        };
        used.insert(index);
        if index >= entries.len() {
            let span = note.map_or_else(Span::default, |note| note.locate(at, from + digits.len()));
            reader.push(Diagnostic::warning(
                codes::UNKNOWN_PIVOT,
                span,
                format!("the guide asks for `{prefix}{digits}`, which is not defined"),
                format!("`[[transform.{kind}]]` has {} entries", entries.len()),
            ));
        }
    }
    for (index, entry) in entries.iter().enumerate() {
        if !used.contains(&index) {
            reader.push(Diagnostic::warning(
                codes::UNUSED_PIVOT,
                entry.span,
                format!("the guide never uses `{prefix}{index}`"),
                "defined here",
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, pieces};

    #[test]
    fn a_guide_is_cut_at_its_blocks() {
        let guide = "a !{investigate one-two} b\n!{investigate{\"label\":1}}\n!{investigate }\n!{investigate x";
        assert_eq!(
            pieces(guide),
            [
                Piece::Markdown("a "),
                Piece::Pivot {
                    name: "one-two",
                    start: 16
                },
                Piece::Markdown(" b\n!{investigate{\"label\":1}}\n"),
                Piece::Malformed { start: 53 },
                Piece::Markdown(" }\n"),
                Piece::Malformed { start: 69 },
                Piece::Markdown(" x"),
            ]
        );
    }
}
