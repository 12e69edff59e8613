//! Functions of numbers. Source: docs, math functions, the page of each. What is no finite number is null, with a warning.

use crate::esql::value::{Scalar, Val, order};
use std::cmp::Ordering;

fn double(arguments: &[Scalar<'_>], at: usize) -> Option<f64> {
    arguments.get(at)?.as_double()
}

fn finite(value: f64) -> Option<Scalar<'static>> {
    value.is_finite().then_some(Scalar::Double(value))
}

fn of_one(arguments: &[Scalar<'_>], apply: fn(f64) -> f64) -> Option<Scalar<'static>> {
    finite(apply(double(arguments, 0)?))
}

/// A function that leaves whole numbers as they are.
fn rounded(arguments: &[Scalar<'_>], apply: fn(f64) -> f64) -> Option<Scalar<'static>> {
    match arguments.first()? {
        Scalar::Double(value) => Some(Scalar::Double(apply(*value))),
        whole => Some(whole.clone().into_owned()),
    }
}

pub(super) fn abs(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    match arguments.first()? {
        Scalar::Long(value) => value.checked_abs().map(Scalar::Long),
        Scalar::Double(value) => Some(Scalar::Double(value.abs())),
        other => Some(other.clone().into_owned()),
    }
}

pub(super) fn ceil(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    rounded(arguments, f64::ceil)
}

pub(super) fn floor(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    rounded(arguments, f64::floor)
}

/// To the nearest number with so many decimals, a half away from zero. Source: docs, `ROUND`; `Maths.round`.
pub(super) fn round(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let decimals = match arguments.get(1) {
        Some(decimals) => i32::try_from(decimals.as_long()?).ok()?,
        None => 0,
    };
    match arguments.first()? {
        Scalar::Double(value) => {
            let scale = 10_f64.powi(decimals.abs());
            let turned = if decimals < 0 {
                (value / scale).round() * scale
            } else {
                (value * scale).round() / scale
            };
            finite(turned).or(Some(Scalar::Double(*value)))
        }
        Scalar::Long(value) if decimals < 0 => {
            let Some(scale) = 10_i64.checked_pow(decimals.unsigned_abs()) else {
                return Some(Scalar::Long(0));
            };
            let rest = value.checked_rem(scale)?;
            let down = value.checked_sub(rest)?;
            let up = rest.unsigned_abs() >= scale.unsigned_abs() / 2;
            let step = if up { scale * value.signum() } else { 0 };
            down.checked_add(step).map(Scalar::Long)
        }
        other => Some(other.clone().into_owned()),
    }
}

pub(super) fn sqrt(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    of_one(arguments, f64::sqrt)
}

pub(super) fn cbrt(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    of_one(arguments, f64::cbrt)
}

pub(super) fn exp(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    of_one(arguments, f64::exp)
}

pub(super) fn signum(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let value = double(arguments, 0)?;
    finite(if value == 0.0 { 0.0 } else { value.signum() })
}

/// `LOG(number)` or `LOG(base, number)`.
pub(super) fn log(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    let first = double(arguments, 0)?;
    match arguments.get(1) {
        None => finite(first.ln()),
        Some(number) => finite(number.as_double()?.ln() / first.ln()),
    }
}

pub(super) fn log10(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    of_one(arguments, f64::log10)
}

pub(super) fn pow(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    finite(double(arguments, 0)?.powf(double(arguments, 1)?))
}

pub(super) fn hypot(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    finite(double(arguments, 0)?.hypot(double(arguments, 1)?))
}

/// The constants `PI()`, `E()` and `TAU()`.
pub(super) fn constant(value: f64) -> Val<'static> {
    Val::One(Scalar::Double(value))
}

fn extreme(arguments: &[Scalar<'_>], wanted: Ordering) -> Option<Scalar<'static>> {
    let mut best = arguments.first()?;
    for argument in arguments {
        if order(argument, best) == Some(wanted) {
            best = argument;
        }
    }
    Some(best.clone().into_owned())
}

/// Source: docs, `GREATEST`: null if any argument is.
pub(super) fn greatest(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    extreme(arguments, Ordering::Greater)
}

pub(super) fn least(arguments: &[Scalar<'_>]) -> Option<Scalar<'static>> {
    extreme(arguments, Ordering::Less)
}
