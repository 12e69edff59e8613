//! Text patterns: literal pieces, any-runs and any-characters.

use crate::ir::fold::{fold, fold_char};

/// How letters compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Case {
    /// As they are.
    Exact,
    /// By [`crate::ir::fold`].
    Fold,
}

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Piece {
    /// These characters.
    Literal(String),
    /// Any run of characters, newlines and the empty run included.
    AnyRun,
    /// Exactly one character (a Unicode scalar value), newlines included.
    AnyChar,
}

/// A pattern over a whole text.
///
/// Invariants, kept by [`Pattern::new`]: no empty literals, no two literals or any-runs side by side, and in a run of
/// wildcards the any-characters come first. So equal languages mostly have equal patterns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern {
    pieces: Vec<Piece>,
    case: Case,
}

/// What a pattern amounts to, for those who can say it more simply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape<'p> {
    /// Any text at all.
    Anything,
    /// Exactly this text (which may be empty).
    Equals(&'p str),
    /// A text that begins so.
    StartsWith(&'p str),
    /// A text that ends so.
    EndsWith(&'p str),
    /// A text that holds this.
    Contains(&'p str),
    /// Anything else.
    General(&'p [Piece]),
}

impl Pattern {
    /// The pattern of these pieces, in normal form.
    pub fn new(pieces: impl IntoIterator<Item = Piece>, case: Case) -> Self {
        let mut normal: Vec<Piece> = Vec::new();
        for piece in pieces {
            match (&piece, normal.last_mut()) {
                (Piece::Literal(text), _) if text.is_empty() => {}
                (Piece::Literal(text), Some(Piece::Literal(before))) => before.push_str(text),
                (Piece::AnyRun, Some(Piece::AnyRun)) => {}
                (Piece::AnyChar, Some(Piece::AnyRun)) => {
                    // `*?` and `?*` are one language; the any-character comes first.
                    let at = normal.len() - 1;
                    normal.insert(at, Piece::AnyChar);
                }
                (Piece::Literal(_) | Piece::AnyRun | Piece::AnyChar, _) => normal.push(piece),
            }
        }
        Self {
            pieces: normal,
            case,
        }
    }

    /// The pattern of exactly this text.
    pub fn literal(text: impl Into<String>, case: Case) -> Self {
        Self::new([Piece::Literal(text.into())], case)
    }

    /// The same pattern with any-runs before and behind, as asked.
    #[must_use]
    pub fn widened(self, before: bool, behind: bool) -> Self {
        let case = self.case;
        let run = |wanted: bool| wanted.then_some(Piece::AnyRun);
        Self::new(
            run(before)
                .into_iter()
                .chain(self.pieces)
                .chain(run(behind)),
            case,
        )
    }

    /// The pieces, in normal form.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// How letters compare.
    pub fn case(&self) -> Case {
        self.case
    }

    /// The same pattern with another case.
    #[must_use]
    pub fn with_case(mut self, case: Case) -> Self {
        self.case = case;
        self
    }

    /// What the pattern amounts to.
    pub fn shape(&self) -> Shape<'_> {
        match self.pieces.as_slice() {
            [] => Shape::Equals(""),
            [Piece::AnyRun] => Shape::Anything,
            [Piece::Literal(text)] => Shape::Equals(text),
            [Piece::Literal(text), Piece::AnyRun] => Shape::StartsWith(text),
            [Piece::AnyRun, Piece::Literal(text)] => Shape::EndsWith(text),
            [Piece::AnyRun, Piece::Literal(text), Piece::AnyRun] => Shape::Contains(text),
            general => Shape::General(general),
        }
    }

    /// Whether the pattern matches a whole text: the plain definition, which faster matchers must agree with.
    pub fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = match self.case {
            Case::Exact => text.chars().collect(),
            Case::Fold => text.chars().map(fold_char).collect(),
        };
        let mut reached = vec![false; text.len() + 1];
        if let Some(start) = reached.first_mut() {
            *start = true;
        }
        for piece in &self.pieces {
            reached = match piece {
                Piece::AnyRun => spread(&reached),
                Piece::AnyChar => shift(&reached),
                Piece::Literal(literal) => literal.chars().fold(reached, |reached, wanted| {
                    let wanted = match self.case {
                        Case::Exact => wanted,
                        Case::Fold => fold_char(wanted),
                    };
                    let mut next = vec![false; reached.len()];
                    for ((from, have), to) in reached.iter().zip(&text).zip(next.iter_mut().skip(1))
                    {
                        *to = *from && *have == wanted;
                    }
                    next
                }),
            };
        }
        reached.last().copied().unwrap_or(false)
    }

    /// The pattern's literals, folded if case does not matter: what an index may look for.
    pub fn literals(&self) -> impl Iterator<Item = String> + '_ {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Literal(text) => Some(match self.case {
                Case::Exact => text.clone(),
                Case::Fold => fold(text),
            }),
            Piece::AnyRun | Piece::AnyChar => None,
        })
    }
}

fn spread(reached: &[bool]) -> Vec<bool> {
    let mut open = false;
    reached
        .iter()
        .map(|here| {
            open |= *here;
            open
        })
        .collect()
}

fn shift(reached: &[bool]) -> Vec<bool> {
    std::iter::once(false)
        .chain(
            reached
                .iter()
                .copied()
                .take(reached.len().saturating_sub(1)),
        )
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Case, Pattern, Piece, Shape};

    fn pattern(text: &str) -> Pattern {
        Pattern::new(
            text.chars().map(|c| match c {
                '*' => Piece::AnyRun,
                '?' => Piece::AnyChar,
                other => Piece::Literal(other.to_string()),
            }),
            Case::Fold,
        )
    }

    #[test]
    fn normal_form() {
        assert_eq!(pattern("a*?b"), pattern("a?*b"));
        assert_eq!(pattern("**?**").pieces(), [Piece::AnyChar, Piece::AnyRun]);
        assert_eq!(pattern("*ab*").shape(), Shape::Contains("ab"));
        assert_eq!(pattern("").shape(), Shape::Equals(""));
    }

    #[test]
    fn matching() {
        for (glob, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("?", "", false),
            ("?", "é", true),
            ("a*b", "a\nB", true),
            ("a*b", "ab", true),
            ("a?b", "ab", false),
            ("*a*a*", "xaya", true),
            ("*a*a*", "xa", false),
            ("k", "\u{212a}", false),
            ("σ", "Σ", true),
        ] {
            assert_eq!(pattern(glob).matches(text), expected, "{glob} {text}");
        }
    }
}
