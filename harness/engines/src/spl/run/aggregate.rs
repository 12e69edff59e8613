//! Aggregates. Source: Search Reference, "Statistical and charting functions", and its parts: Aggregate functions, Event order functions,
//! Multivalue stats and chart functions, Time functions.

use super::{Aggregate, Outcome, open};
use crate::spl::ast::StatsFunction;
use crate::spl::row::Row;
use crate::spl::value::{Val, number, written};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Values of `list()`. Source: Multivalue stats and chart functions, list.
const LISTED: usize = 100;
/// Distinct values above which `perc` estimates. Source: Aggregate functions, perc.
const EXACT: usize = 1000;

impl Aggregate {
    /// The value over these rows, in their order.
    pub(super) fn value(&self, rows: &[&Row<'_>], time: usize) -> Outcome<Val<'static>> {
        let Some(slot) = self.slot else {
            return Ok(count(rows.len()));
        };
        let mut texts: Vec<String> = Vec::new();
        for row in rows {
            match row.value(slot) {
                Val::Undefined(why) => return Err(open(why)),
                // Only `count(eval(...))` gives truth values.
                Val::Bool(false) => {}
                value => texts.extend(value.texts().into_iter().map(Cow::into_owned)),
            }
        }
        Ok(match self.function {
            StatsFunction::Count
                if verdict_faults::at("spl/engine/count-of-a-field-counts-events") =>
            {
                count(rows.len())
            }
            StatsFunction::Count => count(texts.len()),
            // Source: "String and numeric field values": `1` and `1.0` are two values.
            StatsFunction::Distinct if verdict_faults::at("spl/engine/dc-compares-numbers") => {
                let bits = |text: &String| number(text).map_or_else(|| text.clone(), written);
                count(texts.iter().map(bits).collect::<BTreeSet<_>>().len())
            }
            StatsFunction::Distinct => count(texts.into_iter().collect::<BTreeSet<_>>().len()),
            StatsFunction::Sum => numbers(&texts)
                .into_iter()
                .reduce(|sum, one| sum + one)
                .map_or(Val::Null, Val::Number),
            StatsFunction::Mean => mean(&numbers(&texts)),
            StatsFunction::Min => extreme(texts, Ordering::Less),
            StatsFunction::Max => extreme(texts, Ordering::Greater),
            // Source: Aggregate functions, range: the field is numeric.
            StatsFunction::Range => {
                let sorted = sorted(&texts);
                match (sorted.first(), sorted.last()) {
                    (Some(least), Some(most)) => Val::Number(most - least),
                    _ => Val::Null,
                }
            }
            // Source: Aggregate functions, median: of an even number of values the higher of the two in the middle.
            StatsFunction::Median => {
                let sorted = sorted(&texts);
                sorted
                    .get(if verdict_faults::at("spl/engine/median-is-the-lower") {
                        sorted.len().saturating_sub(1) / 2
                    } else {
                        sorted.len() / 2
                    })
                    .map_or(Val::Null, |value| Val::Number(*value))
            }
            StatsFunction::Percentile { rank, exact } => return percentile(&texts, rank, exact),
            StatsFunction::Earliest => return by_time(rows, slot, time, Ordering::Less),
            StatsFunction::Latest => return by_time(rows, slot, time, Ordering::Greater),
            StatsFunction::First => at_end(rows.iter().copied(), slot),
            StatsFunction::Last => at_end(rows.iter().rev().copied(), slot),
            // Source: Multivalue stats and chart functions, values: distinct, in lexicographical order.
            StatsFunction::Values => {
                let distinct: BTreeSet<String> = texts.into_iter().collect();
                Val::several(distinct.into_iter().map(Cow::Owned).collect())
            }
            StatsFunction::List => {
                Val::several(texts.into_iter().take(LISTED).map(Cow::Owned).collect())
            }
        })
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "there are fewer than 2^53 events"
)]
fn count(value: usize) -> Val<'static> {
    Val::Number(value as f64)
}

/// Source: "String and numeric field values": what is no number is ignored.
fn numbers(texts: &[String]) -> Vec<f64> {
    texts.iter().filter_map(|text| number(text)).collect()
}

fn sorted(texts: &[String]) -> Vec<f64> {
    let mut numbers = numbers(texts);
    numbers.sort_by(f64::total_cmp);
    numbers
}

fn mean(numbers: &[f64]) -> Val<'static> {
    match (
        count(numbers.len()),
        numbers.iter().copied().reduce(|sum, one| sum + one),
    ) {
        (Val::Number(count), Some(sum)) => Val::Number(sum / count),
        _ => Val::Null,
    }
}

