//! Dates as milliseconds since 1970 in UTC, and amounts of time.

use super::value::Scalar;

pub(super) const SECOND: i64 = 1000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;

/// The years that are written with four digits.
const YEARS: std::ops::RangeInclusive<i64> = 0..=9999;

/// A date in the proleptic Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Civil {
    pub(super) year: i64,
    /// 1 to 12.
    pub(super) month: i64,
    /// 1 to 31.
    pub(super) day: i64,
}

/// Days since 1970-01-01. The usual arithmetic over years that begin in March.
pub(super) fn days(date: Civil) -> i64 {
    let year = if date.month <= 2 {
        date.year - 1
    } else {
        date.year
    };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month = (date.month + 9) % 12;
    let day_of_year = (153 * month + 2) / 5 + date.day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The date of a day since 1970-01-01.
pub(super) fn civil(days: i64) -> Civil {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    Civil {
        year: year_of_era + era * 400 + i64::from(month <= 2),
        month,
        day: day_of_year - (153 * shifted_month + 2) / 5 + 1,
    }
}

/// How many days a month has.
pub(super) fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn digits(&mut self, count: usize) -> Option<i64> {
        let digits = self.rest.get(..count)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.rest = self.rest.get(count..)?;
        digits.parse().ok()
    }

    fn take(&mut self, sign: char) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// A fraction of one to nine digits, in milliseconds; what is finer is cut.
    fn fraction(&mut self) -> Option<i64> {
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if !(1..=9).contains(&count) {
            return None;
        }
        let digits = self.rest.get(..count)?;
        self.rest = self.rest.get(count..)?;
        let millis: String = digits.chars().chain("00".chars()).take(3).collect();
        millis.parse().ok()
    }

    /// `Z`, `+01:00`, `+0100` or `+01`, in milliseconds.
    fn zone(&mut self) -> Option<i64> {
        if self.rest.is_empty() || self.take('Z') {
            return Some(0);
        }
        let sign = if self.take('-') {
            if verdict_faults::at("esql/engine/offset-west-is-east") {
                1
            } else {
                -1
            }
        } else if self.take('+') {
            1
        } else {
            return None;
        };
        let hours = self.digits(2)?;
        let minutes = if self.take(':') || !self.rest.is_empty() {
            self.digits(2)?
        } else {
            0
        };
        (hours <= 18 && minutes < 60).then_some(sign * (hours * HOUR + minutes * MINUTE))
    }
}

/// Reads `strict_date_optional_time`: a year, then month, day, `T` and a time as far as they are given.
///
/// Source: docs, mapping date format: `strict_date_optional_time`; `EsqlDataTypeConverter.DEFAULT_DATE_TIME_FORMATTER`.
pub(super) fn parse(text: &str) -> Option<i64> {
    let mut reader = Reader { rest: text };
    let year = reader.digits(4)?;
    let (mut month, mut day) = (1, 1);
    if reader.take('-') {
        month = reader.digits(2)?;
        if reader.take('-') {
            day = reader.digits(2)?;
        }
    }
    if !(1..=12).contains(&month) || day < 1 || day > month_length(year, month) {
        return None;
    }
    let mut millis = days(Civil { year, month, day }) * DAY;
    let blank = verdict_faults::at("esql/engine/blank-stands-for-t") && reader.take(' ');
    if (blank || reader.take('T')) && !reader.rest.is_empty() {
        let hour = reader.digits(2)?;
        let (mut minute, mut second) = (0, 0);
        if reader.take(':') {
            minute = reader.digits(2)?;
            if reader.take(':') {
                second = reader.digits(2)?;
                if reader.take('.') || reader.take(',') {
                    millis += reader.fraction()?;
                }
            }
        }
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        millis += hour * HOUR + minute * MINUTE + second * SECOND;
        millis -= reader.zone()?;
    }
    reader.rest.is_empty().then_some(millis)
}

/// `2024-05-01T10:00:00.000Z`. Source: docs, `TO_STRING` of a date.
pub(super) fn text(millis: i64) -> String {
    let date = civil(millis.div_euclid(DAY));
    let time = millis.rem_euclid(DAY);
    let year = if YEARS.contains(&date.year) {
        format!("{:04}", date.year)
    } else {
        format!("{:+}", date.year)
    };
    format!(
        "{year}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        date.month,
        date.day,
        time / HOUR,
        time / MINUTE % 60,
        time / SECOND % 60,
        time % SECOND
    )
}

