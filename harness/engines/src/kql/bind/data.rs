//! `datatable`. Kusto docs: datatable-operator.

use super::{Binder, Outcome, Scope};
use crate::kql::ast::{Expr, Name, Span};
use crate::kql::relation::{Record, Relation};
use crate::kql::value::{Type, Val};
use std::sync::Arc;

impl Binder<'_> {
    pub(super) fn data(
        &mut self,
        columns: &[(Name, Type)],
        values: &[Expr],
        span: &Span,
    ) -> Outcome<Scope> {
        if !values.len().is_multiple_of(columns.len().max(1)) {
            return self.fail("the values do not fill the last row", span);
        }
        let mut rows: Vec<Record> = Vec::new();
        for (value, (_, kind)) in values.iter().zip(columns.iter().cycle()) {
            if rows.last().is_none_or(|row| row.len() == columns.len()) {
                rows.push(Vec::with_capacity(columns.len()));
            }
            let value = self.constant(value, *kind)?;
            if let Some(row) = rows.last_mut() {
                row.push(value);
            }
        }
        let named = columns
            .iter()
            .map(|(name, kind)| (name.text.clone(), *kind));
        Ok(self.open(Arc::new(Relation::Data(rows)), named))
    }

    /// A constant of a type, or of one that widens to it.
    pub(super) fn constant(&mut self, value: &Expr, kind: Type) -> Outcome<Val<'static>> {
        let bound = self.expression(value, &Scope::closed())?;
        let Some(constant) = bound.node.constant().cloned() else {
            return self.fail("a constant is needed", &value.span);
        };
        match (constant, bound.kind, kind) {
            (constant, found, wanted) if found == wanted => Ok(constant),
            (constant, found, wanted) if found.is_integer() && wanted.is_integer() => Ok(constant),
            (Val::Long(value), _, Type::Real) => {
                Ok(Val::Real(crate::kql::convert::long_to_real(value)))
            }
            (_, found, wanted) => {
                let (found, wanted) = (found.name(), wanted.name());
                self.fail(
                    format!("a value of type {wanted} is needed, not {found}"),
                    &value.span,
                )
            }
        }
    }
}
