//! Events, with the fields that rules read already found.
//!
//! A field's name such as `process.name` reads `{"process":{"name":1}}`, `{"process.name":1}` and any mixture; where several are
//! present, all their values count. Lists on the way are flattened, nulls are skipped.

use super::instant;
use super::json::{Error, Json, Reader};
use super::number::integer;
use super::scalar::{Kind, Scalar};
use std::collections::HashMap;
use std::net::IpAddr;

/// A field: its place among the fields of this crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field(pub usize);

/// Every string of the event, wherever it stands: what a search for keywords looks at.
pub const ANY_TEXT: Field = Field(0);

/// Which values a field reads; one that it cannot read is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Every value.
    Any,
    /// Whole numbers, and texts of numbers.
    Long,
    /// Numbers, and texts of numbers.
    Double,
    /// `true` and `false`, also as text.
    Boolean,
    /// Instants: ISO 8601 text, and milliseconds since 1970.
    Date,
    /// Texts of addresses.
    Ip,
}

/// What a null stands for, where a mapping says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Null {
    /// Nothing: the field is missing.
    Missing,
    /// A string.
    Text(&'static str),
    /// A number.
    Number(&'static str),
    /// A boolean.
    Bool(bool),
}

/// A field's name, and how it is read.
#[derive(Clone, Copy, Debug)]
pub struct FieldName {
    /// The path, with dots.
    pub path: &'static str,
    /// Which values it reads.
    pub reads: Reads,
    /// What a null stands for.
    pub null: Null,
}

/// The fields of a crate, by the keys that lead to them. The first one is [`ANY_TEXT`].
#[derive(Debug)]
pub struct Fields {
    names: &'static [FieldName],
    /// Every path, and every beginning of one that ends before a dot.
    ways: HashMap<&'static str, Way>,
    any_text: bool,
}

/// What a key on the way to a field leads to.
#[derive(Debug, Default)]
struct Way {
    fields: Vec<Field>,
    /// Whether longer paths begin so.
    deeper: bool,
}

impl Fields {
    /// The fields with these names. `any_text`: whether some rule looks at every string.
    pub fn new(names: &'static [FieldName], any_text: bool) -> Self {
        let mut ways: HashMap<&'static str, Way> = HashMap::new();
        for (at, name) in names.iter().enumerate().skip(1) {
            for (dot, _) in name.path.match_indices('.') {
                if let Some(start) = name.path.get(..dot) {
                    ways.entry(start).or_default().deeper = true;
                }
            }
            ways.entry(name.path).or_default().fields.push(Field(at));
        }
        Self {
            names,
            ways,
            any_text,
        }
    }

    fn name(&self, field: Field) -> Option<&FieldName> {
        self.names.get(field.0)
    }

    /// Which values a field reads.
    pub(super) fn reads(&self, field: Field) -> Reads {
        self.name(field).map_or(Reads::Any, |name| name.reads)
    }
}

/// Whether a field reads a value.
fn readable(reads: Reads, value: &Scalar) -> bool {
    match reads {
        Reads::Any => true,
        Reads::Long | Reads::Double => value.decimal().is_some(),
        Reads::Boolean => value.truth().is_some(),
        Reads::Date => match value.kind() {
            Kind::Number => integer(value.as_str()).is_some(),
            Kind::Text => instant::parse(value.as_str()).is_some(),
            Kind::Bool => false,
        },
        Reads::Ip => value.as_str().parse::<IpAddr>().is_ok(),
    }
}

/// One event.
#[derive(Debug)]
pub struct Event {
    fields: &'static Fields,
    scalars: Vec<Scalar>,
    slots: Vec<Slot>,
}

/// What an event holds at a field.
#[derive(Clone, Debug, Default)]
struct Slot {
    /// Whether its key stands in the event, whatever is under it.
    stands: bool,
    /// Places of its values among the scalars.
    values: Vec<u32>,
}

impl Event {
    /// The event that an object is.
    pub fn new(entries: Vec<(Box<str>, Json)>, fields: &'static Fields) -> Self {
        let mut event = Self {
            fields,
            scalars: Vec::new(),
            slots: vec![Slot::default(); fields.names.len()],
        };
        event.walk(entries, &mut String::new(), true);
        event
    }

    /// Reads the next events of a text: an object is one, an array holds some. Empty at the end of the text.
    pub fn read(reader: &mut Reader<'_>, fields: &'static Fields) -> Result<Vec<Self>, Error> {
        let object = |document: Json, offset: usize| match document {
            Json::Object(entries) => Ok(Self::new(entries, fields)),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::List(_) => {
                Err(Error {
                    offset,
                    message: "an event must be an object",
                })
            }
        };
        loop {
            let document = reader.document()?;
            let offset = reader.offset();
            match document {
                None => return Ok(Vec::new()),
                Some(Json::List(items)) if items.is_empty() => {}
                Some(Json::List(items)) => {
                    let events = items.into_iter().map(|item| object(item, offset));
                    return events.collect();
                }
                Some(other) => return object(other, offset).map(|event| vec![event]),
            }
        }
    }

    /// Goes through the entries of an object. `way` is the path of the object; `leads`: whether it leads to a field.
    fn walk(&mut self, entries: Vec<(Box<str>, Json)>, way: &mut String, leads: bool) {
        let fields = self.fields;
        let length = way.len();
        for (key, value) in entries {
            let found = if leads {
                way.push_str(&key);
                fields.ways.get(way.as_str())
            } else {
                None
            };
            for field in found.iter().flat_map(|found| &found.fields) {
                if let Some(slot) = self.slots.get_mut(field.0) {
                    slot.stands = true;
                }
            }
            if found.is_some() || fields.any_text {
                if leads {
                    way.push('.');
                }
                self.deliver(value, found, way);
            }
            way.truncate(length);
        }
    }

    /// Puts what stands under a key where it belongs. `way` ends with a dot.
    fn deliver(&mut self, value: Json, found: Option<&Way>, way: &mut String) {
        match value {
            Json::List(items) => {
                for item in items {
                    self.deliver(item, found, way);
                }
            }
            Json::Object(entries) => {
                let leads = found.is_some_and(|found| found.deeper);
                if leads || self.fields.any_text {
                    self.walk(entries, way, leads);
                }
            }
            Json::Null => self.null(found),
            Json::Bool(truth) => self.scalar(Scalar::bool(truth), found),
            Json::Number(text) => self.scalar(Scalar::number(text), found),
            Json::Text(text) => self.scalar(Scalar::text(text), found),
        }
    }

    fn scalar(&mut self, value: Scalar, found: Option<&Way>) {
        let Ok(place) = u32::try_from(self.scalars.len()) else {
            return;
        };
        let fields = self.fields;
        if fields.any_text && value.kind() == Kind::Text {
            self.put(ANY_TEXT, place);
        }
        for field in found.iter().flat_map(|found| &found.fields) {
            if readable(fields.reads(*field), &value) {
                self.put(*field, place);
            }
        }
        self.scalars.push(value);
    }

    /// A null has a value only at fields whose mapping gives it one.
    fn null(&mut self, found: Option<&Way>) {
        let fields = self.fields;
        for field in found.iter().flat_map(|found| &found.fields) {
            let Some(name) = fields.name(*field) else {
                continue;
            };
            let value = match name.null {
                Null::Missing => continue,
                Null::Text(text) => Scalar::text(text),
                Null::Number(text) => Scalar::number(text),
                Null::Bool(truth) => Scalar::bool(truth),
            };
            if let (true, Ok(place)) = (
                readable(name.reads, &value),
                u32::try_from(self.scalars.len()),
            ) {
                self.put(*field, place);
                self.scalars.push(value);
            }
        }
    }

    fn put(&mut self, field: Field, place: u32) {
        if let Some(slot) = self.slots.get_mut(field.0) {
            slot.values.push(place);
        }
    }

    fn slot(&self, field: Field) -> Option<&Slot> {
        self.slots.get(field.0)
    }

    /// The values of a field.
    pub(super) fn scalars(&self, field: Field) -> impl Iterator<Item = &Scalar> {
        let places = self.slot(field).map_or(&[][..], |slot| &slot.values);
        let place = |place: &u32| usize::try_from(*place).ok();
        places
            .iter()
            .filter_map(move |at| self.scalars.get(place(at)?))
    }

    /// Whether the field has a value.
    pub fn has(&self, field: Field) -> bool {
        self.slot(field).is_some_and(|slot| !slot.values.is_empty())
    }

    /// Whether the field's key stands in the event, even over null.
    pub fn stands(&self, field: Field) -> bool {
        self.slot(field).is_some_and(|slot| slot.stands)
    }

    /// The fields of the crate that the event was read for.
    pub(super) fn fields(&self) -> &'static Fields {
        self.fields
    }
}

