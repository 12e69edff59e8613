//! ES|QL's types and the values that an expression yields.

use super::{ip, version};
use std::borrow::Cow;
use std::cmp::Ordering;
use verdict_event::FieldType;

/// A data type. Source: elasticsearch, `DataType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Type {
    Null,
    Boolean,
    Integer,
    Long,
    UnsignedLong,
    Double,
    Keyword,
    Text,
    Ip,
    Version,
    Date,
    Period,
    Duration,
    /// What a query can only name: objects, geo points, flattened fields.
    Unsupported,
}

impl Type {
    /// The type of a mapped field. `integer` and `long` fields are one type to a [`verdict_event::Schema`].
    pub(super) fn of_field(kind: FieldType) -> Self {
        match kind {
            FieldType::Keyword => Self::Keyword,
            FieldType::Text => Self::Text,
            FieldType::Long => Self::Long,
            FieldType::Double => Self::Double,
            FieldType::Boolean => Self::Boolean,
            FieldType::Date => Self::Date,
            FieldType::Ip => Self::Ip,
            FieldType::Version => Self::Version,
            FieldType::Object => Self::Unsupported,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Long => "long",
            Self::UnsignedLong => "unsigned_long",
            Self::Double => "double",
            Self::Keyword => "keyword",
            Self::Text => "text",
            Self::Ip => "ip",
            Self::Version => "version",
            Self::Date => "datetime",
            Self::Period => "date_period",
            Self::Duration => "time_duration",
            Self::Unsupported => "unsupported",
        }
    }

    pub(super) fn is_string(self) -> bool {
        matches!(self, Self::Keyword | Self::Text)
    }

    pub(super) fn is_integer(self) -> bool {
        matches!(self, Self::Integer | Self::Long)
    }

    pub(super) fn is_number(self) -> bool {
        matches!(
            self,
            Self::Integer | Self::Long | Self::UnsignedLong | Self::Double
        )
    }

    pub(super) fn is_amount(self) -> bool {
        matches!(self, Self::Period | Self::Duration)
    }

    /// Whether a string constant beside a value of this type is read as one.
    /// Source: `Analyzer.ImplicitCasting.supportsStringImplicitCasting`.
    pub(super) fn takes_text(self) -> bool {
        matches!(self, Self::Date | Self::Ip | Self::Version | Self::Boolean)
    }
}

/// One value. Its type is known from the binding.
#[derive(Clone, Debug)]
pub(super) enum Scalar<'a> {
    Bool(bool),
    /// An integer or a long.
    Long(i64),
    UnsignedLong(u64),
    Double(f64),
    /// A keyword or text.
    Text(Cow<'a, str>),
    /// An address in 16 bytes, IPv4 mapped into IPv6.
    Ip(u128),
    Version(Cow<'a, str>),
    /// Milliseconds since 1970.
    Date(i64),
    Period {
        months: i64,
        days: i64,
    },
    /// Milliseconds.
    Duration(i64),
}

impl Scalar<'_> {
    pub(super) fn text(text: impl Into<String>) -> Scalar<'static> {
        Scalar::Text(Cow::Owned(text.into()))
    }

    pub(super) fn into_owned(self) -> Scalar<'static> {
        match self {
            Self::Bool(value) => Scalar::Bool(value),
            Self::Long(value) => Scalar::Long(value),
            Self::UnsignedLong(value) => Scalar::UnsignedLong(value),
            Self::Double(value) => Scalar::Double(value),
            Self::Text(text) => Scalar::Text(Cow::Owned(text.into_owned())),
            Self::Ip(address) => Scalar::Ip(address),
            Self::Version(text) => Scalar::Version(Cow::Owned(text.into_owned())),
            Self::Date(millis) => Scalar::Date(millis),
            Self::Period { months, days } => Scalar::Period { months, days },
            Self::Duration(millis) => Scalar::Duration(millis),
        }
    }

    pub(super) fn borrow(&self) -> Scalar<'_> {
        match self {
            Self::Bool(value) => Scalar::Bool(*value),
            Self::Long(value) => Scalar::Long(*value),
            Self::UnsignedLong(value) => Scalar::UnsignedLong(*value),
            Self::Double(value) => Scalar::Double(*value),
            Self::Text(text) => Scalar::Text(Cow::Borrowed(text)),
            Self::Ip(address) => Scalar::Ip(*address),
            Self::Version(text) => Scalar::Version(Cow::Borrowed(text)),
            Self::Date(millis) => Scalar::Date(*millis),
            Self::Period { months, days } => Scalar::Period {
                months: *months,
                days: *days,
            },
            Self::Duration(millis) => Scalar::Duration(*millis),
        }
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Version(text) => Some(text),
            _other => None,
        }
    }

    pub(super) fn as_long(&self) -> Option<i64> {
        match self {
            Self::Long(value) => Some(*value),
            _other => None,
        }
    }

    /// Any number as a double, rounded as Java does.
    #[expect(
        clippy::cast_precision_loss,
        reason = "Java rounds a long to a double too"
    )]
    pub(super) fn as_double(&self) -> Option<f64> {
        match self {
            Self::Long(value) => Some(*value as f64),
            Self::UnsignedLong(value) => Some(*value as f64),
            Self::Double(value) => Some(*value),
            _other => None,
        }
    }

    /// What `TO_STRING` makes of it.
    pub(super) fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Bool(true) => Cow::Borrowed("true"),
            Self::Bool(false) => Cow::Borrowed("false"),
            Self::Long(value) => Cow::Owned(value.to_string()),
            Self::UnsignedLong(value) => Cow::Owned(value.to_string()),
            Self::Double(value) => Cow::Owned(super::convert::double_text(*value)),
            Self::Text(text) | Self::Version(text) => Cow::Borrowed(text),
            Self::Ip(address) => Cow::Owned(ip::text(*address)),
            Self::Date(millis) => Cow::Owned(super::datetime::text(*millis)),
            Self::Period { months, days } => Cow::Owned(format!("P{months}M{days}D")),
            Self::Duration(millis) => Cow::Owned(format!("PT{millis}MS")),
        }
    }
}

