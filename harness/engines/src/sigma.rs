//! The Sigma engine: a rule's own text, judged by the specification.
//!
//! [`Rule::parse`] takes one Sigma document of detections (specification version 2.1.0) and [`Rule::matches`] judges events;
//! [`Documents`] takes a text with several, correlations and filters among them, and judges a stream. Where the specification is
//! silent, docs/semantics.md decides: `S1` to `S25`, `T1` to `T3`, `C1` to `C14`, `F1` to `F4` in comments are lines of its tables.
//! A rule's meaning comes from the two keys `logsource` and `detection`; every other key is left out.
//!
//! Parsing prepares everything that does not depend on the event (folded texts, compiled patterns and expressions, hashed
//! sets), since one rule is asked of millions of events. It is written in the order of a rule's life: `document` and `scalar` read YAML,
//! `modifiers` a key, `values` applies it to values, `detection` and `condition` join the outcomes, `logsource` says where to look.
//!
//! Limits, beyond which a rule is refused: 1 MiB of text; 10,000 opening brackets; 100,000 YAML values, 128 deep; conditions 100 deep; 8 Mi characters in all
//! alternatives that modifiers make, where a regular expression counts as 16 Ki; 2 MiB for a compiled one; 256 combinations of sources.

mod cidr;
mod condition;
mod detection;
mod document;
mod encode;
mod faults;
mod fold;
mod logsource;
mod matcher;
mod modifiers;
mod pattern;
mod placeholder;
mod regexp;
mod scalar;
mod steps;
mod stream;
mod time;
mod values;
mod wildcard;
mod windash;

use crate::QueryError;
use condition::Expr;
use detection::{Builder, Tree};
use document::Node;
use scalar::Scalar;
use std::collections::{BTreeMap, BTreeSet};
use steps::Budget;

use verdict_event::{Event, Path};

pub use logsource::LogsourceTable;
pub use stream::{Documents, Found};

/// What a rule's text leaves open.
#[derive(Clone, Copy, Debug)]
pub struct Options<'o> {
    /// What logsources mean; None ignores them, so that every event is looked at.
    pub logsources: Option<&'o LogsourceTable>,
    /// The values of placeholders, by name without `%`.
    pub placeholders: &'o BTreeMap<String, Vec<String>>,
}

/// A rule, ready to judge events.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Alternatives: the sources in which the rule looks, each with the detection in that source's names.
    places: Vec<Place>,
    condition: Expr,
    /// What filters take away (F1).
    exceptions: Vec<Exception>,
}

#[derive(Clone, Debug)]
struct Place {
    tests: Vec<Tree>,
    identifiers: Vec<Tree>,
    rename: BTreeMap<String, String>,
}

/// A filter's condition, in the names of each of the rule's places.
#[derive(Clone, Debug)]
struct Exception {
    condition: Expr,
    places: Vec<Vec<Tree>>,
}

impl Exception {
    fn holds(&self, place: usize, event: &Event) -> bool {
        let identifiers = self.places.get(place);
        self.condition.holds(&|number| {
            let tree = identifiers.and_then(|trees| trees.get(number));
            tree.is_some_and(|tree| tree.holds(event))
        })
    }
}

impl Rule {
    /// Reads one document: any map with the keys `logsource` and `detection`. All faults are given, in the order of the text.
    pub fn parse(text: &str, options: &Options<'_>) -> Result<Self, Vec<QueryError>> {
        let wanted = ["logsource", "detection", "correlation", "filter"];
        let root = document::read(text, Some(&wanted)).map_err(|fault| vec![fault])?;
        for kind in ["correlation", "filter"] {
            let detects = root.all("detection").next().is_some();
            if let (Some((key, _)), false) = (root.all(kind).next(), detects) {
                let message = format!("a {kind} is no rule over single events");
                return Err(vec![QueryError::new(message, key.span.clone())]);
            }
        }
        Self::read(&root, options)
    }

