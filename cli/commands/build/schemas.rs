//! The schema of a folder of queries.

use verdict_event::{FieldSchema, FieldType, Schema};

/// One schema for all queries of a folder. Where rules see a field differently, text is what every value can be.
pub(super) fn merge(all: &mut Schema, one: Schema) {
    all.timestamp = one.timestamp;
    for (name, field) in one.fields {
        let merged = match all.fields.remove(&name) {
            None => field,
            Some(known) => FieldSchema {
                kind: widest(known.kind, field.kind),
                array: known.array || field.array,
                ..known
            },
        };
        all.fields.insert(name, merged);
    }
}

fn widest(a: FieldType, b: FieldType) -> FieldType {
    if a == b {
        a
    } else if a.is_numeric() && b.is_numeric() {
        FieldType::Double
    } else {
        FieldType::Keyword
    }
}
