//! The regression pairs: a rule, and events of which at least one must match.

use crate::examination::text_judge;
use crate::live::generated::Generated;
use crate::output::Failure;
use crate::registry::{self, Chosen};
use crate::rulebook::{Entry, Rulebook};
use crate::sources;
use std::collections::BTreeMap;
use std::path::Path;
use verdict_event::{Event, read_events};
use verdict_harness::Judgement;
use verdict_targets::native::Matcher;

/// How many pairs fire, by target.
pub(crate) struct Replay {
    /// How many pairs there are.
    pub pairs: usize,
    /// How many fire on each target.
    pub fired: BTreeMap<String, usize>,
    /// Replay that do not, as `rule id on target`.
    pub silent: Vec<String>,
}

/// Replays every pair on every target.
pub(crate) fn run(dir: &Path, book: &Rulebook, generated: &Generated) -> Result<Replay, Failure> {
    let path = dir.join("corpora/sigma/regression_events_flat.ndjson");
    let lines = read_events(&sources::read(&path)?);
    let lines = lines.map_err(|error| Failure::usage(format!("{}:{error}", path.display())))?;
    let mut by_rule: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for line in &lines {
        let id = line
            .root()
            .get("rule_id")
            .and_then(|id| id.scalar_text())
            .unwrap_or_default();
        let flat = line
            .root()
            .get("flat")
            .and_then(|flat| Event::from_json(flat.to_json()));
        by_rule.entry(id.to_owned()).or_default().extend(flat);
    }
    let mut pairs = Replay {
        pairs: by_rule.len(),
        fired: BTreeMap::new(),
        silent: Vec::new(),
    };
    let entries: BTreeMap<&str, &Entry> = book
        .entries
        .iter()
        .map(|entry| (entry.rule.id.as_str(), entry))
        .collect();
    for (id, events) in &by_rule {
        for chosen in registry::all_raw() {
            let fires = entries
                .get(id.as_str())
                .is_some_and(|entry| fires(entry, &chosen, generated, events));
            let count = pairs.fired.entry(chosen.name()).or_default();
            if fires {
                *count += 1;
            } else {
                pairs.silent.push(format!("{id} on {}", chosen.name()));
            }
        }
    }
    Ok(pairs)
}

fn fires(entry: &Entry, chosen: &Chosen, generated: &Generated, events: &[Event]) -> bool {
    let Some(ir) = entry.ir() else {
        return false;
    };
    match chosen {
        Chosen::Native => {
            let matcher = Matcher::new(ir);
            events.iter().any(|event| matcher.matches(event))
        }
        Chosen::Rust => {
            let judge = generated.judge(entry);
            judge.is_ok_and(|judge| {
                events
                    .iter()
                    .any(|event| judge.judge(event) == Judgement::Verdict(true))
            })
        }
        Chosen::Text(row, profile) => {
            let emitted = row.target.compile(&entry.rule, ir, profile);
            let Some(text) = emitted.text else {
                return false;
            };
            let judge = text_judge(row, profile, ir, &text);
            events
                .iter()
                .any(|event| judge.judge(event) == Judgement::Verdict(true))
        }
    }
}
