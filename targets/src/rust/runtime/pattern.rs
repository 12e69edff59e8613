//! Regular expressions, compiled when they are first asked.

use regex::Regex;
use std::sync::OnceLock;

/// A regular expression in the syntax of the crate `regex`.
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    /// The expression with this text.
    pub const fn new(text: &'static str) -> Self {
        Self {
            text,
            compiled: OnceLock::new(),
        }
    }

    /// Whether the expression is found in a text.
    pub fn finds(&self, text: &str) -> bool {
        self.compiled.get_or_init(|| self.compile()).is_match(text)
    }

    #[allow(
        clippy::panic,
        reason = "it compiled when this crate was written; to go on without it would be to miss matches silently"
    )]
    fn compile(&self) -> Regex {
        Regex::new(self.text).unwrap_or_else(|error| panic!("{error}"))
    }
}
