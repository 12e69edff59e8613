//! Arithmetic.

use super::{Binder, Outcome, folded};
use crate::esql::ast::{Arithmetic, Span};
use crate::esql::node::{Node, Typed};
use crate::esql::value::{Type, Val};

impl Binder<'_> {
    /// Source: docs, arithmetic operators: the tables of types.
    pub(super) fn arithmetic(
        &mut self,
        operator: Arithmetic,
        left: Typed,
        right: Typed,
        span: &Span,
    ) -> Outcome<Typed> {
        // A constant string beside an amount of time is a date. Source: `supportsImplicitTemporalCasting`.
        let (left_amount, right_amount) = (left.kind.is_amount(), right.kind.is_amount());
        let beside = |amount: bool, kind: Type| if amount { Type::Date } else { kind };
        let (left_kind, right_kind) = (left.kind, right.kind);
        let left = self.implicit(left, beside(right_amount, right_kind), span)?;
        let right = self.implicit(right, beside(left_amount, left_kind), span)?;
        let Some(kind) = result(operator, left.kind, right.kind) else {
            let message = format!(
                "[{}] has arguments with incompatible types [{}] and [{}]",
                operator.text(),
                left.kind.name(),
                right.kind.name()
            );
            return self.fail(message, span);
        };
        if left.kind == Type::Null || right.kind == Type::Null {
            return Ok(Typed::new(Node::Const(Val::Null), kind));
        }
        let sides = Box::new([left.node, right.node]);
        let node = Node::Arithmetic {
            operator,
            kind,
            sides,
        };
        Ok(Typed::new(folded(node), kind))
    }

    /// Source: `Neg`: numbers and amounts of time.
    pub(super) fn negate(&mut self, value: Typed, span: &Span) -> Outcome<Typed> {
        let fits = (value.kind.is_number() && value.kind != Type::UnsignedLong)
            || value.kind.is_amount()
            || value.kind == Type::Null;
        if !fits {
            let message = format!(
                "negation unsupported for arguments of type [{}]",
                value.kind.name()
            );
            return self.fail(message, span);
        }
        let node = folded(Node::Negate(value.kind, Box::new(value.node)));
        Ok(Typed::new(node, value.kind))
    }
}

/// The type of a result. Source: `EsqlDataTypeConverter.commonType`, `DateTimeArithmeticOperation`.
fn result(operator: Arithmetic, left: Type, right: Type) -> Option<Type> {
    let shifts = matches!(operator, Arithmetic::Add | Arithmetic::Subtract);
    match (left, right) {
        (Type::Null, other) | (other, Type::Null) => (other.is_number()
            || other == Type::Null
            || (shifts && (other.is_amount() || other == Type::Date)))
            .then_some(other),
        (Type::Date, amount) if amount.is_amount() && shifts => Some(Type::Date),
        (amount, Type::Date) if amount.is_amount() && operator == Arithmetic::Add => {
            Some(Type::Date)
        }
        (Type::Period, Type::Period) if shifts => Some(Type::Period),
        (Type::Duration, Type::Duration) if shifts => Some(Type::Duration),
        // Unsigned longs are only read and compared here.
        (left, right)
            if left.is_number()
                && right.is_number()
                && left != Type::UnsignedLong
                && right != Type::UnsignedLong =>
        {
            Some(if left == Type::Double || right == Type::Double {
                Type::Double
            } else if left == Type::Long || right == Type::Long {
                Type::Long
            } else {
                Type::Integer
            })
        }
        _other => None,
    }
}
