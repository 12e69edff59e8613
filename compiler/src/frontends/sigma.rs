//! Sigma detections.

use crate::compile::{Compiled, Inputs, Meaning};
use crate::rule::SigmaBody;

/// What a Sigma logsource means.
#[derive(Clone, Debug, Default)]
pub struct LogsourceTable;

/// Reads and lowers a Sigma detection.
pub(crate) fn compile(_body: &SigmaBody, _inputs: &Inputs<'_>) -> Compiled {
    Compiled {
        meaning: Meaning::Invalid,
        diagnostics: Vec::new(),
    }
}
