//! Values that are computed of values: constants, functions, conditions. None or several, as the fields below them have them.

use super::event::{Event, Field, Reads};
use super::number::integer;
use super::scalar::{Kind, Scalar};
use super::text::fold_char;

/// How many combinations of values a function is tried on; beyond it, further ones are not looked at.
const MOST: usize = 10_000;

/// A function. Arguments are in the order of Elastic EQL; an optional one that is absent is left out at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `a + b`.
    Add,
    /// `a - b`.
    Subtract,
    /// `a * b`.
    Multiply,
    /// `a / b`; nothing where `b` is zero.
    Divide,
    /// `a / b`, cut off toward zero.
    DivideWhole,
    /// `a % b`, with the sign of `a`.
    Modulo,
    /// `-a`.
    Negate,
    /// `between(text, left, right[, greedy])`, ignoring case.
    Between,
    /// `between(text, left, right[, greedy])`, exactly.
    BetweenExact,
    /// `concat(values ...)`, of their texts.
    Concat,
    /// `indexOf(text, part[, start])`, ignoring case.
    IndexOf,
    /// `indexOf(text, part[, start])`, exactly.
    IndexOfExact,
    /// `length(text)`, in characters.
    Length,
    /// `number(text[, base])`.
    ToNumber,
    /// `string(value)`.
    ToText,
    /// `substring(text, start[, end])`.
    Substring,
}

impl Event {
    /// The values of a field; one that is missing where there is none.
    pub fn values(&self, field: Field) -> Vec<Option<Scalar>> {
        or_missing(self.scalars(field).cloned().collect())
    }

    /// What a function gets of a field: text where the field holds text, though the event has a number there.
    pub fn arguments(&self, field: Field) -> Vec<Option<Scalar>> {
        let reads = self.fields().reads(field);
        let texts = self.scalars(field).map(Scalar::as_str);
        let argument = |text: &str| match reads {
            Reads::Long => integer(text).map_or_else(
                || Scalar::number(text),
                |value| Scalar::number(value.to_string()),
            ),
            Reads::Double => Scalar::number(text),
            Reads::Boolean => Scalar::bool(text == "true"),
            Reads::Any | Reads::Ip | Reads::Date => Scalar::text(text),
        };
        or_missing(texts.map(argument).collect())
    }
}

fn or_missing(values: Vec<Scalar>) -> Vec<Option<Scalar>> {
    if values.is_empty() {
        vec![None]
    } else {
        values.into_iter().map(Some).collect()
    }
}

/// A constant text.
pub fn text(text: &str) -> Vec<Option<Scalar>> {
    vec![Some(Scalar::text(text))]
}

/// A constant number.
pub fn number(text: &str) -> Vec<Option<Scalar>> {
    vec![Some(Scalar::number(text))]
}

/// A constant boolean.
pub fn bool(truth: bool) -> Vec<Option<Scalar>> {
    vec![Some(Scalar::bool(truth))]
}

/// A condition as a value, where it is known.
pub fn truth(holds: bool, known: bool) -> Vec<Option<Scalar>> {
    vec![known.then(|| Scalar::bool(holds))]
}

/// What every combination of its arguments' values gives.
pub fn call(function: Function, arguments: &[Vec<Option<Scalar>>]) -> Vec<Option<Scalar>> {
    let mut tuples: Vec<Vec<Option<&Scalar>>> = vec![Vec::new()];
    for choices in arguments {
        tuples = tuples
            .iter()
            .flat_map(|tuple| {
                choices
                    .iter()
                    .map(|choice| tuple.iter().copied().chain([choice.as_ref()]).collect())
                    .collect::<Vec<_>>()
            })
            .take(MOST)
            .collect();
    }
    let results = tuples.iter().map(|tuple| apply(function, tuple));
    results.collect()
}

