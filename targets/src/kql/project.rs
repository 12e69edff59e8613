//! Events as rows of profile `raw`.
//!
//! A column keeps less than an event: one value, of one type, in one written form. Where that loses what the rule looks at, no row holds the
//! event, and it is counted instead of compared.

use crate::kql::columns::Kind;
use crate::kql::time;
use crate::target::{Projection, Projector};
use crate::uses::{Uses, real, same_numerals, same_text, uses, whole};
use verdict_compiler::Ir;
use verdict_compiler::ir::readable::readable;
use verdict_event::{Event, FieldType, Number, Path, Value};

/// What makes an event its row: the columns of the rule are looked up here, once.
pub(crate) fn projector(ir: &Ir) -> Projector {
    with_columns(ir, &[])
}

/// The same with columns that are read beside the conditions; each says whether as a text.
pub(crate) fn with_columns(ir: &Ir, more: &[(Path, bool)]) -> Projector {
    let (mut uses, keywords) = uses(ir);
    for (path, as_text) in more {
        uses.entry(path.clone()).or_default().text |= as_text;
    }
    let columns: Vec<Column> = uses
        .into_iter()
        .map(|(path, uses)| Column {
            kind: ir.fields.get(&path).map_or(Kind::Text, Kind::of),
            address: ir
                .fields
                .get(&path)
                .is_some_and(|field| field.kind == FieldType::Ip),
            path,
            uses,
        })
        .collect();
    Box::new(move |event| project(&columns, keywords, event))
}

/// A column that the rule reads.
#[derive(Debug)]
struct Column {
    path: Path,
    kind: Kind,
    /// Whether it holds addresses.
    address: bool,
    uses: Uses,
}

fn project(known: &[Column], keywords: bool, event: &Event) -> Projection {
    let mut row = Vec::with_capacity(known.len());
    for Column {
        path,
        kind,
        address,
        uses,
    } in known
    {
        let values = event.values(path);
        if *address && !values.iter().all(|value| readable(FieldType::Ip, value)) {
            return Projection::Unrepresentable(format!(
                "`{path}`: no address in a column of addresses"
            ));
        }
        match cell(*kind, uses, &values) {
            Ok(value) => row.push((path.as_str().to_owned(), value)),
            Err(reason) => return Projection::Unrepresentable(format!("`{path}`: {reason}")),
        }
    }
    if keywords {
        let mut names = Vec::new();
        columns(event.root(), "", &mut names);
        for name in names {
            let path = Path::new(name.as_str());
            if !row.iter().any(|(known, _)| *known == name) {
                row.extend(untyped(&event.values(&path)).map(|value| (name, value)));
            }
        }
    }
    Projection::Row(Event::new(row))
}

/// The value of a column.
fn cell(kind: Kind, uses: &Uses, values: &[&Value]) -> Result<Value, String> {
    if let Kind::List { integers } = kind {
        let items: Vec<Value> = values
            .iter()
            .map(|value| element(integers, uses, value))
            .collect::<Result<_, _>>()?;
        return Ok(if items.is_empty() {
            Value::Null
        } else {
            Value::List(items)
        });
    }
    match values {
        [] if kind == Kind::Text => Ok(Value::String(String::new())),
        [] => Ok(Value::Null),
        [value] => scalar(kind, uses, value),
        _ => Err("a list in a scalar column".to_owned()),
    }
}

fn element(integers: bool, uses: &Uses, value: &Value) -> Result<Value, String> {
    let written = value.scalar_text().unwrap_or_default();
    let kept = if integers {
        whole(value)
            .ok_or_else(|| format!("`{written}` in a list of whole numbers"))?
            .to_string()
    } else {
        written.to_owned()
    };
    same_text(uses, &kept, value)?;
    same_numerals(uses, value, |number| kept == number.text())?;
    Ok(Value::String(kept))
}

fn scalar(kind: Kind, uses: &Uses, value: &Value) -> Result<Value, String> {
    let written = value.scalar_text().unwrap_or_default();
    match kind {
        Kind::Text => {
            if uses.instant && matches!(value, Value::Number(_)) {
                return Err("a number of milliseconds in a column of text".to_owned());
            }
            same_numerals(uses, value, |number| written == number.text())?;
            Ok(Value::String(written.to_owned()))
        }
        Kind::Long => {
            let number =
                whole(value).ok_or_else(|| format!("`{written}` in a column of whole numbers"))?;
            same_text(uses, &number.to_string(), value)?;
            same_numerals(uses, value, |wanted| wanted.as_i64() == Some(number))?;
            if uses.instant && matches!(value, Value::String(_)) {
                return Err("an instant written as text in a column of whole numbers".to_owned());
            }
            Ok(number.into())
        }
        Kind::Real => {
            let number =
                real(written, value).ok_or_else(|| format!("`{written}` in a column of reals"))?;
            same_numerals(uses, value, |wanted| {
                (wanted.as_f64() - number).abs() == 0.0
            })?;
            let text = format!("{number:?}");
            Number::parse(&text)
                .map(Value::Number)
                .ok_or_else(|| format!("`{written}` in a column of reals"))
        }
        Kind::Bool => match written {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err(format!("`{written}` in a column of truth values")),
        },
        Kind::Date => date(uses, value),
        Kind::List { .. } | Kind::Opaque => {
            Err("a value of a type that no column holds".to_owned())
        }
    }
}

fn date(uses: &Uses, value: &Value) -> Result<Value, String> {
    same_numerals(uses, value, |_| false)?;
    match value {
        Value::String(text) if time::is_date_time(text) => Ok(Value::String(text.clone())),
        Value::Number(number) if !uses.part => number
            .as_i64()
            .and_then(time::written)
            .map(Value::String)
            .ok_or_else(|| format!("`{number}` in a column of dates")),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::List(_)
        | Value::Object(_) => Err(format!(
            "`{}` in a column of dates",
            value.scalar_text().unwrap_or_default()
        )),
    }
}

/// The value of a column that only keywords read.
fn untyped(values: &[&Value]) -> Option<Value> {
    match values {
        [] => None,
        [value] => Some((*value).clone()),
        several => {
            let texts = several.iter().filter_map(|value| value.scalar_text());
            Some(Value::List(texts.map(Value::from).collect()))
        }
    }
}

/// The dotted name of every scalar of an event, in source order.
fn columns(value: &Value, name: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(entries) => {
            for (key, inner) in entries {
                let deeper = if name.is_empty() {
                    key.clone()
                } else {
                    format!("{name}.{key}")
                };
                columns(inner, &deeper, found);
            }
        }
        Value::List(items) => items.iter().for_each(|item| columns(item, name, found)),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            if found.last().map(String::as_str) != Some(name) {
                found.push(name.to_owned());
            }
        }
        Value::Null => {}
    }
}
