//! The stream that a series should match: every stage in its turn, every count reached.

use super::draft::{Actor, Measured};
use verdict_compiler::ir::series::{
    Bound, Correlation, CorrelationKind, Matches, Sample, Sequence,
};
use verdict_compiler::ir::{Comparison, Series};
use verdict_event::Number;

/// The most events that a threshold is tried with.
const MOST: usize = 300;

/// The actors of a stream that should match; predicates are counted as in [`Series::events`]. Empty where none was found.
pub(super) fn actors(series: &Series) -> Vec<Actor> {
    match series {
        Series::Sequence(sequence) => of_sequence(sequence),
        Series::Sample(sample) => of_sample(sample),
        Series::Correlation(correlation) => {
            let mut actors = Vec::new();
            of_correlation(correlation, &mut 0, &mut 0, &mut actors);
            actors
        }
    }
}

/// How long a match may last, if that is limited.
pub(super) fn limit(series: &Series) -> Option<i64> {
    let limit = match series {
        Series::Sequence(sequence) => sequence.maxspan?,
        Series::Sample(_) => return None,
        Series::Correlation(correlation) => correlation.timespan,
    };
    i64::try_from(limit).ok()
}

/// Every limit of time in a series, each once: a correlation may count others, which have their own.
pub(super) fn limits(series: &Series) -> Vec<i64> {
    let mut found: Vec<i64> = limit(series).into_iter().collect();
    if let Series::Correlation(correlation) = series {
        inner_limits(correlation, &mut found);
    }
    found
}

fn inner_limits(correlation: &Correlation, found: &mut Vec<i64>) {
    let own = i64::try_from(correlation.timespan).ok();
    found.extend(own.filter(|own| !found.contains(own)));
    for rule in &correlation.rules {
        match &rule.matches {
            Matches::Events(_) => {}
            Matches::Correlation(inner) => inner_limits(inner, found),
        }
    }
}

/// Milliseconds between two events of so many, for all to fit.
fn step(limit: Option<u64>, events: usize) -> i64 {
    let events = u64::try_from(events.max(1)).unwrap_or(u64::MAX);
    let step = limit.map_or(1000, |limit| (limit / events).min(1000));
    i64::try_from(step).unwrap_or(1000)
}

fn of_sequence(sequence: &Sequence) -> Vec<Actor> {
    // What must be missing needs room between the others, and none around them.
    let mut slots: Vec<(usize, bool)> = Vec::new();
    for (number, stage) in sequence.stages.iter().enumerate() {
        let runs = usize::try_from(stage.runs).unwrap_or(1);
        slots.extend((0..runs).map(|_| (number, stage.missing)));
    }
    let lead = slots.iter().take_while(|(_, missing)| *missing).count();
    let inner = slots.len() - lead;
    let tail = slots
        .iter()
        .rev()
        .take_while(|(_, missing)| *missing)
        .count();
    let count = inner.saturating_sub(tail);
    let step = step(sequence.maxspan, count);
    let last = i64::try_from(count.saturating_sub(1).max(1)).unwrap_or(1);
    let limit = sequence.maxspan.and_then(|limit| i64::try_from(limit).ok());
    let at = |place: i64| match limit {
        // So short a time that not each gets a step of its own.
        Some(limit) if step == 0 => place * limit / last,
        Some(_) | None => place * step,
    };
    let inner = slots.into_iter().skip(lead).take(count);
    let events = (0..).zip(inner).filter(|(_, (_, missing))| !missing);
    events
        .map(|(place, (number, _))| Actor::new(number, at(place)))
        .collect()
}

fn of_sample(sample: &Sample) -> Vec<Actor> {
    let terms = 0..sample.terms.len();
    terms.map(|term| Actor::new(term, 0)).collect()
}

