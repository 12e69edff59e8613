//! The published schemas that come with the profiles: `table`, `column` and `type`, a line a column (`targets/profiles/tables/`).

use crate::profile::mapping::Table;
use std::collections::BTreeMap;
use verdict_event::{FieldSchema, FieldType};

/// The schemas by name. The facts' sources stand in each file's first lines.
const SCHEMAS: &[(&str, &str)] = &[
    (
        "defender_xdr",
        include_str!("../../profiles/tables/defender_xdr.tsv"),
    ),
    (
        "sentinel",
        include_str!("../../profiles/tables/sentinel.tsv"),
    ),
    (
        "sentinel_asim",
        include_str!("../../profiles/tables/sentinel_asim.tsv"),
    ),
    (
        "splunk_cim",
        include_str!("../../profiles/tables/splunk_cim.tsv"),
    ),
];

/// The names of the schemas.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SCHEMAS.iter().map(|(name, _)| *name).chain(["ecs"])
}

/// The tables of a schema.
pub(crate) fn schema(name: &str) -> Option<BTreeMap<String, Table>> {
    let (_, text) = SCHEMAS.iter().find(|(known, _)| *known == name)?;
    Some(parse(text))
}

fn parse(text: &str) -> BTreeMap<String, Table> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        if let (Some(table), Some(column), Some(kind)) = (cells.next(), cells.next(), cells.next())
            && let Some(field) = field(kind)
        {
            let table = tables.entry(table.to_owned()).or_default();
            table.add(column, field);
        }
    }
    tables
}

impl Table {
    /// Adds a column, or a pattern of columns.
    pub(crate) fn add(&mut self, column: &str, field: FieldSchema) {
        if column.ends_with('*') {
            self.patterns.push((column.to_owned(), field));
        } else {
            self.columns.insert(column.to_owned(), field);
        }
    }
}

/// What a column of this type holds: `string`, `long` ... of Kusto, `keyword` ... of Elasticsearch; `[]` behind it for lists.
pub(crate) fn field(kind: &str) -> Option<FieldSchema> {
    let (kind, array) = match kind.strip_suffix("[]") {
        Some(kind) => (kind, true),
        None => (kind, false),
    };
    let kind = match kind {
        "string" | "guid" | "keyword" | "constant_keyword" | "wildcard" | "flattened" => {
            FieldType::Keyword
        }
        "text" | "match_only_text" => FieldType::Text,
        "int" | "long" | "integer" | "short" | "byte" | "unsigned_long" => FieldType::Long,
        "real" | "decimal" | "double" | "float" | "half_float" | "scaled_float" => {
            FieldType::Double
        }
        "bool" | "boolean" => FieldType::Boolean,
        "datetime" | "date" | "date_nanos" => FieldType::Date,
        "ip" => FieldType::Ip,
        "version" => FieldType::Version,
        "dynamic" | "timespan" | "object" | "nested" | "geo_point" => FieldType::Object,
        _ => return None,
    };
    Some(FieldSchema {
        array,
        ..FieldSchema::new(kind)
    })
}
