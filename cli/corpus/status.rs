//! The status of the corpus: one table for the terminal, one page for `docs/status.md`, and the floors that must hold.

mod floors;
mod mutants;
mod page;

use crate::corpus::is_old_syntax;
use crate::corpus::real_events::Judged;
use crate::corpus::regression::Replay;
use crate::examination::{Examination, PairVerdict};
use crate::rulebook::{Entry, Rulebook};
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::codes::check::NEVER_TRUE;
use verdict_compiler::codes::target::PROFILE_SOURCE;
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Expr, LeafKind, Test};
use verdict_compiler::rule::Body;
use verdict_compiler::{Meaning, codes};
use verdict_harness::mutation::Operator;
use verdict_harness::strength::Tally as Mutants;

/// Everything that the corpus run found.
pub(crate) struct Findings {
    groups: BTreeMap<&'static str, Group>,
    /// Rules that are neither loaded nor refused with a reason: name and first error.
    invalid: Vec<String>,
    refused: BTreeMap<String, usize>,
    disagreements: Vec<String>,
    untested: Vec<Untested>,
    /// Goals for which neither an event nor a proof was found: by rule, the lines and whether the condition there was to be true.
    unknown: BTreeMap<String, BTreeSet<(bool, usize)>>,
    /// What is still open of rules in the EQL of Elastic Endpoint: a judge that differs, and rules never seen both matching and not matching.
    open: Vec<String>,
    /// Regression pairs, where they were run.
    pub regression: Option<Replay>,
    /// Real events, where they were run.
    pub real_events: Option<Judged>,
}

/// A rule that was not seen both matching and not matching.
struct Untested {
    /// Its path.
    path: String,
    /// Whether it is proved that no event matches it, so that nobody can.
    dead: bool,
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
    /// The mutants of the rules, where they were measured.
    strength: BTreeMap<Operator, Mutants>,
    targets: BTreeMap<String, Tally>,
}

/// Replay of one target.
#[derive(Default)]
struct Tally {
    exact: usize,
    plain_exact: usize,
    diverges: BTreeMap<String, usize>,
    unsupported: BTreeMap<String, usize>,
    /// Rules of which the profile holds no events.
    unbound: usize,
    /// Rules that the target has, with or without a declared divergence.
    had: usize,
    /// Unsupported rules that have a meaning, so that it is the target that cannot say it.
    refused: usize,
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
            unknown: BTreeMap::new(),
            open: Vec::new(),
            regression: None,
            real_events: None,
        };
        findings.add(book, results);
        findings
    }

    /// Counts what an examination of more rules found.
    pub(crate) fn add(&mut self, book: &Rulebook, results: &[Examination]) {
        for (source, finding) in book
            .findings
            .iter()
            .filter(|(_, finding)| finding.is_error())
        {
            let expected =
                is_old_syntax(&source.name) || finding.code == codes::sigma::UNRESOLVED_PLACEHOLDER;
            if expected {
                *self.refused.entry(finding.code.id.to_owned()).or_default() += 1;
            } else {
                let (line, column) = source.line_column(finding.span.start);
                self.invalid.push(format!(
                    "{}:{line}:{column} {} {}",
                    source.name, finding.code, finding.message
                ));
            }
        }
        for (entry, result) in book.entries.iter().zip(results) {
            self.count(entry, result);
        }
    }

    fn count(&mut self, entry: &Entry, result: &Examination) {
        let language = language_of(entry);
        let endpoint = matches!(&entry.rule.body, Body::Eql(body) if body.endpoint);
        // They are counted by their refusals above.
        if is_old_syntax(&entry.source.name) {
            return;
        }
        let group = self.groups.entry(language).or_default();
        group.rules += 1;
        let plain = entry.ir().is_some_and(|ir| is_plain(&ir.predicate));
        let has_meaning = matches!(
            entry.compiled.meaning,
            Meaning::Known(_) | Meaning::Series(_)
        );
        group.lowered += usize::from(has_meaning);
        group.plain += usize::from(plain);
        if let Some(outcome) = &result.outcome {
            for (operator, tally) in outcome.strength.iter().flat_map(|found| &found.tallies) {
                let sum = group.strength.entry(*operator).or_default();
                *sum = sum.plus(*tally);
            }
            group.events += outcome.events;
            let reached = outcome.account.total();
            group.witnessed += reached.witnessed;
            group.infeasible += reached.infeasible;
            group.unknown += reached.unknown;
            for goal in outcome.account.open.iter().filter(|goal| !goal.infeasible) {
                let (line, _) = entry.source.line_column(goal.span.start);
                let of_rule = self.unknown.entry(entry.source.name.clone()).or_default();
                of_rule.insert((goal.polarity, line));
            }
            if !outcome.tested() {
                let found = &entry.compiled.diagnostics;
                let path = entry.source.name.clone();
                let dead = found.iter().any(|found| found.code == NEVER_TRUE);
                if endpoint && !dead {
                    self.open.push(format!("untested {path}"));
                } else {
                    self.untested.push(Untested { path, dead });
                }
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
                    tally.had += 1;
                    tally.plain_exact += usize::from(plain);
                }
                PairVerdict::Diverges => {
                    tally.had += 1;
                    for code in &pair.codes {
                        *tally.diverges.entry(code.clone()).or_default() += 1;
                    }
                }
                PairVerdict::Unsupported(_) => {
                    tally.refused += usize::from(has_meaning);
                    let unbound = pair.codes.iter().any(|code| code == PROFILE_SOURCE.id);
                    tally.unbound += usize::from(has_meaning && unbound);
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
                    let told = format!(
                        "{name} {} {} {shown} {detail}",
                        entry.source.name,
                        pair.codes.join(",")
                    );
                    if endpoint {
                        self.open.push(told);
                    } else {
                        self.disagreements.push(told);
                    }
                }
            }
        }
    }
}

impl Tally {
    /// Compiled rules whose events the profile holds, of so many.
    fn bound(&self, lowered: usize) -> usize {
        lowered.saturating_sub(self.unbound)
    }
}

/// The rule's language as the page names it: rules over several events are apart, since other floors hold for them.
fn language_of(entry: &Entry) -> &'static str {
    let several = matches!(entry.compiled.meaning, Meaning::Series(_));
    match &entry.rule.body {
        Body::Eql(body) if body.endpoint && several => {
            "EQL of Elastic Endpoint over several events"
        }
        Body::Eql(body) if body.endpoint => "EQL of Elastic Endpoint",
        Body::Eql(_) if several => "EQL over several events",
        Body::Eql(_) => "EQL",
        Body::Sigma(_) | Body::Correlation(_) if several => "Sigma over several events",
        Body::Sigma(_) | Body::Correlation(_) => "Sigma",
        Body::Opaque(_) => "other languages",
    }
}

/// Whether a target's name is one with a profile of columns of its own.
fn has_profile(target: &str) -> bool {
    target
        .split_once(':')
        .is_some_and(|(_, profile)| profile != "raw")
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
