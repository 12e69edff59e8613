//! The block that Kibana makes a button of.

use serde_json::{Map, Value};
use verdict_compiler::rule::node::{Node, NodeKind};
use verdict_compiler::rule::{Pivot, fixture};

/// `!{investigate{...}}`, with every key in order. Lists and ranges are JSON in a text, as Kibana reads them.
pub fn block(pivot: &Pivot) -> String {
    format!("!{{investigate{}}}", sorted(&pivot.content, "", ""))
}

/// A node as JSON with its keys in order, under a key and beside a value type.
fn sorted(node: &Node, key: &str, kind: &str) -> Value {
    match &node.kind {
        NodeKind::Map(entries) if key == "value" => in_text(&entries_of(entries, kind)),
        NodeKind::Map(entries) => entries_of(entries, kind),
        NodeKind::List(items) => {
            let items: Vec<Value> = items.iter().map(|item| sorted(item, "", kind)).collect();
            if key == "value" {
                in_text(&Value::Array(items))
            } else {
                Value::Array(items)
            }
        }
        NodeKind::Scalar(scalar) if is_text(key, kind) => Value::String(scalar.text.text.clone()),
        NodeKind::Scalar(_) => fixture::value(node).to_json(),
    }
}

fn entries_of(entries: &[verdict_compiler::rule::node::Entry], kind: &str) -> Value {
    let own = entries.iter().find(|entry| entry.key == "valueType");
    let own = own.and_then(|entry| entry.value.as_scalar());
    let kind = own.map_or(kind, |scalar| scalar.text.text.as_str());
    let mut sorted_entries: Vec<_> = entries.iter().collect();
    sorted_entries.sort_by(|one, other| one.key.cmp(&other.key));
    let sorted: Map<String, Value> = sorted_entries
        .into_iter()
        .map(|entry| (entry.key.clone(), sorted(&entry.value, &entry.key, kind)))
        .collect();
    Value::Object(sorted)
}

/// Whether a scalar is text whatever it looks like: every key but these, and a value that is to be text.
fn is_text(key: &str, kind: &str) -> bool {
    match key {
        "excluded" => false,
        "value" | "" | "gte" | "lt" => !matches!(kind, "number" | "boolean"),
        _ => true,
    }
}

fn in_text(value: &Value) -> Value {
    Value::String(value.to_string())
}
