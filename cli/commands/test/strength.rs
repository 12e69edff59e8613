//! What `test --strength` tells of a rule.

use crate::certificate::Faults;
use crate::output;
use crate::rulebook::Entry;
use serde_json::{Value, json};
use verdict_compiler::Span;
use verdict_harness::Strength;
use verdict_harness::strength::{Count, Survivor, Tally};

/// A line of counts, and the survivors.
pub(super) fn human(entry: &Entry, strength: &Strength) {
    let all = strength.total().all;
    output::line(&format!("       {}", counts(all)));
    for survivor in &strength.survivors {
        output::line(&format!(
            "       survives: {} ({}:{}): {}, with {}",
            survivor.operator.id,
            entry.source.name,
            line(entry, survivor),
            survivor.place,
            survivor.instead
        ));
        if let Some(event) = &survivor.killer {
            output::line(&format!("         killed by {}", event.to_json_line()));
        }
    }
}

fn line(entry: &Entry, survivor: &Survivor) -> usize {
    entry.source.line_column(survivor.span.start).0
}

fn counts(count: Count) -> String {
    format!(
        "faults: {} of {} killed, {} survive; {} more are equivalent",
        count.killed,
        count.killable(),
        count.surviving(),
        count.equivalent
    )
}

/// A rule as a line of JSON: counts of all its mutants and by operator, and the survivors.
pub(super) fn json(entry: &Entry, strength: &Strength) -> Value {
    let line = |span: Span| entry.source.line_column(span.start).0;
    json!({
        "rule": entry.rule.id,
        "strength": Faults::new(strength, &line),
    })
}

/// The last line: every rule's mutants together.
pub(super) fn summary<'s>(rules: impl Iterator<Item = &'s Strength>) -> Option<String> {
    let total = rules.map(Strength::total).reduce(Tally::plus)?;
    let share = |count: Count| {
        let per_myriad = count.killed * 10_000;
        let share = per_myriad.checked_div(count.killable()).unwrap_or(10_000);
        format!("{}.{:02} %", share / 100, share % 100)
    };
    Some(format!(
        "{}: {} of all, {} where every condition was seen deciding",
        counts(total.all),
        share(total.all),
        share(total.feasible)
    ))
}
