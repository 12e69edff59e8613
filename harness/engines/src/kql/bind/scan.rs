//! `scan`. Kusto docs: scan-operator.

use super::table::Draft;
use super::{Binder, Outcome, Scope, Typed};
use crate::QueryError;
use crate::kql::ast;
use crate::kql::relation::{Record, Relation, Scan, ScanStep};
use crate::kql::row::Cell;
use crate::kql::value::{Type, Val};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Binder<'_> {
    pub(super) fn scan(&mut self, scan: &ast::Scan, scope: &mut Scope) -> Outcome<()> {
        if !scope.serialized {
            // Kusto docs: scan-operator, "goes over the serialized input data".
            let error = QueryError::new("`scan` needs rows in an order", scan.span.clone());
            return Err(self.error(error.hint("put `sort by` or `serialize` before it")));
        }
        let columns = self.all_columns(scope);
        let input = self.close(&columns);
        let mut all: Vec<(String, Type)> = columns
            .into_iter()
            .map(|column| (column.name, column.kind))
            .collect();
        let width = all.len();
        let empty: Record = all.iter().map(|(_, kind)| nothing(*kind)).collect();
        let mut defaults: Record = Vec::new();
        for declared in &scan.declared {
            self.fresh(&all, &declared.name)?;
            let default = match &declared.default {
                None => nothing(declared.kind),
                Some(value) => self.constant(value, declared.kind)?,
            };
            defaults.push(default);
            all.push((declared.name.text.clone(), declared.kind));
        }
        self.draft = Draft::default();
        let mut inner = Scope::closed();
        for (at, (name, kind)) in all.iter().take(width).enumerate() {
            let slot = self.draft.cell(Cell::Input(at));
            inner.define(name, (slot, *kind));
        }
        let mut references = Vec::new();
        for (at, step) in scan.steps.iter().enumerate() {
            if inner.states.contains_key(&step.name.text) {
                let message = format!("the step `{}` is there twice", step.name.text);
                return self.fail(message, &step.name.span);
            }
            let mut state = BTreeMap::new();
            for (column, (name, kind)) in all.iter().enumerate() {
                let slot = self.draft.cell(Cell::Input(width + references.len()));
                references.push((at, column));
                state.insert(name.clone(), (slot, *kind));
            }
            inner.states.insert(step.name.text.clone(), state);
        }
        let mut steps = Vec::new();
        for step in &scan.steps {
            steps.push(self.scan_step(step, scan, &inner)?);
        }
        let mut relation = Scan {
            input,
            width,
            defaults,
            empty,
            match_id: scan.match_id.is_some(),
            cells: std::mem::take(&mut self.draft.cells),
            references,
            steps,
        };
        relation.drop_unread();
        if let Some(name) = &scan.match_id {
            self.fresh(&all, name)?;
            all.push((name.text.clone(), Type::Long));
        }
        *scope = self.open(Arc::new(Relation::Scan(relation)), all);
        // Assumed: the output is in the order of the input, as the page's examples show it.
        scope.serialized = true;
        Ok(())
    }

    fn fresh(&mut self, known: &[(String, Type)], name: &ast::Name) -> Outcome<()> {
        if known.iter().any(|(known, _)| *known == name.text) {
            let message = format!("the column `{}` is there already", name.text);
            return self.fail(message, &name.span);
        }
        Ok(())
    }

    fn scan_step(
        &mut self,
        step: &ast::ScanStep,
        scan: &ast::Scan,
        inner: &Scope,
    ) -> Outcome<ScanStep> {
        let condition = self.expression(&step.condition, inner)?;
        self.boolean(&condition, &step.condition.span)?;
        let mut assignments: Vec<(usize, crate::kql::node::Node)> = Vec::new();
        for (name, value) in &step.assignments {
            let place = scan
                .declared
                .iter()
                .position(|one| one.name.text == name.text);
            let Some((place, declared)) = place.and_then(|at| Some((at, scan.declared.get(at)?)))
            else {
                let message = format!("`{}` is no declared column", name.text);
                return self.fail(message, &name.span);
            };
            let bound = self.expression(value, inner)?;
            let fits = bound.kind == declared.kind
                || bound.kind.is_integer() && declared.kind.is_integer();
            if !fits {
                let (found, wanted) = (bound.kind.name(), declared.kind.name());
                let message = format!("`{}` is {wanted}, its value is {found}", name.text);
                return self.fail(message, &value.span);
            }
            if assignments.iter().any(|(known, _)| *known == place) {
                let message = format!("`{}` is assigned twice", name.text);
                return self.fail(message, &name.span);
            }
            assignments.push((place, bound.node));
        }
        Ok(ScanStep {
            output: step.output,
            condition: condition.node,
            assignments,
        })
    }

    /// `step.column`, if it names one.
    pub(super) fn state(
        &mut self,
        step: &str,
        column: &ast::Name,
        scope: &Scope,
    ) -> Option<Outcome<Typed>> {
        let state = scope.states.get(step)?;
        Some(match state.get(&column.text) {
            Some((slot, kind)) => Ok(Typed {
                node: crate::kql::node::Node::Slot(*slot),
                kind: *kind,
            }),
            None => self.fail(
                format!("the step `{step}` has no column `{}`", column.text),
                &column.span,
            ),
        })
    }
}

impl Scan {
    /// Leaves out the columns of steps that nothing reads: each record would carry them.
    fn drop_unread(&mut self) {
        let mut read = vec![false; self.cells.len()];
        let mut note = |slot: usize| {
            if let Some(place) = read.get_mut(slot) {
                *place = true;
            }
        };
        for step in &self.steps {
            step.condition.each_slot(&mut note);
            for (_, node) in &step.assignments {
                node.each_slot(&mut note);
            }
        }
        let mut kept = Vec::new();
        for (cell, read) in self.cells.iter_mut().zip(read) {
            let Cell::Input(at) = cell else {
                continue;
            };
            let Some(reference) = at.checked_sub(self.width) else {
                continue;
            };
            if let Some(reference) = self.references.get(reference).filter(|_| read) {
                *at = self.width + kept.len();
                kept.push(*reference);
            } else {
                *cell = Cell::Given;
            }
        }
        self.references = kept;
    }
}

/// Strings are never null.
fn nothing(kind: Type) -> Val<'static> {
    if kind == Type::Text {
        Val::EMPTY
    } else {
        Val::Null
    }
}
