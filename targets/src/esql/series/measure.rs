//! What a window is measured by: columns of each instant's row, and what is made of them for the window.

use crate::esql::series::window::{Column, Held};
use verdict_compiler::ir::Comparison;
use verdict_compiler::ir::series::{Bound, CorrelationKind, Percent};
use verdict_event::Number;

/// A measure of windows.
#[derive(Debug, Default)]
pub(super) struct Measured {
    /// Columns of an instant's row, each with the aggregate that makes it.
    pub(super) instants: Vec<(Column, String)>,
    /// Aggregates over a window: a name and what it is.
    pub(super) window: Vec<(String, String)>,
    /// What must hold of the window.
    pub(super) condition: String,
    /// The column that shows the measure.
    pub(super) shown: String,
}

/// Names for what a measure computes.
pub(super) type NewName<'n> = &'n mut dyn FnMut(&str) -> String;

/// The measure of numbers: how many events, their sum, mean or percentile. `value` is the number of an event, null where it has none or does not count;
/// `counts` is the condition that an event counts, where not every event does.
pub(super) fn measured(
    kind: CorrelationKind,
    condition: &[Bound],
    value: &str,
    counts: Option<&str>,
    name: NewName<'_>,
) -> Measured {
    let mut made = Measured::default();
    match kind {
        CorrelationKind::EventCount => {
            let all = made.summed(
                name,
                "events",
                "each",
                Held::Whole,
                &only("COUNT(*)", counts),
            );
            made.condition = every(condition, &all, false);
            made.shown = all;
        }
        CorrelationKind::ValueSum | CorrelationKind::ValueAvg => {
            let of = made.numbers(value, name);
            let sum = format!("COALESCE(SUM({value}), 0.0)");
            let total = made.summed(name, "total", "part", Held::Real, &sum);
            let mean = kind == CorrelationKind::ValueAvg
                && !verdict_faults::at("esql/measure/average-as-sum");
            let measure = if mean {
                format!("{total} / {of}")
            } else {
                total.clone()
            };
            made.condition = format!("{of} > 0 AND {}", every(condition, &measure, true));
            if verdict_faults::at("esql/measure/sum-of-none") {
                made.condition = every(condition, &measure, true);
            }
            made.shown = total;
        }
        CorrelationKind::ValuePercentile(percent) => {
            let of = made.numbers(value, name);
            let mut conditions = vec![format!("{of} > 0")];
            for bound in condition {
                conditions.push(made.ranked(percent, bound, [value, of.as_str()], name));
            }
            made.condition = conditions.join(" AND ");
            made.shown = of;
        }
        CorrelationKind::ValueCount
        | CorrelationKind::Temporal
        | CorrelationKind::TemporalOrdered => {}
    }
    made
}

impl Measured {
    /// A column for each instant and its sum over the window; the name of the latter.
    fn summed(
        &mut self,
        name: NewName<'_>,
        all: &str,
        each: &str,
        held: Held,
        aggregate: &str,
    ) -> String {
        let (each, all) = (name(each), name(all));
        self.window.push((all.clone(), format!("SUM({each})")));
        self.instants
            .push((Column { name: each, held }, aggregate.to_owned()));
        all
    }

    /// How many numbers there are in the window.
    fn numbers(&mut self, value: &str, name: NewName<'_>) -> String {
        let count = format!("COUNT({value})");
        self.summed(name, "numbers", "number", Held::Whole, &count)
    }

    /// Whether a percentile stands so to a number: by how many values are below it, which is compared with the rank.
    fn ranked(
        &mut self,
        Percent(percent): Percent,
        bound: &Bound,
        [value, of]: [&str; 2],
        name: NewName<'_>,
    ) -> String {
        let limit = real(&bound.number);
        let mut side = |sign: &str| {
            let count = format!("COUNT(*) WHERE {value} {sign} {limit}");
            let all = self.summed(name, "all_below", "below", Held::Whole, &count);
            match percent {
                0 => format!("{all} > 0"),
                _ if verdict_faults::at("esql/measure/percentile-rank-excluded") => {
                    format!("100 * {all} > {percent} * {of}")
                }
                _ => format!("100 * {all} >= {percent} * {of}"),
            }
        };
        let holds = match bound.comparison {
            Comparison::Less => side("<"),
            Comparison::LessOrEqual => side("<="),
            Comparison::Greater if verdict_faults::at("esql/measure/percentile-bound-included") => {
                format!("NOT {}", side("<"))
            }
            Comparison::Greater => format!("NOT {}", side("<=")),
            Comparison::GreaterOrEqual => format!("NOT {}", side("<")),
            Comparison::Equal => {
                let (up_to, below) = (side("<="), side("<"));
                format!("({up_to} AND NOT {below})")
            }
        };
        if bound.negated {
            format!("NOT {holds}")
        } else {
            holds
        }
    }
}

/// An aggregate over the events that count.
pub(super) fn only(aggregate: &str, counts: Option<&str>) -> String {
    match counts {
        None => aggregate.to_owned(),
        Some(_) if verdict_faults::at("esql/measure/every-event-counts") => aggregate.to_owned(),
        Some(counts) => format!("{aggregate} WHERE {counts}"),
    }
}

/// Every bound holds of a number; of doubles the number is written as one.
pub(super) fn every(condition: &[Bound], measure: &str, doubles: bool) -> String {
    let bounds = condition.iter().map(|bound| {
        let limit = if doubles {
            real(&bound.number)
        } else {
            whole(&bound.number)
        };
        match (bound.comparison, bound.negated) {
            (Comparison::GreaterOrEqual, false)
                if verdict_faults::at("esql/measure/at-least-as-more") =>
            {
                format!("{measure} > {limit}")
            }
            (Comparison::Less | Comparison::LessOrEqual, false)
                if verdict_faults::at("esql/measure/upper-bound-as-equal") =>
            {
                format!("{measure} == {limit}")
            }
            (Comparison::Equal, true) => format!("{measure} != {limit}"),
            (comparison, false) => format!("{measure} {} {limit}", comparison.sign()),
            (comparison, true) => format!("NOT {measure} {} {limit}", comparison.sign()),
        }
    });
    bounds.collect::<Vec<_>>().join(" AND ")
}

/// A number as it stands beside whole ones.
fn whole(number: &Number) -> String {
    number
        .as_i64()
        .map_or_else(|| real(number), |whole| whole.to_string())
}

/// A number as a double.
fn real(number: &Number) -> String {
    format!("{:?}", number.as_f64().clamp(f64::MIN, f64::MAX))
}
