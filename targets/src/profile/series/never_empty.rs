//! Columns that hold no empty text, part by part.

use std::collections::BTreeSet;
use verdict_compiler::Ir;
use verdict_event::Path;

/// Columns that hold no empty text in the events of each part of a rule.
///
/// They are kept apart: that a column is empty only where the field is missing follows from how one part reads it and from that part's conditions. Another part
/// may read the same column as another field, or take what the first one leaves out.
#[derive(Clone, Debug, Default)]
pub(crate) struct NeverEmpty {
    parts: Vec<(Ir, BTreeSet<Path>)>,
}

impl NeverEmpty {
    /// Notes a part, by its conditions over columns.
    pub(super) fn add(&mut self, part: Ir, columns: BTreeSet<Path>) {
        self.parts.push((part, columns));
    }

    /// The columns of the part with these conditions. Where several have them, those of all.
    pub(crate) fn of(&self, part: &Ir) -> BTreeSet<Path> {
        let mut same = self.parts.iter().filter(|(other, _)| other == part);
        let first = same.next().map(|(_, columns)| columns.clone());
        same.fold(first.unwrap_or_default(), |known, (_, columns)| {
            known.intersection(columns).cloned().collect()
        })
    }
}
