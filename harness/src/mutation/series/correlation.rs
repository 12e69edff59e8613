//! Mistakes in a correlation, those in the ones that it counts included.

mod condition;
mod measure;

use super::SeriesMutant;
use crate::mutation::Operator;
use crate::mutation::operator::{
    GROUP_DROPPED, GROUPS_SWAPPED, ORDER_ASKED, ORDER_DROPPED, RULE_DROPPED, RULES_SWAPPED,
    WINDOW_LONGER, WINDOW_SHORTER,
};
use verdict_compiler::Span;
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::{Correlation, CorrelationKind, Matches, Referenced};

pub(super) fn mutants(correlation: &Correlation) -> Vec<SeriesMutant> {
    let of = |variant: Variant| SeriesMutant {
        operator: variant.operator,
        place: variant.place,
        span: variant.span,
        instead: variant.instead,
        predicates: variant.predicates,
        series: Series::Correlation(variant.correlation),
        counted: true,
        key: None,
    };
    variants(correlation, 0, true).into_iter().map(of).collect()
}

/// A correlation with a mistake in it.
struct Variant {
    operator: Operator,
    place: String,
    span: Span,
    instead: String,
    correlation: Correlation,
    predicates: Vec<usize>,
}

/// How many predicates a rule that is counted has.
fn count(rule: &Referenced) -> usize {
    match &rule.matches {
        Matches::Events(_) => 1,
        Matches::Correlation(inner) => inner.rules.iter().map(count).sum(),
    }
}

/// The variants of a correlation whose first predicate has this number. An inner one keeps its groups: the outer one reads them by their place.
fn variants(correlation: &Correlation, first: usize, outer: bool) -> Vec<Variant> {
    let mut making = Making {
        correlation,
        first,
        found: Vec::new(),
    };
    condition::mutants(&mut making);
    making.windows();
    if outer {
        making.groups();
    }
    making.orders();
    making.rules();
    measure::mutants(&mut making);
    making.inner();
    making.found
}

struct Making<'c> {
    correlation: &'c Correlation,
    first: usize,
    found: Vec<Variant>,
}

impl Making<'_> {
    /// The numbers of the predicates of each rule.
    fn predicates(&self) -> Vec<Vec<usize>> {
        let mut next = self.first;
        let mut of = |rule: &Referenced| {
            let own = (next..next + count(rule)).collect();
            next += count(rule);
            own
        };
        self.correlation.rules.iter().map(&mut of).collect()
    }

    fn add(
        &mut self,
        operator: Operator,
        place: &str,
        instead: impl Into<String>,
        change: impl FnOnce(&mut Correlation),
    ) {
        let predicates = self.predicates().concat();
        self.add_other(operator, place, instead, predicates, change);
    }

    fn add_other(
        &mut self,
        operator: Operator,
        place: &str,
        instead: impl Into<String>,
        predicates: Vec<usize>,
        change: impl FnOnce(&mut Correlation),
    ) {
        let mut correlation = self.correlation.clone();
        change(&mut correlation);
        self.found.push(Variant {
            operator,
            place: place.to_owned(),
            span: self.correlation.span,
            instead: instead.into(),
            correlation,
            predicates,
        });
    }

    fn windows(&mut self) {
        let place = format!("timespan {} ms", self.correlation.timespan);
        self.add(WINDOW_LONGER, &place, "a millisecond more", |other| {
            other.timespan = other.timespan.saturating_add(1);
        });
        self.add(WINDOW_SHORTER, &place, "a millisecond less", |other| {
            other.timespan = other.timespan.saturating_sub(1);
        });
    }

    fn groups(&mut self) {
        let correlation = self.correlation;
        for (at, name) in correlation.group_by.iter().enumerate() {
            let place = format!("group-by {name}");
            self.add(GROUP_DROPPED, &place, "left out", |other| {
                other.group_by.remove(at);
                for rule in &mut other.rules {
                    rule.group.remove(at);
                }
            });
        }
        // For all rules alike it would be the same groups.
        for (number, rule) in correlation.rules.iter().enumerate() {
            if correlation.rules.len() > 1 && rule.group.len() > 1 {
                self.add(GROUPS_SWAPPED, &rule.name, "the other way round", |other| {
                    if let Some(rule) = other.rules.get_mut(number) {
                        rule.group.swap(0, 1);
                    }
                });
            }
        }
    }

    fn orders(&mut self) {
        match self.correlation.kind {
            CorrelationKind::TemporalOrdered => {
                self.add(ORDER_DROPPED, "temporal_ordered", "temporal", |other| {
                    other.kind = CorrelationKind::Temporal;
                });
                for at in 1..self.correlation.rules.len() {
                    let mut predicates = self.predicates();
                    predicates.swap(at - 1, at);
                    let place = format!("rule {at}");
                    let predicates = predicates.concat();
                    let swap = |other: &mut Correlation| other.rules.swap(at - 1, at);
                    self.add_other(RULES_SWAPPED, &place, "behind the next", predicates, swap);
                }
            }
            CorrelationKind::Temporal if condition::asks_for_all(self.correlation) => {
                self.add(ORDER_ASKED, "temporal", "temporal_ordered", |other| {
                    other.kind = CorrelationKind::TemporalOrdered;
                });
            }
            CorrelationKind::Temporal
            | CorrelationKind::EventCount
            | CorrelationKind::ValueCount
            | CorrelationKind::ValueSum
            | CorrelationKind::ValueAvg
            | CorrelationKind::ValuePercentile(_) => {}
        }
    }

    fn rules(&mut self) {
        let correlation = self.correlation;
        let all = condition::asks_for_all(correlation);
        for (at, rule) in correlation.rules.iter().enumerate() {
            if correlation.rules.len() < 2 {
                continue;
            }
            let mut predicates = self.predicates();
            predicates.remove(at);
            let predicates = predicates.concat();
            self.add_other(RULE_DROPPED, &rule.name, "left out", predicates, |other| {
                other.rules.remove(at);
                // What is asked of all rules is asked of those that are left.
                if all {
                    condition::lower(other);
                }
            });
        }
    }

    /// The variants of the correlations that are counted.
    fn inner(&mut self) {
        let correlation = self.correlation;
        let predicates = self.predicates();
        for (at, rule) in correlation.rules.iter().enumerate() {
            let Matches::Correlation(inner) = &rule.matches else {
                continue;
            };
            let first = predicates.iter().take(at).map(Vec::len).sum::<usize>() + self.first;
            for variant in variants(inner, first, false) {
                let mut all = predicates.clone();
                if let Some(own) = all.get_mut(at) {
                    own.clone_from(&variant.predicates);
                }
                let mut outer = correlation.clone();
                if let Some(rule) = outer.rules.get_mut(at) {
                    rule.matches = Matches::Correlation(Box::new(variant.correlation));
                }
                self.found.push(Variant {
                    correlation: outer,
                    predicates: all.concat(),
                    ..variant
                });
            }
        }
    }
}
