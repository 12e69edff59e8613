//! What the functions of EQL give (`docs/semantics.md`, E10 and E11): the plain definition that folding and the oracle share.
//!
//! A null argument is None. Null in, null out, except where a function names a default.

use crate::ir::fold::fold_char;
use crate::ir::pattern::Case;
use crate::ir::term::{Function, Scalar};
use verdict_event::Number;

/// The value of a function; None is null. Arguments of the wrong type or number give null.
pub fn apply(function: Function, arguments: &[Option<Scalar>]) -> Option<Scalar> {
    let argument = |at: usize| arguments.get(at).and_then(Option::as_ref);
    let text = |at: usize| argument(at).and_then(as_text);
    let number = |at: usize| argument(at).and_then(as_number);
    match function {
        Function::Add => arithmetic(number(0)?, number(1)?, i64::checked_add, |a, b| a + b),
        Function::Subtract => arithmetic(number(0)?, number(1)?, i64::checked_sub, |a, b| a - b),
        Function::Multiply => arithmetic(number(0)?, number(1)?, i64::checked_mul, |a, b| a * b),
        Function::Divide { integral } => divide(integral, number(0)?, number(1)?),
        Function::Modulo => modulo(number(0)?, number(1)?),
        Function::Negate => {
            let zero = Number::from(0);
            arithmetic(&zero, number(0)?, i64::checked_sub, |a, b| a - b)
        }
        Function::Between(case) => {
            let greedy = matches!(argument(3), Some(Scalar::Bool(true)));
            between(case, text(0)?, text(1)?, text(2)?, greedy).map(Scalar::Text)
        }
        Function::Concat => {
            let texts: Option<Vec<String>> = arguments
                .iter()
                .map(|argument| argument.as_ref().map(text_of))
                .collect();
            Some(Scalar::Text(texts?.concat()))
        }
        Function::IndexOf(case) => {
            let start = number(2).and_then(Number::as_i64).unwrap_or(0);
            index_of(case, text(0)?, text(1)?, start).map(whole)
        }
        Function::Length => Some(whole(text(0)?.chars().count())),
        Function::ToNumber => {
            to_number(text(0)?, number(1).and_then(Number::as_i64)).map(Scalar::Number)
        }
        Function::ToText => argument(0).map(|value| Scalar::Text(text_of(value))),
        Function::Substring => {
            let bound = |at: usize| number(at).and_then(Number::as_i64);
            Some(Scalar::Text(substring(text(0)?, bound(1), bound(2))))
        }
    }
}

fn as_text(value: &Scalar) -> Option<&str> {
    match value {
        Scalar::Text(text) => Some(text),
        Scalar::Number(_) | Scalar::Bool(_) => None,
    }
}

fn as_number(value: &Scalar) -> Option<&Number> {
    match value {
        Scalar::Number(number) => Some(number),
        Scalar::Text(_) | Scalar::Bool(_) => None,
    }
}

fn text_of(value: &Scalar) -> String {
    match value {
        Scalar::Text(text) => text.clone(),
        Scalar::Number(number) => number.text().to_owned(),
        Scalar::Bool(truth) => truth.to_string(),
    }
}

fn whole(count: usize) -> Scalar {
    Scalar::Number(Number::from(i64::try_from(count).unwrap_or(i64::MAX)))
}

/// The number as a 64-bit integer, if it is written as one: `4.0` is a double.
fn integer(number: &Number) -> Option<i64> {
    let written = !number.text().contains(['.', 'e', 'E']);
    number.as_i64().filter(|_| written)
}

fn double(value: f64) -> Option<Scalar> {
    // Debug formatting keeps the point of `7.0`, as Java does, and reads back as the same double.
    Number::parse(&format!("{value:?}")).map(Scalar::Number)
}

