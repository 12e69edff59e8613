//! `verdict check`: load, parse, type and lint.

use crate::args::{Check, Format};
use crate::output::{self, Exit, Outcome};
use crate::rulebook::Rulebook;
use verdict_compiler::Severity;

/// Prints every finding; 2 if a rule is invalid, 1 if there are warnings.
pub(crate) fn run(options: &Check) -> Outcome {
    let book = Rulebook::open(&options.rules)?;
    book.report(options.format, |_| true);
    let count = |severity: Severity| {
        book.findings
            .iter()
            .filter(|(_, finding)| finding.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    if options.format == Format::Human {
        let rules = book.entries.len();
        output::tell(&format!(
            "{rules} rules checked: {errors} errors, {warnings} warnings"
        ));
    }
    Ok(match (errors, warnings) {
        (0, 0) => Exit::Clean,
        (0, _) => Exit::Findings,
        _ => Exit::Invalid,
    })
}
