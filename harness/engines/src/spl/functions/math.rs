//! Functions of numbers. Source, of each: Mathematical functions, Statistical eval functions; of `ipmask`: Conversion functions.

use super::super::value::{Val, number};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::Ipv4Addr;

/// Of a negative number no page says.
pub(super) fn square_root<'r>(value: &Val<'_>) -> Val<'r> {
    match value.number().map(f64::sqrt) {
        Some(root) if !root.is_nan() => Val::Number(root),
        _ => Val::Undefined("sqrt() of what is no number from 0 on"),
    }
}

pub(super) fn power<'r>(value: &Val<'_>, rest: &[Val<'_>]) -> Val<'r> {
    match (value.number(), rest.first().and_then(Val::number)) {
        (Some(base), Some(exponent)) => Val::Number(base.powf(exponent)),
        _ => Val::Undefined("pow() of what is no number"),
    }
}

/// The numbers among all values of all arguments; what is missing and what is no number is passed over.
pub(super) fn sum<'r>(arguments: Vec<Val<'_>>) -> Val<'r> {
    let mut total = None;
    for value in arguments {
        match value {
            Val::Undefined(why) => return Val::Undefined(why),
            // A literal text is an error of the query, and a text that was computed is neither that nor a field.
            Val::Text(_) | Val::Bool(_) => {
                return Val::Undefined("sum() of a text that is no field");
            }
            Val::Number(one) => total = Some(total.unwrap_or(0.0) + one),
            Val::Null => {}
            fields => {
                for one in fields.texts().iter().filter_map(|text| number(text)) {
                    total = Some(total.unwrap_or(0.0) + one);
                }
            }
        }
    }
    total.map_or(Val::Undefined("sum() of nothing"), Val::Number)
}

/// The greatest or least of all values of all arguments: a string is greater than every number. What a missing argument does no page says.
pub(super) fn extreme<'r>(arguments: Vec<Val<'r>>, wanted: Ordering) -> Val<'r> {
    let mut best: Option<Val<'r>> = None;
    for argument in arguments {
        let values: Vec<Val<'r>> = match argument {
            Val::Undefined(why) => return Val::Undefined(why),
            Val::Null => return Val::Undefined("max() or min() of a missing value"),
            Val::Bool(_) => return Val::Undefined("max() or min() of a truth value"),
            Val::Many(_) => argument.texts().into_iter().map(Val::Field).collect(),
            one => vec![one],
        };
        for value in values {
            let better = best
                .as_ref()
                .is_none_or(|best| order(&value, best) == wanted);
            if better {
                best = Some(value);
            }
        }
    }
    match best {
        Some(value) => value.number().map_or(value, Val::Number),
        None => Val::Null,
    }
}

fn order(one: &Val<'_>, other: &Val<'_>) -> Ordering {
    match (one.number(), other.number()) {
        (Some(one), Some(other)) => one.total_cmp(&other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => one.borrow().texts().cmp(&other.borrow().texts()),
    }
}

/// The bits of an address of version 4 that a mask leaves.
pub(super) fn ip_mask<'r>(mask: Val<'_>, mut rest: Vec<Val<'_>>) -> Val<'r> {
    let address = |value: Val<'_>| {
        let text = value.single().ok();
        text.and_then(|text| text.parse::<Ipv4Addr>().ok())
    };
    match (address(mask), rest.pop().and_then(address)) {
        (Some(mask), Some(ip)) => Val::Text(Cow::Owned((mask & ip).to_string())),
        _ => Val::Undefined("ipmask() of what is no address of version 4"),
    }
}
