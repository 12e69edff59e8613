//! Functions of dates, in UTC. Source: docs, date-time functions, the page of each.

use super::Apply;
use crate::esql::datetime::{Civil, DAY, HOUR, MINUTE, SECOND, civil, days};
use crate::esql::value::Scalar;

fn date(arguments: &[Scalar<'_>], at: usize) -> Option<i64> {
    match arguments.get(at)? {
        Scalar::Date(millis) => Some(*millis),
        _other => None,
    }
}

/// Whether a part or a unit has such a name, for a function of this module.
pub(in crate::esql) fn knows(apply: Apply, name: &str) -> bool {
    let dates = [Scalar::text(name), Scalar::Date(0), Scalar::Date(0)];
    apply.call(&dates).is_some()
}

/// The Monday of a day's ISO week.
fn monday(day: i64) -> i64 {
    if verdict_faults::at("esql/engine/week-begins-on-sunday") {
        return day - (day + 4).rem_euclid(7);
    }
    // 1970-01-01 was a Thursday.
    day - (day + 3).rem_euclid(7)
}

/// 1 for Monday to 7 for Sunday.
fn day_of_week(day: i64) -> i64 {
    let first = i64::from(!verdict_faults::at("esql/engine/monday-is-day-zero"));
    (day + 3).rem_euclid(7) + first
}

fn new_year(year: i64) -> i64 {
    days(Civil {
        year,
        month: 1,
        day: 1,
    })
}

/// Source: docs, `DATE_EXTRACT`; Java's `ChronoField`.
pub(super) fn extract(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let part = arguments.first()?.as_text()?.to_lowercase();
    let millis = date(arguments, 1)?;
    let (day, time) = (millis.div_euclid(DAY), millis.rem_euclid(DAY));
    let date = civil(day);
    let hour = time / HOUR;
    let value = match part.as_str() {
        "year" | "year_of_era" => date.year,
        "month_of_year" => date.month,
        "proleptic_month" => date.year * 12 + date.month - 1,
        "day_of_month" => date.day,
        "day_of_year" => day - new_year(date.year) + 1,
        "day_of_week" => day_of_week(day),
        "aligned_week_of_year"
            if verdict_faults::at("esql/engine/aligned-week-is-the-iso-week") =>
        {
            let thursday = monday(day) + 3;
            (thursday - new_year(civil(thursday).year)) / 7 + 1
        }
        "aligned_week_of_year" => (day - new_year(date.year)) / 7 + 1,
        "aligned_week_of_month" => (date.day - 1) / 7 + 1,
        "aligned_day_of_week_in_year" => (day - new_year(date.year)) % 7 + 1,
        "aligned_day_of_week_in_month" => (date.day - 1) % 7 + 1,
        "epoch_day" => day,
        "era" => i64::from(date.year > 0),
        "hour_of_day" => hour,
        "clock_hour_of_day" => (hour + 23) % 24 + 1,
        "hour_of_ampm" => hour % 12,
        "clock_hour_of_ampm" => (hour + 11) % 12 + 1,
        "ampm_of_day" => hour / 12,
        "minute_of_hour" => time / MINUTE % 60,
        "minute_of_day" => time / MINUTE,
        "second_of_minute" => time / SECOND % 60,
        "second_of_day" => time / SECOND,
        "milli_of_second" => time % SECOND,
        "milli_of_day" => time,
        "micro_of_second" => time % SECOND * 1000,
        "micro_of_day" => time * 1000,
        "nano_of_second" => time % SECOND * 1_000_000,
        "nano_of_day" => time * 1_000_000,
        "instant_seconds" => millis.div_euclid(SECOND),
        "offset_seconds" => 0,
        _ => return None,
    };
    Some(Scalar::Long(value))
}

/// Source: docs, `DATE_DIFF`: the second minus the first date, in whole units; calendar units are cut as Java cuts them.
pub(super) fn diff(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let unit = arguments.first()?.as_text()?.to_lowercase();
    let (start, end) = (date(arguments, 1)?, date(arguments, 2)?);
    let span = end.checked_sub(start)?;
    let value = match unit.as_str() {
        "nanosecond" | "nanoseconds" | "ns" => span.checked_mul(1_000_000)?,
        "microsecond" | "microseconds" | "mcs" => span.checked_mul(1000)?,
        "millisecond" | "milliseconds" | "ms" => span,
        "second" | "seconds" | "ss" | "s" => span / SECOND,
        "minute" | "minutes" | "mi" | "n" => span / MINUTE,
        "hour" | "hours" | "hh" => span / HOUR,
        "day" | "days" | "dd" | "d" | "dayofyear" | "dy" | "y" | "weekday" | "weekdays" | "dw" => {
            span / DAY
        }
        "week" | "weeks" | "wk" | "ww" => span / (7 * DAY),
        "month" | "months" | "mm" | "m" => months(start, end),
        "quarter" | "quarters" | "qq" | "q" => months(start, end) / 3,
        "year" | "years" | "yyyy" | "yy" => months(start, end) / 12,
        _ => return None,
    };
    i32::try_from(value)
        .ok()
        .map(|value| Scalar::Long(i64::from(value)))
}

/// Whole months between two instants. Source: Java's `ChronoUnit.MONTHS.between`.
fn months(start: i64, end: i64) -> i64 {
    if end < start {
        return -months(end, start);
    }
    let (from, to) = (civil(start.div_euclid(DAY)), civil(end.div_euclid(DAY)));
    let whole = (to.year - from.year) * 12 + to.month - from.month;
    let early = (to.day, end.rem_euclid(DAY)) < (from.day, start.rem_euclid(DAY));
    whole - i64::from(early)
}

pub(super) fn day_name(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    const NAMES: [&str; 7] = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    let day = date(arguments, 0)?.div_euclid(DAY);
    let at = usize::try_from(day - monday(day)).ok()?;
    NAMES.get(at).map(|name| Scalar::text(*name))
}

pub(super) fn month_name(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    const NAMES: [&str; 12] = [
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
    let month = civil(date(arguments, 0)?.div_euclid(DAY)).month;
    let at = usize::try_from(month - 1).ok()?;
    NAMES.get(at).map(|name| Scalar::text(*name))
}

/// Whether an amount can part the time: one day, week, month, quarter or year and multiples of them, or any length of time.
/// Source: elasticsearch, `DateTrunc.createRounding`: only one unit, and not less than one.
pub(in crate::esql) fn can_truncate(amount: &Scalar<'_>) -> bool {
    match amount {
        Scalar::Duration(millis) => *millis > 0,
        Scalar::Period { months, days } => {
            (*months > 0 && *days == 0) || (*months == 0 && *days > 0)
        }
        _other => false,
    }
}

/// Source: elasticsearch, `DateTrunc`, `Rounding`: one week begins on Monday; several days, weeks and lengths of time count from
/// 1970-01-01; months and years from January of the year 1 (several: from year 1 for years, from year 0 in months; assumed).
pub(in crate::esql) fn truncate(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let millis = date(arguments, 1)?;
    let day = millis.div_euclid(DAY);
    let start = match arguments.first()? {
        Scalar::Duration(length) => millis.div_euclid(*length).checked_mul(*length)?,
        Scalar::Period { months: 0, days: 7 } => monday(day) * DAY,
        Scalar::Period { months: 0, days } => {
            day.div_euclid(*days).checked_mul(*days)?.checked_mul(DAY)?
        }
        Scalar::Period { months, .. } => {
            let at = civil(day);
            let total = at.year * 12 + at.month - 1;
            // Twelve months and more begin with year 1.
            let origin = if months % 12 == 0 { 12 } else { 0 };
            let kept = (total - origin).div_euclid(*months) * months + origin;
            let first = Civil {
                year: kept.div_euclid(12),
                month: kept.rem_euclid(12) + 1,
                day: 1,
            };
            days(first) * DAY
        }
        _other => return None,
    };
    Some(Scalar::Date(start))
}
