//! Paths into events.

use crate::value::Value;
use std::fmt;

/// A field's name, such as `process.name`.
///
/// It reads `{"process":{"name":1}}`, `{"process.name":1}` and any mixture; where several are present, all their
/// values count. Lists on the way are flattened (which object of a list a value came from is lost, as it is in
/// the engines).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    name: Box<str>,
}

impl Path {
    /// The path with this name. Any text is a name; dots part it.
    pub fn new(name: impl Into<Box<str>>) -> Self {
        Self { name: name.into() }
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Calls `found` with every non-null scalar at this path, in source order.
    pub fn visit<'v>(&self, root: &'v Value, found: &mut dyn FnMut(&'v Value)) {
        descend(root, &self.name, &mut |value| scalars(value, found));
    }

    /// Calls `found` with every scalar and every null at this path, in source order.
    pub fn visit_with_nulls<'v>(&self, root: &'v Value, found: &mut dyn FnMut(&'v Value)) {
        descend(root, &self.name, &mut |value| {
            scalars_and_nulls(value, found)
        });
    }

    /// Whether the key stands in `root`, whatever is under it.
    pub fn stands_in(&self, root: &Value) -> bool {
        let mut stands = false;
        descend(root, &self.name, &mut |_| stands = true);
        stands
    }
}

impl From<&str> for Path {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

fn descend<'v>(value: &'v Value, rest: &str, found: &mut dyn FnMut(&'v Value)) {
    match value {
        Value::Object(entries) => {
            for (key, inner) in entries {
                // The length and the byte behind it tell almost every other key apart before any text is compared.
                match rest.as_bytes().get(key.len()) {
                    None if key == rest => found(inner),
                    Some(b'.') => {
                        if let Some(deeper) = rest
                            .strip_prefix(key.as_str())
                            .and_then(|tail| tail.strip_prefix('.'))
                        {
                            descend(inner, deeper, found);
                        }
                    }
                    None | Some(_) => {}
                }
            }
        }
        Value::List(items) => items.iter().for_each(|item| descend(item, rest, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn scalars_and_nulls<'v>(value: &'v Value, found: &mut dyn FnMut(&'v Value)) {
    match value {
        Value::List(items) => items.iter().for_each(|item| scalars_and_nulls(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => found(value),
        Value::Object(_) => {}
    }
}

fn scalars<'v>(value: &'v Value, found: &mut dyn FnMut(&'v Value)) {
    match value {
        Value::List(items) => items.iter().for_each(|item| scalars(item, found)),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => found(value),
        // An object is not a value of the field: its members have paths of their own.
        Value::Null | Value::Object(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::{Event, Path};

    fn texts(json: &str, path: &str) -> Vec<String> {
        let event = Event::from_json(serde_json::from_str(json).expect("JSON")).expect("an object");
        event
            .values(&Path::new(path))
            .iter()
            .map(|value| value.scalar_text().unwrap_or("?").to_owned())
            .collect()
    }

    #[test]
    fn nested_and_dotted_keys_read_alike() {
        for json in [
            r#"{"a":{"b":{"c":"x"}}}"#,
            r#"{"a.b":{"c":"x"}}"#,
            r#"{"a":{"b.c":"x"}}"#,
            r#"{"a.b.c":"x"}"#,
        ] {
            assert_eq!(texts(json, "a.b.c"), ["x"], "{json}");
        }
        assert_eq!(texts(r#"{"a.b":1,"a":{"b":2}}"#, "a.b"), ["1", "2"]);
    }

    #[test]
    fn lists_flatten_and_nulls_are_skipped() {
        assert_eq!(
            texts(r#"{"a":[{"b":"x"},{"b":["y",null,["z"]]},3]}"#, "a.b"),
            ["x", "y", "z"]
        );
        for missing in [
            r"{}",
            r#"{"a":null}"#,
            r#"{"a":[]}"#,
            r#"{"a":[null]}"#,
            r#"{"a":{}}"#,
        ] {
            assert!(texts(missing, "a").is_empty(), "{missing}");
        }
    }

    #[test]
    fn a_key_stands_even_over_null() {
        let event =
            Event::from_json(serde_json::json!({"a": null, "b": {"c": []}})).expect("an object");
        assert!(
            event.has_key(&"a".into())
                && event.has_key(&"b.c".into())
                && event.has_key(&"b".into())
        );
        assert!(!event.has_key(&"c".into()) && !event.has_key(&"b.d".into()));
    }
}
