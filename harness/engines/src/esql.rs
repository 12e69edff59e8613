//! The ES|QL engine: the text of an Elasticsearch query in its piped language, run over events.
//!
//! Written from Elastic's reference, the grammar and the code of Elasticsearch; every rule of evaluation names its source, and
//! what no source says is marked assumed.
//!
//! `text -> tokens -> tree -> plan -> rows`. An event passes all steps or not, so the answer is a list of event indices. After
//! `STATS` rows are no events any more: such a query is checked in full, and refused when it is run. **Elasticsearch adds `LIMIT 1000` to a
//! query without a limit; this engine does not**, since its rows are verdicts on events.
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
mod row;
mod value;
mod version;

use crate::QueryError;
use bind::{Key, Plan, Step};
pub use functions::Version;
use row::Row;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use value::{Val, order};
use verdict_event::{Event, Schema};

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
    /// The indices of the events whose rows come out, in output order. An error for a query with `STATS`, whose rows are no events.
    ///
    /// `LIMIT` without an order keeps the first events: Elasticsearch may keep any.
    pub fn run(&self, events: &[Event]) -> Result<Vec<usize>, QueryError> {
        self.refuse_stats()?;
        // The filters that come first run event by event, so that only rows which pass them are held.
        let is_filter = |step: &&Step| matches!(step, Step::Where(_));
        let filters: Vec<&Step> = self.plan.steps.iter().take_while(is_filter).collect();
        let mut rows: Vec<(usize, Row<'_>)> = events
            .iter()
            .enumerate()
            .map(|(at, event)| (at, Row::new(event, &self.plan.cells)))
            .filter(|(_, row)| filters.iter().all(|step| step.passes(row)))
            .collect();
        for step in self.plan.steps.iter().skip(filters.len()) {
            match step {
                Step::Where(_) => rows.retain(|(_, row)| step.passes(row)),
                Step::Limit(count) => rows.truncate(*count),
                Step::Sort(keys) => {
                    rows.sort_by(|(_, left), (_, right)| compare(keys, left, right));
                }
            }
        }
        Ok(rows.into_iter().map(|(at, _)| at).collect())
    }

    /// Whether the row of one event comes out when there is no other: a limit of one or more keeps it. An error after `STATS`.
    pub fn matches(&self, event: &Event) -> Result<bool, QueryError> {
        self.refuse_stats()?;
        let row = Row::new(event, &self.plan.cells);
        Ok(self.plan.steps.iter().all(|step| step.passes(&row)))
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

impl Step {
    /// Whether a lone row passes; null drops it. Source: docs, `WHERE`.
    fn passes(&self, row: &Row<'_>) -> bool {
        match self {
            Self::Where(condition) => condition.truth(row) == Some(true),
            Self::Limit(count) => *count > 0,
            Self::Sort(_) => true,
        }
    }
}

/// The order of two rows. Source: docs, `SORT`: of several values the lowest counts when ascending, the highest when descending.
fn compare(keys: &[Key], left: &Row<'_>, right: &Row<'_>) -> Ordering {
    for key in keys {
        let (left, right) = (key.node.eval(left), key.node.eval(right));
        let ordering = match (end(&left, key.ascending), end(&right, key.ascending)) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) if key.nulls_first => Ordering::Less,
            (Some(_), None) if key.nulls_first => Ordering::Greater,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(left), Some(right)) => {
                let ordering = order(left, right).unwrap_or(Ordering::Equal);
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

fn end<'v, 'a>(value: &'v Val<'a>, lowest: bool) -> Option<&'v value::Scalar<'a>> {
    let by = |left: &&value::Scalar<'a>, right: &&value::Scalar<'a>| {
        order(left, right).unwrap_or(Ordering::Equal)
    };
    let values = value.values().iter();
    if lowest {
        values.min_by(by)
    } else {
        values.max_by(by)
    }
}
