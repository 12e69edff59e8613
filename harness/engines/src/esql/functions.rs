//! The functions: names, versions, types and what computes them.

pub(super) mod aggregate;
pub(super) mod date;
pub(super) mod many;
mod number;
mod table;
mod text;

pub(super) use table::find;

use super::convert;
use super::value::{Scalar, Type, Val};

/// A version of Elasticsearch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// `9` of 9.2.
    pub major: u16,
    /// `2` of 9.2.
    pub minor: u16,
}

impl Version {
    /// The newest version that the engine knows.
    pub const NEWEST: Self = Self::new(9, 6);

    /// A version from its parts.
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

/// What an argument must be. Null is always taken. Source: `TypeResolutions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Any,
    Text,
    /// A constant text.
    Literal,
    Boolean,
    Integer,
    Number,
    Ip,
    Date,
}

impl Kind {
    pub(super) fn takes(self, kind: Type) -> bool {
        match self {
            _ if kind == Type::Null => true,
            Self::Any => kind != Type::Unsupported && !kind.is_amount(),
            Self::Text | Self::Literal => kind.is_string(),
            Self::Boolean => kind == Type::Boolean,
            // Assumed: a long field stands for an integer one, since a schema does not tell them apart.
            Self::Integer => kind.is_integer(),
            Self::Number => kind.is_number(),
            Self::Ip => kind == Type::Ip,
            Self::Date => kind == Type::Date,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Any => "any type but unsupported",
            Self::Text => "string",
            Self::Literal => "a constant string",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "numeric",
            Self::Ip => "ip",
            Self::Date => "datetime",
        }
    }
}

/// The type of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    Fixed(Type),
    /// The type of the first argument that is not null.
    Same,
}

/// What computes a function.
#[derive(Clone, Copy, Debug)]
pub(super) enum Make {
    Call(Apply),
    Each(Every),
    Whole(fn(&[Val<'_>]) -> Val<'static>),
    Special(Special),
}

/// Functions that the binder makes nodes of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Special {
    Case,
    Coalesce,
    StartsWith,
    EndsWith,
    Contains,
    CidrMatch,
    MvLike,
    MvRlike,
    /// Arguments of one type.
    SameTypes(fn(&[Val<'_>]) -> Val<'static>),
    /// `GREATEST`, `LEAST`: the widest number type.
    Extreme(Apply),
    Replace,
    /// The first argument names a part of a date, or a unit.
    DatePart(Apply),
    /// The interval is an amount of time.
    DateTrunc,
}

/// A function of single values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Apply(pub(super) fn(&[Scalar<'_>]) -> Option<Scalar<'static>>);

impl Apply {
    pub(super) fn call(self, arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
        (self.0)(arguments)
    }
}

/// A function of one value, mapped over several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Every {
    Cast(Type),
    Lower,
    Upper,
}

impl Every {
    pub(super) fn call(self, value: &Scalar<'_>) -> Option<Scalar<'static>> {
        match self {
            Self::Cast(kind) => convert::cast(value, kind),
            // Source: Java's `toLowerCase` and `toUpperCase` in the root locale: full mappings, `ß` becomes `SS`.
            Self::Lower => {
                let text = value.as_text()?;
                Some(Scalar::text(if text.is_ascii() {
                    text.to_ascii_lowercase()
                } else {
                    text.to_lowercase()
                }))
            }
            Self::Upper => Some(Scalar::text(value.as_text()?.to_uppercase())),
        }
    }
}

/// One function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) since: Version,
    /// Arguments by place; the last kind stands for all that follow if it repeats.
    pub(super) takes: &'static [Kind],
    /// How many must be given.
    pub(super) least: usize,
    pub(super) repeats: bool,
    pub(super) gives: Gives,
    pub(super) make: Make,
}
