//! Search identifiers: what a `detection` asks of an event.

use super::document::Node;
use super::fold::fold;
use super::matcher::{Alternative, Matcher};
use super::modifiers::{self, Key, Step, What};
use super::pattern;
use super::scalar::{Kind, Scalar};
use super::steps::Budget;
use super::values::{self, Group};
use crate::QueryError;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;
use verdict_event::{Event, Path, Value};

/// A question to an event. Cheap to copy: what is heavy is shared.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Not(Box<Tree>),
    Field(Path, Arc<Matcher>),
    Keyword(Arc<Matcher>),
    Exists(Path),
    Reference(Reference),
}

/// S18: one field against another.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    left: Path,
    right: Path,
    /// Whether anything may stand before, behind.
    free: (bool, bool),
    cased: bool,
}

impl Tree {
    /// Whether the event satisfies it: always true or false (docs/semantics.md, "Truth").
    pub(super) fn holds(&self, event: &Event) -> bool {
        match self {
            Self::And(parts) => parts.iter().all(|part| part.holds(event)),
            Self::Or(parts) => parts.iter().any(|part| part.holds(event)),
            Self::Not(part) => !part.holds(event),
            Self::Field(path, matcher) => {
                let (mut found, mut missing) = (false, true);
                path.visit(event.root(), &mut |value| {
                    let first = missing || !verdict_faults::at("sigma/engine/list-is-its-first");
                    missing = false;
                    found = found || first && matcher.matches(value);
                    missing |= value.scalar_text() == Some("")
                        && verdict_faults::at("sigma/engine/empty-text-is-null");
                });
                found || (missing && matcher.missing)
            }
            Self::Keyword(matcher) => any_string(event.root(), matcher),
            // S7.
            Self::Exists(path) if verdict_faults::at("sigma/engine/null-does-not-exist") => {
                !event.values(path).is_empty()
            }
            Self::Exists(path) => event.has_key(path),
            Self::Reference(reference) => reference.holds(event),
        }
    }

    /// Calls `name` with every path that is read; a path may be replaced.
    pub(super) fn visit_paths(&mut self, name: &mut dyn FnMut(&mut Path)) {
        match self {
            Self::And(parts) | Self::Or(parts) => {
                for part in parts {
                    part.visit_paths(name);
                }
            }
            Self::Not(part) => part.visit_paths(name),
            Self::Field(path, _) | Self::Exists(path) => name(path),
            Self::Keyword(_) => {}
            Self::Reference(reference) => {
                name(&mut reference.left);
                name(&mut reference.right);
            }
        }
    }
}

impl Reference {
    fn holds(&self, event: &Event) -> bool {
        let texts = |path: &Path| -> Vec<Cow<'_, str>> {
            let texts = event
                .values(path)
                .into_iter()
                .filter_map(Value::scalar_text);
            texts
                .map(|text| {
                    if self.cased {
                        Cow::Borrowed(text)
                    } else {
                        fold(text)
                    }
                })
                .collect()
        };
        let right = texts(&self.right);
        texts(&self.left).iter().any(|left| {
            right.iter().any(|right| match self.free {
                (false, false) => left == right,
                (false, true) => left.starts_with(&**right),
                (true, false) => left.ends_with(&**right),
                (true, true) => left.contains(&**right),
            })
        })
    }
}

