//! Regular expressions of both languages.

pub mod lucene;
pub mod sigma;

use crate::ir::pattern::Case;

/// Whose language an expression was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Syntax {
    /// Sigma's `re`: searched anywhere in the text.
    Sigma,
    /// Lucene's: matched against the whole text.
    Lucene,
}

/// A regular expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Regex {
    /// As the rule has it.
    pub source: String,
    /// Whose language that is.
    pub syntax: Syntax,
    /// Whether letters of the whole expression compare exactly.
    pub case: Case,
    /// The same language in the syntax of Rust's `regex` (Unicode on), to be *searched*: it carries its own anchors and flags, and its
    /// classes are spelled out so that no engine's idea of `\d` matters. None where Rust's syntax cannot say it (Lucene's `~` and `&`).
    pub rust: Option<String>,
}
