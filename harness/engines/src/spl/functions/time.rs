//! Times as text and as seconds since 1970. Source: Date and Time functions; "Date and time format variables".

use super::super::value::Val;
use std::borrow::Cow;

/// Not in this slice.
pub(super) fn parse<'r>(_value: Val<'r>, _rest: Vec<Val<'_>>) -> Val<'r> {
    Val::Undefined("strptime() is not run yet")
}

/// Not in this slice.
pub(super) fn format<'r>(_value: &Val<'_>, _rest: Vec<Val<'_>>) -> Val<'r> {
    let _: Option<Cow<'_, str>> = None;
    Val::Undefined("strftime() is not run yet")
}
