//! A logsource and a detection to the rule's whole predicate (S25).

use super::logsource::{Entry, LogsourceTable, Source, Wanted};
use crate::codes::sigma as codes;
use crate::diagnostic::Diagnostic;
use crate::ir::{Case, Expr, Pattern, Test};
use crate::rule::Logsource;
use crate::span::Span;
use std::collections::{BTreeMap, BTreeSet};
use verdict_event::Path;

/// The detection where the logsource says to look. A logsource that nothing is known of adds no predicate, and a note says so.
pub(super) fn bind(
    table: &LogsourceTable,
    logsource: &Logsource,
    detection: &Expr,
    found: &mut Vec<Diagnostic>,
) -> Expr {
    let span = logsource.span;
    let applying: Vec<&Entry> = table.applying(logsource).collect();
    if applying.is_empty() {
        found.push(Diagnostic::note(
            codes::UNKNOWN_LOGSOURCE,
            span,
            "nothing is known of this logsource",
            "the rule is tried on every event",
        ));
        return detection.clone();
    }
    let read = detection.fields();
    let renames = |entry: &Entry| {
        let mut sources = entry.sources.iter();
        sources.any(|source| source.rename.keys().any(|name| read.contains(name)))
    };
    // Where no field changes its name, the detection stands beside the entry instead of once in each source.
    let (wrapping, plain): (Vec<&Entry>, Vec<&Entry>) =
        applying.into_iter().partition(|entry| renames(entry));
    let plain = plain.into_iter().map(|entry| any_source(entry, span));
    let mut parts: Vec<Expr> = plain.collect();
    parts.push(wrapped(&wrapping, &read, detection, span));
    Expr::all(parts)
}

fn any_source(entry: &Entry, span: Span) -> Expr {
    Expr::any(
        entry
            .sources
            .iter()
            .map(|source| wants(source, span))
            .collect::<Vec<_>>(),
    )
}

/// One alternative for each choice of a source from every entry that renames fields.
fn wrapped(entries: &[&Entry], read: &BTreeSet<Path>, detection: &Expr, span: Span) -> Expr {
    let mut choices: Vec<(Vec<Expr>, BTreeMap<&Path, &Path>)> = vec![(Vec::new(), BTreeMap::new())];
    for entry in entries {
        let mut next = Vec::new();
        for (wanted, names) in &choices {
            for source in &entry.sources {
                let mut wanted = wanted.clone();
                wanted.push(wants(source, span));
                let mut names = names.clone();
                names.extend(source.rename.iter().filter(|(name, _)| read.contains(name)));
                next.push((wanted, names));
            }
        }
        choices = next;
    }
    let alternatives = choices.into_iter().map(|(mut wanted, names)| {
        let name = |path: &Path| {
            names
                .get(path)
                .map_or_else(|| path.clone(), |name| (*name).clone())
        };
        wanted.push(detection.rename(&name));
        Expr::all(wanted)
    });
    Expr::any(alternatives.collect::<Vec<_>>())
}

fn wants(source: &Source, span: Span) -> Expr {
    let fields = source.wants.iter().map(|(path, values)| {
        let values = values.iter().map(|value| {
            let test = match value {
                Wanted::Text(text) => Test::Text(Pattern::literal(text.as_str(), Case::Fold)),
                Wanted::Number(number) => Test::Numeral(number.clone()),
            };
            Expr::field(path.clone(), test, span)
        });
        Expr::any(values.collect::<Vec<_>>())
    });
    Expr::all(fields.collect::<Vec<_>>())
}
