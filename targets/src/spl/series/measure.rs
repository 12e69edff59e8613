//! What a window is measured by, as sums that `stats` takes for each instant and `streamstats` for the window.

use crate::spl::number;
use crate::spl::quote;
use crate::spl::series::pipe::Names;
use verdict_compiler::ir::Comparison;
use verdict_compiler::ir::series::{Bound, CorrelationKind, Percent};

/// A measure in the making: what it needs at each step of the search.
#[derive(Debug, Default)]
pub(super) struct Measured {
    /// Assignments for each event.
    pub(super) events: Vec<String>,
    /// Terms of `stats`, for each instant.
    pub(super) instants: Vec<String>,
    /// Terms of `streamstats`, for the window.
    pub(super) window: Vec<String>,
    /// What must hold of the window.
    pub(super) condition: String,
    /// The column that shows the measure.
    pub(super) shown: Option<String>,
}

/// How the values that are measured are read from an event.
pub(super) struct Values<'v> {
    /// The fields.
    pub(super) fields: &'v [String],
    /// The column that is more than zero where the event counts; None where each does.
    pub(super) counts: Option<&'v str>,
}

/// The measure of a kind; None for those that look at rules instead of values.
pub(super) fn measured(
    kind: CorrelationKind,
    condition: &[Bound],
    each: &str,
    values: &Values<'_>,
    names: &mut Names,
) -> Option<Measured> {
    Some(match kind {
        CorrelationKind::EventCount => counted(each, condition, names),
        CorrelationKind::ValueCount => distinct(values, condition, names),
        CorrelationKind::ValueSum => summed(values, condition, names),
        CorrelationKind::ValueAvg => averaged(values, condition, names),
        CorrelationKind::ValuePercentile(percent) => ranked(percent, values, condition, names),
        CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => return None,
    })
}

fn counted(each: &str, condition: &[Bound], names: &mut Names) -> Measured {
    let events = names.new_name("events");
    Measured {
        window: vec![if verdict_faults::at("spl/measure/instants-counted") {
            format!("count as {events}")
        } else {
            format!("sum({each}) as {events}")
        }],
        condition: all(condition, &events),
        shown: Some(events),
        ..Measured::default()
    }
}

/// How many different values, or tuples of values.
fn distinct(values: &Values<'_>, condition: &[Bound], names: &mut Names) -> Measured {
    let (value, number) = (names.new_name("value"), names.new_name("values"));
    let text = match values.fields {
        [field] => quote::eval_field(field),
        // Lengths keep texts apart that run together the same.
        fields => {
            let parts = fields.iter().map(|field| {
                let field = quote::eval_field(field);
                format!("len({field}).\":\".{field}")
            });
            let parts: Vec<String> = parts.collect();
            if verdict_faults::at("spl/measure/first-value-alone") {
                parts.first().cloned().unwrap_or_default()
            } else {
                parts.join(".")
            }
        }
    };
    Measured {
        events: vec![format!("{value}={}", values.of_those_that_count(&text))],
        instants: vec![format!("values({value}) as {value}")],
        window: vec![if verdict_faults::at("spl/measure/values-counted-again") {
            format!("count({value}) as {number}")
        } else {
            format!("dc({value}) as {number}")
        }],
        condition: all(condition, &number),
        shown: Some(number),
    }
}

fn summed(values: &Values<'_>, condition: &[Bound], names: &mut Names) -> Measured {
    let (value, sum) = (names.new_name("value"), names.new_name("total"));
    Measured {
        events: vec![format!("{value}={}", values.numbers(None))],
        instants: vec![format!("sum({value}) as {value}")],
        window: vec![format!("sum({value}) as {sum}")],
        condition: all(condition, &sum),
        shown: Some(sum),
    }
}

fn averaged(values: &Values<'_>, condition: &[Bound], names: &mut Names) -> Measured {
    let mut measured = summed(values, &[], names);
    let value = measured.shown.take().unwrap_or_default();
    let (number, of) = (names.new_name("number"), names.new_name("numbers"));
    measured.events.push(format!(
        "{number}=coalesce(mvcount({}), 0)",
        values.numbers(None)
    ));
    measured.instants.push(format!("sum({number}) as {number}"));
    measured.window.push(format!("sum({number}) as {of}"));
    measured.condition = all(condition, &format!("{value}/{of}"));
    if verdict_faults::at("spl/measure/average-as-sum") {
        measured.condition = all(condition, &value);
    }
    measured.shown = Some(value);
    measured
}

