//! Functions over rows in their order. Kusto docs: window-functions, and one page a function.

use crate::kql::eval::sum;
use crate::kql::node::Node;
use crate::kql::relation::Window;
use crate::kql::row::Row;
use crate::kql::value::Val;

/// The value of each row.
pub(super) fn values(window: &Window, rows: &[(usize, Row<'_>)]) -> Vec<Val<'static>> {
    match window {
        Window::Shift {
            value,
            offset,
            default,
        } => shift(value, *offset, default, rows),
        Window::Number { start, restart } => {
            let mut next = *start;
            rows.iter()
                .map(|(_, row)| {
                    if restarts(restart.as_ref(), row) {
                        next = *start;
                    }
                    let number = next;
                    next = next.saturating_add(1);
                    Val::Long(number)
                })
                .collect()
        }
        // Kusto docs: row-cumsum-function.
        Window::Sum { value, restart } => {
            let mut total = Val::Null;
            rows.iter()
                .map(|(_, row)| {
                    if restarts(restart.as_ref(), row) {
                        total = Val::Null;
                    }
                    let value = value.eval(row).into_owned();
                    if !value.is_null() {
                        total = sum(&total, &value);
                    }
                    total.clone()
                })
                .collect()
        }
        Window::Session {
            value,
            from_first,
            between,
            restart,
        } => sessions(value, [*from_first, *between], restart.as_ref(), rows),
    }
}

/// Kusto docs: row-number-function: the numbering restarts where the predicate is true.
fn restarts(restart: Option<&Node>, row: &Row<'_>) -> bool {
    restart.is_some_and(|node| node.truth(row) == Some(true))
}

/// Kusto docs: prev-function, next-function.
fn shift(
    value: &Node,
    offset: i64,
    default: &Node,
    rows: &[(usize, Row<'_>)],
) -> Vec<Val<'static>> {
    let other = |at: usize| {
        let at = i64::try_from(at).ok()?.checked_sub(offset)?;
        rows.get(usize::try_from(at).ok()?)
    };
    rows.iter()
        .enumerate()
        .map(|(at, (_, row))| match other(at) {
            Some((_, other)) => value.eval(other).into_owned(),
            None => default.eval(row).into_owned(),
        })
        .collect()
}

/// Kusto docs: row-window-session-function, "conceptual calculation model".
fn sessions(
    value: &Node,
    [from_first, between]: [i64; 2],
    restart: Option<&Node>,
    rows: &[(usize, Row<'_>)],
) -> Vec<Val<'static>> {
    let (mut session, mut before): (Option<i64>, Option<i64>) = (None, None);
    rows.iter()
        .map(|(_, row)| {
            let Val::DateTime(now) = value.eval(row) else {
                session = None;
                before = None;
                return Val::Null;
            };
            let begins = match (session, before) {
                (Some(first), Some(before)) => {
                    let late = i64::from(verdict_faults::at("kql/engine/session-holds-its-end"));
                    let now = now - late;
                    now >= first.saturating_add(from_first)
                        || now >= before.saturating_add(between)
                        || restarts(restart, row)
                }
                (None, _) | (_, None) => true,
            };
            let first = if begins { now } else { session.unwrap_or(now) };
            session = Some(first);
            before = Some(now);
            Val::DateTime(first)
        })
        .collect()
}