/// Adds a correlation's actors from an instant on, which moves behind the last of them; `predicate` counts as well.
fn of_correlation(
    correlation: &Correlation,
    predicate: &mut usize,
    at: &mut i64,
    actors: &mut Vec<Actor>,
) {
    let kind = correlation.kind;
    let count = match kind {
        CorrelationKind::EventCount | CorrelationKind::ValueCount => {
            smallest(&correlation.condition, 1, MOST)
        }
        CorrelationKind::Temporal => {
            let all = correlation.rules.len();
            let met = |count: &usize| meets(&correlation.condition, *count);
            if met(&all) {
                all
            } else {
                smallest(&correlation.condition, 1, all)
            }
        }
        CorrelationKind::TemporalOrdered => correlation.rules.len(),
        CorrelationKind::ValueSum
        | CorrelationKind::ValueAvg
        | CorrelationKind::ValuePercentile(_) => 1,
    };
    let step = step(
        Some(correlation.timespan),
        count.max(correlation.rules.len()),
    );
    let each_rule = match kind {
        CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => 1,
        CorrelationKind::EventCount
        | CorrelationKind::ValueCount
        | CorrelationKind::ValueSum
        | CorrelationKind::ValueAvg
        | CorrelationKind::ValuePercentile(_) => count,
    };
    for (number, rule) in correlation.rules.iter().enumerate() {
        // What is counted comes from the first rule, as long as several rules need not be seen.
        let wanted = if each_rule == 1 && number < count {
            1
        } else if number == 0 {
            each_rule
        } else {
            0
        };
        let first = *predicate;
        for turn in 0..wanted {
            *predicate = first;
            match &rule.matches {
                Matches::Events(_) => {
                    let mut actor = Actor::new(*predicate, *at);
                    actor.measured = measured(correlation, turn);
                    actors.push(actor);
                    *at += step;
                }
                Matches::Correlation(inner) => {
                    of_correlation(inner, predicate, at, actors);
                    // Where a count must be met again, the instant must be another one.
                    *at += 1;
                }
            }
        }
        *predicate = first + predicates(&rule.matches);
    }
}

/// How many predicates of the series belong to what is counted.
fn predicates(matches: &Matches) -> usize {
    match matches {
        Matches::Events(_) => 1,
        Matches::Correlation(inner) => {
            let rules = inner.rules.iter();
            rules.map(|rule| predicates(&rule.matches)).sum()
        }
    }
}

/// What the measured field holds in the event of this turn.
fn measured(correlation: &Correlation, turn: usize) -> Option<Measured> {
    match correlation.kind {
        CorrelationKind::ValueCount => Some(Measured::Value(turn)),
        CorrelationKind::ValueSum
        | CorrelationKind::ValueAvg
        | CorrelationKind::ValuePercentile(_) => {
            let numbers = numbers(correlation).into_iter();
            let mut fitting = numbers.filter(|number| {
                let holds = |bound: &Bound| {
                    let order = number.decimal().cmp(&bound.number.decimal());
                    bound.comparison.accepts(order) != bound.negated
                };
                correlation.condition.iter().all(holds)
            });
            let text = fitting.next().map(|number| number.text().to_owned());
            text.map(Measured::Number)
        }
        CorrelationKind::EventCount
        | CorrelationKind::Temporal
        | CorrelationKind::TemporalOrdered => None,
    }
}

/// The numbers at the bounds of a condition, and beside them.
pub(super) fn numbers(correlation: &Correlation) -> Vec<Number> {
    let mut found = Vec::new();
    for bound in &correlation.condition {
        let near = bound.number.as_i64().map(|at| [at - 1, at, at + 1]);
        found.extend(near.into_iter().flatten().map(Number::from));
        found.push(bound.number.clone());
    }
    found.extend([0, 1, -1, 1_000_000_000].map(Number::from));
    found
}

fn meets(condition: &[Bound], count: usize) -> bool {
    let count = Number::from(i64::try_from(count).unwrap_or(i64::MAX)).decimal();
    condition.iter().all(|bound| {
        let order = count.cmp(&bound.number.decimal());
        bound.comparison.accepts(order) != bound.negated
    })
}

/// The smallest count in a range that meets a condition; what lies at its bound is the more telling one.
fn smallest(condition: &[Bound], from: usize, to: usize) -> usize {
    let upper = condition.iter().all(|bound| {
        !bound.negated && matches!(bound.comparison, Comparison::Less | Comparison::LessOrEqual)
    });
    let mut range = from..=to;
    let found = if upper {
        range.rev().find(|count| meets(condition, *count))
    } else {
        range.find(|count| meets(condition, *count))
    };
    found.unwrap_or(from)
}
