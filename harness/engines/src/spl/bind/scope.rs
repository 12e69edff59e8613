//! Which slot a name leads to.

use super::super::ast::Name;
use super::super::row::Cell;
use super::super::wildcard::Wildcard;
use crate::QueryError;
use std::collections::{BTreeMap, BTreeSet};
use verdict_event::{Path, Schema};

/// A command that takes fields away.
#[derive(Clone, Debug)]
pub(in super::super) enum Seen {
    Fields { keep: bool, names: Vec<String> },
    Table(Vec<String>),
}

impl Seen {
    /// Whether a field is still there. Source: Search Reference, fields: `fields + a` keeps the internal fields, whose names begin with an
    /// underscore; they go only where they are named. table: what is not named goes.
    pub(in super::super) fn keeps(&self, name: &str) -> bool {
        let named = |names: &[String]| {
            names
                .iter()
                .any(|pattern| Wildcard::new(pattern, true).fits(name))
        };
        match self {
            Self::Fields { keep: true, names } => named(names) || name.starts_with('_'),
            Self::Fields { keep: false, names } => !named(names),
            Self::Table(names) => named(names),
        }
    }
}

/// The names that are known, and the slots that were made.
pub(super) struct Scope<'s> {
    schema: Option<(&'s Schema, bool)>,
    names: BTreeMap<String, usize>,
    seen: Vec<Seen>,
    pub(super) cells: Vec<Cell>,
    /// Whether the rows are those of a table, whose columns are all that there is.
    closed: bool,
    /// The fields of the events that were read.
    pub(super) columns: BTreeSet<String>,
    pub(super) errors: Vec<QueryError>,
}

/// Fields that Splunk gives to every event.
const DEFAULT: [&str; 8] = [
    "_raw",
    "_time",
    "index",
    "sourcetype",
    "source",
    "host",
    "linecount",
    "splunk_server",
];

impl<'s> Scope<'s> {
    pub(super) fn new(schema: Option<(&'s Schema, bool)>) -> Self {
        Self {
            schema,
            names: BTreeMap::new(),
            seen: Vec::new(),
            cells: Vec::new(),
            closed: false,
            columns: BTreeSet::new(),
            errors: Vec::new(),
        }
    }

    /// The slot of a name. A field that the schema does not list is an error where it must.
    pub(super) fn slot(&mut self, name: &Name) -> usize {
        let found = plain(&name.text);
        if let Some(slot) = self.names.get(&found) {
            return *slot;
        }
        let visible = self.visible(&found);
        if self.closed {
            if self.schema.is_some_and(|(_, strict)| strict) {
                let message = format!("there is no field `{found}` here");
                self.errors
                    .push(QueryError::new(message, name.span.clone()));
            }
            return self.column(found, false);
        }
        if let Some((schema, true)) = self.schema
            && visible
            && !DEFAULT.contains(&found.as_str())
            && schema.field(&found).is_none()
            && schema.field(&name.text).is_none()
        {
            let message = format!("the schema has no field `{found}`");
            self.errors
                .push(QueryError::new(message, name.span.clone()));
        }
        self.column(found, visible)
    }

    /// Whether the schema lists a field.
    pub(super) fn lists(&self, name: &str) -> bool {
        self.schema
            .is_some_and(|(schema, _)| schema.field(name).is_some())
    }

    /// The slot of what a name holds before it is defined anew; it need not be there.
    pub(super) fn held(&mut self, name: &Name) -> usize {
        let found = plain(&name.text);
        if let Some(slot) = self.names.get(&found) {
            return *slot;
        }
        let listed = self
            .schema
            .is_some_and(|(schema, strict)| !strict || schema.field(&found).is_some());
        if listed {
            return self.slot(name);
        }
        self.push(Cell::Nothing)
    }

    fn column(&mut self, name: String, visible: bool) -> usize {
        let cell = match name.as_str() {
            _ if !visible => Cell::Nothing,
            "_raw" => Cell::Raw(Path::new("_raw")),
            "_time" => {
                let time = self.schema.map(|(schema, _)| &schema.timestamp);
                let time = time.map(|time| (Path::new(time.field.as_str()), time.format));
                Cell::Time(Path::new("_time"), time)
            }
            name => Cell::Column(Path::new(name)),
        };
        if visible {
            self.columns.insert(name.clone());
        }
        let slot = self.push(cell);
        self.names.insert(name, slot);
        slot
    }

    pub(super) fn push(&mut self, cell: Cell) -> usize {
        self.cells.push(cell);
        self.cells.len() - 1
    }

    /// From here on, the name leads to this.
    pub(super) fn define(&mut self, name: &str, cell: Cell) -> usize {
        let slot = self.push(cell);
        self.names.insert(plain(name), slot);
        slot
    }

    /// The slot of the time; it need not be there.
    pub(super) fn time(&mut self) -> usize {
        if let Some(slot) = self.names.get("_time") {
            return *slot;
        }
        let visible = !self.closed && self.visible("_time");
        self.column("_time".to_owned(), visible)
    }

    /// From here on, the name is gone.
    pub(super) fn hide(&mut self, name: &str) {
        let slot = self.push(Cell::Nothing);
        self.names.insert(plain(name), slot);
    }

    /// Begins a stage over a table with these columns; the cells of the stage before.
    pub(super) fn restart(&mut self, columns: impl IntoIterator<Item = String>) -> Vec<Cell> {
        let cells = std::mem::take(&mut self.cells);
        self.names.clear();
        self.seen.clear();
        self.closed = true;
        for (at, name) in columns.into_iter().enumerate() {
            self.define(&name, Cell::Input(at));
        }
        cells
    }

    /// The names that lead somewhere and are there, with their slots.
    pub(super) fn shown(&self) -> Vec<(String, usize)> {
        let names = self.names.iter();
        names.map(|(name, slot)| (name.clone(), *slot)).collect()
    }

    /// Whether the rows are events, whose other fields come out, too.
    pub(super) fn open(&self) -> bool {
        !self.closed
    }

    /// The commands that took fields away.
    pub(super) fn taken(&self) -> Vec<Seen> {
        self.seen.clone()
    }

    /// From here on, only the fields that this keeps are there.
    pub(super) fn see(&mut self, seen: Seen) {
        self.names.retain(|name, _| seen.keeps(name));
        self.seen.push(seen);
    }

    /// Whether a name can lead to anything: a table has no columns but its own.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.visible(name) && (!self.closed || self.names.contains_key(name))
    }

    /// Whether a field of the events is still there.
    pub(super) fn visible(&self, name: &str) -> bool {
        self.seen.iter().all(|seen| seen.keeps(name))
    }
}

/// The name of a field without the marks of lists.
///
/// Source: Search Reference, spath: the values of a JSON list are the field `a{}`, though extended example 3 writes such a name without braces. Here
/// `a` names them, too, because a profile's column is named like the rule's field, however its values came there (decided).
fn plain(name: &str) -> String {
    name.replace("{}", "")
}
