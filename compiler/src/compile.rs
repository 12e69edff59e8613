//! A rule to its meaning: the one entrance for everybody else.

use crate::codes::Code;
use crate::codes::target::ENDPOINT_DIALECT;
use crate::diagnostic::Diagnostic;
use crate::frontends::sigma::LogsourceTable;
use crate::ir::{Ir, Series};
use crate::rule::{Body, Filter, Rule};
use crate::span::Span;
use crate::{check, frontends};
use std::collections::BTreeMap;
use verdict_event::Schema;

/// What a rule's meaning depends on beside its text.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'i> {
    /// What a Sigma logsource means; None leaves the logsource out (`--any-source`).
    pub logsources: Option<&'i LogsourceTable>,
    /// Values for Sigma's `expand`.
    pub placeholders: &'i BTreeMap<String, Vec<String>>,
    /// The mapping of the events; None where only the rule's own vocabulary (`data.schema`) and literals type its fields.
    pub schema: Option<&'i Schema>,
}

/// A rule after compilation.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// What it means, if that could be said.
    pub meaning: Meaning,
    /// Everything found, in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// What came of a rule.
#[derive(Clone, Debug)]
pub enum Meaning {
    /// It was lowered, and looks at one event at a time.
    Known(Box<Ir>),
    /// It was lowered, and looks at several events: a sequence, a sample or a correlation.
    Series(Box<Series>),
    /// It is well formed, but no target can have it.
    Unsupported(Refusal),
    /// It has errors.
    Invalid,
}

/// Why something is not supported: never without a code, a reason and a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which limit it is.
    pub code: Code,
    /// Why, for this rule.
    pub reason: String,
    /// What in the rule asks for it.
    pub span: Span,
}

impl Refusal {
    /// The codes of some refusals, each once.
    pub fn codes(refusals: &[Self]) -> Vec<String> {
        let mut codes: Vec<String> = Vec::new();
        for refusal in refusals {
            if !codes.iter().any(|code| code == refusal.code.id) {
                codes.push(refusal.code.id.to_owned());
            }
        }
        codes
    }
}

/// The rules and filters among which a rule stands: what it may refer to, and what is taken away from it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Among<'a> {
    /// The rules of its file, itself included.
    pub file: &'a [Rule],
    /// The rules of its pack; without a pack, all that were loaded without one.
    pub pack: &'a [&'a Rule],
    /// The filters and exceptions of its pack, likewise.
    pub filters: &'a [&'a Filter],
}

impl<'a> Among<'a> {
    /// The rules of this id or name: those of the file, else those of the pack.
    pub fn called(&self, name: &str) -> Vec<&'a Rule> {
        let near: Vec<&Rule> = self
            .file
            .iter()
            .filter(|rule| rule.is_called(name))
            .collect();
        if !near.is_empty() {
            return near;
        }
        let pack = self.pack.iter().copied();
        pack.filter(|rule| rule.is_called(name)).collect()
    }

    /// The filters that name a rule.
    pub fn filters_of(&self, rule: &Rule) -> impl Iterator<Item = &'a Filter> {
        let filters = self.filters.iter().copied();
        filters.filter(|filter| filter.names(rule))
    }
}

/// What is wrong with a filter, whatever rules it is for.
pub fn check_filter(filter: &Filter, inputs: &Inputs<'_>) -> Vec<Diagnostic> {
    frontends::sigma::filter::check(filter, inputs)
}

/// Lowers a rule that stands alone, and checks it.
pub fn compile(rule: &Rule, inputs: &Inputs<'_>) -> Compiled {
    compile_among(rule, inputs, &Among::default())
}

/// Lowers a rule that stands among others, and checks it.
pub fn compile_among(rule: &Rule, inputs: &Inputs<'_>, among: &Among<'_>) -> Compiled {
    let mut compiled = match &rule.body {
        Body::Eql(body) => {
            let compiled = frontends::eql::compile(rule, body, inputs);
            let compiled = if body.endpoint {
                of_endpoint(compiled)
            } else {
                compiled
            };
            frontends::sigma::filter::from_meaning(rule, compiled, inputs, among)
        }
        Body::Sigma(body) => frontends::sigma::compile(rule, body, inputs, among),
        Body::Correlation(body) => {
            frontends::sigma::correlation::compile(rule, body, inputs, among)
        }
        Body::Opaque(refusal) => Compiled {
            meaning: Meaning::Unsupported(refusal.clone()),
            diagnostics: Vec::new(),
        },
    };
    match &compiled.meaning {
        Meaning::Known(ir) => compiled.diagnostics.extend(check::check(ir)),
        Meaning::Series(series) => compiled.diagnostics.extend(check::check_series(series)),
        Meaning::Unsupported(_) | Meaning::Invalid => {}
    }
    compiled
        .diagnostics
        .sort_by_key(|finding| (finding.span, finding.code));
    compiled
}

/// A query for Elastic Endpoint that is wrong in Elasticsearch's EQL is not wrong, but of another language: it is refused, and the first error says where
/// the two part.
fn of_endpoint(mut compiled: Compiled) -> Compiled {
    let errors = compiled.diagnostics.iter().filter(|found| found.is_error());
    let Some(first) = errors.min_by_key(|found| found.span) else {
        return compiled;
    };
    let (span, told) = (first.span, format!("{} ({})", first.message, first.code));
    compiled.meaning = Meaning::Unsupported(Refusal {
        code: ENDPOINT_DIALECT,
        reason: format!("what Elastic Endpoint's EQL says here, Elasticsearch's has not: {told}"),
        span,
    });
    compiled.diagnostics.retain(|found| !found.is_error());
    compiled
}
