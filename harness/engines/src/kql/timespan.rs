//! Durations, as ticks of 100 ns. Kusto docs: scalar-data-types/timespan.

use super::datetime::{DAY, HOUR, MINUTE, SECOND};

/// The ticks of one unit of a timespan literal (`5m`), by the vendor's spellings.
pub(super) fn unit(name: &str) -> Option<f64> {
    let ticks = match name {
        "d" | "day" | "days" => DAY,
        "h" | "hr" | "hrs" | "hour" | "hours" => HOUR,
        "m" | "min" | "minute" | "minutes" => MINUTE,
        "s" | "sec" | "second" | "seconds" => SECOND,
        "ms" | "milli" | "millis" | "millisec" | "millisecond" | "milliseconds" => SECOND / 1000,
        "micro" | "micros" | "microsec" | "microsecond" | "microseconds" => SECOND / 1_000_000,
        "nano" | "nanos" | "nanosec" | "nanosecond" | "nanoseconds" => return Some(0.01),
        "tick" | "ticks" => 1,
        _ => return None,
    };
    Some(real(ticks))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the units of time are far below 2^53"
)]
fn real(ticks: i64) -> f64 {
    ticks as f64
}

/// `amount` units in ticks; None outside the range of a timespan.
pub(super) fn scaled(amount: f64, unit: f64) -> Option<i64> {
    super::convert::real_to_long((amount * unit).round())
}

/// Reads `1.00:00:00`, `00:01:00`, `5m`, `15 seconds` and a bare number of days.
pub(super) fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let ticks = if text.contains(':') {
        clock(text)?
    } else {
        let len = text
            .bytes()
            .take_while(|byte| byte.is_ascii_digit() || *byte == b'.')
            .count();
        let (amount, name) = text.split_at_checked(len)?;
        let name = name.trim();
        let unit = if name.is_empty() {
            unit("d")
        } else {
            unit(name)
        };
        scaled(super::convert::text_to_real(amount)?, unit?)?
    };
    Some(if negative { -ticks } else { ticks })
}

/// `[d.]hh:mm[:ss[.fffffff]]`.
fn clock(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let (first, minute, second) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let (day, hour) = match first.split_once('.') {
        Some((day, hour)) => (number(day)?, number(hour)?),
        None => (0, number(first)?),
    };
    let minute = number(minute)?;
    let (second, fraction) =
        match second.map(|second| second.split_once('.').unwrap_or((second, ""))) {
            Some((second, fraction)) => (number(second)?, fraction),
            None => (0, ""),
        };
    if hour > 23
        || minute > 59
        || second > 59
        || !fraction.bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let kept: String = fraction.chars().chain("0000000".chars()).take(7).collect();
    day.checked_mul(DAY)?
        .checked_add(hour * HOUR + minute * MINUTE + second * SECOND + kept.parse::<i64>().ok()?)
}

fn number(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// `1.00:00:00`, `00:00:01.5000000`.
pub(super) fn format(ticks: i64) -> String {
    let sign = if ticks < 0 { "-" } else { "" };
    let all = ticks.unsigned_abs();
    let [day, hour, minute, second] = [DAY, HOUR, MINUTE, SECOND].map(i64::unsigned_abs);
    let days = match all / day {
        0 => String::new(),
        days => format!("{days}."),
    };
    let fraction = match all % second {
        0 => String::new(),
        fraction => format!(".{fraction:07}"),
    };
    let (hours, minutes, seconds) = (all % day / hour, all % hour / minute, all % minute / second);
    format!("{sign}{days}{hours:02}:{minutes:02}:{seconds:02}{fraction}")
}

#[cfg(test)]
mod tests {
    use super::{DAY, HOUR, MINUTE, SECOND, format, parse};

    #[test]
    fn texts_as_the_documents_write_them() {
        let cases = [
            ("1.00:00:00", Some(DAY)),
            ("23:59:59.9999999", Some(DAY - 1)),
            ("-2.03:04", Some(-(2 * DAY + 3 * HOUR + 4 * MINUTE))),
            ("00:00:01.5", Some(SECOND + SECOND / 2)),
            // A tick is the seventh digit; what comes after it is cut.
            ("00:00:00.00000019", Some(1)),
            ("5m", Some(5 * MINUTE)),
            ("15 seconds", Some(15 * SECOND)),
            ("2", Some(2 * DAY)),
            // Each part has its own limit.
            ("24:00", None),
            ("00:60", None),
            ("00:00:60", None),
            ("00:00:01.x", None),
            ("00:00:00:00", None),
            ("1.:00", None),
            (":00", None),
        ];
        for (text, ticks) in cases {
            assert_eq!(parse(text), ticks, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for ticks in [
            0,
            1,
            -1,
            SECOND,
            DAY - 1,
            DAY,
            3 * DAY + 7 * HOUR + 11 * MINUTE + 13 * SECOND + 17,
        ] {
            assert_eq!(parse(&format(ticks)), Some(ticks), "{}", format(ticks));
            assert_eq!(parse(&format(-ticks)), Some(-ticks), "{}", format(-ticks));
        }
        assert_eq!(format(-(DAY + SECOND / 2)), "-1.00:00:00.5000000");
        assert_eq!(format(HOUR + 2 * MINUTE + 3 * SECOND), "01:02:03");
    }
}
