//! All rules in one document: SARIF, JUnit.

use super::print::explain_difference;
use super::{Mark, Told, target_name};
use crate::examination::PairVerdict;
use crate::junit::{self, Case, Outcome, Suite};
use crate::output::Failure;
use crate::rulebook::Rulebook;
use crate::sarif::{self, Finding};
use verdict_compiler::Diagnostic;

/// Every error, disagreement, untested or denied pair, and broken fixture.
pub(super) fn sarif(book: &Rulebook, rules: &[Told<'_>]) -> Result<String, Failure> {
    let mut findings: Vec<Finding> = errors(book)
        .map(|(source, found)| Finding::new(source, found))
        .collect();
    for told in rules {
        let mut add = |id: &str, message: String| {
            findings.push(Finding {
                id: id.to_owned(),
                level: "error",
                message,
                file: told.entry.source.name.clone(),
                place: None,
            });
        };
        for case in cases(told) {
            match case.outcome {
                Outcome::Failed(word, message) => add(word, format!("{}: {message}", case.name)),
                Outcome::Passed | Outcome::Skipped(_) | Outcome::Error(..) => {}
            }
        }
    }
    sarif::document(&findings)
}

/// A suite a rule, in it a case a pair and a case for each broken fixture; one more for files that are invalid.
pub(super) fn junit(book: &Rulebook, rules: &[Told<'_>]) -> String {
    let mut suites: Vec<Suite> = rules
        .iter()
        .filter(|told| told.mark != Mark::Invalid)
        .map(|told| Suite {
            name: told.entry.rule.name.clone(),
            cases: cases(told),
        })
        .collect();
    let invalid: Vec<Case> = errors(book)
        .map(|(source, found)| {
            let (line, column) = source.line_column(found.span.start);
            let told = format!("{}: {}: {}", found.code, found.message, found.reason);
            Case {
                name: format!("{}:{line}:{column}", source.name),
                file: source.name.clone(),
                outcome: Outcome::Error("invalid", told),
            }
        })
        .collect();
    if !invalid.is_empty() {
        suites.push(Suite {
            name: "invalid".to_owned(),
            cases: invalid,
        });
    }
    junit::document(&suites)
}

fn errors(book: &Rulebook) -> impl Iterator<Item = (&verdict_compiler::Source, &Diagnostic)> {
    book.findings
        .iter()
        .filter(|(_, found)| found.is_error())
        .map(|(source, found)| (source.as_ref(), found))
}

fn cases(told: &Told<'_>) -> Vec<Case> {
    let file = &told.entry.source.name;
    let case = |name: String, outcome| Case {
        name,
        file: file.clone(),
        outcome,
    };
    let pairs = told.result.pairs.iter().zip(&told.denied);
    let pairs = pairs.map(|(pair, denied)| {
        let outcome = match &pair.verdict {
            PairVerdict::Disagree => {
                Outcome::Failed("disagree", explain_difference(pair).join("\n"))
            }
            PairVerdict::Untested => Outcome::Failed(
                "untested",
                pair.detail.clone().unwrap_or_else(|| {
                    "the rule was not seen both matching and not matching".to_owned()
                }),
            ),
            PairVerdict::Agree | PairVerdict::Diverges | PairVerdict::Unsupported(_)
                if !denied.is_empty() =>
            {
                Outcome::Failed("denied", denied.join(", "))
            }
            PairVerdict::Unsupported(refusals) => {
                let reasons = refusals
                    .iter()
                    .map(|refusal| format!("{}: {}", refusal.code, refusal.reason));
                Outcome::Skipped(reasons.collect::<Vec<_>>().join("; "))
            }
            PairVerdict::Agree | PairVerdict::Diverges => Outcome::Passed,
        };
        case(target_name(pair), outcome)
    });
    let fixtures = told.result.broken_fixtures.iter();
    let fixtures = fixtures.map(|broken| {
        let name = broken.split(": the rule").next().unwrap_or_default();
        case(
            name.to_owned(),
            Outcome::Failed("broken-fixture", broken.clone()),
        )
    });
    pairs.chain(fixtures).collect()
}
