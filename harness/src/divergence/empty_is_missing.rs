//! `empty-is-missing`: the target cannot tell an empty text from a missing value.

use verdict_compiler::Ir;
use verdict_compiler::ir::Series;
use verdict_event::{Event, Path, Value};

/// Some field of the rule holds the empty text, or its key stands in the event without a value under it.
pub(super) fn covers(ir: &Ir, event: &Event) -> bool {
    ir.fields
        .keys()
        .any(|path| empty_text(path, event) || empty_key(path, event))
}

/// Some event of a stream has the empty text in a field by which events are joined, grouped or counted.
pub(super) fn joins(series: &Series, stream: &[Event]) -> bool {
    let paths = joining(series);
    let empty = |event: &Event| paths.iter().any(|path| empty_text(path, event));
    stream.iter().any(empty)
}

/// The fields by which events are joined, grouped or counted.
pub(crate) fn joining(series: &Series) -> Vec<Path> {
    let mut paths: Vec<Path> = Vec::new();
    match series {
        Series::Sequence(sequence) => {
            let keys = sequence.terms().flat_map(|term| &term.keys);
            paths.extend(keys.map(|key| key.field.clone()));
        }
        Series::Sample(sample) => {
            let keys = sample.terms.iter().flat_map(|term| &term.keys);
            paths.extend(keys.map(|key| key.field.clone()));
        }
        // Its fields are those of conditions, groups and counted values.
        Series::Correlation(_) => paths.extend(series.fields().into_keys()),
    }
    paths.sort();
    paths.dedup();
    paths
}

fn empty_text(path: &Path, event: &Event) -> bool {
    event
        .values(path)
        .iter()
        .any(|value| matches!(value, Value::String(text) if text.is_empty()))
}

fn empty_key(path: &Path, event: &Event) -> bool {
    event.has_key(path) && event.values(path).is_empty()
}
