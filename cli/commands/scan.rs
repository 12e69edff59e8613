//! `verdict scan`: the native matcher over events.

use crate::args::{Format, Scan};
use crate::events;
use crate::output::{self, Exit, Failure, Outcome};
use crate::rulebook::{Entry, Rulebook, Setting};
use std::path::{Path, PathBuf};
use verdict_compiler::codes::target::KEYS_EVICTED;
use verdict_compiler::ir::Series;
use verdict_compiler::{Diagnostic, Ir};
use verdict_event::Event;
use verdict_targets::native::{Pack, SeriesPack};

/// Lines with a rule's id, name, authors (SigmaHQ's licence asks that a match names them) and the indices of events: one line a rule, for rules over several
/// events one a match.
pub(crate) fn run(options: &Scan) -> Outcome {
    let setting = Setting::new(options.any_source, options.schema.as_ref())?;
    let (rules, files) = places(options)?;
    let book = Rulebook::read(rules, setting)?;
    book.report(Format::Human, Diagnostic::is_error);
    if book.invalid() {
        return Ok(Exit::Invalid);
    }
    let events = events::read(files)?;
    let reporting = || book.entries.iter().filter(|entry| !entry.is_part);
    for entry in reporting().filter(|entry| entry.ir().is_none() && entry.series().is_none()) {
        entry.tell_skipped();
    }
    let mut lines: Vec<(&Entry, Vec<Vec<Option<usize>>>)> =
        reporting().map(|entry| (entry, Vec::new())).collect();
    single(&events, &mut lines);
    several(options, &events, &mut lines);
    for (entry, matches) in &lines {
        for events in matches {
            let line = serde_json::json!({
                "rule": entry.rule.id,
                "name": entry.rule.name,
                "authors": entry.rule.authors,
                "events": events,
            });
            output::line(&line.to_string());
        }
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

/// Rules over single events: all matches of a rule in one line.
fn single(events: &[Event], lines: &mut [(&Entry, Vec<Vec<Option<usize>>>)]) {
    let known = lines.iter().enumerate();
    let known: Vec<(usize, &Ir)> = known
        .filter_map(|(at, (entry, _))| Some((at, entry.ir()?)))
        .collect();
    let pack = Pack::new(known.iter().map(|(_, ir)| *ir));
    let mut matches: Vec<Vec<Option<usize>>> = vec![Vec::new(); known.len()];
    for (index, event) in events.iter().enumerate() {
        for rule in pack.matches(event) {
            if let Some(found) = matches.get_mut(rule) {
                found.push(Some(index));
            }
        }
    }
    for ((at, _), found) in known.into_iter().zip(matches) {
        if let Some((_, lines)) = lines.get_mut(at)
            && !found.is_empty()
        {
            lines.push(found);
        }
    }
}

/// Rules over several events: a line a match, null for an event that is missing.
fn several(options: &Scan, events: &[Event], lines: &mut [(&Entry, Vec<Vec<Option<usize>>>)]) {
    let known = lines.iter().enumerate();
    let known: Vec<(usize, &Series)> = known
        .filter_map(|(at, (entry, _))| Some((at, entry.series()?)))
        .collect();
    if known.is_empty() {
        return;
    }
    let pack = SeriesPack::new(known.iter().map(|(_, series)| *series));
    let pack = pack.with_keys(options.max_keys);
    let mut matches: Vec<Vec<Vec<Option<usize>>>> = vec![Vec::new(); known.len()];
    let memory = pack.scan(events, &mut |found| {
        if let Some(matches) = matches.get_mut(found.rule) {
            matches.push(found.events);
        }
    });
    for (((at, _), found), memory) in known.into_iter().zip(matches).zip(memory) {
        if let Some((entry, lines)) = lines.get_mut(at) {
            lines.extend(found);
            if memory.evicted > 0 {
                output::tell(&format!(
                    "warning[{}]: {}: {} keys gave way to others, so matches may be missing",
                    KEYS_EVICTED, entry.rule.name, memory.evicted
                ));
            }
        }
    }
}
