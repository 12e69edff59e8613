//! `verdict gen`: the events that the harness makes for a rule.

use crate::args::{Format, Gen};
use crate::output::{self, Exit, Outcome};
use crate::rulebook::Rulebook;
use verdict_compiler::Diagnostic;
use verdict_harness::generate::{Amount, generate};

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
        for labelled in &made.events {
            let line = serde_json::json!({
                "rule": entry.rule.id,
                "label": labelled.label,
                "match": labelled.matches,
                "event": labelled.event.root().to_json(),
            });
            output::line(&line.to_string());
        }
        let reached = made.reached;
        output::tell(&format!(
            "{}: {} events; goals: {} witnessed, {} proved infeasible, {} unknown",
            entry.rule.name,
            made.events.len(),
            reached.witnessed,
            reached.infeasible,
            reached.unknown
        ));
    }
    Ok(Exit::Clean)
}