/// Exact between integers (null where the result does not fit), else between doubles.
fn arithmetic(
    left: &Number,
    right: &Number,
    exact: fn(i64, i64) -> Option<i64>,
    rounded: fn(f64, f64) -> f64,
) -> Option<Scalar> {
    match (integer(left), integer(right)) {
        (Some(left), Some(right)) => exact(left, right).map(|value| Scalar::Number(value.into())),
        _ => double(rounded(left.as_f64(), right.as_f64())),
    }
}

fn divide(integral: bool, left: &Number, right: &Number) -> Option<Scalar> {
    if right.as_f64() == 0.0 {
        return None;
    }
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) if integral => left
            .checked_div(right)
            .map(|value| Scalar::Number(value.into())),
        _ if integral => double((left.as_f64() / right.as_f64()).trunc()),
        _ => double(left.as_f64() / right.as_f64()),
    }
}

fn modulo(left: &Number, right: &Number) -> Option<Scalar> {
    if right.as_f64() == 0.0 {
        return None;
    }
    arithmetic(
        left,
        right,
        |a, b| Some(a.checked_rem(b).unwrap_or(0)),
        |a, b| a % b,
    )
}

fn characters(case: Case, text: &str) -> Vec<char> {
    match case {
        Case::Exact => text.chars().collect(),
        Case::Fold => text.chars().map(fold_char).collect(),
    }
}

/// The first place at or after `start` where `part` stands.
fn find(text: &[char], part: &[char], start: usize) -> Option<usize> {
    if part.is_empty() {
        return Some(start.min(text.len()));
    }
    let places = text.get(start..)?.windows(part.len());
    places
        .into_iter()
        .position(|window| window == part)
        .map(|at| at + start)
}

fn index_of(case: Case, text: &str, part: &str, start: i64) -> Option<usize> {
    let start = usize::try_from(start.max(0)).ok()?;
    find(&characters(case, text), &characters(case, part), start)
}

/// What stands between the first `left` and the first (or last, if greedy) `right` behind it.
fn between(case: Case, text: &str, left: &str, right: &str, greedy: bool) -> Option<String> {
    let (folded, left, right) = (
        characters(case, text),
        characters(case, left),
        characters(case, right),
    );
    let start = find(&folded, &left, 0)? + left.len();
    let end = if greedy {
        let last = folded.len().checked_sub(right.len())?;
        (start..=last)
            .rev()
            .find(|at| folded.get(*at..*at + right.len()) == Some(right.as_slice()))?
    } else {
        find(&folded, &right, start)?
    };
    Some(text.chars().skip(start).take(end - start).collect())
}

/// A slice as Python takes it: negative bounds count from the end.
fn substring(text: &str, start: Option<i64>, end: Option<i64>) -> String {
    let length = text.chars().count();
    let bound = |bound: i64| {
        let magnitude = usize::try_from(bound.unsigned_abs()).unwrap_or(usize::MAX);
        if bound < 0 {
            length.saturating_sub(magnitude)
        } else {
            magnitude.min(length)
        }
    };
    let start = start.map_or(0, bound);
    let end = end.map_or(length, bound);
    text.chars()
        .skip(start)
        .take(end.saturating_sub(start))
        .collect()
}

/// A number from text: blanks around it and a sign are allowed, `0x` means base 16.
fn to_number(text: &str, base: Option<i64>) -> Option<Number> {
    let trimmed = text.trim();
    let (negative, digits) = match trimmed.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
    };
    let hexadecimal = digits
        .strip_prefix("0x")
        .filter(|_| matches!(base, None | Some(16)));
    let base = match (base, hexadecimal) {
        (None, None) | (Some(10), _) => return decimal(negative, digits),
        (None, Some(_)) => 16,
        (Some(base), _) => u32::try_from(base)
            .ok()
            .filter(|base| (2..=36).contains(base))?,
    };
    let digits = hexadecimal.unwrap_or(digits);
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let magnitude = i128::from(u64::from_str_radix(digits, base).ok()?);
    let value = if negative { -magnitude } else { magnitude };
    i64::try_from(value).ok().map(Number::from)
}

