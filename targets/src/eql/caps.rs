//! What Elasticsearch itself does in another way than a rule.

use verdict_compiler::Code;
use verdict_compiler::codes::divergence;

/// Differences of the target that hold for every rule; each says in its page which values show it.
pub const STANDING: &[Code] = &[
    divergence::ADDRESS_TEXT,
    divergence::NON_ASCII_CASE,
    divergence::NUMBER_PRECISION,
    divergence::NUMBER_TEXT,
    divergence::SEPARATOR_IN_VALUE,
];
