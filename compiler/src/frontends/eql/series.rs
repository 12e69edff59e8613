//! What a sequence or sample must be beyond its grammar, and its IR.

use super::Joined;
use super::ast::{Field, Pipe, PipeKind, Query, Series, SeriesTerm};
use super::types::Fields;
use crate::codes::{eql as codes, target};
use crate::compile::{Meaning, Refusal};
use crate::diagnostic::Diagnostic;
use crate::ir::series::{Key, Limit, Sample, Sequence, Stage, Term};
use crate::ir::{self, Ir};
use crate::span::Span;
use verdict_event::{FieldType, Path};

/// The IR of a series whose terms have these IRs, `until` last.
pub(super) fn lower(joined: &Joined<'_>, irs: Vec<Ir>, fields: &Fields<'_>) -> Meaning {
    let series = joined.series;
    let written = series.terms.iter().chain(series.until.as_deref());
    let mut terms: Vec<Term> = written
        .zip(irs)
        .map(|(term, event)| Term {
            event,
            keys: keys_of(series, term, fields),
            span: term.span,
        })
        .collect();
    agree(&mut terms, fields);
    let order = joined.order.clone();
    let limits = joined.pipes.iter().map(limit).collect();
    let lowered = match joined.query {
        Query::Sequence(_) => {
            let until = series.until.as_ref().and_then(|_| terms.pop());
            let stages = series.terms.iter().zip(terms);
            ir::Series::Sequence(Sequence {
                order,
                stages: stages
                    .map(|(written, term)| Stage {
                        term,
                        runs: written.runs,
                        missing: written.missing,
                    })
                    .collect(),
                maxspan: series.maxspan.map(|maxspan| maxspan.milliseconds),
                until: until.map(Box::new),
                limits,
                span: series.keyword,
            })
        }
        Query::Sample(_) => ir::Series::Sample(Sample {
            terms,
            limits,
            span: series.keyword,
        }),
        Query::Join(_) | Query::Event(_) => {
            return Meaning::Unsupported(Refusal {
                code: target::NO_JOIN,
                reason: "a join was never supported by Elasticsearch".to_owned(),
                span: series.keyword,
            });
        }
    };
    Meaning::Series(Box::new(lowered))
}

fn keys_of(series: &Series, term: &SeriesTerm, fields: &Fields<'_>) -> Vec<Key> {
    let written = series.by.iter().chain(&term.by);
    written.map(|field| key(field, fields)).collect()
}

fn key(field: &Field, fields: &Fields<'_>) -> Key {
    Key {
        field: Path::new(field.name.as_str()),
        schema: fields.as_mapped(field),
        optional: field.optional,
        span: field.span,
    }
}

/// The keys at one position compare as one type: where only literals tell the types of some, as text if they do not agree. A key of which nothing tells a type
/// has that of those which it joins.
fn agree(terms: &mut [Term], fields: &Fields<'_>) {
    let read: Vec<Path> = terms
        .iter()
        .flat_map(|term| term.event.fields.keys().cloned())
        .collect();
    let typed = |key: &&Key| fields.is_listed(key.field.as_str()) || read.contains(&key.field);
    let positions = terms.first().map_or(0, |term| term.keys.len());
    for at in 0..positions {
        let mut kinds = terms
            .iter()
            .filter_map(|term| term.keys.get(at))
            .filter(typed)
            .map(|key| key.schema.kind);
        let Some(first) = kinds.next() else {
            continue;
        };
        let one = kinds.fold(first, |one, kind| {
            if one == kind {
                one
            } else if one.is_numeric() && kind.is_numeric() {
                FieldType::Double
            } else {
                FieldType::Keyword
            }
        });
        for key in terms.iter_mut().filter_map(|term| term.keys.get_mut(at)) {
            key.schema.kind = one;
        }
    }
}

/// Keys at one position whose types are known must be of one type.
fn kinds(series: &Series, fields: &Fields<'_>, findings: &mut Vec<Diagnostic>) {
    let Some(first) = series.terms.first() else {
        return;
    };
    for term in series.terms.iter().skip(1).chain(series.until.as_deref()) {
        for (a, b) in first.by.iter().zip(&term.by) {
            let known = |field: &Field| {
                let listed = fields.is_listed(&field.name) && field.index.is_none();
                listed
                    .then(|| fields.as_mapped(field))
                    .filter(|field| field.mapped)
            };
            let (Some(left), Some(right)) = (known(a), known(b)) else {
                continue;
            };
            let numbers = left.kind.is_numeric() && right.kind.is_numeric();
            if left.kind != right.kind && !numbers {
                let finding = malformed(
                    b.span,
                    format!("`{}` and `{}` cannot be equal", a.name, b.name),
                    "a key of another type",
                    "join by fields of one type",
                );
                findings.push(finding.related(a.span, "the key of the first event"));
            }
        }
    }
}

