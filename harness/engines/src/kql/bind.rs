//! Tree to plan: names become slots, types are checked, literals are prepared.
//!
//! The type rules are those of the vendor's binder (KS106, KS107, KS141), except that a string beside a number is refused
//! too: its binder lets that pass and the service then refuses it.

mod aggregate;
mod call;
mod data;
mod expand;
mod expr;
mod join;
mod list;
mod scan;
mod scope;
mod star;
mod table;
mod window;

use super::ast::{
    Assignment, Definition, Expr, ExprKind, Name, Operator, Pipeline, Program, SortKey, Source,
    Span,
};
use super::node::Node;
use super::relation::{Key, Relation, Step};
use super::row::Cell;
use super::value::{Type, Val};
use crate::QueryError;
use aggregate::Aggregates;
use scope::Scope;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use table::Draft;
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

/// What a query does, ready to run.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) relation: Arc<Relation>,
    /// The names of its columns.
    pub(super) columns: Vec<String>,
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
        read: if strict {
            BTreeSet::new()
        } else {
            super::columns::columns(program)
        },
        draft: Draft::default(),
        scalars: BTreeMap::new(),
        tables: BTreeMap::new(),
        aggregates: None,
        errors: Vec::new(),
    };
    for definition in &program.lets {
        binder.define(&definition.name, &definition.definition);
    }
    let (scope, draft) = binder.pipeline(&program.query);
    binder.draft = draft;
    let columns = binder.all_columns(&scope);
    let relation = binder.close(&columns);
    if binder.errors.is_empty() {
        return Ok(Plan {
            relation,
            columns: columns.into_iter().map(|column| column.name).collect(),
        });
    }
    binder.errors.sort_by_key(|error| error.span.start);
    binder.errors.truncate(super::parse::MAX_ERRORS);
    Err(binder.errors)
}

pub(super) struct Binder<'s> {
    schema: &'s Schema,
    strict: bool,
    /// Columns that the text reads, where it is not strict.
    read: BTreeSet<String>,
    /// The segment that is being bound.
    draft: Draft,
    scalars: BTreeMap<String, Typed>,
    tables: BTreeMap<String, (Scope, Draft)>,
    /// Set while the aggregates of a `summarize` are bound.
    aggregates: Option<Aggregates>,
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

    /// Binds a pipeline; the segment that was being bound goes on afterwards.
    fn pipeline(&mut self, pipeline: &Pipeline) -> (Scope, Draft) {
        let outer = std::mem::take(&mut self.draft);
        let mut scope = match &pipeline.source {
            Source::Table(name) => {
                if self.scalars.contains_key(&name.text) {
                    self.error(QueryError::new(
                        format!("`{}` is a scalar, not a table", name.text),
                        name.span.clone(),
                    ));
                }
                let (scope, draft) = self.tables.get(&name.text).cloned().unwrap_or_default();
                self.draft = draft;
                scope
            }
            Source::Union(union) => self.union(union, None).unwrap_or_default(),
            Source::Data {
                columns,
                values,
                span,
            } => self.data(columns, values, span).unwrap_or_default(),
        };
        self.steps(&pipeline.steps, &mut scope);
        (scope, std::mem::replace(&mut self.draft, outer))
    }

    fn steps(&mut self, steps: &[Operator], scope: &mut Scope) {
        for step in steps {
            // A fault in one step is recorded; the next is looked at all the same.
            let _ = self.step(step, scope);
            if self.draft.steps.len() > MAX_STEPS {
                self.error(QueryError::new(
                    format!("the query has more than {MAX_STEPS} steps"),
                    0..0,
                ));
                break;
            }
        }
    }

    fn step(&mut self, step: &Operator, scope: &mut Scope) -> Outcome<()> {
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
                self.draft.steps.push(Step::Where(bound.node));
            }
            Operator::Extend(list) => self.extend(list, scope)?,
            Operator::Serialize(list) => {
                // Kusto docs: serialize-operator: its values see the order that it declares.
                scope.serialized = true;
                self.extend(list, scope)?;
            }
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
                self.draft.steps.push(Step::Take(count));
            }
            Operator::Sort(keys) => {
                let keys: Vec<Outcome<Key>> = keys.iter().map(|key| self.key(key, scope)).collect();
                let keys = keys.into_iter().collect::<Outcome<_>>()?;
                self.draft.steps.push(Step::Sort(keys));
                scope.serialized = true;
            }
            Operator::Top(count, key) => {
                let count = self.count(count)?;
                let key = self.key(key, scope)?;
                self.draft.steps.push(Step::Sort(vec![key]));
                self.draft.steps.push(Step::Take(count));
                scope.serialized = true;
            }
            Operator::Summarize(summarize) => self.summarize(summarize, scope)?,
            Operator::Distinct(list) => self.distinct(list.as_deref(), scope)?,
            Operator::Count => self.count_rows(scope),
            Operator::Expand(expand) => self.expand(expand, scope)?,
            Operator::Join(join) => self.join(join, scope)?,
            Operator::Union(union) => *scope = self.union(union, Some(scope))?,
            Operator::Partition(partition) => self.partition(partition, scope)?,
            Operator::Scan(scan) => self.scan(scan, scope)?,
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
        // Kusto docs: window-functions: `project` keeps the order.
        *scope = Scope {
            serialized: scope.serialized,
            ..Scope::closed()
        };
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
            let name = match name {
                Some(name) => name.text.clone(),
                None => column_name(value, bound.len()),
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
        (self.draft.cell(Cell::Computed(typed.node)), typed.kind)
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

/// The name of a column that the query does not name. Kusto docs: summarize-operator shows `bin(T, 1d)` under the name of its column; for the
/// rest the vendor makes up a name.
fn column_name(value: &Expr, before: usize) -> String {
    match &value.kind {
        ExprKind::Name(column) => column.clone(),
        ExprKind::Call(name, arguments) if name.text == "bin" => match arguments.first() {
            Some(first) => column_name(first, before),
            None => format!("Column{}", before + 1),
        },
        _ => format!("Column{}", before + 1),
    }
}
