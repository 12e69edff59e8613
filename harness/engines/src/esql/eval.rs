//! Evaluation of a bound expression over one row. It cannot fail: what Elasticsearch cannot compute is null with a warning, and
//! warnings are not kept.

mod compute;

use super::ast::{Comparison, Connective};
use super::node::Node;
use super::row::Row;
use super::value::{Scalar, Val, equal, order};
use std::cmp::Ordering;
use std::collections::HashSet;

impl Node {
    /// The value of this expression in a row.
    pub(super) fn eval<'r>(&'r self, row: &'r Row<'_>) -> Val<'r> {
        match self {
            Self::Const(value) => value.borrow(),
            Self::Slot(slot) => row.value(*slot).borrow(),
            Self::Not(_)
            | Self::Chain(..)
            | Self::Compare(..)
            | Self::Text(..)
            | Self::InTexts { .. }
            | Self::InLongs { .. }
            | Self::In(..)
            | Self::IsNull { .. }
            | Self::InRanges(..)
            | Self::AnyText(..)
            | Self::Sets { .. }
            | Self::Find(..) => Val::truth(self.truth(row)),
            Self::Arithmetic {
                operator,
                kind,
                sides,
            } => {
                let [left, right] = sides.as_ref();
                let (left, right) = (left.eval(row), right.eval(row));
                let sides = left.single().zip(right.single());
                Val::option(
                    sides.and_then(|(left, right)| {
                        compute::arithmetic(*operator, *kind, left, right)
                    }),
                )
            }
            Self::Negate(kind, inner) => {
                let value = inner.eval(row);
                Val::option(
                    value
                        .single()
                        .and_then(|value| compute::negate(*kind, value)),
                )
            }
            Self::Case(parts) => case(parts, row),
            Self::Coalesce(items) => {
                let mut values = items.iter().map(|item| item.eval(row));
                values.find(|value| !value.is_null()).unwrap_or(Val::Null)
            }
            Self::Call(apply, arguments) => {
                let mut singles = Vec::with_capacity(arguments.len());
                for argument in arguments {
                    match argument.eval(row) {
                        Val::One(value) => singles.push(value),
                        Val::Null if verdict_faults::at("esql/engine/functions-skip-null") => {}
                        Val::Null | Val::Many(_) => return Val::Null,
                    }
                }
                Val::option(apply.call(&singles))
            }
            // Source: the pages of the conversion functions, `TO_LOWER`: a multivalued argument gives each value's result; values
            // that cannot be converted are left out (assumed for a part of the values).
            Self::Each(every, argument) => match argument.eval(row) {
                Val::Null => Val::Null,
                Val::One(value) => Val::option(every.call(&value)),
                Val::Many(values) => Val::from_vec(
                    values
                        .iter()
                        .filter_map(|value| every.call(value))
                        .collect(),
                ),
            },
            Self::Replace(regex, sides) => {
                let [text, new] = sides.as_ref();
                let (text, new) = (text.eval(row), new.eval(row));
                let parts = text.single().zip(new.single());
                Val::option(parts.and_then(|(text, new)| {
                    compute::replaced(regex, text.as_text()?, new.as_text()?)
                }))
            }
            Self::Whole(apply, arguments) => {
                let values: Vec<Val<'_>> = arguments
                    .iter()
                    .map(|argument| argument.eval(row))
                    .collect();
                apply(&values)
            }
        }
    }

    /// A predicate: true, false or null.
    pub(super) fn truth(&self, row: &Row<'_>) -> Option<bool> {
        match self {
            Self::Not(inner) if verdict_faults::at("esql/engine/not-of-null-is-true") => {
                Some(inner.truth(row) != Some(true))
            }
            Self::Not(inner) => inner.truth(row).map(|value| !value),
            Self::Chain(connective, terms) => chain(*connective, terms, row),
            Self::Compare(comparison, sides) => {
                let [left, right] = sides.as_ref();
                let (left, right) = (left.eval(row), right.eval(row));
                if (left.is_null() || right.is_null())
                    && verdict_faults::at("esql/engine/comparison-with-null-is-false")
                {
                    return Some(false);
                }
                Some(compared(*comparison, left.single()?, right.single()?))
            }
            Self::Text(test, value) if verdict_faults::at("esql/engine/any-text-of-a-list") => {
                let values = value.eval(row);
                let mut texts = values.values().iter().filter_map(Scalar::as_text);
                (!values.is_null()).then(|| texts.any(|text| test.test(text)))
            }
            Self::Text(test, value) => value.with_text(row, |text| test.test(text)),
            Self::InTexts {
                value,
                set,
                has_null,
            } => {
                let found = value.with_text(row, |text| set.contains(text))?;
                let has_null = *has_null && !verdict_faults::at("esql/engine/in-passes-over-null");
                (found || !has_null).then_some(found)
            }
            Self::InLongs {
                value,
                set,
                has_null,
            } => {
                let value = value.eval(row);
                let found = set.contains(&value.single()?.as_long()?);
                (found || !has_null).then_some(found)
            }
            Self::In(value, items) => member(&value.eval(row), items, row),
            Self::IsNull { negated, value } => {
                let null = match value.as_ref() {
                    Self::Slot(slot) => row.value(*slot).is_null(),
                    other => other.eval(row).is_null(),
                };
                let null = null
                    || verdict_faults::at("esql/engine/several-values-are-null")
                        && value.eval(row).single().is_none();
                Some(null != *negated)
            }
            Self::InRanges(value, ranges) => {
                let value = value.eval(row);
                if value.is_null() && verdict_faults::at("esql/engine/cidr-of-null-is-false") {
                    return Some(false);
                }
                let Scalar::Ip(address) = value.single()? else {
                    return None;
                };
                let mut inside = ranges
                    .iter()
                    .filter(|(low, high)| (low..=high).contains(&address));
                if verdict_faults::at("esql/engine/network-without-its-ends") {
                    return Some(inside.any(|(low, high)| ![low, high].contains(&address)));
                }
                Some(inside.next().is_some())
            }
            // Source: docs, `MV_LIKE`, `MV_RLIKE`: true if any value matches, false if there is none.
            Self::AnyText(test, value) => {
                let values = value.eval(row);
                let mut texts = values.values().iter().filter_map(Scalar::as_text);
                Some(texts.any(|text| test.test(text)))
            }
            // Source: docs, `MV_CONTAINS`, `MV_INTERSECTS`: null is the empty set.
            Self::Sets { all, value, set } => {
                let value = value.eval(row);
                let texts = value.values().iter().filter_map(Scalar::as_text);
                let mut found = texts.filter(|text| set.contains(*text));
                Some(if *all {
                    found.collect::<HashSet<&str>>().len() == set.len()
                } else {
                    found.next().is_some()
                })
            }
            Self::Find(test, sides) => {
                let [text, part] = sides.as_ref();
                let (text, part) = (text.eval(row), part.eval(row));
                Some(test(text.single()?.as_text()?, part.single()?.as_text()?))
            }
            Self::Coalesce(items) => first_truth(items, row),
            other => match other.eval(row).single()? {
                Scalar::Bool(value) => Some(*value),
                _other => None,
            },
        }
    }

    /// Asks about the one text that this is; null if there is none, or several. A column's text is not copied.
    fn with_text(&self, row: &Row<'_>, ask: impl FnOnce(&str) -> bool) -> Option<bool> {
        match self {
            Self::Slot(slot) => row.value(*slot).single()?.as_text().map(ask),
            other => other.eval(row).single()?.as_text().map(ask),
        }
    }
}

