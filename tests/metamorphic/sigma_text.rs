//! Sigma rules as text: a detection as YAML in flow style, which is JSON but for plain scalars; conditions with all their brackets.

use verdict_compiler::frontends::sigma::condition::{Condition, Which};
use verdict_compiler::rule::Logsource;
use verdict_compiler::rule::node::{Node, NodeKind, Resolved};

/// A rule of this detection.
pub(crate) fn rule(logsource: &Logsource, detection: &Node) -> String {
    let keys = [
        ("category", &logsource.category),
        ("product", &logsource.product),
        ("service", &logsource.service),
    ];
    let keys = keys
        .into_iter()
        .filter_map(|(key, value)| Some(format!("{key}: {}", quoted(value.as_ref()?))));
    let keys: Vec<String> = keys.collect();
    format!(
        "title: R\nid: 6d0a4c1e-0000-4000-8000-000000000001\nstatus: test\nlevel: low\nlogsource: {{{}}}\ndetection: {}\n",
        keys.join(", "),
        node(detection)
    )
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("JSON")
}

/// A YAML value on one line. A text stands in quotes; whatever else a plain scalar is keeps its spelling.
pub(crate) fn node(node: &Node) -> String {
    match &node.kind {
        NodeKind::Scalar(scalar) => match scalar.resolve() {
            Resolved::Text(text) => quoted(text),
            Resolved::Null => "null".to_owned(),
            Resolved::Bool(_) | Resolved::Number(_) => scalar.text.text.clone(),
        },
        NodeKind::List(items) => {
            let items: Vec<String> = items.iter().map(self::node).collect();
            format!("[{}]", items.join(", "))
        }
        NodeKind::Map(entries) => {
            let entries = entries.iter().map(|entry| {
                // A key of JSON may stand without a blank behind it, but others read this too.
                format!("{}: {}", quoted(&entry.key), self::node(&entry.value))
            });
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A condition.
pub(crate) fn condition(condition: &Condition) -> String {
    let joined = |operands: &[Condition], word: &str| {
        let operands: Vec<String> = operands.iter().map(self::condition).collect();
        format!("({})", operands.join(word))
    };
    match condition {
        Condition::Any(operands) => joined(operands, " or "),
        Condition::All(operands) => joined(operands, " and "),
        Condition::Not(inner) => format!("not ({})", self::condition(inner)),
        Condition::Name { name, .. } => name.clone(),
        Condition::Of { all, which, .. } => {
            let which = match which {
                Which::Them => "them",
                Which::Pattern(pattern) => pattern,
            };
            format!("{} of {which}", if *all { "all" } else { "1" })
        }
    }
}
