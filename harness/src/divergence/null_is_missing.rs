//! `null-is-missing`: the target cannot tell a key without a value from a missing one.

use verdict_compiler::Ir;
use verdict_compiler::ir::LeafKind;
use verdict_event::Event;

/// The key of an `exists` stands in the event without a value under it.
pub(super) fn covers(ir: &Ir, event: &Event) -> bool {
    ir.predicate.leaves().iter().any(|leaf| match &leaf.kind {
        LeafKind::Present(path) => event.has_key(path) && event.values(path).is_empty(),
        LeafKind::Is { .. }
        | LeafKind::Relate { .. }
        | LeafKind::Missing(_)
        | LeafKind::AnyText(_) => false,
    })
}
