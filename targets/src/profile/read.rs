//! A profile's YAML to a [`Mapping`], and everything that is wrong with it.

mod holding;
mod source;

use crate::profile::mapping::{Mapping, Table};
use crate::profile::tables;
use std::collections::BTreeMap;
use std::sync::Arc;
use verdict_compiler::codes::rule::PROFILE_NAME;
use verdict_compiler::diagnostic::{Diagnostic, did_you_mean};
use verdict_compiler::ir::Case;
use verdict_compiler::rule::node::{Entry, Node};
use verdict_compiler::rule::reader::{Reader, get};
use verdict_compiler::rule::{ecs, yaml};
use verdict_event::FieldSchema;

const PROFILE: &str = "a profile";
const KEYS: &[&str] = &[
    "target",
    "profile",
    "description",
    "time",
    "id",
    "lacks",
    "case",
    "any_case",
    "schema",
    "tables",
    "sets",
    "sources",
];
/// The targets that have profiles.
const TARGETS: &[&str] = &["eql", "esql", "kql", "spl"];
/// What a service may lack of a language.
const PARTS: &[&str] = &["scan"];
/// Reads a profile, once for each target that it is for. None where it cannot be used, which is then among the diagnostics.
pub fn read(text: &str) -> (Vec<Mapping>, Vec<Diagnostic>) {
    let documents = match yaml::documents(text) {
        Ok(documents) => documents,
        Err(found) => return (Vec::new(), found),
    };
    let mut reading = Reading::default();
    let mappings = documents
        .first()
        .and_then(|document| reading.mappings(document));
    let found = reading.reader.found;
    let usable = !found.iter().any(Diagnostic::is_error);
    (mappings.filter(|_| usable).unwrap_or_default(), found)
}

/// The field sets of a profile, by name.
type Sets<'n> = BTreeMap<&'n str, &'n [Entry]>;

#[derive(Default)]
struct Reading {
    reader: Reader,
    /// Which targets the profile is for.
    targets: Vec<String>,
}

impl Reading {
    fn mappings(&mut self, document: &Node) -> Option<Vec<Mapping>> {
        let entries = self.reader.known_map(document, PROFILE, KEYS)?;
        for key in ["target", "profile", "sources"] {
            if get(entries, key).is_none() {
                self.reader.missing(document.span, PROFILE, key);
            }
        }
        let text = |reading: &mut Self, key: &str| {
            let node = get(entries, key)?;
            let found = reading.reader.filled(node, &format!("`{key}`"))?;
            Some(found.value)
        };
        self.targets = self.targets(entries);
        let name = text(self, "profile");
        let case = get(entries, "case").and_then(|node| {
            let words = ["exact", "ignored"];
            self.reader
                .choice(node, "`case`", &words, |word| match word {
                    "exact" => Some(Case::Exact),
                    "ignored" => Some(Case::Fold),
                    _ => None,
                })
        });
        let mut mapping = Mapping {
            target: String::new(),
            name: name?,
            description: text(self, "description").unwrap_or_default(),
            time: text(self, "time"),
            id: text(self, "id"),
            lacks: self.lacks(entries),
            case: case.map_or(Case::Exact, |case| case.value),
            any_case: get(entries, "any_case")
                .map(|node| self.reader.one_or_more(node, "`any_case`"))
                .unwrap_or_default()
                .into_iter()
                .map(|text| text.value)
                .collect(),
            tables: self.tables(entries),
            sources: Vec::new(),
        };
        let mut sets = Sets::new();
        if let Some(node) = get(entries, "sets") {
            for set in self.reader.map(node, "`sets`").unwrap_or_default() {
                if let Some(fields) = self.reader.map(&set.value, "a set of fields") {
                    sets.insert(&set.key, fields);
                }
            }
        }
        let sources = get(entries, "sources").and_then(Node::as_list);
        for node in sources.unwrap_or_default() {
            if let Some(source) = self.source(node, &sets, &mapping.tables) {
                mapping.sources.push(source);
            }
        }
        let of = |target: String| Mapping {
            target,
            ..mapping.clone()
        };
        Some(self.targets.iter().cloned().map(of).collect())
    }

    fn lacks(&mut self, entries: &[Entry]) -> Vec<String> {
        let Some(node) = get(entries, "lacks") else {
            return Vec::new();
        };
        let one = std::slice::from_ref(node);
        let mut lacks = Vec::new();
        for node in node.as_list().unwrap_or(one) {
            let found = self.reader.choice(node, "`lacks`", PARTS, |word| {
                PARTS.contains(&word).then(|| word.to_owned())
            });
            lacks.extend(found.map(|found| found.value));
        }
        lacks
    }

