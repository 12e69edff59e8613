//! `mv-expand`. Kusto docs: mv-expand-operator.

use super::table::Column;
use super::{Binder, Outcome, Scope, column_name};
use crate::kql::ast;
use crate::kql::relation::{Expand, Relation};
use crate::kql::value::Type;
use std::sync::Arc;

impl Binder<'_> {
    pub(super) fn expand(&mut self, expand: &ast::Expand, scope: &mut Scope) -> Outcome<()> {
        let mut made: Vec<(Column, Type)> = Vec::new();
        for expanded in &expand.columns {
            let value = &expanded.value.value;
            let bound = self.expression(value, scope)?;
            if bound.kind != Type::Dynamic {
                let kind = bound.kind.name();
                return self.fail(
                    format!("a dynamic value can be expanded, not {kind}"),
                    &value.span,
                );
            }
            let name = match &expanded.value.name {
                Some(name) => name.text.clone(),
                None => column_name(value, made.len()),
            };
            let (slot, kind) = self.slot(bound);
            let column = Column { name, slot, kind };
            made.push((column, expanded.kind.unwrap_or(Type::Dynamic)));
        }
        let limit = match &expand.limit {
            None => usize::MAX,
            Some(limit) => self.count(limit)?,
        };
        let mut columns = self.all_columns(scope);
        let mut expanded = Vec::new();
        for (column, kind) in made {
            let known = columns.iter().position(|known| known.name == column.name);
            let at = known.unwrap_or(columns.len());
            match columns.get_mut(at) {
                Some(known) => *known = column,
                None => columns.push(column),
            }
            expanded.push((at, kind));
        }
        let serialized = scope.serialized;
        let input = self.close(&columns);
        for (at, kind) in &expanded {
            if let Some(column) = columns.get_mut(*at) {
                column.kind = *kind;
            }
        }
        let index = expand
            .index
            .as_ref()
            .map(|name| (name.text.clone(), Type::Long));
        let named = columns.into_iter().map(|column| (column.name, column.kind));
        let relation = Relation::Expand(Expand {
            input,
            columns: expanded,
            index: index.is_some(),
            pairs: expand.pairs,
            limit,
        });
        *scope = self.open(Arc::new(relation), named.chain(index));
        // Kusto docs: window-functions: `mv-expand` keeps the order.
        scope.serialized = serialized;
        Ok(())
    }
}
