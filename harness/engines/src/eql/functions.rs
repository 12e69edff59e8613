//! The functions of EQL: their signatures and what they give.
//!
//! Source: the documentation's function reference; where it differs from Elasticsearch's suite of folds, the suite. Null in, null out,
//! save for the arguments that [`Signature::allows_null`] names.

use super::ast::ArithmeticOp;
use super::casing::{fold, fold_text};
use super::value::{Number, Value};
use std::borrow::Cow;
use verdict_event::Decimal;

/// A function that is not plain arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Between,
    CidrMatch,
    Concat,
    EndsWith,
    IndexOf,
    Length,
    Number,
    StartsWith,
    String,
    StringContains,
    Substring,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Function(Function),
    Arithmetic(ArithmeticOp),
}

/// What an argument must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    Text,
    Number,
    Integer,
    Bool,
    Address,
    Network,
    Any,
}

/// A function's name and shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signature {
    pub(crate) name: &'static str,
    pub(crate) named: Named,
    pub(crate) least: usize,
    pub(crate) most: usize,
    /// Whether a form with `~` exists.
    pub(crate) folds: bool,
    wants: &'static [Want],
}

impl Signature {
    /// What the argument at this place must be; further ones are as the last.
    pub(crate) fn want(&self, at: usize) -> Want {
        self.wants
            .get(at)
            .or(self.wants.last())
            .copied()
            .unwrap_or(Want::Any)
    }

    /// Whether null at this place has a meaning of its own. Source: the suite of folds.
    pub(crate) fn allows_null(&self, at: usize) -> bool {
        match self.named {
            Named::Function(Function::IndexOf) => at == 2,
            Named::Function(Function::Substring) => at >= 1,
            Named::Function(Function::Number) => at == 1,
            Named::Function(
                Function::Between
                | Function::CidrMatch
                | Function::Concat
                | Function::EndsWith
                | Function::Length
                | Function::StartsWith
                | Function::String
                | Function::StringContains,
            )
            | Named::Arithmetic(_) => false,
        }
    }
}

const fn signature(
    name: &'static str,
    function: Function,
    arity: (usize, usize),
    folds: bool,
    wants: &'static [Want],
) -> Signature {
    Signature {
        name,
        named: Named::Function(function),
        least: arity.0,
        most: arity.1,
        folds,
        wants,
    }
}

const fn arithmetic(name: &'static str, op: ArithmeticOp) -> Signature {
    Signature {
        name,
        named: Named::Arithmetic(op),
        least: 2,
        most: 2,
        folds: false,
        wants: &[Want::Number],
    }
}

const MANY: usize = usize::MAX;

/// Every function.
pub(crate) const SIGNATURES: [Signature; 16] = [
    arithmetic("add", ArithmeticOp::Add),
    signature(
        "between",
        Function::Between,
        (3, 4),
        true,
        &[Want::Text, Want::Text, Want::Text, Want::Bool],
    ),
    signature(
        "cidrMatch",
        Function::CidrMatch,
        (2, MANY),
        false,
        &[Want::Address, Want::Network],
    ),
    signature("concat", Function::Concat, (1, MANY), false, &[Want::Any]),
    arithmetic("divide", ArithmeticOp::Divide),
    signature("endsWith", Function::EndsWith, (2, 2), true, &[Want::Text]),
    signature(
        "indexOf",
        Function::IndexOf,
        (2, 3),
        true,
        &[Want::Text, Want::Text, Want::Integer],
    ),
    signature("length", Function::Length, (1, 1), false, &[Want::Text]),
    arithmetic("modulo", ArithmeticOp::Modulo),
    arithmetic("multiply", ArithmeticOp::Multiply),
    signature(
        "number",
        Function::Number,
        (1, 2),
        false,
        &[Want::Text, Want::Integer],
    ),
    signature(
        "startsWith",
        Function::StartsWith,
        (2, 2),
        true,
        &[Want::Text],
    ),
    signature("string", Function::String, (1, 1), false, &[Want::Any]),
    signature(
        "stringContains",
        Function::StringContains,
        (2, 2),
        true,
        &[Want::Text],
    ),
    signature(
        "substring",
        Function::Substring,
        (2, 3),
        false,
        &[Want::Text, Want::Integer],
    ),
    arithmetic("subtract", ArithmeticOp::Subtract),
];

/// A function by its name, in any case. Source: the suite, which calls functions in capitals.
pub(crate) fn lookup(name: &str) -> Option<&'static Signature> {
    SIGNATURES
        .iter()
        .find(|signature| signature.name.eq_ignore_ascii_case(name))
}

