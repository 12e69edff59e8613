//! One event, or one record of a table, as a row: every column is read at most once, and only if something asks for it.

use super::node::Node;
use super::value::{Json, Val};
use super::{convert, datetime};
use std::borrow::Cow;
use std::cell::OnceCell;
use verdict_event::{Event, Path, TimestampFormat, Value};

/// What a slot of a row holds.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    Column(Column),
    /// A column of the table that the rows come from.
    Input(usize),
    Computed(Node),
    /// Filled by a step that looks at several rows.
    Given,
}

/// A column of the source.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) path: Path,
    pub(super) read: Read,
}

/// How the values at a path become one value of the column's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    Text,
    Long,
    Real,
    Bool,
    DateTime(TimestampFormat),
    /// A column of lists: dynamic, a lone value becomes a list of one.
    List,
    /// A property bag.
    Object,
}

/// What a row stands for.
#[derive(Clone, Copy)]
enum Ground<'e> {
    Event(&'e Event),
    Record(&'e [Val<'static>]),
}

/// An event or a record, and what has been read of it.
pub(super) struct Row<'e> {
    ground: Ground<'e>,
    cells: &'e [Cell],
    values: Vec<OnceCell<Val<'e>>>,
}

impl<'e> Row<'e> {
    pub(super) fn new(event: &'e Event, cells: &'e [Cell]) -> Self {
        Self::on(Ground::Event(event), cells)
    }

    /// A record of a table as a row.
    pub(super) fn over(record: &'e [Val<'static>], cells: &'e [Cell]) -> Self {
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

    /// The event itself, if the row is one.
    pub(super) fn event(&self) -> Option<&'e Event> {
        match self.ground {
            Ground::Event(event) => Some(event),
            Ground::Record(_) => None,
        }
    }

    /// Fills a slot that nothing computes.
    pub(super) fn give(&self, slot: usize, value: Val<'static>) {
        if let Some(place) = self.values.get(slot) {
            // A slot is filled by one step, before anything reads it.
            let _ = place.set(value);
        }
    }

    /// The value of a slot.
    pub(super) fn value(&self, slot: usize) -> Val<'_> {
        let Some((cell, value)) = self.cells.get(slot).zip(self.values.get(slot)) else {
            return Val::Null;
        };
        value
            .get_or_init(|| match (cell, self.ground) {
                (Cell::Column(column), Ground::Event(event)) => column.read(event),
                (Cell::Input(at), Ground::Record(record)) => {
                    record.get(*at).map_or(Val::Null, Val::borrow)
                }
                (Cell::Computed(node), _) => node.eval(self).into_owned(),
                (Cell::Column(_) | Cell::Input(_) | Cell::Given, _) => Val::Null,
            })
            .borrow()
    }
}

impl Column {
    /// The value that ingestion stores. Kusto docs: null-values, "Data ingestion and null values": a missing value is null,
    /// and the empty string in a string column.
    fn read<'e>(&self, event: &'e Event) -> Val<'e> {
        match self.read {
            Read::List => {
                let mut items = Vec::new();
                self.path.visit(event.root(), &mut |value| {
                    items.push(Json::from_event(value));
                });
                if items.is_empty() {
                    return Val::Null;
                }
                Val::json(Json::List(items))
            }
            Read::Object => object(event.root(), self.path.as_str())
                .map_or(Val::Null, |value| Val::json(Json::from_event(value))),
            Read::Text | Read::Long | Read::Real | Read::Bool | Read::DateTime(_) => {
                let mut first = None;
                let mut many = false;
                self.path.visit(event.root(), &mut |value| {
                    many |= first.is_some();
                    first.get_or_insert(value);
                });
                match (first, many) {
                    (None, _) => self.missing(),
                    (Some(value), false) => self.scalar(value),
                    (Some(_), true) => self.several(event),
                }
            }
        }
    }

    fn missing(&self) -> Val<'static> {
        if self.read == Read::Text && !verdict_faults::at("kql/engine/missing-text-is-null") {
            Val::EMPTY
        } else {
            Val::Null
        }
    }

    /// Several values in a scalar column: JSON text in a string column, null in the others. The harness compares no such row.
    fn several(&self, event: &Event) -> Val<'static> {
        if self.read != Read::Text {
            return Val::Null;
        }
        let items = event
            .values(&self.path)
            .into_iter()
            .map(Json::from_event)
            .collect();
        Val::text(Json::List(items).to_text().into_owned())
    }

    fn scalar<'e>(&self, value: &'e Value) -> Val<'e> {
        let text = value.scalar_text().unwrap_or("");
        match self.read {
            Read::Text => Val::Text(Cow::Borrowed(text)),
            Read::Long => match value {
                Value::Number(number) => Val::option(number.as_i64(), Val::Long),
                Value::Bool(value) => Val::Long(i64::from(*value)),
                _ => Val::option(convert::text_to_long(text), Val::Long),
            },
            Read::Real => Val::option(convert::text_to_real(text), Val::Real),
            Read::Bool => Val::option(convert::text_to_bool(text), Val::Bool),
            Read::DateTime(format) => Val::option(instant(text, format), Val::DateTime),
            Read::List | Read::Object => Val::Null,
        }
    }
}

