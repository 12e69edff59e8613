//! Conversions between types: what the `to...` functions and ingestion do. A failed conversion is null.
//!
//! Kusto docs: `tolong()`, `toint()`, `toreal()`, `tobool()`, `tostring()`, `todatetime()`, `totimespan()`. Which texts they take is
//! documented only by example; what goes past the examples is marked assumed.

use super::value::{Json, Type, Val};
use super::{datetime, literal, timespan};
use std::borrow::Cow;
use verdict_event::Number;

/// Decimal digits with an optional sign, or `0x` and hexadecimal digits. Kusto docs: scalar-data-types/long.
/// Assumed: surrounding blanks are allowed, a fraction (`"1.5"`) is not.
pub(super) fn text_to_long(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Some(hex) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        if hex.is_empty() || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        // Sixteen digits fill the sign bit too: 0xffffffffffffffff is -1 (assumed).
        return u64::from_str_radix(hex, 16).ok().map(u64::cast_signed);
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Assumed: decimal and scientific notation, `nan` and `infinity` not from text in events.
pub(super) fn text_to_real(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-');
    if text.is_empty() || !text.bytes().all(plain) {
        return None;
    }
    text.parse().ok()
}

/// `true` and `false` in any case, and numbers (non-zero is true). Kusto docs: `tobool()`.
pub(super) fn text_to_bool(text: &str) -> Option<bool> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("true") {
        return Some(true);
    }
    if text.eq_ignore_ascii_case("false") {
        return Some(false);
    }
    text_to_long(text).map(|value| value != 0)
}

/// Truncates toward zero; None outside the range of a long.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the range is checked first"
)]
pub(super) fn real_to_long(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (-LIMIT..LIMIT)
        .contains(&value)
        .then_some(value.trunc() as i64)
}

/// The nearest real.
#[expect(
    clippy::cast_precision_loss,
    reason = "Kusto widens a long to a real the same way"
)]
pub(super) fn long_to_real(value: i64) -> f64 {
    value as f64
}

/// The text of a real: `1.0`, `0.5`, `1E+20`. Assumed from .NET's round-trip format.
pub(super) fn real_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let text = format!("{value:?}");
    match text.split_once('e') {
        Some((digits, power)) if power.starts_with('-') => format!("{digits}E{power}"),
        Some((digits, power)) => format!("{digits}E+{power}"),
        None => text,
    }
}

/// What `tostring` gives; null gives the empty string. Kusto docs: `tostring()`.
pub(super) fn to_text<'s>(value: &'s Val<'_>) -> Cow<'s, str> {
    match value {
        Val::Null => Cow::Borrowed(""),
        Val::Bool(true) if verdict_faults::at("kql/engine/text-of-true-has-a-capital") => {
            Cow::Borrowed("True")
        }
        Val::Bool(true) => Cow::Borrowed("true"),
        Val::Bool(false) => Cow::Borrowed("false"),
        Val::Long(value) => Cow::Owned(value.to_string()),
        Val::Real(value) => Cow::Owned(real_text(*value)),
        Val::Decimal(value) => Cow::Borrowed(value.text()),
        Val::DateTime(ticks) => Cow::Owned(datetime::format(*ticks)),
        Val::TimeSpan(ticks) => Cow::Owned(timespan::format(*ticks)),
        Val::Guid(text) => Cow::Borrowed(text),
        Val::Text(text) => Cow::Borrowed(text),
        Val::Dynamic(json) => json.to_text(),
    }
}

/// Any value as a long.
pub(super) fn to_long(value: &Val<'_>) -> Option<i64> {
    match value.scalar() {
        Val::Bool(value) => Some(i64::from(value)),
        Val::Long(value) | Val::DateTime(value) | Val::TimeSpan(value) => Some(value),
        Val::Real(value) => real_to_long(value),
        Val::Decimal(value) => real_to_long(value.as_f64()),
        Val::Text(text) => text_to_long(&text),
        Val::Null | Val::Guid(_) | Val::Dynamic(_) => None,
    }
}

/// Any value as a real.
pub(super) fn to_real(value: &Val<'_>) -> Option<f64> {
    match value.scalar() {
        Val::Bool(value) => Some(f64::from(u8::from(value))),
        Val::Long(value) | Val::DateTime(value) | Val::TimeSpan(value) => Some(long_to_real(value)),
        Val::Real(value) => Some(value),
        Val::Decimal(value) => Some(value.as_f64()),
        Val::Text(text) => text_to_real(&text),
        Val::Null | Val::Guid(_) | Val::Dynamic(_) => None,
    }
}

fn to_bool(value: &Val<'_>) -> Option<bool> {
    match value.scalar() {
        Val::Bool(value) => Some(value),
        Val::Long(value) => Some(value != 0),
        Val::Real(value) => Some(value != 0.0),
        Val::Text(text) => text_to_bool(&text),
        Val::Null
        | Val::Decimal(_)
        | Val::DateTime(_)
        | Val::TimeSpan(_)
        | Val::Guid(_)
        | Val::Dynamic(_) => None,
    }
}

fn to_decimal(value: &Val<'_>) -> Option<Number> {
    match value.scalar() {
        Val::Decimal(value) => Some(*value),
        Val::Long(value) => Some(Number::from(value)),
        Val::Real(value) => Number::parse(&value.to_string()),
        Val::Text(text) => Number::parse(text.trim()),
        Val::Null
        | Val::Bool(_)
        | Val::DateTime(_)
        | Val::TimeSpan(_)
        | Val::Guid(_)
        | Val::Dynamic(_) => None,
    }
}

fn to_datetime(value: &Val<'_>) -> Option<i64> {
    match value.scalar() {
        Val::DateTime(ticks) => Some(ticks),
        // A number is a count of ticks: assumed.
        Val::Long(ticks) => Some(ticks).filter(|ticks| (0..=datetime::MAX).contains(ticks)),
        Val::Text(text) => datetime::parse(&text),
        _ => None,
    }
}

fn to_timespan(value: &Val<'_>) -> Option<i64> {
    match value.scalar() {
        Val::TimeSpan(ticks) | Val::Long(ticks) => Some(ticks),
        Val::Text(text) => timespan::parse(&text),
        _ => None,
    }
}

/// What the conversion function of a type gives. Null when it fails.
pub(super) fn cast(value: &Val<'_>, to: Type) -> Val<'static> {
    match to {
        Type::Bool => Val::option(to_bool(value), Val::Bool),
        Type::Int => Val::option(
            to_long(value).filter(|value| i32::try_from(*value).is_ok()),
            Val::Long,
        ),
        Type::Long => Val::option(to_long(value), Val::Long),
        Type::Real => Val::option(to_real(value), Val::Real),
        Type::Decimal => Val::option(to_decimal(value), |number| Val::Decimal(Box::new(number))),
        Type::DateTime => Val::option(to_datetime(value), Val::DateTime),
        Type::TimeSpan => Val::option(to_timespan(value), Val::TimeSpan),
        Type::Guid => Val::option(literal::guid(&to_text(value)), |text| {
            Val::Guid(text.into())
        }),
        Type::Text => Val::text(to_text(value).into_owned()),
        Type::Dynamic => Val::json(Json::from_val(value)),
    }
}
