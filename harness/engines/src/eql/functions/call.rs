//! What the functions give. Arguments that are not of a function's types make null, and so does null.

use super::Function;
use super::number::number;
use crate::eql::casing::{fold, fold_text};
use crate::eql::value::Value;
use std::borrow::Cow;

/// Calls a function. Arguments that are not of its types make null.
pub(crate) fn call(function: Function, ignore_case: bool, args: Vec<Value<'_>>) -> Value<'_> {
    let mut args = args.into_iter();
    let mut next = || args.next().unwrap_or(Value::Null);
    match function {
        Function::Between => {
            let (text, left, right) = (next(), next(), next());
            let default = verdict_faults::at("eql/engine/between-is-greedy");
            let greedy = args.next().unwrap_or(Value::Bool(default));
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
            (!part.is_empty() || verdict_faults::at("eql/engine/empty-text-is-contained"))
                && text.contains(part)
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

pub(super) fn text_of<'v>(value: &'v Value<'_>) -> Option<&'v str> {
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

pub(super) fn integer_of(value: &Value<'_>) -> Option<i64> {
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
    let ignore_case = ignore_case || verdict_faults::at("eql/engine/functions-ignore-case");
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
            None if verdict_faults::at("eql/engine/concat-skips-null") => {}
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
    let found = find(&chars(text, ignore_case), &chars(part, ignore_case), start);
    if found.is_none() && verdict_faults::at("eql/engine/indexof-of-nothing-is-minus-one") {
        return Value::int(-1);
    }
    found.map_or(Value::Null, count)
}

/// A slice as Python's. Source: Elasticsearch's `substringSlice` and the suite of folds.
fn substring<'e>(text: &Value<'e>, start: &Value<'_>, end: &Value<'_>) -> Value<'e> {
    let Some(text) = text_of(text) else {
        return Value::Null;
    };
    let length = text.chars().count();
    let place = |value: i64| {
        let whole = i64::try_from(length).unwrap_or(i64::MAX);
        let from_start =
            if value < 0 && !verdict_faults::at("eql/engine/substring-knows-no-negative-place") {
                value.saturating_add(whole)
            } else {
                value
            };
        usize::try_from(from_start.clamp(0, whole)).unwrap_or(length)
    };
    let from = place(integer_of(start).unwrap_or(0));
    let mut to = integer_of(end).map_or(length, place);
    if verdict_faults::at("eql/engine/substring-takes-a-length") {
        to = integer_of(end).map_or(length, |end| from.saturating_add(place(end)));
    }
    let slice: String = text
        .chars()
        .skip(from)
        .take(to.saturating_sub(from))
        .collect();
    Value::Text(Cow::Owned(slice))
}
