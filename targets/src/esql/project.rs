//! Events as documents of an index with the mapping of profile `raw`.
//!
//! A column keeps less than an event: values of one type, in one written form. Where that loses what the rule looks at, no document holds the
//! event, and it is counted instead of compared.

use crate::esql::columns::Kind;
use crate::esql::plan::MESSAGE;
use crate::target::{Projection, Projector};
use crate::uses::{Uses, real, same_numerals, same_text, uses, whole};
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use verdict_compiler::Ir;
use verdict_compiler::ir::instant;
use verdict_compiler::ir::series::Order;
use verdict_event::{Event, Number, Path, Value};

/// The same for a rule over several events: with fields that are looked at as text, and the time.
pub(crate) fn with_more(ir: &Ir, texts: Vec<Path>, time: Option<Order>) -> Projector {
    let (mut uses, keywords) = uses(ir);
    for path in texts {
        uses.entry(path).or_default().text = true;
    }
    let columns = columns(ir, uses, keywords);
    let clock = time.map(|order| (order.timestamp.field.clone(), order.clock()));
    Box::new(move |event| {
        let projection = project(&columns, event);
        let (Projection::Row(row), Some((field, clock))) = (&projection, &clock) else {
            return projection;
        };
        let instant = clock.instant(event).map(instant::print);
        let others = row.entries().iter().filter(|(name, _)| name != field);
        let mut cells: Vec<(String, Value)> = others.cloned().collect();
        cells.push((field.clone(), instant.map_or(Value::Null, Value::String)));
        Projection::Row(Event::new(cells))
    })
}

/// What makes an event its row: the columns of the rule are looked up here, once.
pub(crate) fn projector(ir: &Ir) -> Projector {
    let (uses, keywords) = uses(ir);
    let columns = columns(ir, uses, keywords);
    Box::new(move |event| project(&columns, event))
}

fn columns(ir: &Ir, mut uses: BTreeMap<Path, Uses>, keywords: bool) -> Vec<Column> {
    if keywords {
        uses.entry(Path::new(MESSAGE)).or_default();
    }
    uses.into_iter()
        .map(|(path, uses)| {
            let field = ir.fields.get(&path);
            Column {
                kind: field.map_or(Kind::Text, Kind::of),
                list: field.is_some_and(|field| field.array),
                only_text: keywords && path.as_str() == MESSAGE,
                path,
                uses,
            }
        })
        .collect()
}

/// A column that the rule reads.
#[derive(Debug)]
struct Column {
    path: Path,
    kind: Kind,
    list: bool,
    /// Whether keywords look at it, which look at texts alone.
    only_text: bool,
    uses: Uses,
}

fn project(columns: &[Column], event: &Event) -> Projection {
    let mut row = Vec::with_capacity(columns.len());
    for column in columns {
        match column.cell(&event.values(&column.path)) {
            Ok(value) => row.push((column.path.as_str().to_owned(), value)),
            Err(reason) => {
                return Projection::Unrepresentable(format!("`{}`: {reason}", column.path));
            }
        }
    }
    Projection::Row(Event::new(row))
}

impl Column {
    fn cell(&self, values: &[&Value]) -> Result<Value, String> {
        match values {
            [] => Ok(Value::Null),
            [value] if !self.list => self.value(value),
            values if self.list => {
                let items: Result<Vec<Value>, String> =
                    values.iter().map(|value| self.value(value)).collect();
                items.map(Value::List)
            }
            _ => Err("a list in a scalar column".to_owned()),
        }
    }

    /// A value as the column's type keeps it.
    fn value(&self, value: &Value) -> Result<Value, String> {
        let written = value.scalar_text().unwrap_or_default();
        let misfit = || format!("`{written}` in a column of type `{}`", self.kind.name());
        match self.kind {
            Kind::Text => self.text(value, written),
            Kind::Long => {
                let number = whole(value).ok_or_else(misfit)?;
                same_text(&self.uses, &number.to_string(), value)?;
                same_numerals(&self.uses, value, |wanted| wanted.as_i64() == Some(number))?;
                if self.uses.instant && matches!(value, Value::String(_)) {
                    return Err("an instant written as text in a column of numbers".to_owned());
                }
                Ok(number.into())
            }
            Kind::Double => {
                let number = real(written, value).ok_or_else(misfit)?;
                same_numerals(&self.uses, value, |wanted| {
                    (wanted.as_f64() - number).abs() == 0.0
                })?;
                Number::parse(&format!("{number:?}"))
                    .map(Value::Number)
                    .ok_or_else(misfit)
            }
            Kind::Bool => match written {
                "true" => Ok(Value::Bool(true)),
                "false" => Ok(Value::Bool(false)),
                _ => Err(misfit()),
            },
            Kind::Date => self.date(value).ok_or_else(misfit),
            Kind::Ip => {
                let address: IpAddr = written.parse().map_err(|_| misfit())?;
                same_text(&self.uses, &canonical(address), value)?;
                Ok(Value::String(written.to_owned()))
            }
            Kind::Version if written.is_empty() => Err(misfit()),
            Kind::Version => Ok(Value::String(written.to_owned())),
            Kind::Opaque => Err("a value of a type that no column holds".to_owned()),
        }
    }

    fn text(&self, value: &Value, written: &str) -> Result<Value, String> {
        if self.only_text && !matches!(value, Value::String(_)) {
            return Err(
                "a keyword looks at texts alone, and the column makes one of it".to_owned(),
            );
        }
        if self.uses.instant && matches!(value, Value::Number(_)) {
            return Err("a number of milliseconds in a column of text".to_owned());
        }
        same_numerals(&self.uses, value, |number| written == number.text())?;
        Ok(Value::String(written.to_owned()))
    }

    /// An instant to the millisecond, in UTC, as Elasticsearch shows it.
    fn date(&self, value: &Value) -> Option<Value> {
        same_numerals(&self.uses, value, |_| false).ok()?;
        let millis = match value {
            Value::String(text) => {
                // A date alone is an instant, but no date-time.
                let read = if self.uses.part {
                    instant::parse_date_time(text)
                } else {
                    instant::parse(text)
                };
                read.filter(|_| !text.contains(' '))?
            }
            Value::Number(number) if !self.uses.part => number.as_i64()?,
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::List(_) | Value::Object(_) => {
                return None;
            }
        };
        let years = -62_135_596_800_000..=253_402_300_799_999;
        years
            .contains(&millis)
            .then(|| Value::String(instant::print(millis)))
    }
}

/// An address as Elasticsearch writes it.
fn canonical(address: IpAddr) -> String {
    let plain = |v6: Ipv6Addr| v6.to_ipv4_mapped().map(|v4| v4.to_string());
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => plain(v6).unwrap_or_else(|| v6.to_string()),
    }
}
