//! A value of an event that is neither a list nor an object.

use super::number::Decimal;
use super::text::{fold, folded};
use std::sync::OnceLock;

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// A string.
    Text,
}

/// A value with its text: a string as it is, a number as it is written, a boolean as `true` or `false`.
#[derive(Clone, Debug)]
pub struct Scalar {
    kind: Kind,
    text: Box<str>,
    /// The folded text, made when it is first asked for; None inside if it is the text itself.
    folded: OnceLock<Option<Box<str>>>,
}

impl Scalar {
    fn new(kind: Kind, text: impl Into<Box<str>>) -> Self {
        Self {
            kind,
            text: text.into(),
            folded: OnceLock::new(),
        }
    }

    /// A string.
    pub fn text(text: impl Into<Box<str>>) -> Self {
        Self::new(Kind::Text, text)
    }

    /// A number, as it is written. A text that is no number, or has an exponent that no number has, is a string.
    pub fn number(text: impl Into<Box<str>>) -> Self {
        let text = text.into();
        match Decimal::parse(&text) {
            Some(_) => Self::new(Kind::Number, text),
            None => Self::new(Kind::Text, text),
        }
    }

    /// A boolean.
    pub fn bool(truth: bool) -> Self {
        Self::new(Kind::Bool, if truth { "true" } else { "false" })
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its text with case ignored.
    pub fn folded(&self) -> &str {
        let folded = self.folded.get_or_init(|| folded(&self.text));
        folded.as_deref().unwrap_or(&self.text)
    }

    /// Its text, folded if case does not matter.
    pub fn cased(&self, exact: bool) -> String {
        if exact {
            self.text.as_ref().to_owned()
        } else {
            fold(&self.text)
        }
    }

    /// The number that it is or that its text is.
    pub fn decimal(&self) -> Option<Decimal> {
        match self.kind {
            Kind::Number | Kind::Text => Decimal::parse(&self.text),
            Kind::Bool => None,
        }
    }

    /// The boolean that it is or that its text is.
    pub fn truth(&self) -> Option<bool> {
        match &*self.text {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }
}
