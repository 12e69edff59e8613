//! Rule text in, IR and diagnostics out.
//!
//! ```text
//! rule file --rule::load--> Rule --frontends: parse--> Ast --lower--> Ir --check--> Compiled
//! ```
//!
//! - [`rule`]: the definition; our YAML, plain Sigma YAML and Elastic TOML all end in one [`rule::Rule`].
//! - [`frontends`]: one folder a source language; they never see each other.
//! - [`ir`]: the one typed form that all targets read; its leaves are two-valued.
//! - [`check`]: what can be said of an IR without running it.
//! - [`diagnostic`], [`codes`], [`render`]: errors as a feature; one mistake, one code, one page.
//!
//! **This crate knows no target and no harness, and does no input or output.**

pub mod check;
pub mod codes;
pub mod compile;
pub mod diagnostic;
pub mod frontends;
pub mod ir;
pub mod render;
pub mod rule;
pub mod span;

pub use codes::Code;
pub use compile::{
    Among, Compiled, Inputs, Meaning, Refusal, check_filter, compile, compile_among,
};
pub use diagnostic::{Diagnostic, Severity};
pub use frontends::sigma::{LogsourceTable, Variant};
pub use ir::Ir;
pub use rule::Rule;
pub use span::{Source, Span};
