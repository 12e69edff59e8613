//! When the events of streams are.

use crate::edits::with;
use crate::oracle::Oracle;
use verdict_compiler::ir::series::Order;
use verdict_compiler::ir::{LeafKind, instant};
use verdict_event::{Event, Number, Path, TimestampFormat, Value};

/// When streams may begin; between them they do without any one digit but a few.
const BEGINNINGS: [&str; 4] = [
    "2026-01-01T00:00:00Z",
    "2066-06-06T06:06:06Z",
    "2222-12-22T22:22:22Z",
    "3333-11-13T13:11:33Z",
];

/// When streams begin: where no keyword of the rule is found in the text of the time itself, which would be in every event, if there is such a beginning.
pub(super) fn beginning(order: Option<&Order>, oracles: &[Oracle<'_>]) -> i64 {
    let mut beginnings = BEGINNINGS.iter().filter_map(|text| instant::parse(text));
    let first = beginnings.clone().next().unwrap_or_default();
    let silent = |at: &i64| {
        order.is_none_or(|order| {
            let event = timed(&Event::new(Vec::new()), order, Some(*at));
            !oracles.iter().any(|oracle| says_something(oracle, &event))
        })
    };
    beginnings.find(silent).unwrap_or(first)
}

/// Whether some keyword is found in an event.
pub(super) fn says_something(oracle: &Oracle<'_>, event: &Event) -> bool {
    let leaves = oracle.ir().predicate.leaves();
    let mut keywords = leaves
        .iter()
        .filter(|leaf| matches!(leaf.kind, LeafKind::AnyText(_)));
    keywords.any(|leaf| oracle.leaf(leaf, event))
}

/// The event at a time, or without one.
pub(super) fn timed(event: &Event, order: &Order, at: Option<i64>) -> Event {
    let path = Path::new(order.timestamp.field.as_str());
    with(event, &path, at.map(|at| time(order.timestamp.format, at)))
}

fn time(format: TimestampFormat, millis: i64) -> Value {
    match format {
        TimestampFormat::Iso => Value::from(instant::print(millis).as_str()),
        TimestampFormat::Ms => Value::from(millis),
        TimestampFormat::S => {
            let text = format!("{}.{:03}", millis.div_euclid(1000), millis.rem_euclid(1000));
            Number::parse(&text).map_or(Value::Null, Value::Number)
        }
        TimestampFormat::Filetime => Value::from((millis + 11_644_473_600_000) * 10_000),
    }
}
