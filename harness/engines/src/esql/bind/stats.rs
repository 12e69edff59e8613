//! `STATS`: names and types are checked, and the columns that come after it are known. Its rows are no events.

use super::Binder;
use super::scope::Scope;
use crate::esql::ast::{Arguments, Assignment, Expr, ExprKind};
use crate::esql::functions::aggregate;
use crate::esql::node::{Node, Typed};
use crate::esql::value::{Type, Val};
use std::collections::BTreeMap;

impl Binder<'_> {
    /// Source: docs, `STATS`.
    pub(super) fn stats(
        &mut self,
        aggregates: &[Assignment],
        groups: &[Assignment],
        scope: &Scope,
    ) -> Scope {
        let mut defined = BTreeMap::new();
        // Groups are columns for the aggregates, too.
        let mut seen = scope.clone();
        for group in groups {
            if let Ok(bound) = self.expression(&group.value, scope) {
                let slot = self.slot(bound);
                seen.define(&group.name.text, slot);
                defined.insert(group.name.text.clone(), slot);
            }
        }
        for aggregate in aggregates {
            if let Some(filter) = &aggregate.filter {
                let _ = self.condition(filter, &seen);
            }
            if let Some(kind) = self.aggregate(&aggregate.value, &seen) {
                let slot = self.slot(Typed::new(Node::Const(Val::Null), kind));
                defined.insert(aggregate.name.text.clone(), slot);
            }
        }
        Scope::closed(defined)
    }

    /// The type of an aggregate, or of an expression over aggregates and groups.
    fn aggregate(&mut self, value: &Expr, scope: &Scope) -> Option<Type> {
        let ExprKind::Call(name, arguments) = &value.kind else {
            return self.over_aggregates(value, scope);
        };
        let Some((_, takes, gives)) = aggregate::find(&name.text) else {
            return self.over_aggregates(value, scope);
        };
        let list = match arguments {
            Arguments::Star if name.text.eq_ignore_ascii_case("count") => return *gives,
            Arguments::Star => {
                let message = format!("[{}] takes no `*`", name.text);
                return self.fail::<Type>(message, &value.span).ok();
            }
            Arguments::List(list) => list,
        };
        if list.is_empty() && name.text.eq_ignore_ascii_case("count") {
            return *gives;
        }
        let mut first = None;
        for (at, argument) in list.iter().enumerate() {
            let bound = self.expression(argument, scope).ok()?;
            let fits = takes.get(at).is_some_and(|kind| kind.takes(bound.kind));
            if !fits {
                let message = format!(
                    "argument {} of [{}] has type [{}]",
                    at + 1,
                    name.text,
                    bound.kind.name()
                );
                return self.fail::<Type>(message, &argument.span).ok();
            }
            first.get_or_insert(bound.kind);
        }
        let Some(first) = first else {
            let message = format!("[{}] needs an argument", name.text);
            return self.fail::<Type>(message, &value.span).ok();
        };
        Some(gives.unwrap_or(first))
    }

    /// Arithmetic over aggregates: a number. Anything else must be an expression by itself.
    fn over_aggregates(&mut self, value: &Expr, scope: &Scope) -> Option<Type> {
        match &value.kind {
            ExprKind::Arithmetic(_, left, right) => {
                let left = self.aggregate(left, scope)?;
                let right = self.aggregate(right, scope)?;
                Some(if left == Type::Double || right == Type::Double {
                    Type::Double
                } else {
                    Type::Long
                })
            }
            _other => self.expression(value, scope).ok().map(|bound| bound.kind),
        }
    }
}
