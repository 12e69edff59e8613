//! Reads join keys, and what correlations read of events.

use crate::series::correlation::Source;
use crate::series::tuple::{Tuple, Tuples, Values};
use verdict_compiler::ir::readable::readable;
use verdict_compiler::ir::series::{Key, moment};
use verdict_event::{Decimal, Event, FieldType, Path, TimestampFormat, Value};

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

impl Source for &Event {
    type Field = Path;

    fn texts(&self, field: &Path, found: &mut dyn FnMut(&str)) {
        field.visit(self.root(), &mut |value| {
            if let Some(text) = value.scalar_text() {
                found(text);
            }
        });
    }

    fn number(text: &str) -> Option<f64> {
        Decimal::parse(text)?;
        text.parse().ok()
    }
}

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
    if values.is_empty() && key.optional {
        values.null();
    }
}

fn read_value(kind: FieldType, value: &Value, values: &mut Values) {
    let Some(text) = value.scalar_text().filter(|_| readable(kind, value)) else {
        return;
    };
    match kind {
        FieldType::Keyword
        | FieldType::Text
        | FieldType::Version
        | FieldType::Boolean
        | FieldType::Object => values.text(text),
        FieldType::Long | FieldType::Double => read_number(text, values),
        FieldType::Ip => {
            if let Ok(address) = text.parse() {
                values.address(address);
            }
        }
        FieldType::Date => {
            values.instant(moment::read(TimestampFormat::Iso, value).unwrap_or_default());
        }
    }
}

fn read_number(text: &str, values: &mut Values) {
    // What Rust reads as a whole number but no decimal is, `+5`, was refused as unreadable before.
    let whole = text.parse::<i64>().ok();
    let decimal = || Decimal::parse(text);
    match whole.or_else(|| decimal()?.to_i64()) {
        Some(whole) => values.whole(whole),
        // A decimal's normal form is its only one.
        None => values.decimal(&format!("{:?}", decimal())),
    }
}
