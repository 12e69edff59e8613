//! Mistakes in what is measured of a window.

use super::Making;
use crate::mutation::operator::{
    MEASURE_REPLACED, PERCENTILE_AS_MOST, VALUE_DROPPED, VALUE_REPLACED, VALUES_AS_EVENTS,
};
use verdict_compiler::ir::series::{
    Correlation, CorrelationKind, Matches, Percent, Place, Referenced,
};

pub(super) fn mutants(making: &mut Making<'_>) {
    let correlation = making.correlation;
    let becomes = |kind| move |other: &mut Correlation| other.kind = kind;
    match correlation.kind {
        CorrelationKind::ValueCount => {
            making.add(VALUES_AS_EVENTS, "value_count", "event_count", |other| {
                other.kind = CorrelationKind::EventCount;
                other.rules.iter_mut().for_each(|rule| rule.values.clear());
            });
            fields(making);
        }
        CorrelationKind::ValueSum => {
            let mean = becomes(CorrelationKind::ValueAvg);
            making.add(MEASURE_REPLACED, "value_sum", "value_avg", mean);
            fields(making);
        }
        CorrelationKind::ValueAvg => {
            let sum = becomes(CorrelationKind::ValueSum);
            making.add(MEASURE_REPLACED, "value_avg", "value_sum", sum);
            fields(making);
        }
        CorrelationKind::ValuePercentile(percent) => {
            let place = format!("percentile {}", percent.0);
            let mean = becomes(CorrelationKind::ValueAvg);
            making.add(MEASURE_REPLACED, &place, "value_avg", mean);
            let most = becomes(CorrelationKind::ValuePercentile(Percent(100)));
            making.add(PERCENTILE_AS_MOST, &place, "the greatest", most);
            fields(making);
        }
        CorrelationKind::EventCount
        | CorrelationKind::Temporal
        | CorrelationKind::TemporalOrdered => {}
    }
}

/// The fields that are measured: one left out, and another one instead of the first.
fn fields(making: &mut Making<'_>) {
    let correlation = making.correlation;
    let count = correlation
        .rules
        .first()
        .map_or(0, |rule| rule.values.len());
    for at in 0..count {
        if count > 1 {
            let place = format!("field {} of the condition", at + 1);
            making.add(VALUE_DROPPED, &place, "left out", |other| {
                for rule in &mut other.rules {
                    rule.values.remove(at);
                }
            });
        }
    }
    let others: Option<Vec<Place>> = correlation.rules.iter().map(other_field).collect();
    if let Some(others) = others {
        making.add(
            VALUE_REPLACED,
            "the field of the condition",
            "another one",
            |other| {
                for (rule, place) in other.rules.iter_mut().zip(others) {
                    if let Some(first) = rule.values.first_mut() {
                        *first = place;
                    }
                }
            },
        );
    }
}

/// A field of a rule that is not measured: one of its group first, else one that its condition reads.
fn other_field(rule: &Referenced) -> Option<Place> {
    let measured = |place: &&Place| !rule.values.contains(place);
    if let Some(place) = rule.group.iter().find(measured) {
        return Some(place.clone());
    }
    match &rule.matches {
        Matches::Events(ir) => {
            let mut fields = ir.fields.keys().map(|path| Place::Field(path.clone()));
            fields.find(|place| !rule.values.contains(place))
        }
        Matches::Correlation(_) => None,
    }
}
