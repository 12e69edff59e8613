//! A filter as the text of a Sigma rule, for the engine that judges a rule's own text past our lowering.

use std::fmt::Write as _;
use verdict_compiler::rule::node::{Node, NodeKind, Resolved};
use verdict_compiler::rule::{Filter, Logsource};

/// A rule that is true of what the filter takes away from rules of this logsource.
pub(crate) fn as_rule(filter: &Filter, logsource: &Logsource) -> String {
    let mut text = String::from("title: filter\nlogsource: {");
    let keys = [
        ("category", &logsource.category),
        ("product", &logsource.product),
        ("service", &logsource.service),
    ];
    let keys = keys.into_iter();
    let keys = keys.filter_map(|(key, value)| Some(format!("{key}: {}", quoted(value.as_ref()?))));
    text.push_str(&keys.collect::<Vec<_>>().join(", "));
    text.push_str("}\ndetection: ");
    flow(&filter.detection, &mut text);
    text.push('\n');
    text
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A node in flow style. Texts are quoted; what is no text stays as it was written.
fn flow(node: &Node, text: &mut String) {
    match &node.kind {
        NodeKind::Scalar(scalar) => match scalar.resolve() {
            Resolved::Null => text.push_str("null"),
            Resolved::Bool(value) => {
                // Writing to a String cannot fail.
                let _ = write!(text, "{value}");
            }
            Resolved::Number(_) => text.push_str(&scalar.text.text),
            Resolved::Text(value) => text.push_str(&quoted(value)),
        },
        NodeKind::List(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(if at > 0 { ", " } else { "" });
                flow(item, text);
            }
            text.push(']');
        }
        NodeKind::Map(entries) => {
            text.push('{');
            for (at, entry) in entries.iter().enumerate() {
                text.push_str(if at > 0 { ", " } else { "" });
                text.push_str(&quoted(&entry.key));
                text.push_str(": ");
                flow(&entry.value, text);
            }
            text.push('}');
        }
    }
}
