//! The IR's rules over several events as the machines of `series` need them.

use crate::series::correlation::{Bound, Correlation, CorrelationKind, Counted, Place, Than};
use crate::series::output::Limit;
use crate::series::sequence::Step;
use verdict_compiler::ir::Comparison;
use verdict_compiler::ir::series::{self, Matches};
use verdict_event::Path;

/// The stages of a sequence.
pub(crate) fn steps(sequence: &series::Sequence) -> Vec<Step> {
    let stages = sequence.stages.iter();
    stages
        .map(|stage| Step {
            runs: stage.runs,
            missing: stage.missing,
        })
        .collect()
}

/// `head` and `tail`.
pub(crate) fn limits(limits: &[series::Limit]) -> Vec<Limit> {
    let limits = limits.iter();
    limits
        .map(|limit| match limit {
            series::Limit::Head(count) => Limit::Head(*count),
            series::Limit::Tail(count) => Limit::Tail(*count),
        })
        .collect()
}

/// A correlation.
pub(crate) fn correlation(correlation: &series::Correlation) -> Correlation<Path> {
    let kind = match correlation.kind {
        series::CorrelationKind::EventCount => CorrelationKind::EventCount,
        series::CorrelationKind::ValueCount => CorrelationKind::ValueCount,
        series::CorrelationKind::Temporal => CorrelationKind::Temporal,
        series::CorrelationKind::TemporalOrdered => CorrelationKind::TemporalOrdered,
        series::CorrelationKind::ValueSum => CorrelationKind::ValueSum,
        series::CorrelationKind::ValueAvg => CorrelationKind::ValueAvg,
        series::CorrelationKind::ValuePercentile(percent) => {
            CorrelationKind::ValuePercentile(percent.0)
        }
    };
    let rules = correlation.rules.iter().map(|rule| {
        let group = rule.group.iter().map(place).collect();
        let values = rule.values.iter().map(place).collect();
        match &rule.matches {
            Matches::Events(_) => Counted::events(group, values),
            Matches::Correlation(inner) => {
                Counted::matches(self::correlation(inner), group, values)
            }
        }
    });
    let condition = correlation.condition.iter().map(bound);
    Correlation::new(
        kind,
        correlation.timespan,
        condition.collect(),
        rules.collect(),
    )
}

fn place(place: &series::Place) -> Place<Path> {
    match place {
        series::Place::Field(path) => Place::Field(path.clone()),
        series::Place::Group(at) => Place::Group(*at),
    }
}

fn bound(bound: &series::Bound) -> Bound {
    let than = match (bound.comparison, bound.negated) {
        (Comparison::Less, false) | (Comparison::GreaterOrEqual, true) => Than::Less,
        (Comparison::LessOrEqual, false) | (Comparison::Greater, true) => Than::LessOrEqual,
        (Comparison::Equal, false) => Than::Equal,
        (Comparison::Equal, true) => Than::NotEqual,
        (Comparison::GreaterOrEqual, false) | (Comparison::Less, true) => Than::GreaterOrEqual,
        (Comparison::Greater, false) | (Comparison::LessOrEqual, true) => Than::Greater,
    };
    let exact = bound.number.decimal();
    if let Some(whole) = exact.to_i64() {
        return Bound::whole(than, whole);
    }
    let double = bound.number.as_f64();
    let beyond = if double < 0.0 { i64::MIN } else { i64::MAX };
    Bound::above(than, exact.floor_scaled(0).unwrap_or(beyond), double)
}
