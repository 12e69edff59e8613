//! A rule at a time: for people, as JSON, as annotations of GitHub Actions.

use super::{Mark, Told, fails, target_name};
use crate::args::ReportFormat;
use crate::examination::several::told;
use crate::examination::{Pair, PairVerdict};
use crate::output;
use crate::rulebook::{Entry, Rulebook};
use std::collections::BTreeMap;
use verdict_compiler::Refusal;
use verdict_harness::series::{StreamCounterexample, StreamJudgement};
use verdict_targets::profile::missing_field;

/// Prints what is to be said of a rule, where each rule has lines of its own.
pub(super) fn rule(format: ReportFormat, told: &Told<'_>) {
    match format {
        ReportFormat::Human => human(told),
        ReportFormat::Json => {
            for pair in &told.result.pairs {
                output::line(&json(told.entry, pair).to_string());
            }
            for broken in &told.result.broken_fixtures {
                output::line(&fixture(told.entry, broken).to_string());
            }
            if let Some(strength) = told.strength {
                output::line(&super::strength::json(told.entry, strength).to_string());
            }
        }
        ReportFormat::Github => github(told),
        ReportFormat::Sarif | ReportFormat::Junit => {}
    }
}

/// A broken fixture as a line of JSON: the keys of a pair, and what is broken.
fn fixture(entry: &Entry, broken: &str) -> serde_json::Value {
    serde_json::json!({
        "rule": entry.rule.id,
        "target": null,
        "profile": null,
        "verdict": "broken",
        "codes": [],
        "events": 0,
        "counterexample": null,
        "fixture": broken,
    })
}

/// A pair as a line of JSON.
fn json(entry: &Entry, pair: &Pair) -> serde_json::Value {
    let event = pair.counterexamples.first();
    let event = event.map(|(_, found)| found.event.root().to_json());
    let stream = pair.streams.first().map(|(_, found)| {
        let events = found.stream.iter().map(|event| event.root().to_json());
        serde_json::Value::Array(events.collect())
    });
    let counterexample = event.or(stream);
    serde_json::json!({
        "rule": entry.rule.id,
        "target": pair.target,
        "profile": pair.profile,
        "verdict": pair.verdict.word(),
        "codes": pair.codes,
        "events": pair.compared,
        "counterexample": counterexample,
    })
}

fn human(told: &Told<'_>) {
    let (entry, result) = (told.entry, told.result);
    if told.mark == Mark::Invalid {
        output::line(&format!(
            "{} {}: {}",
            told.mark.word(),
            entry.rule.name,
            entry.source.name
        ));
        return;
    }
    let verdicts: Vec<String> = result
        .pairs
        .iter()
        .map(|pair| {
            let codes = match &pair.verdict {
                PairVerdict::Unsupported(refusals) => format!(" ({})", reasons(refusals)),
                _ if pair.codes.is_empty() => String::new(),
                _ => format!(" ({})", pair.codes.join(", ")),
            };
            format!("{} {}{codes}", target_name(pair), pair.verdict.word())
        })
        .collect();
    let counts = result.outcome.as_ref().map_or_else(String::new, |outcome| {
        format!("  [{} events, {} match]", outcome.events, outcome.matching)
    });
    output::line(&format!(
        "{:<4} {}: {}{counts}",
        told.mark.word(),
        entry.rule.name,
        verdicts.join(", ")
    ));
    for broken in &result.broken_fixtures {
        output::line(&format!("       {broken}"));
    }
    if let Some(strength) = told.strength {
        super::strength::human(told.entry, strength);
    }
    for (pair, denied) in result.pairs.iter().zip(&told.denied) {
        if !denied.is_empty() {
            let (name, codes) = (target_name(pair), denied.join(", "));
            output::line(&format!("       denied: {name}: {codes}"));
        }
        let lines = match pair.verdict {
            PairVerdict::Disagree | PairVerdict::Untested => explain_difference(pair),
            PairVerdict::Diverges => declared_differences(pair),
            PairVerdict::Agree | PairVerdict::Unsupported(_) => Vec::new(),
        };
        for line in lines {
            output::line(&format!("       {line}"));
        }
    }
}

/// The codes of refusals, each once, with the fields that each is about.
fn reasons(refusals: &[Refusal]) -> String {
    let mut told: Vec<(&str, Vec<&str>)> = Vec::new();
    for refusal in refusals {
        let at = told.iter().position(|(code, _)| *code == refusal.code.id);
        let at = at.unwrap_or_else(|| {
            told.push((refusal.code.id, Vec::new()));
            told.len() - 1
        });
        let Some((_, fields)) = told.get_mut(at) else {
            continue;
        };
        fields.extend(missing_field(refusal).filter(|field| !fields.contains(field)));
    }
    let told = told.iter().map(|(code, fields)| {
        if fields.is_empty() {
            (*code).to_owned()
        } else {
            format!("{code}: {}", fields.join(", "))
        }
    });
    told.collect::<Vec<_>>().join("; ")
}

