//! Time: reading it, and the order in which events are returned.

use std::cmp::Ordering;
use verdict_event::schema::TimestampFormat;
use verdict_event::{Event, FieldType, Path, Schema, Value};

/// Where the order of events comes from.
#[derive(Clone, Debug)]
pub(crate) struct TimeOrder {
    timestamp: Path,
    format: TimestampFormat,
    tiebreaker: Option<(Path, Option<FieldType>)>,
}

/// The place of one event in time. A missing timestamp or tiebreaker sorts last: for the tiebreaker that is how Elasticsearch
/// does it, for the timestamp, which Elasticsearch demands, it is a decision of this engine.
#[derive(Debug)]
struct Place {
    time: (bool, i64),
    tie: Tie,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Number(i64),
    Text(String),
    Missing,
}

impl TimeOrder {
    pub(crate) fn new(schema: &Schema) -> Self {
        Self {
            timestamp: Path::new(schema.timestamp.field.as_str()),
            format: schema.timestamp.format,
            tiebreaker: schema
                .tiebreaker
                .as_deref()
                .map(|name| (Path::new(name), schema.field(name).map(|field| field.kind))),
        }
    }

    /// Sorts the numbers of events by time, tiebreaker, then input order.
    pub(crate) fn sort(&self, events: &[Event], found: &mut [usize]) {
        if found.len() > 1 {
            found.sort_by_cached_key(|at| events.get(*at).map(|event| self.place(event)));
        }
    }

    /// An event's time in milliseconds. Source: `SequenceCriterion.timestamp`: one value.
    pub(crate) fn time(&self, event: &Event) -> Option<i64> {
        match event.values(&self.timestamp).as_slice() {
            [value] => self.millis(value),
            _ => None,
        }
    }

    fn place(&self, event: &Event) -> Place {
        let time = event
            .values(&self.timestamp)
            .into_iter()
            .find_map(|value| self.millis(value));
        let breaker = match &self.tiebreaker {
            None => Tie::Missing,
            Some((path, kind)) => tie(event.values(path).into_iter().next(), *kind),
        };
        Place {
            time: time.map_or((true, 0), |time| (false, time)),
            tie: breaker,
        }
    }

    fn millis(&self, value: &Value) -> Option<i64> {
        let text = value.scalar_text()?;
        match self.format {
            TimestampFormat::Iso => instant(text).map(|(from, _)| from),
            TimestampFormat::Ms => scaled(text, 1),
            TimestampFormat::S => scaled(text, 1000),
            // 100 ns since 1601, which lies 11644473600 s before 1970.
            TimestampFormat::Filetime => {
                super::value::whole(text).map(|ticks| ticks.div_euclid(10_000) - 11_644_473_600_000)
            }
        }
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Place {}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        self.time
            .cmp(&other.time)
            .then_with(|| self.tie.cmp(&other.tie))
    }
}

fn tie(value: Option<&Value>, kind: Option<FieldType>) -> Tie {
    let Some(text) = value.and_then(Value::scalar_text) else {
        return Tie::Missing;
    };
    let numeric = match kind {
        Some(kind) => kind.is_numeric(),
        None => matches!(value, Some(Value::Number(_))),
    };
    match super::value::whole(text) {
        Some(number) if numeric => Tie::Number(number),
        Some(_) | None => Tie::Text(text.to_owned()),
    }
}

/// A decimal text times a factor, cut to whole milliseconds.
fn scaled(text: &str, factor: i64) -> Option<i64> {
    if let Some(whole) = super::value::whole(text) {
        return whole.checked_mul(factor);
    }
    let value =
        verdict_event::Number::parse(text)?.as_f64() * f64::from(i32::try_from(factor).ok()?);
    verdict_event::Number::parse(&format!("{:.0}", value.floor()))?.as_i64()
}

/// The first and last millisecond that a date text names: a day without a time is a whole day, and so on.
/// Source: `strict_date_optional_time||epoch_millis`, the default format of `date`; a range rounds up at its upper end.
pub(crate) fn instant(text: &str) -> Option<(i64, i64)> {
    // Four digits are a year to the first of the two formats.
    let year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(millis) = super::value::whole(text).filter(|_| !year) {
        return Some((millis, millis));
    }
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let year = number(parts.next()?, 4)?;
    let month = optional(parts.next()).ok()?;
    let day = optional(parts.next()).ok()?;
    if parts.next().is_some() || month.is_some_and(|month| !(1..=12).contains(&month)) {
        return None;
    }
    let start = days(year, month.unwrap_or(1), day.unwrap_or(1))?;
    let Some(time) = time else {
        // Source: documentation of range queries, "Missing date components": month and day become 01, hours and less 23:59:59.999.
        return Some((start * DAY, start * DAY + DAY - 1));
    };
    day?;
    let (from, length) = time_of_day(time)?;
    Some((start * DAY + from, start * DAY + from + length - 1))
}

/// The instant that a field's text is: a date, and a time to the minute or finer (`docs/semantics.md`, E2). A literal may leave out more.
pub(crate) fn written(text: &str) -> Option<i64> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let whole_date = date.len() == 10;
    let whole_time = time.is_none_or(|time| {
        let (clock, zone) = time.split_at(time.find(['Z', '+', '-']).unwrap_or(time.len()));
        clock.contains(':') && !clock.contains([',', 'z']) && (zone.len() < 2 || zone.len() > 4)
    });
    (whole_date && whole_time).then(|| instant(text).map(|(from, _)| from))?
}