/// Source: Aggregate functions, min, max: numbers if possible, else by lexicographical order; of both in one field, all numbers stand before all others.
fn extreme(texts: Vec<String>, wanted: Ordering) -> Val<'static> {
    let (numbers, others): (Vec<String>, Vec<String>) =
        texts.into_iter().partition(|text| number(text).is_some());
    if others.is_empty() || (wanted == Ordering::Less && !numbers.is_empty()) {
        let best = self::numbers(&numbers).into_iter().reduce(|best, one| {
            if one.total_cmp(&best) == wanted {
                one
            } else {
                best
            }
        });
        return best.map_or(Val::Null, Val::Number);
    }
    let best = others
        .into_iter()
        .reduce(|best, one| if one.cmp(&best) == wanted { one } else { best });
    best.map_or(Val::Null, |text| Val::Field(Cow::Owned(text)))
}

/// Source: Aggregate functions, perc: estimated above 1,000 distinct values; exactperc is exact. Below, the page's words say nearest rank, and all of its
/// examples go between two ranks (`perc50` of one to ten is 5.5): where the two differ, the page says nothing.
fn percentile(texts: &[String], rank: f64, exact: bool) -> Outcome<Val<'static>> {
    let sorted = sorted(texts);
    let mut distinct = sorted.clone();
    distinct.dedup();
    if !exact && distinct.len() > EXACT {
        return Err(open(
            "a percentile of more than 1,000 values, which is estimated",
        ));
    }
    let (Val::Number(length), Some(_)) = (count(sorted.len()), sorted.first()) else {
        return Ok(Val::Null);
    };
    let share = rank / 100.0;
    let nearest = at(&sorted, (share * length).ceil().max(1.0) - 1.0);
    let place = share * (length - 1.0);
    let (below, above) = (at(&sorted, place.floor()), at(&sorted, place.ceil()));
    let between = below + (above - below) * place.fract();
    if nearest.total_cmp(&between) == Ordering::Equal {
        return Ok(Val::Number(nearest));
    }
    Err(open(
        "a percentile between two values, of which the page's words and its examples make different ones",
    ))
}

/// The value at a place, the last one beyond all.
fn at(sorted: &[f64], place: f64) -> f64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place among the values"
    )]
    let place = place as usize;
    let found = sorted.get(place).or(sorted.last());
    found.copied().unwrap_or(f64::NAN)
}

/// Source: Time functions, earliest, latest: the value seen first or last in time. Of two values of one time no page says.
fn by_time(rows: &[&Row<'_>], slot: usize, time: usize, wanted: Ordering) -> Outcome<Val<'static>> {
    let mut best: Option<(f64, Val<'static>)> = None;
    for row in rows {
        let value = row.value(slot);
        if matches!(value, Val::Null) {
            continue;
        }
        let Some(now) = row.value(time).number() else {
            return Err(open("the earliest or latest of events without a time"));
        };
        let value = value.into_owned();
        match &best {
            Some((known, _)) if now.total_cmp(known) == wanted => best = Some((now, value)),
            Some((known, other)) if now.total_cmp(known) == Ordering::Equal => {
                if value.texts() != other.borrow().texts() {
                    return Err(open("the earliest or latest of several values of one time"));
                }
            }
            Some(_) => {}
            None => best = Some((now, value)),
        }
    }
    Ok(best.map_or(Val::Null, |(_, value)| value.assigned()))
}

/// Source: Event order functions, first, last: in the order of the events, whatever their times.
fn at_end<'s, 'r: 's>(rows: impl Iterator<Item = &'s Row<'r>>, slot: usize) -> Val<'static> {
    let mut values = rows.map(|row| row.value(slot));
    values
        .find(|value| !matches!(value, Val::Null))
        .map_or(Val::Null, |value| value.into_owned().assigned())
}
