//! Which columns a command sees.

use super::{Binder, Outcome};
use crate::QueryError;
use crate::esql::ast::{Name, NamePattern, Span};
use crate::esql::node::{Node, Typed};
use crate::esql::value::Type;
use std::collections::{BTreeMap, BTreeSet};

/// Fields that `METADATA` adds. Source: docs, esql-metadata-fields.
const METADATA: [(&str, Type); 10] = [
    ("_id", Type::Keyword),
    ("_ignored", Type::Keyword),
    ("_index", Type::Keyword),
    ("_index_mode", Type::Keyword),
    ("_score", Type::Double),
    ("_size", Type::Integer),
    ("_source", Type::Unsupported),
    ("_tier", Type::Keyword),
    ("_tsid", Type::Unsupported),
    ("_version", Type::Long),
];

/// The columns that can be named.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// Columns that the query made or kept by name.
    defined: BTreeMap<String, (usize, Type)>,
    /// Whether the columns of the source can be seen, as far as the filters let them through.
    open: bool,
    filters: Vec<Filter>,
}

#[derive(Clone, Debug)]
enum Filter {
    Keep(Vec<NamePattern>),
    Drop(Vec<NamePattern>),
    Hide(String),
}

impl Scope {
    /// A scope without the columns of the source.
    pub(super) fn closed(defined: BTreeMap<String, (usize, Type)>) -> Self {
        Self {
            defined,
            open: false,
            filters: Vec::new(),
        }
    }

    pub(super) fn define(&mut self, name: &str, slot: (usize, Type)) {
        self.defined.insert(name.to_owned(), slot);
    }

    pub(super) fn hide_name(&mut self, name: &str) {
        self.defined.remove(name);
        self.filters.push(Filter::Hide(name.to_owned()));
    }

    /// Whether a column of the source with this name is let through.
    fn shows(&self, name: &str) -> bool {
        self.open
            && self.filters.iter().all(|filter| match filter {
                Filter::Keep(patterns) => patterns.iter().any(|pattern| pattern.fits(name)),
                Filter::Drop(patterns) => !patterns.iter().any(|pattern| pattern.fits(name)),
                Filter::Hide(hidden) => hidden != name,
            })
    }
}

impl Binder<'_> {
    /// The columns of the source.
    pub(super) fn source(&mut self, metadata: &[Name]) -> Scope {
        let mut scope = Scope {
            open: true,
            ..Scope::default()
        };
        for name in metadata {
            match METADATA.iter().find(|(known, _)| *known == name.text) {
                Some((known, kind)) => {
                    let slot = self.source_slot(known, *kind);
                    scope.define(known, slot);
                }
                None => {
                    self.error(QueryError::new(
                        format!("unresolved metadata pattern [{}]", name.text),
                        name.span.clone(),
                    ));
                }
            }
        }
        scope
    }

    /// A column by its name. Source: `Analyzer`: "Unknown column".
    pub(super) fn column(&mut self, name: &str, span: &Span, scope: &Scope) -> Outcome<Typed> {
        let Some((slot, kind)) = self.find(name, scope) else {
            let mut error = QueryError::new(format!("unknown column [{name}]"), span.clone());
            if let Some(near) = self.near(name, scope) {
                error = error.hint(format!("did you mean [{near}]?"));
            }
            return Err(self.error(error));
        };
        if kind == Type::Unsupported {
            let message = format!("cannot use field [{name}] with unsupported type");
            return self.fail(message, span);
        }
        Ok(Typed::new(Node::Slot(slot), kind))
    }

    fn find(&mut self, name: &str, scope: &Scope) -> Option<(usize, Type)> {
        if let Some(found) = scope.defined.get(name) {
            return Some(*found);
        }
        if !scope.shows(name) {
            return None;
        }
        match self.schema.field(name) {
            Some(field) if field.mapped || !self.strict => {
                let kind = Type::of_field(field.kind);
                Some(self.source_slot(name, kind))
            }
            // Metadata fields are there only if they are asked for.
            None if !self.strict && !METADATA.iter().any(|(known, _)| *known == name) => {
                Some(self.source_slot(name, Type::Keyword))
            }
            Some(_) | None => None,
        }
    }

    /// A column whose name differs in case or by little.
    fn near(&self, name: &str, scope: &Scope) -> Option<String> {
        let all = self.names(scope);
        let same = all.iter().find(|known| known.eq_ignore_ascii_case(name));
        same.or_else(|| all.iter().find(|known| one_edit(known, name)))
            .cloned()
    }

    /// The names that are known.
    fn names(&self, scope: &Scope) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = scope.defined.keys().cloned().collect();
        let fields = self.schema.fields.iter().filter(|(_, field)| field.mapped);
        names.extend(
            fields
                .map(|(name, _)| name.clone())
                .filter(|name| scope.shows(name)),
        );
        names
    }

    /// The columns of the answer: what the query made or kept, and what it read of the source.
    pub(super) fn answer(
        &mut self,
        read: &BTreeSet<String>,
        scope: &Scope,
    ) -> Vec<(String, usize)> {
        let mut names: BTreeSet<String> = scope.defined.keys().cloned().collect();
        names.extend(read.iter().filter(|name| scope.shows(name)).cloned());
        let found = |name: String| {
            let (slot, kind) = self.find(&name, scope)?;
            (kind != Type::Unsupported).then_some((name, slot))
        };
        names.into_iter().filter_map(found).collect()
    }

    /// Source: docs, `KEEP`; `Analyzer.resolveAgainstList`: a name without a column is an error, a pattern without one too.
    pub(super) fn keep(&mut self, patterns: &[NamePattern], scope: &mut Scope) -> Outcome<()> {
        let sound = self.check_patterns(patterns, scope);
        scope
            .defined
            .retain(|name, _| patterns.iter().any(|pattern| pattern.fits(name)));
        scope.filters.push(Filter::Keep(patterns.to_vec()));
        sound
    }

    /// Source: docs, `DROP`.
    pub(super) fn drop(&mut self, patterns: &[NamePattern], scope: &mut Scope) -> Outcome<()> {
        let sound = self.check_patterns(patterns, scope);
        scope
            .defined
            .retain(|name, _| !patterns.iter().any(|pattern| pattern.fits(name)));
        scope.filters.push(Filter::Drop(patterns.to_vec()));
        sound
    }

    fn check_patterns(&mut self, patterns: &[NamePattern], scope: &Scope) -> Outcome<()> {
        let names = self.names(scope);
        let mut sound = Ok(());
        for pattern in patterns {
            let found = match pattern.plain() {
                Some(name) => self.find(name, scope).is_some(),
                None => !self.strict || names.iter().any(|name| pattern.fits(name)),
            };
            if !found {
                let shown = pattern.pieces.join("*");
                let message = if pattern.plain().is_some() {
                    format!("unknown column [{shown}]")
                } else {
                    format!("no matches found for pattern [{shown}]")
                };
                sound = self.fail(message, &pattern.span);
            }
        }
        sound
    }
}

/// Whether one inserted, left out or other character tells the names apart.
fn one_edit(left: &str, right: &str) -> bool {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let start = left
        .iter()
        .zip(&right)
        .take_while(|(one, other)| one == other)
        .count();
    let end = left
        .iter()
        .rev()
        .zip(right.iter().rev())
        .take_while(|(one, other)| one == other)
        .count();
    left.len().abs_diff(right.len()) <= 1 && start + end + 1 >= left.len().max(right.len())
}
