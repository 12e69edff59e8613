//! Matching values with wildcards.
//!
//! A pattern is cut at its `*` into segments. The first must stand at the start, the last at the end, and each between is taken
//! where it first occurs, which is enough since a `*` follows. So time is at most the product of the two lengths.

use super::pattern::Token;

/// A compiled pattern. Case is the caller's: fold both sides or neither.
#[derive(Clone, Debug)]
pub(super) enum Wildcard {
    /// Without `*`.
    Whole(Segment),
    /// `*text*`, the most common pattern.
    Contains(Box<str>),
    /// At least one `*`.
    Parts {
        first: Segment,
        middle: Vec<Segment>,
        last: Segment,
    },
}

/// A run without `*`.
#[derive(Clone, Debug, Default)]
pub(super) struct Segment {
    pieces: Vec<Piece>,
    chars: usize,
}

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    /// So many `?`.
    Ones(usize),
}

impl Wildcard {
    /// The pattern of these tokens.
    pub(super) fn new(tokens: &[Token]) -> Self {
        let mut segments = tokens.split(|token| *token == Token::Any).map(Segment::new);
        let first = segments.next().unwrap_or_default();
        let mut middle: Vec<Segment> = segments.collect();
        let Some(last) = middle.pop() else {
            return Self::Whole(first);
        };
        middle.retain(|segment| segment.chars > 0);
        if first.chars == 0 && last.chars == 0 {
            match middle.as_slice() {
                [] => return Self::Contains("".into()),
                [only] => {
                    if let [Piece::Text(text)] = only.pieces.as_slice() {
                        return Self::Contains(text.as_str().into());
                    }
                }
                _ => {}
            }
        }
        Self::Parts {
            first,
            middle,
            last,
        }
    }

    /// Whether the whole text fits.
    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Whole(segment) => segment.at_start(text) == Some(""),
            Self::Contains(part) => text.contains(&**part),
            Self::Parts {
                first,
                middle,
                last,
            } => {
                let inner = first.at_start(text).and_then(|rest| last.at_end(rest));
                let left = middle
                    .iter()
                    .try_fold(inner, |rest, segment| rest.map(|rest| segment.find(rest)));
                left.is_some_and(|left| left.is_some())
            }
        }
    }
}

impl Segment {
    fn new(tokens: &[Token]) -> Self {
        let mut pieces = Vec::new();
        for token in tokens {
            let c = match token {
                Token::Char(c) => Some(*c),
                Token::Percent => Some('%'),
                Token::One | Token::Any => None,
            };
            match (c, pieces.last_mut()) {
                (Some(c), Some(Piece::Text(text))) => text.push(c),
                (Some(c), Some(Piece::Ones(_)) | None) => pieces.push(Piece::Text(c.into())),
                (None, Some(Piece::Ones(count))) => *count += 1,
                (None, Some(Piece::Text(_)) | None) => pieces.push(Piece::Ones(1)),
            }
        }
        Self {
            pieces,
            chars: tokens.len(),
        }
    }

    /// The rest of the text behind this segment, if it stands at the start.
    fn at_start<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.pieces
            .iter()
            .try_fold(text, |rest, piece| match piece {
                Piece::Text(text) => rest.strip_prefix(text.as_str()),
                Piece::Ones(count) => skip(rest, *count),
            })
    }

    /// The text before this segment, if it stands at the end.
    fn at_end<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self.pieces.as_slice() {
            [] => Some(text),
            [Piece::Text(suffix)] => text.strip_suffix(suffix.as_str()),
            _ => {
                let (start, _) = text.char_indices().rev().nth(self.chars.checked_sub(1)?)?;
                let (before, tail) = text.split_at_checked(start)?;
                self.at_start(tail).map(|_| before)
            }
        }
    }

    /// The rest of the text behind the first occurrence.
    fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        let mut rest = text;
        loop {
            if let Some(Piece::Text(first)) = self.pieces.first() {
                let start = rest.find(first.as_str())?;
                rest = rest.get(start..)?;
            }
            if let Some(behind) = self.at_start(rest) {
                return Some(behind);
            }
            rest = skip(rest, 1)?;
        }
    }
}

/// The text without its first characters, if it has so many.
fn skip(text: &str, count: usize) -> Option<&str> {
    let mut chars = text.chars();
    for _ in 0..count {
        chars.next()?;
    }
    Some(chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::Wildcard;
    use crate::sigma::pattern::{Token, parse};
    use proptest::prelude::*;

    /// The definition of `*` and `?`, one character at a time.
    fn naive(tokens: &[Token], text: &[char]) -> bool {
        match (tokens.split_first(), text.split_first()) {
            (None, rest) => rest.is_none(),
            (Some((Token::Any, more)), rest) => {
                naive(more, text) || rest.is_some_and(|(_, behind)| naive(tokens, behind))
            }
            (Some(_), None) => false,
            (Some((Token::One, more)), Some((_, behind))) => naive(more, behind),
            (Some((Token::Percent, more)), Some((c, behind))) => *c == '%' && naive(more, behind),
            (Some((Token::Char(wanted), more)), Some((c, behind))) => {
                wanted == c && naive(more, behind)
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn equals_the_definition(pattern in r"[ab*?é\\]{0,8}", text in "[abé\n]{0,10}") {
            let tokens = parse(&pattern, false);
            let chars: Vec<char> = text.chars().collect();
            prop_assert_eq!(Wildcard::new(&tokens).matches(&text), naive(&tokens, &chars), "{} {}", pattern, text);
        }
    }

    #[test]
    fn stays_fast() {
        let pattern = Wildcard::new(&parse(&"*a?".repeat(200), false));
        assert!(!pattern.matches(&"a".repeat(300)));
    }
}
