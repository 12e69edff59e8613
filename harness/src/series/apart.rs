//! Events that satisfy one predicate of a series and no other: where an event does for two stages, neither alone decides anything.

use crate::generate::{Amount, generate};
use crate::oracle::Oracle;
use verdict_compiler::Ir;
use verdict_compiler::ir::Expr;
use verdict_event::Event;

/// Puts those events of a predicate first that satisfy the fewest others. Where each satisfies another one, the solver is asked for such as do not: for every
/// condition of the predicate, since a key may take away what one of them looks at.
pub(super) fn first(
    oracles: &[Oracle<'_>],
    predicate: usize,
    own: &mut Vec<Event>,
    amount: Amount,
) {
    let Some(oracle) = oracles.get(predicate) else {
        return;
    };
    let others = others(oracles, oracle);
    let besides = |event: &Event| others.iter().filter(|other| other.holds(event)).count();
    if !own.is_empty() && own.iter().all(|event| besides(event) > 0) {
        let found = events(oracles, predicate, amount);
        let alone = |event: &Event| oracle.holds(event) && besides(event) == 0;
        own.extend(found.into_iter().filter(alone));
    }
    own.sort_by_cached_key(besides);
}

/// Events for every condition of a predicate beside the others, which none of the others is satisfied by; nothing where it stands alone.
pub(super) fn events(oracles: &[Oracle<'_>], predicate: usize, amount: Amount) -> Vec<Event> {
    let Some(oracle) = oracles.get(predicate) else {
        return Vec::new();
    };
    let others = others(oracles, oracle);
    if others.is_empty() {
        return Vec::new();
    }
    let made = generate(&without(oracle, &others), "apart", amount);
    made.events.into_iter().map(|made| made.event).collect()
}

/// The other predicates that say something else.
fn others<'o, 'i>(oracles: &'o [Oracle<'i>], own: &Oracle<'i>) -> Vec<&'o Oracle<'i>> {
    let same = |other: &&Oracle<'_>| other.ir().predicate == own.ir().predicate;
    oracles.iter().filter(|other| !same(other)).collect()
}

/// A predicate that refuses what others take.
fn without(oracle: &Oracle<'_>, others: &[&Oracle<'_>]) -> Ir {
    let own = oracle.ir();
    let refused = others
        .iter()
        .map(|other| other.ir().predicate.clone().negate());
    let mut fields = own.fields.clone();
    for (path, field) in others.iter().flat_map(|other| &other.ir().fields) {
        fields.entry(path.clone()).or_insert_with(|| field.clone());
    }
    Ir {
        predicate: Expr::all(std::iter::once(own.predicate.clone()).chain(refused)),
        fields,
        ..own.clone()
    }
}
