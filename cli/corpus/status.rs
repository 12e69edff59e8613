//! The status of the corpus: one table for the terminal, one page for `docs/status.md`, and the floors that must hold.

use crate::corpus::real_events::Judged;
use crate::corpus::regression::Replay;
use crate::examination::{Examination, PairVerdict};
use crate::rulebook::{Entry, Rulebook};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Expr, LeafKind, Test};
use verdict_compiler::rule::Body;
use verdict_compiler::{Meaning, codes};

/// At least so many of the plain Sigma rules must be exact on every text target, in per mille.
const EXACT_FLOOR: usize = 970;

/// Everything that the corpus run found.
pub(crate) struct Findings {
    groups: BTreeMap<&'static str, Group>,
    /// Rules that are neither loaded nor refused with a reason: name and first error.
    invalid: Vec<String>,
    refused: BTreeMap<String, usize>,
    disagreements: Vec<String>,
    untested: Vec<String>,
    /// Regression pairs, where they were run.
    pub regression: Option<Replay>,
    /// Real events, where they were run.
    pub real_events: Option<Judged>,
}

/// Rules of one source language.
#[derive(Default)]
struct Group {
    rules: usize,
    lowered: usize,
    plain: usize,
    events: usize,
    witnessed: usize,
    infeasible: usize,
    unknown: usize,
    targets: BTreeMap<String, Tally>,
}

/// Replay of one target.
#[derive(Default)]
struct Tally {
    exact: usize,
    plain_exact: usize,
    diverges: BTreeMap<String, usize>,
    unsupported: BTreeMap<String, usize>,
    untested: usize,
    disagree: usize,
    compared: usize,
    unrepresentable: usize,
    standing: BTreeMap<String, usize>,
}

impl Findings {
    /// Counts what an examination found.
    pub(crate) fn new(book: &Rulebook, results: &[Examination]) -> Self {
        let mut findings = Self {
            groups: BTreeMap::new(),
            invalid: Vec::new(),
            refused: BTreeMap::new(),
            disagreements: Vec::new(),
            untested: Vec::new(),
            regression: None,
            real_events: None,
        };
        for (source, finding) in book
            .findings
            .iter()
            .filter(|(_, finding)| finding.is_error())
        {
            let expected = source.name.starts_with("unsupported/")
                || finding.code == codes::sigma::UNRESOLVED_PLACEHOLDER;
            if expected {
                *findings
                    .refused
                    .entry(finding.code.id.to_owned())
                    .or_default() += 1;
            } else {
                let (line, column) = source.line_column(finding.span.start);
                findings.invalid.push(format!(
                    "{}:{line}:{column} {} {}",
                    source.name, finding.code, finding.message
                ));
            }
        }
        for (entry, result) in book.entries.iter().zip(results) {
            findings.count(entry, result);
        }
        findings
    }

