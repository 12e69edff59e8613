//! One event, or one record of a table, as a row: every field is read at most once, and only if something asks for it.

use super::functions::iso_seconds;
use super::node::Node;
use super::pcre::Pcre;
use super::value::{Texts, Val};
use std::borrow::Cow;
use std::cell::OnceCell;
use verdict_event::{Event, Path, TimestampFormat};

/// What a slot of a row holds.
#[derive(Clone, Debug)]
pub(super) enum Cell {
    /// A field of the event.
    Column(Path),
    /// `_raw`: the event's own field of that name, or the event as JSON text.
    Raw(Path),
    /// `_time`: the event's own field of that name, or the time that the schema names, in seconds.
    Time(Path, Option<(Path, TimestampFormat)>),
    /// A column of the table that the rows come from.
    Input(usize),
    /// Filled by a command that looks at several rows.
    Given,
    /// What `eval` assigned.
    Computed(Node),
    /// A group of `rex`: its source, its pattern, and what the field held before.
    Extracted(Extraction),
    /// A field that `fields` or `table` took away.
    Nothing,
}

/// See [`Cell::Extracted`].
#[derive(Clone, Debug)]
pub(super) struct Extraction {
    pub(super) source: usize,
    pub(super) pattern: Pcre,
    pub(super) group: usize,
    pub(super) max_match: usize,
    pub(super) before: usize,
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

    /// Fills a slot that nothing computes.
    pub(super) fn give(&self, slot: usize, value: Val<'static>) {
        if let Some(place) = self.values.get(slot) {
            // A slot is filled by one command, before anything reads it.
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
                (Cell::Column(path), Ground::Event(event)) => read(event, path),
                (Cell::Raw(path), Ground::Event(event)) => match read(event, path) {
                    // No page says what `_raw` is of an event that has none: its JSON text (decided).
                    Val::Null => Val::Field(Cow::Owned(event.to_json_line())),
                    found => found,
                },
                (Cell::Time(path, schema), Ground::Event(event)) => match read(event, path) {
                    Val::Null => schema
                        .as_ref()
                        .map_or(Val::Null, |(path, format)| time(read(event, path), *format)),
                    found => found,
                },
                (Cell::Input(at), Ground::Record(record)) => {
                    record.get(*at).map_or(Val::Null, Val::borrow)
                }
                (Cell::Computed(node), _) => node.eval(self, None).assigned().into_owned(),
                (Cell::Extracted(extraction), _) => extraction.value(self),
                (
                    Cell::Nothing
                    | Cell::Given
                    | Cell::Column(_)
                    | Cell::Raw(_)
                    | Cell::Time(..)
                    | Cell::Input(_),
                    _,
                ) => Val::Null,
            })
            .borrow()
    }
}

/// Splunk gives every event its time, in seconds since 1970. Here it is the time that the schema names (decided); what is no time is none.
fn time(value: Val<'_>, format: TimestampFormat) -> Val<'static> {
    let text = match value.single() {
        Ok(text) => text,
        Err(outcome) => return outcome,
    };
    let scaled = |unit: f64| super::value::number(&text).map(|number| number / unit);
    let seconds = match format {
        TimestampFormat::Iso => iso_seconds(&text),
        TimestampFormat::S => scaled(1.0),
        TimestampFormat::Ms => scaled(1000.0),
        // 100 ns since 1601, which lies 11644473600 s before 1970.
        TimestampFormat::Filetime => scaled(1e7).map(|seconds| seconds - 11_644_473_600.0),
    };
    seconds.map_or(Val::Null, Val::Number)
}

/// The values of a field, as text.
///
/// Source: Search Reference, spath: nested names are joined with dots, and a list gives a field several values. A null has no value
/// (Comparison and Conditional functions, null). The empty text is a value (assumed); a number is its source text, a boolean `true` or
/// `false` (assumed).
fn read<'e>(event: &'e Event, path: &Path) -> Val<'e> {
    let mut first = None;
    let mut others = Vec::new();
    path.visit(event.root(), &mut |value| {
        let Some(text) = value.scalar_text() else {
            return;
        };
        if first.is_none() {
            first = Some(text);
        } else {
            others.push(Cow::Borrowed(text));
        }
    });
    match first {
        None => Val::Null,
        Some(text) if others.is_empty() => Val::Field(Cow::Borrowed(text)),
        Some(text) => {
            others.insert(0, Cow::Borrowed(text));
            Val::Many(Texts::Owned(others))
        }
    }
}

impl Extraction {
    /// Source: Search Reference, rex: named groups become fields; `max_match` takes more matches, whose values make a field of several.
    /// Where nothing matches, a field keeps what it held (assumed).
    fn value(&self, row: &Row<'_>) -> Val<'static> {
        let before = || row.value(self.before).into_owned();
        let text = match row.value(self.source) {
            Val::Null => return before(),
            value => match value.single() {
                Ok(text) => text,
                Err(outcome) => return outcome,
            },
        };
        if self.pattern.takes_newline && text.ends_with('\n') {
            return Val::Undefined("`$` before a last newline in rex");
        }
        let most = if self.max_match == 0 {
            usize::MAX
        } else {
            self.max_match
        };
        let mut matched = false;
        let mut found = Vec::new();
        for captures in self.pattern.regex.captures_iter(&text).take(most) {
            matched = true;
            if let Some(group) = captures.get(self.group) {
                found.push(Cow::Owned(group.as_str().to_owned()));
            }
        }
        if !matched {
            return before();
        }
        if found.is_empty() {
            return Val::Undefined("a group of rex that took no part");
        }
        Val::several(found)
    }
}

#[cfg(test)]
mod tests {
    use super::{TimestampFormat, Val, time};
    use std::borrow::Cow;

    /// What the schema's formats say of themselves; the file time of 1970 is Microsoft's (FILETIME structure: 100 ns since 1601).
    #[test]
    fn times_of_every_format() {
        for (text, format, seconds) in [
            ("1970-01-01T00:00:01.5Z", TimestampFormat::Iso, Some(1.5)),
            ("2", TimestampFormat::S, Some(2.0)),
            ("1500", TimestampFormat::Ms, Some(1.5)),
            ("116444736000000000", TimestampFormat::Filetime, Some(0.0)),
            ("116444736010000000", TimestampFormat::Filetime, Some(1.0)),
            ("yesterday", TimestampFormat::Iso, None),
            ("yesterday", TimestampFormat::S, None),
        ] {
            let found = time(Val::Field(Cow::Borrowed(text)), format);
            assert_eq!(found.number(), seconds, "{text} {format:?}");
            assert_eq!(matches!(found, Val::Null), seconds.is_none(), "{text}");
        }
        assert!(matches!(time(Val::Null, TimestampFormat::S), Val::Null));
    }
}
