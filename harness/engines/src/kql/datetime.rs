//! Instants, as ticks of 100 ns since the first of January of year 1, in UTC.
//!
//! Kusto docs: scalar-data-types/datetime, with its table of supported formats. No time zone but UTC exists.

pub(super) const SECOND: i64 = 10_000_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;
/// The last tick of year 9999.
pub(super) const MAX: i64 = 3_652_059 * DAY - 1;
/// Ticks at 1970-01-01.
pub(super) const UNIX_EPOCH: i64 = 719_162 * DAY;
/// Ticks at 1601-01-01, where Windows file times start.
pub(super) const FILETIME_EPOCH: i64 = 584_388 * DAY;

/// A date of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: i64,
    pub(super) month: i64,
    pub(super) day: i64,
}

/// Days from 0001-01-01 to the date; None if there is no such day.
pub(super) fn days(date: Date) -> Option<i64> {
    let Date { year, month, day } = date;
    if !(1..=9999).contains(&year)
        || !(1..=12).contains(&month)
        || day < 1
        || day > month_length(year, month)
    {
        return None;
    }
    let before = (year - 1) * 365 + (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400;
    let months: i64 = (1..month).map(|earlier| month_length(year, earlier)).sum();
    Some(before + months + day - 1)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The date of an instant.
pub(super) fn date(ticks: i64) -> Date {
    let days_since = ticks.div_euclid(DAY);
    // Shift to an era that starts on the first of March, so that leap days come last (the "civil from days" method).
    let shifted = days_since + 306;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Date { year, month, day }
}

/// Days since the preceding Sunday. 0001-01-01 was a Monday.
pub(super) fn weekday(ticks: i64) -> i64 {
    (ticks.div_euclid(DAY) + 1).rem_euclid(7)
}

/// The day of the year, from 1.
pub(super) fn day_of_year(ticks: i64) -> i64 {
    let first = Date {
        month: 1,
        day: 1,
        ..date(ticks)
    };
    days(first).map_or(1, |start| ticks.div_euclid(DAY) - start + 1)
}

/// The ISO 8601 week: the first is the one with the year's first Thursday. Kusto docs: `week_of_year()`.
pub(super) fn week_of_year(ticks: i64) -> i64 {
    if verdict_faults::at("kql/engine/weeks-count-from-new-year") {
        return (day_of_year(ticks) - 1) / 7 + 1;
    }
    let from_monday = (weekday(ticks) + 6) % 7;
    let thursday = ticks + (3 - from_monday) * DAY;
    (day_of_year(thursday.clamp(0, MAX)) - 1) / 7 + 1
}

/// `2015-12-31T23:59:59.9000000Z`. Kusto docs: tostring, datetime.
pub(super) fn format(ticks: i64) -> String {
    let Date { year, month, day } = date(ticks);
    let rest = ticks.rem_euclid(DAY);
    let (hour, minute) = (rest / HOUR, rest / MINUTE % 60);
    let (second, fraction) = (rest / SECOND % 60, rest % SECOND);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:07}Z")
}

/// Reads a date in any documented format; None for anything else.
pub(super) fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    // RFC 822 and 850 may name the day, which says nothing more.
    let text = text.split_once(',').map_or(text, |(_, rest)| rest.trim());
    let mut cursor = Cursor { rest: text };
    let date = cursor.date()?;
    let mut ticks = days(date)?.checked_mul(DAY)?;
    if !cursor.rest.is_empty() {
        cursor.separator()?;
        ticks = ticks.checked_add(cursor.time()?)?;
        ticks = ticks.checked_sub(cursor.zone()?)?;
    }
    (cursor.rest.is_empty() && (0..=MAX).contains(&ticks)).then_some(ticks)
}

struct Cursor<'t> {
    rest: &'t str,
}

