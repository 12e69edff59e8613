//! `*` before an operator. What it ranges over: [`crate::kql::star`].

use super::{Binder, Outcome, Scope};
use crate::QueryError;
use crate::kql::ast::{Expr, StarOperator, TextOperator};
use crate::kql::convert::to_text;
use crate::kql::node::Node;
use crate::kql::star::{Rest, Star, StarColumns, StarTest};
use crate::kql::text::Find;
use crate::kql::value::Type;
use std::collections::BTreeSet;
use std::sync::Arc;
use verdict_event::FieldType;

impl Binder<'_> {
    pub(super) fn star(
        &mut self,
        operator: StarOperator,
        right: &Expr,
        scope: &Scope,
    ) -> Outcome<Node> {
        let bound = self.expression(right, scope)?;
        // Kusto's binder refuses most other types (KS106). It takes any after `==`; which columns such a test would
        // reach is not documented.
        if bound.kind != Type::Text {
            let kind = bound.kind.name();
            let error = QueryError::new(
                format!("`*` is compared with a string, not {kind}"),
                right.span.clone(),
            );
            return Err(self.error(error.hint("name the columns that hold such values")));
        }
        if scope.named.is_empty() && !scope.source.open() {
            return self.fail(
                "there are no columns here for `*` to stand for",
                &right.span,
            );
        }
        let test = match operator {
            StarOperator::Regex => StarTest::Regex(self.pattern(&bound.node, &right.span)?),
            // That no column has it, or that some column has it not: no page says which.
            StarOperator::Text(TextOperator { negated: true, .. }) => {
                let message = "what a negated operator asks of every column is not documented";
                let error = QueryError::new(message, right.span.clone());
                return Err(self.error(
                    error.hint("write not(* ...) around the operator that is not negated"),
                ));
            }
            StarOperator::Text(operator) => match bound.node {
                Node::Const(needle) => StarTest::Find(Find::new(operator, &to_text(&needle))),
                node => StarTest::FindIn(operator, node),
            },
        };
        Ok(Node::Star(Box::new(Star {
            columns: self.star_columns(scope),
            test,
        })))
    }

    fn star_columns(&mut self, scope: &Scope) -> Arc<StarColumns> {
        if let Some(known) = scope.star.get() {
            return Arc::clone(known);
        }
        let made = scope.named.values();
        let mut slots: BTreeSet<usize> = made
            .filter(|(_, kind)| *kind == Type::Text)
            .map(|(slot, _)| *slot)
            .collect();
        let schema = self.schema;
        for name in schema.fields.keys() {
            let seen = scope.source.shows(name) && !scope.named.contains_key(name);
            if seen && self.typed(name).1 == Type::Text {
                slots.insert(self.source(name).0);
            }
        }
        let names = scope.named.keys().chain(schema.fields.keys());
        let bags = schema.fields.iter();
        let bags = bags.filter(|(_, field)| field.kind == FieldType::Object);
        let columns = Arc::new(StarColumns {
            slots: slots.into_iter().collect(),
            rest: Rest {
                shown: scope.source.clone(),
                known: names.map(|name| name.as_str().into()).collect(),
                bags: bags.map(|(name, _)| format!("{name}.").into()).collect(),
            },
        });
        Arc::clone(scope.star.get_or_init(|| columns))
    }
}
