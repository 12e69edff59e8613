//! Running a tree of tables.
//!
//! A table that several places read is made once. What is made at all is counted: a query that multiplies its rows without end is an
//! error, not a full memory.

mod aggregate;
mod join;
mod scan;
mod table;
mod window;

use super::ast::JoinKind;
use super::eval;
use super::relation::{Input, Key, Record, Relation, Segment, Step};
use super::row::Row;
use super::value::{Json, Val};
use crate::QueryError;
use std::cell::{Cell, RefCell};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use verdict_event::Event;

/// Values that a run may make, over all its tables.
const MAX_VALUES: usize = 20_000_000;

pub(super) type Rows = Rc<Vec<Record>>;

/// One run over events.
pub(super) struct Run<'e> {
    events: &'e [Event],
    /// The rows of the partition at hand.
    given: Option<Rows>,
    made: RefCell<HashMap<*const Relation, Rows>>,
    values: Cell<usize>,
}

impl<'e> Run<'e> {
    pub(super) fn new(events: &'e [Event]) -> Self {
        Self {
            events,
            given: None,
            made: RefCell::default(),
            values: Cell::new(0),
        }
    }

    /// The rows of a table that others may read too.
    fn shared(&self, relation: &Arc<Relation>) -> Result<Rows, QueryError> {
        let place = Arc::as_ptr(relation);
        if let Some(known) = self.made.borrow().get(&place) {
            return Ok(Rc::clone(known));
        }
        let rows = self.table(relation)?;
        self.made.borrow_mut().insert(place, Rc::clone(&rows));
        Ok(rows)
    }

    /// The rows of a table.
    pub(super) fn table(&self, relation: &Relation) -> Result<Rows, QueryError> {
        let rows = match relation {
            Relation::Segment(segment) => self.segment(segment)?,
            Relation::Data(rows) => rows.clone(),
            Relation::Given => return Ok(self.given.clone().unwrap_or_default()),
            Relation::Summarize(summarize) => {
                aggregate::summarize(summarize, &self.shared(&summarize.input)?)
            }
            Relation::Distinct(input) => table::distinct(&self.shared(input)?),
            Relation::Count(input) => {
                let count = i64::try_from(self.shared(input)?.len()).unwrap_or(i64::MAX);
                vec![vec![Val::Long(count)]]
            }
            Relation::Expand(expand) => {
                let input = self.shared(&expand.input)?;
                table::expand(expand, &input, self)?
            }
            Relation::Join(join) => {
                let (left, right) = (self.shared(&join.left)?, self.shared(&join.right)?);
                join::join(join, &left, &right, self)?
            }
            Relation::Union(parts) => {
                let mut rows = Vec::new();
                for part in parts {
                    table::append(&part.columns, &self.shared(&part.table)?, &mut rows, self)?;
                }
                return Ok(Rc::new(rows));
            }
            Relation::Partition(partition) => {
                let input = self.shared(&partition.input)?;
                table::partition(partition, &input, self)?
            }
            Relation::Scan(scan) => scan::scan(scan, &self.shared(&scan.input)?),
        };
        let width = rows.first().map_or(0, Vec::len);
        self.count(rows.len().saturating_mul(width.max(1)))?;
        Ok(Rc::new(rows))
    }

    /// Steps over given rows, with a budget that is shared with this run.
    fn within(&self, given: Vec<Record>, relation: &Relation) -> Result<Rows, QueryError> {
        let inner = Run {
            events: &[],
            given: Some(Rc::new(given)),
            made: RefCell::default(),
            values: Cell::new(self.values.get()),
        };
        let rows = inner.table(relation);
        self.values.set(inner.values.get());
        rows
    }

    /// Counts values that were made.
    fn count(&self, values: usize) -> Result<(), QueryError> {
        let sum = self.values.get().saturating_add(values);
        self.values.set(sum);
        if sum > MAX_VALUES {
            return Err(QueryError::new(
                format!("the query makes more than {MAX_VALUES} values"),
                0..0,
            ));
        }
        Ok(())
    }

    fn segment(&self, segment: &Segment) -> Result<Vec<Record>, QueryError> {
        let collect = |rows: Vec<(usize, Row<'_>)>| {
            let record = |row: &Row<'_>| {
                let output = segment.output.iter();
                output.map(|slot| row.value(*slot).into_owned()).collect()
            };
            rows.iter().map(|(_, row)| record(row)).collect()
        };
        match &segment.input {
            Input::Events => {
                let rows = self
                    .events
                    .iter()
                    .map(|event| Row::new(event, &segment.cells));
                Ok(collect(steps(rows, &segment.steps)))
            }
            Input::Table(table) => {
                let input = self.shared(table)?;
                let rows = input.iter().map(|record| Row::over(record, &segment.cells));
                Ok(collect(steps(rows, &segment.steps)))
            }
        }
    }
}

