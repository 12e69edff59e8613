//! `verdict scan`: the native matcher over events.

use crate::args::{Format, Scan};
use crate::events;
use crate::output::{self, Exit, Outcome};
use crate::rulebook::{Entry, Rulebook, Setting};
use verdict_compiler::Diagnostic;
use verdict_targets::native::Pack;

/// A line a rule that matches: its id, name, authors (SigmaHQ's licence asks that a match names them) and the indices of the events.
pub(crate) fn run(options: &Scan) -> Outcome {
    let setting = Setting::new(options.any_source, options.schema.as_ref())?;
    let book = Rulebook::read(&options.rules, setting)?;
    book.report(Format::Human, Diagnostic::is_error);
    if book.invalid() {
        return Ok(Exit::Invalid);
    }
    let events = events::read(&options.events)?;
    let known: Vec<(&Entry, _)> = book
        .entries
        .iter()
        .filter_map(|entry| entry.ir().map(|ir| (entry, ir)))
        .collect();
    for entry in book.entries.iter().filter(|entry| entry.ir().is_none()) {
        entry.tell_skipped();
    }
    let pack = Pack::new(known.iter().map(|(_, ir)| *ir));
    let mut matches: Vec<Vec<usize>> = vec![Vec::new(); known.len()];
    for (index, event) in events.iter().enumerate() {
        for rule in pack.matches(event) {
            if let Some(found) = matches.get_mut(rule) {
                found.push(index);
            }
        }
    }
    for ((entry, _), found) in known
        .iter()
        .zip(&matches)
        .filter(|(_, found)| !found.is_empty())
    {
        let line = serde_json::json!({
            "rule": entry.rule.id,
            "name": entry.rule.name,
            "authors": entry.rule.authors,
            "events": found,
        });
        output::line(&line.to_string());
    }
    Ok(Exit::Clean)
}
