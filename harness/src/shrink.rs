//! Shrinking: the smallest event that still shows a difference.
//!
//! Greedy to a fixpoint; when no step is left that keeps the difference, the event is 1-minimal.

use crate::edits::with;
use verdict_event::{Event, Path, Value};

/// How many events one shrinking may judge.
const MAX_STEPS: usize = 4_000;

/// The smallest event reachable by single steps for which `differs` stays true. It must be true of the event given.
pub fn shrink(event: &Event, differs: &mut dyn FnMut(&Event) -> bool) -> Event {
    let mut best = event.clone();
    let mut left = MAX_STEPS;
    while let Some(smaller) = step(&best, differs, &mut left) {
        best = smaller;
    }
    best
}

/// The first smaller event that still differs.
fn step(event: &Event, differs: &mut dyn FnMut(&Event) -> bool, left: &mut usize) -> Option<Event> {
    let paths = leaf_paths(event);
    let mut accept = |candidate: Event| {
        *left = left.checked_sub(1)?;
        differs(&candidate).then_some(candidate)
    };
    for (path, _) in &paths {
        if let Some(found) = accept(with(event, path, None)) {
            return Some(found);
        }
    }
    for (path, value) in &paths {
        for simpler in simpler(value) {
            if let Some(found) = accept(with(event, path, Some(simpler))) {
                return Some(found);
            }
        }
    }
    None
}

/// Every path to something that is no object, with what is there.
fn leaf_paths(event: &Event) -> Vec<(Path, Value)> {
    let mut found = Vec::new();
    collect(event.root(), "", &mut found);
    found
}

fn collect(value: &Value, prefix: &str, found: &mut Vec<(Path, Value)>) {
    match value {
        Value::Object(entries) => {
            for (key, inner) in entries {
                let name = if prefix.is_empty() {
                    key.clone()
                } else {
                    format!("{prefix}.{key}")
                };
                collect(inner, &name, found);
            }
        }
        other @ (Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::List(_)) => {
            found.push((Path::new(prefix), other.clone()));
        }
    }
}

/// Simpler values, the simplest first. Every one is strictly simpler, so shrinking ends.
fn simpler(value: &Value) -> Vec<Value> {
    match value {
        Value::List(items) => {
            let mut found: Vec<Value> = items.first().cloned().into_iter().collect();
            for at in 0..items.len() {
                let rest = items
                    .iter()
                    .enumerate()
                    .filter(|(here, _)| *here != at)
                    .map(|(_, item)| item.clone());
                found.push(Value::List(rest.collect()));
            }
            found
        }
        Value::String(text) => shorter(text).into_iter().map(Value::String).collect(),
        Value::Number(number) if number.text() != "0" => vec![Value::from(0)],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

/// Texts with a chunk left out (halves, quarters ... single characters), then with a character made plainer.
fn shorter(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut size = chars.len();
    while size > 0 {
        for start in (0..chars.len()).step_by(size) {
            let keep = chars
                .iter()
                .enumerate()
                .filter(|(at, _)| *at < start || *at >= start + size);
            found.push(keep.map(|(_, c)| *c).collect());
        }
        size /= 2;
    }
    for (at, c) in chars.iter().enumerate() {
        let plain = if c.is_ascii_uppercase() {
            c.to_ascii_lowercase()
        } else {
            'a'
        };
        if plain < *c || (!c.is_ascii_alphanumeric() && *c != plain) {
            let swapped = chars
                .iter()
                .enumerate()
                .map(|(here, old)| if here == at { plain } else { *old });
            let swapped: String = swapped.collect();
            if rank(&swapped) < rank(text) {
                found.push(swapped);
            }
        }
    }
    found
}

/// How complicated a text is; every step lowers it.
fn rank(text: &str) -> usize {
    text.chars()
        .map(|c| match c {
            'a' => 1,
            'b'..='z' | '0'..='9' => 2,
            'A'..='Z' => 3,
            c if c.is_ascii_graphic() || c == ' ' => 4,
            _ => 5,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::shrink;
    use verdict_event::{Event, Path};

    #[test]
    fn the_smallest_event_is_found() {
        let event = Event::from_json(serde_json::json!({
            "a": "C:\\Windows\\System32\\CMD.exe /c whoami", "b": {"c": [1, 2]}, "d": null
        }))
        .expect("an object");
        let mut differs = |event: &Event| {
            event
                .values(&Path::new("a"))
                .iter()
                .any(|value| value.scalar_text().is_some_and(|text| text.contains('\\')))
        };
        assert_eq!(shrink(&event, &mut differs).to_json_line(), r#"{"a":"\\"}"#);
    }
}
