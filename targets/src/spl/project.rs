//! Events as rows of profile `raw`.
//!
//! A field of Splunk holds texts: one, several or none. A number is its source text, a truth value `true` or `false`. The empty text is taken
//! for none, as automatic extraction takes it. Where the texts lose what the rule looks at, no row holds the event, and it is counted instead of
//! compared.

use crate::spl::keyword::RAW;
use crate::spl::quote;
use crate::target::{Projection, Projector};
use std::collections::BTreeMap;
use verdict_compiler::Ir;
use verdict_compiler::ir::readable::readable;
use verdict_compiler::ir::{LeafKind, Term, Test};
use verdict_event::{Event, FieldType, Number, Path, Value};

/// A field that the rule reads.
#[derive(Debug)]
struct Field {
    path: Path,
    kind: FieldType,
    /// Whether an explicit null stands for a value, by the mapping.
    null_value: bool,
    /// Whether a test reads it beside others, and so one value of it alone.
    single: bool,
    /// Whether a number must be written in its shortest form.
    shortest: bool,
    /// Whether networks are looked for, which `search` says as it says texts.
    network: bool,
    /// The numbers that it equals by text or by value.
    numerals: Vec<Number>,
}

/// What makes an event its row: what the rule reads is worked out here, once.
pub(crate) fn projector(ir: &Ir) -> Projector<'_> {
    let (fields, keywords) = read(ir);
    Box::new(move |event| project(&fields, keywords, event))
}

fn project(fields: &[Field], keywords: bool, event: &Event) -> Projection {
    let mut row = Vec::with_capacity(fields.len() + 1);
    for field in fields {
        match cell(field, event) {
            Ok(None) => {}
            Ok(Some(value)) => row.push((field.path.as_str().to_owned(), value)),
            Err(reason) => {
                return Projection::Unrepresentable(format!("`{}`: {reason}", field.path));
            }
        }
    }
    if keywords {
        row.push((RAW.to_owned(), Value::String(event.to_json_line())));
    }
    Projection::Row(Event::new(row))
}

fn cell(field: &Field, event: &Event) -> Result<Option<Value>, String> {
    if field.null_value && event.has_key(&field.path) {
        let mut null = false;
        field
            .path
            .visit_with_nulls(event.root(), &mut |value| null |= *value == Value::Null);
        if null {
            return Err("nothing stands for null in Splunk".to_owned());
        }
    }
    let mut texts = Vec::new();
    for value in event.values(&field.path) {
        let text = value.scalar_text().unwrap_or_default();
        if !readable(field.kind, value) {
            return Err(format!("`{text}` is no value of the field's type"));
        }
        if field.shortest && !is_shortest(text) {
            return Err(format!("`{text}` is not how a whole number is written"));
        }
        if field.network && quote::is_network(text) {
            return Err(format!("`{text}` is a network among addresses"));
        }
        for wanted in &field.numerals {
            let by_value =
                matches!(value, Value::Number(number) if number.decimal() == wanted.decimal());
            if by_value && text != wanted.text() {
                return Err(format!("`{text}` is another text of {wanted}"));
            }
        }
        if !text.is_empty() {
            texts.push(Value::from(text));
        }
    }
    match texts.len() {
        0 => Ok(None),
        1 => Ok(texts.pop()),
        _ if field.single => {
            Err("several values of a field that is compared with another".to_owned())
        }
        _ => Ok(Some(Value::List(texts))),
    }
}

/// Whether a text is a whole number as everyone writes it.
fn is_shortest(text: &str) -> bool {
    text.parse::<i64>()
        .is_ok_and(|number| number.to_string() == text)
}

/// Every field that the rule reads, and whether it has keywords, which read the event's text.
fn read(ir: &Ir) -> (Vec<Field>, bool) {
    let mut found: BTreeMap<Path, Field> = BTreeMap::new();
    let mut keywords = false;
    for path in ir.predicate.fields() {
        let known = ir.fields.get(&path);
        let kind = known.map_or(FieldType::Keyword, |field| field.kind);
        let field = Field {
            path: path.clone(),
            kind,
            null_value: known.is_some_and(|field| field.null_value.is_some()),
            single: false,
            shortest: false,
            network: false,
            numerals: Vec::new(),
        };
        found.insert(path, field);
    }
    ir.predicate
        .each_leaf(&mut |leaf| note(&leaf.kind, &mut found, &mut keywords));
    (found.into_values().collect(), keywords)
}

fn note(leaf: &LeafKind, found: &mut BTreeMap<Path, Field>, keywords: &mut bool) {
    match leaf {
        LeafKind::Is {
            term: Term::Field(path),
            test,
        } => {
            let Some(field) = found.get_mut(path) else {
                return;
            };
            match test {
                Test::Numeral(number) => field.numerals.push(number.clone()),
                Test::Cidr(_) => field.network = true,
                Test::Compare(..) => field.shortest |= field.kind == FieldType::Long,
                Test::AnyValue
                | Test::Text(_)
                | Test::TextOrder(..)
                | Test::Bool(_)
                | Test::Regex(_)
                | Test::Version(..)
                | Test::Instant(..)
                | Test::DatePart(..) => {}
            }
        }
        LeafKind::Is { term, .. } | LeafKind::Missing(term) => together(&[term], found),
        LeafKind::Relate { left, right, .. } => together(&[left, right], found),
        LeafKind::Present(_) => {}
        LeafKind::AnyText(_) => *keywords = true,
    }
}

/// Fields that one test reads: with one value each where they are several.
fn together(terms: &[&Term], found: &mut BTreeMap<Path, Field>) {
    let mut read: Vec<Path> = Vec::new();
    for term in terms {
        match term {
            Term::Field(_) | Term::Call(..) => term.each_field(&mut |path| read.push(path.clone())),
            // A condition as a value is tested like any other condition.
            Term::Truth { holds, known } => {
                for expr in [holds, known] {
                    let mut keywords = false;
                    expr.each_leaf(&mut |leaf| note(&leaf.kind, found, &mut keywords));
                }
            }
            Term::Const(_) => {}
        }
    }
    let several = read.len() > 1;
    for path in read {
        if let Some(field) = found.get_mut(&path) {
            field.single |= several;
            field.shortest |= field.kind == FieldType::Long;
        }
    }
}