const DAY: i64 = 86_400_000;

/// Two digits, if there are any.
fn optional(part: Option<&str>) -> Result<Option<i64>, ()> {
    part.map(|part| number(part, 2).ok_or(())).transpose()
}

fn number(text: &str, width: usize) -> Option<i64> {
    let digits = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// Days since 1970 of a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _other => 31,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    // Years begin in March here, so that the leap day is a year's last.
    let (shifted_year, shifted_month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let (era, of_era) = (shifted_year.div_euclid(400), shifted_year.rem_euclid(400));
    let of_year = (153 * shifted_month + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// Milliseconds since midnight in UTC, and how many milliseconds the text names.
fn time_of_day(text: &str) -> Option<(i64, i64)> {
    let zone_at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at_checked(zone_at)?;
    let (clock, fraction) = match clock.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let mut parts = clock.split(':');
    let hour = number(parts.next()?, 2).filter(|hour| *hour < 24)?;
    let minute = optional(parts.next()).ok()?;
    let second = optional(parts.next()).ok()?;
    if parts.next().is_some() || minute.is_some_and(|m| m > 59) || second.is_some_and(|s| s > 59) {
        return None;
    }
    let (millis, mut length) = match fraction {
        None => (0, 1000),
        Some(digits) => (fraction_millis(digits).filter(|_| second.is_some())?, 1),
    };
    if minute.is_none() {
        length = 3_600_000;
    } else if second.is_none() {
        length = 60_000;
    }
    let local =
        hour * 3_600_000 + minute.unwrap_or(0) * 60_000 + second.unwrap_or(0) * 1000 + millis;
    Some((local - offset(zone)?, length))
}

fn fraction_millis(digits: &str) -> Option<i64> {
    let known = (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let padded = format!("{digits:0<3}");
    padded.get(..3)?.parse().ok().filter(|_| known)
}

/// A zone's offset in milliseconds.
fn offset(zone: &str) -> Option<i64> {
    let (sign, rest) = match zone.chars().next() {
        None => return Some(0),
        Some('Z' | 'z') => return (zone.len() == 1).then_some(0),
        Some('-') => (-1, zone.get(1..)?),
        Some(_) => (1, zone.get(1..)?),
    };
    let hours = number(rest.get(..2)?, 2)?;
    let tail = rest.get(2..)?;
    let minutes = match tail.strip_prefix(':').unwrap_or(tail) {
        "" => 0,
        minutes => number(minutes, 2)?,
    };
    if hours > 23 || minutes > 59 {
        return None;
    }
    Some(sign * (hours * 3_600_000 + minutes * 60_000))
}

/// An instant as ISO 8601 text in UTC.
pub(crate) fn iso_text(millis: i64) -> String {
    let (day, of_day) = (millis.div_euclid(DAY), millis.rem_euclid(DAY));
    let shifted = day + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, milli) = (of_day / 1000 % 60, of_day % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

#[cfg(test)]
mod tests {
    use super::{DAY, days, instant, iso_text, time_of_day, written};
    use crate::tests::calendar;

    #[test]
    fn every_day_is_written_and_read() {
        for day in calendar::days() {
            assert_eq!(
                days(day.year, day.month, day.of_month),
                Some(day.since_1970),
                "{day:?}"
            );
            // Another time of day for each day, and the last millisecond of some.
            let of_day = day.since_1970.rem_euclid(86_399) * 1000 + day.of_year;
            let millis = day.since_1970 * DAY + of_day;
            let (hour, minute) = (of_day / 3_600_000, of_day % 3_600_000 / 60_000);
            let text = format!(
                "{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{:02}.{:03}Z",
                day.year,
                day.month,
                day.of_month,
                of_day % 60_000 / 1000,
                of_day % 1000
            );
            assert_eq!(iso_text(millis), text);
            assert_eq!(written(&text), Some(millis), "{text}");
        }
    }

    #[test]
    fn what_is_left_out_is_a_span() {
        for (text, span) in [
            ("1970-01-01", Some((0, DAY - 1))),
            ("1970-01-02T01", Some((DAY + 3_600_000, DAY + 7_199_999))),
            ("1970-01-01T00:01", Some((60_000, 119_999))),
            ("1970-01-01T00:00:01", Some((1000, 1999))),
            ("1970-01-01T00:00:01.5", Some((1500, 1500))),
            ("1970-01-01T00:00:01.123456789Z", Some((1123, 1123))),
            ("1970-01-01T00:00:00+01:30", Some((-5_400_000, -5_399_001))),
            ("1970-01-01T00:00:00-0130", Some((5_400_000, 5_400_999))),
            ("1970-01-01T00:00:00+02", Some((-7_200_000, -7_199_001))),
            ("1500", Some((-14_831_769_600_000, -14_831_683_200_001))),
            ("1500000", Some((1_500_000, 1_500_000))),
            ("1970-13-01", None),
            ("1970-00-01", None),
            ("1970-02-29", None),
            ("1970-01-01T24:00", None),
            ("1970-01-01T00:60", None),
            ("1970-01-01T00:00:60", None),
            ("1970-01-01T00:00:00+24:00", None),
            ("1970-01-01T00:00:00+01:60", None),
            ("1970-01-01T00:00.5", None),
            ("1970-01T00:00", None),
            ("1970-01-01-01", None),
        ] {
            assert_eq!(instant(text), span, "{text}");
        }
        assert_eq!(time_of_day("23:59:59.999"), Some((DAY - 1, 1)));
    }
}
