//! Functions over rows in their order. Kusto docs: window-functions.

use super::{Binder, Outcome, Scope, Typed};
use crate::kql::ast::{Name, Span};
use crate::kql::node::Node;
use crate::kql::relation::{Step, Window};
use crate::kql::row::Cell;
use crate::kql::value::{Type, Val};

/// Their names.
pub(super) const WINDOWS: [&str; 5] = [
    "prev",
    "next",
    "row_number",
    "row_cumsum",
    "row_window_session",
];

impl Binder<'_> {
    /// A call of one of [`WINDOWS`]: a slot that a step of its own fills.
    pub(super) fn window(
        &mut self,
        name: &Name,
        bound: Vec<Typed>,
        spans: &[&Span],
        scope: &Scope,
    ) -> Outcome<Typed> {
        if !scope.serialized {
            // Kusto docs: window-functions, "Window functions can only be used on serialized sets".
            let message = format!("`{}` needs rows in an order", name.text);
            let error = crate::QueryError::new(message, name.span.clone());
            return Err(self.error(error.hint("put `sort by` or `serialize` before it")));
        }
        let (window, kind) = match name.text.as_str() {
            "prev" => self.shift(name, bound, spans, 1)?,
            "next" => self.shift(name, bound, spans, -1)?,
            "row_number" => self.row_number(name, bound, spans)?,
            "row_cumsum" => self.row_sum(name, bound, spans)?,
            _ => self.session(name, bound, spans)?,
        };
        let slot = self.draft.cell(Cell::Given);
        self.draft.steps.push(Step::Window(slot, window));
        Ok(Typed {
            node: Node::Slot(slot),
            kind,
        })
    }

    fn shift(
        &mut self,
        name: &Name,
        bound: Vec<Typed>,
        spans: &[&Span],
        sign: i64,
    ) -> Outcome<(Window, Type)> {
        self.arity(name, bound.len(), 1, 3)?;
        let mut bound = bound.into_iter();
        let Some(value) = bound.next() else {
            return self.fail("a column is needed", &name.span);
        };
        let offset = match bound.next().map(|typed| typed.node) {
            None => 1,
            Some(Node::Const(Val::Long(offset))) if offset >= 0 => offset,
            Some(_) => {
                let span = spans.get(1).copied().unwrap_or(&name.span);
                return self.fail("the offset must be a constant integer", span);
            }
        };
        let default = match bound.next() {
            Some(typed) if typed.kind == value.kind => typed.node,
            Some(typed) => {
                let span = spans.get(2).copied().unwrap_or(&name.span);
                return Err(self.mismatch(&name.text, value.kind, typed.kind, span));
            }
            // Strings are never null.
            None if value.kind == Type::Text => Node::Const(Val::EMPTY),
            None => Node::Const(Val::Null),
        };
        let window = Window::Shift {
            value: value.node,
            offset: offset.saturating_mul(sign),
            default,
        };
        Ok((window, value.kind))
    }

    fn row_number(
        &mut self,
        name: &Name,
        bound: Vec<Typed>,
        spans: &[&Span],
    ) -> Outcome<(Window, Type)> {
        self.arity(name, bound.len(), 0, 2)?;
        let mut bound = bound.into_iter();
        let start = match bound.next().map(|typed| typed.node) {
            None => 1,
            Some(Node::Const(Val::Long(start))) => start,
            Some(_) => {
                return self.fail("the first number must be a constant integer", &name.span);
            }
        };
        let restart = self.restart(bound.next(), spans.get(1).copied(), name)?;
        Ok((Window::Number { start, restart }, Type::Long))
    }

    fn row_sum(
        &mut self,
        name: &Name,
        bound: Vec<Typed>,
        spans: &[&Span],
    ) -> Outcome<(Window, Type)> {
        self.arity(name, bound.len(), 1, 2)?;
        let mut bound = bound.into_iter();
        let Some(value) = bound.next() else {
            return self.fail("a value is needed", &name.span);
        };
        self.amount(&value, &name.text, &name.span)?;
        let restart = self.restart(bound.next(), spans.get(1).copied(), name)?;
        let window = Window::Sum {
            value: value.node,
            restart,
        };
        Ok((window, value.kind))
    }

    fn session(
        &mut self,
        name: &Name,
        bound: Vec<Typed>,
        spans: &[&Span],
    ) -> Outcome<(Window, Type)> {
        self.arity(name, bound.len(), 3, 4)?;
        let mut bound = bound.into_iter();
        let (Some(value), Some(first), Some(between)) = (bound.next(), bound.next(), bound.next())
        else {
            return self.fail("three arguments are needed", &name.span);
        };
        if value.kind != Type::DateTime {
            return self.fail("the first argument must be a datetime", &name.span);
        }
        let (Node::Const(Val::TimeSpan(from_first)), Node::Const(Val::TimeSpan(between))) =
            (first.node, between.node)
        else {
            return self.fail("the distances must be constant timespans", &name.span);
        };
        let restart = self.restart(bound.next(), spans.get(3).copied(), name)?;
        let window = Window::Session {
            value: value.node,
            from_first,
            between,
            restart,
        };
        Ok((window, Type::DateTime))
    }

    fn restart(
        &mut self,
        typed: Option<Typed>,
        span: Option<&Span>,
        name: &Name,
    ) -> Outcome<Option<Node>> {
        match typed {
            None => Ok(None),
            Some(typed) => {
                self.boolean(&typed, span.unwrap_or(&name.span))?;
                Ok(Some(typed.node))
            }
        }
    }
}