/// The rows that are left behind the steps, each with its number.
pub(super) fn steps<'r>(
    rows: impl Iterator<Item = Row<'r>>,
    steps: &[Step],
) -> Vec<(usize, Row<'r>)> {
    // The filters that come first run row by row, so that only rows which pass them are held.
    let is_filter = |step: &&Step| matches!(step, Step::Where(_));
    let filters: Vec<&Step> = steps.iter().take_while(is_filter).collect();
    let passes = |row: &Row<'_>| filters.iter().all(|step| step.passes(row));
    let mut rows: Vec<(usize, Row<'r>)> = rows.enumerate().filter(|(_, row)| passes(row)).collect();
    for step in steps.iter().skip(filters.len()) {
        match step {
            Step::Where(_) => rows.retain(|(_, row)| step.passes(row)),
            Step::Take(count) => rows.truncate(*count),
            Step::Sort(keys) => {
                rows.sort_by(|(_, left), (_, right)| compare(keys, left, right));
            }
            Step::Window(slot, window) => {
                for ((_, row), value) in rows.iter().zip(window::values(window, &rows)) {
                    row.give(*slot, value);
                }
            }
        }
    }
    rows
}

impl Step {
    /// Whether a filter keeps the row; null drops it. Kusto docs: where-operator, null-values. Other steps keep every row.
    pub(super) fn passes(&self, row: &Row<'_>) -> bool {
        match self {
            Self::Where(predicate) => predicate.truth(row) == Some(true),
            Self::Take(_) | Self::Sort(_) | Self::Window(..) => true,
        }
    }
}

/// The order of two rows. Kusto docs: sort-operator.
fn compare(keys: &[Key], left: &Row<'_>, right: &Row<'_>) -> Ordering {
    for key in keys {
        let (left, right) = (key.node.eval(left), key.node.eval(right));
        let ordering = match (is_nothing(&left), is_nothing(&right)) {
            (true, true) => Ordering::Equal,
            (nothing, other) if nothing != other => {
                if nothing == key.nulls_first {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            _ => {
                let ordering = eval::order(&left, &right).unwrap_or(Ordering::Equal);
                if key.ascending {
                    ordering
                } else {
                    ordering.reverse()
                }
            }
        };
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
    Ordering::Equal
}

/// Null, or not a number: neither has a place among the values (a NaN's is assumed).
fn is_nothing(value: &Val<'_>) -> bool {
    match value {
        Val::Null => true,
        Val::Real(value) => value.is_nan(),
        _ => false,
    }
}

/// A value as a part of a key: equal parts are one group. Null is a group of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Part {
    Null,
    Bool(bool),
    Long(i64),
    Real(u64),
    DateTime(i64),
    TimeSpan(i64),
    Text(String),
    Json(String),
}

impl Part {
    fn of(value: &Val<'_>) -> Self {
        match value {
            Val::Null => Self::Null,
            Val::Bool(value) => Self::Bool(*value),
            Val::Long(value) => Self::Long(*value),
            Val::Real(value) => match super::convert::real_to_long(*value) {
                // A whole real is the long of its value, so that joins of the two meet.
                #[expect(clippy::float_cmp, reason = "the very same value is meant")]
                Some(whole) if super::convert::long_to_real(whole) == *value => Self::Long(whole),
                Some(_) | None => Self::Real(value.to_bits()),
            },
            Val::Decimal(value) => Self::Text(value.text().to_owned()),
            Val::DateTime(ticks) => Self::DateTime(*ticks),
            Val::TimeSpan(ticks) => Self::TimeSpan(*ticks),
            Val::Guid(text) => Self::Text(text.to_string()),
            Val::Text(text) => Self::Text(text.to_string()),
            Val::Dynamic(json) => Self::Json(json_text(json)),
        }
    }

    fn key(record: &Record, columns: &[usize]) -> Vec<Self> {
        let value = |column: &usize| record.get(*column).unwrap_or(&Val::Null);
        columns
            .iter()
            .map(|column| Self::of(value(column)))
            .collect()
    }
}

fn json_text(json: &Json) -> String {
    let mut out = String::new();
    json.write(&mut out);
    out
}

impl JoinKind {
    /// Whether the right side's columns come out.
    pub(super) fn has_right(self) -> bool {
        match self {
            Self::InnerUnique | Self::Inner | Self::LeftOuter => true,
            Self::LeftAnti | Self::LeftSemi => false,
        }
    }
}
