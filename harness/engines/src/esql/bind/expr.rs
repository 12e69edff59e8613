//! Expressions.

use super::scope::Scope;
use super::{Binder, Outcome, folded};
use crate::QueryError;
use crate::esql::ast::{Comparison, Expr, ExprKind, Literal, Name, Span};
use crate::esql::functions::Every;
use crate::esql::node::{Node, Typed};
use crate::esql::value::{Scalar, Type, Val};
use crate::esql::{convert, datetime};

impl Binder<'_> {
    /// An expression with its type.
    pub(super) fn expression(&mut self, expr: &Expr, scope: &Scope) -> Outcome<Typed> {
        let span = &expr.span;
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal, span),
            ExprKind::Column(name) => self.column(name, span, scope),
            ExprKind::Not(inner) => self.not(inner, scope),
            ExprKind::Chain(connective, terms) => {
                let bound: Vec<Outcome<Node>> =
                    terms.iter().map(|term| self.truth(term, scope)).collect();
                let bound = bound.into_iter().collect::<Outcome<_>>()?;
                Ok(Typed::boolean(Node::Chain(*connective, bound)))
            }
            ExprKind::Compare(comparison, left, right) => {
                let sides = (self.expression(left, scope), self.expression(right, scope));
                self.compare(*comparison, sides.0?, sides.1?, span)
            }
            ExprKind::Arithmetic(operator, left, right) => {
                let sides = (self.expression(left, scope), self.expression(right, scope));
                self.arithmetic(*operator, sides.0?, sides.1?, span)
            }
            ExprKind::Negate(inner) => {
                let bound = self.expression(inner, scope)?;
                self.negate(bound, span)
            }
            ExprKind::In {
                negated,
                value,
                items,
            } => self.membership(*negated, value, items, span, scope),
            ExprKind::Like {
                kind,
                negated,
                value,
                list,
                patterns,
            } => {
                let value = self.expression(value, scope)?;
                let node = self.like(*kind, value, *list, patterns, span)?;
                Ok(Typed::boolean(if *negated {
                    Node::Not(Box::new(node))
                } else {
                    node
                }))
            }
            ExprKind::IsNull { negated, value } => {
                let bound = self.expression(value, scope)?;
                Ok(Typed::boolean(Node::IsNull {
                    negated: *negated,
                    value: Box::new(bound.node),
                }))
            }
            ExprKind::Match(name) => {
                let error = QueryError::new(
                    format!(
                        "`{} :` is a full-text search, and this engine has no index",
                        name.text
                    ),
                    span.clone(),
                );
                Err(self.error(error))
            }
            ExprKind::Cast(inner, name) => {
                let to = self.type_named(name)?;
                let bound = self.expression(inner, scope)?;
                self.cast(bound, to, span)
            }
            ExprKind::Call(name, arguments) => self.call(name, arguments, span, scope),
        }
    }

    /// `NOT (x == y)` is `x != y` to the vendor, which matters beside `TO_LOWER`; see [`super::compare::equal_text`]. Two of them
    /// cancel out (assumed to be found before the other rule).
    fn not(&mut self, inner: &Expr, scope: &Scope) -> Outcome<Typed> {
        let (mut inner, mut negated) = (inner, true);
        while let ExprKind::Not(deeper) = &inner.kind {
            inner = deeper;
            negated = !negated;
        }
        if let (true, ExprKind::Compare(Comparison::Equal, left, right)) = (negated, &inner.kind) {
            let sides = (self.expression(left, scope), self.expression(right, scope));
            return self.compare(Comparison::NotEqual, sides.0?, sides.1?, &inner.span);
        }
        let node = self.truth(inner, scope)?;
        Ok(Typed::boolean(if negated {
            folded(Node::Not(Box::new(node)))
        } else {
            node
        }))
    }

    /// An operand of `AND`, `OR`, `NOT`. Source: `BinaryLogic`, `Not`: boolean or null.
    pub(super) fn truth(&mut self, expr: &Expr, scope: &Scope) -> Outcome<Node> {
        let bound = self.expression(expr, scope)?;
        if matches!(bound.kind, Type::Boolean | Type::Null) {
            return Ok(bound.node);
        }
        let message = format!(
            "an operand of a logical operator must be [boolean], found type [{}]",
            bound.kind.name()
        );
        self.fail(message, &expr.span)
    }

    fn literal(&mut self, literal: &Literal, span: &Span) -> Outcome<Typed> {
        let (value, kind) = match literal {
            Literal::Null => (Val::Null, Type::Null),
            Literal::List(items) => {
                let mut values = Vec::new();
                let mut kind = Type::Null;
                for item in items {
                    if let Some((value, of)) = scalar(item) {
                        values.push(value);
                        kind = of;
                    }
                }
                (Val::from_vec(values), kind)
            }
            other => match scalar(other) {
                Some((value, kind)) => (Val::One(value), kind),
                None => return self.fail("the number is out of range", span),
            },
        };
        Ok(Typed {
            literal: true,
            ..Typed::new(Node::Const(value), kind)
        })
    }

    /// Source: `DataType.fromNameOrAlias`, `EsqlDataTypeConverter.converterFunctionFactory`.
    fn type_named(&mut self, name: &Name) -> Outcome<Type> {
        Ok(match name.text.to_ascii_lowercase().as_str() {
            "boolean" | "bool" => Type::Boolean,
            "integer" | "int" => Type::Integer,
            "long" => Type::Long,
            "unsigned_long" => Type::UnsignedLong,
            "double" => Type::Double,
            "keyword" | "string" => Type::Keyword,
            "datetime" | "date" => Type::Date,
            "ip" => Type::Ip,
            "version" => Type::Version,
            other => {
                let message = format!("unsupported conversion to type [{other}]");
                return self.fail(message, &name.span);
            }
        })
    }

    /// `TO_LONG(x)` and `x::long` alike.
    pub(super) fn cast(&mut self, value: Typed, to: Type, span: &Span) -> Outcome<Typed> {
        if value.kind == Type::Null {
            return Ok(Typed::new(Node::Const(Val::Null), to));
        }
        if !castable(value.kind, to) {
            let message = format!("type [{}] cannot become [{}]", value.kind.name(), to.name());
            return self.fail(message, span);
        }
        if value.kind == to {
            return Ok(Typed {
                literal: false,
                ..value
            });
        }
        let node = folded(Node::Each(Every::Cast(to), Box::new(value.node)));
        Ok(Typed::new(node, to))
    }

    /// A constant string beside a date, an address, a version or a boolean is read as one.
    /// Source: `Analyzer.ImplicitCasting`: only a literal is, and one that cannot be read is an error.
    pub(super) fn implicit(&mut self, value: Typed, to: Type, span: &Span) -> Outcome<Typed> {
        if !value.literal || value.kind != Type::Keyword || !to.takes_text() {
            return Ok(value);
        }
        let Node::Const(constant) = &value.node else {
            return Ok(value);
        };
        let mut read = Vec::new();
        for item in constant.values() {
            let text = item.as_text().unwrap_or("");
            let strict = to != Type::Boolean
                || text.eq_ignore_ascii_case("true")
                || text.eq_ignore_ascii_case("false");
            let Some(value) = convert::from_text(text, to).filter(|_| strict) else {
                let message = format!("cannot convert string [{text}] to [{}]", to.name());
                return self.fail(message, span);
            };
            read.push(value);
        }
        Ok(Typed {
            literal: true,
            ..Typed::new(Node::Const(Val::from_vec(read)), to)
        })
    }
}

