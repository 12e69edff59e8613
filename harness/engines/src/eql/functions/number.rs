//! Numbers from text, and arithmetic.

use super::call::{integer_of, text_of};
use crate::eql::ast::ArithmeticOp;
use crate::eql::value::{Number, Value};
use verdict_event::Decimal;

/// Source: documentation and the suite of folds; null where the text is no number of the base.
pub(super) fn number(text: &Value<'_>, base: &Value<'_>) -> Value<'static> {
    let Some(text) = text_of(text).map(str::trim) else {
        return Value::Null;
    };
    let (sign, digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) if text.starts_with('-') => (-1, rest),
        Some(rest) => (1, rest),
        None => (1, text),
    };
    let hexadecimal = digits.strip_prefix("0x");
    let reads_prefix = !verdict_faults::at("eql/engine/hexadecimal-wants-its-base");
    let base = integer_of(base).unwrap_or(if hexadecimal.is_some() && reads_prefix {
        16
    } else {
        10
    });
    if base == 10 {
        if Decimal::parse(digits).is_none() || digits.starts_with('-') {
            return Value::Null;
        }
        let signed = if sign < 0 {
            format!("-{digits}")
        } else {
            digits.to_owned()
        };
        return Number::read(&signed)
            .map_or(Value::Null, |number| Value::Number(number.into_owned()));
    }
    let digits = hexadecimal.filter(|_| base == 16).unwrap_or(digits);
    let Some(radix) = u32::try_from(base)
        .ok()
        .filter(|radix| (2..=36).contains(radix))
    else {
        return Value::Null;
    };
    if digits.starts_with(['+', '-']) {
        return Value::Null;
    }
    let value = i64::from_str_radix(digits, radix).ok();
    value.map_or(Value::Null, |value| Value::int(sign * value))
}

/// Arithmetic: whole numbers stay whole, and division cuts toward zero; `%` keeps the dividend's sign. Division by zero and
/// overflow are null. Source: the suite for division, documentation for `%`.
pub(crate) fn calculate(a: &Number<'_>, op: ArithmeticOp, b: &Number<'_>) -> Value<'static> {
    if let (Number::Int(a), Number::Int(b)) = (a, b) {
        let result = match op {
            ArithmeticOp::Add => a.checked_add(*b),
            ArithmeticOp::Subtract => a.checked_sub(*b),
            ArithmeticOp::Multiply => a.checked_mul(*b),
            ArithmeticOp::Divide if verdict_faults::at("eql/engine/division-rounds-down") => {
                a.checked_div_euclid(*b)
            }
            ArithmeticOp::Divide => a.checked_div(*b),
            ArithmeticOp::Modulo if verdict_faults::at("eql/engine/modulo-is-never-negative") => {
                a.checked_rem_euclid(*b)
            }
            ArithmeticOp::Modulo => a.checked_rem(*b),
        };
        return result.map_or(Value::Null, Value::int);
    }
    let (a, b) = (a.as_f64(), b.as_f64());
    let result = match op {
        ArithmeticOp::Add => a + b,
        ArithmeticOp::Subtract => a - b,
        ArithmeticOp::Multiply => a * b,
        ArithmeticOp::Divide => a / b,
        ArithmeticOp::Modulo => a % b,
    };
    if result.is_finite() {
        Value::Number(Number::Float(result))
    } else {
        Value::Null
    }
}