    /// Reads one rule of a collection (`action: global`, `repeat`): its document with what others carry over to it. Counted are the
    /// documents that are rules or correlations, from 0; filters are not applied.
    pub fn of_collection(
        text: &str,
        number: usize,
        options: &Options<'_>,
    ) -> Result<Self, Vec<QueryError>> {
        stream::single(text, number, options)
    }

    fn read(root: &Node, options: &Options<'_>) -> Result<Self, Vec<QueryError>> {
        let mut builder = Builder {
            placeholders: options.placeholders,
            faults: Vec::new(),
            budget: Budget::default(),
        };
        let parts = only(root, "detection", &mut builder.faults)
            .map(|(key, node)| detection(key, node, &[], &mut builder))
            .unwrap_or_default();
        let sources = only(root, "logsource", &mut builder.faults)
            .map(|(key, node)| sources(key, node, options.logsources, &mut builder.faults))
            .unwrap_or_default();
        let mut faults = builder.faults;
        faults.sort_by_key(|fault| fault.span.start);
        let (identifiers, Some(condition)) = parts else {
            return Err(faults);
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        let place = |source: logsource::Source| Place {
            tests: source.tests,
            identifiers: renamed(&identifiers, &source.rename),
            rename: source.rename,
        };
        Ok(Self {
            places: sources.into_iter().map(place).collect(),
            condition,
            exceptions: Vec::new(),
        })
    }

    /// F1: a filter's detection is taken away from the rule.
    fn take_away(&mut self, identifiers: &[Tree], condition: &Expr) {
        let places = self.places.iter();
        self.exceptions.push(Exception {
            condition: condition.clone(),
            places: places
                .map(|place| renamed(identifiers, &place.rename))
                .collect(),
        });
    }

    /// The names of all fields that decide: those of the detection, in every source's names, and those of the logsource.
    pub fn fields(&self) -> BTreeSet<String> {
        let mut used = BTreeSet::new();
        self.condition.identifiers(&mut used);
        let mut fields = BTreeSet::new();
        for exception in &self.exceptions {
            let mut used = BTreeSet::new();
            exception.condition.identifiers(&mut used);
            for trees in &exception.places {
                for tree in used.iter().filter_map(|number| trees.get(*number)) {
                    tree.clone().visit_paths(&mut |path| {
                        fields.insert(path.as_str().to_owned());
                    });
                }
            }
        }
        for place in &self.places {
            let identifiers = used
                .iter()
                .filter_map(|number| place.identifiers.get(*number));
            for tree in place.tests.iter().chain(identifiers) {
                tree.clone().visit_paths(&mut |path| {
                    fields.insert(path.as_str().to_owned());
                });
            }
        }
        fields
    }

    /// Whether the rule matches the event.
    pub fn matches(&self, event: &Event) -> bool {
        (0..self.places.len()).any(|place| self.matches_in(place, event))
    }

    /// Whether it matches in one of its places.
    fn matches_in(&self, number: usize, event: &Event) -> bool {
        let Some(place) = self.places.get(number) else {
            return false;
        };
        let identifier = |number: usize| {
            let tree = place.identifiers.get(number);
            tree.is_some_and(|tree| tree.holds(event))
        };
        place.tests.iter().all(|test| test.holds(event))
            && self.condition.holds(&identifier)
            && !self
                .exceptions
                .iter()
                .any(|exception| exception.holds(number, event))
    }
}

/// The value of a key that must stand once.
fn only<'n>(
    root: &'n Node,
    name: &'n str,
    faults: &mut Vec<QueryError>,
) -> Option<(&'n Scalar, &'n Node)> {
    let mut found = root.all(name);
    let first = found.next();
    if first.is_none() {
        faults.push(QueryError::new(format!("the rule has no `{name}`"), 0..0));
    }
    if let Some((key, _)) = found.next() {
        faults.push(QueryError::new(
            format!("the key `{name}` stands twice"),
            key.span.clone(),
        ));
    }
    first
}

