//! Names to slots, types checked, tests prepared: a tree becomes a plan.
//!
//! Source: elasticsearch, `Analyzer`, `Verifier`, and those rules of the logical optimizer that change an answer; they are named
//! where they are followed.

mod arithmetic;
mod call;
mod compare;
mod expr;
mod list;
mod pattern;
mod scope;
mod special;
mod stats;

use super::ast::{Assignment, Command, Expr, Program, SortKey, Span};
use super::functions::Version;
use super::node::{Node, Typed};
use super::parse::{Failed, MAX_ERRORS};
use super::row::{Cell, Column, Row};
use super::value::{Type, Val};
use crate::QueryError;
use scope::Scope;
use std::collections::BTreeMap;
use verdict_event::{Event, Schema, TimestampFormat};

/// What a bound query does with rows.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) cells: Vec<Cell>,
    pub(super) steps: Vec<Step>,
    /// Where the `STATS` stands whose rows are no events.
    pub(super) stats: Option<Span>,
}

/// One step. Steps that only change columns are gone.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Where(Node),
    Limit(usize),
    Sort(Vec<Key>),
}

/// A key to sort by.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) node: Node,
    pub(super) ascending: bool,
    pub(super) nulls_first: bool,
}

/// What a part of the binder gives; faults are recorded in it.
pub(super) type Outcome<T> = Result<T, Failed>;

/// The plan of a query, or everything that Elasticsearch would refuse in it.
pub(super) fn bind(
    program: &Program,
    schema: &Schema,
    strict: bool,
    version: Version,
) -> Result<Plan, Vec<QueryError>> {
    let mut binder = Binder {
        schema,
        strict,
        version,
        cells: Vec::new(),
        sources: BTreeMap::new(),
        errors: Vec::new(),
    };
    let mut scope = binder.source(&program.metadata);
    let mut steps = Vec::new();
    let mut stats = None;
    for command in &program.commands {
        // A fault in one command is recorded; the next is looked at all the same.
        let _ = binder.command(command, &mut scope, &mut steps, &mut stats);
    }
    if binder.errors.is_empty() {
        return Ok(Plan {
            cells: binder.cells,
            steps,
            stats,
        });
    }
    binder.errors.sort_by_key(|error| error.span.start);
    binder.errors.dedup();
    binder.errors.truncate(MAX_ERRORS);
    Err(binder.errors)
}

pub(super) struct Binder<'s> {
    schema: &'s Schema,
    strict: bool,
    version: Version,
    cells: Vec<Cell>,
    /// The slot and type of every source column that was read.
    sources: BTreeMap<String, (usize, Type)>,
    errors: Vec<QueryError>,
}

impl Binder<'_> {
    fn error(&mut self, error: QueryError) -> Failed {
        self.errors.push(error);
        Failed
    }

    fn fail<T>(&mut self, message: impl Into<String>, span: &Span) -> Outcome<T> {
        Err(self.error(QueryError::new(message, span.clone())))
    }

    fn command(
        &mut self,
        command: &Command,
        scope: &mut Scope,
        steps: &mut Vec<Step>,
        stats: &mut Option<Span>,
    ) -> Outcome<()> {
        match command {
            Command::Where(condition) => {
                let node = self.condition(condition, scope)?;
                steps.push(Step::Where(node));
            }
            Command::Eval(fields) => self.eval(fields, scope),
            Command::Keep(patterns) => self.keep(patterns, scope)?,
            Command::Drop(patterns) => self.drop(patterns, scope)?,
            Command::Rename(pairs) => {
                for (old, new) in pairs {
                    let bound = self.column(&old.text, &old.span, scope)?;
                    let slot = self.slot(bound);
                    scope.hide_name(&old.text);
                    scope.define(&new.text, slot);
                }
            }
            Command::Limit(count) => {
                steps.push(Step::Limit(usize::try_from(*count).unwrap_or(usize::MAX)));
            }
            Command::Sort(keys) => {
                let keys: Vec<Outcome<Key>> = keys.iter().map(|key| self.key(key, scope)).collect();
                steps.push(Step::Sort(keys.into_iter().collect::<Outcome<_>>()?));
            }
            Command::Stats {
                span,
                aggregates,
                groups,
            } => {
                stats.get_or_insert_with(|| span.clone());
                *scope = self.stats(aggregates, groups, scope);
            }
        }
        Ok(())
    }

    /// A condition. Source: `Filter`: "Condition expression needs to be boolean".
    fn condition(&mut self, condition: &Expr, scope: &Scope) -> Outcome<Node> {
        let bound = self.expression(condition, scope)?;
        if matches!(bound.kind, Type::Boolean | Type::Null) {
            return Ok(bound.node);
        }
        let message = format!(
            "condition expression needs to be boolean, found [{}]",
            bound.kind.name()
        );
        self.fail(message, &condition.span)
    }

    /// Each field sees those before it. Source: docs, `EVAL`.
    fn eval(&mut self, fields: &[Assignment], scope: &mut Scope) {
        for field in fields {
            if let Ok(bound) = self.expression(&field.value, scope) {
                let slot = self.slot(bound);
                scope.define(&field.name.text, slot);
            }
        }
    }

    /// The slot that holds an expression; a plain column keeps its own.
    fn slot(&mut self, typed: Typed) -> (usize, Type) {
        if let Node::Slot(slot) = typed.node {
            return (slot, typed.kind);
        }
        self.cells.push(Cell::Computed(typed.node));
        (self.cells.len() - 1, typed.kind)
    }

    fn key(&mut self, key: &SortKey, scope: &Scope) -> Outcome<Key> {
        let bound = self.expression(&key.value, scope)?;
        Ok(Key {
            node: bound.node,
            ascending: key.ascending,
            nulls_first: key.nulls_first,
        })
    }

    /// The slot of a column of the source.
    fn source_slot(&mut self, name: &str, kind: Type) -> (usize, Type) {
        if let Some(known) = self.sources.get(name) {
            return *known;
        }
        let format = if self.schema.timestamp.field == name {
            self.schema.timestamp.format
        } else {
            TimestampFormat::Iso
        };
        self.cells.push(Cell::Column(Column {
            path: name.into(),
            kind,
            format,
        }));
        let slot = (self.cells.len() - 1, kind);
        self.sources.insert(name.to_owned(), slot);
        slot
    }
}

/// A node over constants alone, computed once.
fn folded(node: Node) -> Node {
    let constant = |part: &Node| matches!(part, Node::Const(_));
    let all = match &node {
        Node::Call(_, parts) | Node::Whole(_, parts) | Node::Coalesce(parts) => {
            parts.iter().all(constant)
        }
        Node::Each(_, part) | Node::Negate(_, part) | Node::Not(part) | Node::Text(_, part) => {
            constant(part)
        }
        Node::Arithmetic { sides, .. } | Node::Compare(_, sides) => sides.iter().all(constant),
        Node::Const(_)
        | Node::Slot(_)
        | Node::Chain(..)
        | Node::InTexts { .. }
        | Node::InLongs { .. }
        | Node::In(..)
        | Node::IsNull { .. }
        | Node::Case(_)
        | Node::InRanges(..)
        | Node::AnyText(..)
        | Node::Sets { .. }
        | Node::Find(..)
        | Node::Replace(..) => false,
    };
    if !all {
        return node;
    }
    let nothing = Event::new(Vec::new());
    let value: Val<'static> = node.eval(&Row::new(&nothing, &[])).into_owned();
    Node::Const(value)
}
