//! `verdict test`: the harness over rules.

use crate::args::{Format, Test};
use crate::examination::{self, Examination, Pair, PairVerdict};
use crate::live::generated::Generated;
use crate::output::{self, Exit, Failure, Outcome};
use crate::registry::{self, Chosen};
use crate::rulebook::{Entry, Rulebook};
use crate::{counterexamples, report};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use verdict_compiler::Diagnostic;
use verdict_harness::generate::Amount;

/// A line a rule; 1 if some pair disagrees, is untested or has a denied code, or a fixture is broken.
pub(crate) fn run(options: &Test) -> Outcome {
    if let Some(other) = options.engines.iter().find(|engine| *engine != "own") {
        return Err(Failure::usage(format!("no engine `{other}`; known: own")));
    }
    let mut book = Rulebook::open(&options.rules)?;
    book.report(options.format, Diagnostic::is_error);
    if let Some(revision) = &options.since {
        let changed = changed_since(revision)?;
        book.entries
            .retain(|entry| changed.contains(&canonical(&PathBuf::from(&entry.source.name))));
    }
    let jobs = jobs(options, &book)?;
    let results = examine_all(options, &book, &jobs)?;
    let mut exit = if book.invalid() {
        Exit::Invalid
    } else {
        Exit::Clean
    };
    for ((entry, _), result) in jobs.iter().zip(&results) {
        print(options.format, entry, result);
        if !options.no_keep {
            counterexamples::keep(entry, result)?;
        }
        if failed(result, &options.deny) {
            exit = exit.max(Exit::Findings);
        }
    }
    if let Some(folder) = &options.report {
        let pairs: Vec<(&Entry, &Examination)> =
            jobs.iter().map(|(entry, _)| *entry).zip(&results).collect();
        report::write(folder, &pairs)?;
    }
    if options.format == Format::Human {
        summary(&results);
    }
    Ok(exit)
}

/// Every rule with the targets that it is examined on.
fn jobs<'b>(options: &Test, book: &'b Rulebook) -> Result<Vec<(&'b Entry, Vec<Chosen>)>, Failure> {
    let named = registry::choose(options.targets.iter().map(String::as_str))?;
    book.entries
        .iter()
        .map(|entry| {
            let targets = if named.is_empty() {
                default_targets(entry)?
            } else {
                named.clone()
            };
            Ok((entry, targets))
        })
        .collect()
}

/// The pack's targets, and `raw` of every target.
fn default_targets(entry: &Entry) -> Result<Vec<Chosen>, Failure> {
    let mut names: Vec<String> = entry.pack.iter().flat_map(|file| file.targets()).collect();
    names.extend(registry::all_raw().iter().map(Chosen::name));
    registry::choose(names.iter().map(String::as_str))
}

fn examine_all(
    options: &Test,
    book: &Rulebook,
    jobs: &[(&Entry, Vec<Chosen>)],
) -> Result<Vec<Examination>, Failure> {
    let amount = Amount {
        seed: options.seed,
        ..Amount::default()
    };
    let kept = jobs
        .iter()
        .map(|(entry, _)| counterexamples::read(entry))
        .collect::<Result<Vec<_>, _>>()?;
    let generated = generated(jobs);
    let bar = progress(jobs.len());
    let work = || {
        jobs.par_iter()
            .zip(kept)
            .map(|((entry, targets), kept)| {
                let result = examination::run(
                    entry,
                    &book.setting,
                    targets,
                    generated.as_ref(),
                    amount,
                    kept,
                );
                bar.inc(1);
                result
            })
            .collect()
    };
    let results = match options.jobs {
        None => work(),
        Some(threads) => pool(threads)?.install(work),
    };
    bar.finish_and_clear();
    Ok(results)
}

/// The generated crate of every rule that is to be examined so.
fn generated(jobs: &[(&Entry, Vec<Chosen>)]) -> Option<Generated> {
    let asked = jobs
        .iter()
        .filter(|(_, targets)| targets.iter().any(|chosen| matches!(chosen, Chosen::Rust)))
        .map(|(entry, _)| *entry);
    let asked: Vec<&Entry> = asked.collect();
    (!asked.is_empty()).then(|| Generated::build(asked))
}

/// A pool of so many threads.
pub(crate) fn pool(threads: usize) -> Result<rayon::ThreadPool, Failure> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads.max(1))
        .build();
    pool.map_err(|error| Failure::internal(format!("cannot start {threads} threads: {error}")))
}

