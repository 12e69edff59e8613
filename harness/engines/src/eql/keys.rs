//! Join keys: the tuples of one event.

use super::eval::Row;
use super::plan::Key;
use super::value::{Number, Value, address_bits};
use std::net::Ipv6Addr;
use verdict_event::Decimal;

/// The tuples by which one event joins; further ones are left out (`docs/semantics.md`, Q7).
const MAX_TUPLES: usize = 1000;

/// One part of a key. The order is that in which samples are returned: null first, then by value.
///
/// Numbers compare by value, whatever their type: *assumed* where one field is whole and the other is not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum KeyPart {
    Null,
    Bool(bool),
    Number(Decimal),
    Date(i64),
    Ip(Ipv6Addr),
    Text(String),
}

/// A whole key.
pub(crate) type Tuple = Vec<KeyPart>;

/// Every tuple of one event: a list gives one a value, several lists all their combinations. Empty where a key that is not optional has no
/// value.
///
/// Source: documentation of `by` and of optional by fields; the suite's cases of multi-value keys; `TumblingWindow.wrapValues`, whose
/// order this is: the values of the last key vary slowest.
pub(crate) fn tuples(row: &Row<'_>, keys: &[Key]) -> Vec<Tuple> {
    let mut found: Vec<Tuple> = vec![Vec::with_capacity(keys.len())];
    for key in keys {
        let parts = parts(row, key);
        found = parts
            .iter()
            .flat_map(|part| {
                found.iter().map(|tuple| {
                    let mut tuple = tuple.clone();
                    tuple.push(part.clone());
                    tuple
                })
            })
            .take(MAX_TUPLES)
            .collect();
    }
    found
}

/// The distinct values of one key, in the order of the event.
fn parts(row: &Row<'_>, key: &Key) -> Vec<KeyPart> {
    let mut parts: Vec<KeyPart> = Vec::new();
    if let Some(slot) = key.slot {
        for value in row.read_all(slot, key.read) {
            let part = part(value);
            if part != KeyPart::Null && !parts.contains(&part) {
                parts.push(part);
                if parts.len() == MAX_TUPLES {
                    break;
                }
            }
        }
    }
    let optional = key.optional && !verdict_faults::at("eql/engine/optional-key-wants-a-value");
    if parts.is_empty() && (optional || verdict_faults::at("eql/engine/null-keys-join")) {
        parts.push(KeyPart::Null);
    }
    parts
}

fn part(value: Value<'_>) -> KeyPart {
    match value {
        Value::Null => KeyPart::Null,
        Value::Bool(value) => KeyPart::Bool(value),
        Value::Number(number) => decimal(&number).map_or(KeyPart::Null, KeyPart::Number),
        Value::Text(text) | Value::Version(text) => KeyPart::Text(text.into_owned()),
        Value::Ip(address) => KeyPart::Ip(address_bits(address)),
        Value::Date(millis) => KeyPart::Date(millis),
    }
}

fn decimal(number: &Number<'_>) -> Option<Decimal> {
    match number {
        Number::Int(value) => Decimal::parse(&value.to_string()),
        Number::Exact(text) => Decimal::parse(text),
        Number::Float(value) => Decimal::parse(&format!("{value:e}")),
    }
}
