//! The order of events: T1 to T3.

use crate::sigma::time;
use std::cmp::Ordering;
use verdict_event::{Decimal, Event, FieldType, Path, Schema, TimestampFormat, Value};

/// An event that has an instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Milliseconds since 1970.
    pub(super) instant: i64,
    /// Its number in the stream.
    pub(super) row: usize,
}

/// Numbers come before texts, and what has no tiebreaker last.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Number(Decimal),
    Text(String),
    Missing,
}

/// T1, T3: the events that have one readable time, in order.
pub(super) fn moments(rows: &[Event], schema: &Schema) -> Vec<Moment> {
    let path = Path::new(schema.timestamp.field.as_str());
    let format = schema.timestamp.format;
    let breaker = schema.tiebreaker.as_deref();
    let breaker = breaker.map(|name| (Path::new(name), schema.field(name).map(|field| field.kind)));
    let mut found: Vec<(Moment, Tie)> = Vec::new();
    for (row, event) in rows.iter().enumerate() {
        let values = event.values(&path);
        let [value] = values.as_slice() else { continue };
        if let Some(instant) = instant(value, format) {
            let tie = breaker.as_ref().map_or(Tie::Missing, |(path, kind)| {
                tie(event.values(path).first().copied(), *kind)
            });
            found.push((Moment { instant, row }, tie));
        }
    }
    let place =
        |(left, left_tie): &(Moment, Tie), (right, right_tie): &(Moment, Tie)| -> Ordering {
            left.instant
                .cmp(&right.instant)
                .then_with(|| left_tie.cmp(right_tie))
                .then_with(|| left.row.cmp(&right.row))
        };
    found.sort_by(place);
    found.into_iter().map(|(moment, _)| moment).collect()
}

fn tie(value: Option<&Value>, kind: Option<FieldType>) -> Tie {
    let Some(text) = value.and_then(Value::scalar_text) else {
        return Tie::Missing;
    };
    let numeric = match kind {
        Some(kind) => kind.is_numeric(),
        None => matches!(value, Some(Value::Number(_))),
    };
    match Decimal::parse(text) {
        Some(number) if numeric => Tie::Number(number),
        Some(_) | None => Tie::Text(text.to_owned()),
    }
}

/// T2.
fn instant(value: &Value, format: TimestampFormat) -> Option<i64> {
    let text = value.scalar_text()?;
    match format {
        TimestampFormat::Iso => time::instant(text).or_else(|| shifted(text, 0)),
        TimestampFormat::Ms => shifted(text, 0),
        TimestampFormat::S => shifted(text, 3),
        // 100 ns since 1601.
        TimestampFormat::Filetime => {
            let ticks = shifted(text, 0)?;
            Some(ticks.div_euclid(10_000) - 11_644_473_600_000)
        }
    }
}

/// A decimal times a power of ten, cut to a whole number.
fn shifted(text: &str, zeros: usize) -> Option<i64> {
    Decimal::parse(text)?;
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (sign, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let point = i64::try_from(whole.len()).ok()? + exponent + i64::try_from(zeros).ok()?;
    let all = format!("{whole}{fraction}");
    let significant = all.trim_start_matches('0');
    if significant.is_empty() {
        return Some(0);
    }
    let length = point - i64::try_from(all.len() - significant.len()).ok()?;
    if length > 19 {
        return None;
    }
    let kept = usize::try_from(length).unwrap_or(0);
    let padded = format!("{significant:0<kept$}");
    let number: i64 = format!("0{}", padded.get(..kept)?).parse().ok()?;
    let rest = padded.get(kept..)?.bytes().any(|byte| byte != b'0');
    // Cut downwards, so that time before 1970 has whole milliseconds of the same kind.
    Some(if sign < 0 {
        -number - i64::from(rest)
    } else {
        number
    })
}

#[cfg(test)]
mod tests {
    use super::shifted;
    use crate::sigma::time::instant;

    #[test]
    fn decimals_are_cut() {
        for (text, zeros, expected) in [
            ("1700000000123", 0, Some(1_700_000_000_123)),
            ("1700000000.1239", 3, Some(1_700_000_000_123)),
            ("1.7e+9", 3, Some(1_700_000_000_000)),
            ("-0.5", 0, Some(-1)),
            ("-1.5", 3, Some(-1500)),
            ("0.0", 3, Some(0)),
            ("0.0004", 3, Some(0)),
            ("99999999999999999999", 0, None),
            ("1e400", 0, None),
            ("x", 0, None),
        ] {
            assert_eq!(shifted(text, zeros), expected, "{text}");
        }
    }

    #[test]
    fn date_times_to_the_millisecond() {
        for (text, expected) in [
            ("1970-01-01T00:00:01.5Z", Some(1500)),
            ("1970-01-01 00:00:01.23456", Some(1234)),
            ("1970-01-01T01:00+01:00", Some(0)),
            ("1970-01-02", Some(86_400_000)),
            ("1969-12-31T23:59:59.999Z", Some(-1)),
            ("1970-01-01T00:00:01.x", None),
            ("1970-1-1", None),
            ("yesterday!", None),
            ("ééééé", None),
        ] {
            assert_eq!(instant(text), expected, "{text}");
        }
    }
}
