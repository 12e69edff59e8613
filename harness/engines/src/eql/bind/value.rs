//! Expressions to nodes, with their types checked as Elasticsearch's verifier does.

use super::{Binder, Resolved, Type};
use crate::QueryError;
use crate::eql::ast::{ArithmeticOp, Expr, ExprKind, Field};
use crate::eql::eval::eval;
use crate::eql::plan::{Node, Read};
use crate::eql::value::{Number, Value};
use std::borrow::Cow;

/// An expression that is bound.
pub(super) struct BoundValue {
    pub(super) node: Node,
    pub(super) ty: Type,
}

impl BoundValue {
    pub(super) fn null() -> Self {
        Self::constant(Value::Null)
    }

    pub(super) fn constant(value: Value<'static>) -> Self {
        let ty = match &value {
            Value::Null => Type::Null,
            Value::Bool(_) => Type::Bool,
            Value::Number(_) => Type::Number,
            Value::Text(_) => Type::Text,
            Value::Ip(_) => Type::Ip,
            Value::Version(_) => Type::Version,
            Value::Date(_) => Type::Date,
        };
        Self {
            node: Node::Const(value),
            ty,
        }
    }

    /// The node, folded to a constant if it reads no field. A constant null has the type null.
    pub(super) fn folded(node: Node, ty: Type) -> Self {
        if !reads(&node) {
            return Self::constant(own(eval(&node, &[])));
        }
        Self { node, ty }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.node, Node::Const(Value::Null))
    }

    pub(super) fn as_constant(&self) -> Option<&Value<'static>> {
        match &self.node {
            Node::Const(constant) => Some(constant),
            Node::Field(..)
            | Node::Call(..)
            | Node::Arithmetic(..)
            | Node::Negate(_)
            | Node::Compare(..)
            | Node::Test(..)
            | Node::IsNull(_)
            | Node::Not(_)
            | Node::And(_)
            | Node::Or(_) => None,
        }
    }

    /// The node, where a field that no schema types is read in this way.
    pub(super) fn read_as(self, wanted: Read) -> Node {
        match self.node {
            Node::Field(occurrence, Read::AsIs) => Node::Field(occurrence, wanted),
            node => node,
        }
    }
}

/// Whether a node depends on the event.
fn reads(node: &Node) -> bool {
    match node {
        Node::Const(_) => false,
        Node::Field(..) => true,
        Node::Call(_, _, parts) | Node::And(parts) | Node::Or(parts) => parts.iter().any(reads),
        Node::Arithmetic(left, _, right) | Node::Compare(left, _, right) => {
            reads(left) || reads(right)
        }
        Node::Negate(inner) | Node::Test(inner, _) | Node::IsNull(inner) | Node::Not(inner) => {
            reads(inner)
        }
    }
}

