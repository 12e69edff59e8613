//! Why a profile cannot hold what a rule reads.

use crate::profile::mapping::{Mapping, Source};
use verdict_compiler::codes::target::{PROFILE_FIELD, PROFILE_SOURCE};
use verdict_compiler::{Ir, Refusal, Span};
use verdict_event::Path;

pub(super) fn two_tables(one: &str, other: &str, ir: &Ir) -> Refusal {
    Refusal {
        code: PROFILE_SOURCE,
        reason: format!(
            "the rule's events are in `{one}` and in `{other}`, and one query reads one of them"
        ),
        span: origin_span(ir),
    }
}

pub(super) fn origin_span(ir: &Ir) -> Span {
    ir.origin
        .logsource
        .as_ref()
        .map_or_else(Span::default, |logsource| logsource.span)
}

pub(super) fn no_source(mapping: &Mapping, ir: &Ir) -> Refusal {
    let what = match (&ir.origin.logsource, &ir.origin.category) {
        (Some(logsource), _) => {
            let parts = [
                ("product", &logsource.product),
                ("category", &logsource.category),
                ("service", &logsource.service),
            ];
            let said: Vec<String> = parts
                .into_iter()
                .filter_map(|(key, value)| Some(format!("{key}: {}", value.as_ref()?)))
                .collect();
            format!("the logsource {{{}}}", said.join(", "))
        }
        (None, Some(category)) => {
            format!("events of the category `{category}` that this rule asks for")
        }
        (None, None) => "events of every category, as `any where` asks for".to_owned(),
    };
    Refusal {
        code: PROFILE_SOURCE,
        reason: format!(
            "no table of `{}:{}` holds {what}",
            mapping.target, mapping.name
        ),
        span: origin_span(ir),
    }
}

/// The field that a profile has no column for, if that is what a refusal says.
pub fn missing_field(refusal: &Refusal) -> Option<&str> {
    let (_, field) = refusal.reason.split_once(COLUMN_FOR)?;
    (refusal.code == PROFILE_FIELD).then(|| field.split('`').next())?
}

/// What stands before the field in such a refusal.
pub(crate) const COLUMN_FOR: &str = " column for `";

/// The refusal of a field that no column of a source holds.
pub(crate) fn no_field(mapping: &Mapping, source: &Source, path: &Path, span: Span) -> Refusal {
    Refusal {
        code: PROFILE_FIELD,
        reason: format!(
            "`{}:{}` has no{COLUMN_FOR}{path}` in `{}`",
            mapping.target, mapping.name, source.table
        ),
        span,
    }
}
