//! Values while a query runs, and how they compare.

use super::version;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::{IpAddr, Ipv6Addr};
use verdict_event::Decimal;

/// A value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'e> {
    Null,
    Bool(bool),
    Number(Number<'e>),
    Text(Cow<'e, str>),
    Ip(IpAddr),
    Version(Cow<'e, str>),
    /// Milliseconds since 1970, the resolution of Elasticsearch's `date`.
    Date(i64),
}

/// A number. Whole numbers calculate as whole numbers, all others as doubles; comparison is exact as long as nothing was calculated.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Number<'e> {
    Int(i64),
    /// A decimal by its text, which [`Decimal::parse`] reads.
    Exact(Cow<'e, str>),
    Float(f64),
}

impl<'e> Value<'e> {
    /// A whole number.
    pub(crate) fn int(value: i64) -> Self {
        Self::Number(Number::Int(value))
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            Self::Null
            | Self::Number(_)
            | Self::Text(_)
            | Self::Ip(_)
            | Self::Version(_)
            | Self::Date(_) => None,
        }
    }

    /// The text that `string` and `concat` make of it; None for null. Source: documentation, `string`, and the suite of folds.
    pub(crate) fn into_text(self) -> Option<Cow<'e, str>> {
        match self {
            Self::Null => None,
            Self::Bool(value) => Some(Cow::Borrowed(if value { "true" } else { "false" })),
            Self::Number(Number::Int(value)) => Some(Cow::Owned(value.to_string())),
            Self::Number(Number::Exact(text)) | Self::Text(text) | Self::Version(text) => {
                Some(text)
            }
            Self::Number(Number::Float(value)) => Some(Cow::Owned(double_text(value))),
            Self::Ip(address) => Some(Cow::Owned(address.to_string())),
            Self::Date(millis) => Some(Cow::Owned(super::order::iso_text(millis))),
        }
    }

    /// The order of two values of one kind; None across kinds and for null.
    pub(crate) fn order(&self, other: &Value<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
            (Self::Number(a), Value::Number(b)) => a.order(b),
            // Source: documentation; strings order by code point, as their UTF-8 bytes do.
            (Self::Text(a), Value::Text(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
            (Self::Ip(a), Value::Ip(b)) => Some(address_bits(*a).cmp(&address_bits(*b))),
            (Self::Version(a), Value::Version(b) | Value::Text(b))
            | (Self::Text(a), Value::Version(b)) => Some(version::compare(a, b)),
            (Self::Date(a), Value::Date(b)) => Some(a.cmp(b)),
            (
                Self::Null
                | Self::Bool(_)
                | Self::Number(_)
                | Self::Text(_)
                | Self::Ip(_)
                | Self::Version(_)
                | Self::Date(_),
                _,
            ) => None,
        }
    }
}

impl<'e> Number<'e> {
    /// The number that a decimal text is: whole ones that fit 64 bits are integers.
    pub(crate) fn read(text: &'e str) -> Option<Self> {
        whole(text)
            .map(Self::Int)
            .or_else(|| Decimal::parse(text).map(|_| Self::Exact(Cow::Borrowed(text))))
    }

    pub(crate) fn into_owned(self) -> Number<'static> {
        match self {
            Self::Int(value) => Number::Int(value),
            Self::Exact(text) => Number::Exact(Cow::Owned(text.into_owned())),
            Self::Float(value) => Number::Float(value),
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "doubles are what Elasticsearch calculates with here"
    )]
    pub(crate) fn as_f64(&self) -> f64 {
        match self {
            Self::Int(value) => *value as f64,
            Self::Exact(text) => text.parse().unwrap_or(f64::NAN),
            Self::Float(value) => *value,
        }
    }

    /// The value as an integer if it is whole and fits.
    pub(crate) fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Exact(text) => Decimal::parse(text)?.to_i64(),
            Self::Float(value) => Decimal::parse(&format!("{value:e}"))?.to_i64(),
        }
    }

    fn order(&self, other: &Number<'_>) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a), Number::Int(b)) => Some(a.cmp(b)),
            (Self::Float(_), _) | (_, Number::Float(_)) => {
                self.as_f64().partial_cmp(&other.as_f64())
            }
            (Self::Exact(_) | Self::Int(_), Number::Exact(_) | Number::Int(_)) => {
                match (self.small(), other.small()) {
                    (Some(a), Some(b)) => Some(a.cmp(&b)),
                    (Some(_) | None, _) => Some(self.decimal()?.cmp(&other.decimal()?)),
                }
            }
        }
    }

    /// The value as an integer where that needs no exact decimal.
    fn small(&self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(*value),
            Self::Exact(text) => text.parse().ok(),
            Self::Float(_) => None,
        }
    }

    fn decimal(&self) -> Option<Decimal> {
        match self {
            Self::Int(value) => Decimal::parse(&value.to_string()),
            Self::Exact(text) => Decimal::parse(text),
            Self::Float(_) => None,
        }
    }
}

/// A whole number of at most 64 bits from decimal text: `4`, `-4`, `4.0`, `4e0`.
pub(crate) fn whole(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    digits
        .starts_with(|c: char| c.is_ascii_digit())
        .then(|| Decimal::parse(text)?.to_i64())
        .flatten()
}

/// A double's text as Java prints it in the plain range: always with a fraction.
fn double_text(value: f64) -> String {
    if value.is_finite() && value.fract() == 0.0 && value.abs() < 1e7 {
        format!("{value:.1}")
    } else {
        value.to_string()
    }
}

/// An address from its text. An IPv4-mapped IPv6 address is the IPv4 address, as it is for Java, so for Elasticsearch.
pub(crate) fn address(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>()
        .ok()
        .map(|address| address.to_canonical())
}

/// Addresses order as 16 bytes, IPv4 mapped into IPv6. Source: Lucene's `InetAddressPoint`.
pub(crate) fn address_bits(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    }
}
