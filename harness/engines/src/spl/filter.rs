//! Expressions of `search`, ready to be evaluated.

use super::ast::Op;
use super::network;
use super::row::Row;
use super::value::{Truth, Val, number};
use super::wildcard::Wildcard;
use ipnet::IpNet;
use regex::Regex;
use std::borrow::Cow;
use std::collections::HashSet;

/// What `search` asks of a row.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Every,
    Term {
        slot: usize,
        pattern: Regex,
    },
    Field {
        slot: usize,
        /// `index` and its like hold of an event that lacks them.
        of_missing: bool,
        test: FieldTest,
    },
}

/// What is asked of a field.
#[derive(Clone, Debug)]
pub(super) enum FieldTest {
    Equal(Matcher),
    Unequal(Matcher),
    Order {
        op: Op,
        text: String,
        number: Option<f64>,
    },
    OneOf {
        /// Whole values, in small letters.
        plain: HashSet<String>,
        others: Vec<Matcher>,
    },
}

/// How one value is compared with one text.
#[derive(Clone, Debug)]
pub(super) enum Matcher {
    Wildcard(Wildcard),
    Network(IpNet, Wildcard),
}

impl Filter {
    /// Whether it holds of a row. Source: Search Manual, "Difference between != and NOT": a comparison is false of an event that lacks the
    /// field, and NOT makes it true; there is no third outcome.
    pub(super) fn truth(&self, row: &Row<'_>) -> Truth {
        match self {
            Self::All(filters) => Truth::all(filters.iter().map(|filter| filter.truth(row))),
            Self::Any(filters) => Truth::any(filters.iter().map(|filter| filter.truth(row))),
            Self::Not(filter)
                if filter.lacks(row)
                    && verdict_faults::at("spl/engine/not-of-missing-is-false") =>
            {
                Truth::False
            }
            Self::Not(filter) => filter.truth(row).not(),
            Self::Every => Truth::True,
            Self::Term { slot, pattern } => match row.value(*slot) {
                Val::Undefined(why) => Truth::Undefined(why),
                value => Truth::of(value.texts().iter().any(|text| pattern.is_match(text))),
            },
            Self::Field {
                slot,
                of_missing,
                test,
            } => match row.value(*slot) {
                Val::Null
                    if matches!(test, FieldTest::Unequal(_))
                        && verdict_faults::at("spl/engine/unequal-of-missing-is-true") =>
                {
                    Truth::True
                }
                Val::Null => Truth::of(*of_missing),
                Val::Undefined(why) => Truth::Undefined(why),
                Val::Field(text) | Val::Text(text) => test.truth(&[text]),
                Val::Many(texts) => test.truth(&texts),
                other => test.truth(&other.texts()),
            },
        }
    }
}

impl Filter {
    /// Whether it asks for a field that the row lacks.
    fn lacks(&self, row: &Row<'_>) -> bool {
        matches!(self, Self::Field { slot, .. } if matches!(row.value(*slot), Val::Null))
    }
}

impl FieldTest {
    /// Whether it holds of a field with these values, of which there is one at least.
    fn truth(&self, texts: &[Cow<'_, str>]) -> Truth {
        match self {
            // Source: Search Manual, "Difference between != and NOT": events that contain the value. So any value decides (assumed).
            Self::Equal(matcher) => Truth::any(texts.iter().map(|text| matcher.truth(text))),
            Self::Unequal(matcher) => unequal(matcher, texts),
            // Any value decides, as for `=` (assumed).
            Self::Order { op, text, number } => {
                Truth::of(texts.iter().any(|value| ordered(*op, value, text, *number)))
            }
            Self::OneOf { plain, others } => Truth::any(texts.iter().map(|text| {
                if !plain.is_empty() && holds_folded(plain, text) {
                    return Truth::True;
                }
                Truth::any(others.iter().map(|matcher| matcher.truth(text)))
            })),
        }
    }
}

fn holds_folded(plain: &HashSet<String>, text: &str) -> bool {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        plain.contains(&text.to_ascii_lowercase())
    } else {
        plain.contains(text)
    }
}

/// Source: Search Reference, search, example 6: the field is there and does not have the value; `field!=*` is never true. Of several values,
/// some equal and some not, no page says.
fn unequal(matcher: &Matcher, texts: &[Cow<'_, str>]) -> Truth {
    let (mut equal, mut other) = (false, false);
    for text in texts {
        match matcher.truth(text) {
            Truth::True => equal = true,
            Truth::False => other = true,
            undefined => return undefined,
        }
    }
    if equal && other {
        return Truth::Undefined("!= over a field of several values, one of which is equal");
    }
    Truth::of(other)
}

/// Source: Search Reference, search, "Comparison expression options": two numbers compare as such, anything else by its bytes.
fn ordered(op: Op, value: &str, text: &str, wanted: Option<f64>) -> bool {
    let wanted = wanted.filter(|_| !verdict_faults::at("spl/engine/search-orders-as-text"));
    match (number(value), wanted) {
        (Some(value), Some(wanted)) => value
            .partial_cmp(&wanted)
            .is_some_and(|order| op.holds(order)),
        _ => op.holds(value.cmp(text)),
    }
}

impl Matcher {
    /// Source: Search Reference, search, "Comparison expression options": `=` compares strings, so `1` is not `1.0`. "CIDR matching": a value
    /// in CIDR notation is a network, quoted or not; whether it also equals its own text no page says.
    fn truth(&self, text: &str) -> Truth {
        match self {
            Self::Wildcard(wildcard) => Truth::of(wildcard.fits(text)),
            Self::Network(network, literal) => {
                if network::holds(network, text) {
                    Truth::True
                } else if literal.fits(text) {
                    Truth::Undefined("a network compared with its own text")
                } else {
                    Truth::False
                }
            }
        }
    }
}
