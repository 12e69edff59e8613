//! Rules over several events: each of their conditions by itself, with what that means for the whole.

use crate::codes::check as codes;
use crate::diagnostic::Diagnostic;
use crate::ir::{Expr, Ir, Series};

/// Every finding about a series, in the order of the file. A condition that every event satisfies is no mistake here: the other events, the keys
/// and the time are conditions as well.
pub fn check(series: &Series) -> Vec<Diagnostic> {
    if let Series::Correlation(_) = series {
        // Its rules stand elsewhere, and are checked there.
        return Vec::new();
    }
    let mut found: Vec<Diagnostic> = series.events().into_iter().flat_map(of_event).collect();
    found.sort_by_key(|finding| (finding.span, finding.code));
    found.dedup_by_key(|finding| (finding.span, finding.code));
    found
}

fn of_event(ir: &Ir) -> Vec<Diagnostic> {
    let whole = matches!(ir.detection, Expr::Const(true));
    let mut found = super::check(ir);
    found.retain(|finding| {
        finding.code != codes::ALWAYS_TRUE && !(whole && finding.code == codes::BRANCH_ALWAYS_TRUE)
    });
    found
}
