//! Instants: ISO 8601 text, always read in UTC.

/// A part of a date-time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatePart {
    /// 0 to 59.
    Minute,
    /// 0 to 23.
    Hour,
    /// Day of the month, 1 to 31.
    Day,
    /// ISO week, 1 to 53.
    Week,
    /// 1 to 12.
    Month,
    /// The year of the date (not of the ISO week).
    Year,
}

/// Milliseconds since 1970 of an ISO 8601 date-time: `YYYY-MM-DD`, `T` or a space, `hh:mm`, optionally `:ss` and a fraction of it, and
/// `Z`, `±hh:mm`, `±hhmm` or nothing, which is UTC. A date alone is its midnight.
pub fn parse(text: &str) -> Option<i64> {
    let mut rest = Scan { rest: text };
    let year = rest.digits(4)?;
    rest.sign("-")?;
    let month = rest.digits(2)?;
    rest.sign("-")?;
    let day = rest.digits(2)?;
    if !(1..=12).contains(&month) || !(1..=month_length(year, month)).contains(&day) {
        return None;
    }
    let midnight = days_since_epoch(year, month, day) * 86_400_000;
    if rest.rest.is_empty() {
        return Some(midnight);
    }
    rest.sign("T").or_else(|| rest.sign(" "))?;
    let hour = rest.digits(2)?;
    rest.sign(":")?;
    let minute = rest.digits(2)?;
    let (mut second, mut millis) = (0, 0);
    if rest.sign(":").is_some() {
        second = rest.digits(2)?;
        // A fraction is one of a second: `08:01.5` is no time.
        if rest.sign(".").is_some() {
            millis = rest.fraction()?;
        }
    }
    let zone = rest.zone()?;
    if hour > 23 || minute > 59 || second > 59 || !rest.rest.is_empty() {
        return None;
    }
    Some(midnight + ((hour * 60 + minute - zone) * 60 + second) * 1000 + millis)
}

/// As [`parse`], but a date alone is not enough: a part of a date-time is asked for, so there must be one.
pub fn parse_date_time(text: &str) -> Option<i64> {
    parse(text).filter(|_| text.len() > "2026-01-01".len())
}

/// A part of an instant (milliseconds since 1970), in UTC.
pub fn part(millis: i64, part: DatePart) -> i64 {
    let days = millis.div_euclid(86_400_000);
    let minutes = millis.rem_euclid(86_400_000) / 60_000;
    let (year, month, day) = civil(days);
    match part {
        DatePart::Minute => minutes % 60,
        DatePart::Hour => minutes / 60,
        DatePart::Day => day,
        DatePart::Week => iso_week(days),
        DatePart::Month => month,
        DatePart::Year => year,
    }
}

struct Scan<'t> {
    rest: &'t str,
}

impl Scan<'_> {
    fn sign(&mut self, sign: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(sign)?;
        Some(())
    }

    fn digits(&mut self, count: usize) -> Option<i64> {
        let digits = self.rest.get(..count)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.rest = self.rest.get(count..)?;
        digits.parse().ok()
    }

    /// The digits after a point, as milliseconds; finer ones are cut off.
    fn fraction(&mut self) -> Option<i64> {
        let count = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let digits = self.rest.get(..count).filter(|digits| !digits.is_empty())?;
        self.rest = self.rest.get(count..)?;
        format!("{digits:0<3}").get(..3)?.parse().ok()
    }

    /// The zone's offset in minutes.
    fn zone(&mut self) -> Option<i64> {
        if self.rest.is_empty() || self.sign("Z").is_some() {
            return Some(0);
        }
        let sign = if self.sign("+").is_some() {
            1
        } else {
            self.sign("-")?;
            -1
        };
        let hours = self.digits(2)?;
        let _ = self.sign(":");
        let minutes = self.digits(2)?;
        (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes))
    }
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 (Howard Hinnant's `days_from_civil`).
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a count of days from 1970-01-01 (Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
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
    (year, month, day)
}

/// The ISO week: that of the Thursday in the same week.
fn iso_week(days: i64) -> i64 {
    let weekday = (days + 3).rem_euclid(7);
    let thursday = days - weekday + 3;
    let (year, _, _) = civil(thursday);
    (thursday - days_since_epoch(year, 1, 1)) / 7 + 1
}

#[cfg(test)]
mod tests {
    use super::{DatePart, parse, parse_date_time, part};

    #[test]
    fn texts_and_zones() {
        for (text, millis) in [
            ("1970-01-01", 0),
            ("2024-02-29T23:59:59.9999Z", 1_709_251_199_999),
            ("2024-03-01 00:30:00+01:00", 1_709_249_400_000),
            ("2024-03-01T00:30-0130", 1_709_258_400_000),
        ] {
            assert_eq!(parse(text), Some(millis), "{text}");
        }
        for text in [
            "",
            "2024-13-01",
            "2023-02-29",
            "2024-01-01T24:00",
            "2024-01-01T08:01.5",
            "2024-01-01x",
            "20240101",
            "1h",
            "12:30",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse_date_time("1970-01-01"), None);
    }

    #[test]
    fn weeks_are_iso_weeks() {
        for (text, week) in [
            ("2021-01-03", 53),
            ("2021-01-04", 1),
            ("2024-12-30", 1),
            ("2026-11-25", 48),
        ] {
            assert_eq!(
                parse(text).map(|at| part(at, DatePart::Week)),
                Some(week),
                "{text}"
            );
        }
    }
}
