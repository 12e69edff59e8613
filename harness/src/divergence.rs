//! Divergences: which events a declared difference covers.
//!
//! One file a code; each predicate is written from the code's page, without the emitter. It may look at the rule's fields and
//! tests, never at a target's text.

mod caps;
mod column_case;
pub(crate) mod empty_is_missing;
mod keyword_raw;
mod keyword_scope;
mod narrow;
mod null_is_missing;
mod optional_field;
pub(crate) mod platform_scope;
mod standing;

use verdict_compiler::ir::Series;
use verdict_compiler::{Code, Ir};
use verdict_event::Event;

/// Whether a divergence covers an event: there, and only there, a target that declared it may differ.
/// None for a code without a predicate, which is a fault of ours.
pub fn covers(code: Code, ir: &Ir, event: &Event) -> Option<bool> {
    match code.id {
        "empty-is-missing" => Some(empty_is_missing::covers(ir, event)),
        "keyword-raw" => Some(keyword_raw::covers(ir, event)),
        "keyword-scope" => Some(keyword_scope::covers(ir, event)),
        "null-is-missing" => Some(null_is_missing::covers(ir, event)),
        "optional-field" => Some(optional_field::covers(ir, event)),
        "column-case" => Some(column_case::covers(ir, event)),
        "platform-scope" => Some(platform_scope::covers(ir, event)),
        // One event fills no window and no result.
        "window-cap" | "result-cap" => Some(false),
        other => standing::covers(other, ir, event),
    }
}

/// Whether a standing divergence of one engine covers an event. A code's page tells what each language does: where a language differs on fewer events than
/// the code allows, only those are explained, lest the code take a mistake of an emitter for its own. `judge` is a judge's name, `kql:raw` for one.
pub fn explains(code: Code, judge: &str, ir: &Ir, event: &Event) -> Option<bool> {
    let language = judge.split(':').next().unwrap_or(judge);
    let wide = covers(code, ir, event)?;
    Some(wide && narrow::covers(code.id, language, ir, event))
}

/// Whether a divergence explains a difference of one judge on a stream: where it explains one on an event that some part of the series reads. What differs
/// over time or keys alone has a predicate of its own. None for a code without a predicate.
pub fn explains_stream(code: Code, judge: &str, series: &Series, stream: &[Event]) -> Option<bool> {
    if let "window-cap" | "result-cap" = code.id {
        return Some(caps::covers(series, stream));
    }
    let mut explained = code.id == "empty-is-missing" && empty_is_missing::joins(series, stream);
    for ir in series.events() {
        let ir = if code.id == "keyword-scope" {
            // Keywords are looked for in the columns of all parts.
            &Ir {
                fields: series.fields(),
                ..ir.clone()
            }
        } else {
            ir
        };
        for event in stream {
            explained = explained || explains(code, judge, ir, event)?;
        }
    }
    Some(explained)
}
