//! The tree of values that an event is.

use crate::number::Number;
use crate::path::Path;

/// A value of an event. Dates and addresses are strings or numbers here; a [`crate::Schema`] types them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// JSON `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number with its source text.
    Number(Number),
    /// A string, possibly empty: `""` is a value.
    String(String),
    /// A list; it may hold lists and objects.
    List(Vec<Value>),
    /// Keys and values in source order. A key that stood twice keeps its last value.
    Object(Vec<(String, Value)>),
}

impl Value {
    /// The text of a scalar: a string as it is, a number by its source text, a boolean as `true` or `false`.
    /// None for null, lists and objects.
    pub fn scalar_text(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Number(number) => Some(number.text()),
            Self::Bool(true) => Some("true"),
            Self::Bool(false) => Some("false"),
            Self::Null | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// The value under a key, if this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Self::Object(entries) => entries
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::List(_) => None,
        }
    }

    /// This value as JSON; numbers keep their text.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Number(number) => number
                .text()
                .parse::<serde_json::Number>()
                .map_or_else(|_| number.text().into(), serde_json::Value::Number),
            Self::String(text) => text.as_str().into(),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Object(entries) => serde_json::Value::Object(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.to_json()))
                    .collect(),
            ),
        }
    }
}

impl From<serde_json::Value> for Value {
    fn from(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::Number(number) => {
                let text = number.to_string();
                Number::parse(&text).map_or(Self::String(text), Self::Number)
            }
            serde_json::Value::String(text) => Self::String(text),
            serde_json::Value::Array(items) => {
                Self::List(items.into_iter().map(Self::from).collect())
            }
            serde_json::Value::Object(map) => Self::Object(
                map.into_iter()
                    .map(|(key, value)| (key, Self::from(value)))
                    .collect(),
            ),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}

/// One event: an object at the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    root: Value,
}

impl Event {
    /// The event with these keys and values at its root.
    pub fn new(entries: Vec<(String, Value)>) -> Self {
        Self {
            root: Value::Object(entries),
        }
    }

    /// The event that a JSON object is; None for anything but an object.
    pub fn from_json(json: serde_json::Value) -> Option<Self> {
        match Value::from(json) {
            root @ Value::Object(_) => Some(Self { root }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::List(_) => {
                None
            }
        }
    }

    /// The root object.
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// The keys and values of the root, in source order.
    pub fn entries(&self) -> &[(String, Value)] {
        match &self.root {
            Value::Object(entries) => entries,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::List(_) => {
                &[]
            }
        }
    }

    /// Every scalar that the path reads, in order: nested and dotted keys alike, lists flattened, nulls skipped.
    /// Empty when the field is *missing*: absent, null, the empty list, or a list of nulls.
    pub fn values<'e>(&'e self, path: &Path) -> Vec<&'e Value> {
        let mut found = Vec::new();
        path.visit(&self.root, &mut |value| found.push(value));
        found
    }

    /// Whether the path's key stands in the event at all, even with null or an empty list under it.
    pub fn has_key(&self, path: &Path) -> bool {
        path.stands_in(&self.root)
    }

    /// Every string anywhere in the event, in source order. Numbers, booleans and keys are no strings.
    pub fn strings(&self) -> Vec<&str> {
        let mut found = Vec::new();
        collect_strings(&self.root, &mut found);
        found
    }

    /// One line of JSON.
    pub fn to_json_line(&self) -> String {
        self.root.to_json().to_string()
    }
}

fn collect_strings<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::List(items) => items.iter().for_each(|item| collect_strings(item, found)),
        Value::Object(entries) => entries
            .iter()
            .for_each(|(_, item)| collect_strings(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
