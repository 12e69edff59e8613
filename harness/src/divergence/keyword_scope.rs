//! `keyword-scope`: the target searches keywords in other places than every string of the event.

use verdict_compiler::Ir;
use verdict_compiler::ir::LeafKind;
use verdict_event::{Event, FieldSchema, FieldType, Path, Value};

/// The rule has keywords, and the event holds a list (whose strings no scalar column has), or a number or a boolean in a field that
/// the rule reads as text (whose column has its text).
pub(super) fn covers(ir: &Ir, event: &Event) -> bool {
    let keywords = ir
        .predicate
        .leaves()
        .iter()
        .any(|leaf| matches!(leaf.kind, LeafKind::AnyText(_)));
    keywords
        && (holds_list(event.root())
            || ir
                .fields
                .iter()
                .any(|(path, field)| kept_as_text(path, field, event)))
}

fn kept_as_text(path: &Path, field: &FieldSchema, event: &Event) -> bool {
    let text = match field.kind {
        FieldType::Keyword | FieldType::Text | FieldType::Ip | FieldType::Version => true,
        FieldType::Long
        | FieldType::Double
        | FieldType::Boolean
        | FieldType::Date
        | FieldType::Object => false,
    };
    text && event
        .values(path)
        .iter()
        .any(|value| matches!(value, Value::Number(_) | Value::Bool(_)))
}

fn holds_list(value: &Value) -> bool {
    match value {
        Value::List(_) => true,
        Value::Object(entries) => entries.iter().any(|(_, inner)| holds_list(inner)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
