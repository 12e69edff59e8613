//! The Elastic Common Schema: the embedded table of its fields, which `tools/ecs_table.py` writes.

use std::collections::HashMap;
use std::sync::OnceLock;
use verdict_event::{FieldSchema, FieldType};

const TABLE: &str = include_str!("../../data/ecs.tsv");

/// What the schema says of a field; None for a field that it does not have.
pub fn field(path: &str) -> Option<&'static FieldSchema> {
    fields().get(path)
}

/// The names of all fields, in no order.
pub fn names() -> impl Iterator<Item = &'static str> {
    fields().keys().copied()
}

fn fields() -> &'static HashMap<&'static str, FieldSchema> {
    static PARSED: OnceLock<HashMap<&'static str, FieldSchema>> = OnceLock::new();
    PARSED.get_or_init(|| {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#'));
        rows.filter_map(|line| {
            let mut columns = line.split('\t');
            let name = columns.next()?;
            let schema = FieldSchema::new(kind(columns.next()?)?);
            let array = columns.next() == Some("array");
            Some((name, FieldSchema { array, ..schema }))
        })
        .collect()
    })
}

fn kind(name: &str) -> Option<FieldType> {
    Some(match name {
        "keyword" | "constant_keyword" | "wildcard" | "flattened" => FieldType::Keyword,
        "text" | "match_only_text" => FieldType::Text,
        "long" | "integer" | "short" | "byte" | "unsigned_long" => FieldType::Long,
        "double" | "float" | "half_float" | "scaled_float" => FieldType::Double,
        "boolean" => FieldType::Boolean,
        "date" | "date_nanos" => FieldType::Date,
        "ip" => FieldType::Ip,
        "version" => FieldType::Version,
        "object" | "nested" | "geo_point" => FieldType::Object,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{TABLE, field, fields};
    use verdict_event::FieldType;

    #[test]
    fn every_row_is_a_field() {
        let rows = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(fields().len(), rows);
    }

    #[test]
    fn fields_have_their_types() {
        let kind = |path: &str| field(path).map(|schema| (schema.kind, schema.array));
        assert_eq!(kind("process.args"), Some((FieldType::Keyword, true)));
        assert_eq!(kind("process.pid"), Some((FieldType::Long, false)));
        assert_eq!(kind("source.ip"), Some((FieldType::Ip, false)));
        assert_eq!(kind("process.name.text"), Some((FieldType::Text, false)));
        assert_eq!(kind("event.category"), Some((FieldType::Keyword, true)));
        assert_eq!(kind("process.nonsense"), None);
    }
}
