//! Evaluation of a bound expression over one row. It cannot fail: what Kusto cannot compute is null.

mod compare;
mod compute;

pub(super) use compare::{element_is, equal, order};

use super::ast::{Arithmetic, Comparison, Connective, TextKind, TextOperator};
use super::convert::to_text;
use super::functions;
use super::node::Node;
use super::row::Row;
use super::text;
use super::value::Val;
use std::cmp::Ordering;

/// How `has_any` and `has_all` look for a term. Kusto docs: has-any-operator ("case-insensitive").
pub(super) const TERM: TextOperator = TextOperator {
    kind: TextKind::Has,
    ignore_case: true,
    negated: false,
    text: "has",
};

/// How `in~` compares. Kusto docs: in-operator.
const SAME: TextOperator = TextOperator {
    kind: TextKind::Equal,
    ignore_case: true,
    negated: false,
    text: "=~",
};

/// A running total and one more value; nothing yet is null.
pub(super) fn sum(total: &Val<'_>, value: &Val<'_>) -> Val<'static> {
    if total.is_null() {
        return value.borrow().into_owned();
    }
    compute::arithmetic(Arithmetic::Add, total, value).into_owned()
}

impl Node {
    /// The value of this expression in a row.
    pub(super) fn eval<'r>(&'r self, row: &'r Row<'_>) -> Val<'r> {
        match self {
            Self::Const(value) => value.borrow(),
            Self::Slot(slot) => row.value(*slot),
            Self::Not(inner) if verdict_faults::at("kql/engine/not-of-null-is-true") => {
                Val::Bool(inner.truth(row) != Some(true))
            }
            // Kusto docs: not(). The null of a bool stays null.
            Self::Not(inner) => truth(inner.truth(row).map(|value| !value)),
            Self::Chain(connective, terms) => truth(chain(*connective, terms, row)),
            Self::Equal { negated, sides } => {
                let [left, right] = sides.as_ref();
                truth(equal(&left.eval(row), &right.eval(row)).map(|same| same != *negated))
            }
            Self::Order(comparison, sides) => {
                let [left, right] = sides.as_ref();
                truth(compared(*comparison, &left.eval(row), &right.eval(row)))
            }
            Self::Between { negated, parts } => {
                truth(between(parts, row).map(|inside| inside != *negated))
            }
            Self::Find(find, value) => Val::Bool(find.test(&to_text(&value.eval(row)))),
            Self::FindIn(operator, sides) => {
                let [left, right] = sides.as_ref();
                let (left, right) = (left.eval(row), right.eval(row));
                Val::Bool(text::test(*operator, &to_text(&left), &to_text(&right)))
            }
            // Kusto docs: matches-regex-operator, regex: Rust's syntax, unanchored, Unicode on.
            Self::Regex(regex, value) => Val::Bool(regex.is_match(&to_text(&value.eval(row)))),
            Self::Star(star) => Val::Bool(star.holds(row)),
            Self::Texts {
                set,
                negated,
                value,
            } => {
                let value = value.eval(row);
                Val::Bool((!value.is_null() && set.holds(&to_text(&value))) != *negated)
            }
            Self::Longs {
                set,
                negated,
                value,
            } => {
                let found = matches!(value.eval(row), Val::Long(value) if set.binary_search(&value).is_ok());
                Val::Bool(found != *negated)
            }
            Self::Values {
                fold,
                negated,
                value,
                items,
            } => truth(member(&value.eval(row), items, *fold, row).map(|found| found != *negated)),
            Self::Terms { all, value, terms } => {
                let value = value.eval(row);
                let text = to_text(&value);
                let mut tests = terms.iter().map(|term| term.test(&text));
                Val::Bool(if *all {
                    tests.all(|found| found)
                } else {
                    tests.any(|found| found)
                })
            }
            Self::TermsIn { all, value, items } => {
                Val::Bool(terms(*all, &value.eval(row), items, row))
            }
            Self::Negate(inner) => compute::negate(&inner.eval(row)),
            Self::Arithmetic(operator, sides) => {
                let [left, right] = sides.as_ref();
                compute::arithmetic(*operator, &left.eval(row), &right.eval(row))
            }
            Self::Member(inner, name) => compute::member(inner.eval(row), name),
            Self::Index(sides) => {
                let [left, right] = sides.as_ref();
                compute::index(left.eval(row), &right.eval(row))
            }
            Self::Case(parts) => case(parts, row),
            Self::Coalesce(items) => coalesce(items, row),
            Self::Call(apply, arguments) => functions::call(*apply, arguments, row),
            Self::Pattern(call, arguments) => call.run(arguments, row),
        }
    }

    /// A predicate: true, false or null. A dynamic value that holds no boolean is null.
    pub(super) fn truth(&self, row: &Row<'_>) -> Option<bool> {
        match self.eval(row).scalar() {
            Val::Bool(value) => Some(value),
            _ => None,
        }
    }
}