    fn count(&mut self, entry: &Entry, result: &Examination) {
        let language = match &entry.rule.body {
            Body::Eql(_) => "EQL",
            Body::Sigma(_) => "Sigma",
            Body::Opaque(_) => "other languages",
        };
        // Sigma's `unsupported/` holds rules in the syntax before version 2; they are counted by their refusals above.
        if entry.source.name.starts_with("unsupported/") {
            return;
        }
        let group = self.groups.entry(language).or_default();
        group.rules += 1;
        let plain = entry.ir().is_some_and(|ir| is_plain(&ir.predicate));
        group.lowered += usize::from(matches!(entry.compiled.meaning, Meaning::Known(_)));
        group.plain += usize::from(plain);
        if let Some(outcome) = &result.outcome {
            group.events += outcome.events;
            group.witnessed += outcome.reached.witnessed;
            group.infeasible += outcome.reached.infeasible;
            group.unknown += outcome.reached.unknown;
            if !outcome.tested() {
                self.untested.push(entry.source.name.clone());
            }
        }
        for pair in &result.pairs {
            let name = crate::commands::test::target_name(pair);
            let tally = group.targets.entry(name.clone()).or_default();
            tally.compared += pair.compared;
            tally.unrepresentable += pair.unrepresentable;
            for code in &pair.standing {
                *tally.standing.entry(code.clone()).or_default() += 1;
            }
            match &pair.verdict {
                PairVerdict::Agree => {
                    tally.exact += 1;
                    tally.plain_exact += usize::from(plain);
                }
                PairVerdict::Diverges => {
                    for code in &pair.codes {
                        *tally.diverges.entry(code.clone()).or_default() += 1;
                    }
                }
                PairVerdict::Unsupported(_) => {
                    for code in pair.codes.iter().take(1) {
                        *tally.unsupported.entry(code.clone()).or_default() += 1;
                    }
                }
                PairVerdict::Untested => tally.untested += 1,
                PairVerdict::Disagree => {
                    tally.disagree += 1;
                    let shown = pair
                        .counterexamples
                        .first()
                        .map(|(_, found)| found.event.to_json_line())
                        .unwrap_or_default();
                    let detail = pair.detail.as_deref().unwrap_or_default();
                    self.disagreements.push(format!(
                        "{name} {} {} {shown} {detail}",
                        entry.source.name,
                        pair.codes.join(",")
                    ));
                }
            }
        }
    }

    /// Floors that do not hold, each in a sentence.
    pub(crate) fn missed(&self) -> Vec<String> {
        let mut missed = Vec::new();
        let mut floor = |holds: bool, told: String| {
            if !holds {
                missed.push(told);
            }
        };
        floor(
            self.invalid.is_empty(),
            format!("{} rules do not load or lower", self.invalid.len()),
        );
        floor(
            self.disagreements.is_empty(),
            format!("{} unexplained disagreements", self.disagreements.len()),
        );
        for (language, group) in &self.groups {
            for (target, tally) in group
                .targets
                .iter()
                .filter(|(target, _)| target.contains(':'))
            {
                let enough =
                    *language != "Sigma" || tally.plain_exact * 1000 >= group.plain * EXACT_FLOOR;
                floor(
                    enough,
                    format!(
                        "{target}: {} of {} plain Sigma rules are exact",
                        tally.plain_exact, group.plain
                    ),
                );
            }
        }
        if let Some(pairs) = &self.regression {
            for (target, fired) in &pairs.fired {
                floor(
                    *fired == pairs.pairs,
                    format!("{target}: {fired} of {} regression pairs fire", pairs.pairs),
                );
            }
        }
        if let Some(judged) = &self.real_events {
            floor(
                judged.differences() == 0,
                format!("{} differences on real events", judged.differences()),
            );
        }
        missed
    }

    /// The findings for a terminal, with every fault.
    pub(crate) fn table(&self) -> String {
        let mut text = self.body();
        for (title, lines) in [
            ("invalid", &self.invalid),
            ("disagreements", &self.disagreements),
            ("untested", &self.untested),
        ] {
            if !lines.is_empty() {
                let _ = writeln!(text, "\n{title}:");
                for line in lines {
                    let _ = writeln!(text, "  {line}");
                }
            }
        }
        for line in self
            .real_events
            .iter()
            .flat_map(|judged| judged.shown.iter().take(60))
        {
            let _ = writeln!(text, "  {line}");
        }
        text
    }

    /// The page `docs/status.md`.
    pub(crate) fn page(&self) -> String {
        format!(
            "# Status\n\nWritten by `cargo run --release -- corpus <folder> --status docs/status.md`, over rules and events that are test input and not \
             part of this repository.\n\n*Exact* means: caps claims it, and the harness found no event on which the rule's own \
             engine, the oracle and the target differ. *Plain* rules test no null, empty value, existence or keyword.\n\n{}",
            self.body()
        )
    }

