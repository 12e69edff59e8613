//! The KQL engine: the text of a Kusto query, run over events.
//!
//! Written from Kusto's reference alone; every rule of evaluation names its page, and what no page says is marked assumed.
//! The vendor's own parser, which checks but does not run, settled escapes, precedence, operand types and depth limits.
//!
//! `text -> tokens -> tree -> plan -> rows`. A plan never makes rows: an event passes all steps or not, so the answer is
//! a list of event indices. Operators that make other rows (`summarize`, `join` ...) are refused, as is whatever changes
//! from run to run (`now()`).
//!
//! ```
//! use verdict_engines::kql::Query;
//! use verdict_event::{Schema, read_events};
//!
//! let query = Query::parse("Process | where FileName =~ 'cmd.exe' and not(Pid between (1 .. 3))").unwrap();
//! let events = read_events(r#"{"FileName":"CMD.exe","Pid":7}"#).unwrap();
//! let schema = Schema::default().typed_from(&events, query.columns().iter().map(String::as_str));
//! assert_eq!(query.bind(&schema, true).unwrap().run(&events).unwrap(), [0]);
//! ```

mod ast;
mod bind;
mod columns;
mod convert;
mod datetime;
mod eval;
mod functions;
mod ip;
mod lex;
mod literal;
mod node;
mod parse;
mod pattern;
mod row;
mod shown;
mod star;
mod suggest;
mod text;
mod timespan;
mod value;

use crate::QueryError;
use bind::{Key, Plan, Step};
use row::Row;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use value::Val;
use verdict_event::{Event, Schema};

/// A parsed query.
#[derive(Clone, Debug)]
pub struct Query {
    program: ast::Program,
}

impl Query {
    /// Reads a query: `let` statements, then a table and its steps. All faults are given, not only the first.
    ///
    /// Limits: one MiB of text, and the depths at which the vendor's parser gives up (492 terms of a left-deep chain,
    /// 491 parentheses, 122 nested calls, 492 steps).
    pub fn parse(text: &str) -> Result<Self, Vec<QueryError>> {
        parse::parse(text).map(|program| Self { program })
    }

    /// The columns that the query reads and does not itself define.
    pub fn columns(&self) -> BTreeSet<String> {
        columns::columns(&self.program)
    }

    /// Resolves names and checks types. A column that the schema does not list is an error when `strict`, else a string.
    pub fn bind(&self, schema: &Schema, strict: bool) -> Result<Bound, Vec<QueryError>> {
        bind::bind(&self.program, schema, strict).map(|plan| Bound { plan })
    }
}

/// A query bound to a schema, ready to run any number of times.
#[derive(Clone, Debug)]
pub struct Bound {
    plan: Plan,
}

impl Bound {
    /// The indices of the events whose rows come out, in output order.
    ///
    /// `take` without an order keeps the first events: Kusto may keep any.
    pub fn run(&self, events: &[Event]) -> Result<Vec<usize>, QueryError> {
        // The filters that come first run event by event, so that only rows which pass them are held.
        let is_filter = |step: &&Step| matches!(step, Step::Where(_));
        let filters: Vec<&Step> = self.plan.steps.iter().take_while(is_filter).collect();
        let passes = |row: &Row<'_>| filters.iter().all(|step| step.passes(row));
        let mut rows: Vec<(usize, Row<'_>)> = events
            .iter()
            .enumerate()
            .map(|(at, event)| (at, Row::new(event, &self.plan.cells)))
            .filter(|(_, row)| passes(row))
            .collect();
        for step in self.plan.steps.iter().skip(filters.len()) {
            match step {
                Step::Where(_) => rows.retain(|(_, row)| step.passes(row)),
                Step::Take(count) => rows.truncate(*count),
                Step::Sort(keys) => {
                    rows.sort_by(|(_, left), (_, right)| compare(keys, left, right));
                }
            }
        }
        Ok(rows.into_iter().map(|(at, _)| at).collect())
    }

    /// Whether the row of one event comes out. An error for a query with `take` or `top`, whose answer for one event
    /// depends on the others.
    pub fn matches(&self, event: &Event) -> Result<bool, QueryError> {
        let row = Row::new(event, &self.plan.cells);
        for step in &self.plan.steps {
            match step {
                Step::Where(_) => {
                    if !step.passes(&row) {
                        return Ok(false);
                    }
                }
                Step::Take(_) => {
                    return Err(QueryError::new(
                        "a query that takes some rows is no filter over one event",
                        0..0,
                    ));
                }
                Step::Sort(_) => {}
            }
        }
        Ok(true)
    }
}

impl Step {
    /// Whether a filter keeps the row; null drops it. Kusto docs: where-operator, null-values. Other steps keep every row.
    fn passes(&self, row: &Row<'_>) -> bool {
        match self {
            Self::Where(predicate) => predicate.truth(row) == Some(true),
            Self::Take(_) | Self::Sort(_) => true,
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
