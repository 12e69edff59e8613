//! Sigma's strings with wildcards (S2): text to pieces, and back.

use crate::ir::Piece;

/// A part of a value in which placeholders are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Text or a wildcard.
    Piece(Piece),
    /// `%name%`, with its place in the value.
    Placeholder {
        name: String,
        start: usize,
        end: usize,
    },
}

/// The pieces of a value. A backslash makes the next `*`, `?` or `\` literal; before anything else it is itself.
pub fn parse(text: &str) -> Vec<Piece> {
    parts(text, false)
        .into_iter()
        .filter_map(|part| match part {
            Part::Piece(piece) => Some(piece),
            Part::Placeholder { .. } => None,
        })
        .collect()
}

/// A value whose pieces these are; [`parse`] reads it back.
pub fn print(pieces: &[Piece]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::AnyRun => text.push('*'),
            Piece::AnyChar => text.push('?'),
            Piece::Literal(literal) => {
                for c in literal.chars() {
                    if matches!(c, '*' | '?' | '\\') {
                        text.push('\\');
                    }
                    text.push(c);
                }
            }
        }
    }
    text
}

/// The parts of a value; with `placeholders`, `%name%` is one and `\%` a percent sign.
pub(super) fn parts(text: &str, placeholders: bool) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text.char_indices().peekable();
    let close = |literal: &mut String, next: Part, parts: &mut Vec<Part>| {
        if !literal.is_empty() {
            parts.push(Part::Piece(Piece::Literal(std::mem::take(literal))));
        }
        parts.push(next);
    };
    while let Some((at, c)) = rest.next() {
        match c {
            '\\' => {
                let escaped =
                    |next: char| matches!(next, '*' | '?' | '\\') || (placeholders && next == '%');
                let next = rest.next_if(|(_, next)| escaped(*next));
                literal.push(next.map_or('\\', |(_, next)| next));
            }
            '*' => close(&mut literal, Part::Piece(Piece::AnyRun), &mut parts),
            '?' => close(&mut literal, Part::Piece(Piece::AnyChar), &mut parts),
            '%' if placeholders => match name(text.get(at + 1..).unwrap_or_default()) {
                None => literal.push('%'),
                Some(name) => {
                    let end = at + name.len() + 2;
                    let name = name.to_owned();
                    close(
                        &mut literal,
                        Part::Placeholder {
                            name,
                            start: at,
                            end,
                        },
                        &mut parts,
                    );
                    while rest.next_if(|(at, _)| *at < end).is_some() {}
                }
            },
            other => literal.push(other),
        }
    }
    if !literal.is_empty() {
        parts.push(Part::Piece(Piece::Literal(literal)));
    }
    parts
}

/// The name of a placeholder, if a closing `%` follows it.
fn name(rest: &str) -> Option<&str> {
    let (name, _) = rest.split_once('%')?;
    let letters = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!name.is_empty() && name.chars().all(letters)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{Part, parse, parts, print};
    use crate::ir::{Case, Pattern, Piece};
    use proptest::prelude::*;

    #[test]
    fn backslashes() {
        for (text, literal) in [
            (r"a\b", r"a\b"),
            (r"a\\b", r"a\b"),
            (r"a\\\b", r"a\\b"),
            (r"a\\\\b", r"a\\b"),
            (r"\*\?", "*?"),
            (r"\\\*", r"\*"),
            (r"end\", r"end\"),
            (r"\\\", r"\\"),
            ("100%", "100%"),
        ] {
            assert_eq!(parse(text), [Piece::Literal(literal.to_owned())], "{text}");
        }
        assert_eq!(
            parse(r"\\*"),
            [Piece::Literal("\\".to_owned()), Piece::AnyRun]
        );
        assert_eq!(parse(""), []);
    }

    #[test]
    fn placeholders_have_places() {
        let found = parts(r"\%plain%name%x%", true);
        let literal = |text: &str| Part::Piece(Piece::Literal(text.to_owned()));
        let name = Part::Placeholder {
            name: "name".to_owned(),
            start: 7,
            end: 13,
        };
        assert_eq!(found, [literal("%plain"), name, literal("x%")]);
    }

    proptest! {
        #[test]
        fn pieces_survive_print_and_parse(text in r"[ab*?\\%é]{0,12}") {
            let pattern = Pattern::new(parse(&text), Case::Fold);
            prop_assert_eq!(Pattern::new(parse(&print(pattern.pieces())), Case::Fold), pattern);
        }

        #[test]
        fn a_literal_is_never_read_as_a_wildcard(text in r"[ab*?\\]{0,12}") {
            let pattern = Pattern::literal(text, Case::Exact);
            prop_assert_eq!(Pattern::new(parse(&print(pattern.pieces())), Case::Exact), pattern);
        }
    }
}
