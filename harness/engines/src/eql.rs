//! EQL as Elasticsearch runs it: text, types and events, without a view of the compiler's own front end.
//!
//! [`Query::parse`] reads a query, [`Query::bind`] settles fields and types against a schema as Elasticsearch's verifier does, and
//! [`Bound`] runs over events. Each rule of evaluation names its source beside it: the documentation, a test of Elasticsearch's
//! suites, or a class of its code. Where Elasticsearch only refuses a query once it runs, this engine refuses it when it is bound.
//!
//! Single-event queries run. Sequences, samples and joins are parsed in full and refused by [`Query::bind`].
//!
//! Limits, each an error and none a panic: 4 MiB of text, 100 errors of the parser, expressions 150 levels deep (chains of `and` and
//! of `or` are one level, however long), and what Lucene itself limits for regular expressions: 1000 characters and the size of the
//! automaton. A leaf that reads several lists tries at most 100 000 combinations of their values.

mod ast;
mod bind;
mod casing;
mod eval;
mod fields;
mod functions;
mod lex;
mod lucene;
mod network;
mod order;
mod parse;
mod pattern;
mod plan;
mod similar;
mod value;
mod version;

use crate::QueryError;
use ast::{Body, Pipe, Statement};
use bind::Binder;
use eval::Row;
use order::TimeOrder;
use plan::{Formula, Leaf, Slot};
use std::collections::BTreeSet;
use verdict_event::{Event, Path, Schema};

/// A parsed query.
#[derive(Clone, Debug)]
pub struct Query {
    statement: Statement,
}

impl Query {
    /// Reads a query; every fault that was found otherwise, in the order of the text.
    pub fn parse(text: &str) -> Result<Self, Vec<QueryError>> {
        parse::parse(text).map(|statement| Self { statement })
    }

    /// Every field that the query reads, optional ones and join keys included; not the field of the event category.
    pub fn fields(&self) -> BTreeSet<String> {
        fields::of(&self.statement)
    }

    /// Settles fields and types.
    ///
    /// With `literal_types`, for a rule whose schema is not known in full, a field that the schema does not list counts as mapped and
    /// the literals that it meets, anywhere in the query, say how it is read. Without, such a field is an error (*unknown column*) or, if it is optional, null.
    /// A field listed as not mapped is treated so in both cases.
    pub fn bind(&self, schema: &Schema, literal_types: bool) -> Result<Bound, Vec<QueryError>> {
        let query = match &self.statement.body {
            Body::Event(query) => query,
            Body::Joined(joined, span) => {
                let name = match joined.kind {
                    ast::JoinKind::Sequence => "sequences",
                    ast::JoinKind::Sample => "samples",
                    ast::JoinKind::Join => "joins",
                };
                return Err(vec![QueryError::new(
                    format!("{name} are not run yet"),
                    span.clone(),
                )]);
            }
        };
        let mut binder = Binder::new(schema, literal_types);
        let formula = binder.event_query(query);
        if !binder.errors.is_empty() {
            let mut errors = binder.errors;
            errors.sort_by_key(|error| (error.span.start, error.span.end));
            errors.dedup();
            return Err(errors);
        }
        Ok(Bound {
            category: query.category.clone(),
            category_field: Path::new(schema.category.as_str()),
            formula,
            leaves: binder.leaves,
            slots: binder.slots,
            order: TimeOrder::new(schema),
            pipes: self.statement.pipes.clone(),
        })
    }
}

/// A query that is ready to run.
#[derive(Clone, Debug)]
pub struct Bound {
    category: Option<String>,
    category_field: Path,
    formula: Formula,
    leaves: Vec<Leaf>,
    slots: Vec<Slot>,
    order: TimeOrder,
    pipes: Vec<Pipe>,
}

impl Bound {
    /// The matches, each a list of event numbers; a single-event query gives one slot each.
    ///
    /// They come in the order of time, then of the tiebreaker, then of the input, and the pipes are applied in that order. Events without
    /// a timestamp come last.
    pub fn run(&self, events: &[Event]) -> Vec<Vec<Option<usize>>> {
        let mut found: Vec<usize> = events
            .iter()
            .enumerate()
            .filter(|(_, event)| self.matches(event))
            .map(|(at, _)| at)
            .collect();
        self.order.sort(events, &mut found);
        for pipe in &self.pipes {
            match pipe {
                Pipe::Head(count) => found.truncate(*count),
                Pipe::Tail(count) => {
                    let dropped = found.len().saturating_sub(*count);
                    found.drain(..dropped);
                }
            }
        }
        found.into_iter().map(|at| vec![Some(at)]).collect()
    }

    /// Whether one event meets category and condition; pipes play no part.
    pub fn matches(&self, event: &Event) -> bool {
        self.has_category(event) && Row::new(event, &self.slots).holds(&self.formula, &self.leaves)
    }

    /// Source: documentation; the category is compared exactly, with any value of its field.
    fn has_category(&self, event: &Event) -> bool {
        let Some(wanted) = &self.category else {
            return true;
        };
        let mut found = false;
        self.category_field.visit(event.root(), &mut |value| {
            found |= value.scalar_text() == Some(wanted.as_str());
        });
        found
    }
}