    fn body(&self) -> String {
        let mut text = String::new();
        for (language, group) in &self.groups {
            let _ = writeln!(
                text,
                "## {language}: {} rules, {} compiled, {} of them plain\n",
                group.rules, group.lowered, group.plain
            );
            if group.lowered > 0 {
                let _ = writeln!(
                    text,
                    "{} events; goals: {} witnessed, {} proved infeasible, {} unknown\n",
                    group.events, group.witnessed, group.infeasible, group.unknown
                );
            }
            if group.targets.is_empty() {
                continue;
            }
            text.push_str("| target | exact | plain and exact | diverges | unsupported | untested | disagree | events compared | unrepresentable | standing |\n");
            text.push_str("|---|---|---|---|---|---|---|---|---|---|\n");
            for (target, tally) in &group.targets {
                let _ = writeln!(
                    text,
                    "| {target} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                    tally.exact,
                    share(tally.plain_exact, group.plain),
                    list(&tally.diverges),
                    list(&tally.unsupported),
                    tally.untested,
                    tally.disagree,
                    tally.compared,
                    tally.unrepresentable,
                    list(&tally.standing)
                );
            }
            text.push('\n');
        }
        let _ = writeln!(
            text,
            "Refused by code (old syntax, placeholders without values): {}\n",
            list(&self.refused)
        );
        let _ = writeln!(
            text,
            "Rules never seen both matching and not matching: {}",
            self.untested.len()
        );
        if let Some(pairs) = &self.regression {
            let _ = writeln!(text, "\n## Regression pairs: {}\n", pairs.pairs);
            for (target, fired) in &pairs.fired {
                let _ = writeln!(text, "- {target}: {fired} fire");
            }
            for silent in &pairs.silent {
                let _ = writeln!(text, "- silent: {silent}");
            }
        }
        if let Some(judged) = &self.real_events {
            text.push_str(&real_events(judged));
        }
        text
    }
}

fn real_events(judged: &Judged) -> String {
    let mut text = format!(
        "\n## Real events: {}\n\nEvery compiled rule over every event: {} pairs of rule and event match, of {} rules. Events that no field of a rule tells \
         apart are judged once; {} pairs were asked again with the whole event, {} of them told otherwise.\n\n",
        judged.events, judged.matches, judged.rules, judged.asked_again, judged.misgrouped
    );
    text.push_str("| judge | rules | differences | differ as a divergence says | no row holds the event |\n|---|---|---|---|---|\n");
    for (judge, tally) in &judged.judges {
        let _ = writeln!(
            text,
            "| {judge} | {} | {} | {} | {} |",
            tally.rules,
            tally.differ,
            list(&tally.covered),
            tally.unrepresentable
        );
    }
    text
}

fn share(part: usize, whole: usize) -> String {
    let per_mille = (part * 1000).checked_div(whole).unwrap_or(0);
    format!("{part} ({}.{} %)", per_mille / 10, per_mille % 10)
}

fn list(counts: &BTreeMap<String, usize>) -> String {
    if counts.is_empty() {
        return "-".to_owned();
    }
    counts
        .iter()
        .map(|(code, count)| format!("{code} {count}"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Whether a rule tests no null, empty value, existence or keyword.
fn is_plain(predicate: &Expr) -> bool {
    predicate.leaves().iter().all(|leaf| match &leaf.kind {
        LeafKind::Is { test, .. } => match test {
            Test::Text(pattern) => pattern.shape() != Shape::Equals(""),
            // `field: '*'` asks whether there is a value, as `field != null` does.
            Test::AnyValue => false,
            Test::Numeral(_)
            | Test::Compare(..)
            | Test::TextOrder(..)
            | Test::Bool(_)
            | Test::Regex(_)
            | Test::Cidr(_)
            | Test::Version(..)
            | Test::Instant(..)
            | Test::DatePart(..) => true,
        },
        LeafKind::Relate { .. } => true,
        LeafKind::Missing(_) | LeafKind::Present(_) | LeafKind::AnyText(_) => false,
    })
}
