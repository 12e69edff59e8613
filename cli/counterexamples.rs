//! Counterexamples: events that once told a target from its rule, kept in a file of their own and tried before any others.
//!
//! They stand beside the pack, in `counterexamples/<rule id>.ndjson`: an event a line with why it was made, so that a reviewer reads
//! them and a changed strategy does not lose them.

use crate::examination::{Examination, PairVerdict};
use crate::output::{self, Failure};
use crate::rulebook::Entry;
use crate::sources;
use std::path::PathBuf;
use verdict_event::{Event, read_events};

/// Where they stand for a rule of a pack.
pub(crate) fn file(entry: &Entry) -> Option<PathBuf> {
    let pack = entry.pack.as_ref()?;
    let id: String = entry
        .rule
        .id
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    Some(
        pack.folder
            .join("counterexamples")
            .join(format!("{id}.ndjson")),
    )
}

/// The events kept for a rule.
pub(crate) fn read(entry: &Entry) -> Result<Vec<Event>, Failure> {
    let Some(path) = file(entry).filter(|path| path.is_file()) else {
        return Ok(Vec::new());
    };
    let lines = read_events(&sources::read(&path)?);
    let lines = lines.map_err(|error| Failure::usage(format!("{}:{error}", path.display())))?;
    Ok(lines
        .iter()
        .filter_map(|line| line.root().get("event"))
        .filter_map(|event| Event::from_json(event.to_json()))
        .collect())
}

/// Adds the shrunk events of unexplained disagreements, each once.
pub(crate) fn keep(entry: &Entry, result: &Examination) -> Result<(), Failure> {
    let Some(path) = file(entry) else {
        return Ok(());
    };
    let mut text = if path.is_file() {
        sources::read(&path)?
    } else {
        String::new()
    };
    let before = text.len();
    for pair in result
        .pairs
        .iter()
        .filter(|pair| pair.verdict == PairVerdict::Disagree)
    {
        for (_, found) in &pair.counterexamples {
            let line = serde_json::json!({
                "target": pair.target,
                "label": found.label,
                "event": found.event.root().to_json(),
            });
            let event = found.event.to_json_line();
            if !text.contains(&event) {
                text.push_str(&line.to_string());
                text.push('\n');
            }
        }
    }
    if text.len() == before {
        Ok(())
    } else {
        output::write_file(&path, &text)
    }
}
