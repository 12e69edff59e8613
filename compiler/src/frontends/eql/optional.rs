//! Rules that a field which nothing maps keeps from ever matching, though its absence does not.
//!
//! Of an event that lacks a field, `not (?f : "x")` is true. Where no index maps it, it is null, and null is no match (E8). Both are decided here, once
//! more by the lowering with the field unmapped, and a rule is told only where it comes to nothing in the one case alone.

use super::ast::EventQuery;
use super::lower::{self, Lowered};
use super::types::Fields;
use crate::codes::eql as codes;
use crate::diagnostic::Diagnostic;
use crate::ir::{Expr, Leaf, LeafKind};
use verdict_event::Path;

/// The most fields that are asked about, each of which costs a lowering.
const MOST_FIELDS: usize = 32;

/// A finding for each such field.
pub(super) fn lint(
    event: &EventQuery,
    category_field: &str,
    fields: &Fields<'_>,
    lowered: &Lowered,
) -> Vec<Diagnostic> {
    if !fields.are_assumed() || lowered.refusal.is_some() {
        return Vec::new();
    }
    let found = fields
        .optional()
        .iter()
        .take(MOST_FIELDS)
        .filter_map(|path| {
            let unmapped = lower::lower(
                event,
                category_field,
                &fields.without(path),
                &mut Vec::new(),
            );
            let never = |expr: &Expr| *expr == Expr::Const(false);
            let idle = never(&unmapped.predicate) && !never(&lacking(&lowered.predicate, path));
            idle.then(|| finding(&lowered.predicate, path)).flatten()
        });
    found.collect()
}

/// What is left of a predicate in events that lack a field.
fn lacking(predicate: &Expr, path: &Path) -> Expr {
    predicate.map_leaves(&mut |leaf| match &leaf.kind {
        _ if !reads(leaf, path) => Expr::Leaf(leaf.clone()),
        LeafKind::Missing(_) => Expr::Const(true),
        LeafKind::Is { .. }
        | LeafKind::Relate { .. }
        | LeafKind::Present(_)
        | LeafKind::AnyText(_) => Expr::Const(false),
    })
}

fn reads(leaf: &Leaf, path: &Path) -> bool {
    let mut reads = false;
    leaf.each_field(&mut |field| reads |= field == path);
    reads
}

fn finding(predicate: &Expr, path: &Path) -> Option<Diagnostic> {
    let mut place = None;
    predicate.each_leaf(&mut |leaf| {
        if reads(leaf, path) {
            place.get_or_insert(leaf.span);
        }
    });
    let warning = Diagnostic::warning(
        codes::IDLE_OPTIONAL,
        place?,
        format!("the rule never matches where no index maps `{path}`"),
        "null there, and the negation of null is null",
    );
    Some(warning.hint(format!(
        "`?{path} == null or ...` before the negation lets it match there"
    )))
}
