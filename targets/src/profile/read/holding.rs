//! How a profile's YAML says that a source holds a field.

use super::Reading;
use crate::profile::mapping::{Alone, Holding, Inside, Joined, Registry, RegistryType, Spelled};
use std::collections::BTreeMap;
use verdict_compiler::codes::rule::PROFILE_LANGUAGE;
use verdict_compiler::diagnostic::Diagnostic;
use verdict_compiler::rule::node::{Entry, Node, Resolved};
use verdict_compiler::rule::reader::get;

pub(super) const HOLDING_KEYS: &[&str] = &[
    "column",
    "constant",
    "values",
    "join",
    "by",
    "cut",
    "whole",
    "prefixes",
    "spelled",
    "key",
    "labels",
    "registry",
    "unchecked",
    "behind",
    "last",
];

impl Reading {
    pub(super) fn holding(&mut self, node: &Node) -> Option<Holding> {
        let what = "how a field is held";
        let entries = self.reader.known_map(node, what, HOLDING_KEYS)?;
        self.computable(entries);
        if let Some(constant) = get(entries, "constant") {
            let values = self.reader.one_or_more(constant, "`constant`");
            let values = values.into_iter().map(|text| text.value).collect();
            let unchecked = get(entries, "unchecked").and_then(Node::as_scalar);
            let unchecked =
                unchecked.is_some_and(|scalar| scalar.resolve() == Resolved::Bool(true));
            return Some(if unchecked {
                Holding::Assumed(values)
            } else {
                Holding::Constant(values)
            });
        }
        if let Some(join) = get(entries, "join") {
            return self.joined(join, entries).map(Holding::Joined);
        }
        if let Some(labels) = get(entries, "labels") {
            return Some(Holding::Labelled(self.pairs(labels, "`labels`")));
        }
        let Some(column) = get(entries, "column") else {
            self.reader.missing(node.span, what, "column");
            return None;
        };
        let column = self.reader.filled(column, "`column`")?.value;
        if let Some(node) = get(entries, "registry") {
            return self.registry(node, column).map(Holding::Registry);
        }
        if let Some(node) = get(entries, "behind") {
            let by = self.reader.filled(node, "`behind`")?.value;
            return Some(Holding::Last { column, by });
        }
        if let Some(node) = get(entries, "last") {
            let by = self.reader.filled(node, "`last`")?.value;
            return Some(Holding::Behind { column, by });
        }
        let key = get(entries, "key").and_then(|node| self.reader.filled(node, "`key`"));
        let spelled = self.spelled(entries);
        if key.is_some() || !spelled.is_empty() {
            return Some(Holding::Inside(Inside {
                column,
                key: key.map(|key| key.value),
                spelled,
            }));
        }
        let Some(values) = get(entries, "values") else {
            return Some(Holding::Column(column));
        };
        let mut pairs = Vec::new();
        for entry in self.reader.map(values, "`values`")? {
            let texts = self
                .reader
                .one_or_more(&entry.value, "a value of the column");
            pairs.push((
                entry.key.clone(),
                texts.into_iter().map(|text| text.value).collect(),
            ));
        }
        Some(Holding::Values {
            column,
            values: pairs,
        })
    }

    /// Refuses what some target of the profile has no query for: bound all the same, it would be ignored.
    fn computable(&mut self, entries: &[Entry]) {
        let only: [(&str, &str, &[&str]); 4] = [
            ("key", "`key`", &["kql"]),
            ("last", "`last`", &["kql"]),
            ("spelled", "`spelled`", &["kql"]),
            ("whole", "`whole: before`", &["kql", "esql"]),
        ];
        for (key, what, languages) in only {
            let Some(value) = get(entries, key) else {
                continue;
            };
            let word = value.as_scalar().map(|scalar| scalar.resolve());
            if key == "whole" && word != Some(Resolved::Text("before")) {
                continue;
            }
            let targets = self.targets.iter();
            for target in targets.filter(|target| !languages.contains(&target.as_str())) {
                let error = Diagnostic::error(
                    PROFILE_LANGUAGE,
                    value.span,
                    format!("`{target}` computes no column for {what}"),
                    "the query would look at the column as it is",
                );
                let hint = format!(
                    "leave the field out of a profile for `{target}`: rules that read it are refused then"
                );
                // A set of fields is read wherever it is used.
                let told =
                    |known: &Diagnostic| known.span == value.span && known.message == error.message;
                if !self.reader.found.iter().any(told) {
                    self.reader.push(error.hint(hint));
                }
            }
        }
    }

