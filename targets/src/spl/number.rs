//! Tests of numbers.

use crate::spl::filter::{Condition, Eval};
use crate::spl::logic::Logic;
use crate::spl::plan::{Atom, word};
use crate::spl::search::{Term, Value};
use crate::spl::text;
use std::cmp::Ordering;
use verdict_compiler::ir::{Case, Comparison, Pattern};
use verdict_event::{Decimal, FieldType, Number};

/// Sigma's unquoted number: its text, which is all that Splunk has of a number.
pub(crate) fn numeral(field: &str, wanted: &Number) -> Atom {
    let pattern = Pattern::literal(wanted.text(), Case::Exact);
    if wanted.text().bytes().all(|byte| byte.is_ascii_digit()) {
        if verdict_faults::at("spl/number/numeral-anywhere") {
            return text::pattern(
                field,
                &Pattern::literal(format!("{}0", wanted.text()), Case::Exact),
            );
        }
        return word(field, wanted.text(), text::expression(&pattern));
    }
    text::pattern(field, &pattern)
}

/// Some value of the field is a number that compares so.
pub(crate) fn compare(
    field: &str,
    kind: FieldType,
    comparison: Comparison,
    wanted: &Number,
) -> Atom {
    if kind == FieldType::Long {
        return whole(field, comparison, wanted);
    }
    let subject = Eval::Field(field.to_owned());
    Atom::filtered(
        Term::exists(field),
        Condition::Some(
            field.to_owned(),
            vec![if verdict_faults::at("spl/number/text-compared") {
                ordered(subject, comparison, wanted)
            } else {
                Eval::all([is_number(&subject), ordered(subject, comparison, wanted)])
            }],
        ),
    )
}

/// The field holds whole numbers alone, each written in its shortest form.
fn whole(field: &str, comparison: Comparison, wanted: &Number) -> Atom {
    let test = ordered(Eval::Field(field.to_owned()), comparison, wanted);
    let condition = Logic::Leaf(Condition::Some(field.to_owned(), vec![test]));
    let term = match (comparison, wanted.as_i64()) {
        (Comparison::Equal, None) => return Atom::never(),
        (Comparison::Equal, Some(number)) if verdict_faults::at("spl/number/equal-as-at-least") => {
            Value::Order(">=", number.to_string())
        }
        (Comparison::Equal, Some(number)) if number >= 0 => Value::Word(number.to_string()),
        (Comparison::Equal, Some(number)) => {
            return text::pattern(field, &Pattern::literal(number.to_string(), Case::Exact));
        }
        (
            Comparison::Less
            | Comparison::LessOrEqual
            | Comparison::Greater
            | Comparison::GreaterOrEqual,
            _,
        ) => {
            let (comparison, number) = bound(comparison, wanted);
            Value::Order(sign(comparison), number)
        }
    };
    Atom::both(Term::new(field, term), condition)
}

/// A value is a number: otherwise it would be compared as a text.
pub(crate) fn is_number(subject: &Eval) -> Eval {
    Eval::call("isnum", subject.clone())
}

/// A number compares so with this one.
pub(crate) fn ordered(subject: Eval, comparison: Comparison, wanted: &Number) -> Eval {
    let (comparison, number) = bound(comparison, wanted);
    Eval::infix(subject, sign(comparison), Eval::Number(number))
}

/// A comparison with a number that Splunk, which keeps numbers as doubles, can have: where the rule's lies between two doubles, the same
/// question about the nearest one.
fn bound(comparison: Comparison, wanted: &Number) -> (Comparison, String) {
    let double = wanted.as_f64().clamp(f64::MIN, f64::MAX);
    // A whole double is written in full; the shortest text that reads as it may lie beside it.
    let nearest = if double.fract() == 0.0 {
        format!("{double:.0}")
    } else {
        double.to_string()
    };
    let comparison = match comparison {
        Comparison::Less if verdict_faults::at("spl/number/less-as-at-most") => {
            Comparison::LessOrEqual
        }
        Comparison::LessOrEqual if verdict_faults::at("spl/number/at-most-as-less") => {
            Comparison::Less
        }
        Comparison::Greater if verdict_faults::at("spl/number/greater-as-at-least") => {
            Comparison::GreaterOrEqual
        }
        Comparison::GreaterOrEqual if verdict_faults::at("spl/number/at-least-as-greater") => {
            Comparison::Greater
        }
        comparison => comparison,
    };
    let below = Decimal::parse(&nearest).map(|nearest| nearest.cmp(&wanted.decimal()));
    let comparison = match (below, comparison) {
        (None | Some(Ordering::Equal), _) | (_, Comparison::Equal) => {
            return (comparison, written(wanted));
        }
        (Some(Ordering::Less), Comparison::Less | Comparison::LessOrEqual) => {
            Comparison::LessOrEqual
        }
        (Some(Ordering::Less), Comparison::Greater | Comparison::GreaterOrEqual) => {
            Comparison::Greater
        }
        (Some(Ordering::Greater), Comparison::Less | Comparison::LessOrEqual) => Comparison::Less,
        (Some(Ordering::Greater), Comparison::Greater | Comparison::GreaterOrEqual) => {
            Comparison::GreaterOrEqual
        }
    };
    (comparison, nearest)
}

/// The sign that both languages know.
pub(crate) fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => "=",
        Comparison::Less
        | Comparison::LessOrEqual
        | Comparison::Greater
        | Comparison::GreaterOrEqual => comparison.sign(),
    }
}

/// A number without an exponent.
pub(crate) fn written(number: &Number) -> String {
    if let Some(whole) = number.as_i64() {
        return whole.to_string();
    }
    let text = number.text();
    if text.contains(['e', 'E']) {
        return number.as_f64().clamp(f64::MIN, f64::MAX).to_string();
    }
    text.to_owned()
}
