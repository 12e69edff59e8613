//! What Elasticsearch itself does in another way than a rule.

use crate::caps::{Caps, Limit};
use crate::esql::tree::Tree;
use crate::target::Claim;
use crate::told_apart::is_told_apart;
use verdict_compiler::codes::divergence;
use verdict_compiler::codes::target::ESQL_SIZE;
use verdict_compiler::{Code, Ir, Span};

/// Differences of the target that hold for every rule; each says in its page which values show it.
pub const STANDING: &[Code] = &[
    divergence::ADDRESS_TEXT,
    divergence::DATE_TEXT,
    divergence::NON_ASCII_CASE,
    divergence::NUMBER_PRECISION,
    divergence::NUMBER_TEXT,
    divergence::RESULT_CAP,
    divergence::SEPARATOR_IN_VALUE,
];

/// The deepest expression that Elasticsearch's parser takes.
const DEEPEST: usize = 390;
/// The longest text that it takes, in characters.
pub(crate) const LONGEST: usize = 1_000_000;

/// Refuses what the parser would.
pub(crate) fn bound(caps: &mut Caps, predicate: &Tree) {
    let depth = predicate.depth();
    if depth > DEEPEST {
        let reason = format!("the condition is {depth} deep, and ES|QL's parser takes {DEEPEST}");
        caps.refuse(Limit::new(ESQL_SIZE, reason), Span::default());
    }
}

/// The claim that follows from the plan. No index keeps a key that stands over null; the rule differs only if it cares.
pub(crate) fn claim(mut caps: Caps, ir: &Ir) -> Claim {
    let told = is_told_apart(ir, &|_| false, &|_| false);
    if !told && !verdict_faults::at("esql/caps/null-always-claimed")
        || verdict_faults::at("esql/caps/null-never-claimed")
    {
        caps.agrees(divergence::NULL_IS_MISSING);
    }
    caps.claim()
}