/// Units of amounts: months, days and milliseconds that one of them has.
/// Source: docs, esql-time-spans: `DATE_PERIOD` and `TIME_DURATION`.
fn unit(name: &str) -> Option<(i64, i64, i64)> {
    Some(match name {
        "millisecond" | "milliseconds" | "ms" => (0, 0, 1),
        "second" | "seconds" | "sec" | "s" => (0, 0, SECOND),
        "minute" | "minutes" | "min" | "m" => (0, 0, MINUTE),
        "hour" | "hours" | "h" => (0, 0, HOUR),
        "day" | "days" | "d" => (0, 1, 0),
        "week" | "weeks" | "w" => (0, 7, 0),
        "month" | "months" | "mo" => (1, 0, 0),
        "quarter" | "quarters" | "q" => (3, 0, 0),
        "year" | "years" | "yr" | "y" => (12, 0, 0),
        _ => return None,
    })
}

/// Whether a word is a unit of an amount.
pub(super) fn is_unit(name: &str) -> bool {
    unit(name).is_some()
}

/// The amount of time that a number of units is.
pub(super) fn amount(count: i64, name: &str) -> Option<Scalar<'static>> {
    let (months, days, millis) = unit(name)?;
    if millis > 0 {
        return Some(Scalar::Duration(count.checked_mul(millis)?));
    }
    Some(Scalar::Period {
        months: count.checked_mul(months)?,
        days: count.checked_mul(days)?,
    })
}

/// A date some months and days later. Source: Java's `ZonedDateTime.plus(Period)`: months first, the day cut to the month's length.
pub(super) fn plus_period(millis: i64, months: i64, more_days: i64) -> Option<i64> {
    let date = civil(millis.div_euclid(DAY));
    let total = date
        .year
        .checked_mul(12)?
        .checked_add(date.month - 1)?
        .checked_add(months)?;
    let (year, month) = (total.div_euclid(12), total.rem_euclid(12) + 1);
    if !(-999_999..=999_999).contains(&year) {
        return None;
    }
    let day = date.day.min(month_length(year, month));
    days(Civil { year, month, day })
        .checked_add(more_days)?
        .checked_mul(DAY)?
        .checked_add(millis.rem_euclid(DAY))
}

/// `3 days` in a string. Source: elasticsearch, `EsqlDataTypeConverter.maybeParseTemporalAmount`.
pub(super) fn read_amount(text: &str) -> Option<Scalar<'static>> {
    let mut words = text.split_ascii_whitespace();
    let (count, unit) = (words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    amount(count.parse().ok()?, &unit.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{Civil, DAY, HOUR, MINUTE, civil, days, month_length, parse, plus_period, text};
    use crate::tests::calendar;

    #[test]
    fn every_day_is_written_and_read() {
        for day in calendar::days() {
            let date = Civil {
                year: day.year,
                month: day.month,
                day: day.of_month,
            };
            assert_eq!((days(date), civil(day.since_1970)), (day.since_1970, date));
            let millis = day.since_1970 * DAY + day.since_1970.rem_euclid(DAY);
            assert_eq!(parse(&text(millis)), Some(millis), "{}", text(millis));
        }
    }

    #[test]
    fn a_month_later_the_day_is_cut() {
        for (from, months, more, to) in [
            ("2024-01-31", 1, 0, "2024-02-29"),
            ("2023-01-31", 1, 1, "2023-03-01"),
            ("2024-03-31", -1, 0, "2024-02-29"),
            ("2023-12-15", 1, 0, "2024-01-15"),
            ("2024-01-15", -13, -15, "2022-11-30"),
        ] {
            let later = parse(from).and_then(|millis| plus_period(millis + 5, months, more));
            assert_eq!(
                later,
                parse(to).map(|millis| millis + 5),
                "{from} {months} {more}"
            );
        }
        assert_eq!(
            (1..=12).map(|month| month_length(1900, month)).sum::<i64>(),
            365
        );
        assert_eq!(
            (1..=12).map(|month| month_length(2000, month)).sum::<i64>(),
            366
        );
    }

    #[test]
    fn zones_and_refusals() {
        for (text, millis) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1970-01-01T00:00", Some(0)),
            ("1970-01-01T", Some(0)),
            ("1970", Some(0)),
            ("1970-02", Some(31 * DAY)),
            ("1970-01-01T00:00:00+01:30", Some(-(HOUR + 30 * MINUTE))),
            ("1970-01-01T00:00:00-0130", Some(HOUR + 30 * MINUTE)),
            ("1970-01-01T00:00:00+18", Some(-18 * HOUR)),
            ("1970-01-01T00:00:00,25Z", Some(250)),
            ("1970-01-01T00:00:00.123456789Z", Some(123)),
            ("1970-01-01T00:00:00+19:00", None),
            ("1970-01-01T00:00:00+01:60", None),
            ("1970-01-01T24:00", None),
            ("1970-01-01T00:60", None),
            ("1970-01-01T00:00:60", None),
            ("1970-01-01T00:00:00.", None),
            ("1970-13-01", None),
            ("1970-01-32", None),
            ("1970-01-00", None),
            ("1970-01-01 ", None),
        ] {
            assert_eq!(parse(text), millis, "{text}");
        }
    }
}
