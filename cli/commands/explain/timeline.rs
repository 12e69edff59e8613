//! What became of each event of a stream: the timeline of a sequence, the windows of a correlation, the groups of a sample.

use crate::examination::several::told;
use crate::output;
use verdict_compiler::ir::series::print::duration;
use verdict_compiler::ir::series::{Sequence, Term};
use verdict_compiler::ir::{Series, instant};
use verdict_event::Event;
use verdict_harness::oracle::series::{Fate, KeyTuple, KeyValue, Step};
use verdict_harness::{Match, SeriesOracle};

/// Draws a stream as a rule over several events sees it.
pub(super) fn draw(series: &Series, stream: &[Event]) {
    let oracle = SeriesOracle::new(series);
    let matches = oracle.matches(stream);
    output::line(&match matches.len() {
        0 => "  the stream holds no match".to_owned(),
        1 => format!("  the stream holds a match: {}", told(&matches)),
        count => format!("  the stream holds {count} matches: {}", told(&matches)),
    });
    output::line("");
    let steps = oracle.steps(stream);
    for at in in_order(series, stream) {
        let Some(event) = stream.get(at) else {
            continue;
        };
        let mut lines: Vec<String> = steps
            .iter()
            .filter(|step| step.event == at)
            .map(|step| line(series, step))
            .collect();
        if lines.is_empty() {
            lines = bystander(series, &oracle, event, at, &matches);
        }
        let mut head = format!("  {at:>3}  {}", time(series, event));
        for line in lines {
            output::line(&format!("{head}  {line}"));
            head = " ".repeat(head.chars().count());
        }
    }
}

/// The events in the order of their time, those without one last.
fn in_order(series: &Series, stream: &[Event]) -> Vec<usize> {
    let mut all: Vec<usize> = (0..stream.len()).collect();
    if let Some(order) = series.order() {
        let clock = order.clock();
        let moment = |at: &usize| stream.get(*at).and_then(|event| clock.moment(event));
        all.sort_by_key(|at| (moment(at).is_none(), moment(at), *at));
    }
    all
}

fn time(series: &Series, event: &Event) -> String {
    let order = series.order();
    let at = order.and_then(|order| order.clock().instant(event));
    at.map_or_else(|| "no time".to_owned(), instant::print)
}

/// What became of an event at a stage.
fn line(series: &Series, step: &Step) -> String {
    let stage = step.stage + 1;
    let slots = |slots: &Match| {
        told(std::slice::from_ref(slots))
            .trim_matches(['[', ']'])
            .to_owned()
    };
    let place = |replaced: &Option<Match>| match replaced {
        Some(replaced) => format!(", in place of [{}]", slots(replaced)),
        None => String::new(),
    };
    let what = match &step.fate {
        Fate::Begins { replaced } => format!("begins a match{}", place(replaced)),
        Fate::Continues { pending, replaced } => {
            format!("goes on to [{}]{}", slots(pending), place(replaced))
        }
        Fate::Completes(complete) => format!("completes [{}]", slots(complete)),
        Fate::NothingPending => "has nothing to go on with".to_owned(),
        Fate::TooLate { dropped, after } => {
            let limit = match series {
                Series::Sequence(sequence) => sequence.maxspan.map_or_else(String::new, duration),
                Series::Sample(_) | Series::Correlation(_) => String::new(),
            };
            let after = duration(u64::try_from(*after).unwrap_or(0));
            let dropped = slots(dropped);
            format!(
                "comes {after} after the first event of [{dropped}], and at most {limit} are allowed: both are dropped"
            )
        }
        Fate::Ended { dropped, by } => {
            let dropped = slots(dropped);
            format!("finds [{dropped}] ended by event {by} (until): both are dropped")
        }
        Fate::Refuted { dropped, by } => {
            let dropped = slots(dropped);
            return format!(
                "the match [{dropped}] is dropped: event {by} is there, of stage {stage} that must be missing{}",
                keys(&step.keys)
            );
        }
    };
    format!("stage {stage} {what}{}", keys(&step.keys))
}

fn keys(tuple: &KeyTuple) -> String {
    if tuple.is_empty() {
        return String::new();
    }
    let value = |value: &KeyValue| match value {
        KeyValue::Null => "null".to_owned(),
        KeyValue::Text(text) => format!("{text:?}"),
        KeyValue::Number(number) => number
            .to_i64()
            .map_or_else(|| format!("{number:?}"), |number| number.to_string()),
        KeyValue::Address(address) => std::net::Ipv6Addr::from_bits(*address)
            .to_canonical()
            .to_string(),
        KeyValue::Instant(at) => instant::print(*at),
    };
    let values: Vec<String> = tuple.iter().map(value).collect();
    format!("   (by {})", values.join(", "))
}

/// Why an event moved nothing.
fn bystander(
    series: &Series,
    oracle: &SeriesOracle<'_>,
    event: &Event,
    at: usize,
    matches: &[Match],
) -> Vec<String> {
    let satisfied: Vec<usize> = oracle
        .events()
        .iter()
        .enumerate()
        .filter(|(_, oracle)| oracle.holds(event))
        .map(|(number, _)| number)
        .collect();
    if satisfied.is_empty() {
        return vec!["satisfies nothing".to_owned()];
    }
    if let Some(order) = series.order()
        && order.clock().instant(event).is_none()
    {
        return vec!["has no time that could be read, so it takes no part".to_owned()];
    }
    let within = matches
        .iter()
        .filter(|slots| slots.contains(&Some(at)))
        .count();
    match series {
        Series::Sequence(sequence) => satisfied
            .into_iter()
            .filter_map(|number| of_sequence(sequence, number, event))
            .collect(),
        Series::Sample(sample) => satisfied
            .into_iter()
            .filter_map(|number| Some(of_term(number, sample.terms.get(number)?, event, within)))
            .collect(),
        Series::Correlation(_) => {
            let numbers: Vec<String> = satisfied.iter().map(|n| (n + 1).to_string()).collect();
            vec![format!(
                "counts for condition {}; in {within} matches",
                numbers.join(", ")
            )]
        }
    }
}

fn of_sequence(sequence: &Sequence, number: usize, event: &Event) -> Option<String> {
    let term = sequence.terms().nth(number)?;
    let name = match sequence.stages.get(number) {
        Some(stage) if stage.missing => format!("stage {}, which must be missing", number + 1),
        Some(_) => format!("stage {}", number + 1),
        None => "`until`".to_owned(),
    };
    Some(match keyless(term, event) {
        Some(key) => format!("satisfies {name}, but has no value for {key}"),
        None => format!("satisfies {name}"),
    })
}

fn of_term(number: usize, term: &Term, event: &Event, within: usize) -> String {
    let name = format!("event {}", number + 1);
    match keyless(term, event) {
        Some(key) => format!("satisfies {name}, but has no value for {key}"),
        None => format!("satisfies {name}; in {within} matches"),
    }
}

/// A key that an event must have and has not.
fn keyless<'t>(term: &'t Term, event: &Event) -> Option<&'t str> {
    let mut keys = term.keys.iter().filter(|key| !key.optional);
    let key = keys.find(|key| event.values(&key.field).is_empty())?;
    Some(key.field.as_str())
}
