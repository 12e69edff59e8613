//! The SPL engine: the text of a Splunk search, run over events.
//!
//! Written from Splunk's Search Reference and Search Manual alone; every rule of evaluation names its page. **No Splunk has judged anything
//! here**, so what no page says is not guessed: a construct without documented meaning is refused, and an event on which a documented construct
//! has none (a scalar operator over several values, `NOT` over a comparison with a missing value ...) is an error, not a verdict. The few
//! readings that had to be chosen are marked *assumed*.
//!
//! `text -> commands -> tree -> stages -> rows`. A search whose rows are events answers with their indices ([`Bound::run`]); `stats` makes rows of
//! its own, which [`Bound::rows`] gives. `transaction` and other commands are refused, as is whatever changes from run to run (`now()`, `earliest=`).
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
mod print;
mod quoted;
mod row;
mod run;
mod search;
mod unplaced;
mod value;
mod wildcard;

use crate::QueryError;
use bind::{Plan, Seen};
use row::Row;
use run::{Stage, Step};
use std::collections::BTreeSet;
use value::Val;
use verdict_event::{Event, Number, Schema, Value};

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

    /// The search as text, from its tree: the fewest brackets, every value in quotes, every count and option written out. It is read back as
    /// the same tree, which [`Query::same_tree`] tells.
    pub fn print(&self) -> String {
        print::commands(&self.commands)
    }

    /// Whether two searches are the same tree, whatever the texts they were read from: places, blanks, comments, quotes that change nothing
    /// and brackets aside.
    pub fn same_tree(&self, other: &Self) -> bool {
        unplaced::commands(self.commands.clone()) == unplaced::commands(other.commands.clone())
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
    /// The rows that come out, in order: each an event whose keys are the names of its fields. A field without a value is left out.
    ///
    /// An error if the documents leave open what comes out.
    pub fn rows(&self, events: &[Event]) -> Result<Vec<Event>, QueryError> {
        run::run(&self.plan.stages, events, |rows| {
            let row = |(at, row): &(usize, Row<'_>)| {
                let mut entries = match &self.plan.events {
                    Some(seen) => events.get(*at).map(|event| self.rest(event, seen)),
                    None => None,
                }
                .unwrap_or_default();
                for (name, slot) in &self.plan.columns {
                    if let Some(value) = value(row.value(*slot)) {
                        entries.push((name.clone(), value));
                    }
                }
                Event::new(entries)
            };
            rows.iter().map(row).collect()
        })
    }

    /// The fields of an event that the search neither named nor took away.
    fn rest(&self, event: &Event, seen: &[Seen]) -> Vec<(String, Value)> {
        let mut found = Vec::new();
        leaves(event.root(), "", &mut found);
        found.retain(|(name, _)| {
            seen.iter().all(|seen| seen.keeps(name))
                && !self.plan.columns.iter().any(|(column, _)| column == name)
        });
        found
    }

    /// Whether every row that comes out is an event: what [`Bound::run`] needs.
    pub fn is_filter(&self) -> bool {
        self.plan.stages.len() == 1
    }

    /// The indices of the events that come out, in order. An error if the documents leave open whether an event does, and for a search
    /// that makes rows of its own.
    pub fn run(&self, events: &[Event]) -> Result<Vec<usize>, QueryError> {
        if !self.is_filter() {
            return Err(QueryError::new(
                "the rows of this search are no events",
                0..0,
            ));
        }
        run::run(&self.plan.stages, events, |rows| {
            rows.iter().map(|(at, _)| *at).collect()
        })
    }

    /// Whether one event comes out. An error for a search whose answer for one event depends on the others, and where the documents leave the
    /// answer open.
    pub fn matches(&self, event: &Event) -> Result<bool, QueryError> {
        let [Stage { cells, steps, .. }] = self.plan.stages.as_slice() else {
            return Err(QueryError::new(
                "the rows of this search are no events",
                0..0,
            ));
        };
        if !steps.iter().all(Step::is_filter) {
            return Err(QueryError::new(
                "a search that looks at several rows is no filter over one event",
                0..0,
            ));
        }
        let row = Row::new(event, cells);
        for step in steps {
            if !step.passes(&row)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Every value of an event under its dotted name; an object's own keys are names of their own.
fn leaves(value: &Value, name: &str, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(entries) => {
            for (key, inner) in entries {
                let name = if name.is_empty() {
                    key.clone()
                } else {
                    format!("{name}.{key}")
                };
                leaves(inner, &name, found);
            }
        }
        Value::Null => {}
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::List(_) => {
            found.push((name.to_owned(), value.clone()));
        }
    }
}

/// A value as it stands in a row that is handed out.
fn value(value: Val<'_>) -> Option<Value> {
    match value {
        Val::Null => None,
        Val::Number(number) => {
            let text = value::written(number);
            Some(Number::parse(&text).map_or(Value::String(text), Value::Number))
        }
        Val::Undefined(why) => Some(Value::String(format!("no document says: {why}"))),
        other => {
            let texts = other.texts();
            match texts.as_slice() {
                [text] => Some(Value::String(text.clone().into_owned())),
                _ => Some(Value::List(
                    texts
                        .into_iter()
                        .map(|text| Value::String(text.into_owned()))
                        .collect(),
                )),
            }
        }
    }
}
