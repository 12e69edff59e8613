//! Standing divergences: differences of an engine, not of a rule. They are listed once a profile.

use verdict_compiler::Ir;
use verdict_compiler::ir::{Function, Leaf, LeafKind, Relation, Scalar, Term, Test, View};
use verdict_event::{Decimal, Event, Path, Value};

/// Whether a standing divergence covers an event; None for a code that is unknown here.
///
/// Only values that a test of the right kind looks at count: a digit in a command line explains nothing about an address.
pub(super) fn covers(code: &str, ir: &Ir, event: &Event) -> Option<bool> {
    let (looks, holds): (fn(&Ir, &Leaf, &Path) -> bool, fn(&Value) -> bool) = match code {
        "non-ascii-case" => (any_test, non_ascii_case),
        "number-precision" => (numbers, beyond_a_double),
        "number-text" => (numbers, reads_as_number),
        "date-text" => (dates, reads_otherwise_as_date),
        "address-text" => (addresses, reads_as_address),
        "separator-in-value" => (lists, holds_separator),
        _ => return None,
    };
    let mut covered = false;
    ir.predicate.each_leaf_within(&mut |leaf| {
        leaf.each_field(&mut |path| {
            let values = event.values(path);
            let told = |value: &&Value| code == "date-text" && is_instant(leaf, value);
            let mut open = values.into_iter().filter(|value| !told(value));
            covered = covered || (looks(ir, leaf, path) && open.any(holds));
        });
        covered = covered || (code == "number-precision" && overflows(leaf, event));
        let keyword = matches!(leaf.kind, LeafKind::AnyText(_)) && code == "non-ascii-case";
        covered =
            covered || (keyword && event.strings().iter().any(|text| has_non_ascii_case(text)));
    });
    Some(covered)
}

fn any_test(_: &Ir, _: &Leaf, _: &Path) -> bool {
    true
}

/// The leaf compares a value of the field, or what a function makes of it, as a number, or asks whether it is one.
fn numbers(_: &Ir, leaf: &Leaf, _: &Path) -> bool {
    match &leaf.kind {
        LeafKind::Is { test, .. } => matches!(test, Test::Compare(..)),
        LeafKind::Relate { relation, .. } => {
            matches!(relation, Relation::Compare(_, View::Number, _))
        }
        LeafKind::Missing(term) => reads_number(term),
        LeafKind::Present(_) | LeafKind::AnyText(_) => false,
    }
}

/// The term reads a number from a text.
fn reads_number(term: &Term) -> bool {
    match term {
        Term::Call(Function::ToNumber, _) => true,
        Term::Call(_, arguments) => arguments.iter().any(reads_number),
        Term::Field(_) | Term::Const(_) | Term::Truth { .. } => false,
    }
}

fn dates(_: &Ir, leaf: &Leaf, _: &Path) -> bool {
    is_of_dates(leaf)
}

/// The leaf looks at instants or at parts of dates.
pub(super) fn is_of_dates(leaf: &Leaf) -> bool {
    match &leaf.kind {
        LeafKind::Is { test, .. } => matches!(test, Test::DatePart(..) | Test::Instant(..)),
        LeafKind::Relate { relation, .. } => {
            matches!(relation, Relation::Compare(_, View::Instant, _))
        }
        LeafKind::Missing(_) | LeafKind::Present(_) | LeafKind::AnyText(_) => false,
    }
}

/// The value is a number that the leaf takes for an instant: so many milliseconds, which no target may read as anything else. A part of a date is
/// looked for in the number's text.
fn is_instant(leaf: &Leaf, value: &Value) -> bool {
    matches!(value, Value::Number(number) if number.as_i64().is_some())
        && match &leaf.kind {
            LeafKind::Is { test, .. } => matches!(test, Test::Instant(..)),
            LeafKind::Relate { .. }
            | LeafKind::Missing(_)
            | LeafKind::Present(_)
            | LeafKind::AnyText(_) => false,
        }
}

fn addresses(_: &Ir, leaf: &Leaf, _: &Path) -> bool {
    matches!(
        &leaf.kind,
        LeafKind::Is {
            test: Test::Cidr(_),
            ..
        }
    )
}

/// The leaf looks at a list or compares the field with one; or it compares two fields as text, which one target does over both texts with the
/// separator behind them.
fn lists(ir: &Ir, leaf: &Leaf, _: &Path) -> bool {
    let mut listed = match &leaf.kind {
        LeafKind::Relate { relation, .. } => {
            matches!(relation, Relation::Compare(_, View::Text, _))
        }
        LeafKind::Is { .. }
        | LeafKind::Missing(_)
        | LeafKind::Present(_)
        | LeafKind::AnyText(_) => false,
    };
    leaf.each_field(&mut |path| {
        listed = listed || ir.fields.get(path).is_some_and(|field| field.array);
    });
    listed
}

/// The value holds a letter outside ASCII that has another case.
fn non_ascii_case(value: &Value) -> bool {
    value.scalar_text().is_some_and(has_non_ascii_case)
}

