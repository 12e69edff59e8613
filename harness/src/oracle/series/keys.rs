//! What joins events: the values of their keys (Q6, Q7).

use std::collections::BTreeSet;
use std::net::IpAddr;
use verdict_compiler::ir::readable::readable;
use verdict_compiler::ir::series::{Key, Place, moment};
use verdict_event::{Decimal, Event, FieldType, Path, TimestampFormat, Value};

/// More combinations of values than these, and an event joins by the first of them only.
const MAX_TUPLES: usize = 1000;

/// The value of a key, comparable as its type compares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyValue {
    /// No value, where that is one.
    Null,
    /// Text, exactly; `true` and `false` too.
    Text(String),
    /// A number.
    Number(Decimal),
    /// An address; an IPv4 address is the IPv6 address that it is mapped to.
    Address(u128),
    /// Milliseconds since 1970.
    Instant(i64),
}

/// The values of all keys.
pub type KeyTuple = Vec<KeyValue>;

/// Every tuple by which an event joins, each once; none if a key that must have a value has none.
pub(super) fn tuples(keys: &[Key], event: &Event) -> Vec<KeyTuple> {
    product(keys.iter().map(|key| values(key, event)).collect())
}

/// Every tuple of texts at some places of an event: the groups that it belongs to (C5).
pub(super) fn texts(places: &[Place], group: &[KeyValue], event: &Event) -> Vec<KeyTuple> {
    let at = |place: &Place| match place {
        Place::Field(path) => texts_at(path, event),
        Place::Group(at) => group.get(*at).cloned().into_iter().collect(),
    };
    product(places.iter().map(at).collect())
}

fn texts_at(path: &Path, event: &Event) -> Vec<KeyValue> {
    let values = event.values(path).into_iter();
    let texts = values.filter_map(Value::scalar_text);
    once(texts.map(|text| KeyValue::Text(text.to_owned())))
}

fn values(key: &Key, event: &Event) -> Vec<KeyValue> {
    let mut found = Vec::new();
    if key.schema.mapped {
        key.field.visit_with_nulls(event.root(), &mut |value| {
            let value = match (value, &key.schema.null_value) {
                (Value::Null, Some(stand_in)) => &Value::from(stand_in.clone()),
                (other, _) => other,
            };
            if readable(key.schema.kind, value) {
                found.extend(read(key.schema.kind, value));
            }
        });
    }
    let found = once(found);
    if found.is_empty() && key.optional {
        vec![KeyValue::Null]
    } else {
        found
    }
}

fn read(kind: FieldType, value: &Value) -> Option<KeyValue> {
    let text = value.scalar_text()?;
    match kind {
        FieldType::Keyword
        | FieldType::Text
        | FieldType::Version
        | FieldType::Boolean
        | FieldType::Object => Some(KeyValue::Text(text.to_owned())),
        FieldType::Long | FieldType::Double => Decimal::parse(text).map(KeyValue::Number),
        FieldType::Ip => {
            let address = match text.parse().ok()? {
                IpAddr::V4(address) => address.to_ipv6_mapped(),
                IpAddr::V6(address) => address,
            };
            Some(KeyValue::Address(address.to_bits()))
        }
        FieldType::Date => moment::read(TimestampFormat::Iso, value).map(KeyValue::Instant),
    }
}

/// The values without repetitions, in order of appearance.
fn once(values: impl IntoIterator<Item = KeyValue>) -> Vec<KeyValue> {
    let mut seen = BTreeSet::new();
    let values = values.into_iter();
    values.filter(|value| seen.insert(value.clone())).collect()
}

/// Every choice of one from each, the last changing fastest.
fn product(choices: Vec<Vec<KeyValue>>) -> Vec<KeyTuple> {
    let mut tuples = vec![Vec::new()];
    for values in choices {
        let mut longer = Vec::new();
        for tuple in &tuples {
            for value in &values {
                if longer.len() < MAX_TUPLES {
                    let mut tuple = tuple.clone();
                    tuple.push(value.clone());
                    longer.push(tuple);
                }
            }
        }
        tuples = longer;
    }
    tuples
}
