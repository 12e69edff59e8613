//! Pivots: the queries that an analyst runs from a guide, in the form of Elastic's `investigate` blocks.
//!
//! Source: Elastic Security documentation, "Write investigation guides": groups of tests, any group of which must hold with all of its tests; what a test holds its
//! field against is a literal or, as `{{field}}`, a value of the alert. Of a range, Kibana reads `gte` and `lt` and nothing else.

use crate::codes::rule as codes;
use crate::diagnostic::Diagnostic;
use crate::rule::date_math::DateMath;
use crate::rule::located::Located;
use crate::rule::node::{Entry, Node, NodeKind, Scalar};
use crate::rule::placeholder::{Part, malformed, parts};
use crate::rule::reader::{Reader, get, shorten};
use crate::span::Span;

/// A named query that an analyst runs from the guide.
#[derive(Clone, Debug, PartialEq)]
pub struct Pivot {
    /// The name that the guide uses.
    pub name: Located<String>,
    /// What a button says.
    pub label: Option<Located<String>>,
    /// What it shows.
    pub description: Option<Located<String>>,
    /// Groups of tests: one of them must hold, with all of its tests.
    pub providers: Vec<Vec<Provider>>,
    /// Where its time begins.
    pub from: Option<DateMath>,
    /// Where its time ends.
    pub to: Option<DateMath>,
    /// The whole definition, as written.
    pub content: Node,
}

/// A test of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provider {
    /// The field.
    pub field: Located<String>,
    /// What is asked of it.
    pub test: Test,
    /// What its values are.
    pub kind: ValueKind,
    /// Whether the test must not hold.
    pub excluded: bool,
    /// Where it stands.
    pub span: Span,
}

/// What is asked of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// It is this.
    Phrase(Vec<Part>),
    /// It is one of these.
    Phrases(Vec<Vec<Part>>),
    /// It is at least the first and less than the second; at least one of them is there.
    Range(Option<Vec<Part>>, Option<Vec<Part>>),
    /// It is there.
    Exists,
}

impl Test {
    /// Every value that the field is held against.
    pub fn values(&self) -> Vec<&[Part]> {
        match self {
            Self::Phrase(value) => vec![value],
            Self::Phrases(values) => values.iter().map(Vec::as_slice).collect(),
            Self::Range(from, to) => [from, to]
                .into_iter()
                .flatten()
                .map(Vec::as_slice)
                .collect(),
            Self::Exists => Vec::new(),
        }
    }
}

/// What the values of a test are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// Text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
}

const PIVOT: &str = "a pivot";
const PROVIDER: &str = "a provider";
const KEYS: &[&str] = &[
    "label",
    "description",
    "providers",
    "relativeFrom",
    "relativeTo",
];
const PROVIDER_KEYS: &[&str] = &["field", "queryType", "value", "valueType", "excluded"];
const QUERY_TYPES: &[&str] = &["phrase", "phrases", "range", "exists"];
const VALUE_TYPES: &[&str] = &["string", "number", "boolean"];

/// Reads `investigate:`.
pub(crate) fn read(reader: &mut Reader, node: &Node) -> Vec<Pivot> {
    if node.is_null() {
        return Vec::new();
    }
    let entries = reader.map(node, "`investigate`").unwrap_or_default();
    entries
        .iter()
        .filter_map(|entry| read_one(reader, entry))
        .collect()
}

/// The pivots of an Elastic rule's `[[transform.investigate]]`, by the names that its note uses: `investigate_0`. They are the vendor's, so nothing is said of them; one
/// that cannot be read has no tests.
pub(crate) fn of_transform(transform: &Node) -> Vec<Pivot> {
    let entries = transform.get("investigate").and_then(Node::as_list);
    let pivot = |(at, node): (usize, &Node)| {
        let entry = Entry {
            key: format!("investigate_{at}"),
            key_span: node.span,
            value: node.clone(),
        };
        let mut reader = Reader::default();
        let mut pivot = read_one(&mut reader, &entry)?;
        if reader.found.iter().any(Diagnostic::is_error) {
            pivot.providers.clear();
        }
        Some(pivot)
    };
    let entries = entries.into_iter().flatten().enumerate();
    entries.filter_map(pivot).collect()
}

