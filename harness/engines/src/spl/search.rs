//! The language of `search`: tokens and tree.

mod lex;
mod parse;

pub(super) use parse::parse;
