//! `verdict check`: load, parse, type and lint.

use crate::args::{Check, Format, ReportFormat};
use crate::junit;
use crate::output::{self, Exit, Outcome};
use crate::rulebook::Rulebook;
use crate::sarif::{self, Finding};
use std::collections::BTreeMap;
use verdict_compiler::Severity;

/// Prints every finding; 2 if a rule is invalid, 1 if there are warnings.
pub(crate) fn run(options: &Check) -> Outcome {
    let book = Rulebook::open(&options.rules)?;
    match options.format {
        ReportFormat::Human => book.report(Format::Human, |_| true),
        ReportFormat::Json => book.report(Format::Json, |_| true),
        ReportFormat::Github => book.report(Format::Github, |_| true),
        ReportFormat::Sarif => output::line(&sarif::document(&findings(&book))?),
        ReportFormat::Junit => output::line(&junit::document(&[suite(&book)])),
    }
    let count = |severity: Severity| {
        book.findings
            .iter()
            .filter(|(_, finding)| finding.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if options.format == ReportFormat::Human {
        let (errors, warnings) = (
            output::count(errors, "error"),
            output::count(warnings, "warning"),
        );
        output::tell(&format!("{} checked: {errors}, {warnings}", book.size()));
    }
    Ok(match (errors, warnings) {
        (0, 0) => Exit::Clean,
        (0, _) => Exit::Findings,
        _ => Exit::Invalid,
    })
}

fn findings(book: &Rulebook) -> Vec<Finding> {
    let found = book.findings.iter();
    found
        .map(|(source, finding)| Finding::new(source, finding))
        .collect()
}

/// A case a file; errors and warnings fail it, since both are findings.
fn suite(book: &Rulebook) -> junit::Suite {
    let mut told: BTreeMap<&str, (bool, Vec<String>)> = BTreeMap::new();
    for entry in &book.entries {
        told.entry(&entry.source.name).or_default();
    }
    for (source, finding) in &book.findings {
        let (invalid, lines) = told.entry(&source.name).or_default();
        if finding.severity != Severity::Note {
            *invalid |= finding.is_error();
            let (line, column) = source.line_column(finding.span.start);
            lines.push(format!(
                "{line}:{column}: {}: {}: {}",
                finding.code, finding.message, finding.reason
            ));
        }
    }
    let case = |(file, (invalid, lines)): (&str, (bool, Vec<String>))| junit::Case {
        name: file.to_owned(),
        file: file.to_owned(),
        outcome: match (lines.is_empty(), invalid) {
            (true, _) => junit::Outcome::Passed,
            (false, true) => junit::Outcome::Error("invalid", lines.join("\n")),
            (false, false) => junit::Outcome::Failed("warning", lines.join("\n")),
        },
    };
    junit::Suite {
        name: "check".to_owned(),
        cases: told.into_iter().map(case).collect(),
    }
}
