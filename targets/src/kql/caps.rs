//! What Kusto itself does in another way than a rule.

use crate::caps::Caps;
use crate::kql::columns::Kind;
use crate::profile::Bound;
use crate::target::Claim;
use crate::told_apart::is_told_apart;
use std::collections::BTreeSet;
use verdict_compiler::codes::divergence;
use verdict_compiler::{Code, Ir};
use verdict_event::{FieldType, Path};

/// Differences of the target that hold for every rule; each says in its page which values show it.
pub const STANDING: &[Code] = &[
    divergence::ADDRESS_TEXT,
    divergence::DATE_TEXT,
    divergence::NON_ASCII_CASE,
    divergence::NUMBER_PRECISION,
    divergence::NUMBER_TEXT,
    divergence::SEPARATOR_IN_VALUE,
];

/// The claim that follows from the plan. A column may confuse an empty text with a missing value; the rule differs only if it cares.
pub(crate) fn claim(caps: Caps, bound: &Bound) -> Claim {
    claim_of(caps, &bound.ir, &bound.never_empty)
}

/// The claim for conditions over columns of which some hold no empty text.
pub(crate) fn claim_of(mut caps: Caps, ir: &Ir, never_empty: &BTreeSet<Path>) -> Claim {
    // No address is empty, and columns of other types than text hold no text.
    let can_be_empty = |path: &Path| {
        !never_empty.contains(path)
            && ir
                .fields
                .get(path)
                .is_none_or(|field| Kind::of(field) == Kind::Text && field.kind != FieldType::Ip)
    };
    let single = |path: &Path| {
        let field = ir.fields.get(path);
        field.is_some_and(|field| Kind::of(field) == Kind::Text)
    };
    let told = is_told_apart(ir, &can_be_empty, &single)
        && !verdict_faults::at("kql/caps/empty-never-claimed");
    if !told && !verdict_faults::at("kql/caps/empty-always-claimed") {
        caps.agrees(divergence::EMPTY_IS_MISSING);
    }
    caps.claim()
}
