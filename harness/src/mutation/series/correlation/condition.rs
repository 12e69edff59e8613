//! Mistakes in what is asked of a window.

use super::Making;
use crate::mutation::operator::{
    BOUND_DROPPED, THRESHOLD_DOWN, THRESHOLD_EDGE, THRESHOLD_NEGATED, THRESHOLD_TURNED,
    THRESHOLD_UP,
};
use verdict_compiler::ir::Comparison;
use verdict_compiler::ir::series::{Bound, Correlation, CorrelationKind};
use verdict_event::Number;

pub(super) fn mutants(making: &mut Making<'_>) {
    let correlation = making.correlation;
    // An order asks for all rules, whatever its condition says.
    if correlation.kind == CorrelationKind::TemporalOrdered {
        return;
    }
    for (at, bound) in correlation.condition.iter().enumerate() {
        let place = format!("{:?} {}", bound.comparison, bound.number.text());
        let changed = |change: &dyn Fn(&mut Bound)| {
            let mut other = bound.clone();
            change(&mut other);
            move |correlation: &mut Correlation| {
                if let Some(slot) = correlation.condition.get_mut(at) {
                    *slot = other;
                }
            }
        };
        if let Some(number) = bound.number.as_i64() {
            let more = Number::from(number.saturating_add(1));
            let up = changed(&|bound| bound.number = more.clone());
            making.add(THRESHOLD_UP, &place, "one more", up);
            let less = Number::from(number.saturating_sub(1));
            let down = changed(&|bound| bound.number = less.clone());
            making.add(THRESHOLD_DOWN, &place, "one less", down);
        }
        if let Some([edge, turned]) = others(bound.comparison) {
            let other = changed(&|bound| bound.comparison = edge);
            making.add(THRESHOLD_EDGE, &place, format!("{edge:?}"), other);
            let other = changed(&|bound| bound.comparison = turned);
            making.add(THRESHOLD_TURNED, &place, format!("{turned:?}"), other);
        } else {
            let other = changed(&|bound| bound.negated = !bound.negated);
            making.add(THRESHOLD_NEGATED, &place, "the opposite", other);
        }
        if correlation.condition.len() > 1 {
            making.add(BOUND_DROPPED, &place, "left out", |correlation| {
                correlation.condition.remove(at);
            });
        }
    }
}

/// The same bound with or without its number, and from the other side.
fn others(comparison: Comparison) -> Option<[Comparison; 2]> {
    match comparison {
        Comparison::Equal => None,
        Comparison::Less => Some([Comparison::LessOrEqual, Comparison::Greater]),
        Comparison::LessOrEqual => Some([Comparison::Less, Comparison::GreaterOrEqual]),
        Comparison::Greater => Some([Comparison::GreaterOrEqual, Comparison::Less]),
        Comparison::GreaterOrEqual => Some([Comparison::Greater, Comparison::LessOrEqual]),
    }
}

/// Whether every rule must be seen.
pub(super) fn asks_for_all(correlation: &Correlation) -> bool {
    let count = i64::try_from(correlation.rules.len()).ok();
    match (correlation.kind, correlation.condition.as_slice()) {
        (CorrelationKind::Temporal, [bound]) => {
            bound.comparison == Comparison::GreaterOrEqual
                && !bound.negated
                && bound.number.as_i64() == count
        }
        (
            CorrelationKind::Temporal
            | CorrelationKind::TemporalOrdered
            | CorrelationKind::EventCount
            | CorrelationKind::ValueCount
            | CorrelationKind::ValueSum
            | CorrelationKind::ValueAvg
            | CorrelationKind::ValuePercentile(_),
            _,
        ) => false,
    }
}

/// Asks for as many rules as there are.
pub(super) fn lower(correlation: &mut Correlation) {
    let count = i64::try_from(correlation.rules.len()).unwrap_or(i64::MAX);
    for bound in &mut correlation.condition {
        bound.number = Number::from(count);
    }
}
