//! `empty-is-missing`: the target cannot tell an empty text from a missing value.

use verdict_compiler::Ir;
use verdict_event::{Event, Path, Value};

/// Some field of the rule holds the empty text, or its key stands in the event without a value under it.
pub(super) fn covers(ir: &Ir, event: &Event) -> bool {
    ir.fields
        .keys()
        .any(|path| empty_text(path, event) || empty_key(path, event))
}

fn empty_text(path: &Path, event: &Event) -> bool {
    event
        .values(path)
        .iter()
        .any(|value| matches!(value, Value::String(text) if text.is_empty()))
}

fn empty_key(path: &Path, event: &Event) -> bool {
    event.has_key(path) && event.values(path).is_empty()
}