impl Cursor<'_> {
    /// Digits, at least one and at most `most`.
    fn number(&mut self, most: usize) -> Option<i64> {
        let len = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 || len > most {
            return None;
        }
        let (digits, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        digits.parse().ok()
    }

    fn eat(&mut self, letter: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(letter)?;
        Some(())
    }

    fn date(&mut self) -> Option<Date> {
        let leading = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let first = self.number(4)?;
        let separator = self.rest.chars().next()?;
        self.eat(separator)?;
        if let Some(month) = self.month_name() {
            self.rest = self.rest.strip_prefix([' ', '-'])?;
            let year = self.number(4)?;
            // RFC 822 years of two digits: assumed to pivot as .NET does, 2049.
            let year = match year {
                0..=49 => year + 2000,
                50..=99 => year + 1900,
                _ => year,
            };
            return Some(Date {
                year,
                month,
                day: first,
            });
        }
        if !matches!(separator, '-' | '/' | '.') {
            return None;
        }
        let second = self.number(2)?;
        self.eat(separator)?;
        if leading == 4 {
            let day = self.number(2)?;
            return Some(Date {
                year: first,
                month: second,
                day,
            });
        }
        // `12-02-2022` is in the todatetime page; month before day is assumed.
        let year = self.number(4).filter(|year| *year > 99)?;
        Some(Date {
            year,
            month: first,
            day: second,
        })
    }

    fn month_name(&mut self) -> Option<i64> {
        const NAMES: [&str; 12] = [
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ];
        let name = self.rest.get(..3)?.to_ascii_lowercase();
        let at = NAMES.iter().position(|known| *known == name)?;
        self.rest = self.rest.get(3..)?;
        i64::try_from(at + 1).ok()
    }

    fn separator(&mut self) -> Option<()> {
        self.rest = self.rest.strip_prefix(['T', 't', ' '])?.trim_start();
        Some(())
    }

    fn time(&mut self) -> Option<i64> {
        let hour = self.number(2).filter(|hour| *hour < 24)?;
        self.eat(':')?;
        let minute = self.number(2).filter(|minute| *minute < 60)?;
        let mut ticks = hour * HOUR + minute * MINUTE;
        if self.eat(':').is_some() {
            ticks += self.number(2).filter(|second| *second < 60)? * SECOND;
            if self.eat('.').is_some() {
                ticks += self.fraction()?;
            }
        }
        Some(ticks)
    }

    /// Seven digits are kept; more are cut, which is assumed.
    fn fraction(&mut self) -> Option<i64> {
        let len = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at_checked(len)?;
        if len == 0 {
            return None;
        }
        self.rest = rest;
        let kept: String = digits.chars().chain("0000000".chars()).take(7).collect();
        kept.parse().ok()
    }

    fn zone(&mut self) -> Option<i64> {
        self.rest = self.rest.trim_start();
        for name in ["Z", "z", "GMT", "UTC"] {
            if self.rest == name {
                self.rest = "";
            }
        }
        let sign = match self.rest.chars().next() {
            None => return Some(0),
            Some('+') if verdict_faults::at("kql/engine/offset-is-added") => -1,
            Some('+') => 1,
            Some('-') => -1,
            Some(_) => return None,
        };
        self.rest = self.rest.get(1..)?;
        let (hour, minute) = if self.rest.len() == 4 {
            let both = self.number(4)?;
            (both / 100, both % 100)
        } else {
            let hour = self.number(2)?;
            let minute = if self.eat(':').is_some() {
                self.number(2)?
            } else {
                0
            };
            (hour, minute)
        };
        (hour <= 14 && minute < 60).then_some(sign * (hour * HOUR + minute * MINUTE))
    }
}

#[cfg(test)]
mod tests {
    use super::{
        DAY, Date, HOUR, MINUTE, SECOND, UNIX_EPOCH, date, day_of_year, days, format, parse,
        week_of_year, weekday,
    };
    use crate::tests::calendar;

    #[test]
    fn every_day_is_written_and_read() {
        for day in calendar::days() {
            let ticks = UNIX_EPOCH + day.since_1970 * DAY + day.since_1970.rem_euclid(DAY);
            let civil = Date {
                year: day.year,
                month: day.month,
                day: day.of_month,
            };
            assert_eq!(date(ticks), civil);
            assert_eq!(days(civil), Some(ticks / DAY));
            assert_eq!(
                (weekday(ticks), day_of_year(ticks)),
                ((day.weekday + 1) % 7, day.of_year),
                "{day:?}"
            );
            assert_eq!(parse(&format(ticks)), Some(ticks), "{}", format(ticks));
            if day.weekday == 3 {
                // ISO 8601: the week of a Thursday is the number of Thursdays so far, and its other days are of the same week.
                for other in -3..=3 {
                    assert_eq!(
                        week_of_year(ticks + other * DAY),
                        (day.of_year - 1) / 7 + 1,
                        "{day:?} {other}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_formats_of_the_documents() {
        let at = |text: &str| parse(text).map(|ticks| ticks - UNIX_EPOCH);
        for (text, ticks) in [
            ("1970-01-01", Some(0)),
            ("1970-01-01T00:00:01.5", Some(SECOND + SECOND / 2)),
            ("1970-01-02 03:04", Some(DAY + 3 * HOUR + 4 * MINUTE)),
            ("1970-01-01 00:00:00.12345678", Some(1_234_567)),
            ("Thu, 1 Jan 1970 00:00:01 GMT", Some(SECOND)),
            ("2 Jan 70 01:00", Some(DAY + HOUR)),
            ("1-Jan-49 00:00", Some(28_855 * DAY)),
            ("01/02/1970", Some(DAY)),
            ("1970-01-01T00:00:00+01:30", Some(-(HOUR + 30 * MINUTE))),
            ("1970-01-01T00:00:00-0130", Some(HOUR + 30 * MINUTE)),
            ("1970-01-01T00:00:00+14", Some(-14 * HOUR)),
            ("1970-01-01T00:00:00+15:00", None),
            ("1970-01-01T00:00:00+01:60", None),
            ("1970-01-01T24:00", None),
            ("1970-01-01T00:60", None),
            ("1970-01-01T00:00:60", None),
            ("1970-02-29", None),
            ("1970-13-01", None),
            ("1970-01-01T00:00:00.", None),
            ("01/02/70", None),
            ("01/02/99", None),
            ("01/02/0100", Some(-683_002 * DAY)),
            ("1 Jan 1970 00:00:00 UTC", Some(0)),
            ("1970-01-01 00:00:00 EST", None),
            ("1970.01.02", Some(DAY)),
            ("1970/01/02", Some(DAY)),
            ("1970-01/02", None),
            ("1970-01-01T00:00:00 +0100", Some(-HOUR)),
            ("1970-01-01T00:00:00+1", Some(-HOUR)),
            ("9999-12-31T23:59:59.9999999-00:01", None),
            ("0001-01-01T00:00:00+00:01", None),
            ("1 Foo 1970", None),
        ] {
            assert_eq!(at(text), ticks, "{text}");
        }
    }
}
