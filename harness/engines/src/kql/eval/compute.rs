//! Arithmetic, and paths into dynamic values.

use crate::kql::ast::Arithmetic;
use crate::kql::convert::{long_to_real, real_to_long};
use crate::kql::datetime;
use crate::kql::value::{Json, Val};
use std::borrow::Cow;

pub(super) fn negate(value: &Val<'_>) -> Val<'static> {
    match value.scalar() {
        Val::Long(value) => Val::Long(value.wrapping_neg()),
        Val::Real(value) => Val::Real(-value),
        Val::TimeSpan(ticks) => Val::TimeSpan(ticks.wrapping_neg()),
        _ => Val::Null,
    }
}

/// Null beside anything gives null. Kusto docs: null-values, numerical-operators, datetime-timespan-arithmetic.
pub(super) fn arithmetic(operator: Arithmetic, left: &Val<'_>, right: &Val<'_>) -> Val<'static> {
    match (left, right) {
        (Val::Long(left), Val::Long(right)) => long(operator, *left, *right),
        (Val::Long(left), Val::Real(right)) => real(operator, long_to_real(*left), *right),
        (Val::Real(left), Val::Long(right)) => real(operator, *left, long_to_real(*right)),
        (Val::Real(left), Val::Real(right)) => real(operator, *left, *right),
        _ => time(operator, left, right).unwrap_or(Val::Null),
    }
}

/// Integers divide to an integer, cut toward zero, and the modulo is never negative. Kusto docs: numerical-operators.
/// Assumed: overflow wraps, division by zero is null.
fn long(operator: Arithmetic, left: i64, right: i64) -> Val<'static> {
    match operator {
        Arithmetic::Add => Val::Long(left.wrapping_add(right)),
        Arithmetic::Subtract => Val::Long(left.wrapping_sub(right)),
        Arithmetic::Multiply => Val::Long(left.wrapping_mul(right)),
        Arithmetic::Divide | Arithmetic::Modulo if right == 0 => Val::Null,
        Arithmetic::Divide if verdict_faults::at("kql/engine/division-makes-a-real") => {
            Val::Real(long_to_real(left) / long_to_real(right))
        }
        Arithmetic::Divide => Val::Long(left.wrapping_div(right)),
        Arithmetic::Modulo if verdict_faults::at("kql/engine/modulo-keeps-the-sign") => {
            Val::Long(left.wrapping_rem(right))
        }
        Arithmetic::Modulo => Val::Long(left.wrapping_rem_euclid(right)),
    }
}

fn real(operator: Arithmetic, left: f64, right: f64) -> Val<'static> {
    Val::Real(match operator {
        Arithmetic::Add => left + right,
        Arithmetic::Subtract => left - right,
        Arithmetic::Multiply => left * right,
        Arithmetic::Divide => left / right,
        Arithmetic::Modulo => left.rem_euclid(right),
    })
}

fn time(operator: Arithmetic, left: &Val<'_>, right: &Val<'_>) -> Option<Val<'static>> {
    let instant = |ticks: i64| {
        (0..=datetime::MAX)
            .contains(&ticks)
            .then_some(Val::DateTime(ticks))
    };
    let scaled = |ticks: f64| real_to_long(ticks).map(Val::TimeSpan);
    match (operator, left, right) {
        (Arithmetic::Subtract, Val::DateTime(left), Val::DateTime(right)) => {
            Some(Val::TimeSpan(left - right))
        }
        (Arithmetic::Add, Val::DateTime(at), Val::TimeSpan(by))
        | (Arithmetic::Add, Val::TimeSpan(by), Val::DateTime(at)) => instant(at.checked_add(*by)?),
        (Arithmetic::Subtract, Val::DateTime(at), Val::TimeSpan(by)) => {
            instant(at.checked_sub(*by)?)
        }
        (Arithmetic::Add, Val::TimeSpan(left), Val::TimeSpan(right)) => {
            left.checked_add(*right).map(Val::TimeSpan)
        }
        (Arithmetic::Subtract, Val::TimeSpan(left), Val::TimeSpan(right)) => {
            left.checked_sub(*right).map(Val::TimeSpan)
        }
        (Arithmetic::Divide, Val::TimeSpan(left), Val::TimeSpan(right)) => {
            Some(Val::Real(long_to_real(*left) / long_to_real(*right)))
        }
        (Arithmetic::Modulo, Val::TimeSpan(left), Val::TimeSpan(right)) => {
            left.checked_rem_euclid(*right).map(Val::TimeSpan)
        }
        (Arithmetic::Multiply, Val::TimeSpan(span), other)
        | (Arithmetic::Multiply, other, Val::TimeSpan(span)) => {
            scaled(long_to_real(*span) * number(other)?)
        }
        (Arithmetic::Divide, Val::TimeSpan(span), other) => {
            scaled(long_to_real(*span) / number(other)?)
        }
        _ => None,
    }
}

fn number(value: &Val<'_>) -> Option<f64> {
    match value {
        Val::Long(value) => Some(long_to_real(*value)),
        Val::Real(value) => Some(*value),
        _ => None,
    }
}

/// A property of a bag; null if there is none. Kusto docs: scalar-data-types/dynamic.
pub(super) fn member<'r>(value: Val<'r>, name: &str) -> Val<'r> {
    let Val::Dynamic(json) = value else {
        return Val::Null;
    };
    let find = |json: &Json| match json {
        Json::Bag(entries) => entries.iter().position(|(key, _)| key == name),
        _ => None,
    };
    let Some(at) = find(&json) else {
        return Val::Null;
    };
    pick(json, |json| match json {
        Json::Bag(entries) => entries.get(at).map(|(_, value)| value),
        _ => None,
    })
}

/// An element of a list by its place (from the end if negative), or a property by its name.
pub(super) fn index<'r>(value: Val<'r>, index: &Val<'_>) -> Val<'r> {
    match index.scalar() {
        Val::Text(name) => member(value, &name),
        Val::Long(place) => {
            let Val::Dynamic(json) = value else {
                return Val::Null;
            };
            pick(json, |json| match json {
                Json::List(items) => {
                    let back = i64::try_from(items.len()).ok()?;
                    let place =
                        if place < 0 && !verdict_faults::at("kql/engine/negative-index-is-null") {
                            place.checked_add(back)?
                        } else {
                            place
                        };
                    items.get(usize::try_from(place).ok()?)
                }
                _ => None,
            })
        }
        _ => Val::Null,
    }
}

fn pick(json: Cow<'_, Json>, part: impl Fn(&Json) -> Option<&Json>) -> Val<'_> {
    match json {
        Cow::Borrowed(json) => part(json).map_or(Val::Null, Val::json_ref),
        Cow::Owned(json) => part(&json).map_or(Val::Null, |part| Val::json(part.clone())),
    }
}