#[cfg(test)]
mod tests {
    use super::{ANY_TEXT, Event, Field, FieldName, Fields, Null, Reads};
    use crate::rust::runtime::json::Reader;
    use std::sync::LazyLock;

    const fn name(path: &'static str, reads: Reads, null: Null) -> FieldName {
        FieldName { path, reads, null }
    }

    static NAMES: [FieldName; 6] = [
        name("", Reads::Any, Null::Missing),
        name("a.b.c", Reads::Any, Null::Missing),
        name("a.b", Reads::Any, Null::Missing),
        name("a", Reads::Long, Null::Number("7")),
        name("a", Reads::Any, Null::Missing),
        name("a", Reads::Date, Null::Text("no date")),
    ];
    static FIELDS: LazyLock<Fields> = LazyLock::new(|| Fields::new(&NAMES, true));

    fn event(json: &str) -> Event {
        let mut events = Event::read(&mut Reader::new(json), &FIELDS).expect("events");
        events.pop().expect("an event")
    }

    fn texts(json: &str, field: usize) -> Vec<String> {
        let event = event(json);
        let values = event.scalars(Field(field));
        values.map(|value| value.as_str().to_owned()).collect()
    }

    #[test]
    fn nested_and_dotted_keys_read_alike() {
        for json in [
            r#"{"a":{"b":{"c":"x"}}}"#,
            r#"{"a.b":{"c":"x"}}"#,
            r#"{"a":{"b.c":"x"}}"#,
            r#"{"a.b.c":"x"}"#,
            r#"{"a":[[{"b":[{"c":["x"]}]}]]}"#,
        ] {
            assert_eq!(texts(json, 1), ["x"], "{json}");
        }
        assert_eq!(texts(r#"{"a.b":1,"a":{"b":2}}"#, 2), ["1", "2"]);
    }

    #[test]
    fn lists_flatten_and_nulls_are_skipped() {
        let json = r#"{"a":[{"b":"x"},{"b":["y",null,["z"]]},3]}"#;
        assert_eq!(texts(json, 2), ["x", "y", "z"]);
        for missing in [
            "{}",
            r#"{"a":null}"#,
            r#"{"a":[]}"#,
            r#"{"a":[null]}"#,
            r#"{"a":{}}"#,
        ] {
            assert!(!event(missing).has(Field(4)), "{missing}");
        }
    }

    #[test]
    fn a_key_stands_even_over_null() {
        let stands = |json: &str, field: usize| event(json).stands(Field(field));
        assert!(stands(r#"{"a":null}"#, 4) && stands(r#"{"a":{"b":[]}}"#, 2));
        assert!(!stands("{}", 4) && !stands(r#"{"a":{"c":1}}"#, 2) && !stands(r#"{"b":1}"#, 2));
    }

    #[test]
    fn a_field_reads_what_its_type_can_hold() {
        let json = r#"{"a":["x","12",1.50,true,null,"2024-01-01"]}"#;
        assert_eq!(texts(json, 3), ["12", "1.50", "7"]);
        assert_eq!(texts(json, 4), ["x", "12", "1.50", "true", "2024-01-01"]);
        assert_eq!(texts(json, 5), ["2024-01-01"]);
    }

    #[test]
    fn every_string_is_text() {
        let json = r#"{"z":["u",{"y":"v"}],"a":{"b":"w","q":1},"x":{"a":"not the field"}}"#;
        assert_eq!(texts(json, ANY_TEXT.0), ["u", "v", "w", "not the field"]);
        assert!(!event(json).has(Field(4)));
    }
}
