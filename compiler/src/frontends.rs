//! One folder a source language: lex, parse, AST, lower. **Front ends never see each other.**

pub mod eql;
pub mod sigma;
