//! The columns that a query computes for the fields of a rule.

use super::Bindery;
use crate::profile::derived::{Derived, From};
use crate::profile::mapping::{Inside, Joined, Spelled};
use crate::profile::spelling;
use std::collections::BTreeSet;
use verdict_event::{FieldType, Path};

impl Bindery<'_> {
    /// The computed column for a field in two columns.
    pub(super) fn derive(&mut self, path: &Path, joined: &Joined) -> Path {
        let from = From::Joined {
            first: Path::new(joined.first.as_str()),
            second: Path::new(joined.second.as_str()),
            by: joined.by.clone(),
            alone: joined.alone,
        };
        self.compute(path, from, &joined.spelled)
    }

    /// The computed column for a field inside a column.
    pub(super) fn derive_inside(&mut self, path: &Path, inside: &Inside) -> Path {
        let column = Path::new(inside.column.as_str());
        let from = match &inside.key {
            Some(key) => {
                let kind = self.table.and_then(|table| table.column(&inside.column));
                From::Key {
                    column,
                    key: key.clone(),
                    json: kind.is_none_or(|field| field.kind != FieldType::Object),
                }
            }
            None => From::Column(column),
        };
        self.compute(path, from, &inside.spelled)
    }

    /// The computed column for a field behind a separator.
    pub(super) fn derive_behind(&mut self, path: &Path, column: &str, by: String) -> Path {
        self.compute(path, From::Behind(Path::new(column), by), &Spelled::new())
    }

    fn compute(&mut self, path: &Path, from: From, spelled: &Spelled) -> Path {
        let spelled = spelling::back_words(spelled);
        let own = self.reads.derived.iter().chain(&self.others);
        let same = own
            .clone()
            .find(|known| known.from == from && known.spelled == spelled);
        let name = if let Some(known) = same {
            known.name.as_str().to_owned()
        } else {
            let taken: BTreeSet<&str> = own.map(|known| known.name.as_str()).collect();
            let plain = path.as_str().replace(['.', '-', ' '], "_");
            let free = |name: &String| {
                let table = self.table;
                !taken.contains(name.as_str())
                    && table.is_none_or(|table| table.column(name).is_none())
            };
            let further = (2..).map(|number| format!("{plain}_{number}"));
            let mut names = std::iter::once(plain.clone()).chain(further);
            names.find(free).unwrap_or_default()
        };
        let derived = Derived {
            name: Path::new(name.as_str()),
            from,
            spelled,
        };
        if !self.reads.derived.contains(&derived) {
            self.reads.derived.push(derived);
        }
        Path::new(name)
    }
}
