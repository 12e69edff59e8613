//! The generated crate over real events: of every event it must match the rules that the native pack matches.

use super::{Prepared, Tally};
use crate::live::generated::Generated;
use crate::rulebook::Entry;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::Ir;
use verdict_event::Event;

/// How many events go to the crate at once.
const BATCH: usize = 1_000;

/// What it comes to beside the native pack, and where the two differ, in words.
pub(super) fn judge(
    generated: &Generated,
    rules: &[(&Entry, &Ir)],
    file: &Prepared<'_>,
) -> (Tally, Vec<String>) {
    let name = file.name;
    let parts: Vec<&[Event]> = file.events.chunks(BATCH).collect();
    let judged: Result<Vec<_>, String> = parts
        .par_iter()
        .map(|part| generated.matching(&part.iter().collect::<Vec<_>>()))
        .collect();
    let judged: Vec<Option<Vec<usize>>> = match judged {
        Ok(parts) => parts.into_iter().flatten().collect(),
        Err(reason) => {
            let tally = Tally {
                differ: file.events.len(),
                ..Tally::default()
            };
            return (tally, vec![format!("rust ({reason}): {name}")]);
        }
    };
    let mut shown: Vec<String> = (0..file.events.len())
        .filter(|index| !matches!(judged.get(*index), Some(Some(_))))
        .map(|index| format!("rust: cannot read {name}[{index}]"))
        .collect();
    let mut by_place: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (index, places) in judged.iter().enumerate() {
        for place in places.iter().flatten() {
            by_place.entry(*place).or_default().insert(index);
        }
    }
    let mut tally = Tally::default();
    for ((entry, _), native) in rules.iter().zip(&file.native) {
        let Some(place) = generated.place(entry) else {
            continue;
        };
        tally.rules += 1;
        let native: BTreeSet<usize> = native.iter().copied().collect();
        let rust = by_place.remove(&place).unwrap_or_default();
        let differing = native.symmetric_difference(&rust);
        shown.extend(differing.map(|index| format!("rust: {} on {name}[{index}]", entry.rule.id)));
    }
    tally.differ = shown.len();
    (tally, shown)
}
