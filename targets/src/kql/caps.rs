//! What Kusto itself does in another way than a rule.

use crate::caps::Caps;
use crate::kql::missing;
use crate::target::Claim;
use verdict_compiler::codes::divergence;
use verdict_compiler::{Code, Ir};

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
pub(crate) fn claim(mut caps: Caps, ir: &Ir) -> Claim {
    if !missing::is_told_apart(ir) {
        caps.agrees(divergence::EMPTY_IS_MISSING);
    }
    caps.claim()
}
