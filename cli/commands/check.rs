//! `verdict check`: load, parse, type and lint.

mod claims;

use crate::args::{Check, Format, ReportFormat};
use crate::denied::Denied;
use crate::junit;
use crate::output::{self, Exit, Outcome};
use crate::registry;
use crate::rulebook::Rulebook;
use crate::sarif::{self, Finding};
use claims::Claims;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use verdict_compiler::codes::rule::PACK_TARGET;
use verdict_compiler::{Diagnostic, Severity, Source};

/// Prints every finding; 2 if a rule is invalid, 1 if there are warnings or denied codes.
pub(crate) fn run(options: &Check) -> Outcome {
    let denied = Denied::parse(&options.deny)?;
    let mut book = Rulebook::open_since(&options.rules, options.since.as_deref())?;
    let names = options.targets.iter().map(String::as_str);
    let mut claims = Claims::of(&book, &registry::choose(names, &book.profiles()?)?);
    book.findings.append(&mut claims.findings);
    let mut unknown = unknown_targets(&book);
    book.findings.append(&mut unknown);
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
        claims.summary();
        output::tell(&format!("{} checked: {errors}, {warnings}", book.size()));
    }
    let denied = book
        .findings
        .iter()
        .any(|(_, finding)| denied.is(finding.code));
    Ok(match (errors, warnings) {
        (0, 0) if !denied => Exit::Clean,
        (0, _) => Exit::Findings,
        _ => Exit::Invalid,
    })
}

/// Targets of packs that nobody knows.
fn unknown_targets(book: &Rulebook) -> Vec<(Arc<Source>, Diagnostic)> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for file in book.entries.iter().filter_map(|entry| entry.pack.as_ref()) {
        if !seen.insert(file.source.name.clone()) {
            continue;
        }
        for (target, name) in file.pack.targets.iter().zip(file.targets()) {
            let Err(failure) = registry::choose([name.as_str()], &file.profiles) else {
                continue;
            };
            let finding = Diagnostic::error(
                PACK_TARGET,
                target.span,
                format!("`{name}` names no target"),
                failure.message,
            );
            found.push((Arc::clone(&file.source), finding));
        }
    }
    found
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
