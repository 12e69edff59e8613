//! Numbers. Kusto docs: `abs()`, `bin()`, `ceiling()`, `round()`, `min_of()` and their kin.

use super::{Function, Param, Returns, function, long_of};
use crate::kql::convert::{long_to_real, real_to_long, to_real};
use crate::kql::eval::order;
use crate::kql::value::{Type, Val};
use std::cmp::Ordering;

pub(super) const FUNCTIONS: &[Function] = &[
    function("abs", &[Param::Amount], Returns::First, abs),
    function("bin", &[Param::Any, Param::Amount], Returns::First, bin),
    function("floor", &[Param::Any, Param::Amount], Returns::First, bin),
    function("ceiling", &[Param::Number], Returns::First, |args| {
        real(args, f64::ceil)
    }),
    function(
        "round",
        &[Param::Number, Param::Integer],
        Returns::First,
        round,
    )
    .arguments(1, 2),
    function("min_of", &[Param::Any], Returns::Common, |args| {
        extreme(args, Ordering::Less)
    })
    .arguments(2, 64),
    function("max_of", &[Param::Any], Returns::Common, |args| {
        extreme(args, Ordering::Greater)
    })
    .arguments(2, 64),
    function("isnan", &[Param::Number], Returns::Is(Type::Bool), |args| {
        test(args, f64::is_nan)
    }),
    function("isinf", &[Param::Number], Returns::Is(Type::Bool), |args| {
        test(args, f64::is_infinite)
    }),
    function(
        "isfinite",
        &[Param::Number],
        Returns::Is(Type::Bool),
        |args| test(args, f64::is_finite),
    ),
];

fn abs<'r>(args: &[Val<'r>]) -> Val<'r> {
    match args.first() {
        Some(Val::Long(value)) => Val::Long(value.wrapping_abs()),
        Some(Val::Real(value)) => Val::Real(value.abs()),
        Some(Val::TimeSpan(ticks)) => Val::TimeSpan(ticks.wrapping_abs()),
        _ => Val::Null,
    }
}

/// Down to a multiple of the second argument; `floor` is its other name. Kusto docs: `bin()`, `floor()`: null for a bin size that is null or negative.
fn bin<'r>(args: &[Val<'r>]) -> Val<'r> {
    let negative = match args.get(1) {
        Some(Val::Long(size) | Val::TimeSpan(size)) => *size < 0,
        Some(Val::Real(size)) => *size < 0.0,
        _ => false,
    };
    if negative {
        return Val::Null;
    }
    let down = |value: i64, size: i64| {
        if verdict_faults::at("kql/engine/bin-cuts-towards-zero") {
            return value.checked_rem(size).map(|rest| value - rest);
        }
        value.checked_rem_euclid(size).map(|rest| value - rest)
    };
    match (args.first(), args.get(1)) {
        (Some(Val::Long(value)), Some(Val::Long(size))) => {
            Val::option(down(*value, *size), Val::Long)
        }
        (Some(Val::DateTime(value)), Some(Val::TimeSpan(size))) => {
            Val::option(down(*value, *size), Val::DateTime)
        }
        (Some(Val::TimeSpan(value)), Some(Val::TimeSpan(size))) => {
            Val::option(down(*value, *size), Val::TimeSpan)
        }
        (Some(Val::Real(value)), Some(size)) => Val::option(to_real(size), |size| {
            Val::Real((value / size).floor() * size)
        }),
        (Some(Val::Long(value)), Some(Val::Real(size))) => Val::option(
            real_to_long((long_to_real(*value) / size).floor() * size),
            Val::Long,
        ),
        _ => Val::Null,
    }
}

fn real<'r>(args: &[Val<'r>], apply: fn(f64) -> f64) -> Val<'r> {
    match args.first() {
        Some(Val::Long(value)) => Val::Long(*value),
        Some(Val::Real(value)) => Val::Real(apply(*value)),
        _ => Val::Null,
    }
}

/// Assumed: a half is rounded away from zero.
fn round<'r>(args: &[Val<'r>]) -> Val<'r> {
    let precision = long_of(args, 1)
        .and_then(|digits| i32::try_from(digits).ok())
        .unwrap_or(0);
    let scale = 10_f64.powi(precision.clamp(-300, 300));
    match args.first() {
        Some(Val::Long(value)) if precision >= 0 => Val::Long(*value),
        Some(Val::Long(value)) => Val::option(
            real_to_long((long_to_real(*value) * scale).round() / scale),
            Val::Long,
        ),
        Some(Val::Real(value)) => Val::Real((value * scale).round() / scale),
        _ => Val::Null,
    }
}

/// Nulls are passed over (assumed).
fn extreme<'r>(args: &[Val<'r>], wanted: Ordering) -> Val<'r> {
    let mut best = Val::Null;
    for value in args {
        if !value.is_null() && (best.is_null() || order(value, &best) == Some(wanted)) {
            best = value.clone();
        }
    }
    best
}

fn test<'r>(args: &[Val<'r>], apply: fn(f64) -> bool) -> Val<'r> {
    let value = args.first().and_then(to_real);
    Val::option(value, |value| Val::Bool(apply(value)))
}
