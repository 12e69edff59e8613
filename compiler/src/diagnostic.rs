//! What is told to a person: code, place, reason, hint.

use crate::codes::Code;
use crate::span::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Note,
    /// A finding: the rule works, but probably not as meant.
    Warning,
    /// The rule is invalid.
    Error,
}

/// One finding. The data model of every output form: terminal, JSON, SARIF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which mistake it is; its page explains it.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in lower case, without a full stop, addressing nobody.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Why, as a phrase shown at the caret.
    pub reason: String,
    /// Other places that matter, each with a phrase.
    pub related: Vec<(Span, String)>,
    /// What would mend it.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// An error; `reason` is the phrase at the caret.
    pub fn error(
        code: Code,
        span: Span,
        message: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Error, code, span, message.into(), reason.into())
    }

    /// A warning; `reason` is the phrase at the caret.
    pub fn warning(
        code: Code,
        span: Span,
        message: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Warning, code, span, message.into(), reason.into())
    }

    /// A note; `reason` is the phrase at the caret.
    pub fn note(
        code: Code,
        span: Span,
        message: impl Into<String>,
        reason: impl Into<String>,
    ) -> Self {
        Self::new(Severity::Note, code, span, message.into(), reason.into())
    }

    fn new(severity: Severity, code: Code, span: Span, message: String, reason: String) -> Self {
        Self {
            code,
            severity,
            message,
            span,
            reason,
            related: Vec::new(),
            hint: None,
        }
    }

    /// The same finding with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same finding with another place that matters.
    #[must_use]
    pub fn related(mut self, span: Span, phrase: impl Into<String>) -> Self {
        self.related.push((span, phrase.into()));
        self
    }

    /// Whether the rule is invalid because of it.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The known name nearest to `wanted`, if one is near enough to be a slip of the pen.
pub fn did_you_mean<'n>(wanted: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let lower = wanted.to_lowercase();
    known
        .into_iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(&lower, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, name)| {
            *distance <= 1 + name.chars().count().min(wanted.chars().count()) / 4
        })
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn slips_are_mended_and_strangers_are_not() {
        assert_eq!(
            did_you_mean("severty", ["severity", "status"]),
            Some("severity")
        );
        assert_eq!(
            did_you_mean("Contians", ["contains", "endswith"]),
            Some("contains")
        );
        assert_eq!(did_you_mean("banana", ["severity", "status"]), None);
    }
}
