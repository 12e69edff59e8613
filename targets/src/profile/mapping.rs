//! What a profile says: which tables there are, which events they hold, and which column holds which field.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use verdict_compiler::ir::Case;
use verdict_event::{FieldSchema, Number, Path};

/// The shape of the data where a target runs. Read from YAML by [`super::read`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The target that it is for: `kql`.
    pub target: String,
    /// Its name: `defender`.
    pub name: String,
    /// What it is for, in a sentence.
    pub description: String,
    /// The column that holds the time of an event.
    pub time: Option<String>,
    /// The column that identifies an event.
    pub id: Option<String>,
    /// What of the language the service does not have: `scan`.
    pub lacks: Vec<String>,
    /// How the values of [`Source::wants`] compare.
    pub case: Case,
    /// Columns of which the product does not keep the case of letters.
    pub any_case: BTreeSet<String>,
    /// The columns of each table that a source names.
    pub tables: BTreeMap<String, Arc<Table>>,
    /// Where events are, in the order in which they are tried.
    pub sources: Vec<Source>,
}

impl Mapping {
    /// Whether it is for this target.
    pub fn is_for(&self, target: &str) -> bool {
        self.target == target
    }

    /// The columns of a table, by its name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.get(name).map(|table| &**table)
    }
}

/// A table's columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Each column with its type.
    pub columns: BTreeMap<String, FieldSchema>,
    /// Names with one `*` at their end: what columns that are not listed hold.
    pub patterns: Vec<(String, FieldSchema)>,
}

impl Table {
    /// What a column holds; None for one that the table lacks.
    pub fn column(&self, name: &str) -> Option<&FieldSchema> {
        let by_pattern = || {
            let mut patterns = self.patterns.iter();
            let fits = |pattern: &str| {
                pattern
                    .strip_suffix('*')
                    .is_some_and(|start| name.len() > start.len() && name.starts_with(start))
            };
            patterns
                .find(|(pattern, _)| fits(pattern))
                .map(|(_, schema)| schema)
        };
        self.columns.get(name).or_else(by_pattern)
    }
}

/// A kind of event in a table.
///
/// A rule is compiled for every source that takes it. Of sources with one name, the first that can say the rule stands for
/// all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The kind of event.
    pub name: String,
    /// Sigma's logsources that it takes.
    pub logsources: Vec<Wanted>,
    /// The variants of a logsource (`targets/profiles/logsource.yml`) that it holds; empty for all.
    pub variants: Vec<String>,
    /// EQL's event categories that it takes; `*` for every one, and for `any`.
    pub categories: Vec<String>,
    /// What a query reads: tables or indices.
    pub from: Vec<String>,
    /// Whether the rule's own indices come first, where it names some.
    pub rule_indices: bool,
    /// The name in [`Mapping::tables`] of what it reads.
    pub table: String,
    /// Whether the table holds events of every logsource, so that the rule's own is looked for in its columns.
    pub checks: bool,
    /// What its rows satisfy: each column holds one of the values.
    pub wants: Vec<(String, Vec<Cell>)>,
    /// How it holds the fields of rules. `*` stands for every field that is not listed, here or in `except`.
    pub fields: BTreeMap<String, Holding>,
    /// Fields that it lacks, though `*` would stand for them.
    pub except: Vec<String>,
}

impl Source {
    /// How it holds a field, `*` replaced by the field's name; None if it lacks the field.
    pub fn holding(&self, path: &Path, table: Option<&Table>) -> Option<Holding> {
        let listed = self.fields.get(path.as_str());
        let lacking = self.except.iter().any(|name| name == path.as_str());
        let holding = listed.or_else(|| self.fields.get("*").filter(|_| !lacking))?;
        match holding {
            Holding::Column(column) if column.contains('*') => {
                let column = column.replace('*', path.as_str());
                table?.column(&column)?;
                Some(Holding::Column(column))
            }
            Holding::Inside(Inside {
                column,
                key: Some(key),
                spelled,
            }) => Some(Holding::Inside(Inside {
                column: column.clone(),
                key: Some(key.replace('*', path.as_str())),
                spelled: spelled.clone(),
            })),
            other @ (Holding::Column(_)
            | Holding::Constant(_)
            | Holding::Assumed(_)
            | Holding::Values { .. }
            | Holding::Joined(_)
            | Holding::Inside(_)
            | Holding::Labelled(_)
            | Holding::Registry(_)
            | Holding::Last { .. }
            | Holding::Behind { .. }) => Some(other.clone()),
        }
    }
}

