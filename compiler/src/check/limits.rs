//! Sizes that engines are known to refuse.

use crate::codes::check as codes;
use crate::diagnostic::Diagnostic;
use crate::ir::Expr;

/// More tests than this, and queries are refused or time out.
const MAX_LEAVES: usize = 20_000;
/// Deeper than this, and parsers give up.
const MAX_DEPTH: usize = 60;

pub(super) fn check(predicate: &Expr, found: &mut Vec<Diagnostic>) {
    let leaves = predicate.leaves();
    let depth = depth(predicate);
    let reason = if leaves.len() > MAX_LEAVES {
        format!("it makes {} tests", leaves.len())
    } else if depth > MAX_DEPTH {
        format!("it nests {depth} levels")
    } else {
        return;
    };
    let span = leaves
        .iter()
        .map(|leaf| leaf.span)
        .reduce(crate::Span::to)
        .unwrap_or_default();
    found.push(Diagnostic::warning(
        codes::VERY_LARGE,
        span,
        "the rule is very large",
        reason,
    ));
}

fn depth(expr: &Expr) -> usize {
    match expr {
        Expr::Const(_) | Expr::Leaf(_) => 1,
        Expr::Not(inner) => 1 + depth(inner),
        Expr::All(operands) | Expr::Any(operands) => {
            1 + operands.iter().map(depth).max().unwrap_or(0)
        }
    }
}
