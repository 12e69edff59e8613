//! Tests of one value, prepared.

use crate::native::alternatives::Alternatives;
use crate::native::amount::Amount;
use crate::native::definitions;
use crate::native::text::{Form, TextCheck};
use crate::native::view::{Kind, View};
use ipnet::IpNet;
use std::cmp::Ordering;
use std::net::IpAddr;
use verdict_compiler::ir::{Comparison, DatePart, Regex, instant, version};

/// A prepared [`verdict_compiler::ir::Test`], or several of which one must hold.
#[derive(Debug)]
pub(super) enum Check {
    AnyValue,
    Text(TextCheck),
    Numeral(Box<str>, Amount),
    Compare(Comparison, Amount),
    TextOrder(Comparison, Box<str>),
    Bool(bool),
    Regex(Box<Expression>),
    Cidr(IpNet),
    Version(Comparison, Box<str>),
    Instant(Comparison, i64),
    DatePart(DatePart, Comparison, i64),
    Alternatives(Box<Alternatives>),
}

impl Check {
    pub(super) fn accepts(&self, view: &View<'_>) -> bool {
        match self {
            Self::AnyValue => true,
            Self::Text(check) => check.accepts(view),
            Self::Numeral(text, amount) => {
                view.text() == &**text
                    || (view.kind() == Kind::Number
                        && amount.order(view.text()) == Some(Ordering::Equal))
            }
            Self::Compare(comparison, amount) => {
                view.kind() != Kind::Bool
                    && amount
                        .order(view.text())
                        .is_some_and(|order| comparison.accepts(order))
            }
            Self::TextOrder(comparison, than) => comparison.accepts(view.text().cmp(&**than)),
            Self::Bool(wanted) => boolean(view) == Some(*wanted),
            Self::Regex(expression) => expression.accepts(view.text()),
            Self::Cidr(network) => address(view).is_some_and(|address| network.contains(&address)),
            Self::Version(comparison, than) => {
                comparison.accepts(version::compare(view.text(), than))
            }
            Self::Instant(comparison, than) => {
                moment(view).is_some_and(|at| comparison.accepts(at.cmp(than)))
            }
            Self::DatePart(part, comparison, number) => instant::parse_date_time(view.text())
                .is_some_and(|at| comparison.accepts(instant::part(at, *part).cmp(number))),
            Self::Alternatives(alternatives) => alternatives.accept(view),
        }
    }

    /// What asking costs, in no unit: only the order counts.
    pub(super) fn cost(&self) -> u32 {
        match self {
            Self::AnyValue => 1,
            Self::Text(check) => match check.form {
                Form::Anything => 1,
                Form::Equals(_) | Form::StartsWith(_) | Form::EndsWith(_) => 3,
                Form::Contains(_) => 10,
                Form::General(_) => 20,
            },
            Self::Numeral(..) | Self::Bool(_) | Self::TextOrder(..) => 2,
            Self::Compare(..) => 4,
            Self::Cidr(_) | Self::Instant(..) | Self::DatePart(..) => 30,
            Self::Version(..) => 60,
            Self::Regex(_) => 100,
            Self::Alternatives(alternatives) => alternatives.cost(),
        }
    }
}

/// A regular expression, compiled where Rust's syntax can say it.
#[derive(Debug)]
pub(super) enum Expression {
    Compiled(regex::Regex),
    Plain(Regex),
}

impl Expression {
    fn accepts(&self, text: &str) -> bool {
        match self {
            Self::Compiled(regex) => regex.is_match(text),
            Self::Plain(regex) => definitions::accepts(regex, text),
        }
    }
}

/// The value as a truth value: `true` or `false`, as such or as text.
pub(super) fn boolean(view: &View<'_>) -> Option<bool> {
    match view.text() {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The value as an address.
pub(super) fn address(view: &View<'_>) -> Option<IpAddr> {
    view.text().parse().ok()
}

/// The value as an instant: ISO 8601 text, or a number of milliseconds since 1970.
pub(super) fn moment(view: &View<'_>) -> Option<i64> {
    match view.kind() {
        Kind::Text => instant::parse(view.text()),
        Kind::Number => verdict_event::Decimal::parse(view.text())?.to_i64(),
        Kind::Bool => None,
    }
}
