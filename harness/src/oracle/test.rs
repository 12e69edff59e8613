//! What a test says of one value.

use crate::oracle::Regexes;
use std::net::IpAddr;
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Case, Pattern, Piece, Test, fold, instant, version};
use verdict_event::{Decimal, Value};

/// Whether a value satisfies a test.
pub fn satisfies(test: &Test, value: &Value, regexes: &Regexes) -> bool {
    let text = value.scalar_text();
    match test {
        Test::AnyValue => text.is_some(),
        Test::Text(pattern) => text.is_some_and(|text| matches(pattern, text)),
        Test::Numeral(number) => {
            let by_value =
                matches!(value, Value::Number(have) if have.decimal() == number.decimal());
            by_value || text == Some(number.text())
        }
        Test::Compare(comparison, number) => {
            self::number(value).is_some_and(|have| comparison.accepts(have.cmp(&number.decimal())))
        }
        Test::TextOrder(comparison, than) => {
            text.is_some_and(|text| comparison.accepts(text.cmp(than.as_str())))
        }
        Test::Bool(wanted) => boolean(value) == Some(*wanted),
        Test::Regex(regex) => text.is_some_and(|text| regexes.accept(regex, text)),
        Test::Cidr(network) => address(value).is_some_and(|address| network.contains(&address)),
        Test::Version(comparison, than) => {
            text.is_some_and(|text| comparison.accepts(version::compare(text, than)))
        }
        Test::Instant(comparison, than) => {
            self::instant(value).is_some_and(|have| comparison.accepts(have.cmp(than)))
        }
        Test::DatePart(part, comparison, number) => text
            .and_then(instant::parse_date_time)
            .is_some_and(|at| comparison.accepts(instant::part(at, *part).cmp(number))),
    }
}

/// Whether a pattern matches a text. The simple shapes are told by the string functions that say so; the rest by [`Pattern::matches`].
pub fn matches(pattern: &Pattern, text: &str) -> bool {
    match (pattern.shape(), pattern.case()) {
        (Shape::Anything, _) => true,
        (Shape::Equals(wanted), Case::Exact) => text == wanted,
        (Shape::StartsWith(wanted), Case::Exact) => text.starts_with(wanted),
        (Shape::EndsWith(wanted), Case::Exact) => text.ends_with(wanted),
        (Shape::Contains(wanted), Case::Exact) => text.contains(wanted),
        (Shape::Equals(wanted), Case::Fold) => fold::same(text, wanted),
        (Shape::StartsWith(wanted), Case::Fold) => folded(text, wanted, begins, |text, wanted| {
            text.starts_with(wanted)
        }),
        (Shape::EndsWith(wanted), Case::Fold) => {
            folded(text, wanted, ends, |text, wanted| text.ends_with(wanted))
        }
        (Shape::Contains(wanted), Case::Fold) => {
            folded(text, wanted, holds, |text, wanted| text.contains(wanted))
        }
        // The plain definition takes its time; a text without one of the literals is none of its matches.
        (Shape::General(pieces), case) => {
            pieces.iter().all(|piece| may_hold(piece, case, text)) && pattern.matches(text)
        }
    }
}

fn may_hold(piece: &Piece, case: Case, text: &str) -> bool {
    match (piece, case) {
        (Piece::AnyRun | Piece::AnyChar, _) => true,
        (Piece::Literal(wanted), Case::Exact) => text.contains(wanted),
        (Piece::Literal(wanted), Case::Fold) => {
            folded(text, wanted, holds, |text, wanted| text.contains(wanted))
        }
    }
}

/// A question about two texts whose case does not matter: over bytes where both are ASCII, else over folded copies.
fn folded(
    text: &str,
    wanted: &str,
    ascii: fn(&[u8], &[u8]) -> bool,
    other: fn(&str, &str) -> bool,
) -> bool {
    if text.is_ascii() && wanted.is_ascii() {
        ascii(text.as_bytes(), wanted.as_bytes())
    } else {
        other(&fold::fold(text), &fold::fold(wanted))
    }
}

fn begins(text: &[u8], wanted: &[u8]) -> bool {
    text.get(..wanted.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(wanted))
}

fn ends(text: &[u8], wanted: &[u8]) -> bool {
    let start = text.len().checked_sub(wanted.len());
    start
        .and_then(|start| text.get(start..))
        .is_some_and(|end| end.eq_ignore_ascii_case(wanted))
}

fn holds(text: &[u8], wanted: &[u8]) -> bool {
    let Some(first) = wanted.first() else {
        return true;
    };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let begins = |window: &[u8]| {
        let first = window.first();
        first == Some(&lower) || first == Some(&upper)
    };
    text.windows(wanted.len())
        .any(|window| begins(window) && window.eq_ignore_ascii_case(wanted))
}

/// The value as a number: a JSON number, or decimal text.
pub fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Number(number) => Some(number.decimal()),
        Value::String(text) => Decimal::parse(text),
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => None,
    }
}

/// The value as a truth value: a JSON boolean, or `true` or `false` as text.
pub fn boolean(value: &Value) -> Option<bool> {
    match value.scalar_text()? {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The value as an address.
pub fn address(value: &Value) -> Option<IpAddr> {
    value.scalar_text()?.parse().ok()
}

/// The value as an instant: ISO 8601 text, or a JSON number of milliseconds since 1970.
pub fn instant(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => instant::parse(text),
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => None,
    }
}
