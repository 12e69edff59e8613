//! `sort` and `dedup`.

use super::{Numbered, Outcome, open};
use crate::spl::ast::SortKind;
use crate::spl::row::Row;
use crate::spl::value::Val;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::IpAddr;

/// Source: Search Reference, sort, "Usage": without an option the values decide: numbers as numbers, addresses as addresses, others in
/// lexicographical order. "Description": what is missing is the largest in ascending order and the smallest in descending order, so it comes last in both.
///
/// The page says both that texts that begin with a number go by that number and, in its table, that they do not: they are texts here (assumed), as is
/// that addresses of version 4 come first. What comes of numbers and texts in one field, and of several values, no page says. Rows of equal keys stay in
/// their order (assumed).
pub(super) fn sort<'r>(
    rows: Vec<Numbered<'r>>,
    keys: &[(usize, bool, SortKind)],
) -> Outcome<Vec<Numbered<'r>>> {
    if rows.len() < 2 {
        return Ok(rows);
    }
    let mut columns: Vec<Vec<Sortable>> = Vec::new();
    for (slot, _, kind) in keys {
        columns.push(column(&rows, *slot, *kind)?);
    }
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by(|one, other| {
        for (column, (_, ascending, _)) in columns.iter().zip(keys) {
            let ordering = match (column.get(*one), column.get(*other)) {
                (Some(one), Some(other)) => one.order(other, *ascending),
                _ => Ordering::Equal,
            };
            if ordering != Ordering::Equal {
                return ordering;
            }
        }
        Ordering::Equal
    });
    let mut places: Vec<Option<Numbered<'r>>> = rows.into_iter().map(Some).collect();
    let taken = order
        .into_iter()
        .filter_map(|at| places.get_mut(at).and_then(Option::take));
    Ok(taken.collect())
}

/// A key of a sort.
enum Sortable {
    Number(f64),
    Address(IpAddr),
    Text(String),
    Missing,
}

impl Sortable {
    fn order(&self, other: &Self, ascending: bool) -> Ordering {
        let ordering = match (self, other) {
            (Self::Missing, Self::Missing) => Ordering::Equal,
            (Self::Missing, _) => return Ordering::Greater,
            (_, Self::Missing) => return Ordering::Less,
            (Self::Number(one), Self::Number(other)) => one.total_cmp(other),
            (Self::Address(one), Self::Address(other)) => one.cmp(other),
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            // A column holds one kind.
            (Self::Number(_) | Self::Address(_) | Self::Text(_), _) => Ordering::Equal,
        };
        if ascending {
            ordering
        } else {
            ordering.reverse()
        }
    }
}

/// The keys of all rows: of one kind, but for those that are missing.
fn column(rows: &[Numbered<'_>], slot: usize, kind: SortKind) -> Outcome<Vec<Sortable>> {
    let keys = rows.iter().map(|(_, row)| sortable(row.value(slot), kind));
    let mut column: Vec<Sortable> = keys.collect::<Outcome<_>>()?;
    let is_number = |key: &Sortable| matches!(key, Sortable::Number(_));
    let is_text = |key: &Sortable| matches!(key, Sortable::Text(_));
    if column.iter().any(is_number) && column.iter().any(is_text) {
        return Err(open("sort over numbers and other texts"));
    }
    if kind == SortKind::Auto {
        let addresses: Option<Vec<Sortable>> = column.iter().map(addressed).collect();
        column = addresses.unwrap_or(column);
    }
    Ok(column)
}

/// A text as an address; what is neither there nor a text stays. None if it is another text.
fn addressed(key: &Sortable) -> Option<Sortable> {
    match key {
        Sortable::Text(text) => text.parse().ok().map(Sortable::Address),
        Sortable::Missing => Some(Sortable::Missing),
        Sortable::Number(number) => Some(Sortable::Number(*number)),
        Sortable::Address(address) => Some(Sortable::Address(*address)),
    }
}

fn sortable(value: Val<'_>, kind: SortKind) -> Outcome<Sortable> {
    let kind = match kind {
        SortKind::Auto if verdict_faults::at("spl/engine/sort-orders-as-text") => SortKind::Text,
        kind => kind,
    };
    let number = value.number().filter(|number| !number.is_nan());
    let text = match value {
        Val::Undefined(why) => return Err(open(why)),
        Val::Null => return Ok(Sortable::Missing),
        Val::Many(_) => return Err(open("sort by a field with several values")),
        value => value.texts().concat(),
    };
    match (number, kind) {
        (Some(number), SortKind::Auto | SortKind::Number) => Ok(Sortable::Number(number)),
        (None, SortKind::Number) => Err(open("num() of what is no number")),
        (_, SortKind::Address) => text
            .parse()
            .map(Sortable::Address)
            .map_err(|_| open("ip() of what is no address")),
        (_, SortKind::Auto | SortKind::Text) => Ok(Sortable::Text(text)),
    }
}

/// Source: Search Reference, dedup: the first results of each combination stay; those without all of the fields go, unless `keepempty`;
/// `consecutive` looks at neighbours only.
pub(super) fn dedup<'r>(
    rows: Vec<Numbered<'r>>,
    count: usize,
    slots: &[usize],
    keep_empty: bool,
    consecutive: bool,
) -> Outcome<Vec<Numbered<'r>>> {
    let mut seen: HashMap<Vec<String>, usize> = HashMap::new();
    let mut before: Option<Vec<String>> = None;
    let mut kept = Vec::new();
    for (at, row) in rows {
        let Some(key) = combination(&row, slots)? else {
            if keep_empty || verdict_faults::at("spl/engine/dedup-keeps-rows-without-the-field") {
                kept.push((at, row));
            }
            continue;
        };
        if consecutive && before.as_ref() != Some(&key) {
            seen.clear();
        }
        before = Some(key.clone());
        let times = seen.entry(key).or_default();
        *times += 1;
        if *times <= count {
            kept.push((at, row));
        }
    }
    Ok(kept)
}

/// The values of the fields; None where one is missing. Source: Search Reference, dedup, "Multivalue fields": all of several values must match (in their
/// order: assumed).
fn combination(row: &Row<'_>, slots: &[usize]) -> Outcome<Option<Vec<String>>> {
    let mut parts = Vec::with_capacity(slots.len());
    for slot in slots {
        match row.value(*slot) {
            Val::Null => return Ok(None),
            Val::Undefined(why) => return Err(open(why)),
            value => {
                let mut part = String::new();
                for text in value.texts() {
                    // With its length before it, no value reads as two.
                    let _ = write!(part, "{}:{text}", text.len());
                }
                parts.push(part);
            }
        }
    }
    Ok(Some(parts))
}
