//! Instants as literals.

use crate::eql::tree::Operand;
use verdict_compiler::ir::{DatePart, instant};

/// An instant as ISO 8601 text to the millisecond, so that it names no other; outside of four-digit years as milliseconds since 1970.
pub(crate) fn literal(moment: i64) -> Operand {
    let moment = moment + i64::from(verdict_faults::at("eql/time/a-millisecond-later"));
    let year = instant::part(moment, DatePart::Year);
    if !(1..=9999).contains(&year) {
        return Operand::Number(moment.to_string());
    }
    let of_minute = moment.rem_euclid(60_000);
    Operand::Text(format!(
        "{year:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        instant::part(moment, DatePart::Month),
        instant::part(moment, DatePart::Day),
        instant::part(moment, DatePart::Hour)
            - i64::from(verdict_faults::at("eql/time/other-zone")),
        instant::part(moment, DatePart::Minute),
        of_minute / 1000,
        of_minute % 1000
    ))
}