/// A date: text in a documented format, or a number in the schema's own format.
fn instant(text: &str, format: TimestampFormat) -> Option<i64> {
    let scale = match format {
        TimestampFormat::Iso => return datetime::parse(text),
        TimestampFormat::Ms => 10_000,
        TimestampFormat::S => datetime::SECOND,
        TimestampFormat::Filetime => 1,
    };
    let epoch = match format {
        TimestampFormat::Filetime => datetime::FILETIME_EPOCH,
        TimestampFormat::Iso | TimestampFormat::Ms | TimestampFormat::S => datetime::UNIX_EPOCH,
    };
    match convert::text_to_long(text) {
        Some(count) => count
            .checked_mul(scale)?
            .checked_add(epoch)
            .filter(|ticks| (0..=datetime::MAX).contains(ticks)),
        None => datetime::parse(text),
    }
}

/// The first object or list at a path, nested and dotted keys alike.
fn object<'v>(root: &'v Value, path: &str) -> Option<&'v Value> {
    let Value::Object(entries) = root else {
        return None;
    };
    entries.iter().find_map(|(key, value)| {
        let tail = path.strip_prefix(key.as_str())?;
        if tail.is_empty() {
            return Some(value);
        }
        object(value, tail.strip_prefix('.')?)
    })
}

#[cfg(test)]
mod tests {
    use super::{TimestampFormat, datetime, instant};

    /// What the schema's formats say of themselves; the file time of 1970 is Microsoft's (FILETIME structure: 100 ns since 1601).
    #[test]
    fn instants_of_every_format() {
        let (iso, ms, s, filetime) = (
            TimestampFormat::Iso,
            TimestampFormat::Ms,
            TimestampFormat::S,
            TimestampFormat::Filetime,
        );
        for (text, format, since_1970) in [
            ("0", ms, Some(0)),
            ("1500", ms, Some(datetime::SECOND * 3 / 2)),
            ("-1", ms, Some(-10_000)),
            ("2", s, Some(2 * datetime::SECOND)),
            ("116444736000000000", filetime, Some(0)),
            ("116444736000000007", filetime, Some(7)),
            ("1970-01-01T00:00:01", s, Some(datetime::SECOND)),
            ("1970-01-01T00:00:01", iso, Some(datetime::SECOND)),
            ("0", iso, None),
            ("x", ms, None),
            // Past the year 9999, before the year 1, and past 64 bits.
            ("253402300800", s, None),
            (
                "253402300799",
                s,
                Some(datetime::MAX + 1 - datetime::SECOND - datetime::UNIX_EPOCH),
            ),
            ("-62135596801", s, None),
            ("9223372036854775807", s, None),
        ] {
            let found = instant(text, format).map(|ticks| ticks - datetime::UNIX_EPOCH);
            assert_eq!(found, since_1970, "{text} {format:?}");
        }
    }
}