fn limit(pipe: &Pipe) -> Limit {
    match pipe.kind {
        PipeKind::Head => Limit::Head(pipe.limit),
        PipeKind::Tail => Limit::Tail(pipe.limit),
    }
}

/// Reports what is malformed.
pub(super) fn check(
    query: &Query,
    series: &Series,
    fields: &Fields<'_>,
    findings: &mut Vec<Diagnostic>,
) {
    let own = series.terms.iter().chain(series.until.as_deref());
    for key in series.by.iter().chain(own.flat_map(|term| &term.by)) {
        fields.resolve(key, findings);
    }
    keys(series, findings);
    kinds(series, fields, findings);
    match query {
        Query::Sample(_) => sample(series, findings),
        Query::Sequence(_) => sequence(series, findings),
        Query::Join(_) | Query::Event(_) => {}
    }
}

fn malformed(span: Span, message: impl Into<String>, reason: &str, hint: &str) -> Diagnostic {
    Diagnostic::error(codes::SEQUENCE_SHAPE, span, message, reason).hint(hint)
}

/// Every term needs as many keys as the first.
fn keys(series: &Series, findings: &mut Vec<Diagnostic>) {
    let Some(first) = series.terms.first() else {
        return;
    };
    for term in series.terms.iter().skip(1).chain(series.until.as_deref()) {
        if term.by.len() != first.by.len() {
            let message = format!(
                "{} keys here, {} in the first event",
                term.by.len(),
                first.by.len()
            );
            findings.push(
                malformed(
                    term.span,
                    message,
                    "another number of keys",
                    "give every event as many keys behind `by`",
                )
                .related(first.span, "the first event"),
            );
        }
    }
}

fn sequence(series: &Series, findings: &mut Vec<Diagnostic>) {
    let runs: u32 = series.terms.iter().map(|term| term.runs).sum();
    if runs < 2 {
        findings.push(malformed(
            series.keyword,
            "a sequence of one event",
            "needs two events or more",
            "add an event, or repeat this one by `with runs=2`",
        ));
    }
    let missing = series.terms.iter().find(|term| term.missing);
    if let Some(missing) = missing {
        if series.maxspan.is_none() {
            findings.push(malformed(
                missing.span,
                "a missing event in a sequence without end",
                "missing for how long?",
                "add `with maxspan=...` behind `sequence`",
            ));
        }
        if series.terms.iter().all(|term| term.missing) {
            findings.push(malformed(
                missing.span,
                "a sequence of missing events only",
                "no event to report",
                "add an event without `!`",
            ));
        }
    }
    if let Some(until) = series
        .until
        .as_deref()
        .filter(|until| until.missing || until.runs > 1)
    {
        findings.push(malformed(
            until.span,
            "`until` takes one plain event",
            "not a plain event",
            "leave `!` and `runs` out",
        ));
    }
}

fn sample(series: &Series, findings: &mut Vec<Diagnostic>) {
    let mut refuse = |span: Span, what: &str| {
        findings.push(malformed(
            span,
            format!("a sample has no {what}"),
            "belongs to sequences",
            "leave it out, or write a sequence",
        ));
    };
    if let Some(maxspan) = series.maxspan {
        refuse(maxspan.span, "maxspan");
    }
    if let Some(until) = &series.until {
        refuse(until.span, "until");
    }
    for term in &series.terms {
        if term.missing {
            refuse(term.span, "missing events");
        }
        if term.runs > 1 {
            refuse(term.span, "runs");
        }
    }
    let unkeyed = |term: &SeriesTerm| term.by.is_empty() && series.by.is_empty();
    if series.terms.len() < 2 || series.terms.iter().any(unkeyed) {
        findings.push(malformed(
            series.keyword,
            "a sample needs two events or more, and keys that join them",
            "too little to join",
            "write `sample by field [event] [event]`",
        ));
    }
}