/// A bar on standard error, on a terminal only.
pub(crate) fn progress(length: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length as u64), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} rules, {elapsed}");
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Files that differ from a git revision, whole paths.
fn changed_since(revision: &str) -> Result<BTreeSet<PathBuf>, Failure> {
    let git = |arguments: &[&str]| -> Result<String, Failure> {
        let output = Command::new("git").args(arguments).output();
        let output = output.map_err(|error| Failure::usage(format!("cannot run git: {error}")))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(Failure::usage(format!(
                "git: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            )))
        }
    };
    let top = PathBuf::from(git(&["rev-parse", "--show-toplevel"])?.trim());
    let commit = git(&[
        "rev-parse",
        "--verify",
        "--end-of-options",
        &format!("{revision}^{{commit}}"),
    ])?;
    let changed = git(&["diff", "--name-only", "-z", commit.trim(), "--"])?;
    let new = git(&[
        "ls-files",
        "--others",
        "--exclude-standard",
        "--full-name",
        "-z",
        ":/",
    ])?;
    let names = changed
        .split('\0')
        .chain(new.split('\0'))
        .filter(|name| !name.is_empty());
    Ok(names.map(|name| canonical(&top.join(name))).collect())
}

fn canonical(path: &PathBuf) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.clone())
}

/// Whether a rule is not green.
fn failed(result: &Examination, deny: &[String]) -> bool {
    let bad = |pair: &Pair| {
        matches!(pair.verdict, PairVerdict::Disagree | PairVerdict::Untested)
            || pair.codes.iter().any(|code| deny.contains(code))
    };
    !result.broken_fixtures.is_empty() || result.pairs.iter().any(bad)
}

fn print(format: Format, entry: &Entry, result: &Examination) {
    match format {
        Format::Human => human(entry, result),
        Format::Json => result
            .pairs
            .iter()
            .for_each(|pair| output::line(&json(entry, pair).to_string())),
        Format::Github => github(entry, result),
    }
}

/// A pair as a line of JSON.
pub(crate) fn json(entry: &Entry, pair: &Pair) -> serde_json::Value {
    let counterexample = pair
        .counterexamples
        .first()
        .map(|(_, found)| found.event.root().to_json());
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

/// The name of a pair's target: `kql:raw`.
pub(crate) fn target_name(pair: &Pair) -> String {
    match &pair.profile {
        Some(profile) => format!("{}:{profile}", pair.target),
        None => pair.target.clone(),
    }
}

fn human(entry: &Entry, result: &Examination) {
    let mark = if failed(result, &[]) { "FAIL" } else { "ok  " };
    let verdicts: Vec<String> = result
        .pairs
        .iter()
        .map(|pair| {
            let codes = if pair.codes.is_empty() {
                String::new()
            } else {
                format!(" ({})", pair.codes.join(", "))
            };
            format!("{} {}{codes}", target_name(pair), pair.verdict.word())
        })
        .collect();
    let counts = result.outcome.as_ref().map_or_else(String::new, |outcome| {
        format!("  [{} events, {} match]", outcome.events, outcome.matching)
    });
    output::line(&format!(
        "{mark} {}: {}{counts}",
        entry.rule.name,
        verdicts.join(", ")
    ));
    for broken in &result.broken_fixtures {
        output::line(&format!("       {broken}"));
    }
    for pair in &result.pairs {
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
    shown.collect()
}

fn explain_difference(pair: &Pair) -> Vec<String> {
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
    lines
}

fn github(entry: &Entry, result: &Examination) {
    let bad = |pair: &&Pair| matches!(pair.verdict, PairVerdict::Disagree | PairVerdict::Untested);
    for pair in result.pairs.iter().filter(bad) {
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

fn summary(results: &[Examination]) {
    let mut counts = std::collections::BTreeMap::new();
    for pair in results.iter().flat_map(|result| &result.pairs) {
        *counts.entry(pair.verdict.word()).or_insert(0usize) += 1;
    }
    let told: Vec<String> = counts
        .iter()
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    let events: usize = results
        .iter()
        .filter_map(|result| result.outcome.as_ref())
        .map(|outcome| outcome.events)
        .sum();
    output::tell(&format!(
        "{} rules, {events} events: {}",
        results.len(),
        told.join(", ")
    ));
}
