//! Comparisons of `where` and `eval`.

use super::ast::Op;
use super::value::{MANY, Truth, Val, written};
use super::wildcard::Wildcard;
use std::cmp::Ordering;

/// Whether two values satisfy a comparison.
///
/// Source: Search Reference, eval, "Operators that produce booleans": two numbers or two strings. A field that reads as a number is one; a
/// literal in quotes is a string. Two numbers compare as such, two strings by their bytes, case counting (where: case-sensitive;
/// search: lexicographical order). A number beside a string is defined only as far as both readings agree.
pub(super) fn compare(op: Op, left: &Val<'_>, right: &Val<'_>) -> Truth {
    match (left, right) {
        (Val::Undefined(why), _) | (_, Val::Undefined(why)) => Truth::Undefined(why),
        (Val::Null, _) | (_, Val::Null) => Truth::Null,
        (Val::Many(_), _) | (_, Val::Many(_)) => Truth::Undefined(MANY),
        (Val::Bool(_), _) | (_, Val::Bool(_)) => Truth::Undefined("a comparison of truth values"),
        (
            Val::Number(_) | Val::Field(_) | Val::Text(_),
            Val::Number(_) | Val::Field(_) | Val::Text(_),
        ) => scalars(op, left, right),
    }
}

fn scalars(op: Op, left: &Val<'_>, right: &Val<'_>) -> Truth {
    if let (Op::Equal, Val::Field(text), Val::Text(pattern)) = (op, left, right)
        && verdict_faults::at("spl/engine/where-takes-wildcards")
    {
        return Truth::of(Wildcard::new(pattern, true).fits(text));
    }
    match (left.number(), right.number()) {
        (Some(left), Some(right)) => Truth::of(numbers(op, left, right)),
        (None, None) => Truth::of(op.holds(by_text(left, right))),
        (left_number, right_number) => {
            let text = op.holds(by_text(left, right));
            // The string may be a number in disguise: `"200"` beside a field that holds 200.
            let disguised = |value: &Val<'_>| match value {
                Val::Text(text) | Val::Field(text) => super::value::number(text),
                _ => None,
            };
            let left = left_number.or_else(|| disguised(left));
            let right = right_number.or_else(|| disguised(right));
            match (left, right) {
                (Some(left), Some(right)) => {
                    if numbers(op, left, right) == text {
                        Truth::of(text)
                    } else {
                        Truth::Undefined("a number beside a string that reads as one")
                    }
                }
                _ if matches!(op, Op::Equal | Op::Unequal) => Truth::of(text),
                _ => Truth::Undefined("the order of a number and a string"),
            }
        }
    }
}

/// Source: Search Reference, eval, "Numeric calculations": the usual behaviour of doubles, so a NaN equals nothing and has no order.
fn numbers(op: Op, left: f64, right: f64) -> bool {
    left.partial_cmp(&right)
        .map_or(op == Op::Unequal, |order| op.holds(order))
}

fn by_text(left: &Val<'_>, right: &Val<'_>) -> Ordering {
    let (mut first, mut second) = (String::new(), String::new());
    let (one, other) = (text(left, &mut first), text(right, &mut second));
    if verdict_faults::at("spl/engine/where-ignores-case") {
        return one.to_lowercase().cmp(&other.to_lowercase());
    }
    one.cmp(other)
}

fn text<'v>(value: &'v Val<'_>, room: &'v mut String) -> &'v str {
    match value {
        Val::Field(text) | Val::Text(text) => text,
        Val::Number(value) => {
            *room = written(*value);
            room
        }
        Val::Null | Val::Bool(_) | Val::Many(_) | Val::Undefined(_) => "",
    }
}
