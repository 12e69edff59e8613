//! Streams for what a correlation measures: an event more than it asks for, and few numbers that meet its condition together and not alone.

use super::base;
use super::draft::{Draft, Measured};
use super::timing::times;
use verdict_compiler::ir::series::{Correlation, CorrelationKind};
use verdict_event::Number;

/// Streams beside the one that should match.
pub(super) fn drafts(correlation: &Correlation, whole: &Draft) -> Vec<Draft> {
    let limit: Vec<i64> = i64::try_from(correlation.timespan).into_iter().collect();
    let mut drafts = Vec::new();
    match correlation.kind {
        CorrelationKind::EventCount | CorrelationKind::ValueCount => {
            let more = one_more(correlation, whole);
            drafts.extend(times(&more, &limit));
            drafts.push(more);
        }
        CorrelationKind::ValueSum
        | CorrelationKind::ValueAvg
        | CorrelationKind::ValuePercentile(_) => {
            let numbers = base::numbers(correlation);
            for first in &numbers {
                for last in &numbers {
                    let pair = measuring(whole, &[first, last], &limit);
                    drafts.extend(at_the_limit(&pair, &limit));
                    drafts.push(pair);
                    // A share of them is seen only among several.
                    drafts.push(measuring(whole, &[first, first, first, last], &limit));
                }
            }
        }
        CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => {}
    }
    drafts
}

/// The stream with an event more at its end, of another value.
fn one_more(correlation: &Correlation, whole: &Draft) -> Draft {
    let mut more = whole.clone();
    "an event more than is asked for".clone_into(&mut more.label);
    if let Some(mut actor) = whole.actors.last().cloned() {
        actor.at = actor.at.map(|at| at + 1);
        if correlation.kind == CorrelationKind::ValueCount {
            actor.measured = Some(Measured::Value(whole.actors.len()));
        }
        more.actors.push(actor);
    }
    more
}

/// An event for each number.
fn measuring(whole: &Draft, numbers: &[&Number], limit: &[i64]) -> Draft {
    let told: Vec<&str> = numbers.iter().map(|number| number.text()).collect();
    let step = limit.first().map_or(1, |limit| (limit / 4).min(1000));
    let mut draft = Draft::new(
        format!("events that measure {}", told.join(", ")),
        Vec::new(),
    );
    if let Some(first) = whole.actors.first() {
        let mut at = 0;
        for text in told {
            let mut actor = first.clone();
            actor.at = Some(at);
            actor.measured = Some(Measured::Number(text.to_owned()));
            draft.actors.push(actor);
            at += step;
        }
    }
    draft
}

/// The last event as late as it may be, and later.
fn at_the_limit(draft: &Draft, limit: &[i64]) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for limit in limit {
        for beyond in [0, 1] {
            let mut late = draft.clone();
            late.label = format!("{}, the limit {beyond:+} ms apart", draft.label);
            if let Some(actor) = late.actors.last_mut() {
                actor.at = Some(limit + beyond);
            }
            drafts.push(late);
        }
    }
    drafts
}
