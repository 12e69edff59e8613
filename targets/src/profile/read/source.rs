//! How a profile's YAML describes a kind of event.

use super::{Reading, Sets};
use crate::profile::mapping::{Cell, Holding, Source, Table, Wanted};
use std::collections::BTreeMap;
use std::sync::Arc;
use verdict_compiler::codes::rule::{PROFILE_COLUMN, PROFILE_TABLES};
use verdict_compiler::diagnostic::{Diagnostic, did_you_mean};
use verdict_compiler::rule::node::{Entry, Node, Resolved};
use verdict_compiler::rule::reader::get;

const SOURCE: &str = "a source";
pub(super) const SOURCE_KEYS: &[&str] = &[
    "name",
    "logsource",
    "variants",
    "category",
    "from",
    "indices",
    "table",
    "checks",
    "where",
    "use",
    "fields",
    "except",
];

impl Reading {
    pub(super) fn source(
        &mut self,
        node: &Node,
        sets: &Sets<'_>,
        tables: &BTreeMap<String, Arc<Table>>,
    ) -> Option<Source> {
        let entries = self.reader.known_map(node, SOURCE, SOURCE_KEYS)?;
        let texts = |reading: &mut Self, key: &str| -> Vec<String> {
            let Some(node) = get(entries, key) else {
                return Vec::new();
            };
            let found = reading.reader.one_or_more(node, &format!("`{key}`"));
            found.into_iter().map(|text| text.value).collect()
        };
        let Some(name) = get(entries, "name") else {
            self.reader.missing(node.span, SOURCE, "name");
            return None;
        };
        let name = self.reader.filled(name, "`name`")?.value;
        let from = texts(self, "from");
        self.one_table(entries, &from);
        let table = get(entries, "table").and_then(|node| self.reader.text(node, "`table`"));
        let table = table
            .map(|text| text.value)
            .or_else(|| from.first().cloned());
        let table = table.unwrap_or_default();
        let mut source = Source {
            name,
            logsources: self.logsources(entries),
            variants: texts(self, "variants"),
            categories: texts(self, "category"),
            from,
            rule_indices: texts(self, "indices").iter().any(|word| word == "rule"),
            checks: texts(self, "checks").iter().any(|word| word == "logsource"),
            wants: self.wants(entries),
            fields: BTreeMap::new(),
            except: texts(self, "except"),
            table,
        };
        let Some(columns) = tables.get(&source.table) else {
            let known: Vec<&str> = tables.keys().map(String::as_str).collect();
            self.undefined(&source.table, node.span, "table", known.into_iter());
            return None;
        };
        for used in get(entries, "use")
            .map(|node| self.reader.one_or_more(node, "`use`"))
            .unwrap_or_default()
        {
            match sets.get(used.value.as_str()) {
                Some(fields) => self.fields(fields, &mut source),
                None => self.undefined(
                    &used.value,
                    used.span,
                    "set of fields",
                    sets.keys().copied(),
                ),
            }
        }
        if let Some(own) = get(entries, "fields").and_then(|node| self.reader.map(node, "`fields`"))
        {
            self.fields(own, &mut source);
        }
        self.check_columns(&source, columns, node);
        Some(source)
    }

    /// A query for Kusto begins with one table.
    fn one_table(&mut self, entries: &[Entry], from: &[String]) {
        let (Some(node), [first, second, ..]) = (get(entries, "from"), from) else {
            return;
        };
        if !self.targets.iter().any(|target| target == "kql") {
            return;
        }
        let error = Diagnostic::error(
            PROFILE_TABLES,
            node.span,
            "a query for `kql` reads one table".to_owned(),
            format!("`{second}` would be left out"),
        );
        self.reader.push(error.hint(format!(
            "name a function of the database that is the union of `{first}` and the others"
        )));
    }

    fn logsources(&mut self, entries: &[Entry]) -> Vec<Wanted> {
        let Some(node) = get(entries, "logsource") else {
            return Vec::new();
        };
        let one = std::slice::from_ref(node);
        let nodes = node.as_list().unwrap_or(one);
        let keys = ["category", "product", "service"];
        let mut found = Vec::new();
        for node in nodes {
            let Some(parts) = self.reader.known_map(node, "a logsource", &keys) else {
                continue;
            };
            let part = |reading: &mut Self, key: &str| {
                let text = reading.reader.text(get(parts, key)?, key)?;
                Some(text.value)
            };
            found.push(Wanted {
                category: part(self, "category"),
                product: part(self, "product"),
                service: part(self, "service"),
            });
        }
        found
    }

    fn wants(&mut self, entries: &[Entry]) -> Vec<(String, Vec<Cell>)> {
        let Some(node) = get(entries, "where") else {
            return Vec::new();
        };
        let one = std::slice::from_ref(node);
        let mut wants = Vec::new();
        for node in node.as_list().unwrap_or(one) {
            for entry in self.reader.map(node, "`where`").unwrap_or_default() {
                let one = std::slice::from_ref(&entry.value);
                let values = entry.value.as_list().unwrap_or(one);
                let cells = values.iter().filter_map(|value| self.cell(value));
                wants.push((entry.key.clone(), cells.collect()));
            }
        }
        wants
    }

    fn cell(&mut self, node: &Node) -> Option<Cell> {
        let scalar = node.as_scalar();
        match scalar.map(verdict_compiler::rule::node::Scalar::resolve) {
            Some(Resolved::Text(text)) => Some(Cell::Text(text.to_owned())),
            Some(Resolved::Number(number)) => Some(Cell::Number(number)),
            Some(Resolved::Bool(value)) => Some(Cell::Bool(value)),
            Some(Resolved::Null) | None => {
                self.reader.wrong_type(
                    node,
                    "a column's value",
                    "a text, a number or a truth value",
                );
                None
            }
        }
    }

    fn fields(&mut self, entries: &[Entry], source: &mut Source) {
        for entry in entries {
            let holding = match entry.value.as_scalar() {
                Some(_) => self
                    .reader
                    .filled(&entry.value, "a column")
                    .map(|text| Holding::Column(text.value)),
                None => self.holding(&entry.value),
            };
            if let Some(holding) = holding {
                source.fields.insert(entry.key.clone(), holding);
            }
        }
    }

    /// Every column that a source names must be one of its table's.
    fn check_columns(&mut self, source: &Source, table: &Table, node: &Node) {
        let held = source.fields.values().flat_map(Holding::columns);
        let mut named: Vec<&String> = held
            .chain(source.wants.iter().map(|(column, _)| column))
            .collect();
        named.sort();
        named.dedup();
        for column in named {
            if column.contains('*') || table.column(column).is_some() {
                continue;
            }
            let error = Diagnostic::error(
                PROFILE_COLUMN,
                node.span,
                format!("`{}` has no column `{column}`", source.table),
                format!("the source `{}` names it", source.name),
            );
            let near = did_you_mean(column, table.columns.keys().map(String::as_str));
            self.reader.push(match near {
                Some(near) => error.hint(format!("did you mean `{near}`?")),
                None => error,
            });
        }
    }
}
