//! `verdict scan`: the native matcher over events.

use crate::args::{Format, Scan};
use crate::events;
use crate::output::{self, Exit, Failure, Outcome};
use crate::rulebook::{Entry, Rulebook, Setting};
use std::path::{Path, PathBuf};
use verdict_compiler::Diagnostic;
use verdict_targets::native::Pack;

/// A line a rule that matches: its id, name, authors (SigmaHQ's licence asks that a match names them) and the indices of the events.
pub(crate) fn run(options: &Scan) -> Outcome {
    let setting = Setting::new(options.any_source, options.schema.as_ref())?;
    let (rules, files) = places(options)?;
    let book = Rulebook::read(rules, setting)?;
    book.report(Format::Human, Diagnostic::is_error);
    if book.invalid() {
        return Ok(Exit::Invalid);
    }
    let events = events::read(files)?;
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

/// Where the rules and where the events are. `--rules` takes what stands behind it up to the next flag; the paths at its end that cannot be rules are
/// the events, unless these stand on their own.
fn places(options: &Scan) -> Result<(&[PathBuf], &[PathBuf]), Failure> {
    if !options.events.is_empty() {
        return Ok((&options.rules, &options.events));
    }
    let first = options.rules.iter().rposition(|path| may_be_rules(path));
    let (rules, events) = options.rules.split_at(first.map_or(0, |last| last + 1));
    let lacking = if events.is_empty() {
        "events"
    } else if rules.is_empty() {
        "rules"
    } else {
        return Ok((rules, events));
    };
    Err(Failure::usage(format!(
        "no {lacking} are named. Rules are folders and files that end in .yml, .yaml or .toml, and events stand behind them: `verdict scan --rules packs \
         events.ndjson`. Behind `--` everything holds events"
    )))
}

/// Whether a path may name rules.
fn may_be_rules(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    path.is_dir() || matches!(ending, Some("yml" | "yaml" | "toml"))
}