/// The order of two values of comparable types; none beside a NaN and between types that do not compare.
///
/// Source: `EsqlBinaryComparison`, `Cast`: numbers of two types are cast to the wider one first; strings compare by their UTF-8
/// bytes, addresses by their 16 bytes.
pub(super) fn order(left: &Scalar<'_>, right: &Scalar<'_>) -> Option<Ordering> {
    match (left, right) {
        (Scalar::Long(left), Scalar::Long(right))
        | (Scalar::Date(left), Scalar::Date(right))
        | (Scalar::Duration(left), Scalar::Duration(right)) => Some(left.cmp(right)),
        (Scalar::UnsignedLong(left), Scalar::UnsignedLong(right)) => Some(left.cmp(right)),
        (Scalar::Text(left), Scalar::Text(right)) => Some(left.as_bytes().cmp(right.as_bytes())),
        (Scalar::Bool(left), Scalar::Bool(right)) => Some(left.cmp(right)),
        (Scalar::Ip(left), Scalar::Ip(right)) => Some(left.cmp(right)),
        (Scalar::Version(left), Scalar::Version(right)) => Some(version::order(left, right)),
        _other => left.as_double()?.partial_cmp(&right.as_double()?),
    }
}

/// Whether two values of comparable types are equal.
pub(super) fn equal(left: &Scalar<'_>, right: &Scalar<'_>) -> bool {
    order(left, right) == Some(Ordering::Equal)
}

/// What an expression yields: no value, one, or several (two or more).
#[derive(Clone, Debug)]
pub(super) enum Val<'a> {
    Null,
    One(Scalar<'a>),
    Many(Vec<Scalar<'a>>),
}

impl<'a> Val<'a> {
    pub(super) fn option(value: Option<Scalar<'a>>) -> Self {
        value.map_or(Self::Null, Self::One)
    }

    pub(super) fn truth(value: Option<bool>) -> Self {
        value.map_or(Self::Null, |value| Self::One(Scalar::Bool(value)))
    }

    /// None is null, one is a value.
    pub(super) fn from_vec(values: Vec<Scalar<'a>>) -> Self {
        match <[Scalar<'a>; 1]>::try_from(values) {
            Ok([only]) => Self::One(only),
            Err(values) if values.is_empty() => Self::Null,
            Err(values) => Self::Many(values),
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The value, if it is exactly one.
    ///
    /// Source: docs, esql-multivalued-fields: functions and operators that do not say otherwise give null, with a warning, when
    /// a value is multivalued.
    pub(super) fn single(&self) -> Option<&Scalar<'a>> {
        match self {
            Self::One(value) => Some(value),
            Self::Many(values) if verdict_faults::at("esql/engine/list-stands-for-its-first") => {
                values.first()
            }
            Self::Null | Self::Many(_) => None,
        }
    }

    pub(super) fn values(&self) -> &[Scalar<'a>] {
        match self {
            Self::Null => &[],
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }

    pub(super) fn into_owned(self) -> Val<'static> {
        match self {
            Self::Null => Val::Null,
            Self::One(value) => Val::One(value.into_owned()),
            Self::Many(values) => Val::Many(values.into_iter().map(Scalar::into_owned).collect()),
        }
    }

    pub(super) fn borrow(&self) -> Val<'_> {
        match self {
            Self::Null => Val::Null,
            Self::One(value) => Val::One(value.borrow()),
            Self::Many(values) => Val::Many(values.iter().map(Scalar::borrow).collect()),
        }
    }
}
