//! Plain Sigma rules: the specification's keys, and whatever else an author put beside them.
//!
//! The specification allows keys of one's own, so an unknown one is no mistake here: it is kept under `vendor.sigma`.

use crate::codes::rule as codes;
use crate::diagnostic::Diagnostic;
use crate::rule::draft::{Draft, derived_id, split_authors};
use crate::rule::located::Located;
use crate::rule::metadata::{Metadata, RuleSeverity, Status};
use crate::rule::node::{Entry, Node};
use crate::rule::reader::{Reader, get, shorten};
use crate::rule::{Body, CorrelationBody, Logsource, Rule, SigmaBody, sigma_tags, verdict_yaml};
use crate::span::{Source, Span};

/// Keys that have a place in a rule; every other key is kept.
const PLACED: &[&str] = &[
    "title",
    "id",
    "related",
    "status",
    "description",
    "license",
    "author",
    "references",
    "falsepositives",
    "level",
    "tags",
    "fields",
    "logsource",
    "detection",
    "action",
];

const STATUSES: &[&str] = &[
    "stable",
    "test",
    "experimental",
    "deprecated",
    "unsupported",
];
const RULE: &str = "a Sigma rule";

/// Reads a document; None if it lacks a title or a body, which is then reported.
pub(crate) fn read(reader: &mut Reader, source: &Source, document: &Node) -> Option<Rule> {
    let entries = reader.map(document, RULE)?;
    let mut draft = Draft::default();
    draft.place(entries);
    if get(entries, "title").is_none() {
        reader.missing(document.span, RULE, "title");
    }
    let correlates = get(entries, "correlation").is_some();
    let mut kept = Vec::new();
    for entry in entries {
        read_identity(reader, &mut draft, entry);
        read_metadata(reader, &mut draft.metadata, entry);
        if must_be_kept(entry, correlates) {
            kept.push(entry.clone());
        }
        if matches!(entry.key.as_str(), "date" | "modified") {
            check_date(reader, entry);
        }
    }
    draft.keep("sigma", kept, document.span);
    if get(entries, "id").is_none_or(Node::is_null) {
        draft.id = Some(derive_id(reader, source, document));
    }
    draft.body = read_body(reader, document, entries);
    draft.finish()
}

/// Whether a key still holds something after reading.
fn must_be_kept(entry: &Entry, correlates: bool) -> bool {
    match entry.key.as_str() {
        "detection" => correlates,
        "correlation" | "generate" => !correlates,
        "logsource" => {
            let entries = entry.value.as_map().unwrap_or_default();
            let known = |key: &str| ["category", "product", "service"].contains(&key);
            correlates || !entries.iter().all(|entry| known(&entry.key))
        }
        // Our words for a status lack this one.
        "status" => entry
            .value
            .as_scalar()
            .is_some_and(|scalar| scalar.text.text == "unsupported"),
        key => !PLACED.contains(&key),
    }
}

fn derive_id(reader: &mut Reader, source: &Source, document: &Node) -> Located<String> {
    let span = document.span;
    let text = source.text.get(span.start..span.end).unwrap_or_default();
    let id = derived_id(text);
    let start = Span::new(span.start, span.start);
    reader.push(
        Diagnostic::note(
            codes::DERIVED_ID,
            start,
            "the rule has no id, so one was made of its text",
            format!("{id}; it changes when the text does"),
        )
        .hint("give the rule an `id`"),
    );
    Located::new(id, start)
}

fn read_identity(reader: &mut Reader, draft: &mut Draft, entry: &Entry) {
    let node = &entry.value;
    match entry.key.as_str() {
        "title" => draft.name = reader.filled(node, "`title`"),
        "id" if !node.is_null() => draft.id = reader.uuid(node, "`id`"),
        "author" if !node.is_null() => {
            let written = reader.one_or_more(node, "`author`");
            draft.authors = written
                .iter()
                .flat_map(|text| split_authors(&text.value))
                .collect();
        }
        _ => {}
    }
}

