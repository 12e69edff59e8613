//! What is known of an event stream's fields: type, lists, mapped or not.

use crate::number::Number;
use crate::path::Path;
use crate::value::{Event, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The type of a field, in Elasticsearch's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Text compared as a whole (also `constant_keyword` and `wildcard`).
    #[serde(alias = "constant_keyword", alias = "wildcard", alias = "flattened")]
    Keyword,
    /// Analysed text, which EQL refuses.
    #[serde(alias = "match_only_text")]
    Text,
    /// A signed 64-bit integer.
    #[serde(
        alias = "integer",
        alias = "short",
        alias = "byte",
        alias = "unsigned_long"
    )]
    Long,
    /// A 64-bit float.
    #[serde(alias = "float", alias = "half_float", alias = "scaled_float")]
    Double,
    /// `true` or `false`.
    Boolean,
    /// An instant.
    #[serde(alias = "date_nanos")]
    Date,
    /// An IPv4 or IPv6 address.
    Ip,
    /// A software version, ordered part by part.
    Version,
    /// Anything a query cannot compare: objects, nested documents, geo points.
    #[serde(alias = "nested", alias = "geo_point")]
    Object,
}

impl FieldType {
    /// Whether values are compared as numbers.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Long | Self::Double)
    }
}

/// What is known of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSchema {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Whether it may hold several values.
    #[serde(default)]
    pub array: bool,
    /// Whether any index of the source maps it. A field that is mapped in none folds to null under `?`.
    #[serde(default = "yes")]
    pub mapped: bool,
    /// The value that a JSON null stands for, where the mapping sets one.
    #[serde(default)]
    pub null_value: Option<serde_json::Value>,
}

fn yes() -> bool {
    true
}

impl FieldSchema {
    /// A mapped, single-valued field of this type.
    pub fn new(kind: FieldType) -> Self {
        Self {
            kind,
            array: false,
            mapped: true,
            null_value: None,
        }
    }
}

/// How a timestamp is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TimestampFormat {
    /// ISO 8601 text.
    Iso,
    /// Milliseconds since 1970.
    Ms,
    /// Seconds since 1970.
    S,
    /// 100 ns since 1601.
    Filetime,
}

/// Where the time of an event stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timestamp {
    /// The field.
    pub field: String,
    /// How it is written.
    pub format: TimestampFormat,
}

impl Default for Timestamp {
    fn default() -> Self {
        Self {
            field: "@timestamp".to_owned(),
            format: TimestampFormat::Iso,
        }
    }
}

/// The fields of an event stream; what `build` writes and `query --schema` reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Schema {
    /// Where the time stands.
    pub timestamp: Timestamp,
    /// The field that EQL's event category reads.
    pub category: String,
    /// The field that orders events of one instant.
    pub tiebreaker: Option<String>,
    /// Fields by path.
    pub fields: BTreeMap<String, FieldSchema>,
}

impl Default for Schema {
    fn default() -> Self {
        Self {
            timestamp: Timestamp::default(),
            category: "event.category".to_owned(),
            tiebreaker: None,
            fields: BTreeMap::new(),
        }
    }
}

impl Schema {
    /// What is known of a field.
    pub fn field(&self, path: &str) -> Option<&FieldSchema> {
        self.fields.get(path)
    }

    /// This schema with every path that `paths` names, that the events hold and that is not listed yet, typed from its values: any
    /// string makes it `keyword`, else any number `double` (`long` if all are integral), else `boolean`;
    /// several values in one event make it an array. A path without a value in any event stays unlisted.
    #[must_use]
    pub fn typed_from<'p>(
        mut self,
        events: &[Event],
        paths: impl IntoIterator<Item = &'p str>,
    ) -> Self {
        for name in paths {
            if self.fields.contains_key(name) {
                continue;
            }
            let path = Path::new(name);
            let mut kind: Option<FieldType> = None;
            let mut array = false;
            for event in events {
                let values = event.values(&path);
                array |= values.len() > 1;
                for value in values {
                    kind = Some(join(kind, type_of(value)));
                }
            }
            if let Some(kind) = kind {
                let field = FieldSchema {
                    array,
                    ..FieldSchema::new(kind)
                };
                self.fields.insert(name.to_owned(), field);
            }
        }
        self
    }
}

fn type_of(value: &Value) -> FieldType {
    match value {
        Value::Bool(_) => FieldType::Boolean,
        Value::Number(number) if is_long(number) => FieldType::Long,
        Value::Number(_) => FieldType::Double,
        Value::Null | Value::String(_) | Value::List(_) | Value::Object(_) => FieldType::Keyword,
    }
}

fn is_long(number: &Number) -> bool {
    number.as_i64().is_some()
}

fn join(seen: Option<FieldType>, next: FieldType) -> FieldType {
    match seen {
        None => next,
        Some(seen) if seen == next => seen,
        Some(seen) if seen.is_numeric() && next.is_numeric() => FieldType::Double,
        Some(_) => FieldType::Keyword,
    }
}

#[cfg(test)]
mod tests {
    use super::{FieldType, Schema};
    use crate::read_events;

    #[test]
    fn types_come_from_the_events() {
        let events = read_events(
            r#"{"a":1,"b":1,"c":"x","d":true,"e":[1,2]}
               {"a":"1","b":1.5,"d":null}"#,
        )
        .expect("events");
        let schema = Schema::default().typed_from(&events, ["a", "b", "c", "d", "e", "f"]);
        let kind = |name: &str| schema.field(name).map(|field| (field.kind, field.array));
        assert_eq!(kind("a"), Some((FieldType::Keyword, false)));
        assert_eq!(kind("b"), Some((FieldType::Double, false)));
        assert_eq!(kind("c"), Some((FieldType::Keyword, false)));
        assert_eq!(kind("d"), Some((FieldType::Boolean, false)));
        assert_eq!(kind("e"), Some((FieldType::Long, true)));
        assert_eq!(kind("f"), None);
    }

    #[test]
    fn the_documented_form_is_read() {
        let text = r#"{"timestamp":{"field":"@timestamp","format":"iso"},"category":"event.category","tiebreaker":null,
            "fields":{"process.args":{"type":"keyword","array":true,"mapped":true,"null_value":null},"pid":{"type":"integer"}}}"#;
        let schema: Schema = serde_json::from_str(text).expect("a schema");
        assert!(
            schema
                .field("process.args")
                .is_some_and(|field| field.array && field.mapped)
        );
        assert_eq!(
            schema.field("pid").map(|field| field.kind),
            Some(FieldType::Long)
        );
        assert!(serde_json::from_str::<Schema>(r#"{"fieldz":{}}"#).is_err());
    }
}
