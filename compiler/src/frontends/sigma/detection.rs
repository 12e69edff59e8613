//! YAML nodes to the AST of a detection section.

use super::ast::{Detection, Detections, Item, Modifier, Search, Value, ValueKind};
use super::modifier::{ModifierKind, NAMES};
use crate::codes::sigma as codes;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::rule::node::{Entry, Node, NodeKind, Resolved, Scalar};
use crate::span::{Span, Text};

/// Reads a `detection:` mapping. What cannot be read is reported and left out.
pub(super) fn read(node: &Node, found: &mut Vec<Diagnostic>) -> Detections {
    let mut detections = Detections::default();
    let Some(entries) = node.as_map() else {
        found.push(shape(
            node.span,
            "a mapping of detections and a condition is wanted here",
        ));
        return detections;
    };
    for entry in entries {
        match entry.key.as_str() {
            "condition" => detections.conditions = conditions(&entry.value, found),
            "timeframe" => detections.timeframe = Some(entry.key_span),
            name => {
                if let Some(search) = search(&entry.value, entry.key_span, found) {
                    detections.list.push(Detection {
                        name: name.to_owned(),
                        span: entry.key_span,
                        search,
                    });
                }
            }
        }
    }
    if !entries.iter().any(|entry| entry.key == "condition") {
        found.push(
            Diagnostic::error(
                codes::CONDITION_MISSING,
                node.span,
                "the detection has no condition",
                "nothing says how the detections are combined",
            )
            .hint("add `condition: ...` with the names of the detections"),
        );
    }
    detections
}

fn shape(span: Span, reason: &str) -> Diagnostic {
    Diagnostic::error(
        codes::DETECTION_SHAPE,
        span,
        "this is not the shape of a detection",
        reason,
    )
}

fn empty(span: Span) -> Diagnostic {
    Diagnostic::error(
        codes::EMPTY_DETECTION,
        span,
        "the detection has no content",
        "nothing to look for stands here",
    )
}

fn conditions(node: &Node, found: &mut Vec<Diagnostic>) -> Vec<Text> {
    let nodes = match &node.kind {
        NodeKind::List(items) => items.as_slice(),
        NodeKind::Scalar(_) | NodeKind::Map(_) => std::slice::from_ref(node),
    };
    let mut texts = Vec::new();
    for node in nodes {
        match node.as_scalar() {
            Some(scalar) if !node.is_null() => texts.push(scalar.text.clone()),
            Some(_) => {}
            None => found.push(shape(node.span, "a condition is a text or a list of texts")),
        }
    }
    if texts.is_empty() {
        found.push(Diagnostic::error(
            codes::CONDITION_MISSING,
            node.span,
            "the detection has no condition",
            "this condition is empty",
        ));
    }
    texts
}

/// A map is AND, a list of maps OR, plain values are keywords, a list may mix both (S21).
fn search(node: &Node, name: Span, found: &mut Vec<Diagnostic>) -> Option<Search> {
    match &node.kind {
        NodeKind::Map(entries) => map(entries, node.span, found),
        NodeKind::Scalar(_) if node.is_null() => {
            found.push(empty(name));
            None
        }
        NodeKind::Scalar(scalar) => Some(keywords(vec![value(scalar, node.span)])),
        NodeKind::List(items) => list(items, name, found),
    }
}

fn list(items: &[Node], name: Span, found: &mut Vec<Diagnostic>) -> Option<Search> {
    if items.is_empty() {
        found.push(empty(name));
        return None;
    }
    let mut parts = Vec::new();
    let mut words = Vec::new();
    for item in items {
        match &item.kind {
            NodeKind::Scalar(_) if item.is_null() => found.push(Diagnostic::error(
                codes::VALUE_KIND,
                item.span,
                "null is no keyword",
                "there is no field that could be missing",
            )),
            NodeKind::Scalar(scalar) => words.push(value(scalar, item.span)),
            NodeKind::Map(entries) => parts.extend(map(entries, item.span, found)),
            NodeKind::List(_) => found.push(shape(item.span, "a list inside a list")),
        }
    }
    if !words.is_empty() {
        parts.push(keywords(words));
    }
    Some(Search::Any(parts))
}

fn map(entries: &[Entry], span: Span, found: &mut Vec<Diagnostic>) -> Option<Search> {
    if entries.is_empty() {
        found.push(empty(span));
        return None;
    }
    let items = entries.iter().filter_map(|entry| item(entry, found));
    Some(Search::All(items.map(Search::Item).collect()))
}

fn keywords(values: Vec<Value>) -> Search {
    Search::Item(Item {
        field: None,
        modifiers: Vec::new(),
        span: values.first().map_or(Span::default(), |value| value.span),
        values,
    })
}

fn item(entry: &Entry, found: &mut Vec<Diagnostic>) -> Option<Item> {
    let mut parts = entry.key.split('|');
    let field = parts.next().filter(|field| !field.is_empty());
    let modifiers = modifiers(entry, found);
    if field.is_none() && !entry.key.starts_with('|') {
        found.push(shape(
            entry.key_span,
            "this key names neither a field nor a modifier",
        ));
        return None;
    }
    let values = match &entry.value.kind {
        NodeKind::Scalar(scalar) => vec![value(scalar, entry.value.span)],
        NodeKind::List(nodes) => values(nodes, found)?,
        NodeKind::Map(_) => {
            found.push(
                shape(
                    entry.value.span,
                    "a field takes a value or a list of values, not a mapping",
                )
                .hint("write nested fields as one name, `parent.child: value`"),
            );
            return None;
        }
    };
    Some(Item {
        field: field.map(str::to_owned),
        modifiers: modifiers?,
        values,
        span: entry.key_span,
    })
}

