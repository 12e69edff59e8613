//! What can be said of an IR without running it, one pass a file.

use crate::diagnostic::Diagnostic;
use crate::ir::Ir;

/// Every finding about an IR.
pub fn check(_ir: &Ir) -> Vec<Diagnostic> {
    Vec::new()
}
