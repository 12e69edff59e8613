//! Profiles: the shape of the data where a target runs, and which version of which service runs it.

mod bind;
mod bound;
mod bundled;
mod derived;
mod holding;
mod labels;
mod last;
pub mod mapping;
mod prefix;
mod read;
mod registry;
mod row;
mod series;
mod spelling;
mod tables;

use mapping::{Cell, Mapping, Source, Table};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use verdict_compiler::Span;
use verdict_compiler::ir::{Case, Comparison, Expr, Pattern, Test};
use verdict_event::{FieldType, Path};

pub use bind::missing_field;
pub use bound::Bound;
pub use derived::{Derived, From};
pub use read::read;
pub use series::BoundSeries;
pub(crate) use series::NeverEmpty;

/// A profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name, as after the colon in `kql:raw`.
    pub name: String,
    /// The lowest versions that it must run on, by service; a target that finds none assumes its own lowest.
    pub services: BTreeMap<String, Version>,
    /// Where the fields of rules are; None for [`Profile::raw`].
    pub mapping: Option<Arc<Mapping>>,
}

impl Profile {
    /// The profile that a mapping describes.
    pub fn of(mapping: Mapping) -> Self {
        Self {
            name: mapping.name.clone(),
            services: BTreeMap::new(),
            mapping: Some(Arc::new(mapping)),
        }
    }

    /// The profile of a target that comes with this version.
    pub fn bundled(target: &str, name: &str) -> Option<Self> {
        if name == "raw" {
            return Some(Self::raw());
        }
        bundled::find(target, name).map(Self::of)
    }

    /// Whether it is a profile of this target, by this name.
    pub fn is(&self, target: &str, name: &str) -> bool {
        let mapping = self.mapping.as_ref();
        self.name == name && mapping.is_some_and(|mapping| mapping.is_for(target))
    }

    /// Whether two profiles have one name for one target.
    pub fn rivals(&self, other: &Self) -> bool {
        let mapping = self.mapping.as_ref();
        mapping.is_some_and(|mapping| other.is(&mapping.target, &self.name))
    }

    /// The names of a target's profiles, `raw` first.
    pub fn names(target: &str) -> Vec<&'static str> {
        std::iter::once("raw")
            .chain(bundled::names(target))
            .collect()
    }

    /// Columns named like the rule's fields, read from the event itself: the default.
    pub fn raw() -> Self {
        Self {
            name: "raw".to_owned(),
            services: BTreeMap::new(),
            mapping: None,
        }
    }

    /// The same profile for these versions of services.
    #[must_use]
    pub fn on(mut self, services: BTreeMap<String, Version>) -> Self {
        self.services = services;
        self
    }

    /// Whether the service lacks a part of the language.
    pub(crate) fn lacks(&self, part: &str) -> bool {
        let mapping = self.mapping.as_ref();
        mapping.is_some_and(|mapping| mapping.lacks.iter().any(|lacked| lacked == part))
    }

    /// The lowest version of a service that it must run on.
    pub fn version(&self, service: &str) -> Option<Version> {
        self.services.get(service).copied()
    }
}

/// The version of a service. Smaller steps than these two change no language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
}

impl Version {
    /// Reads `9`, `9.2` or `9.2.1`; None if that is not what it is.
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(|part| {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| digits)
        });
        let major = numbers.next()??;
        let minor = numbers.next().unwrap_or(Some(0))?;
        let rest: Option<Vec<u32>> = numbers.collect();
        (rest?.len() <= 1).then_some(Self { major, minor })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// What every row of a source satisfies.
fn wants(mapping: &Mapping, source: &Source, table: Option<&Table>, span: Span) -> Expr {
    let columns = source.wants.iter().map(|(column, cells)| {
        let kind = table
            .and_then(|table| table.column(column))
            .map(|field| field.kind);
        let tests = cells.iter().map(|cell| {
            Expr::field(
                Path::new(column.as_str()),
                is(cell, kind, mapping.case),
                span,
            )
        });
        Expr::any(tests.collect::<Vec<_>>())
    });
    Expr::all(columns.collect::<Vec<_>>())
}

/// The test that a column holds this value.
fn is(cell: &Cell, kind: Option<FieldType>, case: Case) -> Test {
    match cell {
        Cell::Text(text) => Test::Text(Pattern::literal(text.as_str(), case)),
        Cell::Number(number) if kind.is_some_and(FieldType::is_numeric) => {
            Test::Compare(Comparison::Equal, number.clone())
        }
        Cell::Number(number) => Test::Text(Pattern::literal(number.text(), case)),
        Cell::Bool(value) => Test::Bool(*value),
    }
}
