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
mod optional;
mod order;
mod parse;
mod series;
#[cfg(test)]
mod tests;
mod token;
mod types;

use crate::codes::target;
use crate::compile::{Compiled, Inputs, Meaning, Refusal};
use crate::diagnostic::Diagnostic;
use crate::ir::series::Order;
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
pub(crate) fn compile(rule: &Rule, body: &EqlBody, inputs: &Inputs<'_>) -> Compiled {
    compile_body(body, inputs, &order::of(rule, inputs))
}

fn compile_body(body: &EqlBody, inputs: &Inputs<'_>, order: &Order) -> Compiled {
    let (statement, mut diagnostics) = parse(&body.query);
    let meaning = match statement {
        None => Meaning::Invalid,
        Some(Statement { query, pipes }) => match &query {
            Query::Event(event) => single(event, &pipes, body, inputs, &mut diagnostics),
            Query::Sequence(series) | Query::Sample(series) | Query::Join(series) => {
                let joined = Joined {
                    query: &query,
                    series,
                    pipes: &pipes,
                    order,
                };
                several(&joined, body, inputs, &mut diagnostics)
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
    if !diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.extend(optional::lint(
            event,
            &body.category_field,
            &fields,
            &lowered,
        ));
    }
    let limit = pipes.first().map(|pipe| Refusal {
        code: target::RESULT_LIMIT,
        reason: "a detection reports every event that matches, so a limit on the results has no meaning for it"
            .to_owned(),
        span: pipe.span,
    });
    match (into_ir(event, lowered, &fields), limit) {
        (Err(refusal), _) | (Ok(_), Some(refusal)) => Meaning::Unsupported(refusal),
        (Ok(ir), None) => Meaning::Known(Box::new(ir)),
    }
}

fn into_ir(event: &EventQuery, lowered: lower::Lowered, known: &Fields<'_>) -> Result<Ir, Refusal> {
    match lowered.refusal {
        Some(refusal) => Err(refusal),
        None => Ok(Ir {
            predicate: lowered.predicate,
            detection: lowered.detection,
            origin: Origin {
                category: event.category.clone(),
                logsource: None,
                optional: known.optional().clone(),
            },
            fields: lowered.fields,
        }),
    }
}

/// A sequence, sample or join with what belongs to it.
struct Joined<'q> {
    query: &'q Query,
    series: &'q Series,
    pipes: &'q [Pipe],
    order: &'q Order,
}

/// Checks a sequence, sample or join, and lowers all but the last.
fn several(
    joined: &Joined<'_>,
    body: &EqlBody,
    inputs: &Inputs<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Meaning {
    let series = joined.series;
    let broken = diagnostics.iter().any(Diagnostic::is_error);
    let terms = || series.terms.iter().chain(series.until.as_deref());
    let events: Vec<&EventQuery> = terms().map(|term| &term.event).collect();
    let fields = Fields::new(body, inputs, &events, diagnostics);
    let lowered = events
        .into_iter()
        .map(|event| {
            let lowered = lower::lower(event, &body.category_field, &fields, diagnostics);
            into_ir(event, lowered, &fields)
        })
        .collect::<Vec<_>>();
    if !broken {
        // Otherwise terms may be missing that are only malformed.
        series::check(joined.query, series, &fields, diagnostics);
    }
    let mut irs = Vec::new();
    for ir in lowered {
        match ir {
            Ok(ir) => irs.push(ir),
            Err(refusal) => return Meaning::Unsupported(refusal),
        }
    }
    series::lower(joined, irs, &fields)
}
