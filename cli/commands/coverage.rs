//! `verdict coverage`: which techniques of ATT&CK rules cover.

use crate::args;
use crate::output::{self, Exit, Failure, Outcome};
use crate::rulebook::{Rulebook, Setting};
use std::path::Path;
use verdict_compiler::Diagnostic;
use verdict_targets::coverage::{Coverage, layer, svg};

/// The name of a layer where no pack gives it one.
pub(crate) const UNNAMED: &str = "Rules";

/// Writes what is asked for, and counts for people.
pub(crate) fn run(options: &args::Coverage) -> Outcome {
    let book = Rulebook::read(&options.paths, Setting::new(false, None)?)?;
    book.report(args::Format::Human, Diagnostic::is_error);
    if book.invalid() {
        return Ok(Exit::Invalid);
    }
    let rules = || book.entries.iter().map(|entry| &entry.rule);
    let coverage = Coverage::of(rules().map(|rule| rule.metadata.attack.as_slice()));
    let names: Vec<&str> = rules().map(|rule| rule.name.as_str()).collect();
    // Everything is made before anything is written.
    let layer = pretty(&layer(&coverage, &title(&book), &names))?;
    let picture = svg(&coverage);
    for (path, text) in [(&options.layer, layer), (&options.svg, picture)] {
        if let Some(path) = path {
            write(path, &text)?;
        }
    }
    if options.layer.is_none() && options.svg.is_none() {
        print(&coverage);
    }
    tell_absent(&book, &coverage);
    Ok(Exit::Clean)
}

/// The pack's name, if all rules are of one.
pub(crate) fn title(book: &Rulebook) -> String {
    let mut names = book.entries.iter().map(|entry| {
        let pack = entry.pack.as_ref();
        pack.map_or(UNNAMED, |file| file.pack.name.value.as_str())
    });
    let first = names.next().unwrap_or(UNNAMED);
    let one = names.all(|name| name == first);
    if one { first } else { UNNAMED }.to_owned()
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    if path.as_os_str() == output::STANDARD {
        output::line(text.trim_end_matches('\n'));
        return Ok(());
    }
    output::write_file(path, text)
}

/// JSON for people, with a newline at the end.
pub(crate) fn pretty(value: &serde_json::Value) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value);
    text.map(|text| text + "\n")
        .map_err(|error| Failure::internal(error.to_string()))
}

/// A line a tactic, and one for all of them.
fn print(coverage: &Coverage) {
    for column in &coverage.columns {
        let covered = column.cells.iter().filter(|cell| cell.is_covered()).count();
        output::line(&format!(
            "{} {}: {covered} of {} techniques, {} rules",
            column.tactic.id,
            column.tactic.name,
            column.cells.len(),
            column.rules.len()
        ));
    }
    let (covered, all) = coverage.techniques();
    output::line(&format!(
        "{} rules cover {covered} of {all} techniques",
        coverage.rules
    ));
}

/// Tells which rules are not on the map, or not with everything that they name.
fn tell_absent(book: &Rulebook, coverage: &Coverage) {
    let name = |rule: usize| {
        let entry = book.entries.get(rule);
        entry.map_or("", |entry| entry.source.name.as_str())
    };
    for (rule, id) in &coverage.lost {
        output::tell(&format!("left out: {}: ATT&CK has no {id}", name(*rule)));
    }
    for rule in &coverage.unmapped {
        output::tell(&format!("left out: {}: names no technique", name(*rule)));
    }
}
