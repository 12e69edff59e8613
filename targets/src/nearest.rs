//! Comparisons with a number that may have no double of its own.

use std::cmp::Ordering;
use verdict_compiler::ir::Comparison;
use verdict_event::{Decimal, Number};

/// What a comparison of a double with a number says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Nearest {
    /// The number has a double of its own: what the rule says.
    Same,
    /// No double is equal to it.
    Never,
    /// The nearest double stands on a known side of it: `x >= 9007199254740993` is `x > 9007199254740992.0`.
    Beside(Comparison, f64),
}

/// Finds it.
pub(crate) fn nearest(comparison: Comparison, wanted: &Number) -> Nearest {
    let double = wanted.as_f64();
    let written = Decimal::parse(&format!("{double:?}"));
    let side = match written {
        Some(written) => written.cmp(&wanted.decimal()),
        // Infinite: no number lies beyond it.
        None => double.partial_cmp(&0.0).unwrap_or(Ordering::Equal),
    };
    let comparison = match (comparison, side) {
        (_, Ordering::Equal) => return Nearest::Same,
        (Comparison::Equal, Ordering::Less | Ordering::Greater) => return Nearest::Never,
        (Comparison::Less | Comparison::LessOrEqual, Ordering::Less) => Comparison::LessOrEqual,
        (Comparison::Less | Comparison::LessOrEqual, Ordering::Greater) => Comparison::Less,
        (Comparison::Greater | Comparison::GreaterOrEqual, Ordering::Less) => Comparison::Greater,
        (Comparison::Greater | Comparison::GreaterOrEqual, Ordering::Greater) => {
            Comparison::GreaterOrEqual
        }
    };
    Nearest::Beside(comparison, double)
}