fn truth(value: Option<bool>) -> Val<'static> {
    Val::option(value, Val::Bool)
}

/// Three-valued: false decides `and` and true decides `or`, whatever is null. Kusto docs: logical-operators.
fn chain(connective: Connective, terms: &[Node], row: &Row<'_>) -> Option<bool> {
    let decisive = connective == Connective::Or;
    let mut known = true;
    for term in terms {
        match term.truth(row) {
            Some(value) if value == decisive => return Some(decisive),
            Some(_) => {}
            None if verdict_faults::at("kql/engine/null-decides-a-chain") => return None,
            None => known = false,
        }
    }
    known.then_some(!decisive)
}

/// Null beside anything gives null. Kusto docs: null-values, "Null values and binary operators".
fn compared(comparison: Comparison, left: &Val<'_>, right: &Val<'_>) -> Option<bool> {
    if left.is_null() || right.is_null() {
        return verdict_faults::at("kql/engine/order-with-null-is-false").then_some(false);
    }
    // No order between a NaN and anything: false, as in IEEE 754.
    let Some(ordering) = order(left, right) else {
        return match (left, right) {
            (Val::Real(_), _) | (_, Val::Real(_)) => Some(false),
            _ => None,
        };
    };
    Some(match comparison {
        Comparison::Equal => ordering == Ordering::Equal,
        Comparison::NotEqual => ordering != Ordering::Equal,
        Comparison::Less => ordering == Ordering::Less,
        Comparison::LessOrEqual => ordering != Ordering::Greater,
        Comparison::Greater => ordering == Ordering::Greater,
        Comparison::GreaterOrEqual => ordering != Ordering::Less,
    })
}

/// `expr >= low and expr <= high`. Kusto docs: between-operator; a timespan after a datetime is counted from it.
fn between(parts: &[Node; 3], row: &Row<'_>) -> Option<bool> {
    let [value, low, high] = parts;
    let (value, low, high) = (value.eval(row), low.eval(row), high.eval(row));
    let high = match (&low, &high) {
        (Val::DateTime(start), Val::TimeSpan(length)) => {
            Val::option(start.checked_add(*length), Val::DateTime)
        }
        _ => high,
    };
    let above = compared(Comparison::GreaterOrEqual, &value, &low);
    let mut upper = Comparison::LessOrEqual;
    if verdict_faults::at("kql/engine/between-without-its-end") {
        upper = Comparison::Less;
    }
    let below = compared(upper, &value, &high);
    match (above, below) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        (None, _) | (_, None) => None,
    }
}

/// `in` is the `or` of `==` over the list; a list inside the list stands for its elements. Kusto docs: in-operator,
/// null-values.
fn member(value: &Val<'_>, items: &[Node], fold: bool, row: &Row<'_>) -> Option<bool> {
    let same = |item: &Val<'_>| {
        if fold {
            return Some(text::test(SAME, &to_text(value), &to_text(item)));
        }
        equal(value, item)
    };
    let mut known = true;
    for item in items {
        let item = item.eval(row);
        let mut note = |found: Option<bool>| {
            known &= found.is_some();
            found == Some(true)
        };
        let found = match item.flattened() {
            Some(list) => list
                .into_iter()
                .any(|element| note(same(&Val::json_ref(element)))),
            None => note(same(&item)),
        };
        if found {
            return Some(true);
        }
    }
    known.then_some(false)
}

fn terms(all: bool, value: &Val<'_>, items: &[Node], row: &Row<'_>) -> bool {
    let text = to_text(value);
    for item in items {
        let item = item.eval(row);
        let found = |term: &str| text::test(TERM, &text, term);
        let decided = match item.as_list() {
            Some(list) => list.iter().any(|element| found(&element.to_text()) != all),
            None => found(&to_text(&item)) != all,
        };
        if decided {
            return !all;
        }
    }
    all
}

/// The value after the first true condition. Kusto docs: `case()`, `iff()`: a null condition is not true.
fn case<'r>(parts: &'r [Node], row: &'r Row<'_>) -> Val<'r> {
    let (pairs, last) = parts.as_chunks::<2>();
    for [condition, value] in pairs {
        if condition.truth(row) == Some(true) {
            return value.eval(row);
        }
    }
    last.first().map_or(Val::Null, |value| value.eval(row))
}

/// The first that is neither null nor, among strings, empty. Kusto docs: `coalesce()`.
fn coalesce<'r>(items: &'r [Node], row: &'r Row<'_>) -> Val<'r> {
    let mut last = Val::Null;
    for item in items {
        last = item.eval(row);
        let empty = match &last {
            Val::Null => true,
            Val::Text(_) if verdict_faults::at("kql/engine/coalesce-takes-the-empty-text") => false,
            Val::Text(text) => text.is_empty(),
            _ => false,
        };
        if !empty {
            return last;
        }
    }
    last
}
