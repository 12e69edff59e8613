//! The two places where the IR's own plain definitions do the work, because no faster form exists: a regular expression that Rust's syntax
//! cannot say, and EQL's functions.

use verdict_compiler::ir::{Function, Regex, Scalar, function};

/// Whether a regular expression accepts a text.
pub(super) fn accepts(regex: &Regex, text: &str) -> bool {
    regex.matches(text)
}

/// The value of a function; None where it is missing.
pub(super) fn apply(function: Function, arguments: &[Option<Scalar>]) -> Option<Scalar> {
    function::apply(function, arguments)
}
