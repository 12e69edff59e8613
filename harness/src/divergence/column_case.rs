//! `column-case`: the target's data do not keep the case of letters that the rule looks at.

use super::platform_scope::PLATFORM;
use crate::oracle::Oracle;
use verdict_compiler::Ir;
use verdict_compiler::ir::{Case, Expr, LeafKind, Term, Test};
use verdict_event::Event;

/// The event's verdict would be another one if the rule ignored the case of every text.
pub(super) fn covers(ir: &Ir, event: &Event) -> bool {
    Oracle::new(&folded(ir)).holds(event) != Oracle::new(ir).holds(event)
}

/// The rule with the case of every text ignored. Which platform an event is of, data that say it say in one way.
pub(super) fn folded(ir: &Ir) -> Ir {
    let predicate = ir.predicate.map_leaves(&mut |leaf| {
        let kind = match &leaf.kind {
            LeafKind::Is {
                term,
                test: Test::Text(pattern),
            } if !is_platform(term) => LeafKind::Is {
                term: term.clone(),
                test: Test::Text(pattern.clone().with_case(Case::Fold)),
            },
            other @ (LeafKind::Is { .. }
            | LeafKind::Relate { .. }
            | LeafKind::Missing(_)
            | LeafKind::Present(_)
            | LeafKind::AnyText(_)) => other.clone(),
        };
        Expr::leaf(kind, leaf.span)
    });
    Ir {
        predicate,
        ..ir.clone()
    }
}

fn is_platform(term: &Term) -> bool {
    matches!(term, Term::Field(path) if PLATFORM.contains(&path.as_str()))
}
