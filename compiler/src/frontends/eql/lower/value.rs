//! Values with their types.

use super::Lowering;
use super::cond::Cond;
use crate::frontends::eql::ast::{Expr, ExprKind, Operator};
use crate::frontends::eql::types::Resolved;
use crate::ir::{self, Function, Scalar, Term};
use crate::span::Span;
use verdict_event::{FieldType, Path};

/// A lowered value.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) value: Value,
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// What a value is made of.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// Null for every event.
    Null,
    Const(Scalar),
    Term(Term),
    Cond(Cond),
    /// Reported.
    Invalid,
}

/// What type a value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Bool,
    Long,
    Double,
    Text,
    Date,
    Ip,
    Version,
}

impl Kind {
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Long | Self::Double => "a number",
            Self::Text => "text",
            Self::Date => "a date",
            Self::Ip => "an address",
            Self::Version => "a version",
        }
    }

    pub(super) fn is_number(self) -> bool {
        matches!(self, Self::Long | Self::Double)
    }
}

impl From<FieldType> for Kind {
    fn from(field: FieldType) -> Self {
        match field {
            // Text and objects are refused before.
            FieldType::Keyword | FieldType::Text | FieldType::Object => Self::Text,
            FieldType::Long => Self::Long,
            FieldType::Double => Self::Double,
            FieldType::Boolean => Self::Bool,
            FieldType::Date => Self::Date,
            FieldType::Ip => Self::Ip,
            FieldType::Version => Self::Version,
        }
    }
}

impl Typed {
    pub(super) fn null(span: Span) -> Self {
        Self {
            value: Value::Null,
            kind: Kind::Null,
            span,
        }
    }

    pub(super) fn invalid(span: Span) -> Self {
        Self {
            value: Value::Invalid,
            kind: Kind::Null,
            span,
        }
    }

    pub(super) fn term(term: Term, kind: Kind, span: Span) -> Self {
        Self {
            value: Value::Term(term),
            kind,
            span,
        }
    }

    pub(super) fn condition(cond: Cond, span: Span) -> Self {
        let value = match cond {
            Cond::Known(ir::Expr::Const(truth)) => Value::Const(Scalar::Bool(truth)),
            cond if cond.is_null() => return Self::null(span),
            cond @ (Cond::Known(_) | Cond::Partly(_)) => Value::Cond(cond),
        };
        Self {
            value,
            kind: Kind::Bool,
            span,
        }
    }

    pub(super) fn constant(scalar: Scalar, span: Span) -> Self {
        let kind = match &scalar {
            Scalar::Text(_) => Kind::Text,
            Scalar::Number(number) if number.as_i64().is_some() && is_whole(number.text()) => {
                Kind::Long
            }
            Scalar::Number(_) => Kind::Double,
            Scalar::Bool(_) => Kind::Bool,
        };
        Self {
            value: Value::Const(scalar),
            kind,
            span,
        }
    }

    pub(super) fn is_invalid(&self) -> bool {
        matches!(self.value, Value::Invalid)
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Whether it has no value.
    pub(super) fn missing(self) -> Cond {
        match self.value {
            Value::Null => Cond::Known(ir::Expr::Const(true)),
            Value::Const(_) | Value::Invalid => Cond::never(),
            Value::Term(term) => Cond::absence(&term, self.span),
            Value::Cond(cond) => cond.unknown(),
        }
    }

    /// The value as a term; None for null and what was reported.
    pub(super) fn into_term(self) -> Option<Term> {
        match self.value {
            Value::Null | Value::Invalid => None,
            Value::Const(scalar) => Some(Term::Const(scalar)),
            Value::Term(term) => Some(term),
            Value::Cond(cond) => Some(cond.into_term()),
        }
    }
}

/// Whether a number's text has neither point nor exponent.
fn is_whole(text: &str) -> bool {
    !text.contains(['.', 'e', 'E'])
}

impl Lowering<'_, '_> {
    pub(super) fn value(&mut self, expr: &Expr) -> Typed {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Null => Typed::null(span),
            ExprKind::Bool(truth) => Typed::constant(Scalar::Bool(*truth), span),
            ExprKind::Number(number) => Typed::constant(Scalar::Number(number.clone()), span),
            ExprKind::Text(text) => Typed::constant(Scalar::Text(text.text.clone()), span),
            ExprKind::Invalid => Typed::invalid(span),
            ExprKind::Field(field) => match self.fields.resolve(field, self.findings) {
                Resolved::Known(schema) => {
                    let path = Path::new(field.name.as_str());
                    let kind = Kind::from(schema.kind);
                    self.reads.insert(path.clone(), schema);
                    Typed::term(Term::Field(path), kind, span)
                }
                Resolved::Unmapped => Typed::null(span),
                Resolved::Invalid => Typed::invalid(span),
            },
            ExprKind::Call(call) => self.call(call, span),
            ExprKind::Arithmetic(operator, left, right) => {
                let operands = vec![self.value(left), self.value(right)];
                self.arithmetic(*operator, operands, span)
            }
            ExprKind::Negate(inner) => {
                let operand = self.value(inner);
                self.numeric(Function::Negate, vec![operand], span)
            }
            ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_)
            | ExprKind::Compare(..)
            | ExprKind::In(_)
            | ExprKind::Match(_) => self.nested_truth(expr),
        }
    }

    pub(super) fn arithmetic(
        &mut self,
        operator: Operator,
        operands: Vec<Typed>,
        span: Span,
    ) -> Typed {
        let integral = operands.iter().all(|operand| operand.kind == Kind::Long);
        let function = match operator {
            Operator::Add => Function::Add,
            Operator::Subtract => Function::Subtract,
            Operator::Multiply => Function::Multiply,
            Operator::Divide => Function::Divide { integral },
            Operator::Modulo => Function::Modulo,
        };
        self.numeric(function, operands, span)
    }

    fn numeric(&mut self, function: Function, operands: Vec<Typed>, span: Span) -> Typed {
        let mut valid = true;
        for operand in &operands {
            let fits = operand.kind.is_number() || operand.is_null();
            if !fits && !operand.is_invalid() {
                self.error(
                    crate::codes::eql::NOT_NUMBER,
                    operand.span,
                    format!("arithmetic on {}", operand.kind.describe()),
                    "not a number",
                    "`number(...)` makes a number of text",
                );
            }
            valid &= fits;
        }
        if !valid {
            return Typed::invalid(span);
        }
        let integral = operands.iter().all(|operand| operand.kind == Kind::Long);
        let kind = if integral { Kind::Long } else { Kind::Double };
        let required = operands.len();
        Self::applied(function, operands, required, kind, span)
    }
}
