//! `keyword-scope`: the target searches keywords in other places than every string of the event.

use verdict_compiler::Ir;
use verdict_compiler::ir::LeafKind;
use verdict_event::{Event, Value};

/// The rule has keywords, and the event holds a list (whose strings no scalar column has).
pub(super) fn covers(ir: &Ir, event: &Event) -> bool {
    let keywords = ir
        .predicate
        .leaves()
        .iter()
        .any(|leaf| matches!(leaf.kind, LeafKind::AnyText(_)));
    keywords && holds_list(event.root())
}

fn holds_list(value: &Value) -> bool {
    match value {
        Value::List(_) => true,
        Value::Object(entries) => entries.iter().any(|(_, inner)| holds_list(inner)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
