//! Functions of fields with several values. Source, of each: Multivalue eval functions.

use super::super::value::{Val, written};
use super::whole;
use std::borrow::Cow;
use std::collections::HashSet;

#[expect(
    clippy::cast_precision_loss,
    reason = "a list is shorter than 2^53 values"
)]
pub(super) fn count<'r>(value: Val<'_>) -> Val<'r> {
    Val::Number(value.texts().len() as f64)
}

/// All values of all arguments; those without one add none.
pub(super) fn append(arguments: Vec<Val<'_>>) -> Val<'_> {
    Val::several(arguments.into_iter().flat_map(Val::texts).collect())
}

/// The value at an index, or those from one to another. From zero; negative ones count from the end; NULL if there is none. A range of which
/// a part only is there has no documented outcome.
pub(super) fn index<'r>(value: Val<'r>, rest: &[Val<'_>]) -> Val<'r> {
    let texts = value.texts();
    let length = i64::try_from(texts.len()).unwrap_or(i64::MAX);
    let from_one = i64::from(verdict_faults::at("spl/engine/mvindex-counts-from-one"));
    let place = |at: i64| {
        if at < 0 { at + length } else { at - from_one }
    };
    let Some(start) = rest.first().and_then(whole).map(place) else {
        return Val::Undefined("an index of mvindex() that is none");
    };
    let end = match rest.get(1) {
        None => start,
        Some(end) => match whole(end) {
            Some(end) => place(end),
            None => return Val::Undefined("an index of mvindex() that is none"),
        },
    };
    let inside = |at: i64| (0..length).contains(&at);
    match (inside(start), inside(end)) {
        (true, true) if start <= end => {}
        (true, false) | (false, true) => {
            return Val::Undefined("a range of mvindex() that is there in part");
        }
        _ => return Val::Null,
    }
    let bounds = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let Some((start, end)) = bounds else {
        return Val::Null;
    };
    let taken = texts.into_iter().skip(start).take(end - start + 1);
    Val::several(taken.collect())
}

pub(super) fn join<'r>(value: Val<'r>, mut rest: Vec<Val<'_>>) -> Val<'r> {
    match rest.pop().map(Val::single) {
        Some(Ok(between)) => Val::Text(Cow::Owned(value.texts().join(between.as_ref()))),
        Some(Err(outcome)) => outcome,
        None => Val::Null,
    }
}

pub(super) fn dedup(value: Val<'_>) -> Val<'_> {
    let mut seen = HashSet::new();
    let texts = value.texts().into_iter();
    Val::several(texts.filter(|text| seen.insert(text.clone())).collect())
}

pub(super) fn sort(value: Val<'_>) -> Val<'_> {
    let mut texts = value.texts();
    texts.sort();
    Val::several(texts)
}

pub(super) fn reverse(value: Val<'_>) -> Val<'_> {
    let mut texts = value.texts();
    texts.reverse();
    Val::several(texts)
}

/// The parts of a text between a delimiter; the empty one parts it into characters.
pub(super) fn split<'r>(value: Val<'r>, mut rest: Vec<Val<'_>>) -> Val<'r> {
    let between = match rest.pop().map(Val::single) {
        Some(Ok(between)) => between.into_owned(),
        Some(Err(outcome)) => return outcome,
        None => return Val::Null,
    };
    match value.single() {
        Ok(text) if between.is_empty() => Val::several(
            text.chars()
                .map(|letter| Cow::Owned(letter.to_string()))
                .collect(),
        ),
        Ok(text) => {
            let parts = text.split(between.as_str());
            Val::several(parts.map(|part| Cow::Owned(part.to_owned())).collect())
        }
        Err(outcome) => outcome,
    }
}

/// Values that `mvrange` makes at most, a limit of our own.
const RANGE: usize = 10_000;

/// Numbers from one up to another, which is not among them. A span of time as the step, and a step that leads nowhere, are not run.
pub(super) fn range<'r>(start: &Val<'_>, rest: &[Val<'_>]) -> Val<'r> {
    let bounds = start.number().zip(rest.first().and_then(Val::number));
    let step = rest.get(1).map_or(Some(1.0), Val::number);
    let (Some((start, end)), Some(step)) = (bounds, step.filter(|step| *step > 0.0)) else {
        return Val::Undefined("a range of mvrange() that is not run");
    };
    let mut made = Vec::new();
    let mut next = start;
    while next < end {
        if made.len() >= RANGE {
            return Val::Undefined("a range of mvrange() that is too long");
        }
        made.push(Cow::Owned(written(next)));
        next += step;
    }
    Val::several(made)
}

/// The first value with the first, the second with the second ..., as Python's `zip`: what is left over has no partner.
pub(super) fn zip<'r>(left: Val<'_>, mut rest: Vec<Val<'_>>) -> Val<'r> {
    let between = if rest.len() > 1 { rest.pop() } else { None };
    let between = match between.map(Val::single) {
        None => Cow::Borrowed(","),
        Some(Ok(text)) => text,
        Some(Err(outcome)) => return outcome,
    };
    let right = rest.pop().unwrap_or(Val::Null).texts();
    let pairs = left.texts().into_iter().zip(right);
    let joined = pairs.map(|(one, other)| Cow::Owned(format!("{one}{between}{other}")));
    Val::several(joined.collect())
}
