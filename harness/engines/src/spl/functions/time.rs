//! Times as text and as seconds since 1970. Source: Date and Time functions, strptime, strftime; "Date and time format variables".
//!
//! Splunk reads and writes times without a zone in the zone of the user. Here that is UTC (assumed).

use super::super::value::Val;
use std::borrow::Cow;
use std::fmt::Write as _;

const DAY: i64 = 86_400;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// The seconds that a text means. Nothing if the text is not of the format (assumed); what is left over behind it is left open.
pub(super) fn parse<'r>(value: Val<'_>, mut rest: Vec<Val<'_>>) -> Val<'r> {
    let format = match rest.pop().map(Val::single) {
        Some(Ok(format)) => format.into_owned(),
        Some(Err(outcome)) => return outcome,
        None => return Val::Null,
    };
    let text = match value.single() {
        Ok(text) => text.into_owned(),
        Err(outcome) => return outcome,
    };
    let mut reader = Reader {
        rest: &text,
        parts: Parts::default(),
    };
    match reader.read(&format) {
        Err(why) => Val::Undefined(why),
        Ok(false) => Val::Null,
        Ok(true) if !reader.rest.is_empty() => {
            Val::Undefined("strptime() with something behind the time")
        }
        Ok(true) => reader.parts.seconds(),
    }
}

/// What was read of a time.
#[derive(Default)]
struct Parts {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    fraction: f64,
    offset: i64,
    epoch: Option<i64>,
}

impl Parts {
    /// Source: strptime: the time must include a day, and be of 1971 or later.
    fn seconds<'r>(&self) -> Val<'r> {
        if let Some(epoch) = self.epoch {
            return seconds(epoch, 0.0);
        }
        let (Some(year), Some(month), Some(day)) = (self.year, self.month, self.day) else {
            return Val::Undefined("strptime() of a time without year, month and day");
        };
        let last = match month {
            4 | 6 | 9 | 11 => 30,
            2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
            2 => 28,
            _ => 31,
        };
        if day > last {
            return Val::Undefined("strptime() of a day that does not exist");
        }
        if year < 1971 {
            return Val::Undefined("strptime() of a time before 1971");
        }
        let days = days(year, month, day);
        let clock = self.hour * 3600 + self.minute * 60 + self.second;
        seconds(days * DAY + clock - self.offset, self.fraction)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "seconds of years with four digits are exact"
)]
fn seconds<'r>(whole: i64, fraction: f64) -> Val<'r> {
    Val::Number(whole as f64 + fraction)
}

/// Days since 1970 of a date of the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let shifted = if month > 2 { year } else { year - 1 };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    365 * shifted + shifted.div_euclid(4) - shifted.div_euclid(100)
        + shifted.div_euclid(400)
        + of_year
        - 719_468
}

/// The seconds that an ISO 8601 text means: a date, and perhaps a time with a fraction and a zone. Without a zone it is UTC.
pub(in super::super) fn iso_seconds(text: &str) -> Option<f64> {
    let (date, clock) = match text.split_once(['T', 't', ' ']) {
        Some((date, clock)) => (date, clock),
        None => (text, "00:00:00"),
    };
    let digits = |text: &str, width: usize| {
        let whole = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i64>().ok().filter(|_| whole)
    };
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (
        digits(parts.next()?, 4)?,
        digits(parts.next()?, 2)?,
        digits(parts.next()?, 2)?,
    );
    let zone_at = clock.find(['Z', 'z', '+', '-']).unwrap_or(clock.len());
    let (clock, zone) = clock.split_at_checked(zone_at)?;
    let offset = match zone.chars().next() {
        None | Some('Z' | 'z') => 0,
        Some(sign) => {
            let bare = zone.get(1..)?.replace(':', "");
            let minutes = digits(bare.get(..2)?, 2)? * 60 + digits(bare.get(2..)?, 2).unwrap_or(0);
            if sign == '-' {
                -minutes * 60
            } else {
                minutes * 60
            }
        }
    };
    let (clock, fraction) = clock.split_once(['.', ',']).unwrap_or((clock, "0"));
    let mut parts = clock.splitn(3, ':');
    let (hour, minute) = (digits(parts.next()?, 2)?, digits(parts.next()?, 2)?);
    let second = parts.next().map_or(Some(0), |second| digits(second, 2))?;
    if !(1..=12).contains(&month)
        || !(1..=31).contains(&day)
        || hour > 23
        || minute > 59
        || second > 59
    {
        return None;
    }
    let whole = days(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset;
    // To the millisecond, so that texts of one instant give one number.
    let padded = format!("{fraction:0<3}");
    let millis = digits(padded.get(..3)?, 3)?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of years with four digits are exact"
    )]
    Some((whole * 1000 + millis) as f64 / 1000.0)
}

