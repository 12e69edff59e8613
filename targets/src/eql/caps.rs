//! What Elasticsearch itself does in another way than a rule.

use crate::caps::Caps;
use crate::target::Claim;
use crate::told_apart::is_told_apart;
use verdict_compiler::codes::divergence;
use verdict_compiler::{Code, Ir};

/// Differences of the target that hold for every rule; each says in its page which values show it.
pub const STANDING: &[Code] = &[
    divergence::ADDRESS_TEXT,
    divergence::NON_ASCII_CASE,
    divergence::NUMBER_PRECISION,
    divergence::NUMBER_TEXT,
    divergence::SEPARATOR_IN_VALUE,
];

/// The claim that follows from the plan. A key without a value cannot be told from a missing one; the rule differs only if it cares. The empty text is a
/// value to Elasticsearch.
pub(crate) fn claim(mut caps: Caps, ir: &Ir) -> Claim {
    let told = is_told_apart(ir, &|_| false, &|_| false);
    if !told && !verdict_faults::at("eql/caps/null-always-claimed")
        || verdict_faults::at("eql/caps/null-never-claimed")
    {
        caps.agrees(divergence::NULL_IS_MISSING);
    }
    caps.claim()
}
