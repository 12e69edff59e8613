//! When an event happened, and what comes before what.

use super::Order;
use crate::ir::instant;
use std::cmp::Ordering;
use verdict_event::{Decimal, Event, Path, TimestampFormat, Value};

/// Milliseconds between 1601 and 1970.
const FILETIME_EPOCH: i64 = 11_644_473_600_000;

/// When an event happened. Events that are equal on it follow each other as they stand in the stream.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment {
    /// Milliseconds since 1970.
    pub instant: i64,
    /// What orders events of one instant.
    pub tie: Tie,
}

/// The tiebreaker of an event. Numbers come before texts; an event without one comes last.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Tie {
    /// A number.
    Number(Decimal),
    /// Text.
    Text(String),
    /// None.
    Missing,
}

impl Ord for Tie {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |tie: &Self| match tie {
            Self::Number(_) => 0,
            Self::Text(_) => 1,
            Self::Missing => 2,
        };
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(_) | Self::Text(_) | Self::Missing, _) => rank(self).cmp(&rank(other)),
        }
    }
}

impl PartialOrd for Tie {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Reads the time of events.
#[derive(Clone, Debug)]
pub struct Clock {
    path: Path,
    format: TimestampFormat,
    tiebreaker: Option<Path>,
}

impl Order {
    /// What reads the time of many events.
    pub fn clock(&self) -> Clock {
        Clock {
            path: Path::new(self.timestamp.field.as_str()),
            format: self.timestamp.format,
            tiebreaker: self.tiebreaker.clone(),
        }
    }
}

impl Clock {
    /// When an event happened; None if its time is missing, unreadable or told more than once.
    pub fn moment(&self, event: &Event) -> Option<Moment> {
        Some(Moment {
            instant: self.instant(event)?,
            tie: self.tie(event),
        })
    }

    /// The instant alone.
    pub fn instant(&self, event: &Event) -> Option<i64> {
        instant_at(&self.path, self.format, event)
    }

    fn tie(&self, event: &Event) -> Tie {
        let Some(path) = &self.tiebreaker else {
            return Tie::Missing;
        };
        match event.values(path).first() {
            Some(Value::Number(number)) => Tie::Number(number.decimal()),
            Some(value) => match value.scalar_text() {
                Some(text) => Tie::Text(text.to_owned()),
                None => Tie::Missing,
            },
            None => Tie::Missing,
        }
    }
}

/// The instant that the only value at a path is.
pub fn instant_at(path: &Path, format: TimestampFormat, event: &Event) -> Option<i64> {
    let mut only = None;
    let mut count = 0_usize;
    path.visit(event.root(), &mut |value| {
        count += 1;
        only = Some(value);
    });
    if count == 1 {
        read(format, only?)
    } else {
        None
    }
}

/// The instant that a value is. ISO 8601 is expected of `iso` only, and milliseconds are understood there as well, as Elasticsearch does.
pub fn read(format: TimestampFormat, value: &Value) -> Option<i64> {
    let number = || match value {
        Value::Number(number) => Some(number.decimal()),
        Value::String(text) => Decimal::parse(text),
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => None,
    };
    match format {
        TimestampFormat::Iso => {
            let iso = match value {
                Value::String(text) => instant::parse(text),
                Value::Number(_)
                | Value::Null
                | Value::Bool(_)
                | Value::List(_)
                | Value::Object(_) => None,
            };
            iso.or_else(|| number()?.floor_scaled(0))
        }
        TimestampFormat::Ms => number()?.floor_scaled(0),
        TimestampFormat::S => number()?.floor_scaled(3),
        TimestampFormat::Filetime => number()?.floor_scaled(-4)?.checked_sub(FILETIME_EPOCH),
    }
}

#[cfg(test)]
mod tests {
    use super::{Tie, read};
    use verdict_event::{Decimal, Number, TimestampFormat, Value};

    fn number(text: &str) -> Value {
        Value::Number(Number::parse(text).expect("a number"))
    }

    fn text(text: &str) -> Value {
        Value::String(text.to_owned())
    }

    #[test]
    fn every_format_is_read_to_the_millisecond() {
        use TimestampFormat::{Filetime, Iso, Ms, S};
        let day = Some(1_704_067_200_000);
        for (format, value, instant) in [
            (Iso, text("2024-01-01T00:00:00Z"), day),
            (Iso, text("2024-01-01T00:00:00.0009Z"), day),
            (Iso, text("2024-01-01 01:00:00+01:00"), day),
            (Iso, number("1704067200000"), day),
            (Iso, text("1704067200000"), day),
            (Iso, text("yesterday"), None),
            (Iso, Value::Bool(true), None),
            (Ms, number("1704067200000"), day),
            (Ms, number("1704067200000.9"), day),
            (Ms, number("-0.5"), Some(-1)),
            (Ms, text("2024-01-01T00:00:00Z"), None),
            (S, number("1704067200"), day),
            (S, text("1704067200.0005"), day),
            (S, number("1.7040672e9"), day),
            (S, number("1e300"), None),
            (Filetime, number("133485408000000000"), day),
            (Filetime, number("133485408000009999"), day),
        ] {
            assert_eq!(read(format, &value), instant, "{format:?} {value:?}");
        }
    }

    #[test]
    fn ties_are_in_order() {
        let number = |text| Tie::Number(Decimal::parse(text).expect("a decimal"));
        let text = |text: &str| Tie::Text(text.to_owned());
        let ties = [
            number("9"),
            number("10"),
            text("10"),
            text("9"),
            Tie::Missing,
        ];
        assert!(ties.is_sorted());
    }
}
