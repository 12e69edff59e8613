//! The two places where the IR's own plain definitions do the work, because no faster form exists: a regular expression that Rust's syntax
//! cannot say, and EQL's functions.

use verdict_compiler::ir::{Function, Regex, Scalar};

/// Whether a regular expression accepts a text.
pub(super) fn accepts(_regex: &Regex, _text: &str) -> bool {
    false
}

/// The value of a function; None where it is missing.
pub(super) fn apply(_function: Function, _arguments: &[Option<Scalar>]) -> Option<Scalar> {
    None
}
