//! Segments: how one ends as a table and the next begins over it. And the steps that need little more.

use super::{Binder, Outcome, Scope, cast_hint};
use crate::QueryError;
use crate::kql::ast::{Assignment, Partition, Span};
use crate::kql::relation::{self, Input, Relation, Segment, Step};
use crate::kql::row::Cell;
use crate::kql::value::Type;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Partitions of the default strategy. Kusto docs: partition-operator.
const LEGACY_PARTITIONS: usize = 64;

/// A segment that is being bound.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) input: Input,
    pub(super) cells: Vec<Cell>,
    /// The slot and type of every column of the events that was read.
    pub(super) sources: BTreeMap<String, (usize, Type)>,
    pub(super) steps: Vec<Step>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            input: Input::Events,
            cells: Vec::new(),
            sources: BTreeMap::new(),
            steps: Vec::new(),
        }
    }
}

impl Draft {
    pub(super) fn cell(&mut self, cell: Cell) -> usize {
        self.cells.push(cell);
        self.cells.len() - 1
    }
}

/// A column of a table.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) slot: usize,
    pub(super) kind: Type,
}

impl Binder<'_> {
    /// Every column that a scope shows: those of the events first.
    pub(super) fn all_columns(&mut self, scope: &Scope) -> Vec<Column> {
        let mut columns = Vec::new();
        if scope.source.open() {
            let listed = self.schema.fields.keys();
            let names: BTreeSet<String> = listed.chain(&self.read).cloned().collect();
            for name in names {
                if scope.source.shows(&name) && !scope.named.contains_key(&name) {
                    let (slot, kind) = self.source(&name);
                    columns.push(Column { name, slot, kind });
                }
            }
        }
        columns.extend(scope.named.iter().map(|(name, (slot, kind))| Column {
            name: name.clone(),
            slot: *slot,
            kind: *kind,
        }));
        columns
    }

    /// Ends the segment: these are its columns.
    pub(super) fn close(&mut self, columns: &[Column]) -> Arc<Relation> {
        let draft = std::mem::take(&mut self.draft);
        Arc::new(Relation::Segment(Segment {
            input: draft.input,
            cells: draft.cells,
            steps: draft.steps,
            output: columns.iter().map(|column| column.slot).collect(),
        }))
    }

    /// Begins a segment over a table with these columns.
    pub(super) fn open(
        &mut self,
        relation: Arc<Relation>,
        columns: impl IntoIterator<Item = (String, Type)>,
    ) -> Scope {
        self.draft = Draft {
            input: Input::Table(relation),
            ..Draft::default()
        };
        let mut scope = Scope::closed();
        for (at, (name, kind)) in columns.into_iter().enumerate() {
            let slot = self.draft.cell(Cell::Input(at));
            scope.define(&name, (slot, kind));
        }
        scope
    }

    /// A value that rows are grouped, joined or parted by. Kusto's binder refuses dynamic ones.
    pub(super) fn groupable(&mut self, kind: Type, span: &Span) -> Outcome<()> {
        if kind == Type::Dynamic {
            let error = QueryError::new("rows cannot be grouped by a dynamic value", span.clone());
            return Err(self.error(cast_hint(error, kind)));
        }
        Ok(())
    }

    pub(super) fn distinct(
        &mut self,
        list: Option<&[Assignment]>,
        scope: &mut Scope,
    ) -> Outcome<()> {
        let columns: Vec<Column> = match list {
            None => self.all_columns(scope),
            Some(list) => {
                let bound = self.assignments(list, scope)?;
                let spans = list.iter().map(|assignment| &assignment.value.span);
                for ((_, (_, kind)), span) in bound.iter().zip(spans) {
                    self.groupable(*kind, span)?;
                }
                let column = |(name, (slot, kind))| Column { name, slot, kind };
                bound.into_iter().map(column).collect()
            }
        };
        let input = self.close(&columns);
        let named = columns.into_iter().map(|column| (column.name, column.kind));
        *scope = self.open(Arc::new(Relation::Distinct(input)), named);
        Ok(())
    }

    /// Kusto docs: count-operator: the column is called `Count`.
    pub(super) fn count_rows(&mut self, scope: &mut Scope) {
        let input = self.close(&[]);
        let named = [("Count".to_owned(), Type::Long)];
        *scope = self.open(Arc::new(Relation::Count(input)), named);
    }

    pub(super) fn partition(&mut self, partition: &Partition, scope: &mut Scope) -> Outcome<()> {
        let by = self.column(&partition.by.text, &partition.by.span, scope)?;
        self.groupable(by.kind, &partition.by.span)?;
        let columns = self.all_columns(scope);
        let key = columns
            .iter()
            .position(|column| column.name == partition.by.text)
            .unwrap_or(usize::MAX);
        let input = self.close(&columns);
        let named = columns.into_iter().map(|column| (column.name, column.kind));
        let mut inner = self.open(Arc::new(Relation::Given), named);
        for step in &partition.steps {
            self.allowed_in_partition(step, &partition.by.span)?;
        }
        self.steps(&partition.steps, &mut inner);
        let columns = self.all_columns(&inner);
        let inner = self.close(&columns);
        let made = Relation::Partition(relation::Partition {
            input,
            key,
            inner,
            most: if partition.legacy {
                LEGACY_PARTITIONS
            } else {
                usize::MAX
            },
        });
        let named = columns.into_iter().map(|column| (column.name, column.kind));
        *scope = self.open(Arc::new(made), named);
        Ok(())
    }

    /// Kusto docs: partition-operator, "supported operators": none that reads another table.
    fn allowed_in_partition(
        &mut self,
        step: &crate::kql::ast::Operator,
        span: &Span,
    ) -> Outcome<()> {
        use crate::kql::ast::Operator;
        match step {
            Operator::Join(_) | Operator::Union(_) | Operator::Partition(_) => self.fail(
                "`join`, `union` and `partition` cannot stand inside `partition`",
                span,
            ),
            Operator::Where(_)
            | Operator::Extend(_)
            | Operator::Project(_)
            | Operator::ProjectAway(_)
            | Operator::ProjectKeep(_)
            | Operator::ProjectRename(_)
            | Operator::Take(_)
            | Operator::Sort(_)
            | Operator::Top(..)
            | Operator::Serialize(_)
            | Operator::Summarize(_)
            | Operator::Distinct(_)
            | Operator::Count
            | Operator::Expand(_)
            | Operator::Scan(_) => Ok(()),
        }
    }
}
