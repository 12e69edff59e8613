//! `keyword-scope`: the target searches keywords in other places than every string of the event.

use crate::oracle::{Regexes, test};
use verdict_compiler::Ir;
use verdict_compiler::ir::{AnyText, LeafKind};
use verdict_event::{Event, Value};

/// The field that holds the whole text of an event, where a target searches one field only.
const TEXT: &str = "message";

/// Some keyword is met by a string that stands in a list (whose strings no scalar column has) or in another field than the one that holds the
/// event's text.
pub(super) fn covers(ir: &Ir, event: &Event) -> bool {
    let mut strings = Vec::new();
    for (name, value) in event.entries() {
        elsewhere(value, name != TEXT, &mut strings);
    }
    let regexes = Regexes::of(&ir.predicate);
    let mut covered = false;
    ir.predicate.each_leaf(&mut |leaf| {
        if let LeafKind::AnyText(keyword) = &leaf.kind {
            covered |= strings.iter().any(|text| match keyword {
                AnyText::Pattern(pattern) => test::matches(pattern, text),
                AnyText::Regex(regex) => regexes.accept(regex, text),
            });
        }
    });
    covered
}

/// Every string below a value that is not the text itself.
fn elsewhere<'e>(value: &'e Value, outside: bool, found: &mut Vec<&'e str>) {
    match value {
        Value::String(text) if outside => found.push(text),
        Value::List(items) => items.iter().for_each(|item| elsewhere(item, true, found)),
        Value::Object(entries) => {
            entries.iter().for_each(|(_, inner)| elsewhere(inner, true, found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