/// The values of a list; None if one of them is no plain value, which is reported.
fn values(nodes: &[Node], found: &mut Vec<Diagnostic>) -> Option<Vec<Value>> {
    let mut values = Vec::with_capacity(nodes.len());
    for node in nodes {
        match &node.kind {
            NodeKind::Scalar(scalar) => values.push(value(scalar, node.span)),
            NodeKind::List(_) => {
                found.push(shape(node.span, "a list of values holds plain values only"));
            }
            NodeKind::Map(entries) => found.push(colon(entries, node.span)),
        }
    }
    (values.len() == nodes.len()).then_some(values)
}

/// A mapping among values: most often a text with a colon that nobody quoted.
fn colon(entries: &[Entry], span: Span) -> Diagnostic {
    match entries {
        [entry] if entry.value.is_null() => shape(
            span,
            "without quotes, YAML takes a text that ends in a colon for a mapping",
        )
        .hint(format!("write `'{}:'`", entry.key.replace('\'', "''"))),
        [_] => shape(
            span,
            "without quotes, YAML takes a text with a colon and a blank in it for a mapping",
        )
        .hint("put quotes around the whole value"),
        _ => shape(span, "a list of values holds plain values only"),
    }
}

fn value(scalar: &Scalar, span: Span) -> Value {
    let kind = match scalar.resolve() {
        Resolved::Null => ValueKind::Null,
        Resolved::Bool(value) => ValueKind::Bool(value),
        Resolved::Number(number) => ValueKind::Number(number),
        Resolved::Text(_) => ValueKind::Text,
    };
    Value {
        kind,
        text: scalar.text.clone(),
        span,
    }
}

/// Words that other tools, languages and people have for what Sigma says otherwise.
const OTHERWISE: &[(&str, &str)] = &[
    (
        "and",
        "all values at once are `all`, behind another modifier: `contains|all`",
    ),
    (
        "or",
        "the values of a list are alternatives, without a word for it",
    ),
    (
        "any",
        "the values of a list are alternatives, without a word for it",
    ),
    (
        "not",
        "conditions are negated in `condition:` with `not`, values with `neq`",
    ),
    ("regex", "a regular expression is `re`"),
    ("regexp", "a regular expression is `re`"),
    ("matches", "a regular expression is `re`"),
    (
        "like",
        "`*` and `?` are wildcards in every value; no modifier is needed",
    ),
    (
        "wildcard",
        "`*` and `?` are wildcards in every value; no modifier is needed",
    ),
    (
        "in",
        "the values of a list are alternatives, without a word for it",
    ),
    ("equals", "a value is compared whole without a modifier"),
    ("eq", "a value is compared whole without a modifier"),
    ("ne", "values are negated by `neq`"),
    ("prefix", "the beginning of a text is `startswith`"),
    ("suffix", "the end of a text is `endswith`"),
    ("begins", "the beginning of a text is `startswith`"),
    ("beginswith", "the beginning of a text is `startswith`"),
    ("ends", "the end of a text is `endswith`"),
    ("has", "a part of a text is `contains`"),
    ("includes", "a part of a text is `contains`"),
    (
        "casesensitive",
        "the case of letters is heeded with `cased`",
    ),
    ("ge", "it is `gte`"),
    ("le", "it is `lte`"),
    ("ip", "addresses in a network are `cidr`"),
    ("subnet", "addresses in a network are `cidr`"),
    (
        "null",
        "a missing field is the value `null`, or `exists: false`",
    ),
];

/// The modifiers of a key; None if one is unknown, which is reported.
fn modifiers(entry: &Entry, found: &mut Vec<Diagnostic>) -> Option<Vec<Modifier>> {
    let mut known = Some(Vec::new());
    let mut at = 0;
    for (index, name) in entry.key.split('|').enumerate() {
        let start = at;
        at += name.len() + 1;
        if index == 0 {
            continue;
        }
        let span = in_key(entry, start, start + name.len());
        if let Some(kind) = ModifierKind::named(name) {
            if let Some(known) = &mut known {
                known.push(Modifier { kind, span });
            }
            continue;
        }
        known = None;
        let mut finding = Diagnostic::error(
            codes::UNKNOWN_MODIFIER,
            span,
            format!("unknown modifier `{name}`"),
            "not a modifier of Sigma 2.1",
        );
        let said = OTHERWISE
            .iter()
            .find(|(other, _)| name.eq_ignore_ascii_case(other));
        if let Some((_, hint)) = said {
            finding = finding.hint(*hint);
        } else if let Some(near) = did_you_mean(name, NAMES.iter().map(|(name, _)| *name)) {
            finding = finding.hint(format!("did you mean `{near}`?"));
        }
        found.push(finding);
    }
    known
}

/// The place of a part of a key: exact where the key stands word for word, with or without quotes.
fn in_key(entry: &Entry, start: usize, end: usize) -> Span {
    let written = entry.key_span.end - entry.key_span.start;
    match written.checked_sub(entry.key.len()) {
        Some(quotes @ (0 | 2)) => {
            let first = entry.key_span.start + quotes / 2;
            Span::new(first + start, first + end)
        }
        Some(_) | None => entry.key_span,
    }
}
