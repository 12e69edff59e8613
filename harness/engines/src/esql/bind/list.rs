//! `IN`.

use super::compare::compatible;
use super::scope::Scope;
use super::{Binder, Outcome};
use crate::esql::ast::{Comparison, Expr, Span};
use crate::esql::node::{Node, Typed};
use crate::esql::value::{Scalar, Type, Val};

impl Binder<'_> {
    /// Source: `ExpressionBuilder.visitLogicalIn`: one item is an equality; `In`.
    pub(super) fn membership(
        &mut self,
        negated: bool,
        value: &Expr,
        items: &[Expr],
        span: &Span,
        scope: &Scope,
    ) -> Outcome<Typed> {
        let value = self.expression(value, scope);
        let bound: Vec<Outcome<Typed>> = items
            .iter()
            .map(|item| self.expression(item, scope))
            .collect();
        let (value, bound) = (value?, bound.into_iter().collect::<Outcome<Vec<Typed>>>()?);
        if let [only] = bound.as_slice() {
            let comparison = if negated {
                Comparison::NotEqual
            } else {
                Comparison::Equal
            };
            return self.compare(comparison, value, only.clone(), span);
        }
        let mut ready = Vec::new();
        let mut sound = true;
        for (item, expr) in bound.into_iter().zip(items) {
            match self.item(&value, item, &expr.span) {
                Ok(item) => ready.push(item),
                Err(_) => sound = false,
            }
        }
        if !sound {
            return Err(super::Failed);
        }
        let node = if value.kind == Type::Null || ready.iter().all(|item| item.kind == Type::Null) {
            Node::Const(Val::Null)
        } else {
            sets(value, ready)
        };
        Ok(Typed::boolean(if negated {
            Node::Not(Box::new(node))
        } else {
            node
        }))
    }

    fn item(&mut self, value: &Typed, item: Typed, span: &Span) -> Outcome<Typed> {
        let item = self.implicit(item, value.kind, span)?;
        if compatible(value.kind, item.kind) {
            return Ok(item);
        }
        let message = format!(
            "an item of [IN] must be [{}], found type [{}]",
            value.kind.name(),
            item.kind.name()
        );
        self.fail(message, span)
    }
}

/// A list of constants as a set. Constants with several values are passed over; see [`Node::In`].
fn sets(value: Typed, items: Vec<Typed>) -> Node {
    let constants: Option<Vec<&Val<'static>>> = items.iter().map(Typed::constant).collect();
    let single = constants.filter(|constants| {
        constants
            .iter()
            .all(|constant| !matches!(constant, Val::Many(_)))
    });
    if let Some(constants) = single {
        let has_null = constants.iter().any(|constant| constant.is_null());
        let mut values = constants.iter().filter_map(|constant| constant.single());
        if value.kind.is_string() {
            let texts = values.filter_map(|value| Some(value.as_text()?.into()));
            return Node::InTexts {
                set: texts.collect(),
                value: Box::new(value.node),
                has_null,
            };
        }
        if value.kind.is_integer()
            && items
                .iter()
                .all(|item| item.kind.is_integer() || item.kind == Type::Null)
        {
            return Node::InLongs {
                set: values.by_ref().filter_map(Scalar::as_long).collect(),
                value: Box::new(value.node),
                has_null,
            };
        }
    }
    let items = items.into_iter().map(|item| item.node).collect();
    Node::In(Box::new(value.node), items)
}
