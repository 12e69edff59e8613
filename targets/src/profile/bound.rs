//! A rule, bound to the columns of a profile.

use crate::profile::derived::{Derived, inline};
use crate::profile::row::Rows;
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::{Code, Ir, Rule};
use verdict_event::{FieldSchema, FieldType, Path};

/// A rule, bound to the columns of a profile.
#[derive(Clone, Debug)]
pub struct Bound {
    /// What it means over columns: the conditions of its sources and the detection.
    pub ir: Ir,
    /// What a query reads: tables or indices. Empty where the target's own default is meant.
    pub from: Vec<String>,
    /// Whether the rule's own indices come first, where it names some.
    pub rule_indices: bool,
    /// The column that holds the time, if the profile names one.
    pub time: Option<String>,
    /// Columns that the query computes before it looks at them.
    pub derived: Vec<Derived>,
    /// Columns that hold no empty text where a field of the rule has one: they are made of fields in another way.
    pub(crate) never_empty: BTreeSet<Path>,
    /// Divergences that follow from the profile.
    pub codes: Vec<Code>,
    /// Columns that every row has, and that the rule itself does not read: where the profile looks.
    pub(crate) places: BTreeSet<Path>,
    /// The column of each further field that was asked for; None where no one column holds it.
    pub(crate) also: BTreeMap<Path, Option<Path>>,
    /// How events become rows; None where a row is named like the event.
    pub(crate) rows: Option<Rows>,
}

impl Bound {
    /// The rule under its own names, as profile `raw` has it.
    pub(crate) fn raw(ir: &Ir) -> Self {
        Self {
            ir: ir.clone(),
            from: Vec::new(),
            rule_indices: false,
            time: None,
            derived: Vec::new(),
            never_empty: BTreeSet::new(),
            places: BTreeSet::new(),
            codes: Vec::new(),
            also: BTreeMap::new(),
            rows: None,
        }
    }

    /// The same over the rule's own indices, where the profile lets them come first and the rule names some.
    pub(crate) fn of_indices(mut self, rule: &Rule) -> Self {
        let indices = rule
            .metadata
            .data
            .indices
            .iter()
            .map(|index| index.value.clone());
        let indices: Vec<String> = indices.filter(|_| self.rule_indices).collect();
        if !indices.is_empty() {
            self.from = indices;
        }
        self
    }

    /// The same with computed columns written out where they are read, for languages that compute none.
    pub(crate) fn inlined(&self) -> Ir {
        if self.derived.is_empty() {
            return self.ir.clone();
        }
        let predicate = self
            .ir
            .predicate
            .map_leaves(&mut |leaf| inline(leaf, &self.derived));
        let keyword = || FieldSchema::new(FieldType::Keyword);
        let known = |path: Path| {
            let field = self.ir.fields.get(&path).cloned().unwrap_or_else(keyword);
            (path, field)
        };
        Ir {
            fields: predicate.fields().into_iter().map(known).collect(),
            detection: predicate.clone(),
            predicate,
            origin: self.ir.origin.clone(),
        }
    }

    /// Every column of the table that the query reads beside those of [`Bound::ir`].
    pub(crate) fn parts(&self) -> impl Iterator<Item = &Path> {
        self.derived.iter().flat_map(Derived::parts)
    }

    /// Whether a field of [`Bound::ir`] is computed by the query.
    pub(crate) fn is_derived(&self, path: &Path) -> bool {
        self.derived.iter().any(|derived| derived.name == *path)
    }
}
