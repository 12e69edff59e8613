//! Standing divergences: differences of an engine, not of a rule. They are listed once a profile.

use verdict_compiler::Ir;
use verdict_event::{Decimal, Event, Value};

/// Whether a standing divergence covers an event; None for a code that is unknown here.
pub(super) fn covers(code: &str, ir: &Ir, event: &Event) -> Option<bool> {
    let holds: fn(&Value) -> bool = match code {
        "non-ascii-case" => non_ascii_case,
        "number-precision" => beyond_a_double,
        _ => return None,
    };
    let of_fields = ir
        .fields
        .keys()
        .any(|path| event.values(path).iter().any(|value| holds(value)));
    Some(
        of_fields
            || (code == "non-ascii-case"
                && event.strings().iter().any(|text| has_non_ascii_case(text))),
    )
}

/// The value holds a letter outside ASCII that has another case.
fn non_ascii_case(value: &Value) -> bool {
    value.scalar_text().is_some_and(has_non_ascii_case)
}

fn has_non_ascii_case(text: &str) -> bool {
    let cased = |c: char| !c.is_ascii() && (!c.to_lowercase().eq([c]) || !c.to_uppercase().eq([c]));
    text.chars().any(cased)
}

/// The value is a number that a 64-bit float does not hold exactly.
fn beyond_a_double(value: &Value) -> bool {
    let Some(text) = value.scalar_text() else {
        return false;
    };
    let Some(exact) = Decimal::parse(text) else {
        return false;
    };
    let rounded = text.parse::<f64>().map(|double| format!("{double:?}"));
    rounded.ok().and_then(|text| Decimal::parse(&text)) != Some(exact)
}
