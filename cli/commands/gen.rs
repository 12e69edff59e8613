//! `verdict gen`: the events that the harness makes for a rule.

use crate::args::{Format, Gen};
use crate::output::{self, Exit, Outcome};
use crate::rulebook::Rulebook;
use verdict_compiler::Diagnostic;
use verdict_event::Event;
use verdict_harness::generate::{Amount, generate};
use verdict_harness::strength::stored::stored;

/// A line an event: why it was made, what the rule says of it, and the event. What became of the goals goes to standard error.
pub(crate) fn run(options: &Gen) -> Outcome {
    let book = Rulebook::open(&options.rules)?;
    book.report(Format::Human, Diagnostic::is_error);
    if book.invalid() {
        return Ok(Exit::Invalid);
    }
    let amount = Amount {
        events: options.most,
        seed: options.seed,
        ..Amount::default()
    };
    for entry in &book.entries {
        let Some(ir) = entry.ir() else {
            entry.tell_skipped();
            continue;
        };
        let made = generate(ir, &entry.seed_key(), amount);
        let all: Vec<&Event> = made.events.iter().map(|made| &made.event).collect();
        let kept = if options.stored {
            stored(ir, &all)
        } else {
            (0..all.len()).collect()
        };
        for labelled in kept.iter().filter_map(|at| made.events.get(*at)) {
            let line = serde_json::json!({
                "rule": entry.rule.id,
                "label": labelled.label,
                "match": labelled.matches,
                "event": labelled.event.root().to_json(),
            });
            output::line(&line.to_string());
        }
        let reached = made.account.total();
        output::tell(&format!(
            "{}: {}; goals: {} witnessed, {} proved infeasible, {} unknown",
            entry.rule.name,
            count(kept.len(), all.len()),
            reached.witnessed,
            reached.infeasible,
            reached.unknown
        ));
    }
    Ok(Exit::Clean)
}

/// How many events there are, and of how many.
fn count(kept: usize, all: usize) -> String {
    if kept == all {
        output::count(all, "event")
    } else {
        format!("{kept} of {}", output::count(all, "event"))
    }
}