    /// Texts by name.
    fn pairs(&mut self, node: &Node, what: &str) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        for entry in self.reader.map(node, what).unwrap_or_default() {
            if let Some(text) = self.reader.text(&entry.value, what) {
                pairs.push((entry.key.clone(), text.value));
            }
        }
        pairs
    }

    /// How a field begins and how its columns do; nothing stands for what is not known.
    fn spelled(&mut self, entries: &[Entry]) -> Spelled {
        let Some(node) = get(entries, "spelled") else {
            return Spelled::new();
        };
        let mut pairs = Spelled::new();
        for entry in self.reader.map(node, "`spelled`").unwrap_or_default() {
            let scalar = entry.value.as_scalar().map(|scalar| scalar.resolve());
            if scalar == Some(Resolved::Null) {
                pairs.push((entry.key.clone(), None));
            } else if let Some(text) = self.reader.text(&entry.value, "a spelling") {
                pairs.push((entry.key.clone(), Some(text.value)));
            }
        }
        pairs
    }

    /// The column of the type, and what the types are called there.
    fn registry(&mut self, node: &Node, data: String) -> Option<Registry> {
        let mut keys: Vec<&str> = RegistryType::ALL.iter().map(|(key, _)| *key).collect();
        keys.extend(["type", "raw"]);
        let what = "`registry`";
        let entries = self.reader.known_map(node, what, &keys)?;
        let Some(kind) = get(entries, "type") else {
            self.reader.missing(node.span, what, "type");
            return None;
        };
        let kind = self.reader.filled(kind, "`type`")?.value;
        let mut names = BTreeMap::new();
        for (key, wanted) in RegistryType::ALL {
            if let Some(node) = get(entries, key) {
                let name = self.reader.filled(node, "the name of a type")?;
                names.insert(*wanted, name.value);
            }
        }
        let raw = get(entries, "raw").and_then(Node::as_scalar);
        let raw = raw.is_some_and(|scalar| scalar.resolve() == Resolved::Bool(true));
        Some(Registry {
            data,
            kind,
            names,
            raw,
        })
    }

    fn joined(&mut self, join: &Node, entries: &[Entry]) -> Option<Joined> {
        let columns = self.reader.texts(join, "`join`");
        let [first, second] = columns.as_slice() else {
            self.reader.wrong_type(join, "`join`", "two columns");
            return None;
        };
        let by = match get(entries, "by") {
            Some(node) => self.reader.filled(node, "`by`")?.value,
            None => "\\".to_owned(),
        };
        let last = get(entries, "cut").and_then(|node| {
            let words = ["first", "last"];
            self.reader.choice(node, "`cut`", &words, |word| {
                words.iter().position(|known| *known == word)
            })
        });
        let alone = get(entries, "whole").and_then(|node| {
            let words = ["first", "second", "before"];
            self.reader
                .choice(node, "`whole`", &words, |word| match word {
                    "first" => Some(Alone::First),
                    "second" => Some(Alone::Second),
                    "before" => Some(Alone::Before),
                    _ => None,
                })
        });
        let prefixes = match get(entries, "prefixes") {
            Some(node) => self.pairs(node, "`prefixes`"),
            None => Vec::new(),
        };
        let spelled = self.spelled(entries);
        Some(Joined {
            first: first.value.clone(),
            second: second.value.clone(),
            by,
            last: last.is_some_and(|at| at.value == 1),
            alone: alone.map(|side| side.value),
            prefixes,
            spelled,
        })
    }
}
