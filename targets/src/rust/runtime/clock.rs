//! When an event happened, and what comes before what.

use super::event::{Event, Field};
use super::instant;
use super::number::Decimal;
use super::scalar::{Kind, Scalar};

/// Milliseconds between 1601 and 1970.
const FILETIME_EPOCH: i64 = 11_644_473_600_000;

/// How an instant is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// ISO 8601, or milliseconds since 1970.
    Iso,
    /// Milliseconds since 1970.
    Ms,
    /// Seconds since 1970.
    S,
    /// Hundreds of nanoseconds since 1601.
    Filetime,
}

/// Reads the time of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    field: Field,
    format: Format,
    tiebreaker: Option<Field>,
}

/// What orders events of one instant. Numbers come before texts; an event without one comes last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Number(Decimal),
    Text(String),
    Missing,
}

impl Clock {
    /// A clock that reads this field.
    pub fn new(field: Field, format: Format) -> Self {
        Self {
            field,
            format,
            tiebreaker: None,
        }
    }

    /// A clock that orders events of one instant by another field.
    pub fn with_tiebreaker(field: Field, format: Format, tiebreaker: Field) -> Self {
        Self {
            tiebreaker: Some(tiebreaker),
            ..Self::new(field, format)
        }
    }

    /// Milliseconds since 1970; None if the time of the event is missing, unreadable or told more than once.
    pub fn instant(&self, event: &Event) -> Option<i64> {
        let mut values = event.scalars(self.field);
        let only = values.next()?;
        match values.next() {
            None => read(self.format, only),
            Some(_) => None,
        }
    }

    /// The places of the events that have a time, in order: by instant, by tiebreaker, then as they stand.
    pub fn order(&self, events: &[Event]) -> Vec<usize> {
        let numbered = events.iter().enumerate();
        let mut placed: Vec<(i64, Tie, usize)> = numbered
            .filter_map(|(at, event)| Some((self.instant(event)?, self.tie(event), at)))
            .collect();
        placed.sort();
        placed.into_iter().map(|(_, _, at)| at).collect()
    }

    fn tie(&self, event: &Event) -> Tie {
        let field = self.tiebreaker;
        let first = field.and_then(|field| event.scalars(field).next());
        match first {
            None => Tie::Missing,
            Some(value) => match (value.kind(), value.decimal()) {
                (Kind::Number, Some(number)) => Tie::Number(number),
                _ => Tie::Text(value.as_str().to_owned()),
            },
        }
    }
}

/// The instant that a value is.
fn read(format: Format, value: &Scalar) -> Option<i64> {
    let scaled = |power| value.decimal()?.floor_scaled(power);
    match format {
        Format::Iso => {
            let text = Some(value).filter(|value| value.kind() == Kind::Text);
            let iso = text.and_then(|value| instant::parse(value.as_str()));
            iso.or_else(|| scaled(0))
        }
        Format::Ms => scaled(0),
        Format::S => scaled(3),
        Format::Filetime => scaled(-4)?.checked_sub(FILETIME_EPOCH),
    }
}
