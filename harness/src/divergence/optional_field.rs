//! `optional-field`: the target's data lack a field that the rule can do without.

use verdict_compiler::Ir;
use verdict_event::Event;

/// Some field that the rule reads only as `?field` has a value.
pub(super) fn covers(ir: &Ir, event: &Event) -> bool {
    let mut optional = ir.origin.optional.iter();
    optional.any(|path| !event.values(path).is_empty())
}
