//! Which names a step can see.

use super::{Binder, Outcome, Typed};
use crate::QueryError;
use crate::kql::ast::{Pattern, Span};
use crate::kql::node::Node;
use crate::kql::row::{Cell, Column, Read};
use crate::kql::shown::Shown;
use crate::kql::star::StarColumns;
use crate::kql::suggest;
use crate::kql::value::Type;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use verdict_event::{FieldType, Path};

/// The columns at one point of a pipeline.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    /// Columns that the query made.
    pub(super) named: BTreeMap<String, (usize, Type)>,
    pub(super) source: Shown,
    /// What `*` ranges over here, once something asked.
    pub(super) star: OnceCell<Arc<StarColumns>>,
    /// Whether the rows have an order that functions over rows may use. Kusto docs: window-functions.
    pub(super) serialized: bool,
    /// The columns of the steps of the `scan` at hand.
    pub(super) states: BTreeMap<String, BTreeMap<String, (usize, Type)>>,
}

impl Default for Scope {
    fn default() -> Self {
        Self {
            source: Shown::all(),
            ..Self::closed()
        }
    }
}

impl Scope {
    /// No columns at all.
    pub(super) fn closed() -> Self {
        Self {
            named: BTreeMap::new(),
            source: Shown::default(),
            star: OnceCell::new(),
            serialized: false,
            states: BTreeMap::new(),
        }
    }

    pub(super) fn define(&mut self, name: &str, slot: (usize, Type)) {
        self.star.take();
        self.named.insert(name.to_owned(), slot);
    }

    pub(super) fn hide(&mut self, pattern: &Pattern) {
        self.star.take();
        self.named.retain(|name, _| !pattern.covers(name));
        self.source.hide(pattern);
    }

    pub(super) fn keep(&mut self, patterns: &[Pattern]) {
        self.star.take();
        self.named
            .retain(|name, _| patterns.iter().any(|pattern| pattern.covers(name)));
        self.source.keep(patterns);
    }

    pub(super) fn forget(&mut self, name: &str) {
        let pattern = Pattern {
            text: name.to_owned(),
            wild: false,
        };
        self.hide(&pattern);
    }
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
        let shown = scope.source.shows(name);
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
            .filter(|_| scope.source.open());
        let known: Vec<&str> = scope
            .named
            .keys()
            .map(String::as_str)
            .chain(source)
            .collect();
        let error = suggest::hint(error, name, known);
        Err(self.error(error))
    }

    pub(super) fn source(&mut self, name: &str) -> (usize, Type) {
        if let Some(known) = self.draft.sources.get(name) {
            return *known;
        }
        let (read, kind) = self.typed(name);
        let cell = self.draft.cell(Cell::Column(Column {
            path: Path::new(name),
            read,
        }));
        self.draft.sources.insert(name.to_owned(), (cell, kind));
        (cell, kind)
    }

    pub(super) fn typed(&self, name: &str) -> (Read, Type) {
        let Some(field) = self.schema.field(name) else {
            return (Read::Text, Type::Text);
        };
        match field.kind {
            FieldType::Object => (Read::Object, Type::Dynamic),
            _ if field.array => (Read::List, Type::Dynamic),
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
        }
    }
}
