//! `join` and `union`. Kusto docs: join-operator, union-operator.

use super::expr::equatable;
use super::table::{Column, Draft};
use super::{Binder, Outcome, Scope};
use crate::QueryError;
use crate::kql::ast::{self, Comparison, Connective, Expr, ExprKind};
use crate::kql::relation::{Join, Origin, Part, Record, Relation};
use crate::kql::value::{Type, Val};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The value that stands where a table has none. Strings are never null.
fn nothing(kind: Type) -> Val<'static> {
    if kind == Type::Text {
        Val::EMPTY
    } else {
        Val::Null
    }
}

impl Binder<'_> {
    pub(super) fn join(&mut self, join: &ast::Join, scope: &mut Scope) -> Outcome<()> {
        let left = self.all_columns(scope);
        let left_table = self.close(&left);
        let (right_scope, draft) = self.pipeline(&join.right);
        self.draft = draft;
        let right = self.all_columns(&right_scope);
        let right_table = self.close(&right);
        let (mut left_keys, mut right_keys) = (Vec::new(), Vec::new());
        for condition in &join.on {
            self.pairs(condition, [&left, &right], &mut left_keys, &mut right_keys)?;
        }
        let missing: Record = right.iter().map(|column| nothing(column.kind)).collect();
        let mut columns: Vec<(String, Type)> = left
            .into_iter()
            .map(|column| (column.name, column.kind))
            .collect();
        if join.kind.has_right() {
            for column in right {
                let name = fresh(&columns, column.name);
                columns.push((name, column.kind));
            }
        }
        let relation = Relation::Join(Join {
            kind: join.kind,
            left: left_table,
            right: right_table,
            left_keys,
            right_keys,
            missing,
        });
        *scope = self.open(Arc::new(relation), columns);
        Ok(())
    }

    /// The columns that a condition compares. Kusto docs: join-operator, "Conditions".
    fn pairs(
        &mut self,
        condition: &Expr,
        sides: [&[Column]; 2],
        left_keys: &mut Vec<usize>,
        right_keys: &mut Vec<usize>,
    ) -> Outcome<()> {
        let [left, right] = sides;
        match &condition.kind {
            ExprKind::Chain(Connective::And, terms) => {
                for term in terms {
                    self.pairs(term, sides, left_keys, right_keys)?;
                }
                Ok(())
            }
            ExprKind::Name(name) => {
                let pair = (
                    self.place(left, name, condition)?,
                    self.place(right, name, condition)?,
                );
                self.pair(pair, sides, condition, left_keys, right_keys)
            }
            ExprKind::Compare(Comparison::Equal, one, other) => {
                let ((Some(("$left", one)), Some(("$right", other)))
                | (Some(("$right", other)), Some(("$left", one)))) = (side(one), side(other))
                else {
                    return self.condition_fault(condition);
                };
                let pair = (
                    self.place(left, one, condition)?,
                    self.place(right, other, condition)?,
                );
                self.pair(pair, sides, condition, left_keys, right_keys)
            }
            _ => self.condition_fault(condition),
        }
    }

    fn condition_fault(&mut self, condition: &Expr) -> Outcome<()> {
        let error = QueryError::new(
            "a join compares columns for equality",
            condition.span.clone(),
        );
        Err(self.error(error.hint("write on Column, or on $left.a == $right.b")))
    }

    fn pair(
        &mut self,
        (one, other): (usize, usize),
        [left, right]: [&[Column]; 2],
        condition: &Expr,
        left_keys: &mut Vec<usize>,
        right_keys: &mut Vec<usize>,
    ) -> Outcome<()> {
        if let (Some(one), Some(other)) = (left.get(one), right.get(other)) {
            self.groupable(one.kind, &condition.span)?;
            self.groupable(other.kind, &condition.span)?;
            if !equatable(one.kind, other.kind) {
                return Err(self.mismatch("==", one.kind, other.kind, &condition.span));
            }
        }
        left_keys.push(one);
        right_keys.push(other);
        Ok(())
    }

    fn place(&mut self, columns: &[Column], name: &str, condition: &Expr) -> Outcome<usize> {
        match columns.iter().position(|column| column.name == name) {
            Some(place) => Ok(place),
            None => self.fail(
                format!("unknown column `{name}` on a side of the join"),
                &condition.span,
            ),
        }
    }

    /// The tables of a union, with the one before it, if there is one.
    pub(super) fn union(&mut self, union: &ast::Union, before: Option<&Scope>) -> Outcome<Scope> {
        let mut tables: Vec<(Vec<Column>, Arc<Relation>, String)> = Vec::new();
        if let Some(scope) = before {
            let columns = self.all_columns(scope);
            let table = self.close(&columns);
            tables.push((columns, table, "union_arg0".to_owned()));
        }
        self.draft = Draft::default();
        for table in &union.tables {
            let (scope, draft) = self.pipeline(table);
            self.draft = draft;
            let columns = self.all_columns(&scope);
            let relation = self.close(&columns);
            let name = match &table.source {
                ast::Source::Table(name) if table.steps.is_empty() => name.text.clone(),
                _ => format!("union_arg{}", tables.len()),
            };
            tables.push((columns, relation, name));
        }
        let mut columns: Vec<(String, Type)> = Vec::new();
        for (table, _, _) in &tables {
            for column in table {
                match columns.iter().find(|(name, _)| *name == column.name) {
                    None => columns.push((column.name.clone(), column.kind)),
                    Some((_, kind)) if *kind == column.kind => {}
                    // The vendor gives a column for each type, with names of its own; nothing is written that needs them.
                    Some((name, kind)) => {
                        let (one, other) = (kind.name(), column.kind.name());
                        let message =
                            format!("`{name}` is {one} in one table and {other} in another");
                        return self.fail(message, &union.span);
                    }
                }
            }
        }
        if union.inner {
            let everywhere = |name: &str| {
                tables
                    .iter()
                    .all(|(table, _, _)| table.iter().any(|column| column.name == name))
            };
            columns.retain(|(name, _)| everywhere(name));
        }
        let parts = tables
            .into_iter()
            .map(|(table, relation, name)| {
                let origin = |(column, kind): &(String, Type)| {
                    let place = table.iter().position(|known| known.name == *column);
                    place.map_or_else(|| Origin::Value(nothing(*kind)), Origin::Column)
                };
                let mut origins: Vec<Origin> = columns.iter().map(origin).collect();
                if union.source.is_some() {
                    origins.push(Origin::Value(Val::text(name)));
                }
                Part {
                    table: relation,
                    columns: origins,
                }
            })
            .collect();
        let source = union
            .source
            .as_ref()
            .map(|name| (name.text.clone(), Type::Text));
        let columns: Vec<(String, Type)> = columns.into_iter().chain(source).collect();
        Ok(self.open(Arc::new(Relation::Union(parts)), columns))
    }
}

/// `$left.a` or `$right.b`.
fn side(expr: &Expr) -> Option<(&str, &str)> {
    match &expr.kind {
        ExprKind::Member(inner, name) => match &inner.kind {
            ExprKind::Name(side) => Some((side, &name.text)),
            _ => None,
        },
        _ => None,
    }
}

/// A name that no column has yet: the right side's get a number behind them. Kusto docs: join-inner shows `Key1`.
fn fresh(columns: &[(String, Type)], name: String) -> String {
    let taken: BTreeSet<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    if !taken.contains(name.as_str()) {
        return name;
    }
    (1..=taken.len() + 1)
        .map(|number| format!("{name}{number}"))
        .find(|name| !taken.contains(name.as_str()))
        .unwrap_or(name)
}
