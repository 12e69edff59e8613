//! Tree to plan: names become slots, types are checked, literals are prepared.
//!
//! The type rules are those of the vendor's binder (KS106, KS107, KS141), except that a string beside a number is refused
//! too: its binder lets that pass and the service then refuses it.

mod call;
mod expr;
mod list;
mod scope;
mod star;

use super::ast::{
    Assignment, Definition, Expr, ExprKind, Name, Operator, Pipeline, Program, SortKey, Span,
};
use super::node::Node;
use super::row::Cell;
use super::value::{Type, Val};
use crate::QueryError;
use scope::Scope;
use std::collections::BTreeMap;
use verdict_event::Schema;

/// A fault was recorded; there is nothing to go on with.
pub(super) struct Failed;

pub(super) type Outcome<T> = Result<T, Failed>;

/// An expression and its type.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) node: Node,
    pub(super) kind: Type,
}

/// What is done to the rows, in order.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Where(Node),
    Take(usize),
    Sort(Vec<Key>),
}

/// A key of a sort.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) node: Node,
    pub(super) ascending: bool,
    pub(super) nulls_first: bool,
}

/// What a query does, ready to run.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) cells: Vec<Cell>,
    pub(super) steps: Vec<Step>,
}

/// Steps that a plan may have, tabular definitions written out.
const MAX_STEPS: usize = 4096;

/// The plan of a program, or all that is wrong with it.
pub(super) fn bind(
    program: &Program,
    schema: &Schema,
    strict: bool,
) -> Result<Plan, Vec<QueryError>> {
    let mut binder = Binder {
        schema,
        strict,
        cells: Vec::new(),
        sources: BTreeMap::new(),
        scalars: BTreeMap::new(),
        tables: BTreeMap::new(),
        errors: Vec::new(),
    };
    for definition in &program.lets {
        binder.define(&definition.name, &definition.definition);
    }
    let (_, steps) = binder.pipeline(&program.query);
    if binder.errors.is_empty() {
        return Ok(Plan {
            cells: binder.cells,
            steps,
        });
    }
    binder.errors.sort_by_key(|error| error.span.start);
    binder.errors.truncate(super::parse::MAX_ERRORS);
    Err(binder.errors)
}

