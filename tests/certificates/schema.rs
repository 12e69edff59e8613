//! The part of JSON Schema that our schema is written in: enough to hold a certificate against it, and strict about every other word, so that none is taken for granted.

use serde_json::{Map, Value};

/// A schema.
pub(crate) struct Schema {
    root: Value,
}

/// The words that are known. One that is not is a fault of the schema.
const WORDS: [&str; 16] = [
    "$schema",
    "$defs",
    "$ref",
    "title",
    "description",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "propertyNames",
    "items",
    "enum",
    "const",
    "minimum",
    "pattern",
    "anyOf",
];

impl Schema {
    pub(crate) fn new(text: &str) -> Self {
        let root = serde_json::from_str(text).expect("a schema in JSON");
        Self { root }
    }

    /// Where a value is not as the schema wants it.
    pub(crate) fn faults(&self, value: &Value) -> Vec<String> {
        let mut faults = Vec::new();
        self.check(&self.root, value, "$", &mut faults);
        faults
    }

    fn check(&self, schema: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
        let words = match schema {
            Value::Bool(true) => return,
            Value::Bool(false) => return faults.push(format!("{at} may not be there")),
            other => other.as_object().expect("a schema is an object"),
        };
        for word in words.keys() {
            assert!(WORDS.contains(&word.as_str()), "the schema says `{word}`");
        }
        if let Some(name) = words.get("$ref") {
            let name = name.as_str().and_then(|name| name.strip_prefix('#'));
            let target = name.and_then(|name| self.root.pointer(name));
            self.check(target.expect("a definition"), value, at, faults);
        }
        if let Some(any) = words.get("anyOf").and_then(Value::as_array) {
            let fits = |schema: &&Value| {
                let mut faults = Vec::new();
                self.check(schema, value, at, &mut faults);
                faults.is_empty()
            };
            if !any.iter().any(|schema| fits(&schema)) {
                // Null is told by the last of them best.
                let last = any.last().expect("an alternative");
                self.check(last, value, at, faults);
            }
        }
        simple(words, value, at, faults);
        match value {
            Value::Object(entries) => self.object(words, entries, at, faults),
            Value::Array(items) => {
                if let Some(schema) = words.get("items") {
                    for (place, item) in items.iter().enumerate() {
                        self.check(schema, item, &format!("{at}[{place}]"), faults);
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn object(
        &self,
        words: &Map<String, Value>,
        entries: &Map<String, Value>,
        at: &str,
        faults: &mut Vec<String>,
    ) {
        let required = words.get("required").and_then(Value::as_array);
        for key in required.into_iter().flatten().filter_map(Value::as_str) {
            if !entries.contains_key(key) {
                faults.push(format!("{at} lacks `{key}`"));
            }
        }
        let known = words.get("properties").and_then(Value::as_object);
        for (key, value) in entries {
            let below = format!("{at}.{key}");
            if let Some(names) = words.get("propertyNames") {
                self.check(names, &Value::String(key.clone()), &below, faults);
            }
            let own = known.and_then(|known| known.get(key));
            if let Some(schema) = own.or_else(|| words.get("additionalProperties")) {
                self.check(schema, value, &below, faults);
            }
        }
    }
}

/// What is said of a value without looking into it.
fn simple(words: &Map<String, Value>, value: &Value, at: &str, faults: &mut Vec<String>) {
    if let Some(types) = words.get("type") {
        let types = types
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![types.clone()]);
        if !types
            .iter()
            .filter_map(Value::as_str)
            .any(|name| is(value, name))
        {
            faults.push(format!("{at} is {value}, not {types:?}"));
        }
    }
    if let Some(values) = words.get("enum").and_then(Value::as_array)
        && !values.contains(value)
    {
        faults.push(format!("{at} is {value}, not one of {values:?}"));
    }
    if let Some(only) = words.get("const")
        && only != value
    {
        faults.push(format!("{at} is {value}, not {only}"));
    }
    if let (Some(least), Some(number)) = (words.get("minimum"), value.as_i64())
        && least.as_i64().is_some_and(|least| number < least)
    {
        faults.push(format!("{at} is {number}, below {least}"));
    }
    if let (Some(pattern), Some(text)) = (words.get("pattern"), value.as_str()) {
        // The only one that is used.
        assert_eq!(pattern, "^[0-9a-f]{64}$", "a pattern that is not known");
        let hexadecimal = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        if text.len() != 64 || !text.chars().all(hexadecimal) {
            faults.push(format!("{at} is no SHA-256: {text}"));
        }
    }
}

fn is(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => unreachable!("the schema names the type `{other}`"),
    }
}

/// The checker sees what is wrong: a certificate with one mistake in it has a fault.
#[test]
fn a_mistake_is_seen() {
    let schema = Schema::new(
        r##"{"type": "object", "required": ["a", "b"], "additionalProperties": false,
            "properties": {"a": {"type": "integer", "minimum": 1}, "b": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/c"}]},
                           "d": {"type": "array", "items": {"enum": ["x", "y"]}}, "e": {"type": ["string", "null"], "pattern": "^[0-9a-f]{64}$"}},
            "$defs": {"c": {"type": "object", "properties": {"k": {"const": 1}}, "propertyNames": {"enum": ["k"]}}}}"##,
    );
    let check = |text: &str| {
        schema
            .faults(&serde_json::from_str(text).expect("JSON"))
            .len()
    };
    for right in [
        r#"{"a": 1, "b": null}"#,
        r#"{"a": 2, "b": {"k": 1}, "d": ["x", "y"], "e": null}"#,
        r#"{"a": 2, "b": {}, "e": "0000000000000000000000000000000000000000000000000000000000000000"}"#,
    ] {
        assert_eq!(check(right), 0, "{right}");
    }
    for wrong in [
        r#"{"a": 1}"#,
        r#"{"a": 0, "b": null}"#,
        r#"{"a": "1", "b": null}"#,
        r#"{"a": 1.5, "b": null}"#,
        r#"{"a": 1, "b": 1}"#,
        r#"{"a": 1, "b": {"k": 2}}"#,
        r#"{"a": 1, "b": {"l": 1}}"#,
        r#"{"a": 1, "b": null, "d": ["z"]}"#,
        r#"{"a": 1, "b": null, "e": "0"}"#,
        r#"{"a": 1, "b": null, "f": 1}"#,
    ] {
        assert_ne!(check(wrong), 0, "{wrong}");
    }
}
