//! What can be said of an IR without running it, one pass a file.
//!
//! - `constant`: nothing is left of the rule but *always* or *never*.
//! - `contradiction`: parts that exclude or complete each other.
//! - `subsumption`: alternatives and requirements that another one makes superfluous.
//! - `limits`: sizes.
//! - `over_time`: the events of a sequence, sample or correlation, each by itself.
//!
//! Every statement is sound for fields that hold lists (a leaf is true if *any* value satisfies it), except
//! [`SINGLE_VALUE`](crate::codes::check::SINGLE_VALUE), which says so. **A pass may miss things, never report what is not so.**

mod constant;
mod contradiction;
mod implies;
mod inclusion;
mod index;
mod limits;
mod over_time;
mod subsumption;

use crate::diagnostic::Diagnostic;
use crate::ir::Ir;
use std::collections::HashSet;

pub use over_time::check as check_series;

/// Every finding about an IR, in the order of the file.
pub fn check(ir: &Ir) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    limits::check(&ir.predicate, &mut found);
    constant::check(ir, &mut found);
    contradiction::check(ir, &mut found);
    subsumption::check(&ir.detection, &mut found);
    // One part of the rule may stand in the IR several times, wherever the condition or a source repeats it.
    found.sort_by_key(|finding| (finding.span, finding.code));
    let mut seen = HashSet::new();
    found.retain(|finding| seen.insert((finding.code, finding.span)));
    found
}
