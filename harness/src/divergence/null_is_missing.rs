//! `null-is-missing`: the target cannot tell a key without a value from a missing key.

use verdict_compiler::Ir;
use verdict_compiler::ir::LeafKind;
use verdict_event::Event;

/// The rule asks whether a key stands in the event, and it stands there over null or an empty list.
pub(super) fn covers(ir: &Ir, event: &Event) -> bool {
    let leaves = ir.predicate.leaves();
    leaves.iter().any(|leaf| match &leaf.kind {
        LeafKind::Present(path) => event.has_key(path) && event.values(path).is_empty(),
        LeafKind::Is { .. }
        | LeafKind::Relate { .. }
        | LeafKind::Missing(_)
        | LeafKind::AnyText(_) => false,
    })
}
