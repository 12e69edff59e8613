//! Where a rule looks: S25.

use super::detection::Tree;
use super::document::{self, Node};
use super::matcher::{Alternative, Matcher};
use super::pattern;
use super::scalar::{Kind, Scalar};
use crate::QueryError;
use std::collections::BTreeMap;
use std::sync::Arc;
use verdict_event::Path;

/// The most combinations of sources that one logsource may select.
const MAX_COMBINATIONS: usize = 256;

/// What each logsource means as a predicate over events.
#[derive(Clone, Debug)]
pub struct LogsourceTable {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    /// Keys and values that a rule's logsource must hold.
    logsource: Vec<(String, String)>,
    sources: Vec<Source>,
}

/// One place that holds events of a logsource.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    /// All hold of its events.
    pub(super) tests: Vec<Tree>,
    /// Under which name it carries a field.
    pub(super) rename: BTreeMap<String, String>,
}

impl LogsourceTable {
    /// Reads a table: a list of entries with `logsource` (keys and values) and `sources` (each with `where`: fields and a
    /// value or a list of values; `rename`: fields and their names; `name`).
    pub fn parse(yaml: &str) -> Result<Self, QueryError> {
        let Node::List(items) = document::read(yaml, None)? else {
            return Err(QueryError::new(
                "a logsource table is a list of entries",
                0..0,
            ));
        };
        let entries: Result<Vec<Entry>, QueryError> = items.iter().map(entry).collect();
        Ok(Self { entries: entries? })
    }

    /// The combinations of sources in which a rule with this logsource looks; each is an alternative. A single one without
    /// tests if no entry applies.
    pub(super) fn sources(&self, logsource: &BTreeMap<&str, &str>) -> Result<Vec<Source>, String> {
        let applies = |entry: &&Entry| {
            let mut keys = entry.logsource.iter();
            keys.all(|(key, value)| logsource.get(key.as_str()) == Some(&value.as_str()))
        };
        let mut combinations = vec![Source::default()];
        for entry in self.entries.iter().filter(applies) {
            if combinations.len().saturating_mul(entry.sources.len()) > MAX_COMBINATIONS {
                return Err(format!(
                    "the logsource selects more than {MAX_COMBINATIONS} combinations of sources"
                ));
            }
            combinations = combinations
                .iter()
                .flat_map(|before| entry.sources.iter().map(|source| joined(before, source)))
                .collect();
        }
        Ok(combinations)
    }
}

/// Both sources at once. Where both rename a field, the earlier entry's name stands.
fn joined(before: &Source, source: &Source) -> Source {
    let mut both = before.clone();
    both.tests.extend(source.tests.iter().cloned());
    for (field, name) in &source.rename {
        both.rename
            .entry(field.clone())
            .or_insert_with(|| name.clone());
    }
    both
}

fn fault(node: &Node, message: &str) -> QueryError {
    QueryError::new(message, node.span().unwrap_or(0..0))
}

fn map<'n>(node: &'n Node, message: &str) -> Result<&'n [(Scalar, Node)], QueryError> {
    match node {
        Node::Map(entries) => Ok(entries),
        Node::Scalar(_) | Node::List(_) => Err(fault(node, message)),
    }
}

fn text<'n>(node: &'n Node, message: &str) -> Result<&'n str, QueryError> {
    match node {
        Node::Scalar(scalar) => scalar.as_text().ok_or_else(|| fault(node, message)),
        Node::List(_) | Node::Map(_) => Err(fault(node, message)),
    }
}

fn entry(node: &Node) -> Result<Entry, QueryError> {
    let mut read = Entry {
        logsource: Vec::new(),
        sources: Vec::new(),
    };
    for (key, value) in map(node, "an entry is a map")? {
        match (key.text.as_str(), value) {
            ("logsource", value) => {
                for (key, value) in map(value, "`logsource` is a map")? {
                    let value = text(value, "a logsource's values are texts")?;
                    read.logsource.push((key.text.clone(), value.to_owned()));
                }
            }
            ("sources", Node::List(items)) => {
                for item in items {
                    read.sources.push(source(item)?);
                }
            }
            (other, _) => {
                return Err(QueryError::new(
                    format!("`{other}` is not expected in an entry"),
                    key.span.clone(),
                ));
            }
        }
    }
    if read.logsource.is_empty() || read.sources.is_empty() {
        return Err(fault(node, "an entry needs `logsource` and `sources`"));
    }
    Ok(read)
}

fn source(node: &Node) -> Result<Source, QueryError> {
    let mut read = Source::default();
    for (key, value) in map(node, "a source is a map")? {
        match key.text.as_str() {
            "name" => {}
            "where" => {
                for (field, values) in map(value, "`where` is a map")? {
                    let alternatives: Result<Vec<_>, _> = match values {
                        Node::List(items) => items.iter().map(alternative).collect(),
                        Node::Scalar(_) | Node::Map(_) => alternative(values).map(|one| vec![one]),
                    };
                    let matcher = Matcher::new(alternatives?, false);
                    read.tests.push(Tree::Field(
                        Path::new(field.text.as_str()),
                        Arc::new(matcher),
                    ));
                }
            }
            "rename" => {
                for (field, name) in map(value, "`rename` is a map")? {
                    let name = text(name, "a name is a text")?;
                    read.rename.insert(field.text.clone(), name.to_owned());
                }
            }
            other => {
                return Err(QueryError::new(
                    format!("`{other}` is not expected in a source"),
                    key.span.clone(),
                ));
            }
        }
    }
    Ok(read)
}

/// A value given in `where`: whole, ignoring case, numbers also by value, nothing a wildcard.
fn alternative(node: &Node) -> Result<Alternative, QueryError> {
    let Node::Scalar(scalar) = node else {
        return Err(fault(node, "`where` takes a value or a list of values"));
    };
    match (scalar.kind, scalar.number(), scalar.as_text()) {
        (Kind::Number, Some(value), _) => Ok(Alternative::Number(scalar.text.clone(), value)),
        (_, _, Some(text)) => Ok(Alternative::Pattern(pattern::literal(text))),
        (_, _, None) => Err(fault(node, "null is no value")),
    }
}
