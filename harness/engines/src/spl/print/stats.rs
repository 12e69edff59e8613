//! `stats`, `eventstats` and `streamstats`.
//!
//! Source: Search Reference, stats, streamstats and "Statistical and charting functions".

use super::super::ast::{Expr, Stats, StatsArgument, StatsFunction, StatsTerm, StreamStats};
use super::expr::expr;
use super::{listed, name, names};

pub(super) fn stats(Stats { terms, by }: &Stats) -> String {
    let mut text = listed(terms, term);
    if !by.is_empty() {
        text += " BY ";
        text += &names(by);
    }
    text
}

/// The name stands always, since the tree keeps what it is and not whether it was written.
fn term(
    StatsTerm {
        function,
        argument,
        name: made,
    }: &StatsTerm,
) -> String {
    let function = self::function(*function);
    let argument = match argument {
        StatsArgument::None => String::new(),
        StatsArgument::Field(field) => format!("({})", name(&field.text)),
        StatsArgument::Eval(value) => format!("(eval({}))", expr(value)),
    };
    format!("{function}{argument} AS {}", name(made))
}

fn function(function: StatsFunction) -> String {
    match function {
        StatsFunction::Count => "count",
        StatsFunction::Distinct => "dc",
        StatsFunction::Sum => "sum",
        StatsFunction::Mean => "avg",
        StatsFunction::Min => "min",
        StatsFunction::Max => "max",
        StatsFunction::Range => "range",
        StatsFunction::Median => "median",
        StatsFunction::Percentile { rank, exact: true } => return format!("exactperc{rank}"),
        StatsFunction::Percentile { rank, exact: false } => return format!("perc{rank}"),
        StatsFunction::Earliest => "earliest",
        StatsFunction::Latest => "latest",
        StatsFunction::First => "first",
        StatsFunction::Last => "last",
        StatsFunction::Values => "values",
        StatsFunction::List => "list",
    }
    .to_owned()
}

pub(super) fn streamstats(made: &StreamStats) -> String {
    let time = made.time_window;
    let time = time.map_or_else(String::new, |time| format!(" time_window={time}s"));
    let before = condition("reset_before", made.reset_before.as_ref());
    let after = condition("reset_after", made.reset_after.as_ref());
    format!(
        "streamstats current={} global={} window={}{time} reset_on_change={}{before}{after} {}",
        made.current,
        made.global,
        made.window,
        made.reset_on_change,
        stats(&made.stats)
    )
}

/// Source: Search Reference, streamstats, "Escaping string values": within the quotation marks of the condition those of its texts are
/// escaped.
fn condition(word: &str, condition: Option<&Expr>) -> String {
    condition.map_or_else(String::new, |condition| {
        let text = expr(condition).replace('"', "\\\"");
        format!(r#" {word}="("{text}")""#)
    })
}