fn read_metadata(reader: &mut Reader, metadata: &mut Metadata, entry: &Entry) {
    let node = &entry.value;
    if node.is_null() {
        return;
    }
    match entry.key.as_str() {
        "description" => metadata.description = reader.text(node, "`description`"),
        "license" => metadata.license = reader.text(node, "`license`"),
        "references" => metadata.references = reader.one_or_more(node, "`references`"),
        "falsepositives" => {
            metadata.false_positives = reader.one_or_more(node, "`falsepositives`");
        }
        "fields" => metadata.output = reader.one_or_more(node, "`fields`"),
        "related" => metadata.related = verdict_yaml::read_related(reader, node, "`related`"),
        "taxonomy" => metadata.data.schema = reader.text(node, "`taxonomy`"),
        "tags" => sigma_tags::read(reader, metadata, node),
        "level" => {
            let words = RuleSeverity::WORDS;
            metadata.severity = reader.choice(node, "`level`", words, RuleSeverity::parse);
        }
        "status" => metadata.status = reader.choice(node, "`status`", STATUSES, status),
        _ => {}
    }
}

fn status(word: &str) -> Option<Status> {
    Some(match word {
        "stable" => Status::Production,
        "test" => Status::Test,
        "experimental" | "unsupported" => Status::Experimental,
        "deprecated" => Status::Deprecated,
        _ => return None,
    })
}

/// Dates are for people: a wrong one is worth a word, and stops nothing.
fn check_date(reader: &mut Reader, entry: &Entry) {
    let text = match entry.value.as_scalar() {
        Some(scalar) => scalar.text.text.as_str(),
        None => "",
    };
    if !is_date(text) {
        reader.push(
            Diagnostic::warning(
                codes::BAD_DATE,
                entry.value.span,
                format!("`{}` must be a date", entry.key),
                format!("`{}` is none", shorten(text)),
            )
            .hint("write YYYY-MM-DD"),
        );
    }
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '/']).collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let number = |part: &str| part.parse::<u32>().ok();
    year.len() == 4
        && number(year).is_some()
        && number(month).is_some_and(|month| (1..=12).contains(&month))
        && number(day).is_some_and(|day| (1..=31).contains(&day))
}

fn read_body(reader: &mut Reader, document: &Node, entries: &[Entry]) -> Option<Body> {
    if let Some(section) = get(entries, "correlation") {
        reader.map(section, "`correlation`")?;
        return Some(Body::Correlation(CorrelationBody {
            section: section.clone(),
            generate: get(entries, "generate").cloned(),
        }));
    }
    for key in ["logsource", "detection"] {
        if get(entries, key).is_none() {
            reader.missing(document.span, RULE, key);
        }
    }
    let logsource = get(entries, "logsource").and_then(|node| logsource(reader, node));
    let detection = get(entries, "detection")?;
    reader.map(detection, "`detection`")?;
    Some(Body::Sigma(SigmaBody {
        logsource: logsource?,
        detection: detection.clone(),
    }))
}

/// Reads `logsource:`. Keys of one's own (and `definition`) say nothing about where the rule looks.
pub(crate) fn logsource(reader: &mut Reader, node: &Node) -> Option<Logsource> {
    let entries = reader.map(node, "`logsource`")?;
    let mut text = |key: &str| {
        let value = get(entries, key).filter(|value| !value.is_null())?;
        let text = reader.text(value, &format!("`{key}`"))?;
        Some(text.value)
    };
    Some(Logsource {
        category: text("category"),
        product: text("product"),
        service: text("service"),
        span: node.span,
    })
}

/// Whether a document is Sigma rather than our own form.
pub(crate) fn is_sigma(document: &Node) -> bool {
    let has = |key: &str| document.get(key).is_some();
    if has("language") || has("query") {
        return false;
    }
    has("title") || has("action") || has("detection") || has("correlation") || has("filter")
}
