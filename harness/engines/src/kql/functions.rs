//! The scalar functions: what each takes, what it gives, and how it is computed.
//!
//! Kusto docs: scalar-functions, and one page a function. Strings are never null, so a string function never gives null;
//! the others give null for null unless their page says otherwise.

mod cast;
mod dynamic;
mod ip;
mod number;
mod text;
mod time;

pub(super) use cast::tostring;
pub(super) use text::COUNTOF;
pub(super) use time::{PART, PARTS};

use super::node::Node;
use super::row::Row;
use super::value::{Type, Val};
use std::borrow::Cow;

/// How a function is computed from its arguments.
pub(super) type Apply = for<'r> fn(&[Val<'r>]) -> Val<'r>;

/// What an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Param {
    /// A string, or a dynamic value, which is read as text.
    Text,
    /// Anything; what is no string is read as text.
    AnyText,
    /// An int or a long.
    Integer,
    /// Any number.
    Number,
    /// A number or a timespan.
    Amount,
    DateTime,
    Dynamic,
    Any,
}

/// The type of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Returns {
    Is(Type),
    /// The type of the first argument.
    First,
    /// The one type that all arguments share.
    Common,
}

/// A function.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: &'static str,
    /// The parameters; the last one repeats if `most` asks for more.
    pub(super) params: &'static [Param],
    pub(super) least: usize,
    pub(super) most: usize,
    pub(super) returns: Returns,
    pub(super) apply: Apply,
}

const fn function(
    name: &'static str,
    params: &'static [Param],
    returns: Returns,
    apply: Apply,
) -> Function {
    Function {
        name,
        params,
        least: params.len(),
        most: params.len(),
        returns,
        apply,
    }
}

impl Function {
    const fn arguments(self, least: usize, most: usize) -> Self {
        Self {
            least,
            most,
            ..self
        }
    }
}

fn all() -> impl Iterator<Item = &'static Function> {
    cast::FUNCTIONS
        .iter()
        .chain(dynamic::FUNCTIONS)
        .chain(ip::FUNCTIONS)
        .chain(number::FUNCTIONS)
        .chain(text::FUNCTIONS)
        .chain(time::FUNCTIONS)
}

/// The function of this name. Names are case-sensitive, as the vendor's binder has them.
pub(super) fn lookup(name: &str) -> Option<&'static Function> {
    all().find(|function| function.name == name)
}

/// All names, those that binding itself knows included.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let special = [
        "not",
        "iff",
        "iif",
        "case",
        "coalesce",
        "extract",
        "replace_regex",
        "trim",
        "trim_start",
        "trim_end",
        "countof",
        "gettype",
        "datetime_part",
    ];
    all().map(|function| function.name).chain(special)
}

/// The value of a call. Few arguments need no heap.
pub(super) fn call<'r>(apply: Apply, arguments: &'r [Node], row: &'r Row<'_>) -> Val<'r> {
    match arguments {
        [] => apply(&[]),
        [a] => apply(&[a.eval(row)]),
        [a, b] => apply(&[a.eval(row), b.eval(row)]),
        [a, b, c] => apply(&[a.eval(row), b.eval(row), c.eval(row)]),
        many => {
            let values: Vec<Val<'r>> = many.iter().map(|argument| argument.eval(row)).collect();
            apply(&values)
        }
    }
}

/// Bytes that a computed string or dynamic value may have. Kusto docs: scalar-data-types/string ("1MB"), dynamic.
const MAX_VALUE: usize = 1 << 20;

/// A computed string, cut where the service would cut it; without a limit a few `let`s could fill the memory.
pub(super) fn limited(mut text: String) -> String {
    if text.len() > MAX_VALUE {
        let mut end = MAX_VALUE;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    text
}

fn text_of<'s>(arguments: &'s [Val<'_>], at: usize) -> &'s str {
    match arguments.get(at) {
        Some(Val::Text(text)) => text,
        _ => "",
    }
}

fn long_of(arguments: &[Val<'_>], at: usize) -> Option<i64> {
    match arguments.get(at) {
        Some(Val::Long(value)) => Some(*value),
        _ => None,
    }
}

fn owned<'r>(text: impl Into<String>) -> Val<'r> {
    Val::Text(Cow::Owned(text.into()))
}

fn count<'r>(value: usize) -> Val<'r> {
    Val::option(i64::try_from(value).ok(), Val::Long)
}
