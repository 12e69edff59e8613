//! Events written otherwise.

use crate::agree::{OfEvents, check, of_events};
use crate::judges::Judged;
use crate::rules;
use verdict_compiler::ir::LeafKind;
use verdict_event::{Event, Value};

fn rebuilt(value: &Value, change: fn(&mut Vec<Value>, &mut Vec<(String, Value)>)) -> Value {
    match value {
        Value::List(items) => {
            let mut items: Vec<Value> = items.iter().map(|item| rebuilt(item, change)).collect();
            change(&mut items, &mut Vec::new());
            Value::List(items)
        }
        Value::Object(entries) => {
            let entries = entries.iter();
            let mut entries: Vec<(String, Value)> = entries
                .map(|(key, value)| (key.clone(), rebuilt(value, change)))
                .collect();
            change(&mut Vec::new(), &mut entries);
            Value::Object(entries)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

fn event(value: &Value) -> Option<Event> {
    Event::from_json(value.to_json())
}

/// The keys of every object the other way round.
pub(crate) fn keys_reversed(_: &Judged, one: &Event) -> Option<Event> {
    event(&rebuilt(one.root(), |_, entries| entries.reverse())).filter(|other| other != one)
}

/// The values of every list the other way round.
pub(crate) fn lists_reversed(_: &Judged, one: &Event) -> Option<Event> {
    event(&rebuilt(one.root(), |items, _| items.reverse())).filter(|other| other != one)
}

/// Fields that the rule does not read. A keyword reads every field, so its rules are left out.
pub(crate) fn other_fields(judged: &Judged, one: &Event) -> Option<Event> {
    let predicate = &judged.ir.predicate;
    let everywhere = |leaf: &&verdict_compiler::ir::Leaf| matches!(leaf.kind, LeafKind::AnyText(_));
    if predicate.leaves().iter().any(everywhere) {
        return None;
    }
    let mut entries = one.entries().to_vec();
    let text = Value::String("cmd.exe".to_owned());
    entries.insert(0, ("zz_first".to_owned(), text.clone()));
    entries.push(("zz".to_owned(), Value::Object(vec![("x".to_owned(), text)])));
    entries.push((
        "zz_list".to_owned(),
        Value::List(vec![Value::Bool(true), Value::Null]),
    ));
    Some(Event::new(entries))
}

/// Every relation of events, and against how many rules it is held at least.
const RELATIONS: &[(&str, OfEvents, usize)] = &[
    ("keys reversed", keys_reversed, 60),
    ("lists reversed", lists_reversed, 30),
    ("other fields", other_fields, 60),
];

#[test]
fn events_written_otherwise() {
    let specimens = rules::all();
    for (name, relation, least) in RELATIONS {
        check(name, &of_events(*relation, specimens), *least);
    }
}
