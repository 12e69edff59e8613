//! Functions of multivalued expressions. Source: docs, multivalue functions, the page of each.

use crate::esql::value::{Scalar, Val, equal, order};
use std::cmp::Ordering;

fn values<'v, 'a>(arguments: &'v [Val<'a>], at: usize) -> &'v [Scalar<'a>] {
    arguments.get(at).map_or(&[], Val::values)
}

fn own(value: &Scalar<'_>) -> Scalar<'static> {
    value.clone().into_owned()
}

fn option(value: Option<&Scalar<'_>>) -> Val<'static> {
    Val::option(value.map(own))
}

fn holds(values: &[Scalar<'_>], wanted: &Scalar<'_>) -> bool {
    values.iter().any(|value| equal(value, wanted))
}

/// Null if the delimiter is missing or multivalued.
pub(super) fn concat(arguments: &[Val<'_>]) -> Val<'static> {
    let parts = values(arguments, 0);
    let delimiter = arguments.get(1).and_then(|value| value.single()?.as_text());
    match delimiter {
        Some(delimiter) if !parts.is_empty() => {
            let parts: Vec<&str> = parts.iter().filter_map(Scalar::as_text).collect();
            Val::One(Scalar::text(parts.join(delimiter)))
        }
        _ => Val::Null,
    }
}

/// Source: `MvCount`: null for null, not 0.
pub(super) fn count(arguments: &[Val<'_>]) -> Val<'static> {
    let count = i64::try_from(values(arguments, 0).len()).unwrap_or(i64::MAX);
    let counts = count > 0 || verdict_faults::at("esql/engine/count-of-null-is-zero");
    Val::option(counts.then_some(Scalar::Long(count)))
}

pub(super) fn first(arguments: &[Val<'_>]) -> Val<'static> {
    option(values(arguments, 0).first())
}

pub(super) fn last(arguments: &[Val<'_>]) -> Val<'static> {
    option(values(arguments, 0).last())
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "what `min_by` and `sort_by` call takes references"
)]
fn by_order(left: &&Scalar<'_>, right: &&Scalar<'_>) -> Ordering {
    order(left, right).unwrap_or(Ordering::Equal)
}

pub(in crate::esql) fn min(arguments: &[Val<'_>]) -> Val<'static> {
    option(values(arguments, 0).iter().min_by(by_order))
}

pub(in crate::esql) fn max(arguments: &[Val<'_>]) -> Val<'static> {
    option(values(arguments, 0).iter().max_by(by_order))
}

/// Null, with a warning, if a sum of longs overflows.
pub(super) fn sum(arguments: &[Val<'_>]) -> Val<'static> {
    let values = values(arguments, 0);
    if values.is_empty() {
        return Val::Null;
    }
    let longs: Option<Vec<i64>> = values.iter().map(Scalar::as_long).collect();
    if let Some(longs) = longs {
        let total = longs.into_iter().try_fold(0_i64, i64::checked_add);
        return Val::option(total.map(Scalar::Long));
    }
    let total: f64 = values.iter().filter_map(Scalar::as_double).sum();
    Val::One(Scalar::Double(total))
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
pub(super) fn avg(arguments: &[Val<'_>]) -> Val<'static> {
    let values = values(arguments, 0);
    if values.is_empty() {
        return Val::Null;
    }
    let total: f64 = values.iter().filter_map(Scalar::as_double).sum();
    Val::One(Scalar::Double(total / values.len() as f64))
}

/// Source: `MvMedian`: of an even count the mean of the two in the middle, cut to a whole number for whole numbers.
pub(super) fn median(arguments: &[Val<'_>]) -> Val<'static> {
    let mut sorted: Vec<&Scalar<'_>> = values(arguments, 0).iter().collect();
    sorted.sort_by(by_order);
    let middle = sorted.len() / 2;
    let Some(upper) = sorted.get(middle) else {
        return Val::Null;
    };
    if sorted.len() % 2 == 1 {
        return Val::One(own(upper));
    }
    let lower = middle.checked_sub(1).and_then(|at| sorted.get(at));
    let mean = match (lower, upper) {
        (Some(Scalar::Long(low)), Scalar::Long(high)) => {
            let mean = (i128::from(*low) + i128::from(*high)).div_euclid(2);
            i64::try_from(mean).ok().map(Scalar::Long)
        }
        (Some(low), high) => low
            .as_double()
            .zip(high.as_double())
            .map(|(low, high)| Scalar::Double(low / 2.0 + high / 2.0)),
        (None, _) => None,
    };
    Val::option(mean)
}

fn distinct<'v>(values: impl Iterator<Item = &'v Scalar<'v>>) -> Val<'static> {
    let mut kept: Vec<Scalar<'static>> = Vec::new();
    for value in values {
        if !holds(&kept, value) {
            kept.push(own(value));
        }
    }
    Val::from_vec(kept)
}

/// In order of appearance (assumed: the page leaves the order open).
pub(super) fn dedupe(arguments: &[Val<'_>]) -> Val<'static> {
    distinct(values(arguments, 0).iter())
}

pub(super) fn sort(arguments: &[Val<'_>]) -> Val<'static> {
    let mut sorted: Vec<&Scalar<'_>> = values(arguments, 0).iter().collect();
    sorted.sort_by(by_order);
    let descending = values(arguments, 1)
        .first()
        .and_then(Scalar::as_text)
        .is_some_and(|word| word.eq_ignore_ascii_case("desc"));
    if descending {
        sorted.reverse();
    }
    Val::from_vec(sorted.into_iter().map(own).collect())
}

/// Source: docs, `MV_SLICE`: from 0, both ends included, negative places from the end; null outside.
pub(super) fn slice(arguments: &[Val<'_>]) -> Val<'static> {
    let all = values(arguments, 0);
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let place = |at: usize| {
        let number = arguments.get(at)?.single()?.as_long()?;
        Some(if number < 0 { total + number } else { number })
    };
    let Some(start) = place(1) else {
        return Val::Null;
    };
    let end = if arguments.len() > 2 {
        place(2)
    } else {
        Some(start)
    };
    let Some(end) = end else {
        return Val::Null;
    };
    if start > end || start >= total || end < 0 {
        return Val::Null;
    }
    let (start, end) = (
        usize::try_from(start).unwrap_or(0),
        usize::try_from(end).unwrap_or(usize::MAX),
    );
    let kept = all.iter().take(end.saturating_add(1)).skip(start);
    Val::from_vec(kept.map(own).collect())
}

/// Source: docs, `MV_ZIP`: pairs joined by a delimiter, a comma by default; what is left over of the longer one stays as it is.
pub(super) fn zip(arguments: &[Val<'_>]) -> Val<'static> {
    let (left, right) = (values(arguments, 0), values(arguments, 1));
    let delimiter = match arguments.get(2) {
        None => Some(","),
        Some(value) => value.single().and_then(Scalar::as_text),
    };
    let Some(delimiter) = delimiter else {
        return Val::Null;
    };
    let joined = (0..left.len().max(right.len())).filter_map(|at| {
        let pair = (
            left.get(at).and_then(Scalar::as_text),
            right.get(at).and_then(Scalar::as_text),
        );
        match pair {
            (Some(left), Some(right)) => Some(Scalar::text(format!("{left}{delimiter}{right}"))),
            (Some(only), None) | (None, Some(only)) => Some(Scalar::text(only)),
            (None, None) => None,
        }
    });
    Val::from_vec(joined.collect())
}

/// Null if either is null. Source: docs, `MV_APPEND`; `MvAppend`.
pub(super) fn append(arguments: &[Val<'_>]) -> Val<'static> {
    let (left, right) = (values(arguments, 0), values(arguments, 1));
    if left.is_empty() || right.is_empty() {
        return Val::Null;
    }
    Val::from_vec(left.iter().chain(right).map(own).collect())
}

/// Source: docs, `MV_CONTAINS`: null is the empty set, so the answer is never null and every list contains null.
pub(super) fn contains(arguments: &[Val<'_>]) -> Val<'static> {
    let (all, wanted) = (values(arguments, 0), values(arguments, 1));
    Val::truth(Some(wanted.iter().all(|value| holds(all, value))))
}

/// Source: docs, `MV_INTERSECTS`: null is the empty set, so the answer is never null.
pub(super) fn intersects(arguments: &[Val<'_>]) -> Val<'static> {
    let (left, right) = (values(arguments, 0), values(arguments, 1));
    Val::truth(Some(right.iter().any(|value| holds(left, value))))
}

/// Source: docs, `MV_INTERSECTION`: null if nothing is common.
pub(super) fn intersection(arguments: &[Val<'_>]) -> Val<'static> {
    let (left, right) = (values(arguments, 0), values(arguments, 1));
    distinct(left.iter().filter(|value| holds(right, value)))
}

/// Source: docs, `MV_DIFFERENCE`.
pub(super) fn difference(arguments: &[Val<'_>]) -> Val<'static> {
    let (left, right) = (values(arguments, 0), values(arguments, 1));
    distinct(left.iter().filter(|value| !holds(right, value)))
}

/// Source: docs, `MV_UNION`.
pub(super) fn union(arguments: &[Val<'_>]) -> Val<'static> {
    let (left, right) = (values(arguments, 0), values(arguments, 1));
    distinct(left.iter().chain(right))
}