/// The value of a function; None is missing. Arguments of the wrong kind or number give nothing.
fn apply(function: Function, arguments: &[Option<&Scalar>]) -> Option<Scalar> {
    let argument = |at: usize| arguments.get(at).copied().flatten();
    let of_kind = |at: usize, kind: Kind| {
        let value = argument(at).filter(|value| value.kind() == kind);
        value.map(Scalar::as_str)
    };
    let text = |at: usize| of_kind(at, Kind::Text);
    let number = |at: usize| of_kind(at, Kind::Number);
    let whole = |at: usize| number(at).and_then(integer);
    match function {
        Function::Add => arithmetic(number(0)?, number(1)?, i64::checked_add, |a, b| a + b),
        Function::Subtract => arithmetic(number(0)?, number(1)?, i64::checked_sub, |a, b| a - b),
        Function::Multiply => arithmetic(number(0)?, number(1)?, i64::checked_mul, |a, b| a * b),
        Function::Divide => divide(number(0)?, number(1)?),
        Function::DivideWhole => divide_whole(number(0)?, number(1)?),
        Function::Modulo => modulo(number(0)?, number(1)?),
        Function::Negate => arithmetic("0", number(0)?, i64::checked_sub, |a, b| a - b),
        Function::Between | Function::BetweenExact => {
            let exact = function == Function::BetweenExact;
            let greedy = of_kind(3, Kind::Bool) == Some("true");
            between(exact, text(0)?, text(1)?, text(2)?, greedy).map(Scalar::text)
        }
        Function::Concat => {
            let mut joined = String::new();
            for argument in arguments {
                joined.push_str((*argument)?.as_str());
            }
            Some(Scalar::text(joined))
        }
        Function::IndexOf | Function::IndexOfExact => {
            let exact = function == Function::IndexOfExact;
            index_of(exact, text(0)?, text(1)?, whole(2).unwrap_or(0)).map(count)
        }
        Function::Length => Some(count(text(0)?.chars().count())),
        Function::ToNumber => to_number(text(0)?, whole(1)),
        Function::ToText => argument(0).map(|value| Scalar::text(value.as_str())),
        Function::Substring => Some(Scalar::text(substring(text(0)?, whole(1), whole(2)))),
    }
}

fn count(count: usize) -> Scalar {
    Scalar::number(count.to_string())
}

fn whole(value: i64) -> Scalar {
    Scalar::number(value.to_string())
}

fn double(value: f64) -> Option<Scalar> {
    // Debug formatting keeps the point of `7.0` and reads back as the same double.
    value
        .is_finite()
        .then(|| Scalar::number(format!("{value:?}")))
}

