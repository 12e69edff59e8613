//! The fields that a query names.

use super::ast::{Body, EventQuery, Expr, ExprKind, Joined, Statement, Term};
use std::collections::BTreeSet;

/// Every field of a query, join keys included.
pub(crate) fn of(statement: &Statement) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    match &statement.body {
        Body::Event(query) => of_query(query, &mut names),
        Body::Joined(joined, _) => of_joined(joined, &mut names),
    }
    names
}

fn of_joined(joined: &Joined, names: &mut BTreeSet<String>) {
    of_all(&joined.keys, names);
    for term in &joined.terms {
        of_term(term, names);
    }
    if let Some(until) = &joined.until {
        of_term(until, names);
    }
}

fn of_term(term: &Term, names: &mut BTreeSet<String>) {
    of_query(&term.query, names);
    of_all(&term.keys, names);
}

fn of_all(exprs: &[Expr], names: &mut BTreeSet<String>) {
    for expr in exprs {
        of_expr(expr, names);
    }
}

fn of_query(query: &EventQuery, names: &mut BTreeSet<String>) {
    of_expr(&query.condition, names);
}

fn of_expr(expr: &Expr, names: &mut BTreeSet<String>) {
    match &expr.kind {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Text(_) => {}
        ExprKind::Field(field) => {
            names.insert(field.name.clone());
        }
        ExprKind::Call(call) => of_all(&call.args, names),
        ExprKind::And(parts) | ExprKind::Or(parts) => {
            of_all(parts, names);
        }
        ExprKind::Not(inner) | ExprKind::Negate(inner) | ExprKind::Plus(inner) => {
            of_expr(inner, names);
        }
        ExprKind::Compare(left, _, right) | ExprKind::Arithmetic(left, _, right) => {
            of_expr(left, names);
            of_expr(right, names);
        }
        ExprKind::In { subject, items, .. } => {
            of_expr(subject, names);
            of_all(items, names);
        }
        ExprKind::Match { subject, .. } => of_expr(subject, names),
    }
}
