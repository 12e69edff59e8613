//! Tests of dates.

use crate::caps::Limit;
use crate::kql::columns::Kind;
use crate::kql::plan::{Said, Subject};
use crate::kql::scalar::named;
use crate::kql::tree::Tree;
use verdict_compiler::codes::target::{KQL_INSTANT, KQL_TYPE};
use verdict_compiler::ir::{Comparison, DatePart};

/// The value is an instant that compares so with the one this many milliseconds after 1970.
pub(crate) fn instant(
    subject: &Subject,
    comparison: Comparison,
    moment: i64,
) -> Result<Said, Limit> {
    let Some(literal) = written(moment) else {
        let reason = format!(
            "the instant {moment} ms after 1970 lies outside the years 1 to 9999, which is all a datetime holds"
        );
        return Err(Limit::new(KQL_INSTANT, reason));
    };
    let comparison = match comparison {
        Comparison::LessOrEqual if verdict_faults::at("kql/time/at-most-as-before") => {
            Comparison::Less
        }
        Comparison::Less if verdict_faults::at("kql/time/before-as-at-most") => {
            Comparison::LessOrEqual
        }
        Comparison::GreaterOrEqual if verdict_faults::at("kql/time/at-least-as-after") => {
            Comparison::Greater
        }
        Comparison::Greater if verdict_faults::at("kql/time/after-as-at-least") => {
            Comparison::GreaterOrEqual
        }
        comparison => comparison,
    };
    let tree = Tree::order(comparison, as_instant(subject)?, Tree::Instant(literal));
    Ok(match comparison {
        _ if verdict_faults::at("kql/time/instant-null-not-noted") => Said::exact(tree),
        Comparison::Equal => Said::exact(tree),
        Comparison::Less
        | Comparison::LessOrEqual
        | Comparison::Greater
        | Comparison::GreaterOrEqual => Said::nullable(tree),
    })
}

/// The instant that a value is; null where it is none.
pub(crate) fn as_instant(subject: &Subject) -> Result<Tree, Limit> {
    let tree = subject.tree.clone();
    match subject.kind {
        Kind::Text if verdict_faults::at("kql/time/text-not-converted") => Ok(tree),
        Kind::Text => Ok(Tree::call("todatetime", tree)),
        Kind::Date => Ok(tree),
        Kind::Long if verdict_faults::at("kql/time/milliseconds-as-seconds") => {
            Ok(Tree::call("unixtime_seconds_todatetime", tree))
        }
        Kind::Long => Ok(Tree::call("unixtime_milliseconds_todatetime", tree)),
        Kind::Real | Kind::Bool | Kind::List { .. } | Kind::Opaque => Err(Limit::new(
            KQL_TYPE,
            format!("{} cannot be read as an instant", named(subject.kind)),
        )),
    }
}

/// A part of the date-time that the value's text is compares so.
pub(crate) fn part(
    subject: &Subject,
    part: DatePart,
    comparison: Comparison,
    wanted: i64,
) -> Result<Said, Limit> {
    let moment = match subject.kind {
        Kind::Text | Kind::Date => as_instant(subject)?,
        // The text of a number or a truth value is no date-time.
        Kind::Long | Kind::Real | Kind::Bool | Kind::List { .. } | Kind::Opaque => {
            return Ok(Said::never());
        }
    };
    if verdict_faults::at("kql/time/part-lost") {
        return Ok(Said::exact(Tree::equal(
            subject.tree.clone(),
            Tree::Text(wanted.to_string()),
        )));
    }
    let taken = match part {
        DatePart::Week if verdict_faults::at("kql/time/week-as-day-of-week") => {
            Tree::call("dayofweek", moment)
        }
        DatePart::Day if verdict_faults::at("kql/time/day-of-year") => {
            Tree::call("dayofyear", moment)
        }
        DatePart::Hour if verdict_faults::at("kql/time/hour-as-minute") => {
            let name = Tree::Text("minute".to_owned());
            Tree::Call("datetime_part", vec![name, moment])
        }
        DatePart::Minute => {
            let name = Tree::Text("minute".to_owned());
            Tree::Call("datetime_part", vec![name, moment])
        }
        DatePart::Hour => Tree::call("hourofday", moment),
        DatePart::Day => Tree::call("dayofmonth", moment),
        DatePart::Week => Tree::call("week_of_year", moment),
        DatePart::Month => Tree::call("monthofyear", moment),
        DatePart::Year => Tree::call("getyear", moment),
    };
    let tree = Tree::order(comparison, taken, Tree::Number(wanted.to_string()));
    Ok(match comparison {
        _ if verdict_faults::at("kql/time/part-null-not-noted") => Said::exact(tree),
        Comparison::Equal => Said::exact(tree),
        Comparison::Less
        | Comparison::LessOrEqual
        | Comparison::Greater
        | Comparison::GreaterOrEqual => Said::nullable(tree),
    })
}

/// An instant in ISO 8601, in UTC, with milliseconds where it has some; None outside the years 1 to 9999.
pub(crate) fn written(moment: i64) -> Option<String> {
    const DAY: i64 = 86_400_000;
    let (days, rest) = (moment.div_euclid(DAY), moment.rem_euclid(DAY));
    let (year, month, day) = civil(days)?;
    if !(1..=9999).contains(&year) {
        return None;
    }
    let (seconds, millis) = (rest / 1000, rest % 1000);
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let fraction = if millis == 0 || verdict_faults::at("kql/time/milliseconds-dropped") {
        String::new()
    } else {
        format!(".{millis:03}")
    };
    Some(format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z"
    ))
}

/// Year, month and day of a number of days after 1970, by counting in eras of 400 years that begin in March.
fn civil(days: i64) -> Option<(i64, i64, i64)> {
    let shifted = days.checked_add(719_468)?;
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
    Some((year, month, day))
}

/// Whether a text is an ISO 8601 date-time that a `datetime` holds exactly: at most seven digits of a fraction.
pub(crate) fn is_date_time(text: &str) -> bool {
    let Some((date, clock)) = text.split_once(['T', ' ']) else {
        return false;
    };
    let (clock, zone) = match clock.find(['Z', '+', '-']) {
        Some(at) => clock.split_at(at),
        None => (clock, ""),
    };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let zone = zone
        .strip_prefix(['+', '-'])
        .map_or(zone == "Z" || zone.is_empty(), |offset| {
            offset.len() == 5 && numbers(offset, ':', &[(2, 0, 14), (2, 0, 59)])
        });
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    numbers(date, '-', &[(4, 1, 9999), (2, 1, 12), (2, 1, 31)])
        && real_day(date)
        && numbers(clock, ':', &[(2, 0, 23), (2, 0, 59), (2, 0, 59)])
        && (1..=7).contains(&fraction.len())
        && digits
        && zone
}

/// Whether a text is numbers of these widths and ranges, parted by a sign.
fn numbers(text: &str, sign: char, parts: &[(usize, u32, u32)]) -> bool {
    let found: Vec<&str> = text.split(sign).collect();
    found.len() == parts.len()
        && found
            .iter()
            .zip(parts)
            .all(|(found, (width, least, most))| {
                found.len() == *width
                    && found.bytes().all(|byte| byte.is_ascii_digit())
                    && found
                        .parse()
                        .is_ok_and(|number: u32| (*least..=*most).contains(&number))
            })
}

/// Whether the month has the day.
fn real_day(date: &str) -> bool {
    let parts: Vec<u32> = date
        .split('-')
        .filter_map(|part| part.parse().ok())
        .collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    *day <= days
}
