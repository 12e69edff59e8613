//! `keyword-scope`: the target searches keywords in other places than every string of the event.
//!
//! A target looks at the string columns of a table, or at one column of text, `message`. What no such column has are strings in
//! lists; what one column alone has not are all the others. A keyword that stands in neither is found nowhere, and explains nothing. The other
//! way, a column of text holds the text of a number or a boolean, which is no string of the event.

use verdict_compiler::Ir;
use verdict_compiler::ir::{AnyText, LeafKind, Regex, Syntax};
use verdict_event::{Event, FieldType, Value};

/// The column of text that a target may look at alone.
const TEXT: &str = "message";

/// Some keyword of the rule stands in a list of the event, in a string other than its text, or in the text of a number or boolean that the rule
/// reads as text.
pub(super) fn covers(ir: &Ir, event: &Event) -> bool {
    let mut elsewhere = Vec::new();
    strings(event.root(), "", false, &mut elsewhere);
    elsewhere.extend(kept_as_text(ir, event));
    let leaves = ir.predicate.leaves();
    leaves.iter().any(|leaf| match &leaf.kind {
        LeafKind::AnyText(keyword) => {
            let matches = matcher(keyword);
            elsewhere.iter().any(|text| matches(text))
        }
        LeafKind::Is { .. }
        | LeafKind::Relate { .. }
        | LeafKind::Missing(_)
        | LeafKind::Present(_) => false,
    })
}

/// Some keyword is met by the event's strings and by no string column, or the other way round: all that this code says of Kusto. A column is every string
/// outside lists, and perhaps the text of a number or boolean that the rule reads as text.
pub(super) fn differs_in_columns(ir: &Ir, event: &Event) -> bool {
    let mut plain = Vec::new();
    outside_lists(event.root(), &mut plain);
    let (all, typed) = (event.strings(), kept_as_text(ir, event));
    let mut differs = false;
    ir.predicate.each_leaf_within(&mut |leaf| {
        if let LeafKind::AnyText(keyword) = &leaf.kind {
            let matches = matcher(keyword);
            let met = |texts: &[&str]| texts.iter().any(|text| matches(text));
            let (rule, columns) = (met(&all), met(&plain));
            differs = differs || rule != columns || rule != (columns || met(&typed));
        }
    });
    differs
}

fn outside_lists<'e>(value: &'e Value, into: &mut Vec<&'e str>) {
    match value {
        Value::String(text) => into.push(text),
        Value::Object(entries) => entries
            .iter()
            .for_each(|(_, inner)| outside_lists(inner, into)),
        Value::List(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The texts of numbers and booleans in fields that the rule reads as text.
fn kept_as_text<'e>(ir: &Ir, event: &'e Event) -> Vec<&'e str> {
    let textual = ir.fields.iter().filter(|(_, field)| match field.kind {
        FieldType::Keyword | FieldType::Text | FieldType::Ip | FieldType::Version => true,
        FieldType::Long
        | FieldType::Double
        | FieldType::Boolean
        | FieldType::Date
        | FieldType::Object => false,
    });
    let values = textual.flat_map(|(path, _)| event.values(path));
    let typed = values.filter(|value| matches!(value, Value::Number(_) | Value::Bool(_)));
    typed.filter_map(Value::scalar_text).collect()
}

/// What says whether a string holds the keyword.
fn matcher(keyword: &AnyText) -> Box<dyn Fn(&str) -> bool + '_> {
    match keyword {
        AnyText::Pattern(pattern) => Box::new(|text| pattern.matches(text)),
        AnyText::Regex(Regex {
            syntax: Syntax::Sigma,
            rust: Some(source),
            ..
        }) => match regex::Regex::new(source) {
            Ok(compiled) => Box::new(move |text| compiled.is_match(text)),
            Err(_) => Box::new(|_| false),
        },
        AnyText::Regex(expression) => Box::new(|text| expression.matches(text)),
    }
}

/// Every string that stands in a list or under another name than that of the text.
fn strings<'e>(value: &'e Value, name: &str, listed: bool, into: &mut Vec<&'e str>) {
    match value {
        Value::String(text) if listed || name != TEXT => into.push(text),
        Value::List(items) => {
            for item in items {
                strings(item, name, true, into);
            }
        }
        Value::Object(entries) => {
            for (key, inner) in entries {
                let name = if name.is_empty() {
                    key.clone()
                } else {
                    format!("{name}.{key}")
                };
                strings(inner, &name, listed, into);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
