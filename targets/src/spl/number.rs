//! Tests of numbers.

use crate::spl::filter::{Condition, Eval};
use crate::spl::logic::Logic;
use crate::spl::plan::{Atom, word};
use crate::spl::search::{Term, Value};
use crate::spl::text;
use verdict_compiler::ir::{Case, Comparison, Pattern};
use verdict_event::{FieldType, Number};

/// Sigma's unquoted number: its text, which is all that Splunk has of a number.
pub(crate) fn numeral(field: &str, wanted: &Number) -> Atom {
    let pattern = Pattern::literal(wanted.text(), Case::Exact);
    if wanted.text().bytes().all(|byte| byte.is_ascii_digit()) {
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
            vec![Eval::all([
                is_number(&subject),
                ordered(subject, comparison, wanted),
            ])],
        ),
    )
}

/// The field holds whole numbers alone, each written in its shortest form.
fn whole(field: &str, comparison: Comparison, wanted: &Number) -> Atom {
    let test = ordered(Eval::Field(field.to_owned()), comparison, wanted);
    let condition = Logic::Leaf(Condition::Some(field.to_owned(), vec![test]));
    let term = match (comparison, wanted.as_i64()) {
        (Comparison::Equal, None) => return Atom::never(),
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
        ) => Value::Order(sign(comparison), written(wanted)),
    };
    Atom::both(Term::new(field, term), condition)
}

/// A value is a number: otherwise it would be compared as a text.
pub(crate) fn is_number(subject: &Eval) -> Eval {
    Eval::call("isnum", subject.clone())
}

/// A number compares so with this one.
pub(crate) fn ordered(subject: Eval, comparison: Comparison, wanted: &Number) -> Eval {
    Eval::infix(subject, sign(comparison), Eval::Number(written(wanted)))
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

/// A number without an exponent, and within what a double holds.
pub(crate) fn written(number: &Number) -> String {
    if let Some(whole) = number.as_i64() {
        return whole.to_string();
    }
    let text = number.text();
    if text.contains(['e', 'E']) {
        return format!("{}", number.as_f64().clamp(f64::MIN, f64::MAX));
    }
    text.to_owned()
}