fn read_one(reader: &mut Reader, entry: &Entry) -> Option<Pivot> {
    let fields = reader.known_map(&entry.value, PIVOT, KEYS)?;
    let mut text = |key: &str| {
        get(fields, key).and_then(|value| reader.text(value, &format!("a pivot's `{key}`")))
    };
    let (label, description) = (text("label"), text("description"));
    let (from, to) = (text("relativeFrom"), text("relativeTo"));
    let providers = if let Some(node) = get(fields, "providers") {
        read_groups(reader, node)
    } else {
        reader.missing(entry.value.span, PIVOT, "providers");
        Vec::new()
    };
    Some(Pivot {
        name: Located::new(entry.key.clone(), entry.key_span),
        label,
        description,
        providers,
        from: from.and_then(|from| read_time(reader, &from)),
        to: to.and_then(|to| read_time(reader, &to)),
        content: entry.value.clone(),
    })
}

fn read_time(reader: &mut Reader, text: &Located<String>) -> Option<DateMath> {
    let time = DateMath::parse(&text.value);
    if time.is_none() {
        reader.push(
            Diagnostic::error(
                codes::PIVOT_TIME,
                text.span,
                "a pivot's time must be relative to the alert",
                format!("`{}` is not", shorten(&text.value)),
            )
            .hint("write `now`, `now-1h` or `now-48h/h`"),
        );
    }
    time
}

fn read_groups(reader: &mut Reader, node: &Node) -> Vec<Vec<Provider>> {
    let what = "a list of lists of providers";
    let Some(groups) = node.as_list().filter(|groups| !groups.is_empty()) else {
        reader.wrong_type(node, "`providers`", what);
        return Vec::new();
    };
    let mut read = Vec::new();
    for group in groups {
        match group.as_list().filter(|items| !items.is_empty()) {
            Some(items) => read.push(
                items
                    .iter()
                    .filter_map(|item| read_provider(reader, item))
                    .collect(),
            ),
            None => reader.wrong_type(group, "a group of `providers`", "a list of providers"),
        }
    }
    read
}

fn read_provider(reader: &mut Reader, node: &Node) -> Option<Provider> {
    let entries = reader.known_map(node, PROVIDER, PROVIDER_KEYS)?;
    let choice = |reader: &mut Reader, key: &str, words: &[&'static str]| {
        let node = get(entries, key)?;
        let known = |word: &str| words.iter().copied().find(|known| *known == word);
        Some(reader.choice(node, &format!("`{key}`"), words, known))
    };
    let query = choice(reader, "queryType", QUERY_TYPES);
    let kind = choice(reader, "valueType", VALUE_TYPES);
    let excluded = match get(entries, "excluded") {
        Some(node) => read_boolean(reader, node)?,
        None => false,
    };
    let Some(field) = get(entries, "field") else {
        reader.missing(node.span, PROVIDER, "field");
        return None;
    };
    let field = reader.filled(field, "`field`")?;
    let kind = match kind {
        None => ValueKind::Text,
        Some(kind) => match kind?.value {
            "number" => ValueKind::Number,
            "boolean" => ValueKind::Boolean,
            _ => ValueKind::Text,
        },
    };
    let query = match query {
        None => "phrase",
        Some(query) => query?.value,
    };
    let test = if query == "exists" {
        Test::Exists
    } else {
        let Some(value) = get(entries, "value") else {
            reader.missing(node.span, PROVIDER, "value");
            return None;
        };
        read_test(reader, query, value, kind)?
    };
    Some(Provider {
        field,
        test,
        kind,
        excluded,
        span: node.span,
    })
}

fn read_boolean(reader: &mut Reader, node: &Node) -> Option<bool> {
    use crate::rule::node::Resolved;
    let value = node.as_scalar().map(Scalar::resolve);
    match value {
        Some(Resolved::Bool(value)) => Some(value),
        Some(Resolved::Null | Resolved::Number(_) | Resolved::Text(_)) | None => {
            reader.wrong_type(node, "`excluded`", "true or false");
            None
        }
    }
}

