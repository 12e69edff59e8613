//! Sigma detections: YAML nodes to the IR.
//!
//! ```text
//! Node --detection--> ast --item (modifier, wildcard, windash, encode, placeholder)--> Expr per detection
//! condition text --condition--> Condition --lower--> detection --source (logsource)--> predicate
//! ```
//!
//! Everything that is wrong is reported at once; each step goes on with what it could read. What a rule means is
//! `docs/semantics.md`, S1 to S25; the ids stand beside the code that does what they say.

pub mod condition;
pub mod wildcard;

mod ast;
pub(crate) mod correlation;
mod detection;
mod encode;
pub(crate) mod filter;
mod item;
mod logsource;
mod lower;
mod modifier;
mod placeholder;
mod share;
mod source;
mod steps;
mod value;
mod windash;

#[cfg(test)]
mod tests;

pub use logsource::LogsourceTable;
pub use source::Variant;

use crate::compile::{Among, Compiled, Inputs, Meaning};
use crate::diagnostic::Diagnostic;
use crate::ir::{Expr, Ir, Origin};
use crate::rule::{Rule, SigmaBody};
use std::collections::BTreeMap;
use verdict_event::{FieldSchema, FieldType, Path};

/// Reads and lowers a Sigma detection.
pub(crate) fn compile(
    rule: &Rule,
    body: &SigmaBody,
    inputs: &Inputs<'_>,
    among: &Among<'_>,
) -> Compiled {
    let mut found = Vec::new();
    let parsed = detection::read(&body.detection, &mut found);
    let lowered = lower::lower(&parsed, inputs.placeholders, &mut found);
    let lowered = lowered.filter(|_| !found.iter().any(Diagnostic::is_error));
    let filtered = lowered.and_then(|detection| {
        let filters = among.filters_of(rule);
        let filters = filters.filter(|filter| filter.applies_to(&body.logsource));
        filter::take_away(detection, filters, body.detection.span, inputs)
    });
    let Some(detection) = filtered else {
        return Compiled {
            meaning: Meaning::Invalid,
            diagnostics: found,
        };
    };
    let predicate = match inputs.logsources {
        None => detection.clone(),
        Some(table) => source::bind(table, &body.logsource, &detection, &mut found),
    };
    let fields = fields([&predicate, &detection], inputs);
    let ir = Ir {
        predicate,
        detection,
        origin: Origin {
            category: None,
            logsource: Some(body.logsource.clone()),
            ..Origin::default()
        },
        fields,
    };
    Compiled {
        meaning: Meaning::Known(Box::new(ir)),
        diagnostics: found,
    }
}

/// What is known of every field read: Sigma types none, so a field is a single text unless the mapping knows better.
fn fields(read: [&Expr; 2], inputs: &Inputs<'_>) -> BTreeMap<Path, FieldSchema> {
    read.into_iter()
        .flat_map(Expr::fields)
        .map(|path| {
            let known = inputs.schema.and_then(|schema| schema.field(path.as_str()));
            let schema = known.cloned();
            (
                path,
                schema.unwrap_or_else(|| FieldSchema::new(FieldType::Keyword)),
            )
        })
        .collect()
}
