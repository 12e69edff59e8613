//! Several documents and a stream: rules, correlations of them, and filters.
//!
//! `collection` carries documents over, `read` takes correlations from YAML, `links` resolves names (C13, F2), `moments` orders events (T1 to T3), `window` judges.
//!
//! Limits: 16 MiB of text, 10,000 documents, chains 8 deep (C12), 1,000 combinations of group values an event (C5), 1,000 events a match
//! (C1), and a budget of steps for each run.

mod collection;
mod links;
mod moments;
mod occurrence;
mod read;
mod window;

use super::condition::Expr;
use super::detection::{Builder, Tree};
use super::document::{self, Node};
use super::steps::Budget;
use super::{Options, Rule, detection, only};
use crate::QueryError;
use collection::Carried;
use occurrence::Run;
use read::Correlation;
use std::collections::BTreeMap;
use verdict_event::{Event, Schema};

/// The longest text with several documents, in bytes.
const MAX_BYTES: usize = 16 << 20;
/// The most documents of a text.
const MAX_DOCUMENTS: usize = 10_000;

/// The keys that have a meaning here.
const WANTED: [&str; 9] = [
    "action",
    "generate",
    "title",
    "id",
    "name",
    "logsource",
    "detection",
    "correlation",
    "filter",
];

/// The documents of a text, ready to judge streams.
#[derive(Clone, Debug)]
pub struct Documents {
    documents: Vec<Document>,
    /// By document: whether it tells its matches (C14).
    reports: Vec<bool>,
}

/// A match of one of the documents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The number of the document in the text.
    pub document: usize,
    /// Its events, in the order of time, by their number in the stream.
    pub events: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Document {
    title: Option<String>,
    id: Option<String>,
    name: Option<String>,
    logsource: BTreeMap<String, String>,
    kind: Kind,
    /// Where it begins in the text.
    offset: usize,
}

#[derive(Clone, Debug)]
enum Kind {
    Rule(Box<Rule>),
    Correlation(Box<Correlation>),
    Filter(Box<Filter>),
}

#[derive(Clone, Debug)]
struct Filter {
    /// The rules that it names; none for any.
    rules: Option<Vec<String>>,
    identifiers: Vec<Tree>,
    condition: Expr,
}

impl Documents {
    /// Reads the documents of a text, which `---` parts. All faults are given, in the order of the text.
    pub fn parse(text: &str, options: &Options<'_>) -> Result<Self, Vec<QueryError>> {
        if text.len() > MAX_BYTES {
            let message = format!("the text is longer than {MAX_BYTES} bytes");
            return Err(vec![QueryError::new(message, 0..0)]);
        }
        let parts = parts(text);
        if parts.len() > MAX_DOCUMENTS {
            let message = format!("the text holds more than {MAX_DOCUMENTS} documents");
            return Err(vec![QueryError::new(message, 0..0)]);
        }
        let mut documents = Vec::new();
        let mut faults = Vec::new();
        let mut carried = Carried::default();
        for (offset, part) in parts {
            let root = document::read(part, Some(&WANTED)).and_then(|root| carried.take(root));
            let read = match root {
                Ok(None) => continue,
                Ok(Some(root)) => document(&root, offset, options),
                Err(fault) => Err(vec![fault]),
            };
            match read {
                Ok(document) => documents.push(document),
                Err(found) => faults.extend(found.into_iter().map(|fault| shifted(fault, offset))),
            }
        }
        if documents.is_empty() && faults.is_empty() {
            faults.push(QueryError::new("the text holds no document", 0..0));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let reports = links::resolve(&mut documents)?;
        Ok(Self { documents, reports })
    }

    /// How many documents there are.
    pub fn len(&self) -> usize {
        self.documents.len()
    }

    /// Whether there is none; a text without one is refused.
    pub fn is_empty(&self) -> bool {
        self.documents.is_empty()
    }

    /// The title of a document.
    pub fn title(&self, document: usize) -> Option<&str> {
        self.documents.get(document)?.title.as_deref()
    }

    /// Whether a document tells its matches: filters do not, nor rules that a correlation counts without `generate` (C14).
    pub fn reports(&self, document: usize) -> bool {
        self.reports.get(document).copied().unwrap_or(false)
    }

    /// The matches of all documents that tell them, document by document; those of a rule in the order of the stream, those of a
    /// correlation in the order of time.
    pub fn series(&self, rows: &[Event], schema: &Schema) -> Result<Vec<Found>, QueryError> {
        let mut run = Run::new(&self.documents, rows, schema);
        let mut found = Vec::new();
        for document in (0..self.documents.len()).filter(|document| self.reports(*document)) {
            let matches = run.told(document)?;
            found.extend(matches.into_iter().map(|events| Found { document, events }));
        }
        Ok(found)
    }
}

fn shifted(mut fault: QueryError, offset: usize) -> QueryError {
    fault.span = fault.span.start.saturating_add(offset)..fault.span.end.saturating_add(offset);
    fault
}

/// The rule over single events that is the document of this number in a collection, filters and what is only carried over left out
/// of the count; before any filter.
pub(super) fn single(
    text: &str,
    number: usize,
    options: &Options<'_>,
) -> Result<Rule, Vec<QueryError>> {
    let mut carried = Carried::default();
    let mut at = 0;
    for (offset, part) in parts(text) {
        let root = document::read(part, Some(&WANTED)).and_then(|root| carried.take(root));
        let Some(root) = root.map_err(|fault| vec![shifted(fault, offset)])? else {
            continue;
        };
        let has = |key| root.all(key).next().is_some();
        if has("filter") && !has("detection") {
            continue;
        }
        if at == number {
            let shift = |found: Vec<_>| found.into_iter().map(|one| shifted(one, offset)).collect();
            return Rule::read(&root, options).map_err(shift);
        }
        at += 1;
    }
    let message = format!("the text has no rule {number}");
    Err(vec![QueryError::new(message, 0..0)])
}

/// The documents of a text with the bytes where they begin. A line that begins with `---` parts them wherever it stands: no
/// scalar of several lines can hold one. What holds only comments is none.
fn parts(text: &str) -> Vec<(usize, &str)> {
    let mut cuts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let marker = line.strip_prefix("---");
        if marker.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n'])) {
            cuts.push(at);
        }
        at += line.len();
    }
    cuts.push(text.len());
    let empty = |part: &str| {
        part.lines().all(|line| {
            let line = line.strip_prefix("---").unwrap_or(line).trim();
            line.is_empty() || line.starts_with('#')
        })
    };
    let pairs = cuts.windows(2).filter_map(|pair| {
        let (from, to) = (pair.first()?, pair.last()?);
        Some((*from, text.get(*from..*to)?))
    });
    pairs.filter(|(_, part)| !empty(part)).collect()
}