/// Calls a function. Arguments that are not of its types make null.
pub(crate) fn call<'e>(function: Function, ignore_case: bool, args: Vec<Value<'e>>) -> Value<'e> {
    let mut args = args.into_iter();
    let mut next = || args.next().unwrap_or(Value::Null);
    match function {
        Function::Between => {
            let (text, left, right) = (next(), next(), next());
            let greedy = args.next().unwrap_or(Value::Bool(false));
            between(&text, &left, &right, &greedy, ignore_case)
        }
        // Its networks are constants, which binding turned into a test.
        Function::CidrMatch => Value::Null,
        Function::Concat => concat(args),
        Function::EndsWith => with_texts(&next(), &next(), ignore_case, |text, end| {
            text.ends_with(end)
        }),
        Function::StartsWith => with_texts(&next(), &next(), ignore_case, |text, start| {
            text.starts_with(start)
        }),
        // Source: documentation; the empty text is contained in nothing.
        Function::StringContains => with_texts(&next(), &next(), ignore_case, |text, part| {
            !part.is_empty() && text.contains(part)
        }),
        Function::IndexOf => {
            let (text, part, start) = (next(), next(), next());
            index_of(&text, &part, &start, ignore_case)
        }
        Function::Length => match next() {
            Value::Text(text) => count(text.chars().count()),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Ip(_)
            | Value::Version(_)
            | Value::Date(_) => Value::Null,
        },
        Function::Number => number(&next(), &next()),
        Function::String => next().into_text().map_or(Value::Null, Value::Text),
        Function::Substring => {
            let (text, start, end) = (next(), next(), next());
            substring(&text, &start, &end)
        }
    }
}

fn count(value: usize) -> Value<'static> {
    i64::try_from(value).map_or(Value::Null, Value::int)
}

fn text_of<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::Ip(_)
        | Value::Version(_)
        | Value::Date(_) => None,
    }
}

fn integer_of(value: &Value<'_>) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::Null
        | Value::Bool(_)
        | Value::Text(_)
        | Value::Ip(_)
        | Value::Version(_)
        | Value::Date(_) => None,
    }
}

fn with_texts(
    a: &Value<'_>,
    b: &Value<'_>,
    ignore_case: bool,
    test: impl Fn(&str, &str) -> bool,
) -> Value<'static> {
    let (Some(a), Some(b)) = (text_of(a), text_of(b)) else {
        return Value::Null;
    };
    Value::Bool(if ignore_case {
        test(&fold_text(a), &fold_text(b))
    } else {
        test(a, b)
    })
}

fn concat<'e>(args: impl Iterator<Item = Value<'e>>) -> Value<'e> {
    let mut joined = String::new();
    for arg in args {
        match arg.into_text() {
            Some(text) => joined.push_str(&text),
            None => return Value::Null,
        }
    }
    Value::Text(Cow::Owned(joined))
}

fn chars(text: &str, ignore_case: bool) -> Vec<char> {
    if ignore_case {
        text.chars().map(fold).collect()
    } else {
        text.chars().collect()
    }
}

/// Where `part` stands in `text`, from `start` on.
fn find(text: &[char], part: &[char], start: usize) -> Option<usize> {
    if part.is_empty() {
        return Some(start.min(text.len()));
    }
    let from = text.get(start..)?;
    from.windows(part.len())
        .position(|window| window == part)
        .map(|at| at + start)
}

/// Between the first `left` and the next `right`, or the last `right` if greedy; null where either is not found.
/// Source: the suite of folds. The empty `left` stands at the start.
fn between(
    text: &Value<'_>,
    left: &Value<'_>,
    right: &Value<'_>,
    greedy: &Value<'_>,
    ignore_case: bool,
) -> Value<'static> {
    let (Some(text), Some(left), Some(right), Some(greedy)) = (
        text_of(text),
        text_of(left),
        text_of(right),
        greedy.as_bool(),
    ) else {
        return Value::Null;
    };
    let compared = chars(text, ignore_case);
    let (left, right) = (chars(left, ignore_case), chars(right, ignore_case));
    let Some(start) = find(&compared, &left, 0).map(|at| at + left.len()) else {
        return Value::Null;
    };
    let end = if greedy {
        let tail = compared.get(start..).unwrap_or(&[]);
        if right.is_empty() {
            Some(compared.len())
        } else {
            tail.windows(right.len())
                .rposition(|window| window == right)
                .map(|at| at + start)
        }
    } else {
        find(&compared, &right, start)
    };
    end.map_or(Value::Null, |end| {
        let found: String = text
            .chars()
            .skip(start)
            .take(end.saturating_sub(start))
            .collect();
        Value::Text(Cow::Owned(found))
    })
}

