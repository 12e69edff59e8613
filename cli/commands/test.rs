//! `verdict test`: the harness over rules.

mod documents;
mod floor;
mod print;
mod strength;

use crate::args::{Format, ReportFormat, Test};
use crate::denied::Denied;
use crate::examination::{self, Examination, Pair, PairVerdict};
use crate::live::generated::Generated;
use crate::output::{self, Exit, Failure, Outcome};
use crate::registry::{self, Chosen};
use crate::rulebook::{Entry, Rulebook};
use crate::{counterexamples, report};
use floor::Floor;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use rayon::prelude::*;
use std::fmt::Write;
use verdict_compiler::{Diagnostic, Meaning};
use verdict_harness::Strength;
use verdict_harness::generate::Amount;

/// A line a rule; 1 if some pair disagrees, is untested or has a denied code, or a fixture is broken.
pub(crate) fn run(options: &Test) -> Outcome {
    if let Some(other) = options.engines.iter().find(|engine| *engine != "own") {
        return Err(Failure::usage(format!("no engine `{other}`; known: own")));
    }
    if let Some(folder) = &options.report {
        output::folder("--report", folder)?;
    }
    let denied = Denied::parse(&options.deny)?;
    let floor = options.strength_floor.map(Floor::new).transpose()?;
    let book = Rulebook::open_since(&options.rules, options.since.as_deref())?;
    match options.format {
        ReportFormat::Human => book.report(Format::Human, Diagnostic::is_error),
        ReportFormat::Json => book.report(Format::Json, Diagnostic::is_error),
        ReportFormat::Github => book.report(Format::Github, Diagnostic::is_error),
        // One document holds everything.
        ReportFormat::Sarif | ReportFormat::Junit => {}
    }
    let jobs = jobs(options, &book)?;
    let results = examine_all(options, &book, &jobs)?;
    let mut exit = if book.invalid() {
        Exit::Invalid
    } else {
        Exit::Clean
    };
    let told: Vec<Told<'_>> = jobs
        .iter()
        .zip(&results)
        .map(|((entry, _), result)| Told::new(entry, result, &denied, options.strength))
        .collect();
    for told in &told {
        print::rule(options.format, told);
        if !options.no_keep {
            counterexamples::keep(told.entry, told.result)?;
        }
        if matches!(told.mark, Mark::Fail | Mark::Denied) {
            exit = exit.max(Exit::Findings);
        }
    }
    match options.format {
        ReportFormat::Human => print::summary(&book, &told),
        ReportFormat::Json | ReportFormat::Github => {}
        ReportFormat::Sarif => output::line(&documents::sarif(&book, &told)?),
        ReportFormat::Junit => output::line(&documents::junit(&book, &told)),
    }
    if let Some(floor) = floor
        && !floor.holds(&results)
    {
        exit = exit.max(Exit::Findings);
    }
    if let Some(folder) = &options.report {
        let jobs = jobs.iter().zip(&results);
        let rules: Vec<_> = jobs
            .map(|((entry, targets), result)| (*entry, targets.as_slice(), result))
            .collect();
        report::write(folder, &rules, options.seed)?;
    }
    Ok(exit)
}

/// Every rule with the targets that it is examined on.
fn jobs<'b>(options: &Test, book: &'b Rulebook) -> Result<Vec<(&'b Entry, Vec<Chosen>)>, Failure> {
    let named = registry::choose(
        options.targets.iter().map(String::as_str),
        &book.profiles()?,
    )?;
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
    registry::choose(names.iter().map(String::as_str), entry.own_profiles())
}

fn examine_all(
    options: &Test,
    book: &Rulebook,
    jobs: &[(&Entry, Vec<Chosen>)],
) -> Result<Vec<Examination>, Failure> {
    let amount = Amount {
        seed: options.seed,
        strength: options.strength || options.strength_floor.is_some() || options.report.is_some(),
        certificate: options.report.is_some(),
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

/// A bar on standard error, on a terminal only: rules done, rules a second, the time left.
pub(crate) fn progress(length: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(length as u64), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} rules, {rate}/s, {eta} left");
    let style = style.map(|style| {
        style.with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
            let _ = write!(out, "{:.1}", state.per_sec());
        })
    });
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// What is to be said of a rule.
struct Told<'t> {
    entry: &'t Entry,
    result: &'t Examination,
    mark: Mark,
    /// The denied codes of each pair.
    denied: Vec<Vec<&'t str>>,
    /// How strong the events are, where it was asked to tell.
    strength: Option<&'t Strength>,
}

/// What a rule comes to, the worst of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Ok,
    /// A pair has a code of `--deny`.
    Denied,
    /// A pair disagrees or is untested, or a fixture is broken.
    Fail,
    /// The rule means nothing; its errors are told.
    Invalid,
}

impl Mark {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Denied => "DENIED",
            Self::Fail => "FAIL",
            Self::Invalid => "invalid",
        }
    }
}

impl<'t> Told<'t> {
    fn new(entry: &'t Entry, result: &'t Examination, denied: &Denied, strength: bool) -> Self {
        let denied: Vec<Vec<&str>> = result
            .pairs
            .iter()
            .map(|pair| denied.among(&pair.codes))
            .collect();
        let mark = if matches!(entry.compiled.meaning, Meaning::Invalid) {
            Mark::Invalid
        } else if !result.broken_fixtures.is_empty() || result.pairs.iter().any(fails) {
            Mark::Fail
        } else if denied.iter().any(|codes| !codes.is_empty()) {
            Mark::Denied
        } else {
            Mark::Ok
        };
        Self {
            entry,
            result,
            mark,
            denied,
            strength: result
                .outcome
                .as_ref()
                .filter(|_| strength)
                .and_then(|outcome| outcome.strength.as_ref()),
        }
    }
}

/// Whether a pair is not green.
fn fails(pair: &Pair) -> bool {
    matches!(pair.verdict, PairVerdict::Disagree | PairVerdict::Untested)
}

/// The name of a pair's target: `kql:raw`.
pub(crate) fn target_name(pair: &Pair) -> String {
    match &pair.profile {
        Some(profile) => format!("{}:{profile}", pair.target),
        None => pair.target.clone(),
    }
}
