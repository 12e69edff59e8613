//! The ES|QL engine: the text of an Elasticsearch query in its piped language, run over events.
//!
//! Written from Elastic's reference, the grammar and the code of Elasticsearch; every rule of evaluation names its source, and
//! what no source says is marked assumed.
//!
//! `text -> tokens -> tree -> plan -> rows`. Without `STATS` an event passes all steps or not, so the answer is a list of event indices;
//! with it rows are no events any more, and the answer is a table. **Elasticsearch adds `LIMIT 1000` to a query without a limit; this
//! engine does not**, since its rows are verdicts on events.
//!
//! Limits: 20 million values that a run makes beside the rows of its events.
//!
//! ```
//! use verdict_engines::esql::Query;
//! use verdict_event::{Schema, read_events};
//!
//! let query = Query::parse(r#"FROM logs-* | WHERE TO_LOWER(name) LIKE "*cmd.exe" AND NOT pid IN (1, 2)"#).unwrap();
//! let events = read_events(r#"{"name":"CMD.exe","pid":7}"#).unwrap();
//! let schema = Schema::default().typed_from(&events, query.columns().iter().map(String::as_str));
//! assert_eq!(query.bind(&schema, true).unwrap().run(&events).unwrap(), [0]);
//! ```

mod ast;
mod bind;
mod columns;
mod convert;
mod datetime;
mod eval;
mod folding;
mod functions;
mod ip;
mod lex;
mod lucene;
mod node;
mod parse;
mod print;
mod row;
mod run;
mod unplaced;
mod value;
mod version;

use crate::QueryError;
use bind::{Plan, Step};
pub use functions::Version;
use row::Row;
use std::collections::BTreeSet;
use value::{Scalar, Val};
use verdict_event::{Event, Number, Schema, Value};

/// A parsed query.
#[derive(Clone, Debug)]
pub struct Query {
    program: ast::Program,
}

impl Query {
    /// Reads a query: `FROM`, then commands after pipes. All faults are given, not only the first.
    ///
    /// Limits: a million characters, expressions 400 deep as the vendor counts, 500 commands.
    pub fn parse(text: &str) -> Result<Self, Vec<QueryError>> {
        parse::parse(text).map(|program| Self { program })
    }

    /// The query as text, from its tree: the fewest brackets, every name and order written out, `*` for the index. It is read back as
    /// the same tree, which [`Query::same_tree`] tells.
    pub fn print(&self) -> String {
        print::program(&self.program)
    }

    /// Whether two queries are the same tree, whatever the texts they were read from: places, blanks, brackets and the index aside.
    pub fn same_tree(&self, other: &Self) -> bool {
        unplaced::program(self.program.clone()) == unplaced::program(other.program.clone())
    }

    /// The columns that the query reads and does not itself define.
    pub fn columns(&self) -> BTreeSet<String> {
        columns::columns(&self.program)
    }

    /// Resolves names and checks types. A column that the schema does not list is an error when `strict`, else a keyword.
    pub fn bind(&self, schema: &Schema, strict: bool) -> Result<Bound, Vec<QueryError>> {
        self.bind_for(schema, strict, Version::NEWEST)
    }

    /// The same for a version of Elasticsearch, which refuses what came later.
    pub fn bind_for(
        &self,
        schema: &Schema,
        strict: bool,
        version: Version,
    ) -> Result<Bound, Vec<QueryError>> {
        bind::bind(&self.program, schema, strict, version).map(|plan| Bound { plan })
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
    /// Of the source's columns only those that the query names are there. Where Elasticsearch leaves an order open (groups), it is
    /// that of the events here; `LIMIT` without an order keeps the first rows.
    pub fn rows(&self, events: &[Event]) -> Result<Vec<Event>, QueryError> {
        let rows = run::run(&self.plan, events)?;
        let event = |(_, row): &(usize, Row<'_>)| {
            let columns = self.plan.columns.iter();
            Event::new(
                columns
                    .map(|(name, slot)| (name.clone(), listed(row.value(*slot))))
                    .collect(),
            )
        };
        Ok(rows.iter().map(event).collect())
    }

    /// Whether every row of the answer is an event that came through: what [`Bound::run`] and [`Bound::matches`] need.
    /// `INLINE STATS` keeps events, `STATS` and `MV_EXPAND` make rows of their own.
    pub fn is_filter(&self) -> bool {
        let expands = |step: &Step| matches!(step, Step::Expand { .. });
        let steps = self.plan.stages.iter().flat_map(|stage| &stage.steps);
        self.plan.stats.is_none() && !steps.into_iter().any(expands)
    }

    /// The indices of the events whose rows come out, in output order. An error for a query with `STATS`, whose rows are no events:
    /// ask [`Bound::rows`].
    ///
    /// `LIMIT` without an order keeps the first events: Elasticsearch may keep any.
    pub fn run(&self, events: &[Event]) -> Result<Vec<usize>, QueryError> {
        self.refuse_stats()?;
        let rows = run::run(&self.plan, events)?;
        Ok(rows.into_iter().map(|(at, _)| at).collect())
    }

    /// Whether the row of one event comes out when there is no other: a limit of one or more keeps it. An error after `STATS`.
    pub fn matches(&self, event: &Event) -> Result<bool, QueryError> {
        self.refuse_stats()?;
        if let [stage] = self.plan.stages.as_slice()
            && !stage.steps.iter().any(Step::is_given)
        {
            let row = Row::new(event, &stage.cells);
            return Ok(stage.steps.iter().all(|step| step.passes(&row)));
        }
        Ok(!self.run(std::slice::from_ref(event))?.is_empty())
    }

    fn refuse_stats(&self) -> Result<(), QueryError> {
        match &self.plan.stats {
            None => Ok(()),
            Some(span) => Err(QueryError::new(
                "the rows that come out of STATS are no events",
                span.clone(),
            )),
        }
    }
}

/// A value as JSON: several values are a list.
fn listed(value: &Val<'_>) -> Value {
    match value {
        Val::Null => Value::Null,
        Val::One(value) => json(value),
        Val::Many(values) => Value::List(values.iter().map(json).collect()),
    }
}

fn json(value: &Scalar<'_>) -> Value {
    match value {
        Scalar::Bool(value) => Value::Bool(*value),
        Scalar::Long(value) => Value::from(*value),
        Scalar::UnsignedLong(_) | Scalar::Double(_) => {
            let text = match value {
                Scalar::Double(value) => format!("{value:?}"),
                other => other.to_text().into_owned(),
            };
            Number::parse(&text).map_or(Value::String(text), Value::Number)
        }
        other => Value::String(other.to_text().into_owned()),
    }
}