/// Source: the suite of folds; a null or negative start is 0, and what is not found is null.
fn index_of(
    text: &Value<'_>,
    part: &Value<'_>,
    start: &Value<'_>,
    ignore_case: bool,
) -> Value<'static> {
    let (Some(text), Some(part)) = (text_of(text), text_of(part)) else {
        return Value::Null;
    };
    let start = usize::try_from(integer_of(start).unwrap_or(0).max(0)).unwrap_or(usize::MAX);
    find(&chars(text, ignore_case), &chars(part, ignore_case), start).map_or(Value::Null, count)
}

/// A slice as Python's. Source: Elasticsearch's `substringSlice` and the suite of folds.
fn substring<'e>(text: &Value<'e>, start: &Value<'_>, end: &Value<'_>) -> Value<'e> {
    let Some(text) = text_of(text) else {
        return Value::Null;
    };
    let length = text.chars().count();
    let place = |value: i64| {
        let whole = i64::try_from(length).unwrap_or(i64::MAX);
        let from_start = if value < 0 {
            value.saturating_add(whole)
        } else {
            value
        };
        usize::try_from(from_start.clamp(0, whole)).unwrap_or(length)
    };
    let from = place(integer_of(start).unwrap_or(0));
    let to = integer_of(end).map_or(length, place);
    let slice: String = text
        .chars()
        .skip(from)
        .take(to.saturating_sub(from))
        .collect();
    Value::Text(Cow::Owned(slice))
}

/// Source: documentation and the suite of folds; null where the text is no number of the base.
fn number(text: &Value<'_>, base: &Value<'_>) -> Value<'static> {
    let Some(text) = text_of(text).map(str::trim) else {
        return Value::Null;
    };
    let (sign, digits) = match text.strip_prefix(['+', '-']) {
        Some(rest) if text.starts_with('-') => (-1, rest),
        Some(rest) => (1, rest),
        None => (1, text),
    };
    let hexadecimal = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"));
    let base = integer_of(base).unwrap_or(if hexadecimal.is_some() { 16 } else { 10 });
    if base == 10 {
        if Decimal::parse(digits).is_none() || digits.starts_with('-') {
            return Value::Null;
        }
        let signed = if sign < 0 {
            format!("-{digits}")
        } else {
            digits.to_owned()
        };
        return Number::read(&signed)
            .map_or(Value::Null, |number| Value::Number(number.into_owned()));
    }
    let digits = hexadecimal.filter(|_| base == 16).unwrap_or(digits);
    let Some(radix) = u32::try_from(base)
        .ok()
        .filter(|radix| (2..=36).contains(radix))
    else {
        return Value::Null;
    };
    if digits.starts_with(['+', '-']) {
        return Value::Null;
    }
    let value = i64::from_str_radix(digits, radix).ok();
    value.map_or(Value::Null, |value| Value::int(sign * value))
}

/// Arithmetic: whole numbers stay whole, and division cuts toward zero; `%` keeps the dividend's sign. Division by zero and
/// overflow are null. Source: the suite for division, documentation for `%`.
pub(crate) fn calculate(a: &Number<'_>, op: ArithmeticOp, b: &Number<'_>) -> Value<'static> {
    if let (Number::Int(a), Number::Int(b)) = (a, b) {
        let result = match op {
            ArithmeticOp::Add => a.checked_add(*b),
            ArithmeticOp::Subtract => a.checked_sub(*b),
            ArithmeticOp::Multiply => a.checked_mul(*b),
            ArithmeticOp::Divide => a.checked_div(*b),
            ArithmeticOp::Modulo => a.checked_rem(*b),
        };
        return result.map_or(Value::Null, Value::int);
    }
    let (a, b) = (a.as_f64(), b.as_f64());
    let result = match op {
        ArithmeticOp::Add => a + b,
        ArithmeticOp::Subtract => a - b,
        ArithmeticOp::Multiply => a * b,
        ArithmeticOp::Divide => a / b,
        ArithmeticOp::Modulo => a % b,
    };
    if result.is_finite() {
        Value::Number(Number::Float(result))
    } else {
        Value::Null
    }
}
