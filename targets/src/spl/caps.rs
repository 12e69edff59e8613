//! What Splunk itself does in another way than a rule.

use crate::caps::Caps;
use crate::spl::project::singles;
use crate::target::Claim;
use crate::told_apart::{is_told_apart, is_told_apart_in_lists};
use verdict_compiler::codes::divergence;
use verdict_compiler::{Code, Ir};
use verdict_event::{FieldType, Path};

/// Differences of the target that hold for every rule; each says in its page which values show it.
pub const STANDING: &[Code] = &[
    divergence::ADDRESS_TEXT,
    divergence::NON_ASCII_CASE,
    divergence::NUMBER_PRECISION,
    divergence::NUMBER_TEXT,
];

/// The claim that follows from the plan. Whether a field can hold the empty text is left open; the rule differs only if it cares.
pub(crate) fn claim(mut caps: Caps, ir: &Ir) -> Claim {
    let can_be_empty = |path: &Path| {
        ir.fields.get(path).is_none_or(|field| match field.kind {
            FieldType::Keyword | FieldType::Text | FieldType::Version => true,
            FieldType::Long
            | FieldType::Double
            | FieldType::Boolean
            | FieldType::Ip
            | FieldType::Date
            | FieldType::Object => false,
        })
    };
    let singles = singles(ir);
    let in_list = |path: &Path| can_be_empty(path) && !singles.contains(path);
    let single = |path: &Path| singles.contains(path);
    if is_told_apart(ir, &can_be_empty, &single) || is_told_apart_in_lists(ir, &in_list) {
        caps.diverges(divergence::EMPTY_IS_MISSING);
    }
    caps.claim()
}
