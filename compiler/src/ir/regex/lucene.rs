//! Lucene's regular expressions, with every optional operator: `~` complement, `&` intersection, `@` any text, `#` nothing,
//! `<1-5>` numbers, `"..."` literals. They match a whole text; `^` and `$` are ordinary characters, `.` is any character.
//!
//! [`parse`] follows Lucene's own parser, its habits included: an operator with nothing before it is a literal, `)` at the
//! start of an expression too. [`Node::matches`] is the plain definition; [`Node::to_rust`] says the same in the
//! syntax of Rust's `regex` where that can say it.

mod matching;
mod numbers;
mod parse;
mod rust;
#[cfg(test)]
mod tests;

use crate::ir::pattern::Case;
use crate::ir::regex::{Regex, Syntax};
use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

pub use parse::parse;

/// Why a text is no expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What is wrong, as a phrase.
    pub message: String,
    /// The first byte of the place.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// The empty text.
    Empty,
    /// No text at all (`#`).
    Nothing,
    /// A character.
    Char(char),
    /// One character of a set.
    Set {
        /// The characters.
        ranges: Vec<(char, char)>,
        /// Whether it is every other character.
        negated: bool,
    },
    /// Any character (`.`).
    Any,
    /// Any text (`@`).
    AnyText,
    /// One after another.
    Concat(Vec<Node>),
    /// One of these.
    Union(Vec<Node>),
    /// All of these at once (`&`).
    Intersection(Vec<Node>),
    /// Anything else (`~`).
    Complement(Box<Node>),
    /// Several times.
    Repeat {
        /// What.
        node: Box<Node>,
        /// At least so often.
        min: u32,
        /// At most so often; None is without end.
        max: Option<u32>,
    },
    /// A number (`<1-5>`).
    Number {
        /// The least.
        low: u32,
        /// The greatest.
        high: u32,
        /// How many digits it has; None allows any number of leading zeros.
        digits: Option<usize>,
    },
}

/// The characters that a set holds. If case does not matter, the other cases of its single letters are among them, those of its ranges are not:
/// `[a-c]` never matches `B`, `[abc]` does.
///
/// Source: Elastic's reference, "Regular expression syntax", the note on ranges of characters; Lucene's `RegExp`, which makes a range as it stands.
pub fn characters(ranges: &[(char, char)], negated: bool, case: Case) -> ClassUnicode {
    let class = |of: &dyn Fn(&&(char, char)) -> bool| {
        let ranges = ranges.iter().filter(of);
        ClassUnicode::new(ranges.map(|(low, high)| ClassUnicodeRange::new(*low, *high)))
    };
    let mut characters = class(&|(low, high)| low == high);
    if case == Case::Fold {
        // Without Unicode tables nothing folds; they are compiled in.
        let _ = characters.try_case_fold_simple();
    }
    characters.union(&class(&|(low, high)| low != high));
    if negated {
        characters.negate();
    }
    characters
}

impl Regex {
    /// The expression that a text in Lucene's language is.
    pub fn lucene(source: &str, case: Case) -> Result<Self, Error> {
        let node = parse(source)?;
        let rust = node.to_rust(case);
        if let Some(Err(_)) = rust.as_deref().map(regex::Regex::new) {
            return Err(Error {
                message: "too large to be compiled".to_owned(),
                start: 0,
                end: source.len(),
            });
        }
        Ok(Self {
            source: source.to_owned(),
            syntax: Syntax::Lucene,
            case,
            rust,
        })
    }

    /// The text that alone matches (case apart), if the expression is nothing but characters.
    pub fn literal(&self) -> Option<String> {
        match self.syntax {
            Syntax::Sigma => None,
            Syntax::Lucene => parse(&self.source).ok()?.literal(),
        }
    }

    /// Whether the expression is found in the text (Sigma), or matches the whole of it (Lucene).
    pub fn matches(&self, text: &str) -> bool {
        match self.syntax {
            Syntax::Lucene => parse(&self.source).is_ok_and(|node| node.matches(text, self.case)),
            Syntax::Sigma => self
                .rust
                .as_deref()
                .and_then(|pattern| regex::Regex::new(pattern).ok())
                .is_some_and(|regex| regex.is_match(text)),
        }
    }
}

impl Node {
    fn literal(&self) -> Option<String> {
        match self {
            Self::Empty => Some(String::new()),
            Self::Char(c) => Some(c.to_string()),
            Self::Concat(parts) => parts.iter().map(Self::literal).collect(),
            Self::Nothing
            | Self::Set { .. }
            | Self::Any
            | Self::AnyText
            | Self::Union(_)
            | Self::Intersection(_)
            | Self::Complement(_)
            | Self::Repeat { .. }
            | Self::Number { .. } => None,
        }
    }
}
