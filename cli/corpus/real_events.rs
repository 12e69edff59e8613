//! Every rule over every real event: the match sets of native, oracle and the text engines must be equal.

use crate::live::generated::Generated;
use crate::output::Failure;
use crate::registry::{self, Chosen, Engine};
use crate::rulebook::{Entry, Rulebook};
use crate::sources;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use verdict_compiler::Ir;
use verdict_event::{Event, read_events};
use verdict_harness::Oracle;
use verdict_targets::native::Pack;
use verdict_targets::target::{Claim, Projection, Projector};

const FILES: [&str; 4] = [
    "windows_mixed.ndjson.zst",
    "windows_ecs.ndjson.zst",
    "zeek_apt29.ndjson.zst",
    "sentinel_and_cloud_samples.ndjson.zst",
];

/// What the real events showed.
#[derive(Default)]
pub(crate) struct Judged {
    /// How many events were read.
    pub events: usize,
    /// How many pairs of rule and event the native pack matched.
    pub matches: usize,
    /// How many rules matched some event.
    pub rules: usize,
    /// Differences: target, rule, file and index of the event.
    pub differences: Vec<String>,
    /// Pairs of rule and event that differ, where no row of the profile can hold the event: outside the comparison.
    pub unrepresentable: usize,
    /// Differences that a declared or standing divergence covers.
    pub explained: BTreeMap<String, usize>,
}

/// Judges every file.
pub(crate) fn run(dir: &Path, book: &Rulebook, generated: &Generated) -> Result<Judged, Failure> {
    let mut all = Judged::default();
    let mut matching: BTreeSet<usize> = BTreeSet::new();
    for name in FILES {
        let path = dir.join("events").join(name);
        let events = read_events(&sources::read(&path)?);
        let mut events =
            events.map_err(|error| Failure::usage(format!("{}:{error}", path.display())))?;
        if name.starts_with("sentinel") {
            events = events
                .iter()
                .filter_map(|event| Event::from_json(event.root().get("row")?.to_json()))
                .collect();
        }
        let entries: Vec<(usize, &Entry, &Ir)> = (0..)
            .zip(&book.entries)
            .filter_map(|(at, entry)| entry.ir().map(|ir| (at, entry, ir)))
            .collect();
        let pack = Pack::new(entries.iter().map(|(_, _, ir)| *ir));
        let by_event: Vec<Vec<usize>> =
            events.par_iter().map(|event| pack.matches(event)).collect();
        let mut by_rule: Vec<Vec<usize>> = vec![Vec::new(); entries.len()];
        for (index, rules) in by_event.iter().enumerate() {
            for rule in rules {
                if let Some(found) = by_rule.get_mut(*rule) {
                    found.push(index);
                }
            }
        }
        let found: Vec<Judged> = entries
            .par_iter()
            .zip(&by_rule)
            .map(|((_, entry, ir), matched)| one(entry, ir, name, &events, matched))
            .collect();
        all.differences.extend(generated_differences(
            generated, &entries, name, &events, &by_event,
        ));
        all.events += events.len();
        for (((at, _, _), matched), judged) in entries.iter().zip(&by_rule).zip(found) {
            all.matches += matched.len();
            if !matched.is_empty() {
                matching.insert(*at);
            }
            all.differences.extend(judged.differences);
            all.unrepresentable += judged.unrepresentable;
            for (code, count) in judged.explained {
                *all.explained.entry(code).or_default() += count;
            }
        }
    }
    all.rules = matching.len();
    Ok(all)
}

