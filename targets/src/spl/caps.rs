//! What Splunk itself does in another way than a rule.

use crate::caps::Caps;
use crate::profile::Bound;
use crate::spl::project::singles;
use crate::target::Claim;
use crate::told_apart::{is_told_apart, is_told_apart_in_lists};
use std::collections::BTreeSet;
use verdict_compiler::codes::divergence;
use verdict_compiler::{Code, Ir};
use verdict_event::{FieldType, Path};

/// Differences of the target that hold for every rule; each says in its page which values show it.
pub const STANDING: &[Code] = &[
    divergence::ADDRESS_TEXT,
    divergence::NON_ASCII_CASE,
    divergence::NUMBER_PRECISION,
    divergence::NUMBER_TEXT,
    divergence::WINDOW_CAP,
];

/// The claim that follows from the plan.
pub(crate) fn claim(mut caps: Caps, bound: &Bound) -> Claim {
    let cares = cares_for_empty(&bound.ir, &bound.never_empty)
        && !verdict_faults::at("spl/caps/empty-never-claimed");
    if cares || verdict_faults::at("spl/caps/empty-always-claimed") {
        caps.diverges(divergence::EMPTY_IS_MISSING);
    }
    caps.claim()
}

/// Whether a rule tells an empty text from a missing value, where some columns hold no empty text. Whether the others can is left open; the rule differs only if it
/// cares.
pub(crate) fn cares_for_empty(ir: &Ir, never_empty: &BTreeSet<Path>) -> bool {
    let may_be_empty = |path: &Path| {
        let field = ir.fields.get(path);
        !never_empty.contains(path) && field.is_none_or(|field| can_be_empty(field.kind))
    };
    let singles = singles(ir);
    let in_list = |path: &Path| may_be_empty(path) && !singles.contains(path);
    let single = |path: &Path| singles.contains(path);
    is_told_apart(ir, &may_be_empty, &single) || is_told_apart_in_lists(ir, &in_list)
}

/// Whether a field of this type may hold the empty text.
pub(crate) fn can_be_empty(kind: FieldType) -> bool {
    match kind {
        FieldType::Keyword | FieldType::Text | FieldType::Version => true,
        FieldType::Long
        | FieldType::Double
        | FieldType::Boolean
        | FieldType::Ip
        | FieldType::Date
        | FieldType::Object => false,
    }
}