/// The search identifiers and the condition over them. `others` are keys of the map that are no identifiers.
fn detection(
    key: &Scalar,
    node: &Node,
    others: &[&str],
    builder: &mut Builder<'_>,
) -> (Vec<Tree>, Option<Expr>) {
    let Node::Map(entries) = node else {
        builder.faults.push(QueryError::new(
            format!("`{}` is a map", key.text),
            key.span.clone(),
        ));
        return (Vec::new(), None);
    };
    let mut names: Vec<&str> = Vec::new();
    let mut trees = Vec::new();
    for (name, value) in entries {
        let fault = match name.text.as_str() {
            // `timeframe` belonged to aggregations, whose conditions are refused; without one it says nothing.
            "condition" | "timeframe" => continue,
            text if others.contains(&text) => continue,
            "<<" => Some("merge keys are not read; write the items out".to_owned()),
            text if names.contains(&text) => {
                Some(format!("the search identifier `{text}` stands twice"))
            }
            _ => None,
        };
        if let Some(message) = fault {
            builder
                .faults
                .push(QueryError::new(message, name.span.clone()));
        } else {
            names.push(&name.text);
            trees.push(builder.identifier(name, value));
        }
    }
    let condition = only(node, "condition", &mut builder.faults)
        .and_then(|(key, value)| conditions(key, value, &names, &mut builder.faults));
    (trees, condition)
}

/// S22: several conditions in a list are joined by OR.
fn conditions(
    key: &Scalar,
    node: &Node,
    names: &[&str],
    faults: &mut Vec<QueryError>,
) -> Option<Expr> {
    let items = match node {
        Node::List(items) => items.as_slice(),
        Node::Scalar(_) | Node::Map(_) => std::slice::from_ref(node),
    };
    let mut parts = Vec::new();
    for item in items {
        let read = match item {
            Node::Scalar(scalar) => condition::parse(scalar, names),
            Node::List(_) | Node::Map(_) => {
                Err(QueryError::new("a condition is a text", key.span.clone()))
            }
        };
        match read {
            Ok(part) => parts.push(part),
            Err(fault) => faults.push(fault),
        }
    }
    if items.is_empty() {
        faults.push(QueryError::new(
            "the list of conditions is empty",
            key.span.clone(),
        ));
    }
    (parts.len() == items.len()).then_some(Expr::Or(parts))
}

/// Where the rule looks (S25); anywhere, without a table.
fn sources(
    key: &Scalar,
    node: &Node,
    table: Option<&LogsourceTable>,
    faults: &mut Vec<QueryError>,
) -> Vec<logsource::Source> {
    let Node::Map(entries) = node else {
        faults.push(QueryError::new("`logsource` is a map", key.span.clone()));
        return Vec::new();
    };
    let mut values = BTreeMap::new();
    for (key, value) in entries {
        let text = match value {
            Node::Scalar(scalar) => scalar.as_text().unwrap_or(""),
            Node::List(_) | Node::Map(_) => "",
        };
        if values.insert(key.text.as_str(), text).is_some() {
            faults.push(QueryError::new(
                format!("the key `{}` stands twice", key.text),
                key.span.clone(),
            ));
        }
    }
    let Some(table) = table else {
        return vec![logsource::Source::default()];
    };
    table.sources(&values).unwrap_or_else(|message| {
        faults.push(QueryError::new(message, key.span.clone()));
        Vec::new()
    })
}

/// The trees with fields under their source's names, all at once: a name that is given is not renamed again.
fn renamed(trees: &[Tree], rename: &BTreeMap<String, String>) -> Vec<Tree> {
    let mut trees = trees.to_vec();
    for tree in &mut trees {
        tree.visit_paths(&mut |path| {
            if let Some(name) = rename.get(path.as_str()) {
                *path = Path::new(name.as_str());
            }
        });
    }
    trees
}
