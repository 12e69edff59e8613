//! Elastic EQL: [`parse`] reads a query, `compile` types it and lowers it to the IR.
//!
//! ```text
//! text --lex--> tokens --parse--> ast --types, lower--> IR
//! ```
//!
//! Every stage goes on after an error, so that all of them are reported.

pub mod ast;
mod functions;
mod lex;
mod lower;
mod parse;
mod series;
#[cfg(test)]
mod tests;
mod token;
mod types;

use crate::codes::target;
use crate::compile::{Compiled, Inputs, Meaning, Refusal};
use crate::diagnostic::Diagnostic;
use crate::ir::{Ir, Origin};
use crate::rule::{EqlBody, Rule};
use crate::span::Text;
use ast::{EventQuery, Pipe, Query, Series, Statement};
use types::Fields;

/// The tree of a query, if there is enough of it to have one, and everything that is wrong with it.
pub fn parse(text: &Text) -> (Option<Statement>, Vec<Diagnostic>) {
    parse::parse(text)
}

/// Parses, types and lowers an EQL rule.
pub(crate) fn compile(_rule: &Rule, body: &EqlBody, inputs: &Inputs<'_>) -> Compiled {
    compile_body(body, inputs)
}

fn compile_body(body: &EqlBody, inputs: &Inputs<'_>) -> Compiled {
    let (statement, mut diagnostics) = parse(&body.query);
    let meaning = match statement {
        None => Meaning::Invalid,
        Some(Statement { query, pipes }) => match &query {
            Query::Event(event) => single(event, &pipes, body, inputs, &mut diagnostics),
            Query::Sequence(series) | Query::Sample(series) | Query::Join(series) => {
                several(&query, series, body, inputs, &mut diagnostics)
            }
        },
    };
    let meaning = if diagnostics.iter().any(Diagnostic::is_error) {
        Meaning::Invalid
    } else {
        meaning
    };
    Compiled {
        meaning,
        diagnostics,
    }
}

fn single(
    event: &EventQuery,
    pipes: &[Pipe],
    body: &EqlBody,
    inputs: &Inputs<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Meaning {
    let fields = Fields::new(body, inputs, &[event], diagnostics);
    let lowered = lower::lower(event, &body.category_field, &fields, diagnostics);
    let limit = pipes.first().map(|pipe| Refusal {
        code: target::RESULT_LIMIT,
        reason: "a detection reports every event that matches, so a limit on the results has no meaning for it"
            .to_owned(),
        span: pipe.span,
    });
    match lowered.refusal.or(limit) {
        Some(refusal) => Meaning::Unsupported(refusal),
        None => Meaning::Known(Box::new(Ir {
            predicate: lowered.predicate,
            detection: lowered.detection,
            origin: Origin {
                category: event.category.clone(),
                logsource: None,
                optional: fields.optional().clone(),
            },
            fields: lowered.fields,
        })),
    }
}

/// Checks a sequence, sample or join, which no target can have yet.
fn several(
    query: &Query,
    series: &Series,
    body: &EqlBody,
    inputs: &Inputs<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Meaning {
    let broken = diagnostics.iter().any(Diagnostic::is_error);
    let until = series.until.iter().map(|term| &term.event);
    let events: Vec<&EventQuery> = series
        .terms
        .iter()
        .map(|term| &term.event)
        .chain(until)
        .collect();
    let fields = Fields::new(body, inputs, &events, diagnostics);
    for event in events {
        lower::lower(event, &body.category_field, &fields, diagnostics);
    }
    if !broken {
        // Otherwise terms may be missing that are only malformed.
        series::check(query, series, &fields, diagnostics);
    }
    let what = match query {
        Query::Event(_) | Query::Sequence(_) => "a sequence joins several events over time",
        Query::Sample(_) => "a sample joins several events by their keys",
        Query::Join(_) => "a join was never supported by Elasticsearch",
    };
    Meaning::Unsupported(Refusal {
        code: target::SEQUENCE,
        reason: what.to_owned(),
        span: series.keyword,
    })
}
