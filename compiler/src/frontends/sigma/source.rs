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
        let message = format!("nothing is known of the logsource `{}`", logsource.words());
        let reason = "the rule is tried on every event";
        let code = codes::UNKNOWN_LOGSOURCE;
        found.push(match table.slip(logsource) {
            None => Diagnostic::note(code, span, message, reason),
            Some(near) => Diagnostic::warning(code, span, message, reason)
                .hint(format!("did you mean `{near}`?")),
        });
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
    let alternatives = choices(entries, span).into_iter().map(|variant| {
        let name = |path: &Path| {
            let renamed = variant.rename.get(path).filter(|_| read.contains(path));
            renamed.unwrap_or(path).clone()
        };
        Expr::all([variant.wants, detection.rename(&name)])
    });
    Expr::any(alternatives.collect::<Vec<_>>())
}

/// A choice of one source from every entry of the table that applies to a logsource.
#[derive(Clone, Debug)]
pub struct Variant {
    /// What the table calls the sources.
    pub names: Vec<String>,
    /// What an event of these sources satisfies.
    pub wants: Expr,
    /// The names under which they carry fields of Sigma's taxonomy.
    pub rename: BTreeMap<Path, Path>,
}

impl LogsourceTable {
    /// Every way in which an event may be of a logsource. Of a logsource that the table does not know, every event is, under no name.
    pub fn variants(&self, logsource: &Logsource) -> Vec<Variant> {
        let entries: Vec<&Entry> = self.applying(logsource).collect();
        choices(&entries, logsource.span)
    }
}

fn choices(entries: &[&Entry], span: Span) -> Vec<Variant> {
    let mut choices = vec![Variant {
        names: Vec::new(),
        wants: Expr::Const(true),
        rename: BTreeMap::new(),
    }];
    for entry in entries {
        let further = choices.iter().flat_map(|variant| {
            entry.sources.iter().map(|source| {
                let mut next = variant.clone();
                next.names.push(source.name.clone());
                next.wants = Expr::all([next.wants, wants(source, span)]);
                let renames = source.rename.iter();
                next.rename
                    .extend(renames.map(|(from, to)| (from.clone(), to.clone())));
                next
            })
        });
        choices = further.collect();
    }
    choices
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