/// The generated crate over one file: it must match the rules that the native pack matches.
fn generated_differences(
    generated: &Generated,
    entries: &[(usize, &Entry, &Ir)],
    file: &str,
    events: &[Event],
    by_event: &[Vec<usize>],
) -> Vec<String> {
    let places: Vec<Option<usize>> = entries
        .iter()
        .map(|(_, entry, _)| generated.place(entry))
        .collect();
    let ids: BTreeMap<usize, &str> = entries
        .iter()
        .zip(&places)
        .filter_map(|((_, entry, _), place)| Some(((*place)?, entry.rule.id.as_str())))
        .collect();
    let parts: Vec<&[Event]> = events.chunks(1_000).collect();
    let found: Vec<Result<Vec<Option<Vec<usize>>>, String>> = parts
        .par_iter()
        .map(|part| generated.matching(&part.iter().collect::<Vec<_>>()))
        .collect();
    let mut differences = Vec::new();
    let mut all = Vec::new();
    for part in found {
        match part {
            Ok(part) => all.extend(part),
            Err(reason) => return vec![format!("rust ({reason}): {file}")],
        }
    }
    for (index, (native, rust)) in by_event.iter().zip(&all).enumerate() {
        let wanted: BTreeSet<usize> = native
            .iter()
            .filter_map(|rule| places.get(*rule).copied().flatten())
            .collect();
        let have: BTreeSet<usize> = rust.iter().flatten().copied().collect();
        if rust.is_none() {
            differences.push(format!("rust: cannot read {file}[{index}]"));
        }
        for rule in wanted.symmetric_difference(&have) {
            let id = ids.get(rule).copied().unwrap_or_default();
            differences.push(format!("rust: {id} on {file}[{index}]"));
        }
    }
    differences
}

/// One rule over one file: the native pack's matches against the oracle and every text engine.
fn one(entry: &Entry, ir: &Ir, file: &str, events: &[Event], matched: &[usize]) -> Judged {
    let mut judged = Judged::default();
    let oracle = Oracle::new(ir);
    let texts = texts(entry, ir);
    let mut next = matched.iter().copied().peekable();
    for (index, event) in events.iter().enumerate() {
        let pack_says = next.next_if_eq(&index).is_some();
        let oracle_says = oracle.holds(event);
        let mut differ = |target: &str| {
            judged
                .differences
                .push(format!("{target}: {} on {file}[{index}]", entry.rule.id))
        };
        if pack_says != oracle_says {
            differ("native");
        }
        for text in &texts {
            // The engine reads an event's columns itself. Whether a row could hold the event matters only where the two differ.
            let verdict = (text.engine)(event);
            if verdict == Ok(oracle_says) {
                continue;
            }
            match (verdict, (text.project)(event)) {
                (_, Projection::Unrepresentable(_)) => judged.unrepresentable += 1,
                (Err(reason), Projection::Row(_)) => differ(&format!("{} ({reason})", text.name)),
                (Ok(_), Projection::Row(_)) => match covering(text, ir, event) {
                    Some(code) => *judged.explained.entry(code).or_default() += 1,
                    None => differ(&text.name),
                },
            }
        }
    }
    judged
}

struct Text<'j> {
    name: String,
    codes: Vec<verdict_compiler::Code>,
    engine: Engine,
    project: Projector<'j>,
}

fn texts<'j>(entry: &Entry, ir: &'j Ir) -> Vec<Text<'j>> {
    let mut found = Vec::new();
    for chosen in registry::all_raw() {
        let Chosen::Text(row, profile) = &chosen else {
            continue;
        };
        let emitted = row.target.compile(&entry.rule, ir, profile);
        let mut codes = match emitted.claim {
            Claim::Exact => Vec::new(),
            Claim::Diverges(codes) => codes,
            Claim::Unsupported(_) => continue,
        };
        codes.extend(row.standing);
        if let Some(text) = emitted.text {
            let name = chosen.name();
            let engine =
                (row.engine)(&text, &row.target.schema(ir, profile)).unwrap_or_else(|errors| {
                    let told = errors
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join("; ");
                    Box::new(move |_| Err(told.clone()))
                });
            found.push(Text {
                name,
                codes,
                engine,
                project: row.target.projector(ir, profile),
            });
        }
    }
    found
}

fn covering(text: &Text<'_>, ir: &Ir, event: &Event) -> Option<String> {
    let covers = |code: &&verdict_compiler::Code| {
        verdict_harness::divergence::covers(**code, ir, event) == Some(true)
    };
    text.codes
        .iter()
        .find(covers)
        .map(|code| code.id.to_owned())
}
