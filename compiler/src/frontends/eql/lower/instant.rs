//! ISO 8601 dates to milliseconds since 1970.

/// The first and the last millisecond that a text names; without a zone it is UTC. Elasticsearch's default also takes milliseconds as text.
///
/// What a text leaves out is counted from its start and to its end: a month and a day are the first, an hour is 0 to 23, and so on.
pub(super) fn parse(text: &str) -> Option<(i64, i64)> {
    if text.len() > 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(|millis| (millis, millis));
    }
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.splitn(3, '-');
    let year = number(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| number(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| number(part, 2))?;
    if !(1..=12).contains(&month) || !(1..=days_in(year, month)).contains(&day) {
        return None;
    }
    let (of_day, length) = match time {
        None => (0, 86_400_000),
        Some(time) => time_of_day(time)?,
    };
    let first = days_since_epoch(year, month, day) * 86_400_000 + of_day;
    Some((first, first + length - 1))
}

fn number(text: &str, digits: usize) -> Option<i64> {
    let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

/// Milliseconds since midnight UTC, and how many of them the text names.
fn time_of_day(text: &str) -> Option<(i64, i64)> {
    let zone_at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (clock, zone) = text.split_at_checked(zone_at)?;
    let (clock, fraction) = match clock.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let mut parts = clock.splitn(3, ':');
    let hour = number(parts.next()?, 2)?;
    let (minute, second) = (parts.next(), parts.next());
    let length = match (minute, second, fraction) {
        (None, _, _) => 3_600_000,
        (Some(_), None, _) => 60_000,
        (Some(_), Some(_), None) => 1000,
        (Some(_), Some(_), Some(_)) => 1,
    };
    let minute = minute.map_or(Some(0), |part| number(part, 2))?;
    let second = second.map_or(Some(0), |part| number(part, 2))?;
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let fraction = fraction.unwrap_or("0").chars();
    let padded: String = fraction.chain("000".chars()).take(3).collect();
    let milliseconds = number(&padded, 3)?;
    let local = (hour * 3600 + minute * 60 + second) * 1000 + milliseconds;
    Some((local - offset(zone)?, length))
}

/// Milliseconds that a zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    let (sign, rest) = match zone.chars().next() {
        None => return Some(0),
        Some('Z' | 'z') => return (zone.len() == 1).then_some(0),
        Some('-') => (-1, zone.strip_prefix('-')?),
        Some(_) => (1, zone.strip_prefix('+')?),
    };
    let digits: String = rest.split(':').collect();
    let hours = number(digits.get(..2)?, 2)?;
    let minutes = digits
        .get(2..)
        .filter(|text| !text.is_empty())
        .map_or(Some(0), |text| number(text, 2))?;
    Some(sign * (hours * 60 + minutes) * 60_000)
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar: years begin in March, so that the leap day is the last one.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year
        - 719_468
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn dates_are_instants() {
        for (text, expected) in [
            ("1970-01-01", Some((0, 86_399_999))),
            ("1970-01", Some((0, 86_399_999))),
            ("1970", Some((0, 86_399_999))),
            ("1970-01-01T01", Some((3_600_000, 7_199_999))),
            ("1970-01-01T00:01Z", Some((60_000, 119_999))),
            ("1970-01-01T00:00:01.5Z", Some((1500, 1500))),
            (
                "2024-02-29T12:00:00+02:00",
                Some((1_709_200_800_000, 1_709_200_800_999)),
            ),
            (
                "2024-02-29T10:00:00",
                Some((1_709_200_800_000, 1_709_200_800_999)),
            ),
            ("1969-12-31T23:59:59Z", Some((-1000, -1))),
            (
                "1700000000000",
                Some((1_700_000_000_000, 1_700_000_000_000)),
            ),
            ("2023-02-29", None),
            ("2024-1-1", None),
            ("yesterday", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