    fn targets(&mut self, entries: &[Entry]) -> Vec<String> {
        let Some(node) = get(entries, "target") else {
            return Vec::new();
        };
        let one = std::slice::from_ref(node);
        let mut targets = Vec::new();
        for node in node.as_list().unwrap_or(one) {
            let target = self.reader.choice(node, "`target`", TARGETS, |word| {
                TARGETS.contains(&word).then(|| word.to_owned())
            });
            targets.extend(target.map(|target| target.value));
        }
        targets
    }

    fn tables(&mut self, entries: &[Entry]) -> BTreeMap<String, Arc<Table>> {
        let tables = self.columns(entries).into_iter();
        tables
            .map(|(name, table)| (name, Arc::new(table)))
            .collect()
    }

    /// The columns of each table.
    fn columns(&mut self, entries: &[Entry]) -> BTreeMap<String, Table> {
        let mut tables = BTreeMap::new();
        if let Some(name) =
            get(entries, "schema").and_then(|node| self.reader.text(node, "`schema`"))
        {
            if name.value == "ecs" {
                tables.insert("ecs".to_owned(), ecs_table());
            } else if let Some(known) = tables::schema(&name.value) {
                tables = known;
            } else {
                self.undefined(&name.value, name.span, "schema", tables::names());
            }
        }
        let Some(node) = get(entries, "tables") else {
            return tables;
        };
        for table in self.reader.map(node, "`tables`").unwrap_or_default() {
            let columns = self.reader.map(&table.value, "a table");
            let known = tables.entry(table.key.clone()).or_default();
            for column in columns.unwrap_or_default() {
                let kind = self.reader.text(&column.value, "a column's type");
                match kind.as_ref().map(|kind| tables::field(&kind.value)) {
                    Some(Some(field)) => known.add(&column.key, field),
                    Some(None) => self.undefined(
                        &kind.map(|kind| kind.value).unwrap_or_default(),
                        column.value.span,
                        "type",
                        [
                            "string", "long", "real", "bool", "datetime", "keyword", "ip",
                        ]
                        .into_iter(),
                    ),
                    None => {}
                }
            }
        }
        tables
    }

    fn undefined<'k>(
        &mut self,
        name: &str,
        span: verdict_compiler::Span,
        what: &str,
        known: impl Iterator<Item = &'k str>,
    ) {
        let error = Diagnostic::error(
            PROFILE_NAME,
            span,
            format!("no {what} `{name}`"),
            "the profile does not define it",
        );
        self.reader.push(match did_you_mean(name, known) {
            Some(near) => error.hint(format!("did you mean `{near}`?")),
            None => error,
        });
    }
}

/// The Elastic Common Schema as a table.
fn ecs_table() -> Table {
    let mut table = Table::default();
    for name in ecs::names() {
        if let Some(field) = ecs::field(name) {
            table
                .columns
                .insert(name.to_owned(), FieldSchema::clone(field));
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::holding::HOLDING_KEYS;
    use super::source::SOURCE_KEYS;
    use super::{KEYS, TARGETS};
    use serde_json::Value;
    use std::collections::BTreeSet;

    fn keys<'v>(objects: impl IntoIterator<Item = &'v Value>) -> BTreeSet<&'v str> {
        let objects = objects
            .into_iter()
            .filter_map(|object| object["properties"].as_object());
        objects
            .flat_map(|properties| properties.keys().map(String::as_str))
            .collect()
    }

    #[test]
    fn the_published_schema_has_the_keys_that_are_read() {
        let schema: Value =
            serde_json::from_str(include_str!("../../profiles/profile.schema.json")).expect("JSON");
        let set = |known: &[&'static str]| known.iter().copied().collect::<BTreeSet<_>>();
        assert_eq!(keys([&schema]), set(KEYS));
        assert_eq!(keys([&schema["$defs"]["source"]]), set(SOURCE_KEYS));
        let forms = schema["$defs"]["field"]["oneOf"].as_array().expect("forms");
        assert_eq!(keys(forms), set(HOLDING_KEYS));
        let targets = schema["$defs"]["target"]["enum"]
            .as_array()
            .expect("targets");
        assert_eq!(
            targets
                .iter()
                .filter_map(Value::as_str)
                .collect::<BTreeSet<_>>(),
            set(TARGETS)
        );
    }
}