fn own(value: Value<'_>) -> Value<'static> {
    match value {
        Value::Null => Value::Null,
        Value::Bool(value) => Value::Bool(value),
        Value::Number(number) => Value::Number(number.into_owned()),
        Value::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
        Value::Ip(address) => Value::Ip(address),
        Value::Version(text) => Value::Version(Cow::Owned(text.into_owned())),
        Value::Date(millis) => Value::Date(millis),
    }
}

impl Binder<'_> {
    /// Binds an expression. One that is refused has left its error and counts as null.
    pub(super) fn value(&mut self, expr: &Expr) -> BoundValue {
        match &expr.kind {
            ExprKind::Null => BoundValue::null(),
            ExprKind::Bool(value) => BoundValue::constant(Value::Bool(*value)),
            ExprKind::Text(text) => BoundValue::constant(Value::Text(Cow::Owned(text.clone()))),
            ExprKind::Number(text) => self.literal(expr, text),
            ExprKind::Field(field) => self.field(expr, field),
            ExprKind::Call(call) => self.call(expr, call),
            ExprKind::Negate(inner) => self.negate(expr, inner),
            ExprKind::Plus(inner) => {
                let inner_value = self.value(inner);
                self.number(inner_value, inner)
            }
            ExprKind::Arithmetic(left, op, right) => self.arithmetic(left, *op, right),
            ExprKind::Compare(left, op, right) => self.compare(&expr.span, left, *op, right),
            ExprKind::In {
                subject,
                ignore_case,
                items,
            } => self.within(subject, *ignore_case, items),
            ExprKind::Match {
                subject,
                op,
                patterns,
            } => self.matching(expr, subject, *op, patterns),
            ExprKind::Not(inner) => {
                let node = self.boolean(inner);
                BoundValue::folded(Node::Not(Box::new(node)), Type::Bool)
            }
            ExprKind::And(parts) => {
                let parts = parts.iter().map(|part| self.boolean(part)).collect();
                BoundValue::folded(Node::And(parts), Type::Bool)
            }
            ExprKind::Or(parts) => {
                let parts = parts.iter().map(|part| self.boolean(part)).collect();
                BoundValue::folded(Node::Or(parts), Type::Bool)
            }
        }
    }

    /// A whole number that does not fit is a double. Source: the expression builder's integer literals.
    fn literal(&mut self, expr: &Expr, text: &str) -> BoundValue {
        match Number::read(text) {
            // A literal with a fraction calculates as a double even when it is whole, as in `x / 2.0`.
            Some(_) if text.contains(['.', 'e', 'E']) => {
                BoundValue::constant(Value::Number(Number::Exact(Cow::Owned(text.to_owned()))))
            }
            Some(number) => BoundValue::constant(Value::Number(number.into_owned())),
            None => {
                self.fault(QueryError::new(
                    format!("`{text}` is no number"),
                    expr.span.clone(),
                ));
                BoundValue::null()
            }
        }
    }

    fn negate(&mut self, expr: &Expr, inner: &Expr) -> BoundValue {
        if let ExprKind::Number(text) = &inner.kind {
            return self.literal(expr, &format!("-{text}"));
        }
        let value = self.value(inner);
        let value = self.number(value, inner);
        if value.is_null() {
            return value;
        }
        BoundValue::folded(Node::Negate(Box::new(value.node)), Type::Number)
    }

    fn boolean(&mut self, expr: &Expr) -> Node {
        let value = self.value(expr);
        match value.ty {
            Type::Bool | Type::Null | Type::Unknown => value.read_as(Read::Bool),
            Type::Number | Type::Text | Type::Ip | Type::Version | Type::Date => {
                let found = value.ty.text();
                let message = format!("`and`, `or` and `not` take booleans, this is a {found}");
                self.fault(QueryError::new(message, expr.span.clone()));
                Node::Const(Value::Null)
            }
        }
    }

    fn field(&mut self, expr: &Expr, field: &Field) -> BoundValue {
        if field.indexed {
            // Source: the suite of queries that are not supported.
            self.fault(QueryError::new(
                "array indexes are not supported",
                expr.span.clone(),
            ));
            return BoundValue::null();
        }
        match self.resolve(expr, &field.name, field.optional) {
            None | Some(Resolved::Null) => BoundValue::null(),
            Some(Resolved::Slot(slot, ty, read)) => {
                self.occurrences.push(slot);
                BoundValue {
                    node: Node::Field(self.occurrences.len() - 1, read),
                    ty,
                }
            }
        }
    }

    fn number(&mut self, value: BoundValue, expr: &Expr) -> BoundValue {
        match value.ty {
            Type::Number | Type::Null => value,
            Type::Unknown => BoundValue {
                node: value.read_as(Read::Long),
                ty: Type::Number,
            },
            Type::Bool | Type::Text | Type::Ip | Type::Version | Type::Date => {
                let found = value.ty.text();
                self.fault(QueryError::new(
                    format!("a number is needed, this is a {found}"),
                    expr.span.clone(),
                ));
                BoundValue::null()
            }
        }
    }

    pub(super) fn arithmetic(&mut self, left: &Expr, op: ArithmeticOp, right: &Expr) -> BoundValue {
        let left_value = self.value(left);
        let left_value = self.number(left_value, left);
        let right_value = self.value(right);
        let right_value = self.number(right_value, right);
        if left_value.is_null() || right_value.is_null() {
            return BoundValue::null();
        }
        let node = Node::Arithmetic(Box::new(left_value.node), op, Box::new(right_value.node));
        BoundValue::folded(node, Type::Number)
    }
}
