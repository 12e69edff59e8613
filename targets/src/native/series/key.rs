//! Join keys as bytes: tuples are equal exactly where their bytes are.

use std::net::IpAddr;
use verdict_compiler::ir::readable::readable;
use verdict_compiler::ir::series::{Key, Place, moment};
use verdict_event::{Decimal, Event, FieldType, Path, TimestampFormat, Value};

/// A tuple of key values.
pub(super) type Tuple = Box<[u8]>;

/// More combinations of values than these, and an event joins by the first of them only.
const MAX_TUPLES: usize = 1000;

/// Reads the keys of a term.
#[derive(Debug)]
pub(super) struct KeyReader {
    keys: Vec<Key>,
}

impl KeyReader {
    pub(super) fn new(keys: &[Key]) -> Self {
        Self {
            keys: keys.to_vec(),
        }
    }

    /// Every tuple by which an event joins, each once, in order of appearance.
    pub(super) fn tuples(&self, event: &Event) -> Vec<Tuple> {
        let mut tuples = Tuples::default();
        for key in &self.keys {
            tuples.by(|values| read_key(key, event, values));
        }
        tuples.into_tuples()
    }
}

/// Every tuple of texts at these places of an event; `group` is the group of the match that the event stands for.
pub(super) fn texts(places: &[Place], group: &[Tuple], event: &Event) -> Vec<Tuple> {
    let mut tuples = Tuples::default();
    for place in places {
        tuples.by(|values| match place {
            Place::Field(path) => path.visit(event.root(), &mut |value| {
                if let Some(text) = value.scalar_text() {
                    values.add(|bytes| push_text(text, bytes));
                }
            }),
            Place::Group(at) => {
                if let Some(part) = group.get(*at) {
                    values.add(|bytes| bytes.extend_from_slice(part));
                }
            }
        });
    }
    tuples.into_tuples()
}

/// The parts of every tuple of texts at these places, one a place.
pub(super) fn parts(places: &[Place], group: &[Tuple], event: &Event) -> Vec<Vec<Tuple>> {
    let mut found: Vec<Vec<Tuple>> = vec![Vec::new()];
    for place in places {
        let one = texts(std::slice::from_ref(place), group, event);
        let mut longer = Vec::new();
        for parts in &found {
            for part in one.iter().take(MAX_TUPLES.saturating_sub(longer.len())) {
                let mut parts = parts.clone();
                parts.push(part.clone());
                longer.push(parts);
            }
        }
        found = longer;
    }
    found
}

/// Every number at a place of an event.
pub(super) fn numbers(place: &Place, group: &[Tuple], event: &Event, found: &mut Vec<f64>) {
    let mut number = |text: &str| {
        if Decimal::parse(text).is_some()
            && let Ok(number) = text.parse::<f64>()
        {
            found.push(number);
        }
    };
    match place {
        Place::Field(path) => each_text(path, event, &mut number),
        Place::Group(at) => {
            // A tag and a length stand before the text.
            let text = group.get(*at).and_then(|part| part.get(5..));
            if let Some(text) = text.and_then(|text| std::str::from_utf8(text).ok()) {
                number(text);
            }
        }
    }
}

fn each_text(path: &Path, event: &Event, found: &mut dyn FnMut(&str)) {
    path.visit(event.root(), &mut |value| {
        if let Some(text) = value.scalar_text() {
            found(text);
        }
    });
}

/// Tuples while they grow, key by key.
struct Tuples {
    /// All tuples so far.
    tuples: Vec<Vec<u8>>,
}

impl Default for Tuples {
    fn default() -> Self {
        Self {
            tuples: vec![Vec::new()],
        }
    }
}

/// The values of one key, each once.
#[derive(Default)]
struct Values {
    values: Vec<Vec<u8>>,
}

impl Values {
    fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        if self.values.len() >= MAX_TUPLES {
            return;
        }
        let mut bytes = Vec::with_capacity(24);
        write(&mut bytes);
        if !self.values.contains(&bytes) {
            self.values.push(bytes);
        }
    }
}

impl Tuples {
    /// Every tuple with every value of another key behind it, the last key changing fastest.
    fn by(&mut self, read: impl FnOnce(&mut Values)) {
        let mut values = Values::default();
        read(&mut values);
        match (values.values.as_slice(), self.tuples.as_mut_slice()) {
            ([], _) => self.tuples.clear(),
            ([value], tuples) => {
                for tuple in tuples {
                    tuple.extend_from_slice(value);
                }
            }
            (values, tuples) => {
                let mut longer = Vec::new();
                for tuple in tuples.iter() {
                    for value in values.iter().take(MAX_TUPLES.saturating_sub(longer.len())) {
                        longer.push([tuple.as_slice(), value].concat());
                    }
                }
                self.tuples = longer;
            }
        }
    }

    fn into_tuples(self) -> Vec<Tuple> {
        self.tuples.into_iter().map(Vec::into_boxed_slice).collect()
    }
}

const NULL: u8 = 0;
const TEXT: u8 = 1;
const WHOLE: u8 = 2;
const DECIMAL: u8 = 3;
const ADDRESS: u8 = 4;
const INSTANT: u8 = 5;

fn read_key(key: &Key, event: &Event, values: &mut Values) {
    if key.schema.mapped {
        key.field.visit_with_nulls(
            event.root(),
            &mut |value| match (value, &key.schema.null_value) {
                (Value::Null, Some(stand_in)) => {
                    read_value(key.schema.kind, &Value::from(stand_in.clone()), values);
                }
                (other, _) => read_value(key.schema.kind, other, values),
            },
        );
    }
    if values.values.is_empty() && key.optional {
        values.add(|bytes| bytes.push(NULL));
    }
}

fn read_value(kind: FieldType, value: &Value, values: &mut Values) {
    let Some(text) = value.scalar_text().filter(|_| readable(kind, value)) else {
        return;
    };
    values.add(|bytes| match kind {
        FieldType::Keyword
        | FieldType::Text
        | FieldType::Version
        | FieldType::Boolean
        | FieldType::Object => push_text(text, bytes),
        FieldType::Long | FieldType::Double => push_number(text, bytes),
        FieldType::Ip => {
            let octets = match text.parse() {
                Ok(IpAddr::V4(address)) => address.to_ipv6_mapped().octets(),
                Ok(IpAddr::V6(address)) => address.octets(),
                Err(_) => [0; 16],
            };
            bytes.push(ADDRESS);
            bytes.extend_from_slice(&octets);
        }
        FieldType::Date => {
            let instant = moment::read(TimestampFormat::Iso, value).unwrap_or_default();
            bytes.push(INSTANT);
            bytes.extend_from_slice(&instant.to_le_bytes());
        }
    });
}

/// Text with its length before it, so that no two tuples look alike.
fn push_text(text: &str, bytes: &mut Vec<u8>) {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    bytes.push(TEXT);
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

fn push_number(text: &str, bytes: &mut Vec<u8>) {
    // What Rust reads as a whole number but no decimal is, `+5`, was refused as unreadable before.
    let whole = text.parse::<i64>().ok();
    let decimal = || Decimal::parse(text);
    if let Some(whole) = whole.or_else(|| decimal()?.to_i64()) {
        bytes.push(WHOLE);
        bytes.extend_from_slice(&whole.to_le_bytes());
    } else {
        // A decimal's normal form is its only one.
        let normal = format!("{:?}", decimal());
        bytes.push(DECIMAL);
        push_text(&normal, bytes);
    }
}
