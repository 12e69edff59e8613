//! Expressions: operators and paths.

use super::{Binder, Outcome, Scope, Typed, cast_hint};
use crate::QueryError;
use crate::kql::ast::{Arithmetic, Comparison, Expr, ExprKind, Span, TextOperator};
use crate::kql::convert::to_text;
use crate::kql::node::Node;
use crate::kql::pattern;
use crate::kql::text::Find;
use crate::kql::value::{Type, Val};

impl Binder<'_> {
    /// Binds an expression; what reads no column becomes its value.
    pub(super) fn expression(&mut self, expr: &Expr, scope: &Scope) -> Outcome<Typed> {
        let typed = self.unfolded(expr, scope)?;
        Ok(Typed {
            node: typed.node.folded(),
            kind: typed.kind,
        })
    }

    fn unfolded(&mut self, expr: &Expr, scope: &Scope) -> Outcome<Typed> {
        let bool = |node| {
            Ok(Typed {
                node,
                kind: Type::Bool,
            })
        };
        match &expr.kind {
            ExprKind::Literal(literal) => Ok(Typed {
                node: Node::Const(literal.value.clone()),
                kind: literal.kind,
            }),
            ExprKind::Name(name) => self.column(name, &expr.span, scope),
            ExprKind::Negate(inner) => self.negate(inner, scope),
            ExprKind::Plus(inner) => {
                let typed = self.expression(inner, scope)?;
                self.amount(&typed, "+", &inner.span)?;
                Ok(typed)
            }
            ExprKind::Chain(connective, terms) => {
                let bound: Vec<Outcome<Typed>> = terms
                    .iter()
                    .map(|term| self.condition(term, scope))
                    .collect();
                let nodes: Outcome<Vec<Node>> = bound
                    .into_iter()
                    .map(|term| term.map(|term| term.node))
                    .collect();
                bool(Node::Chain(*connective, nodes?))
            }
            ExprKind::Compare(comparison, left, right) => {
                let sides = self.both(left, right, scope)?;
                bool(self.compare(*comparison, sides, &expr.span)?)
            }
            ExprKind::Arithmetic(operator, left, right) => {
                let sides = self.both(left, right, scope)?;
                self.arithmetic(*operator, sides, &expr.span)
            }
            ExprKind::Text(operator, left, right) => {
                let sides = self.both(left, right, scope)?;
                bool(self.text(*operator, sides, &expr.span)?)
            }
            ExprKind::Regex(left, right) => {
                let sides = self.both(left, right, scope);
                bool(self.regex(sides?, &expr.span, &right.span)?)
            }
            ExprKind::All => self.fail("`*` cannot stand here", &expr.span),
            ExprKind::Star(operator, right) => bool(self.star(*operator, right, scope)?),
            ExprKind::In(membership, value, items) => {
                bool(self.membership(*membership, value, items, scope)?)
            }
            ExprKind::Between {
                negated,
                value,
                low,
                high,
            } => bool(self.between(*negated, [value, low, high], scope, &expr.span)?),
            ExprKind::Call(name, arguments) => self.call(name, arguments, &expr.span, scope),
            ExprKind::Member(inner, name) => {
                if let ExprKind::Name(step) = &inner.kind
                    && let Some(found) = self.state(step, name, scope)
                {
                    return found;
                }
                let typed = self.path(inner, &name.text, scope)?;
                Ok(Typed {
                    node: Node::Member(Box::new(typed.node), name.text.as_str().into()),
                    kind: Type::Dynamic,
                })
            }
            ExprKind::Index(inner, index) => self.index(inner, index, scope),
        }
    }

    /// Both sides are bound even if one is at fault, so that all faults are told.
    fn both(&mut self, left: &Expr, right: &Expr, scope: &Scope) -> Outcome<[Typed; 2]> {
        let (left, right) = (self.expression(left, scope), self.expression(right, scope));
        Ok([left?, right?])
    }

    /// A term of `and` or `or`.
    fn condition(&mut self, term: &Expr, scope: &Scope) -> Outcome<Typed> {
        let typed = self.expression(term, scope)?;
        if typed.kind == Type::Bool {
            return Ok(typed);
        }
        let message = format!("a condition must be bool, not {}", typed.kind.name());
        Err(self.error(cast_hint(
            QueryError::new(message, term.span.clone()),
            typed.kind,
        )))
    }

    pub(super) fn amount(&mut self, typed: &Typed, operator: &str, span: &Span) -> Outcome<()> {
        if typed.kind.is_number() && typed.kind != Type::Decimal || typed.kind == Type::TimeSpan {
            return Ok(());
        }
        let message = format!(
            "the operator `{operator}` is not defined for {}",
            typed.kind.name()
        );
        Err(self.error(cast_hint(
            QueryError::new(message, span.clone()),
            typed.kind,
        )))
    }

    fn negate(&mut self, inner: &Expr, scope: &Scope) -> Outcome<Typed> {
        let typed = self.expression(inner, scope)?;
        self.amount(&typed, "-", &inner.span)?;
        Ok(Typed {
            node: Node::Negate(Box::new(typed.node)),
            kind: typed.kind,
        })
    }

    fn compare(&mut self, comparison: Comparison, sides: [Typed; 2], span: &Span) -> Outcome<Node> {
        let [left, right] = sides;
        let fits = match comparison {
            Comparison::Equal | Comparison::NotEqual => equatable(left.kind, right.kind),
            Comparison::Less
            | Comparison::LessOrEqual
            | Comparison::Greater
            | Comparison::GreaterOrEqual => orderable(left.kind, right.kind),
        };
        if !fits {
            return Err(self.mismatch(comparison.text(), left.kind, right.kind, span));
        }
        let sides = Box::new([left.node, right.node]);
        Ok(match comparison {
            Comparison::Equal => Node::Equal {
                negated: false,
                sides,
            },
            Comparison::NotEqual => Node::Equal {
                negated: true,
                sides,
            },
            Comparison::Less
            | Comparison::LessOrEqual
            | Comparison::Greater
            | Comparison::GreaterOrEqual => Node::Order(comparison, sides),
        })
    }

    pub(super) fn mismatch(
        &mut self,
        operator: &str,
        left: Type,
        right: Type,
        span: &Span,
    ) -> super::Failed {
        let (left, right) = (left.name(), right.name());
        let message = if matches!(operator, "==" | "!=" | "in" | "!in") {
            format!("cannot compare values of types {left} and {right}")
        } else {
            format!("the operator `{operator}` is not defined for {left} and {right}")
        };
        self.error(
            QueryError::new(message, span.clone())
                .hint("cast one side: tostring(), tolong(), todatetime() ..."),
        )
    }

    fn text(&mut self, operator: TextOperator, sides: [Typed; 2], span: &Span) -> Outcome<Node> {
        let [left, right] = sides;
        // Kusto's binder: KS106.
        if !left.kind.is_textual() || !right.kind.is_textual() {
            return Err(self.mismatch(operator.text, left.kind, right.kind, span));
        }
        Ok(match right.node {
            Node::Const(needle) => {
                Node::Find(Find::new(operator, &to_text(&needle)), Box::new(left.node))
            }
            node => Node::FindIn(operator, Box::new([left.node, node])),
        })
    }

    fn regex(&mut self, sides: [Typed; 2], span: &Span, at: &Span) -> Outcome<Node> {
        let [left, right] = sides;
        if !left.kind.is_textual() || right.kind != Type::Text {
            return Err(self.mismatch("matches regex", left.kind, right.kind, span));
        }
        let regex = self.pattern(&right.node, at)?;
        Ok(Node::Regex(regex, Box::new(left.node)))
    }

    /// The compiled pattern. The vendor takes a pattern from a column too; nothing needs it here.
    pub(super) fn pattern(&mut self, node: &Node, span: &Span) -> Outcome<regex::Regex> {
        let Some(Val::Text(text)) = node.constant() else {
            return self.fail("a regular expression must be a constant string", span);
        };
        match pattern::compile(text) {
            Ok(regex) => Ok(regex),
            Err(message) => self.fail(message, span),
        }
    }

    /// Kusto docs: between-operator: numbers, datetimes or timespans; a timespan may end a range of datetimes.
    fn between(
        &mut self,
        negated: bool,
        parts: [&Expr; 3],
        scope: &Scope,
        span: &Span,
    ) -> Outcome<Node> {
        let [value, low, high] = parts.map(|part| self.expression(part, scope));
        let (value, low, high) = (value?, low?, high?);
        let spanned = value.kind == Type::DateTime
            && low.kind == Type::DateTime
            && high.kind == Type::TimeSpan;
        if !orderable(value.kind, low.kind) {
            return Err(self.mismatch("between", value.kind, low.kind, span));
        }
        if !spanned && !orderable(value.kind, high.kind) {
            return Err(self.mismatch("between", value.kind, high.kind, span));
        }
        Ok(Node::Between {
            negated,
            parts: Box::new([value.node, low.node, high.node]),
        })
    }

    fn path(&mut self, inner: &Expr, name: &str, scope: &Scope) -> Outcome<Typed> {
        // `process.name` reads a property of the column `process`: say so where the schema has a column of the dotted name.
        if let ExprKind::Name(column) = &inner.kind {
            let dotted = format!("{column}.{name}");
            if self.schema.field(&dotted).is_some() && self.schema.field(column).is_none() {
                let error =
                    QueryError::new(format!("unknown column `{column}`"), inner.span.clone());
                return Err(
                    self.error(error.hint(format!("write ['{dotted}'] for a column of that name")))
                );
            }
        }
        let typed = self.expression(inner, scope)?;
        if typed.kind == Type::Dynamic {
            return Ok(typed);
        }
        let error = QueryError::new(
            format!("a value of type {} has no properties", typed.kind.name()),
            inner.span.clone(),
        );
        Err(self.error(error.hint("a column whose name holds a dot is written ['a.b']")))
    }

    fn index(&mut self, inner: &Expr, index: &Expr, scope: &Scope) -> Outcome<Typed> {
        let typed = self.path(inner, "", scope)?;
        let index = {
            let bound = self.expression(index, scope)?;
            if !bound.kind.is_integer() && bound.kind != Type::Text {
                let message = format!(
                    "an index must be an integer or a string, not {}",
                    bound.kind.name()
                );
                return self.fail(message, &index.span);
            }
            bound.node
        };
        Ok(Typed {
            node: Node::Index(Box::new([typed.node, index])),
            kind: Type::Dynamic,
        })
    }

    /// Kusto docs: numerical-operators, datetime-timespan-arithmetic.
    fn arithmetic(
        &mut self,
        operator: Arithmetic,
        sides: [Typed; 2],
        span: &Span,
    ) -> Outcome<Typed> {
        let [left, right] = sides;
        let Some(kind) = arithmetic_type(operator, left.kind, right.kind) else {
            return Err(self.mismatch(operator.text(), left.kind, right.kind, span));
        };
        Ok(Typed {
            node: Node::Arithmetic(operator, Box::new([left.node, right.node])),
            kind,
        })
    }
}