/// S20: any string value anywhere in the event.
fn any_string(value: &Value, matcher: &Matcher) -> bool {
    match value {
        Value::String(text) => matcher.text(text),
        Value::List(items) => items.iter().any(|item| any_string(item, matcher)),
        Value::Object(entries) => entries.iter().any(|(_, item)| any_string(item, matcher)),
        Value::Number(_) if verdict_faults::at("sigma/engine/keywords-look-at-numbers") => {
            value.scalar_text().is_some_and(|text| matcher.text(text))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Reads search identifiers and gathers their faults.
pub(super) struct Builder<'o> {
    pub(super) placeholders: &'o BTreeMap<String, Vec<String>>,
    pub(super) faults: Vec<QueryError>,
    pub(super) budget: Budget,
}

impl Builder<'_> {
    fn fault(&mut self, message: impl Into<String>, span: &Range<usize>) -> Tree {
        self.faults.push(QueryError::new(message, span.clone()));
        Tree::Or(Vec::new())
    }

    /// S21: a map is AND, a list is OR, a plain value is a keyword.
    pub(super) fn identifier(&mut self, name: &Scalar, node: &Node) -> Tree {
        match node {
            Node::Map(entries) => self.map(entries, &name.span),
            Node::Scalar(scalar) => self.keywords(&[scalar]),
            Node::List(items) if items.is_empty() => {
                self.fault(format!("`{}` is empty", name.text), &name.span)
            }
            Node::List(items) => {
                let keywords: Vec<&Scalar> = items.iter().filter_map(scalar).collect();
                let mut parts = Vec::new();
                if !keywords.is_empty() {
                    parts.push(self.keywords(&keywords));
                }
                for item in items {
                    match item {
                        Node::Map(entries) => parts.push(self.map(entries, &name.span)),
                        Node::List(_) => parts.push(self.fault("a list within a list", &name.span)),
                        Node::Scalar(_) => {}
                    }
                }
                if verdict_faults::at("sigma/engine/list-of-maps-is-and") {
                    return Tree::And(parts);
                }
                Tree::Or(parts)
            }
        }
    }

    fn keywords(&mut self, scalars: &[&Scalar]) -> Tree {
        let key = Key {
            field: String::new(),
            what: What::Value,
            steps: Vec::new(),
            all: false,
            neq: false,
            cased: false,
        };
        self.test(&key, scalars)
    }

    fn map(&mut self, entries: &[(Scalar, Node)], span: &Range<usize>) -> Tree {
        if entries.is_empty() {
            return self.fault("an empty map asks for nothing", span);
        }
        let mut seen = BTreeSet::new();
        let mut parts = Vec::new();
        for (key, node) in entries {
            // S23: keys that differ only in modifiers are two items; the same key twice is a mistake.
            if !seen.insert(key.text.as_str()) {
                self.fault(format!("the key `{}` stands twice", key.text), &key.span);
            }
            parts.push(self.item(key, node));
        }
        if verdict_faults::at("sigma/engine/map-is-or") {
            return Tree::Or(parts);
        }
        Tree::And(parts)
    }

    fn item(&mut self, name: &Scalar, node: &Node) -> Tree {
        if name.text == "<<" {
            return self.fault("merge keys are not read; write the items out", &name.span);
        }
        let key = match modifiers::parse(name) {
            Ok(key) => key,
            Err(fault) => {
                self.faults.push(fault);
                return Tree::Or(Vec::new());
            }
        };
        // S6: an empty list means missing.
        let empty = Scalar {
            text: String::new(),
            kind: Kind::Null,
            span: name.span.clone(),
        };
        let scalars: Vec<&Scalar> = match node {
            Node::Scalar(scalar) => vec![scalar],
            Node::List(items) if items.is_empty() => vec![&empty],
            Node::List(items) => items.iter().filter_map(scalar).collect(),
            Node::Map(_) => {
                return self.fault("a field takes a value or a list, not a map", &name.span);
            }
        };
        if let Node::List(items) = node
            && items.iter().any(|item| scalar(item).is_none())
        {
            return self.fault("a field's list holds values only", &name.span);
        }
        if key.field.is_empty()
            && let Some(message) = no_keyword(&key)
        {
            return self.fault(message, &name.span);
        }
        let tree = match key.what {
            What::Exists => self.exists(&key, &scalars, &name.span),
            What::FieldRef => self.references(&key, &scalars),
            What::Value | What::Regex(_) | What::Cidr | What::Compare(_) | What::Time(..) => {
                self.test(&key, &scalars)
            }
        };
        // S10: `neq` negates the whole item.
        if key.neq {
            let negated = Tree::Not(Box::new(tree));
            if verdict_faults::at("sigma/engine/neq-wants-the-field") {
                let there = Tree::Exists(Path::new(key.field.as_str()));
                return Tree::And(vec![there, negated]);
            }
            negated
        } else {
            tree
        }
    }

    fn test(&mut self, key: &Key, scalars: &[&Scalar]) -> Tree {
        let mut groups: Vec<Group> = Vec::new();
        for scalar in scalars {
            match values::groups(key, scalar, self.placeholders, &mut self.budget) {
                Ok(more) => groups.extend(more),
                Err(fault) => self.faults.push(fault),
            }
        }
        let leaf = |alternatives: Vec<Alternative>| {
            let matcher = Arc::new(Matcher::new(alternatives, key.cased));
            if key.field.is_empty() {
                Tree::Keyword(matcher)
            } else {
                Tree::Field(Path::new(key.field.as_str()), matcher)
            }
        };
        if key.all && !verdict_faults::at("sigma/engine/all-is-any") {
            // S9: each value may be met by a different value of a list field.
            Tree::And(groups.into_iter().map(leaf).collect())
        } else {
            leaf(groups.into_iter().flatten().collect())
        }
    }

    /// S7.
    fn exists(&mut self, key: &Key, scalars: &[&Scalar], span: &Range<usize>) -> Tree {
        let exists = Tree::Exists(Path::new(key.field.as_str()));
        match scalars
            .iter()
            .map(|scalar| scalar.kind)
            .collect::<Vec<_>>()
            .as_slice()
        {
            [Kind::Bool(true)] => exists,
            [Kind::Bool(false)] => Tree::Not(Box::new(exists)),
            _ => self.fault(
                "`exists` takes one value, `true` or `false`, unquoted",
                span,
            ),
        }
    }

    /// S18. Source: specification, `fieldref`: a plain string becomes a reference; so what holds wildcards is none.
    fn references(&mut self, key: &Key, scalars: &[&Scalar]) -> Tree {
        let mut parts = Vec::new();
        for scalar in scalars {
            let plain = pattern::as_literal(&pattern::parse(&scalar.text, false)).is_some();
            let named = scalar.kind == Kind::Text && !scalar.text.is_empty();
            parts.push(if named && plain {
                Tree::Reference(Reference {
                    left: Path::new(key.field.as_str()),
                    right: Path::new(scalar.text.as_str()),
                    free: values::reference(key),
                    cased: key.cased || verdict_faults::at("sigma/engine/fieldref-keeps-case"),
                })
            } else {
                self.fault("`fieldref` takes the name of a field", &scalar.span)
            });
        }
        if key.all {
            Tree::And(parts)
        } else {
            Tree::Or(parts)
        }
    }
}

/// S20: why a key without a field is no keyword search.
fn no_keyword(key: &Key) -> Option<String> {
    match key.what {
        What::Cidr | What::Exists | What::FieldRef | What::Compare(_) | What::Time(..) => {
            Some("this modifier needs a field".to_owned())
        }
        What::Value | What::Regex(_) => {
            let anchored = key
                .steps
                .iter()
                .find(|step| matches!(step, Step::StartsWith | Step::EndsWith));
            anchored.map(|step| {
                format!(
                    "a keyword stands anywhere, so `{}` needs a field",
                    step.name()
                )
            })
        }
    }
}

fn scalar(node: &Node) -> Option<&Scalar> {
    match node {
        Node::Scalar(scalar) => Some(scalar),
        Node::List(_) | Node::Map(_) => None,
    }
}
