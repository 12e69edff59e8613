//! The fields that rules read, each with a slot: a number that nodes use in place of a path.

use crate::native::view::View;
use std::collections::{BTreeMap, HashMap};
use verdict_compiler::ir::readable::readable;
use verdict_event::{Event, FieldSchema, FieldType, Path, Value};

/// The fields of a rule or a whole pack.
#[derive(Debug, Default)]
pub(super) struct Fields {
    slots: Vec<Slot>,
    /// Every path, and every beginning of one that ends before a dot: what a key may be on the way to a field.
    names: HashMap<Box<str>, Name>,
}

/// A field as one rule reads it. Rules whose mappings let null stand for different values read different slots.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) path: Path,
    /// What an explicit null stands for.
    pub(super) stand_in: Option<Value>,
    /// The field's type, if it cannot read every scalar.
    kind: Option<FieldType>,
}

#[derive(Debug, Default)]
struct Name {
    slots: Vec<usize>,
    /// Whether longer paths begin so.
    deeper: bool,
}

/// What a walk over an event tells of its fields.
pub(super) trait Sink<'e> {
    /// The field's key stands in the event.
    fn stands(&mut self, slot: usize);
    /// The field has this value.
    fn value(&mut self, slot: usize, view: View<'e>);
}

impl Fields {
    /// The slot of a field under a mapping.
    pub(super) fn slot(&mut self, path: &Path, mapping: &BTreeMap<Path, FieldSchema>) -> usize {
        let stand_in = mapping
            .get(path)
            .and_then(|field| field.null_value.clone())
            .map(Value::from)
            .filter(|value| value.scalar_text().is_some());
        // Text holds every scalar, so only other types are worth a look at each value.
        let kind = mapping
            .get(path)
            .map(|field| field.kind)
            .filter(|kind| *kind != FieldType::Keyword);
        let known = self.names.get(path.as_str()).and_then(|name| {
            let same = |slot: &&usize| {
                self.slots
                    .get(**slot)
                    .is_some_and(|have| have.stand_in == stand_in && have.kind == kind)
            };
            name.slots.iter().find(same).copied()
        });
        known.unwrap_or_else(|| self.add(path, stand_in, kind))
    }

    /// The type of a slot's field.
    pub(super) fn kind(&self, slot: usize) -> FieldType {
        self.slots
            .get(slot)
            .and_then(|slot| slot.kind)
            .unwrap_or(FieldType::Keyword)
    }

    fn add(&mut self, path: &Path, stand_in: Option<Value>, kind: Option<FieldType>) -> usize {
        let slot = self.slots.len();
        let text = path.as_str();
        for (at, _) in text.match_indices('.') {
            if let Some(start) = text.get(..at) {
                self.names.entry(start.into()).or_default().deeper = true;
            }
        }
        self.names.entry(text.into()).or_default().slots.push(slot);
        self.slots.push(Slot {
            path: path.clone(),
            stand_in,
            kind,
        });
        slot
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn get(&self, slot: usize) -> Option<&Slot> {
        self.slots.get(slot)
    }

    /// Tells a sink of every field of an event, in one pass over its keys. A field is the keys on the way to it joined by dots, just as
    /// [`Path`] reads it, so each key asks once whether it leads anywhere.
    pub(super) fn walk<'e>(&'e self, event: &'e Event, sink: &mut dyn Sink<'e>) {
        let mut way = String::new();
        for (key, value) in event.entries() {
            if let Some(name) = self.names.get(key.as_str()) {
                self.deliver(name, value, sink);
                if name.deeper && has_keys(value) {
                    way.clear();
                    way.push_str(key);
                    self.deeper(value, &mut way, sink);
                }
            }
        }
    }

    fn deeper<'e>(&'e self, value: &'e Value, way: &mut String, sink: &mut dyn Sink<'e>) {
        match value {
            Value::Object(entries) => {
                let length = way.len();
                for (key, inner) in entries {
                    way.push('.');
                    way.push_str(key);
                    if let Some(name) = self.names.get(way.as_str()) {
                        self.deliver(name, inner, sink);
                        if name.deeper && has_keys(inner) {
                            self.deeper(inner, way, sink);
                        }
                    }
                    way.truncate(length);
                }
            }
            Value::List(items) => items.iter().for_each(|item| self.deeper(item, way, sink)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn deliver<'e>(&'e self, name: &Name, value: &'e Value, sink: &mut dyn Sink<'e>) {
        for &slot in &name.slots {
            if let Some(field) = self.slots.get(slot) {
                sink.stands(slot);
                field.values(value, slot, sink);
            }
        }
    }
}

impl Slot {
    /// The view of a scalar or null at this field.
    pub(super) fn view<'e>(&'e self, value: &'e Value) -> Option<View<'e>> {
        let value = match (value, &self.stand_in) {
            (Value::Null, Some(stand_in)) => stand_in,
            (value, _) => value,
        };
        View::of(value).filter(|_| self.kind.is_none_or(|kind| readable(kind, value)))
    }

    fn values<'e>(&'e self, value: &'e Value, slot: usize, sink: &mut dyn Sink<'e>) {
        match value {
            Value::List(items) => items.iter().for_each(|item| self.values(item, slot, sink)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                if let Some(view) = self.view(value) {
                    sink.value(slot, view);
                }
            }
            Value::Object(_) => {}
        }
    }
}

fn has_keys(value: &Value) -> bool {
    matches!(value, Value::Object(_) | Value::List(_))
}