/// A percentile by nearest rank compares with a number as the number of values below it does with the rank, so no percentile is computed.
fn ranked(
    Percent(percent): Percent,
    values: &Values<'_>,
    condition: &[Bound],
    names: &mut Names,
) -> Measured {
    let (number, of) = (names.new_name("number"), names.new_name("numbers"));
    let mut measured = Measured {
        events: vec![format!(
            "{number}=coalesce(mvcount({}), 0)",
            values.numbers(None)
        )],
        instants: vec![format!("sum({number}) as {number}")],
        window: vec![format!("sum({number}) as {of}")],
        condition: String::new(),
        shown: Some(of.clone()),
    };
    let mut conditions = vec![format!("{of}>0")];
    for bound in condition {
        let mut side = |sign: &'static str| {
            let part = names.new_name("below");
            let test = format!("{sign}{}", number::written(&bound.number));
            measured.events.push(format!(
                "{part}=coalesce(mvcount({}), 0)",
                values.numbers(Some(&test))
            ));
            measured.instants.push(format!("sum({part}) as {part}"));
            let all = names.new_name("all_below");
            measured.window.push(format!("sum({part}) as {all}"));
            // Whether the percentile itself is among those: their number reaches the rank.
            match percent {
                0 => format!("{all}>0"),
                _ if verdict_faults::at("spl/measure/percentile-rank-excluded") => {
                    format!("100*{all}>{percent}*{of}")
                }
                _ => format!("100*{all}>={percent}*{of}"),
            }
        };
        let holds = match bound.comparison {
            Comparison::Less => side("<"),
            Comparison::LessOrEqual => side("<="),
            Comparison::Greater if verdict_faults::at("spl/measure/percentile-bound-included") => {
                format!("NOT {}", side("<"))
            }
            Comparison::Greater => format!("NOT {}", side("<=")),
            Comparison::GreaterOrEqual => format!("NOT {}", side("<")),
            Comparison::Equal => {
                let (up_to, below) = (side("<="), side("<"));
                format!("({up_to} AND NOT {below})")
            }
        };
        conditions.push(if bound.negated {
            format!("NOT {holds}")
        } else {
            holds
        });
    }
    measured.condition = conditions.join(" AND ");
    measured
}

/// Every bound holds of a number.
pub(super) fn all(condition: &[Bound], number: &str) -> String {
    let bounds = condition.iter().map(|bound| {
        let written = number::written(&bound.number);
        match (bound.comparison, bound.negated) {
            (Comparison::GreaterOrEqual, false)
                if verdict_faults::at("spl/measure/at-least-as-more") =>
            {
                format!("{number}>{written}")
            }
            (Comparison::Less | Comparison::LessOrEqual, false)
                if verdict_faults::at("spl/measure/upper-bound-as-equal") =>
            {
                format!("{number}={written}")
            }
            (Comparison::Equal, true) => format!("{number}!={written}"),
            (comparison, false) => format!("{number}{}{written}", number::sign(comparison)),
            (comparison, true) => {
                format!("NOT {number}{}{written}", number::sign(comparison))
            }
        }
    });
    bounds.collect::<Vec<_>>().join(" AND ")
}

impl Values<'_> {
    fn of_those_that_count(&self, text: &str) -> String {
        match self.counts {
            None => text.to_owned(),
            Some(flag) => format!("if({flag}>0, {text}, null())"),
        }
    }

    /// The numbers among the values, or those that also pass a test.
    fn numbers(&self, test: Option<&str>) -> String {
        let field = self.fields.first().map(|field| quote::eval_field(field));
        let field = field.unwrap_or_default();
        let test = test.map(|test| format!(" AND {field}{test}"));
        if verdict_faults::at("spl/measure/test-of-values-lost") {
            return self.of_those_that_count(&format!("mvfilter(isnum({field}))"));
        }
        self.of_those_that_count(&format!(
            "mvfilter(isnum({field}){})",
            test.unwrap_or_default()
        ))
    }
}