/// The date of a day since 1970.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

struct Reader<'t> {
    rest: &'t str,
    parts: Parts,
}

impl Reader<'_> {
    /// Whether the text is of the format; an error where the format has something that is not run here.
    fn read(&mut self, format: &str) -> Result<bool, &'static str> {
        let mut letters = format.chars();
        while let Some(letter) = letters.next() {
            let fits = if letter == '%' {
                self.variable(&mut letters)?
            } else {
                self.literal(letter)
            };
            if !fits {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn literal(&mut self, letter: char) -> bool {
        self.rest
            .strip_prefix(letter)
            .map(|rest| self.rest = rest)
            .is_some()
    }

    fn variable(&mut self, letters: &mut std::str::Chars<'_>) -> Result<bool, &'static str> {
        let letter = letters.next().unwrap_or('%');
        let set = |place: &mut Option<i64>, value: Option<i64>| {
            *place = value;
            value.is_some()
        };
        Ok(match letter {
            'Y' => {
                let value = self.number(4, 4, 0, 9999);
                set(&mut self.parts.year, value)
            }
            'm' => {
                let value = self.number(2, 2, 1, 12);
                set(&mut self.parts.month, value)
            }
            'd' => {
                let value = self.number(2, 2, 1, 31);
                set(&mut self.parts.day, value)
            }
            'H' => self.clock(23, |parts, value| parts.hour = value),
            'M' => self.clock(59, |parts, value| parts.minute = value),
            'S' => self.clock(59, |parts, value| parts.second = value),
            'F' => return self.read("%Y-%m-%d"),
            'T' => return self.read("%H:%M:%S"),
            's' => {
                let value = self.number(1, 11, 0, i64::MAX);
                set(&mut self.parts.epoch, value)
            }
            'b' | 'B' => {
                let value = self.month();
                set(&mut self.parts.month, value)
            }
            'z' => self.zone(),
            '%' => self.literal('%'),
            'f' => self.fraction(6),
            'N' => self.fraction(9),
            'Q' => self.fraction(3),
            '3' | '6' | '9' => {
                if !matches!(letters.next(), Some('N' | 'Q')) {
                    return Err("a time format that is not run here");
                }
                self.fraction(usize::try_from(letter.to_digit(10).unwrap_or(3)).unwrap_or(3))
            }
            _ => return Err("a time format that is not run here"),
        })
    }

    fn number(&mut self, least: usize, most: usize, low: i64, high: i64) -> Option<i64> {
        let digits = self
            .rest
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        if digits < least {
            return None;
        }
        let (number, rest) = self.rest.split_at_checked(digits)?;
        let value = number.parse().ok()?;
        self.rest = rest;
        (low..=high).contains(&value).then_some(value)
    }

    fn clock(&mut self, high: i64, set: fn(&mut Parts, i64)) -> bool {
        let value = self.number(2, 2, 0, high);
        value.map(|value| set(&mut self.parts, value)).is_some()
    }

    fn month(&mut self) -> Option<i64> {
        for (name, number) in MONTHS.iter().zip(1..) {
            for name in [Some(*name), name.get(..3)].into_iter().flatten() {
                let head = self.rest.get(..name.len());
                if head.is_some_and(|head| head.eq_ignore_ascii_case(name)) {
                    self.rest = self.rest.get(name.len()..).unwrap_or_default();
                    return Some(number);
                }
            }
        }
        None
    }

    fn fraction(&mut self, digits: usize) -> bool {
        let found = self
            .rest
            .bytes()
            .take(digits)
            .take_while(u8::is_ascii_digit)
            .count();
        let Some((number, rest)) = self.rest.split_at_checked(found).filter(|_| found > 0) else {
            return false;
        };
        self.parts.fraction = format!("0.{number}").parse().unwrap_or(0.0);
        self.rest = rest;
        true
    }

    /// `+hhmm`, `+hh:mm` or `Z`.
    fn zone(&mut self) -> bool {
        if self.literal('Z') {
            return true;
        }
        let sign = match self.rest.chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ => return false,
        };
        self.rest = self.rest.get(1..).unwrap_or_default();
        let hours = self.number(2, 2, 0, 14);
        self.literal(':');
        let minutes = self.number(2, 2, 0, 59);
        match (hours, minutes) {
            (Some(hours), Some(minutes)) => {
                self.parts.offset = sign * (hours * 3600 + minutes * 60);
                true
            }
            _ => false,
        }
    }
}

/// A time as text.
pub(super) fn format<'r>(value: &Val<'_>, mut rest: Vec<Val<'_>>) -> Val<'r> {
    let format = match rest.pop().map(Val::single) {
        Some(Ok(format)) => format.into_owned(),
        Some(Err(outcome)) => return outcome,
        None => return Val::Null,
    };
    let Some(number) = value.number() else {
        return Val::Undefined("strftime() of what is no number");
    };
    if !(0.0..253_402_300_800.0).contains(&number) {
        return Val::Undefined("strftime() of a time before 1970 or after 9999");
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range is checked before"
    )]
    let whole = number.floor() as i64;
    match write(whole, &format) {
        Some(text) => Val::Text(Cow::Owned(text)),
        None => Val::Undefined("a time format that is not run here"),
    }
}

