//! The SPL engine: the text of a Splunk search, run over events.
//!
//! Written from Splunk's Search Reference and Search Manual alone; every rule of evaluation names its page. **No Splunk has judged anything
//! here**, so what no page says is not guessed: a construct without documented meaning is refused, and an event on which a documented construct
//! has none (a scalar operator over several values, `NOT` over a comparison with a missing value ...) is an error, not a verdict. The few
//! readings that had to be chosen are marked *assumed*.
//!
//! `text -> commands -> tree -> plan -> rows`. A plan never makes rows: an event passes all steps or not, so the answer is a list of event
//! indices. Commands that make other rows (`stats`, `transaction` ...) are refused, as is whatever changes from run to run (`now()`, `earliest=`).
//!
//! ```
//! use verdict_engines::spl::Query;
//! use verdict_event::{Schema, read_events};
//!
//! let query = Query::parse(r#"Image="*\\CMD.exe" | where isnotnull(mvfind(CommandLine, "/c\b"))"#).unwrap();
//! let events = read_events(r#"{"Image":"C:\\Windows\\cmd.exe","CommandLine":"cmd /c dir"}"#).unwrap();
//! assert_eq!(query.bind(&Schema::default(), false).unwrap().run(&events).unwrap(), [0]);
//! ```

mod ast;
mod bind;
mod commands;
mod compare;
mod eval;
mod filter;
mod functions;
mod network;
mod node;
mod pcre;
mod pipeline;
mod quoted;
mod row;
mod search;
mod value;
mod wildcard;

use crate::QueryError;
use bind::{Plan, Step};
use row::Row;
use std::collections::BTreeSet;
use value::Truth;
use verdict_event::{Event, Schema};

/// A parsed search.
#[derive(Clone, Debug)]
pub struct Query {
    commands: Vec<ast::Command>,
}

impl Query {
    /// Reads a search: terms, then commands between pipes. The faults of all commands are given, not only the first.
    ///
    /// Limits of our own: one MiB of text, 500 commands, nesting of 120.
    pub fn parse(text: &str) -> Result<Self, Vec<QueryError>> {
        pipeline::parse(text).map(|commands| Self { commands })
    }

    /// The fields of the events that the search reads, without the `{}` that marks lists.
    pub fn columns(&self) -> BTreeSet<String> {
        bind::columns(&self.commands)
    }

    /// Resolves names, compiles patterns and checks calls. A field that the schema does not list is an error when `strict`; Splunk itself
    /// knows no such error.
    pub fn bind(&self, schema: &Schema, strict: bool) -> Result<Bound, Vec<QueryError>> {
        bind::bind(&self.commands, schema, strict).map(|plan| Bound { plan })
    }
}

/// A search bound to a schema, ready to run any number of times.
#[derive(Clone, Debug)]
pub struct Bound {
    plan: Plan,
}

impl Bound {
    /// The indices of the events that come out, in order. An error if the documents leave open whether an event does.
    pub fn run(&self, events: &[Event]) -> Result<Vec<usize>, QueryError> {
        let mut rows: Vec<(usize, Row<'_>)> = Vec::new();
        let filters = self.plan.steps.iter();
        let first = filters
            .take_while(|step| !matches!(step, Step::Head(_)))
            .count();
        let (filters, others) = self.plan.steps.split_at_checked(first).unwrap_or_default();
        for (at, event) in events.iter().enumerate() {
            let row = Row::new(event, &self.plan.cells);
            if passes(filters, &row).map_err(|error| of_event(at, error))? {
                rows.push((at, row));
            }
        }
        for step in others {
            if let Step::Head(count) = step {
                rows.truncate(*count);
                continue;
            }
            let mut kept = Vec::new();
            for (at, row) in rows {
                if passes(std::slice::from_ref(step), &row).map_err(|error| of_event(at, error))? {
                    kept.push((at, row));
                }
            }
            rows = kept;
        }
        Ok(rows.into_iter().map(|(at, _)| at).collect())
    }

    /// Whether one event comes out. An error for a search with `head`, whose answer for one event depends on the others, and where the
    /// documents leave the answer open.
    pub fn matches(&self, event: &Event) -> Result<bool, QueryError> {
        if self
            .plan
            .steps
            .iter()
            .any(|step| matches!(step, Step::Head(_)))
        {
            return Err(QueryError::new(
                "a search that takes some rows is no filter over one event",
                0..0,
            ));
        }
        passes(&self.plan.steps, &Row::new(event, &self.plan.cells))
    }
}

fn of_event(at: usize, error: QueryError) -> QueryError {
    QueryError {
        message: format!("event {at}: {}", error.message),
        ..error
    }
}

/// Whether a row passes all steps. Source: Search Reference, where: only what is true is kept.
fn passes(steps: &[Step], row: &Row<'_>) -> Result<bool, QueryError> {
    for step in steps {
        match step.truth(row) {
            Truth::True => {}
            Truth::False | Truth::Null => return Ok(false),
            Truth::Undefined(why) => {
                let message = format!("no document says what this event gives: {why}");
                return Err(QueryError::new(message, 0..0));
            }
        }
    }
    Ok(true)
}
