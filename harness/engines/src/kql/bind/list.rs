//! `in`, `has_any` and `has_all`: constant lists become sets. Kusto docs: in-operator, has-any-operator, has-all-operator.

use super::expr::equatable;
use super::{Binder, Outcome, Scope, Typed};
use crate::kql::ast::{Expr, Membership, MembershipKind, TextKind};
use crate::kql::convert::to_text;
use crate::kql::eval::TERM;
use crate::kql::node::Node;
use crate::kql::text::{Find, TextSet};
use crate::kql::value::{Json, Type, Val};

impl Binder<'_> {
    pub(super) fn membership(
        &mut self,
        membership: Membership,
        value: &Expr,
        items: &[Expr],
        scope: &Scope,
    ) -> Outcome<Node> {
        let typed = self.expression(value, scope);
        let bound: Vec<Outcome<Typed>> = items
            .iter()
            .map(|item| self.expression(item, scope))
            .collect();
        let typed = typed?;
        let exact = membership.kind == MembershipKind::Exact;
        let mut list = Vec::new();
        let mut sound = true;
        for (item, at) in bound.into_iter().zip(items) {
            let Ok(item) = item else {
                sound = false;
                continue;
            };
            let fits = if exact {
                equatable(typed.kind, item.kind)
            } else {
                typed.kind.is_textual() && item.kind.is_textual()
            };
            if !fits {
                self.mismatch(membership.text, typed.kind, item.kind, &at.span);
                sound = false;
            }
            list.push(item.node);
        }
        if !sound {
            return Err(super::Failed);
        }
        Ok(match membership.kind {
            MembershipKind::Exact => exact_list(typed, list, membership.negated),
            MembershipKind::IgnoreCase => folded_list(typed, list, membership.negated),
            MembershipKind::HasAny => terms(typed, list, false),
            MembershipKind::HasAll => terms(typed, list, true),
        })
    }
}

/// The constants of a list, lists inside it opened; None if some item is no constant.
fn constants(list: &[Node]) -> Option<Vec<Val<'_>>> {
    let mut found = Vec::new();
    for item in list {
        let value = item.constant()?;
        match value.flattened() {
            Some(elements) => found.extend(elements.into_iter().map(Val::json_ref)),
            None => found.push(value.borrow()),
        }
    }
    Some(found)
}

fn exact_list(value: Typed, list: Vec<Node>, negated: bool) -> Node {
    let fixed = constants(&list);
    let has_null = fixed
        .as_ref()
        .is_some_and(|fixed| fixed.iter().any(Val::is_null));
    let fixed = fixed.filter(|_| !has_null);
    if value.kind == Type::Text
        && let Some(fixed) = &fixed
    {
        // An element that is no string equals no string.
        let texts = fixed.iter().filter_map(string).collect();
        return Node::Texts {
            set: TextSet::new(texts, verdict_faults::at("kql/engine/in-ignores-case")),
            negated,
            value: Box::new(value.node),
        };
    }
    if value.kind.is_integer()
        && let Some(fixed) = &fixed
    {
        let longs: Option<Vec<i64>> = fixed.iter().map(long).collect();
        if let Some(mut longs) = longs {
            longs.sort_unstable();
            return Node::Longs {
                set: longs.into(),
                negated,
                value: Box::new(value.node),
            };
        }
    }
    Node::Values {
        fold: false,
        negated,
        value: Box::new(value.node),
        items: list,
    }
}

fn folded_list(value: Typed, list: Vec<Node>, negated: bool) -> Node {
    let texts =
        constants(&list).map(|fixed| fixed.iter().map(|item| to_text(item).into()).collect());
    match (value.kind, texts) {
        (Type::Text, Some(texts)) => Node::Texts {
            set: TextSet::new(texts, !verdict_faults::at("kql/engine/in-tilde-keeps-case")),
            negated,
            value: Box::new(value.node),
        },
        _ => Node::Values {
            fold: true,
            negated,
            value: Box::new(value.node),
            items: list,
        },
    }
}

fn terms(value: Typed, list: Vec<Node>, all: bool) -> Node {
    let value_node = Box::new(value.node);
    if let Some(fixed) = constants(&list) {
        let mut operator = TERM;
        if verdict_faults::at("kql/engine/has-any-substring") {
            operator.kind = TextKind::Contains;
        }
        let terms = fixed
            .iter()
            .map(|term| Find::new(operator, &to_text(term)))
            .collect();
        return Node::Terms {
            all,
            value: value_node,
            terms,
        };
    }
    Node::TermsIn {
        all,
        value: value_node,
        items: list,
    }
}

fn string(value: &Val<'_>) -> Option<Box<str>> {
    match value {
        Val::Text(text) => Some(text.as_ref().into()),
        Val::Dynamic(json) => match json.as_ref() {
            Json::Text(text) => Some(text.as_str().into()),
            _ => None,
        },
        _ => None,
    }
}

fn long(value: &Val<'_>) -> Option<i64> {
    match value.scalar() {
        Val::Long(value) => Some(value),
        _ => None,
    }
}
