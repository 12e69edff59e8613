//! Filters and exceptions: a rule without what they describe (F1 to F4).

use super::condition::{self, Condition};
use super::{detection, fields, lower};
use crate::codes::rule as codes;
use crate::compile::{Among, Compiled, Inputs, Meaning};
use crate::diagnostic::Diagnostic;
use crate::ir::{Expr, Ir, Leaf, Series};
use crate::rule::{Filter, Rule};
use crate::span::Span;

/// Everything that is wrong with a filter.
pub(crate) fn check(filter: &Filter, inputs: &Inputs<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let parsed = detection::read(&filter.detection, &mut found);
    lower::lower(&parsed, inputs.placeholders, &mut found);
    for text in &parsed.conditions {
        if let (Some(Condition::Not(_)), _) = condition::parse(text) {
            found.push(
                Diagnostic::warning(
                    codes::FILTER_NEGATED,
                    text.span,
                    codes::FILTER_NEGATED.title,
                    "everything but what it describes is taken away",
                )
                .hint("write the condition of the events that are to be left out"),
            );
        }
    }
    found
}

/// The detection without what the filters describe; None if one of them has errors, which are told where it stands.
pub(super) fn take_away<'f>(
    detection: Expr,
    filters: impl Iterator<Item = &'f Filter>,
    span: Span,
    inputs: &Inputs<'_>,
) -> Option<Expr> {
    let mut parts = vec![detection];
    for filter in filters {
        let mut found = Vec::new();
        let parsed = detection::read(&filter.detection, &mut found);
        let lowered = lower::lower(&parsed, inputs.placeholders, &mut found)?;
        if found.iter().any(Diagnostic::is_error) {
            return None;
        }
        // The filter stands in another file: in this one its place is that of the detection.
        let here = lowered.map_leaves(&mut |leaf| {
            Expr::Leaf(Leaf {
                kind: leaf.kind.clone(),
                span,
            })
        });
        parts.push(here.negate());
    }
    Some(Expr::all(parts))
}

/// A rule of another language without what exceptions describe: filters that are for every logsource.
pub(crate) fn from_meaning(
    rule: &Rule,
    mut compiled: Compiled,
    inputs: &Inputs<'_>,
    among: &Among<'_>,
) -> Compiled {
    let filters: Vec<&Filter> = among
        .filters_of(rule)
        .filter(|filter| filter.applies_to(&crate::rule::Logsource::default()))
        .collect();
    if filters.is_empty() {
        return compiled;
    }
    let taken = match &mut compiled.meaning {
        Meaning::Known(ir) => from_ir(ir, &filters, inputs),
        Meaning::Series(series) => match &mut **series {
            // What must be missing, and what ends a match, an exception does not hide.
            Series::Sequence(sequence) => {
                let stages = sequence.stages.iter_mut().filter(|stage| !stage.missing);
                let taken = stages.map(|stage| from_ir(&mut stage.term.event, &filters, inputs));
                taken.collect::<Vec<_>>().into_iter().collect()
            }
            Series::Sample(sample) => {
                let terms = sample.terms.iter_mut();
                let taken = terms.map(|term| from_ir(&mut term.event, &filters, inputs));
                taken.collect::<Vec<_>>().into_iter().collect()
            }
            Series::Correlation(_) => Some(()),
        },
        Meaning::Unsupported(_) | Meaning::Invalid => Some(()),
    };
    if taken.is_none() {
        compiled.meaning = Meaning::Invalid;
    }
    compiled
}

fn from_ir(ir: &mut Ir, filters: &[&Filter], inputs: &Inputs<'_>) -> Option<()> {
    let span = ir.predicate.leaves().first().map(|leaf| leaf.span);
    let never = take_away(
        Expr::Const(true),
        filters.iter().copied(),
        span.unwrap_or_default(),
        inputs,
    )?;
    ir.predicate = Expr::all([ir.predicate.clone(), never.clone()]);
    ir.detection = Expr::all([ir.detection.clone(), never]);
    for (path, schema) in fields([&ir.predicate, &ir.detection], inputs) {
        ir.fields.entry(path).or_insert(schema);
    }
    Some(())
}