fn document(
    root: &Node,
    offset: usize,
    options: &Options<'_>,
) -> Result<Document, Vec<QueryError>> {
    let has = |key| root.all(key).next().is_some();
    let kind = if has("detection") || !(has("correlation") || has("filter")) {
        Kind::Rule(Box::new(Rule::read(root, options)?))
    } else if has("correlation") {
        Kind::Correlation(Box::new(read::correlation(root)?))
    } else {
        Kind::Filter(Box::new(filter(root, options)?))
    };
    let text = |key| {
        let (_, node) = root.all(key).next()?;
        read::text(node).map(str::to_owned)
    };
    Ok(Document {
        title: text("title"),
        id: text("id"),
        name: text("name"),
        logsource: logsource(root),
        kind,
        offset,
    })
}

fn logsource(root: &Node) -> BTreeMap<String, String> {
    let Some((_, Node::Map(entries))) = root.all("logsource").next() else {
        return BTreeMap::new();
    };
    let text = |value: &Node| read::text(value).unwrap_or("").to_owned();
    entries
        .iter()
        .map(|(key, value)| (key.text.clone(), text(value)))
        .collect()
}

/// Source: specification, filters: `rules`, search identifiers and a condition below `filter`; the logsource is mandatory.
fn filter(root: &Node, options: &Options<'_>) -> Result<Filter, Vec<QueryError>> {
    let mut builder = Builder {
        placeholders: options.placeholders,
        faults: Vec::new(),
        budget: Budget::default(),
    };
    if let Some((key, node)) = only(root, "logsource", &mut builder.faults)
        && !matches!(node, Node::Map(_))
    {
        let fault = QueryError::new("`logsource` is a map", key.span.clone());
        builder.faults.push(fault);
    }
    let Some((key, node)) = only(root, "filter", &mut builder.faults) else {
        return Err(builder.faults);
    };
    let (identifiers, condition) = detection(key, node, &["rules"], &mut builder);
    let rules = match only(node, "rules", &mut builder.faults) {
        Some((_, Node::Scalar(scalar))) if scalar.text == "any" => None,
        Some((key, rules)) => match read::texts(key, rules) {
            Ok(rules) => Some(rules.into_iter().map(|rule| rule.text.clone()).collect()),
            Err(fault) => {
                builder.faults.push(fault);
                None
            }
        },
        None => None,
    };
    match condition {
        Some(condition) if builder.faults.is_empty() => Ok(Filter {
            rules,
            identifiers,
            condition,
        }),
        _ => {
            builder.faults.sort_by_key(|fault| fault.span.start);
            Err(builder.faults)
        }
    }
}
