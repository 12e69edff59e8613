//! EQL as Elasticsearch runs it: text, types and events, without a view of the compiler's own front end.
//!
//! [`Query::parse`] reads a query, [`Query::bind`] settles fields and types against a schema as Elasticsearch's verifier does, and
//! [`Bound`] runs over events. Each rule of evaluation names its source beside it: the documentation, a test of Elasticsearch's
//! suites, or a class of its code. Where Elasticsearch only refuses a query once it runs, this engine refuses it when it is bound.
//!
//! Single-event queries, sequences and samples run ([`Bound::series`]); joins are parsed in full and refused by [`Query::bind`], as
//! Elasticsearch refuses them.
//!
//! Limits, each an error and none a panic: 4 MiB of text, 100 errors of the parser, expressions 150 levels deep (chains of `and` and
//! of `or` are one level, however long), and what Lucene itself limits for regular expressions: 1000 characters and the size of the
//! automaton. A leaf that reads several lists tries at most 100 000 combinations of their values, an
//! event joins by at most 1000 keys, and a sequence 1000 stages, `runs` written out.

mod ast;
mod bind;
mod casing;
mod eval;
mod fields;
mod functions;
mod judge;
mod keys;
mod lex;
mod lucene;
mod missing;
mod network;
mod order;
mod parse;
mod pattern;
mod plan;
mod sample;
mod sequence;
mod similar;
mod value;
mod version;

use crate::QueryError;
use ast::{Pipe, Statement};
use bind::Binder;
use judge::Judge;
use lucene::Effort;
use order::TimeOrder;
use plan::{Leaf, Slot, Work};
use std::collections::BTreeSet;
use verdict_event::{Event, Path, Schema};

/// A parsed query.
#[derive(Clone, Debug)]
pub struct Query {
    statement: Statement,
    effort: Effort,
}

impl Query {
    /// Reads a query; every fault that was found otherwise, in the order of the text.
    pub fn parse(text: &str) -> Result<Self, Vec<QueryError>> {
        parse::parse(text).map(|statement| Self {
            statement,
            effort: Effort::Lucene,
        })
    }

    /// The same for a rule that Elasticsearch does not run: a regular expression may take any effort. Elastic Endpoint, which has an engine of its own, publishes no
    /// limit and ships rules that are beyond Lucene's.
    #[must_use]
    pub fn of_endpoint(mut self) -> Self {
        self.effort = Effort::Any;
        self
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
        let mut binder = Binder::new(schema, literal_types, self.effort);
        let work = binder.body(&self.statement.body);
        if !binder.errors.is_empty() {
            let mut errors = binder.errors;
            errors.sort_by_key(|error| (error.span.start, error.span.end));
            errors.dedup();
            return Err(errors);
        }
        Ok(Bound {
            category_field: Path::new(schema.category.as_str()),
            work,
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
    category_field: Path,
    work: Work,
    leaves: Vec<Leaf>,
    slots: Vec<Slot>,
    order: TimeOrder,
    pipes: Vec<Pipe>,
}

impl Bound {
    /// The matches, each a list of event numbers in the order of the query's terms; a single-event query gives one slot each, a missing
    /// event an empty one.
    ///
    /// Single events come in the order of time, then of the tiebreaker, then of the input, those without a timestamp last. Sequences come in
    /// that order of their last events, samples in that of the input. The pipes are applied to what comes. (*Assumed*: with
    /// `tail`, Elasticsearch searches from the end, and may then find other sequences than it finds without.)
    pub fn series(&self, events: &[Event]) -> Result<Vec<Vec<Option<usize>>>, QueryError> {
        let judge = self.judge();
        let mut found: Vec<Vec<Option<usize>>> = match &self.work {
            Work::Event(step) => {
                let mut found: Vec<usize> = events
                    .iter()
                    .enumerate()
                    .filter(|(_, event)| judge.holds(&judge.row(event), event, step))
                    .map(|(at, _)| at)
                    .collect();
                self.order.sort(events, &mut found);
                found.into_iter().map(|at| vec![Some(at)]).collect()
            }
            Work::Sequence(sequence) => sequence::run(sequence, &judge, events),
            Work::Sample(sample) => sample::run(sample, &judge, events),
        };
        for pipe in &self.pipes {
            match pipe {
                Pipe::Head(count) => found.truncate(*count),
                Pipe::Tail(count) => {
                    let dropped = found.len().saturating_sub(*count);
                    found.drain(..dropped);
                }
            }
        }
        Ok(found)
    }

    /// Whether one event meets category and condition of a single-event query; pipes play no part. Sequences and samples match no
    /// single event: ask [`Bound::series`].
    pub fn matches(&self, event: &Event) -> bool {
        match &self.work {
            Work::Event(step) => {
                let judge = self.judge();
                judge.holds(&judge.row(event), event, step)
            }
            Work::Sequence(_) | Work::Sample(_) => false,
        }
    }

    /// Whether the query relates several events to each other.
    pub fn is_joined(&self) -> bool {
        match &self.work {
            Work::Event(_) => false,
            Work::Sequence(_) | Work::Sample(_) => true,
        }
    }

    fn judge(&self) -> Judge<'_> {
        Judge {
            category_field: &self.category_field,
            leaves: &self.leaves,
            slots: &self.slots,
            order: &self.order,
        }
    }
}
