//! Why an engine refuses a text.

use std::fmt;
use std::ops::Range;

/// One fault that an engine found in a query or rule: what a vendor's parser, binder or verifier would have refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// What is wrong, in lower case, without a full stop.
    pub message: String,
    /// The bytes of the text that are at fault.
    pub span: Range<usize>,
    /// What would mend it, if that is known.
    pub hint: Option<String>,
}

impl QueryError {
    /// A fault without a hint.
    pub fn new(message: impl Into<String>, span: Range<usize>) -> Self {
        Self {
            message: message.into(),
            span,
            hint: None,
        }
    }

    /// The same fault with a hint.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.message, self.span.start)
    }
}

impl std::error::Error for QueryError {}