/// Each declared divergence with the smallest event that shows it.
fn declared_differences(pair: &Pair) -> Vec<String> {
    let name = target_name(pair);
    let shown = pair.counterexamples.iter().map(|(code, found)| {
        let (rule, target) = if found.oracle {
            ("matches", "does not")
        } else {
            ("does not match", "does")
        };
        let code = code.as_deref().unwrap_or_default();
        format!(
            "{code}: the rule {rule} {}, {name} {target}",
            found.event.to_json_line()
        )
    });
    let streams = pair.streams.iter().map(|(code, found)| {
        let code = code.as_deref().unwrap_or_default();
        format!("{code}: {}", stream(&name, found).join("; "))
    });
    shown.chain(streams).collect()
}

/// A stream on which a target differs: its events, and what is said of it.
fn stream(name: &str, found: &StreamCounterexample) -> Vec<String> {
    let mut lines = vec![format!(
        "{name} differs on a stream (made as: {})",
        found.label
    )];
    for (at, event) in found.stream.iter().enumerate() {
        lines.push(format!("  {at}: {}", event.to_json_line()));
    }
    let judge = match &found.judge {
        StreamJudgement::Matches(matches) => told(matches),
        StreamJudgement::Windows(windows) => {
            let windows = windows
                .iter()
                .map(|window| format!("{} ({})", window.end, window.told.join(", ")));
            format!("windows {}", windows.collect::<Vec<_>>().join(", "))
        }
        StreamJudgement::Unrepresentable(reason) | StreamJudgement::Rejected(reason) => {
            reason.clone()
        }
    };
    lines.push(format!(
        "  the rule finds {}; {name} finds {judge}",
        told(&found.oracle)
    ));
    lines
}

pub(super) fn explain_difference(pair: &Pair) -> Vec<String> {
    let name = target_name(pair);
    let mut lines: Vec<String> = pair
        .detail
        .iter()
        .map(|detail| format!("{name}: {detail}"))
        .collect();
    for (_, found) in &pair.counterexamples {
        lines.push(format!("{name} differs on {}", found.event.to_json_line()));
        let says = if found.oracle {
            "matches"
        } else {
            "does not match"
        };
        lines.push(format!(
            "  the rule {says}; {name} says {:?} (made as: {})",
            found.judge, found.label
        ));
    }
    for (_, found) in &pair.streams {
        lines.extend(stream(&name, found));
    }
    lines
}

fn github(told: &Told<'_>) {
    let (entry, result) = (told.entry, told.result);
    for (pair, denied) in result.pairs.iter().zip(&told.denied) {
        if !denied.is_empty() {
            output::line(&format!(
                "::error file={},title={} denied::{}",
                entry.source.name,
                target_name(pair),
                denied.join(", ")
            ));
        }
    }
    for pair in result.pairs.iter().filter(|pair| fails(pair)) {
        let text = explain_difference(pair).join("%0A");
        output::line(&format!(
            "::error file={},title={} {}::{text}",
            entry.source.name,
            target_name(pair),
            pair.verdict.word()
        ));
    }
    for broken in &result.broken_fixtures {
        output::line(&format!("::error file={}::{broken}", entry.source.name));
    }
}

/// The last line: rules, files that hold none that could be read, events, and pairs by their verdict.
pub(super) fn summary(book: &Rulebook, rules: &[Told<'_>]) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for told in rules {
        for pair in &told.result.pairs {
            *counts.entry(pair.verdict.word()).or_default() += 1;
        }
        if told.mark == Mark::Invalid {
            *counts.entry("invalid").or_default() += 1;
        }
        let denied = told.denied.iter().filter(|codes| !codes.is_empty());
        match denied.count() {
            0 => {}
            denied => *counts.entry("denied").or_default() += denied,
        }
    }
    let told: Vec<String> = counts
        .iter()
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    let events: usize = rules
        .iter()
        .filter_map(|told| told.result.outcome.as_ref())
        .map(|outcome| outcome.events)
        .sum();
    let events = output::count(events, "event");
    let told = if told.is_empty() {
        String::new()
    } else {
        format!(": {}", told.join(", "))
    };
    output::tell(&format!("{}, {events}{told}", book.size()));
    if let Some(line) = super::strength::summary(rules.iter().filter_map(|told| told.strength)) {
        output::tell(&line);
    }
}
