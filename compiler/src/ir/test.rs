//! Tests of one value.

use crate::ir::pattern::Pattern;
use crate::ir::regex::Regex;
use ipnet::IpNet;
use std::cmp::Ordering;
use verdict_event::Number;

/// What a value must satisfy. A value that a test cannot look at (text where a number is wanted) does not satisfy it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// Any value at all, the empty text included.
    AnyValue,
    /// The value's text matches the pattern.
    Text(Pattern),
    /// Sigma's unquoted number (S4): the value's text is this number's text, or the value is a JSON number equal to it.
    Numeral(Number),
    /// The value is a JSON number or decimal text and compares so with this number (value on the left).
    Compare(Comparison, Number),
    /// The value's text compares so with this text, by code point. Never `Equal`, which is a [`Test::Text`].
    TextOrder(Comparison, String),
    /// The value is this boolean, or its text is.
    Bool(bool),
    /// The expression is found in the value's text (for [`crate::ir::Syntax::Lucene`]: matches the whole of it).
    Regex(Regex),
    /// The value's text is an address inside this network, of the same family.
    Cidr(IpNet),
    /// The value's text is a version that compares so with this one, part by part.
    Version(Comparison, String),
    /// The value is an instant (ISO 8601 text, or milliseconds since 1970) that compares so with this one, in milliseconds since 1970.
    Instant(Comparison, i64),
    /// A part of the ISO 8601 date-time that the value's text is, in UTC, compares so with this number (S17).
    DatePart(DatePart, Comparison, i64),
}

/// How two values compare. There is no *not equal*: that is the negation of a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// Whether two values in this order compare so.
    pub fn accepts(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }

    /// The same comparison with its sides swapped.
    #[must_use]
    pub fn swapped(self) -> Self {
        match self {
            Self::Equal => Self::Equal,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }

    /// The sign that everyone writes.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// A part of a date-time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DatePart {
    /// 0 to 59.
    Minute,
    /// 0 to 23.
    Hour,
    /// Day of the month, 1 to 31.
    Day,
    /// ISO week, 1 to 53.
    Week,
    /// 1 to 12.
    Month,
    /// The year of the date (not of the ISO week).
    Year,
}

impl DatePart {
    /// Sigma's modifier.
    pub fn name(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}