fn read_test(reader: &mut Reader, query: &str, node: &Node, kind: ValueKind) -> Option<Test> {
    let mut value = |text: &str| read_value(reader, text, node.span, kind);
    let scalar = node.as_scalar().filter(|_| !node.is_null());
    let text = scalar.map(|scalar| scalar.text.text.as_str());
    let test = match query {
        "phrases" => list(node, text).map(|texts| {
            let values: Option<Vec<_>> = texts.iter().map(|text| value(text)).collect();
            values.map(Test::Phrases)
        }),
        "range" => bounds(node, text).map(|(from, to)| {
            let from = from.map_or(Some(None), |from| value(&from).map(Some))?;
            let to = to.map_or(Some(None), |to| value(&to).map(Some))?;
            Some(Test::Range(from, to))
        }),
        _ => text.map(|text| value(text).map(Test::Phrase)),
    };
    if let Some(read) = test {
        return read;
    }
    let wanted = match query {
        "phrases" => "a list of values",
        "range" => "a mapping with `gte`, `lt` or both",
        _ => "one value",
    };
    reader.push(Diagnostic::error(
        codes::PIVOT_VALUE,
        node.span,
        format!("the value of a `{query}` must be {wanted}"),
        "this is not",
    ));
    None
}

/// A value: of the right kind, unless the alert fills it in.
fn read_value(reader: &mut Reader, text: &str, span: Span, kind: ValueKind) -> Option<Vec<Part>> {
    let Ok(value) = parts(text) else {
        reader.push(malformed(span));
        return None;
    };
    let one_field = matches!(value.as_slice(), [Part::Field(_)]);
    let (fits, wanted) = match kind {
        ValueKind::Text => (true, ""),
        ValueKind::Number => (verdict_event::Number::parse(text).is_some(), "a number"),
        ValueKind::Boolean => (matches!(text, "true" | "false"), "true or false"),
    };
    if fits || one_field {
        return Some(value);
    }
    reader.push(Diagnostic::error(
        codes::PIVOT_VALUE,
        span,
        format!("the value must be {wanted}, as its `valueType` says"),
        format!("`{}` is not", shorten(text)),
    ));
    None
}

/// The values of a list, written as one or, as Kibana keeps it, as JSON in a text; None if it is neither.
fn list(node: &Node, text: Option<&str>) -> Option<Vec<String>> {
    let texts: Option<Vec<String>> = match text {
        Some(text) => {
            let json: serde_json::Value = serde_json::from_str(text).ok()?;
            json.as_array()?.iter().map(json_text).collect()
        }
        None => node.as_list()?.iter().map(node_text).collect(),
    };
    texts.filter(|texts| !texts.is_empty())
}

/// The bounds of a range, likewise.
fn bounds(node: &Node, text: Option<&str>) -> Option<(Option<String>, Option<String>)> {
    let entries: Option<Vec<(String, String)>> = if let Some(text) = text {
        let json: serde_json::Value = serde_json::from_str(text).ok()?;
        let entries = json.as_object()?.iter();
        entries
            .map(|(key, value)| Some((key.clone(), json_text(value)?)))
            .collect()
    } else {
        let entries = node.as_map()?.iter();
        entries
            .map(|entry| Some((entry.key.clone(), node_text(&entry.value)?)))
            .collect()
    };
    let entries = entries?;
    let known = entries.iter().all(|(key, _)| key == "gte" || key == "lt");
    let bound = |wanted: &str| {
        let found = entries.iter().find(|(key, _)| key == wanted);
        found.map(|(_, value)| value.clone())
    };
    (known && !entries.is_empty()).then(|| (bound("gte"), bound("lt")))
}

fn node_text(node: &Node) -> Option<String> {
    match &node.kind {
        NodeKind::Scalar(scalar) if !node.is_null() => Some(scalar.text.text.clone()),
        NodeKind::Scalar(_) | NodeKind::List(_) | NodeKind::Map(_) => None,
    }
}

fn json_text(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        serde_json::Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}
