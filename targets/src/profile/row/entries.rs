//! What stands in an event, set and taken away.

use verdict_event::{Event, Path, Value};

/// The event with these values of fields.
pub(super) fn with(event: &Event, values: &[(Path, Value)]) -> Event {
    let mut entries = event.entries().to_vec();
    for (path, value) in values {
        if !set(&mut entries, path.as_str(), value) {
            nest(&mut entries, path.as_str(), value.clone());
        }
    }
    Event::new(entries)
}

/// Sets what stands under a name, or deeper by its dots; false if nothing does.
fn set(entries: &mut [(String, Value)], name: &str, value: &Value) -> bool {
    let mut found = false;
    for (key, there) in entries {
        if key == name {
            there.clone_from(value);
            found = true;
        } else if let Some(rest) = name.strip_prefix(key.as_str())
            && let Some(inner) = rest.strip_prefix('.')
            && let Value::Object(below) = there
        {
            found |= set(below, inner, value);
        }
    }
    found
}

/// Puts a value below a key, whose dots go deeper.
pub(super) fn nest(entries: &mut Vec<(String, Value)>, key: &str, value: Value) {
    let Some((outer, inner)) = key.split_once('.') else {
        entries.push((key.to_owned(), value));
        return;
    };
    if let Some((_, Value::Object(below))) = entries.iter_mut().find(|(name, _)| name == outer) {
        nest(below, inner, value);
    } else {
        let mut below = Vec::new();
        nest(&mut below, inner, value);
        entries.push((outer.to_owned(), Value::Object(below)));
    }
}

/// The event without a field, under whichever of its dots it stands.
pub(super) fn without(event: &Event, path: &Path) -> Event {
    let mut entries = event.entries().to_vec();
    remove(&mut entries, path.as_str());
    Event::new(entries)
}

fn remove(entries: &mut Vec<(String, Value)>, name: &str) {
    entries.retain(|(key, _)| key != name);
    for (key, there) in entries.iter_mut() {
        let rest = name.strip_prefix(key.as_str());
        if let (Some(inner), Value::Object(below)) =
            (rest.and_then(|rest| rest.strip_prefix('.')), there)
        {
            remove(below, inner);
        }
    }
}
