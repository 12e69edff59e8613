//! The parts of the corpus run.

pub(crate) mod archive;
pub(crate) mod real_events;
pub(crate) mod regression;
pub(crate) mod status;

/// Whether a rule stands in Sigma's folder of rules in the syntax before version 2, where some are plain rules all the same. Nothing is promised of them.
pub(crate) fn is_old_syntax(path: &str) -> bool {
    path.starts_with("unsupported/")
}
