//! Equality and order of values.

use crate::kql::convert::long_to_real;
use crate::kql::value::{Json, Val};
use std::cmp::Ordering;
use verdict_event::Decimal;

/// `==`. Null and a value: false. Null and null: null. Kusto docs: null-values, "Equality and inequality of null values".
pub(in crate::kql) fn equal(left: &Val<'_>, right: &Val<'_>) -> Option<bool> {
    if let (Val::Text(left), Val::Text(right)) = (left, right) {
        if verdict_faults::at("kql/engine/equals-ignores-case") {
            return Some(left.eq_ignore_ascii_case(right));
        }
        return Some(left == right);
    }
    match (left.is_null(), right.is_null()) {
        (true, true) if verdict_faults::at("kql/engine/null-equals-null") => return Some(true),
        (true, false) | (false, true)
            if verdict_faults::at("kql/engine/null-beside-a-value-is-null") =>
        {
            return None;
        }
        (true, true) => return None,
        (true, false) | (false, true) => return Some(false),
        (false, false) => {}
    }
    Some(same(&left.scalar(), &right.scalar()))
}

fn same(left: &Val<'_>, right: &Val<'_>) -> bool {
    match (left, right) {
        (Val::Text(left), Val::Text(right)) => left == right,
        (Val::Bool(left), Val::Bool(right)) => left == right,
        (Val::Guid(left), Val::Guid(right)) => left == right,
        // Assumed: lists and bags are compared as their JSON.
        (Val::Dynamic(left), Val::Dynamic(right)) => left == right,
        // A dynamic column holds a guid as its text.
        (Val::Guid(guid), Val::Text(text)) | (Val::Text(text), Val::Guid(guid)) => {
            text.eq_ignore_ascii_case(guid)
        }
        _ => order(left, right) == Some(Ordering::Equal),
    }
}

/// The order of two numbers, instants, durations or texts; None where there is none.
pub(in crate::kql) fn order(left: &Val<'_>, right: &Val<'_>) -> Option<Ordering> {
    match (left.scalar(), right.scalar()) {
        (Val::Long(left), Val::Long(right))
        | (Val::DateTime(left), Val::DateTime(right))
        | (Val::TimeSpan(left), Val::TimeSpan(right)) => Some(left.cmp(&right)),
        // Assumed: a long beside a real is widened to a real, as in arithmetic (Kusto docs: numerical-operators).
        (Val::Long(left), Val::Real(right)) => long_to_real(left).partial_cmp(&right),
        (Val::Real(left), Val::Long(right)) => left.partial_cmp(&long_to_real(right)),
        (Val::Real(left), Val::Real(right)) => left.partial_cmp(&right),
        (Val::Text(left), Val::Text(right)) => Some(left.cmp(&right)),
        (Val::Bool(left), Val::Bool(right)) => Some(left.cmp(&right)),
        (left, right) => Some(decimal(&left)?.cmp(&decimal(&right)?)),
    }
}

fn decimal(value: &Val<'_>) -> Option<Decimal> {
    match value {
        Val::Decimal(number) => Some(number.decimal()),
        Val::Long(value) => Decimal::parse(&value.to_string()),
        Val::Real(value) => Decimal::parse(&value.to_string()),
        _ => None,
    }
}

/// Equality of an element of a list with a value: null equals null here, since nothing asks for a third truth.
pub(in crate::kql) fn element_is(element: &Json, value: &Val<'_>) -> bool {
    equal(&Val::json_ref(element), value).unwrap_or(true)
}
