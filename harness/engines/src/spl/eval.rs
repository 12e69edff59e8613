//! The language of `eval` and `where`: tokens and tree.

mod infix;
mod lex;
mod parse;

pub(super) use parse::{parse_assignments, parse_condition};
