//! Relations of two values.

use crate::native::amount;
use crate::native::check::{address, boolean, moment};
use crate::native::text::by_case;
use crate::native::view::{Kind, View};
use std::cmp::Ordering;
use verdict_compiler::ir::{Case, Relation, View as SeenAs, version};

/// Whether two values stand in a relation.
pub(super) fn related(relation: &Relation, a: &View<'_>, b: &View<'_>) -> bool {
    match relation {
        Relation::Compare(comparison, seen_as, case) => {
            order(*seen_as, *case, a, b).is_some_and(|order| comparison.accepts(order))
        }
        Relation::StartsWith(case) => by_case(*case, a).starts_with(by_case(*case, b)),
        Relation::EndsWith(case) => by_case(*case, a).ends_with(by_case(*case, b)),
        Relation::Contains { case, empty } => {
            (*empty || !b.text().is_empty()) && by_case(*case, a).contains(by_case(*case, b))
        }
    }
}

fn order(seen_as: SeenAs, case: Case, a: &View<'_>, b: &View<'_>) -> Option<Ordering> {
    match seen_as {
        SeenAs::Text => Some(by_case(case, a).cmp(by_case(case, b))),
        SeenAs::Number => {
            let numbers = a.kind() != Kind::Bool && b.kind() != Kind::Bool;
            numbers.then(|| amount::order(a.text(), b.text())).flatten()
        }
        SeenAs::Bool => Some(boolean(a)?.cmp(&boolean(b)?)),
        SeenAs::Address => Some(address(a)?.cmp(&address(b)?)),
        SeenAs::Version => Some(version::compare(a.text(), b.text())),
        SeenAs::Instant => Some(moment(a)?.cmp(&moment(b)?)),
    }
}
