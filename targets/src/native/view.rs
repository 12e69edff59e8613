//! One value, as tests see it.

use std::borrow::Cow;
use std::cell::OnceCell;
use verdict_compiler::ir::{Scalar, fold};
use verdict_event::{Number, Value};

/// A scalar with what tests keep asking of it.
#[derive(Debug)]
pub(super) struct View<'e> {
    text: Cow<'e, str>,
    kind: Kind,
    /// The folded text; None where folding changes nothing.
    folded: OnceCell<Option<Box<str>>>,
}

/// Which kind of scalar a text came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Bool,
}

impl<'e> View<'e> {
    /// The view of a text that is a value of this kind.
    fn new(text: Cow<'e, str>, kind: Kind) -> Self {
        Self {
            text,
            kind,
            folded: OnceCell::new(),
        }
    }

    /// The view of a string.
    pub(super) fn of_text(text: &'e str) -> Self {
        Self::new(Cow::Borrowed(text), Kind::Text)
    }

    /// The view of a scalar; None of anything else.
    pub(super) fn of(value: &'e Value) -> Option<Self> {
        let kind = match value {
            Value::String(_) => Kind::Text,
            Value::Number(_) => Kind::Number,
            Value::Bool(_) => Kind::Bool,
            Value::Null | Value::List(_) | Value::Object(_) => return None,
        };
        Some(Self::new(Cow::Borrowed(value.scalar_text()?), kind))
    }

    /// The view of a computed value.
    pub(super) fn of_scalar(scalar: &'e Scalar) -> Self {
        match scalar {
            Scalar::Text(text) => Self::new(Cow::Borrowed(text), Kind::Text),
            Scalar::Number(number) => Self::new(Cow::Borrowed(number.text()), Kind::Number),
            Scalar::Bool(value) => Self::of_bool(*value),
        }
    }

    /// The view of a value that nothing else keeps.
    pub(super) fn owned(scalar: Scalar) -> Self {
        match scalar {
            Scalar::Text(text) => Self::new(Cow::Owned(text), Kind::Text),
            Scalar::Number(number) => Self::new(Cow::Owned(number.text().to_owned()), Kind::Number),
            Scalar::Bool(value) => Self::of_bool(value),
        }
    }

    pub(super) fn of_bool(value: bool) -> Self {
        let text = if value { "true" } else { "false" };
        Self::new(Cow::Borrowed(text), Kind::Bool)
    }

    pub(super) fn scalar(&self) -> Option<Scalar> {
        match self.kind {
            Kind::Text => Some(Scalar::Text(self.text.clone().into_owned())),
            Kind::Number => Number::parse(&self.text).map(Scalar::Number),
            Kind::Bool => Some(Scalar::Bool(self.text == "true")),
        }
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The folded text.
    pub(super) fn folded(&self) -> &str {
        let folded = self.folded.get_or_init(|| {
            let changes = |byte: u8| byte.is_ascii_uppercase() || !byte.is_ascii();
            self.text
                .bytes()
                .any(changes)
                .then(|| fold::fold(&self.text).into())
        });
        folded.as_deref().unwrap_or(&self.text)
    }

    /// The text for a search that ignores ASCII case by itself and looks for folded literals: as it is where it is ASCII, else folded.
    pub(super) fn caseless(&self) -> &str {
        if self.text.is_ascii() {
            &self.text
        } else {
            self.folded()
        }
    }
}