pub(super) struct Binder<'s> {
    schema: &'s Schema,
    strict: bool,
    cells: Vec<Cell>,
    /// The slot and type of every source column that was read.
    sources: BTreeMap<String, (usize, Type)>,
    scalars: BTreeMap<String, Typed>,
    tables: BTreeMap<String, (Scope, Vec<Step>)>,
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

    fn define(&mut self, name: &Name, definition: &Definition) {
        if self.scalars.contains_key(&name.text) || self.tables.contains_key(&name.text) {
            self.error(QueryError::new(
                format!("`{}` is already defined", name.text),
                name.span.clone(),
            ));
            return;
        }
        match definition {
            Definition::Table(pipeline) => {
                let bound = self.pipeline(pipeline);
                self.tables.insert(name.text.clone(), bound);
            }
            Definition::Scalar(Expr {
                kind: ExprKind::Name(source),
                ..
            }) if !self.scalars.contains_key(source) => {
                let alias = self.tables.get(source).cloned().unwrap_or_default();
                self.tables.insert(name.text.clone(), alias);
            }
            Definition::Scalar(value) => {
                // A scalar definition sees no columns.
                let scope = Scope::closed();
                if let Ok(bound) = self.expression(value, &scope) {
                    self.scalars.insert(name.text.clone(), bound);
                }
            }
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> (Scope, Vec<Step>) {
        let (mut scope, mut steps) = self
            .tables
            .get(&pipeline.source.text)
            .cloned()
            .unwrap_or_default();
        if self.scalars.contains_key(&pipeline.source.text) {
            self.error(QueryError::new(
                format!("`{}` is a scalar, not a table", pipeline.source.text),
                pipeline.source.span.clone(),
            ));
        }
        for step in &pipeline.steps {
            // A fault in one step is recorded; the next is looked at all the same.
            let _ = self.step(step, &mut scope, &mut steps);
            if steps.len() > MAX_STEPS {
                self.error(QueryError::new(
                    format!("the query has more than {MAX_STEPS} steps"),
                    pipeline.source.span.clone(),
                ));
                break;
            }
        }
        (scope, steps)
    }

    fn step(&mut self, step: &Operator, scope: &mut Scope, steps: &mut Vec<Step>) -> Outcome<()> {
        match step {
            Operator::Where(predicate) => {
                let bound = self.expression(predicate, scope)?;
                // Kusto's binder: KS141. A dynamic value is no predicate either.
                if bound.kind != Type::Bool {
                    let message = format!("a predicate must be bool, not {}", bound.kind.name());
                    return Err(self.error(cast_hint(
                        QueryError::new(message, predicate.span.clone()),
                        bound.kind,
                    )));
                }
                steps.push(Step::Where(bound.node));
            }
            Operator::Extend(list) => self.extend(list, scope)?,
            Operator::Project(list) => self.project(list, scope)?,
            Operator::ProjectAway(patterns) => {
                for pattern in patterns {
                    scope.hide(pattern);
                }
            }
            Operator::ProjectKeep(patterns) => scope.keep(patterns),
            Operator::ProjectRename(pairs) => {
                for (new, old) in pairs {
                    let bound = self.column(&old.text, &old.span, scope)?;
                    scope.forget(&old.text);
                    let slot = self.slot(bound);
                    scope.define(&new.text, slot);
                }
            }
            Operator::Take(count) => {
                let count = self.count(count)?;
                steps.push(Step::Take(count));
            }
            Operator::Sort(keys) => {
                let keys: Vec<Outcome<Key>> = keys.iter().map(|key| self.key(key, scope)).collect();
                steps.push(Step::Sort(keys.into_iter().collect::<Outcome<_>>()?));
            }
            Operator::Top(count, key) => {
                let count = self.count(count)?;
                let key = self.key(key, scope)?;
                steps.push(Step::Sort(vec![key]));
                steps.push(Step::Take(count));
            }
        }
        Ok(())
    }

    /// All values see the columns of before the step. Kusto docs: extend-operator.
    fn extend(&mut self, list: &[Assignment], scope: &mut Scope) -> Outcome<()> {
        let bound = self.assignments(list, scope);
        for (name, slot) in bound? {
            scope.define(&name, slot);
        }
        Ok(())
    }

    fn project(&mut self, list: &[Assignment], scope: &mut Scope) -> Outcome<()> {
        let bound = self.assignments(list, scope);
        *scope = Scope::closed();
        for (name, slot) in bound? {
            scope.define(&name, slot);
        }
        Ok(())
    }

    fn assignments(
        &mut self,
        list: &[Assignment],
        scope: &Scope,
    ) -> Outcome<Vec<(String, (usize, Type))>> {
        let mut bound: Vec<(String, (usize, Type))> = Vec::new();
        let mut sound = true;
        for Assignment { name, value } in list {
            let Ok(typed) = self.expression(value, scope) else {
                sound = false;
                continue;
            };
            let name = match (name, &value.kind) {
                (Some(name), _) => name.text.clone(),
                (None, ExprKind::Name(column)) => column.clone(),
                // The vendor makes up a name; nothing emitted or hand-written reads it.
                (None, _) => format!("Column{}", bound.len() + 1),
            };
            if bound.iter().any(|(known, _)| *known == name) {
                // Kusto's binder: KS171.
                self.error(QueryError::new(
                    format!("the column `{name}` is named twice"),
                    value.span.clone(),
                ));
                sound = false;
            }
            let slot = self.slot(typed);
            bound.push((name, slot));
        }
        if sound { Ok(bound) } else { Err(Failed) }
    }

    /// The slot that holds an expression; a plain column keeps its own.
    fn slot(&mut self, typed: Typed) -> (usize, Type) {
        if let Node::Slot(slot) = typed.node {
            return (slot, typed.kind);
        }
        self.cells.push(Cell::Computed(typed.node));
        (self.cells.len() - 1, typed.kind)
    }

    fn count(&mut self, count: &Expr) -> Outcome<usize> {
        let bound = self.expression(count, &Scope::closed())?;
        match bound.node {
            Node::Const(Val::Long(value)) if bound.kind.is_integer() => {
                match usize::try_from(value) {
                    Ok(value) => Ok(value),
                    Err(_) => self.fail("the number of rows is negative", &count.span),
                }
            }
            _ => self.fail("the number of rows must be a constant integer", &count.span),
        }
    }

    fn key(&mut self, key: &SortKey, scope: &Scope) -> Outcome<Key> {
        let bound = self.expression(&key.value, scope)?;
        if bound.kind == Type::Dynamic {
            // Kusto's binder: KS116.
            let error = QueryError::new(
                "rows cannot be sorted by a dynamic value",
                key.value.span.clone(),
            );
            return Err(self.error(cast_hint(error, Type::Dynamic)));
        }
        Ok(Key {
            node: bound.node,
            ascending: key.ascending,
            nulls_first: key.nulls_first,
        })
    }
}

/// A dynamic value needs a cast first. Kusto docs: scalar-data-types/dynamic.
fn cast_hint(error: QueryError, kind: Type) -> QueryError {
    if kind == Type::Dynamic {
        return error.hint("cast the dynamic value first: tostring(), tolong(), tobool() ...");
    }
    error
}