/// A logsource that a source takes: every key that is given must be the rule's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// `category:`
    pub category: Option<String>,
    /// `product:`
    pub product: Option<String>,
    /// `service:`
    pub service: Option<String>,
}

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A text.
    Text(String),
    /// A number.
    Number(Number),
    /// A truth value.
    Bool(bool),
}

/// How a source holds a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holding {
    /// In a column, as it is. `*` in its name is the field's.
    Column(String),
    /// Nowhere: every event of the source has these values.
    Constant(Vec<String>),
    /// Nowhere: the query is taken to read events that have these values, and cannot look.
    Assumed(Vec<String>),
    /// In a column, under other values: what each value of the field is in the column.
    Values {
        /// The column.
        column: String,
        /// Each value of the field, with those of the column that stand for it.
        values: Vec<(String, Vec<String>)>,
    },
    /// In two columns, which put together with `by` in between are the field.
    Joined(Joined),
    /// In a column that spells its beginning in another way, or that holds it under a key.
    Inside(Inside),
    /// In several columns, of which each holds what stands behind its label: `MD5=...,SHA256=...`.
    Labelled(Vec<(String, String)>),
    /// As registry data: a type and a value.
    Registry(Registry),
    /// In a column that holds only what stands behind the last separator.
    Last {
        /// The column.
        column: String,
        /// The separator.
        by: String,
    },
    /// Behind the last separator in a column.
    Behind {
        /// The column.
        column: String,
        /// The separator.
        by: String,
    },
}

impl Holding {
    /// The columns that hold it.
    pub fn columns(&self) -> Vec<&String> {
        match self {
            Self::Column(column)
            | Self::Values { column, .. }
            | Self::Last { column, .. }
            | Self::Behind { column, .. } => vec![column],
            Self::Constant(_) | Self::Assumed(_) => Vec::new(),
            Self::Joined(joined) => vec![&joined.first, &joined.second],
            Self::Inside(inside) => vec![&inside.column],
            Self::Labelled(columns) => columns.iter().map(|(_, column)| column).collect(),
            Self::Registry(registry) => vec![&registry.data, &registry.kind],
        }
    }
}

/// A field inside a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inside {
    /// The column.
    pub column: String,
    /// The key of the JSON object that is the column's text; without one the column's text itself.
    pub key: Option<String>,
    /// How the field begins, and how the column begins instead.
    pub spelled: Spelled,
}

/// How a field begins, and how the columns begin instead; None where that is not known. The first that fits is meant.
pub type Spelled = Vec<(String, Option<String>)>;

/// A registry value as two columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    /// The column of the value: decimal digits for numbers.
    pub data: String,
    /// The column of the type.
    pub kind: String,
    /// What the types are called there, in the order of [`RegistryType::ALL`].
    pub names: BTreeMap<RegistryType, String>,
    /// Whether some rows have the whole text in the column of the value, and no type.
    pub raw: bool,
}

/// A type of registry values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RegistryType {
    /// `REG_DWORD`.
    Dword,
    /// `REG_QWORD`.
    Qword,
    /// `REG_SZ`.
    Text,
    /// `REG_EXPAND_SZ`.
    Expandable,
    /// `REG_MULTI_SZ`.
    Texts,
    /// `REG_BINARY`.
    Binary,
}

impl RegistryType {
    /// Every type with its key in a profile.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("dword", Self::Dword),
        ("qword", Self::Qword),
        ("string", Self::Text),
        ("expandable", Self::Expandable),
        ("strings", Self::Texts),
        ("binary", Self::Binary),
    ];
}

/// What a field in two columns is where one of them is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alone {
    /// The first alone.
    First,
    /// The second alone.
    Second,
    /// The first with the separator behind it.
    Before,
}

/// A field that is the texts of two columns put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The column of what stands before.
    pub first: String,
    /// The column of what stands behind.
    pub second: String,
    /// What stands between.
    pub by: String,
    /// Whether a field's text is cut at the last `by` in it; else at the first.
    pub last: bool,
    /// What it is where a column is missing; missing itself, if nothing is said.
    pub alone: Option<Alone>,
    /// How the field begins, and how the columns begin instead: the rule's texts are rewritten.
    pub prefixes: Vec<(String, String)>,
    /// The same, but the query writes the field's spelling back.
    pub spelled: Spelled,
}