/// Whether `==` is defined: the same type, two numbers, or a dynamic value on either side.
pub(super) fn equatable(left: Type, right: Type) -> bool {
    left == right
        || left.is_number() && right.is_number()
        || left == Type::Dynamic
        || right == Type::Dynamic
}

/// Whether `<` is defined. Kusto's binder refuses it for strings, and for a dynamic value beside anything but a number.
fn orderable(left: Type, right: Type) -> bool {
    let dynamic = |one: Type, other: Type| one == Type::Dynamic && other.is_number();
    left.is_number() && right.is_number()
        || left == right && matches!(left, Type::DateTime | Type::TimeSpan)
        || dynamic(left, right)
        || dynamic(right, left)
}

fn arithmetic_type(operator: Arithmetic, left: Type, right: Type) -> Option<Type> {
    let number = |kind: Type| kind.is_integer() || kind == Type::Real;
    if number(left) && number(right) {
        let integer = left.is_integer() && right.is_integer();
        return Some(if integer { Type::Long } else { Type::Real });
    }
    match (operator, left, right) {
        (Arithmetic::Add | Arithmetic::Subtract, Type::DateTime, Type::TimeSpan)
        | (Arithmetic::Add, Type::TimeSpan, Type::DateTime) => Some(Type::DateTime),
        (Arithmetic::Subtract, Type::DateTime, Type::DateTime)
        | (
            Arithmetic::Add | Arithmetic::Subtract | Arithmetic::Modulo,
            Type::TimeSpan,
            Type::TimeSpan,
        ) => Some(Type::TimeSpan),
        (Arithmetic::Divide, Type::TimeSpan, Type::TimeSpan) => Some(Type::Real),
        (Arithmetic::Multiply | Arithmetic::Divide, Type::TimeSpan, other) if number(other) => {
            Some(Type::TimeSpan)
        }
        (Arithmetic::Multiply, other, Type::TimeSpan) if number(other) => Some(Type::TimeSpan),
        _ => None,
    }
}
