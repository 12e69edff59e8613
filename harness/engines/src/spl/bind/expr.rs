//! Expressions of `eval` and `where`: which of them give a value and which a condition is settled here.

use super::super::ast::{Expr, ExprKind, Name};
use super::super::node::{Node, Test};
use super::super::value::Val;
use super::super::wildcard::Like;
use super::{Binder, Outcome};
use crate::QueryError;

impl Binder<'_> {
    /// An expression that gives a value.
    pub(super) fn value(&mut self, expr: &Expr) -> Outcome<Node> {
        Ok(match &expr.kind {
            ExprKind::Number(text) => match text.parse() {
                Ok(number) => Node::Literal(Val::Number(number)),
                Err(_) => return Err(QueryError::new("this is no number", expr.span.clone())),
            },
            ExprKind::Text(text) => Node::text(text),
            ExprKind::Field(name) => self.field_node(name, expr),
            ExprKind::Group(inner) => self.value(inner)?,
            ExprKind::Negate(inner) => Node::Negate(Box::new(self.value(inner)?)),
            ExprKind::Arithmetic(sign, left, right) => {
                Node::Arithmetic(*sign, Box::new((self.value(left)?, self.value(right)?)))
            }
            ExprKind::Concat(parts) => Node::Concat(self.values(parts)?),
            ExprKind::Call(name, arguments) => match self.call(name, arguments, expr)? {
                Called::Value(node) => node,
                Called::Condition(_) => return Err(no_value(expr)),
            },
            ExprKind::Compare(..)
            | ExprKind::Like(..)
            | ExprKind::In(..)
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Xor(_) => return Err(no_value(expr)),
        })
    }

    pub(super) fn values(&mut self, exprs: &[Expr]) -> Outcome<Vec<Node>> {
        exprs.iter().map(|expr| self.value(expr)).collect()
    }

    fn field_node(&mut self, name: &str, expr: &Expr) -> Node {
        let name = Name {
            text: name.to_owned(),
            span: expr.span.clone(),
        };
        let slot = self.scope.slot(&name);
        if self.current == Some(slot) {
            return Node::Current;
        }
        Node::Slot(slot)
    }

    /// An expression that is true or not. Source: Search Reference, where: the expression must be Boolean.
    pub(super) fn test(&mut self, expr: &Expr) -> Outcome<Test> {
        Ok(match &expr.kind {
            ExprKind::Group(inner) => self.test(inner)?,
            ExprKind::Compare(op, left, right) => {
                Test::Compare(*op, self.value(left)?, self.value(right)?)
            }
            ExprKind::Like(text, pattern) => self.like(text, pattern)?,
            ExprKind::In(value, list) => self.one_of(value, list, expr)?,
            ExprKind::Not(inner) => Test::Not(Box::new(self.test(inner)?)),
            ExprKind::And(terms) => Test::All(self.tests(terms)?),
            ExprKind::Or(terms) => Test::Any(self.tests(terms)?),
            ExprKind::Xor(terms) => Test::Odd(self.tests(terms)?),
            ExprKind::Call(name, arguments) => match self.call(name, arguments, expr)? {
                Called::Condition(test) => test,
                Called::Value(_) => return Err(no_condition(expr)),
            },
            ExprKind::Number(_)
            | ExprKind::Text(_)
            | ExprKind::Field(_)
            | ExprKind::Negate(_)
            | ExprKind::Arithmetic(..)
            | ExprKind::Concat(_) => return Err(no_condition(expr)),
        })
    }

    fn tests(&mut self, exprs: &[Expr]) -> Outcome<Vec<Test>> {
        exprs.iter().map(|expr| self.test(expr)).collect()
    }

    /// A condition where it is one, else a value.
    pub(super) fn either(&mut self, expr: &Expr) -> Outcome<Node> {
        if is_condition(expr) {
            return Ok(Node::Condition(Box::new(self.test(expr)?)));
        }
        self.value(expr)
    }

    /// Source: Comparison and Conditional functions, like: the pattern is a string in double quotes. How a backslash in it is read no page
    /// says.
    pub(super) fn like(&mut self, text: &Expr, pattern: &Expr) -> Outcome<Test> {
        let ExprKind::Text(found) = &pattern.kind else {
            return Err(QueryError::new(
                "the pattern of like must be a text in double quotes",
                pattern.span.clone(),
            ));
        };
        if found.contains('\\') {
            return Err(QueryError::new(
                "what a backslash means to like is not documented",
                pattern.span.clone(),
            )
            .hint("use match() with \\x5c"));
        }
        Ok(Test::Like(self.value(text)?, Like::new(found)))
    }

    pub(super) fn one_of(&mut self, value: &Expr, list: &[Expr], expr: &Expr) -> Outcome<Test> {
        if list.is_empty() {
            return Err(QueryError::new("in() needs a list", expr.span.clone()));
        }
        Ok(Test::OneOf(self.value(value)?, self.values(list)?))
    }
}

/// What a call gives.
pub(super) enum Called {
    Value(Node),
    Condition(Test),
}

/// Whether an expression is a condition by its form.
fn is_condition(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Group(inner) => is_condition(inner),
        ExprKind::Compare(..)
        | ExprKind::Like(..)
        | ExprKind::In(..)
        | ExprKind::Not(_)
        | ExprKind::And(_)
        | ExprKind::Or(_)
        | ExprKind::Xor(_) => true,
        ExprKind::Call(name, _) => super::call::is_predicate(name),
        ExprKind::Number(_)
        | ExprKind::Text(_)
        | ExprKind::Field(_)
        | ExprKind::Negate(_)
        | ExprKind::Arithmetic(..)
        | ExprKind::Concat(_) => false,
    }
}

fn no_value(expr: &Expr) -> QueryError {
    QueryError::new(
        "a condition where a value is wanted: no field holds a truth value",
        expr.span.clone(),
    )
    .hint("wrap it: if(condition, 1, 0)")
}

fn no_condition(expr: &Expr) -> QueryError {
    QueryError::new("a value where a condition is wanted", expr.span.clone())
        .hint("compare it with something")
}
