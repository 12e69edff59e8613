//! One row, of an event or of values that `STATS` made: every column is read at most once, and only if something asks for it.

use super::node::Node;
use super::value::{Scalar, Type, Val, order};
use super::{convert, datetime, ip};
use std::borrow::Cow;
use std::cell::OnceCell;
use std::cmp::Ordering;
use std::rc::Rc;
use verdict_event::{Event, Path, TimestampFormat, Value};

/// What a slot of a row holds.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Column(Column),
    Computed(Node),
    /// A value of the row that `STATS` made.
    Input(usize),
    /// A value that a step sets; null before.
    Given,
}

/// A column of the source.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) path: Path,
    pub(super) kind: Type,
    /// How a number in a date column counts.
    pub(super) format: TimestampFormat,
}

/// Where the values of a row come from.
#[derive(Clone)]
enum Ground<'e> {
    Event(&'e Event),
    Record(Rc<[Val<'static>]>),
}

/// A row and what has been read of it.
pub(super) struct Row<'e> {
    ground: Ground<'e>,
    cells: &'e [Cell],
    values: Vec<OnceCell<Val<'e>>>,
}

impl<'e> Row<'e> {
    pub(super) fn new(event: &'e Event, cells: &'e [Cell]) -> Self {
        Self::on(Ground::Event(event), cells)
    }

    /// A row of values that `STATS` made.
    pub(super) fn of(record: Rc<[Val<'static>]>, cells: &'e [Cell]) -> Self {
        Self::on(Ground::Record(record), cells)
    }

    fn on(ground: Ground<'e>, cells: &'e [Cell]) -> Self {
        let mut values = Vec::new();
        values.resize_with(cells.len(), OnceCell::new);
        Self {
            ground,
            cells,
            values,
        }
    }

    /// The same row once more.
    pub(super) fn copy(&self) -> Self {
        Self {
            ground: self.ground.clone(),
            cells: self.cells,
            values: self.values.clone(),
        }
    }

    /// How many slots it has.
    pub(super) fn width(&self) -> usize {
        self.cells.len()
    }

    /// Sets a value that a step gives. Nothing has read it before.
    pub(super) fn give(&self, slot: usize, value: Val<'static>) {
        if let Some(cell) = self.values.get(slot) {
            let _ = cell.set(value);
        }
    }

    /// The value of a slot.
    pub(super) fn value(&self, slot: usize) -> &Val<'e> {
        let Some((cell, value)) = self.cells.get(slot).zip(self.values.get(slot)) else {
            return &Val::Null;
        };
        value.get_or_init(|| match cell {
            Cell::Column(column) => match &self.ground {
                Ground::Event(event) => column.read(event),
                Ground::Record(_) => Val::Null,
            },
            Cell::Computed(node) => node.eval(self).into_owned(),
            Cell::Input(at) => match &self.ground {
                Ground::Event(_) => Val::Null,
                Ground::Record(record) => record.get(*at).cloned().unwrap_or(Val::Null),
            },
            Cell::Given => Val::Null,
        })
    }
}

impl Column {
    /// The values that Elasticsearch stores and loads for a field.
    ///
    /// Source: docs, esql-multivalued-fields: an empty list is null; `keyword` (so `ip` and `version`) fields lose duplicates, number
    /// and date fields keep them; values come in ascending order. A `text` field is loaded from the source as it stands there.
    fn read<'e>(&self, event: &'e Event) -> Val<'e> {
        let mut first = None;
        let mut more = Vec::new();
        self.path.visit(event.root(), &mut |value| {
            if let Some(scalar) = self.scalar(value) {
                if first.is_none() {
                    first = Some(scalar);
                } else {
                    more.push(scalar);
                }
            }
        });
        let Some(first) = first else {
            return Val::Null;
        };
        if more.is_empty() {
            return Val::One(first);
        }
        more.insert(0, first);
        if self.kind != Type::Text && !verdict_faults::at("esql/engine/list-keeps-its-order") {
            more.sort_by(|left, right| order(left, right).unwrap_or(Ordering::Equal));
        }
        if matches!(self.kind, Type::Keyword | Type::Ip | Type::Version)
            && !verdict_faults::at("esql/engine/keyword-list-keeps-duplicates")
        {
            more.dedup_by(|left, right| order(left, right) == Some(Ordering::Equal));
        }
        Val::from_vec(more)
    }

    /// One value as the field's type stores it. What the mapping would refuse is not there (assumed: `ignore_malformed`).
    /// Source: docs, mapping: `coerce` (text to numbers, fractions cut), `boolean`, `keyword`, `date`.
    fn scalar<'e>(&self, value: &'e Value) -> Option<Scalar<'e>> {
        let text = value.scalar_text()?;
        Some(match self.kind {
            Type::Keyword | Type::Text => Scalar::Text(Cow::Borrowed(text)),
            Type::Version => Scalar::Version(Cow::Borrowed(text)),
            Type::Integer | Type::Long => match value {
                Value::Number(number) => {
                    // Most are written plainly, and then no exact decimal is needed.
                    let plain = number.text().parse().ok().or_else(|| number.as_i64());
                    Scalar::Long(plain.or_else(|| truncated(number.as_f64()))?)
                }
                Value::String(text) => Scalar::Long(
                    text.parse()
                        .ok()
                        .or_else(|| truncated(convert::text_to_double(text)?))?,
                ),
                Value::Bool(_) | Value::Null | Value::List(_) | Value::Object(_) => return None,
            },
            Type::Double | Type::UnsignedLong => match value {
                Value::Number(number) => Scalar::Double(finite(number.as_f64())?),
                Value::String(text) => Scalar::Double(convert::text_to_double(text)?),
                Value::Bool(_) | Value::Null | Value::List(_) | Value::Object(_) => return None,
            },
            Type::Boolean => match text {
                "true" => Scalar::Bool(true),
                "false" | "" => Scalar::Bool(false),
                _ => return None,
            },
            Type::Ip => Scalar::Ip(ip::parse(text)?),
            Type::Date => Scalar::Date(self.instant(value, text)?),
            Type::Null | Type::Period | Type::Duration | Type::Unsupported => return None,
        })
    }

    /// A date. Source: docs, mapping date: `strict_date_optional_time||epoch_millis`.
    fn instant(&self, value: &Value, text: &str) -> Option<i64> {
        if let Value::String(text) = value
            && let Some(millis) = datetime::parse(text)
        {
            return Some(millis);
        }
        let count: i64 = text.parse().ok()?;
        match self.format {
            TimestampFormat::Iso | TimestampFormat::Ms => Some(count),
            TimestampFormat::S => count.checked_mul(datetime::SECOND),
            // 100 ns since 1601.
            TimestampFormat::Filetime => Some(count.div_euclid(10_000) - 11_644_473_600_000),
        }
    }
}

fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn truncated(value: f64) -> Option<i64> {
    convert::double_to_long(value.trunc())
}