fn write(whole: i64, format: &str) -> Option<String> {
    let (day, clock) = (whole.div_euclid(DAY), whole.rem_euclid(DAY));
    let (year, month, of_month) = date(day);
    let weekday = (day + 4).rem_euclid(7);
    let name = |names: &[&'static str], at: i64| {
        usize::try_from(at)
            .ok()
            .and_then(|at| names.get(at).copied())
    };
    let mut out = String::new();
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        let done = match letters.next()? {
            'Y' => write!(out, "{year:04}"),
            'm' => write!(out, "{month:02}"),
            'd' => write!(out, "{of_month:02}"),
            'H' => write!(out, "{:02}", clock / 3600),
            'M' => write!(out, "{:02}", clock / 60 % 60),
            'S' => write!(out, "{:02}", clock % 60),
            'F' => write!(out, "{year:04}-{month:02}-{of_month:02}"),
            'T' => write!(
                out,
                "{:02}:{:02}:{:02}",
                clock / 3600,
                clock / 60 % 60,
                clock % 60
            ),
            'j' => write!(out, "{:03}", day - days(year, 1, 1) + 1),
            'w' => write!(out, "{weekday}"),
            'A' => write!(out, "{}", name(&DAYS, weekday)?),
            'a' => write!(out, "{}", name(&DAYS, weekday)?.get(..3)?),
            'B' => write!(out, "{}", name(&MONTHS, month - 1)?),
            'b' => write!(out, "{}", name(&MONTHS, month - 1)?.get(..3)?),
            'V' => write!(out, "{:02}", iso_week(day)),
            's' => write!(out, "{whole}"),
            '%' => {
                out.push('%');
                Ok(())
            }
            _ => return None,
        };
        done.ok()?;
    }
    Some(out)
}

/// The week of ISO 8601: that of the Thursday beside the day.
fn iso_week(day: i64) -> i64 {
    let thursday = day - (day + 3).rem_euclid(7) + 3;
    let (year, ..) = date(thursday);
    (thursday - days(year, 1, 1)) / 7 + 1
}

#[cfg(test)]
mod tests {
    use super::{DAY, date, days, iso_seconds};
    use crate::tests::calendar;

    #[test]
    fn every_day_there_and_back() {
        for day in calendar::days() {
            assert_eq!(
                days(day.year, day.month, day.of_month),
                day.since_1970,
                "{day:?}"
            );
            assert_eq!(date(day.since_1970), (day.year, day.month, day.of_month));
        }
    }

    #[test]
    #[expect(clippy::cast_precision_loss, reason = "whole seconds of this century")]
    fn texts_of_instants() {
        for (text, seconds) in [
            ("1970-01-02", Some(DAY as f64)),
            ("1970-01-01T01:02:03", Some(3723.0)),
            ("1970-01-01 00:01", Some(60.0)),
            ("1970-01-01T00:00:01.5Z", Some(1.5)),
            ("1970-01-01T00:00:01,25z", Some(1.25)),
            ("1970-01-01T00:00:00.9999Z", Some(0.999)),
            ("1970-01-01T00:00:00+01:30", Some(-5400.0)),
            ("1970-01-01T00:00:00-0130", Some(5400.0)),
            ("1970-01-01T00:00:00+02", Some(-7200.0)),
            ("1970-13-01", None),
            ("1970-00-01", None),
            ("1970-01-32", None),
            ("1970-01-00", None),
            ("1970-01-01T24:00", None),
            ("1970-01-01T00:60", None),
            ("1970-01-01T00:00:60", None),
            ("1970-01-01T1:00", None),
            ("70-01-01", None),
        ] {
            assert_eq!(iso_seconds(text), seconds, "{text}");
        }
    }
}