fn has_non_ascii_case(text: &str) -> bool {
    // Some capitals have no small letter, such as the bold ones of mathematics; to a service they are capitals all the same.
    let cased = |c: char| {
        !c.is_ascii()
            && (c.is_uppercase() || !c.to_lowercase().eq([c]) || !c.to_uppercase().eq([c]))
    };
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

/// The leaf calculates a number that 64 bits may not hold.
fn overflows(leaf: &Leaf, event: &Event) -> bool {
    let mut beyond = false;
    let mut terms = |term: &Term| {
        magnitude(term, event, &mut beyond);
    };
    match &leaf.kind {
        LeafKind::Is { term, .. } | LeafKind::Missing(term) => terms(term),
        LeafKind::Relate { left, right, .. } => {
            terms(left);
            terms(right);
        }
        LeafKind::Present(_) | LeafKind::AnyText(_) => {}
    }
    beyond
}

/// The largest distance from zero that a term may have; `beyond` says that a calculation on the way may leave 64 bits.
fn magnitude(term: &Term, event: &Event, beyond: &mut bool) -> f64 {
    match term {
        Term::Field(path) => {
            let values = event.values(path);
            let texts = values.iter().filter_map(|value| value.scalar_text());
            texts
                .filter_map(|text| text.parse::<f64>().ok())
                .map(f64::abs)
                .fold(0.0, f64::max)
        }
        Term::Const(Scalar::Number(number)) => number.as_f64().abs(),
        Term::Const(Scalar::Text(_) | Scalar::Bool(_)) | Term::Truth { .. } => 0.0,
        Term::Call(function, arguments) => {
            let sizes: Vec<f64> = arguments
                .iter()
                .map(|argument| magnitude(argument, event, beyond))
                .collect();
            let size = match function {
                Function::Add | Function::Subtract | Function::Negate => sizes.iter().sum(),
                Function::Multiply => sizes.iter().product(),
                Function::Divide { .. }
                | Function::Modulo
                | Function::ToNumber
                | Function::Between(_)
                | Function::Concat
                | Function::IndexOf(_)
                | Function::Length
                | Function::ToText
                | Function::Substring => return sizes.iter().copied().fold(0.0, f64::max),
            };
            *beyond = *beyond || size >= 9.2e18;
            size
        }
    }
}

/// A text with digits that is no decimal, such as ` 5`, `+5`, `.5` or `0x10`, or one that floats read by name.
fn reads_as_number(value: &Value) -> bool {
    let Value::String(text) = value else {
        return false;
    };
    let lower = text.trim().to_ascii_lowercase();
    let named = [
        "inf",
        "infinity",
        "nan",
        "-inf",
        "-infinity",
        "+inf",
        "+infinity",
        "\u{221e}",
    ]
    .contains(&lower.as_str());
    Decimal::parse(text).is_none() && (named || text.bytes().any(|byte| byte.is_ascii_digit()))
}

/// A text that some language takes for a date and the rule does not, or the other way round.
fn reads_otherwise_as_date(value: &Value) -> bool {
    let text = value.scalar_text();
    text.is_some_and(|text| reads_as_date(text) || has_long_fraction(text))
}

/// A text that may be a date-time whose second has more digits behind its point than Elasticsearch reads, which is nine.
fn has_long_fraction(text: &str) -> bool {
    let digits = |rest: &str| rest.bytes().take_while(u8::is_ascii_digit).count();
    text.split_once('.')
        .is_some_and(|(_, rest)| digits(rest) > 9)
}

/// A text with digits, a number's among them, that is no ISO 8601 date-time as Sigma reads it.
pub(super) fn reads_as_date(text: &str) -> bool {
    let plain = verdict_compiler::ir::instant::parse_date_time(text).is_some();
    !plain && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// A text that is no plain address, yet holds what an address is made of; or an address in a notation of its own.
fn reads_as_address(value: &Value) -> bool {
    let Some(text) = value.scalar_text() else {
        return false;
    };
    let plain = text.parse::<std::net::IpAddr>();
    let mapped = matches!(plain, Ok(std::net::IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_some());
    mapped
        || (plain.is_err()
            && text
                .bytes()
                .any(|byte| byte.is_ascii_digit() || byte == b':'))
}

/// A text that holds a separator with which lists are joined: that of units in Kusto, its symbol in ES|QL.
fn holds_separator(value: &Value) -> bool {
    value
        .scalar_text()
        .is_some_and(|text| text.contains(['\u{1f}', '\u{241f}']))
}

#[cfg(test)]
mod tests {
    use super::reads_otherwise_as_date;
    use serde_json::json;
    use verdict_event::{Event, Path};

    /// ES|QL reads the text of a number as a year: `UtcTime|week: 1` and `{"UtcTime": 7895}`.
    #[test]
    fn what_reads_as_a_date() {
        for (value, expected) in [
            (json!(7895), true),
            (json!("7895"), true),
            (json!("2024-05-25"), true),
            (json!("2024-05-25T01:02:03Z"), false),
            (json!("2024-05-25T01:02:03.123456789Z"), false),
            (json!("2024-05-25T01:02:03.1234567890Z"), true),
            (json!(true), false),
            (json!("never"), false),
        ] {
            let event = Event::from_json(json!({ "t": value })).expect("an object");
            let found = event.values(&Path::new("t"));
            assert_eq!(
                found.into_iter().any(reads_otherwise_as_date),
                expected,
                "{value}"
            );
        }
    }
}
