//! Values read as another type.

use super::value::{Scalar, Type};
use super::{datetime, ip};

/// A string as a value of a type; none if it is not one.
/// Source: elasticsearch, `EsqlDataTypeConverter`.
pub(super) fn from_text(text: &str, kind: Type) -> Option<Scalar<'static>> {
    Some(match kind {
        Type::Boolean => Scalar::Bool(text_to_bool(text)),
        Type::Integer => Scalar::Long(text_to_integer(text)?),
        Type::Long => Scalar::Long(text_to_long(text)?),
        Type::UnsignedLong => Scalar::UnsignedLong(text_to_unsigned(text)?),
        Type::Double => Scalar::Double(text_to_double(text)?),
        Type::Keyword | Type::Text => Scalar::text(text),
        Type::Ip => Scalar::Ip(ip::parse(text)?),
        Type::Version => Scalar::Version(text.to_owned().into()),
        Type::Date => Scalar::Date(datetime::parse(text)?),
        Type::Null | Type::Period | Type::Duration | Type::Unsupported => return None,
    })
}

/// Source: docs, `TO_BOOLEAN`: `true` in any case is true, anything else false, the empty text included.
pub(super) fn text_to_bool(text: &str) -> bool {
    if verdict_faults::at("esql/engine/text-of-a-boolean-keeps-case") {
        return text == "true";
    }
    text.eq_ignore_ascii_case("true")
}

/// A long from digits, or rounded from a decimal. Source: `EsqlDataTypeConverter.stringToLong`.
pub(super) fn text_to_long(text: &str) -> Option<i64> {
    if let Ok(value) = text.parse::<i64>() {
        return Some(value);
    }
    double_to_long(text_to_double(text)?)
}

fn text_to_integer(text: &str) -> Option<i64> {
    text_to_long(text).filter(|value| i32::try_from(*value).is_ok())
}

fn text_to_unsigned(text: &str) -> Option<u64> {
    if let Ok(value) = text.parse::<u64>() {
        return Some(value);
    }
    text_to_double(text).and_then(double_to_unsigned)
}

/// Source: Java's `Double.parseDouble`, after `StringUtils.parseDouble` has refused what is infinite or no number.
/// Surrounding blanks are cut; a suffix `d` or `f` and hexadecimal forms are not read here (assumed never to stand in events).
pub(super) fn text_to_double(text: &str) -> Option<f64> {
    let text = text.trim_matches(|c: char| c <= ' ');
    if text.is_empty()
        || !text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
    {
        return None;
    }
    text.parse::<f64>().ok().filter(|value| value.is_finite())
}

/// A double rounded to a long, a half away from zero towards the larger number. Source: Java's `Math.round`, `DataTypeConverter.safeDoubleToLong`.
pub(super) fn double_to_long(value: f64) -> Option<i64> {
    let rounded = if verdict_faults::at("esql/engine/fraction-is-cut") {
        value.trunc()
    } else {
        (value + 0.5).floor()
    };
    // 2^63 itself is not a long any more.
    if !(-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&rounded) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
    Some(rounded as i64)
}

fn double_to_unsigned(value: f64) -> Option<u64> {
    if !(0.0..18_446_744_073_709_551_616.0).contains(&value) {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range was checked"
    )]
    Some(value.round() as u64)
}

/// How Java writes a double: `1.0`, `1.0E10`, `1.0E-5`. Source: Java's `Double.toString`.
pub(super) fn double_text(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let magnitude = value.abs();
    if magnitude == 0.0 || (1e-3..1e7).contains(&magnitude) {
        return format!("{value:?}");
    }
    let plain = format!("{value:e}");
    let (mantissa, exponent) = plain.split_once('e').unwrap_or((&plain, "0"));
    let point = if mantissa.contains('.') { "" } else { ".0" };
    format!("{mantissa}{point}E{exponent}")
}

/// A value as another type: `TO_LONG(x)`, `x::long`. None where Elasticsearch gives null with a warning.
/// Source: docs, the pages of `TO_BOOLEAN`, `TO_INTEGER`, `TO_LONG`, `TO_DOUBLE`, `TO_STRING`, `TO_DATETIME`, `TO_IP`, `TO_VERSION`.
pub(super) fn cast(value: &Scalar<'_>, to: Type) -> Option<Scalar<'static>> {
    if let Scalar::Text(text) = value {
        return from_text(text, to);
    }
    Some(match (to, value) {
        (Type::Keyword | Type::Text, _) => Scalar::text(value.to_text().into_owned()),
        (Type::Version, Scalar::Version(text)) => Scalar::Version(text.clone().into_owned().into()),
        (Type::Ip, Scalar::Ip(address)) => Scalar::Ip(*address),
        (Type::Boolean, _) => Scalar::Bool(as_bool(value)?),
        (Type::Integer, _) => {
            Scalar::Long(as_long(value).filter(|value| i32::try_from(*value).is_ok())?)
        }
        (Type::Long, _) => Scalar::Long(as_long(value)?),
        (Type::UnsignedLong, _) => Scalar::UnsignedLong(as_unsigned(value)?),
        (Type::Double, _) => Scalar::Double(as_double(value)?),
        (Type::Date, _) => Scalar::Date(as_long(value)?),
        _other => return None,
    })
}

fn as_bool(value: &Scalar<'_>) -> Option<bool> {
    match value {
        Scalar::Bool(value) => Some(*value),
        _other => value.as_double().map(|value| value != 0.0),
    }
}

fn as_long(value: &Scalar<'_>) -> Option<i64> {
    match value {
        Scalar::Bool(value) => Some(i64::from(*value)),
        Scalar::Long(value) | Scalar::Date(value) => Some(*value),
        Scalar::UnsignedLong(value) => i64::try_from(*value).ok(),
        Scalar::Double(value) => double_to_long(*value),
        _other => None,
    }
}

fn as_unsigned(value: &Scalar<'_>) -> Option<u64> {
    match value {
        Scalar::UnsignedLong(value) => Some(*value),
        Scalar::Double(value) => double_to_unsigned(*value),
        other => u64::try_from(as_long(other)?).ok(),
    }
}

fn as_double(value: &Scalar<'_>) -> Option<f64> {
    match value {
        Scalar::Bool(_) | Scalar::Date(_) => Scalar::Long(as_long(value)?).as_double(),
        other => other.as_double(),
    }
}