/// Three-valued: false decides `AND` and true decides `OR`, whatever is null. Source: docs, logical operators; null.csv-spec.
fn chain(connective: Connective, terms: &[Node], row: &Row<'_>) -> Option<bool> {
    let decisive = connective == Connective::Or;
    let mut known = true;
    for term in terms {
        match term.truth(row) {
            Some(value) if value == decisive => return Some(decisive),
            Some(_) => {}
            None if verdict_faults::at("esql/engine/null-decides-a-chain") => return None,
            None => known = false,
        }
    }
    known.then_some(!decisive)
}

/// Nothing is ordered beside a NaN. Source: Java's `==` and `<` over doubles.
fn compared(comparison: Comparison, left: &Scalar<'_>, right: &Scalar<'_>) -> bool {
    let Some(ordering) = order(left, right) else {
        return comparison == Comparison::NotEqual;
    };
    match comparison {
        Comparison::Equal => ordering == Ordering::Equal,
        Comparison::NotEqual => ordering != Ordering::Equal,
        Comparison::Less => ordering == Ordering::Less,
        Comparison::LessOrEqual => ordering != Ordering::Greater,
        Comparison::Greater => ordering == Ordering::Greater,
        Comparison::GreaterOrEqual => ordering != Ordering::Less,
    }
}

/// Source: elasticsearch, the decision tree of `In`: an item with several values is passed over, with a warning; if there are only such
/// the answer is null; a null item makes null of what is not found.
fn member(value: &Val<'_>, items: &[Node], row: &Row<'_>) -> Option<bool> {
    let value = value.single()?;
    let (mut has_null, mut has_single) = (false, false);
    for item in items {
        match item.eval(row) {
            Val::Null => has_null = true,
            Val::Many(_) => {}
            Val::One(item) => {
                if equal(value, &item) {
                    return Some(true);
                }
                has_single = true;
            }
        }
    }
    (has_single && !has_null).then_some(false)
}

/// The first of the values that is not null. Tests are asked for their truth at once; other values may be several.
fn first_truth(items: &[Node], row: &Row<'_>) -> Option<bool> {
    for item in items {
        if item.is_test() {
            if let Some(value) = item.truth(row) {
                return Some(value);
            }
            continue;
        }
        match item.eval(row) {
            Val::Null => {}
            Val::One(Scalar::Bool(value)) => return Some(value),
            Val::One(_) | Val::Many(_) => return None,
        }
    }
    None
}

/// The value after the first true condition; a condition that is null or multivalued is not true. Without a last value, null.
/// Source: docs, `CASE`.
fn case<'r>(parts: &'r [Node], row: &'r Row<'_>) -> Val<'r> {
    let (pairs, last) = parts.as_chunks::<2>();
    for [condition, value] in pairs {
        if condition.truth(row) == Some(true) {
            return value.eval(row);
        }
    }
    last.first().map_or(Val::Null, |value| value.eval(row))
}
