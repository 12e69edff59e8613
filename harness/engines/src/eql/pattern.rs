//! What `==`, `in`, `:` and `like` compare strings with: words and wildcard patterns.
//!
//! `*` is any run of characters and `?` one; nothing escapes them, and a backslash is a backslash. A pattern without either is a word.
//! Source: Elasticsearch's `StringUtils.toLikePattern`, which maps with the escape character U+0001.

use super::casing::{fold_text, same};
use std::borrow::Cow;
use std::collections::HashSet;

/// Lists up to this length are compared one by one.
const FEW: usize = 4;

/// Alternatives of one list.
#[derive(Clone, Debug)]
pub(crate) struct Patterns {
    ignore_case: bool,
    words: Words,
    wildcards: Vec<Wildcard>,
}

#[derive(Clone, Debug)]
enum Words {
    Few(Vec<Box<str>>),
    Many(HashSet<Box<str>>),
}

impl Patterns {
    /// Words only, in which `*` and `?` are themselves.
    pub(crate) fn words<'p>(words: impl IntoIterator<Item = &'p str>, ignore_case: bool) -> Self {
        let words: Vec<Box<str>> = words
            .into_iter()
            .map(|word| folded(word, ignore_case))
            .collect();
        Self {
            ignore_case,
            words: if words.len() <= FEW {
                Words::Few(words)
            } else {
                Words::Many(words.into_iter().collect())
            },
            wildcards: Vec::new(),
        }
    }

    /// Patterns, of which those without a wildcard are words.
    pub(crate) fn wildcards<'p>(
        patterns: impl IntoIterator<Item = &'p str>,
        ignore_case: bool,
    ) -> Self {
        let (wild, words): (Vec<&str>, Vec<&str>) = patterns
            .into_iter()
            .partition(|pattern| pattern.contains(['*', '?']));
        Self {
            wildcards: wild
                .into_iter()
                .map(|pattern| Wildcard::new(&folded(pattern, ignore_case)))
                .collect(),
            ..Self::words(words, ignore_case)
        }
    }

    /// Whether any alternative is the text.
    pub(crate) fn matches(&self, text: &str) -> bool {
        if let (Words::Few(words), true, []) =
            (&self.words, self.ignore_case, self.wildcards.as_slice())
        {
            return words.iter().any(|word| same(word, text));
        }
        let text = if self.ignore_case {
            fold_text(text)
        } else {
            Cow::Borrowed(text)
        };
        let word = match &self.words {
            Words::Few(words) => words.iter().any(|word| **word == *text),
            Words::Many(words) => words.contains(&*text),
        };
        word || self
            .wildcards
            .iter()
            .any(|wildcard| wildcard.matches(&text))
    }
}

fn folded(text: &str, ignore_case: bool) -> Box<str> {
    if ignore_case {
        fold_text(text).into()
    } else {
        text.into()
    }
}

/// A pattern with at least one wildcard: the pieces between its stars, in order.
#[derive(Clone, Debug)]
struct Wildcard {
    pieces: Vec<Piece>,
}

/// What stands between two stars.
#[derive(Clone, Debug)]
enum Piece {
    Plain(Box<str>),
    /// With question marks, each for any one character.
    Marked(Box<[Option<char>]>),
}

impl Wildcard {
    fn new(pattern: &str) -> Self {
        let piece = |text: &str| {
            if text.contains('?') && !verdict_faults::at("eql/engine/question-mark-is-itself") {
                Piece::Marked(text.chars().map(|c| (c != '?').then_some(c)).collect())
            } else {
                Piece::Plain(text.into())
            }
        };
        Self {
            pieces: pattern.split('*').map(piece).collect(),
        }
    }

    fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else {
            return false;
        };
        let Some(tail) = first.at_start(text) else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return tail.is_empty();
        };
        let mut tail = tail;
        for piece in middle {
            match piece.find(tail) {
                Some(behind) => tail = behind,
                None => return false,
            }
        }
        last.at_end(tail)
    }
}

impl Piece {
    /// What follows the piece, if the text begins with it.
    fn at_start<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Plain(plain) => text.strip_prefix(&**plain),
            Self::Marked(marks) => {
                let mut chars = text.chars();
                let fits = marks.iter().all(|mark| {
                    chars
                        .next()
                        .is_some_and(|c| mark.is_none_or(|mark| mark == c))
                });
                fits.then_some(chars.as_str())
            }
        }
    }

    /// What follows the first place that the piece stands at.
    fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        match self {
            Self::Plain(plain) if plain.is_empty() => Some(text),
            Self::Plain(plain) => text.split_once(&**plain).map(|(_, behind)| behind),
            Self::Marked(_) => {
                let mut rest = text.chars();
                loop {
                    if let Some(behind) = self.at_start(rest.as_str()) {
                        return Some(behind);
                    }
                    rest.next()?;
                }
            }
        }
    }

    fn at_end(&self, text: &str) -> bool {
        match self {
            Self::Plain(plain) => text.ends_with(&**plain),
            Self::Marked(marks) => {
                let mut chars = text.chars().rev();
                marks.iter().rev().all(|mark| {
                    chars
                        .next()
                        .is_some_and(|c| mark.is_none_or(|mark| mark == c))
                })
            }
        }
    }
}
