//! Rules of which only *always* or *never* is left after folding.

use crate::codes::check as codes;
use crate::diagnostic::Diagnostic;
use crate::ir::{Expr, Ir};
use crate::span::Span;

pub(super) fn check(ir: &Ir, found: &mut Vec<Diagnostic>) {
    for expr in [&ir.predicate, &ir.detection] {
        let finding = match expr {
            Expr::Const(false) => never(
                Span::default(),
                "nothing is left that an event could satisfy",
            ),
            Expr::Const(true) => {
                always(Span::default(), "nothing is left that an event could fail")
            }
            Expr::Not(_) | Expr::All(_) | Expr::Any(_) | Expr::Leaf(_) => continue,
        };
        found.push(finding);
        return;
    }
}

pub(super) fn never(span: Span, reason: &str) -> Diagnostic {
    Diagnostic::warning(codes::NEVER_TRUE, span, "the rule can never match", reason)
}

pub(super) fn always(span: Span, reason: &str) -> Diagnostic {
    Diagnostic::warning(
        codes::ALWAYS_TRUE,
        span,
        "the rule matches every event",
        reason,
    )
}