fn decimal(negative: bool, digits: &str) -> Option<Number> {
    if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let trimmed = digits.trim_start_matches('0');
    // A sign behind leading zeros is no sign of a number: `0-1` is none.
    let plain = if trimmed.starts_with(|first: char| first.is_ascii_digit()) {
        trimmed.to_owned()
    } else {
        format!("0{trimmed}")
    };
    Number::parse(&format!("{}{plain}", if negative { "-" } else { "" }))
}

#[cfg(test)]
mod tests {
    use super::apply;
    use crate::ir::{Case, Function, Scalar};
    use verdict_event::Number;

    /// Checks a function; arguments and result are JSON.
    fn check(function: Function, arguments: &str, expected: &str) {
        let scalar = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => Some(Scalar::Text(text.clone())),
            serde_json::Value::Bool(truth) => Some(Scalar::Bool(*truth)),
            serde_json::Value::Number(number) => {
                Number::parse(&number.to_string()).map(Scalar::Number)
            }
            _ => None,
        };
        let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
        let list: Vec<_> = json(arguments)
            .as_array()
            .expect("a list")
            .iter()
            .map(scalar)
            .collect();
        assert_eq!(
            apply(function, &list),
            scalar(&json(expected)),
            "{function:?} {arguments}"
        );
    }

    #[test]
    fn numbers() {
        check(Function::Add, "[1, 2]", "3");
        check(Function::Add, "[9223372036854775807, 1]", "null");
        check(Function::Subtract, "[1, 0.5]", "0.5");
        check(Function::Multiply, "[3, null]", "null");
        check(Function::Divide { integral: true }, "[-7, 2]", "-3");
        check(Function::Divide { integral: false }, "[7, 2]", "3.5");
        check(Function::Divide { integral: true }, "[7, 0]", "null");
        check(Function::Modulo, "[-7, 4]", "-3");
        check(Function::Negate, "[5]", "-5");
        check(Function::ToNumber, r#"[" 0x1f "]"#, "31");
        check(Function::ToNumber, r#"["1f", 16]"#, "31");
        check(Function::ToNumber, r#"["-007.50"]"#, "-7.50");
        for text in [
            r#"["+-7"]"#,
            r#"[""]"#,
            r#"["-"]"#,
            r#"[".5"]"#,
            r#"["0-1"]"#,
            r#"["00+5"]"#,
            r#"["0X1f"]"#,
        ] {
            check(Function::ToNumber, text, "null");
        }
        check(Function::ToNumber, r#"["9", 8]"#, "null");
    }

    #[test]
    fn texts() {
        check(
            Function::Between(Case::Exact),
            r#"["a[b[c]d]", "[", "]"]"#,
            r#""b[c""#,
        );
        check(
            Function::Between(Case::Exact),
            r#"["a[b[c]d]", "[", "]", true]"#,
            r#""b[c]d""#,
        );
        check(
            Function::Between(Case::Fold),
            r#"["XaYbZ", "A", "B"]"#,
            r#""Y""#,
        );
        check(
            Function::Between(Case::Exact),
            r#"["abc", "c", "a"]"#,
            "null",
        );
        check(Function::Concat, r#"["a", 1.0, true]"#, r#""a1.0true""#);
        check(Function::IndexOf(Case::Exact), r#"["añb", "b"]"#, "2");
        check(Function::IndexOf(Case::Exact), r#"["abab", "a", 1]"#, "2");
        check(Function::IndexOf(Case::Exact), r#"["abab", "a", -9]"#, "0");
        check(Function::IndexOf(Case::Exact), r#"["ab", "a", 9]"#, "null");
        check(Function::IndexOf(Case::Exact), r#"["ab", "", 9]"#, "2");
        check(Function::Length, r#"["añ😀"]"#, "3");
        check(Function::Substring, r#"["windows", -3]"#, r#""ows""#);
        check(Function::Substring, r#"["windows", 5, 2]"#, r#""""#);
        check(Function::Substring, r#"["windows", null, -4]"#, r#""win""#);
        check(Function::ToText, "[2.50]", r#""2.50""#);
    }
}
