//! Which names a step can see.

use super::{Binder, Outcome, Typed};
use crate::QueryError;
use crate::kql::ast::{Pattern, Span};
use crate::kql::node::Node;
use crate::kql::row::{Cell, Column, Read};
use crate::kql::suggest;
use crate::kql::value::Type;
use std::collections::BTreeMap;
use verdict_event::{FieldType, Path};

/// The columns at one point of a pipeline.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// Columns that the query made.
    named: BTreeMap<String, (usize, Type)>,
    /// Whether the columns of the source are seen too: all of them, or those that a pattern keeps.
    open: bool,
    kept: Vec<Vec<Pattern>>,
    hidden: Vec<Pattern>,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            open: true,
            ..Self::closed()
        }
    }
}

impl Scope {
    /// No columns at all.
    pub(super) fn closed() -> Self {
        Self {
            named: BTreeMap::new(),
            open: false,
            kept: Vec::new(),
            hidden: Vec::new(),
        }
    }

    pub(super) fn define(&mut self, name: &str, slot: (usize, Type)) {
        self.named.insert(name.to_owned(), slot);
    }

    pub(super) fn hide(&mut self, pattern: &Pattern) {
        self.named.retain(|name, _| !covers(pattern, name));
        self.hidden.push(pattern.clone());
    }

    pub(super) fn keep(&mut self, patterns: &[Pattern]) {
        self.named
            .retain(|name, _| patterns.iter().any(|pattern| covers(pattern, name)));
        self.kept.push(patterns.to_vec());
    }

    pub(super) fn forget(&mut self, name: &str) {
        let pattern = Pattern {
            text: name.to_owned(),
            wild: false,
        };
        self.hide(&pattern);
    }

    fn shows_source(&self, name: &str) -> bool {
        self.open
            && !self.hidden.iter().any(|pattern| covers(pattern, name))
            && self
                .kept
                .iter()
                .all(|patterns| patterns.iter().any(|pattern| covers(pattern, name)))
    }
}

/// Whether a name fits a pattern whose `*` stands for any text. Kusto docs: project-away-operator.
fn covers(pattern: &Pattern, name: &str) -> bool {
    if !pattern.wild {
        return pattern.text == name;
    }
    let mut parts = pattern.text.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.is_empty()
}

impl Binder<'_> {
    /// What a name stands for: a column that the query made, one that the schema lists, a definition, and last, unless the
    /// binding is strict, a column of the source that nobody described.
    pub(super) fn column(&mut self, name: &str, span: &Span, scope: &Scope) -> Outcome<Typed> {
        if let Some(&(slot, kind)) = scope.named.get(name) {
            return Ok(Typed {
                node: Node::Slot(slot),
                kind,
            });
        }
        let shown = scope.shows_source(name);
        let listed = shown && self.schema.field(name).is_some();
        if !listed {
            if let Some(known) = self.scalars.get(name) {
                return Ok(known.clone());
            }
            if self.tables.contains_key(name) {
                return self.fail(
                    format!("`{name}` is a table where a value is expected"),
                    span,
                );
            }
        }
        if shown && (listed || !self.strict) {
            let (slot, kind) = self.source(name);
            return Ok(Typed {
                node: Node::Slot(slot),
                kind,
            });
        }
        let error = QueryError::new(format!("unknown column `{name}`"), span.clone());
        let source = self
            .schema
            .fields
            .keys()
            .map(String::as_str)
            .filter(|_| scope.open);
        let known: Vec<&str> = scope
            .named
            .keys()
            .map(String::as_str)
            .chain(source)
            .collect();
        let error = suggest::hint(error, name, known);
        Err(self.error(error))
    }

    fn source(&mut self, name: &str) -> (usize, Type) {
        if let Some(known) = self.sources.get(name) {
            return *known;
        }
        let (read, kind) = self.typed(name);
        self.cells.push(Cell::Column(Column {
            path: Path::new(name),
            read,
        }));
        let slot = (self.cells.len() - 1, kind);
        self.sources.insert(name.to_owned(), slot);
        slot
    }

    fn typed(&self, name: &str) -> (Read, Type) {
        let Some(field) = self.schema.field(name) else {
            return (Read::Text, Type::Text);
        };
        if field.kind == FieldType::Object {
            return (Read::Object, Type::Dynamic);
        }
        if field.array {
            return (Read::List, Type::Dynamic);
        }
        match field.kind {
            FieldType::Keyword | FieldType::Text | FieldType::Ip | FieldType::Version => {
                (Read::Text, Type::Text)
            }
            FieldType::Long => (Read::Long, Type::Long),
            FieldType::Double => (Read::Real, Type::Real),
            FieldType::Boolean => (Read::Bool, Type::Bool),
            FieldType::Date => {
                let time = &self.schema.timestamp;
                let format = if time.field == name {
                    time.format
                } else {
                    verdict_event::TimestampFormat::Iso
                };
                (Read::DateTime(format), Type::DateTime)
            }
            FieldType::Object => (Read::Object, Type::Dynamic),
        }
    }
}
