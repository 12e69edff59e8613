//! Tokens of EQL.

use crate::span::{Span, Text};

/// A token with its place in the rule file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// What a token is. Keywords are words: only the grammar knows where a word is one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A name or keyword; `tilde` where `~` follows at once, as in `like~`.
    Word { name: String, tilde: bool },
    /// A name in backticks: never a keyword.
    Quoted(String),
    /// A string, decoded, with the way back to the file.
    Text(Text),
    /// Digits, nothing else.
    Integer(String),
    /// A number with a point or an exponent, as written.
    Decimal(String),
    /// An operator or bracket.
    Sign(Sign),
    /// The end of the query.
    End,
}

/// Operators and brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    /// A lone `=`: legal in `maxspan=5m` and `runs=3` only.
    Assign,
    Plus,
    Minus,
    Times,
    Slash,
    Percent,
    Colon,
    Comma,
    Dot,
    Question,
    Bang,
    Pipe,
    Open,
    Close,
    OpenBracket,
    CloseBracket,
}

impl Sign {
    /// The sign as it is written.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Assign => "=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Slash => "/",
            Self::Percent => "%",
            Self::Colon => ":",
            Self::Comma => ",",
            Self::Dot => ".",
            Self::Question => "?",
            Self::Bang => "!",
            Self::Pipe => "|",
            Self::Open => "(",
            Self::Close => ")",
            Self::OpenBracket => "[",
            Self::CloseBracket => "]",
        }
    }
}

impl Kind {
    /// The token as a message names it.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Word { name, tilde } => format!("`{name}{}`", if *tilde { "~" } else { "" }),
            Self::Quoted(_) => "a quoted name".to_owned(),
            Self::Text(_) => "a string".to_owned(),
            Self::Integer(text) | Self::Decimal(text) => format!("`{text}`"),
            Self::Sign(sign) => format!("`{}`", sign.text()),
            Self::End => "the end of the query".to_owned(),
        }
    }
}