/// Which conversions exist. Source: docs, the tables of the `TO_*` functions.
fn castable(from: Type, to: Type) -> bool {
    let number = from.is_number() || from.is_string() || matches!(from, Type::Boolean | Type::Date);
    match to {
        Type::Keyword => !from.is_amount() && from != Type::Unsupported,
        Type::Boolean => from.is_number() || from.is_string() || from == Type::Boolean,
        Type::Integer | Type::Long | Type::UnsignedLong | Type::Double => number,
        Type::Date => from.is_number() || from.is_string() || from == Type::Date,
        Type::Ip | Type::Version => from.is_string() || from == to,
        Type::Null | Type::Text | Type::Period | Type::Duration | Type::Unsupported => false,
    }
}

fn scalar(literal: &Literal) -> Option<(Scalar<'static>, Type)> {
    Some(match literal {
        Literal::Bool(value) => (Scalar::Bool(*value), Type::Boolean),
        Literal::Integer(value) => (Scalar::Long(*value), Type::Integer),
        Literal::Long(value) => (Scalar::Long(*value), Type::Long),
        Literal::UnsignedLong(value) => (Scalar::UnsignedLong(*value), Type::UnsignedLong),
        Literal::Double(value) => (Scalar::Double(*value), Type::Double),
        Literal::Text(text) => (Scalar::text(text.as_str()), Type::Keyword),
        Literal::Amount(count, unit) => {
            let value = datetime::amount(*count, unit)?;
            let kind = match &value {
                Scalar::Duration(_) => Type::Duration,
                _period => Type::Period,
            };
            (value, kind)
        }
        Literal::Null | Literal::List(_) => return None,
    })
}
