//! The KQL engine: the text of a Kusto query, run over events.
//!
//! Written from Kusto's reference alone; every rule of evaluation names its page, and what no page says is marked assumed.
//! The vendor's own parser, which checks but does not run, settled escapes, precedence, operand types and depth limits.
//!
//! `text -> tokens -> tree -> tables -> rows`. A query that only filters, orders and extends answers with event indices ([`Bound::run`]); one
//! that makes rows of its own (`summarize`, `join`, `scan` ...) with rows ([`Bound::rows`]). What changes from run to run (`now()`) is refused.
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
mod print;
mod relation;
mod row;
mod run;
mod shown;
mod star;
mod suggest;
mod text;
mod timespan;
mod unplaced;
mod value;

use crate::QueryError;
use bind::Plan;
use relation::{Input, Relation, Segment, Step};
use row::Row;
use run::Run;
use std::collections::BTreeSet;
use value::{Json, Val};
use verdict_event::{Event, Number, Schema, Value};

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

    /// The query as text, from its tree: the fewest brackets, every order and kind written out, without what changes no row (hints,
    /// `as`, `materialize`). It is read back as the same tree, which [`Query::same_tree`] tells.
    pub fn print(&self) -> String {
        print::program(&self.program)
    }

    /// Whether two queries are the same tree, whatever the texts they were read from: places, blanks and brackets aside.
    pub fn same_tree(&self, other: &Self) -> bool {
        // As they are shown, so that `real(nan)` is the same as itself and zero is not its negative.
        let shown = |query: &Self| format!("{:?}", unplaced::program(query.program.clone()));
        shown(self) == shown(other)
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
    /// The rows of the answer, in output order: each an event whose keys are the names of its columns. Null stands as null.
    ///
    /// Where the vendor leaves an order open (groups, joins, partitions, ties of a sort), it is that of the events here. `take` without an
    /// order keeps the first rows.
    pub fn rows(&self, events: &[Event]) -> Result<Vec<Event>, QueryError> {
        let rows = Run::new(events).table(&self.plan.relation)?;
        let event = |record: &Vec<Val<'static>>| {
            let named = self.plan.columns.iter().zip(record);
            Event::new(
                named
                    .map(|(name, value)| (name.clone(), json(&Json::from_val(value))))
                    .collect(),
            )
        };
        Ok(rows.iter().map(event).collect())
    }

    /// Whether every row of the answer is an event that came through: what [`Bound::run`] and [`Bound::matches`] need.
    pub fn is_filter(&self) -> bool {
        self.filter().is_some()
    }

    fn filter(&self) -> Option<&Segment> {
        match self.plan.relation.as_ref() {
            Relation::Segment(segment) if matches!(segment.input, Input::Events) => Some(segment),
            _ => None,
        }
    }

    /// The indices of the events whose rows come out, in output order. An error for a query that makes rows of its own: ask [`Bound::rows`].
    ///
    /// `take` without an order keeps the first events: Kusto may keep any.
    pub fn run(&self, events: &[Event]) -> Result<Vec<usize>, QueryError> {
        let Some(segment) = self.filter() else {
            return Err(QueryError::new(
                "the rows of this query are no events",
                0..0,
            ));
        };
        let rows = events.iter().map(|event| Row::new(event, &segment.cells));
        let kept = run::steps(rows, &segment.steps);
        Ok(kept.into_iter().map(|(at, _)| at).collect())
    }

    /// Whether the row of one event comes out. An error for a query whose answer for one event depends on the others.
    pub fn matches(&self, event: &Event) -> Result<bool, QueryError> {
        let Some(segment) = self.filter() else {
            return Err(QueryError::new(
                "the rows of this query are no events",
                0..0,
            ));
        };
        let row = Row::new(event, &segment.cells);
        for step in &segment.steps {
            match step {
                Step::Where(_) => {
                    if !step.passes(&row) {
                        return Ok(false);
                    }
                }
                Step::Take(_) | Step::Window(..) => {
                    return Err(QueryError::new(
                        "a query that looks at several rows is no filter over one event",
                        0..0,
                    ));
                }
                Step::Sort(_) => {}
            }
        }
        Ok(true)
    }
}

/// A value as it stands in a row that is handed out.
fn json(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Long(value) => Value::from(*value),
        Json::Real(value) => match Number::parse(&format!("{value:?}")) {
            Some(number) => Value::Number(number),
            None => Value::String(convert::real_text(*value)),
        },
        Json::DateTime(_) | Json::TimeSpan(_) | Json::Text(_) => {
            Value::String(value.to_text().into_owned())
        }
        Json::List(items) => Value::List(items.iter().map(json).collect()),
        Json::Bag(entries) => Value::Object(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), json(value)))
                .collect(),
        ),
    }
}
