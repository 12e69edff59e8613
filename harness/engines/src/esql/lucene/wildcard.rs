//! The patterns of `LIKE`.

use super::super::folding;
use super::Shape;
use super::language::{Language, Ranges};

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    /// `?`: one code point.
    One,
    /// `*`: any run.
    Run,
}

/// The pieces of a pattern.
///
/// Source: elasticsearch, `StringUtils.wildcardToJavaPattern`, called to check a pattern: a backslash stands before `*`, `?` or
/// another backslash only.
pub(super) fn read(pattern: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        let literal = match c {
            '*' => {
                if pieces.last() != Some(&Piece::Run) {
                    pieces.push(Piece::Run);
                }
                continue;
            }
            '%' if verdict_faults::at("esql/engine/percent-takes-a-run") => {
                pieces.push(Piece::Run);
                continue;
            }
            '?' if verdict_faults::at("esql/engine/question-mark-is-itself") => '?',
            '?' => {
                pieces.push(Piece::One);
                continue;
            }
            '\\' if verdict_faults::at("esql/engine/like-backslash-is-itself") => '\\',
            '\\' => match chars.next() {
                Some(escaped @ ('*' | '?' | '\\')) => escaped,
                Some(_) | None => {
                    return Err(
                        "escape character is not followed by special wildcard char".to_owned()
                    );
                }
            },
            other => other,
        };
        match pieces.last_mut() {
            Some(Piece::Text(text)) => text.push(literal),
            _ => pieces.push(Piece::Text(literal.into())),
        }
    }
    Ok(pieces)
}

/// The shape of a pattern without `?`; its texts are folded if case does not matter.
pub(super) fn shape(pieces: &[Piece], ignore_case: bool) -> Shape {
    let text = |piece: &Piece| -> Box<str> {
        match piece {
            Piece::Text(text) if ignore_case => folding::fold_text(text).into(),
            Piece::Text(text) => text.as_str().into(),
            Piece::One | Piece::Run => "".into(),
        }
    };
    match pieces {
        [] => Shape::Equal("".into()),
        [only @ Piece::Text(_)] => Shape::Equal(text(only)),
        [first @ Piece::Text(_), Piece::Run] => Shape::Prefix(text(first)),
        [Piece::Run, last @ Piece::Text(_)] => Shape::Suffix(text(last)),
        [Piece::Run, middle @ Piece::Text(_), Piece::Run] => Shape::Contains(text(middle)),
        several => {
            // A run at an end leaves the text there empty.
            let first = several.first().map(text).unwrap_or_default();
            let last = several.last().map(text).unwrap_or_default();
            let middle = several.len().saturating_sub(2);
            let middle = several.iter().skip(1).take(middle);
            Shape::Pieces(
                first,
                middle
                    .filter(|piece| **piece != Piece::Run)
                    .map(text)
                    .collect(),
                last,
            )
        }
    }
}

/// The language of a pattern.
pub(super) fn language(pieces: &[Piece], ignore_case: bool) -> Language {
    let parts = pieces.iter().map(|piece| match piece {
        Piece::One => Language::Set(Ranges::all()),
        Piece::Run => Language::anything(),
        Piece::Text(text) => Language::concat(
            text.chars()
                .map(|c| {
                    let forms = if ignore_case {
                        folding::alternates(c)
                    } else {
                        vec![c]
                    };
                    let ranges = forms.into_iter().map(|c| (u32::from(c), u32::from(c)));
                    Language::Set(Ranges::new(ranges.collect()))
                })
                .collect(),
        ),
    });
    Language::concat(parts.collect())
}
