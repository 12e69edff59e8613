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
use super::columns;
use super::functions::Version;
use super::node::{Node, Typed};
use super::parse::{Failed, MAX_ERRORS};
use super::row::{Cell, Column, Row};
use super::run::aggregate::Stats;
use super::value::{Type, Val};
use crate::QueryError;
use scope::Scope;
use std::collections::BTreeMap;
use verdict_event::{Event, Schema, TimestampFormat};

/// What a bound query does with rows.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Stages after one another: all but the last end in `STATS`.
    pub(super) stages: Vec<Stage>,
    /// The columns of the answer, by slots of the last stage.
    pub(super) columns: Vec<(String, usize)>,
    /// Where the `STATS` stands whose rows are no events.
    pub(super) stats: Option<Span>,
}

/// Steps over rows of one kind.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    pub(super) cells: Vec<Cell>,
    pub(super) steps: Vec<Step>,
    /// What makes the rows of the next stage.
    pub(super) end: Option<Stats>,
}

/// One step. Steps that only change columns are gone.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Where(Node),
    Limit(usize),
    Sort(Vec<Key>),
    /// `MV_EXPAND` from one slot into another.
    Expand {
        from: usize,
        to: usize,
    },
    /// `INLINE STATS`, and the slots that its aggregates fill.
    Inline(Stats, Vec<usize>),
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
        steps: Vec::new(),
        stages: Vec::new(),
        stats: None,
        aggregates: None,
        grouping: false,
        errors: Vec::new(),
    };
    let mut scope = binder.source(&program.metadata);
    for command in &program.commands {
        // A fault in one command is recorded; the next is looked at all the same.
        let _ = binder.command(command, &mut scope);
    }
    if binder.errors.is_empty() {
        let columns = binder.answer(&columns::columns(program), &scope);
        binder.stages.push(Stage {
            cells: binder.cells,
            steps: binder.steps,
            end: None,
        });
        return Ok(Plan {
            stages: binder.stages,
            columns,
            stats: binder.stats,
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
    steps: Vec<Step>,
    /// Stages before this one.
    stages: Vec<Stage>,
    stats: Option<Span>,
    /// The aggregates of the `STATS` at hand, where they are allowed.
    aggregates: Option<stats::Aggregates>,
    /// Whether functions that only group are allowed.
    grouping: bool,
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

    fn command(&mut self, command: &Command, scope: &mut Scope) -> Outcome<()> {
        match command {
            Command::Where(condition) => {
                let node = self.condition(condition, scope)?;
                self.steps.push(Step::Where(node));
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
                self.steps
                    .push(Step::Limit(usize::try_from(*count).unwrap_or(usize::MAX)));
            }
            Command::Sort(keys) => {
                let keys: Vec<Outcome<Key>> = keys.iter().map(|key| self.key(key, scope)).collect();
                self.steps
                    .push(Step::Sort(keys.into_iter().collect::<Outcome<_>>()?));
            }
            Command::Stats(stats) => self.stats(stats, scope)?,
            Command::Expand(name) => {
                let (from, kind) = self
                    .column(&name.text, &name.span, scope)
                    .map(|found| self.slot(found))?;
                self.refuse_unbounded_sort("MV_EXPAND", &name.span)?;
                self.cells.push(Cell::Given);
                let to = self.cells.len() - 1;
                scope.define(&name.text, (to, kind));
                self.steps.push(Step::Expand { from, to });
            }
        }
        Ok(())
    }

    /// Source: `Verifier`: "cannot yet have an unbounded SORT".
    fn refuse_unbounded_sort(&mut self, command: &str, span: &Span) -> Outcome<()> {
        let mut sorted = false;
        for step in &self.steps {
            match step {
                Step::Sort(_) => sorted = true,
                Step::Limit(_) => sorted = false,
                Step::Where(_) | Step::Expand { .. } | Step::Inline(..) => {}
            }
        }
        if sorted {
            return self.fail(
                format!("{command} cannot yet have an unbounded SORT before it"),
                span,
            );
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