fn as_f64(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

/// Exact between numbers written as integers (nothing where the result does not fit), else between doubles.
fn arithmetic(
    left: &str,
    right: &str,
    exact: fn(i64, i64) -> Option<i64>,
    rounded: fn(f64, f64) -> f64,
) -> Option<Scalar> {
    let written = |text: &str| integer(text).filter(|_| !text.contains(['.', 'e', 'E']));
    match (written(left), written(right)) {
        (Some(left), Some(right)) => exact(left, right).map(whole),
        _ => double(rounded(as_f64(left), as_f64(right))),
    }
}

fn is_zero(text: &str) -> bool {
    as_f64(text) == 0.0
}

fn divide(left: &str, right: &str) -> Option<Scalar> {
    if is_zero(right) {
        return None;
    }
    double(as_f64(left) / as_f64(right))
}

fn divide_whole(left: &str, right: &str) -> Option<Scalar> {
    if is_zero(right) {
        return None;
    }
    match (integer(left), integer(right)) {
        (Some(left), Some(right)) => left.checked_div(right).map(whole),
        _ => double((as_f64(left) / as_f64(right)).trunc()),
    }
}

fn modulo(left: &str, right: &str) -> Option<Scalar> {
    if is_zero(right) {
        return None;
    }
    arithmetic(
        left,
        right,
        |a, b| Some(a.checked_rem(b).unwrap_or(0)),
        |a, b| a % b,
    )
}

fn characters(exact: bool, text: &str) -> Vec<char> {
    if exact {
        text.chars().collect()
    } else {
        text.chars().map(fold_char).collect()
    }
}

/// The first place at or after `start` where `part` stands.
fn find(text: &[char], part: &[char], start: usize) -> Option<usize> {
    if part.is_empty() {
        return Some(start.min(text.len()));
    }
    let mut places = text.get(start..)?.windows(part.len());
    places
        .position(|window| window == part)
        .map(|at| at + start)
}

fn index_of(exact: bool, text: &str, part: &str, start: i64) -> Option<usize> {
    let start = usize::try_from(start.max(0)).ok()?;
    find(&characters(exact, text), &characters(exact, part), start)
}

/// What stands between the first `left` and the first (or last, if greedy) `right` behind it.
fn between(exact: bool, text: &str, left: &str, right: &str, greedy: bool) -> Option<String> {
    let (whole, left, right) = (
        characters(exact, text),
        characters(exact, left),
        characters(exact, right),
    );
    let start = find(&whole, &left, 0)? + left.len();
    let end = if greedy {
        let last = whole.len().checked_sub(right.len())?;
        (start..=last)
            .rev()
            .find(|at| whole.get(*at..*at + right.len()) == Some(right.as_slice()))?
    } else {
        find(&whole, &right, start)?
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
fn to_number(text: &str, base: Option<i64>) -> Option<Scalar> {
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
    i64::try_from(value).ok().map(whole)
}

fn decimal(negative: bool, digits: &str) -> Option<Scalar> {
    if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let trimmed = digits.trim_start_matches('0');
    // A sign behind leading zeros is no sign of a number: `0-1` is none.
    let zero = if trimmed.starts_with(|first: char| first.is_ascii_digit()) {
        ""
    } else {
        "0"
    };
    let text = [if negative { "-" } else { "" }, zero, trimmed].concat();
    Some(Scalar::number(text)).filter(|value| value.kind() == Kind::Number)
}

#[cfg(test)]
mod tests {
    use super::{Function, Scalar, bool, call, number, text, truth};

    /// Checks a function. Arguments and the result are as a rule would write them: `"text"`, `1.5`, `true`, `null`.
    fn check(function: Function, arguments: &[&str], expected: &str) {
        let value = |word: &str| -> Vec<Option<Scalar>> {
            match word {
                "null" => vec![None],
                "true" | "false" => bool(word == "true"),
                word => word.strip_prefix('"').map_or_else(
                    || number(word),
                    |rest| text(rest.strip_suffix('"').expect("a closed text")),
                ),
            }
        };
        let arguments: Vec<Vec<Option<Scalar>>> =
            arguments.iter().map(|word| value(word)).collect();
        let plain = |values: Vec<Option<Scalar>>| -> Vec<Option<(super::Kind, String)>> {
            let plain = |value: Scalar| (value.kind(), value.as_str().to_owned());
            values.into_iter().map(|value| value.map(plain)).collect()
        };
        let found = call(function, &arguments);
        assert_eq!(
            plain(found),
            plain(value(expected)),
            "{function:?} {arguments:?}"
        );
    }

    #[test]
    fn numbers() {
        check(Function::Add, &["1", "2"], "3");
        check(Function::Add, &["9223372036854775807", "1"], "null");
        check(Function::Subtract, &["1", "0.5"], "0.5");
        check(Function::Multiply, &["3", "null"], "null");
        check(Function::DivideWhole, &["-7", "2"], "-3");
        check(Function::Divide, &["7", "2"], "3.5");
        check(Function::DivideWhole, &["7", "0"], "null");
        check(Function::Modulo, &["-7", "4"], "-3");
        check(Function::Negate, &["5"], "-5");
        check(Function::ToNumber, &["\" 0x1f \""], "31");
        check(Function::ToNumber, &["\"1f\"", "16"], "31");
        check(Function::ToNumber, &["\"-007.50\""], "-7.50");
        for none in ["\"+-7\"", "\"\"", "\"-\"", "\".5\"", "\"0X1f\""] {
            check(Function::ToNumber, &[none], "null");
        }
        check(Function::ToNumber, &["\"9\"", "8"], "null");
    }

    #[test]
    fn texts() {
        check(
            Function::BetweenExact,
            &["\"a[b[c]d]\"", "\"[\"", "\"]\""],
            "\"b[c\"",
        );
        check(
            Function::BetweenExact,
            &["\"a[b[c]d]\"", "\"[\"", "\"]\"", "true"],
            "\"b[c]d\"",
        );
        check(Function::Between, &["\"XaYbZ\"", "\"A\"", "\"B\""], "\"Y\"");
        check(
            Function::BetweenExact,
            &["\"abc\"", "\"c\"", "\"a\""],
            "null",
        );
        check(Function::Concat, &["\"a\"", "1.0", "true"], "\"a1.0true\"");
        check(Function::IndexOfExact, &["\"añb\"", "\"b\""], "2");
        check(Function::IndexOfExact, &["\"abab\"", "\"a\"", "1"], "2");
        check(Function::IndexOfExact, &["\"abab\"", "\"a\"", "-9"], "0");
        check(Function::IndexOf, &["\"ab\"", "\"A\"", "9"], "null");
        check(Function::Length, &["\"añ😀\""], "3");
        check(Function::Substring, &["\"windows\"", "-3"], "\"ows\"");
        check(Function::Substring, &["\"windows\"", "5", "2"], "\"\"");
        check(
            Function::Substring,
            &["\"windows\"", "null", "-4"],
            "\"win\"",
        );
        check(Function::ToText, &["2.50"], "\"2.50\"");
    }

    #[test]
    fn every_combination_counts() {
        let values = |texts: &[&str]| -> Vec<Option<Scalar>> {
            texts.iter().map(|one| Some(Scalar::text(*one))).collect()
        };
        let found = call(
            Function::Concat,
            &[values(&["a", "b"]), values(&["x", "y"])],
        );
        let found: Vec<&str> = found.iter().flatten().map(Scalar::as_str).collect();
        assert_eq!(found, ["ax", "ay", "bx", "by"]);
        assert!(truth(true, false)[0].is_none() && truth(true, true)[0].is_some());
    }
}
