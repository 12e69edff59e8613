//! `summarize`. Kusto docs: summarize-operator, aggregation-functions, and one page a function. Nulls count for nothing.

use super::Part;
use crate::kql::convert::{long_to_real, real_to_long, to_real};
use crate::kql::eval::{order, sum};
use crate::kql::relation::{Aggregate, AggregateKind, Record, Summarize};
use crate::kql::value::{Json, Type, Val};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

/// The groups, in the order in which they first appear (the vendor's order is not defined). Without keys there is one, even over no rows.
pub(super) fn summarize(summarize: &Summarize, rows: &[Record]) -> Vec<Record> {
    let keys: Vec<usize> = (0..summarize.keys).collect();
    let mut places: HashMap<Vec<Part>, usize> = HashMap::new();
    let mut groups: Vec<Vec<&Record>> = Vec::new();
    if keys.is_empty() {
        places.insert(Vec::new(), 0);
        groups.push(Vec::new());
    }
    for row in rows {
        if verdict_faults::at("kql/engine/null-key-makes-no-group")
            && Part::key(row, &keys).contains(&Part::Null)
        {
            continue;
        }
        let fresh = groups.len();
        let place = *places.entry(Part::key(row, &keys)).or_insert(fresh);
        if place == fresh {
            groups.push(Vec::new());
        }
        if let Some(group) = groups.get_mut(place) {
            group.push(row);
        }
    }
    let record = |group: &Vec<&Record>| {
        let first = group.first().into_iter();
        let mut out: Record = first
            .flat_map(|row| row.iter().take(summarize.keys).cloned())
            .collect();
        for aggregate in &summarize.aggregates {
            out.extend(aggregate.values(group));
        }
        out
    };
    groups.iter().map(record).collect()
}

impl Aggregate {
    /// How many columns come of it.
    pub(in crate::kql) fn width(&self) -> usize {
        match self.kind {
            AggregateKind::TakeAny | AggregateKind::ArgMin | AggregateKind::ArgMax => {
                self.arguments.len()
            }
            AggregateKind::Count
            | AggregateKind::CountDistinct
            | AggregateKind::Sum
            | AggregateKind::Average
            | AggregateKind::Min
            | AggregateKind::Max
            | AggregateKind::Percentile(_)
            | AggregateKind::Set(_)
            | AggregateKind::List(_) => 1,
        }
    }

    fn values(&self, group: &[&Record]) -> Vec<Val<'static>> {
        let counts = |row: &&&Record| {
            self.condition
                .is_none_or(|column| matches!(row.get(column), Some(Val::Bool(true))))
        };
        let rows: Vec<&Record> = group.iter().filter(counts).copied().collect();
        let present = || {
            let column = self.arguments.first().copied().unwrap_or(usize::MAX);
            rows.iter()
                .filter_map(move |row| row.get(column))
                .filter(|value| {
                    !value.is_null() || verdict_faults::at("kql/engine/nulls-are-aggregated")
                })
        };
        let value = match self.kind {
            AggregateKind::Count => count(rows.len()),
            AggregateKind::CountDistinct => {
                let distinct: HashSet<Part> = present().map(Part::of).collect();
                count(distinct.len())
            }
            // Source: summarize-operator, default values: the sum of nothing is 0.
            AggregateKind::Sum => {
                match present().fold(Val::Null, |total, value| sum(&total, value)) {
                    Val::Null => self.zero(),
                    total => total,
                }
            }
            AggregateKind::Average => average(present()),
            AggregateKind::Min => extreme(present(), Ordering::Less),
            AggregateKind::Max => extreme(present(), Ordering::Greater),
            AggregateKind::Percentile(rank) => percentile(present().collect(), rank),
            AggregateKind::Set(most) => {
                let mut seen = HashSet::new();
                let fresh = present().filter(|value| seen.insert(Part::of(value)));
                list(fresh, most)
            }
            AggregateKind::List(most) => list(present(), most),
            AggregateKind::TakeAny => return self.any(&rows),
            AggregateKind::ArgMin => return self.arg(&rows, Ordering::Less),
            AggregateKind::ArgMax => return self.arg(&rows, Ordering::Greater),
        };
        vec![self.text(0, value)]
    }

    /// Zero of the type that is summed: a whole number in its place would be divided as one.
    fn zero(&self) -> Val<'static> {
        match self.types.first() {
            Some(Type::Real) => Val::Real(0.0),
            Some(Type::TimeSpan) => Val::TimeSpan(0),
            _ => Val::Long(0),
        }
    }

    /// The null of a text is the empty text.
    fn text(&self, argument: usize, value: Val<'static>) -> Val<'static> {
        if value.is_null() && self.types.get(argument) == Some(&Type::Text) {
            return Val::EMPTY;
        }
        value
    }

    fn pick(&self, row: Option<&&Record>) -> Vec<Val<'static>> {
        let column = |(at, column): (usize, &usize)| {
            let value = row.and_then(|row| row.get(*column)).cloned();
            self.text(at, value.unwrap_or(Val::Null))
        };
        self.arguments.iter().enumerate().map(column).collect()
    }

    /// One row's values; of one column alone, a value that is there. Kusto docs: `take_any()`; which row is not defined, here the first.
    fn any(&self, rows: &[&Record]) -> Vec<Val<'static>> {
        let chosen = match self.arguments.as_slice() {
            [column] => rows.iter().find(|row| match row.get(*column) {
                None | Some(Val::Null) => false,
                Some(Val::Text(text)) => !text.is_empty(),
                Some(_) => true,
            }),
            _ => rows.first(),
        };
        self.pick(chosen.or(rows.first()))
    }

    /// Kusto docs: `arg_max()`, "null handling": rows without the value are ignored, unless there are no others. Among equal ones the first is
    /// taken (assumed).
    fn arg(&self, rows: &[&Record], wanted: Ordering) -> Vec<Val<'static>> {
        let column = self.arguments.first().copied().unwrap_or(usize::MAX);
        let mut best: Option<&&Record> = None;
        for row in rows {
            let Some(value) = row.get(column).filter(|value| !value.is_null()) else {
                continue;
            };
            let known = best.and_then(|row| row.get(column));
            if known.is_none_or(|known| order(value, known) == Some(wanted)) {
                best = Some(row);
            }
        }
        self.pick(best.or(rows.first()))
    }
}

fn count(value: usize) -> Val<'static> {
    Val::Long(i64::try_from(value).unwrap_or(i64::MAX))
}

/// Kusto docs: `avg()`; of times it is a time.
fn average<'v>(values: impl Iterator<Item = &'v Val<'static>>) -> Val<'static> {
    let (mut total, mut count, mut time) = (0.0, 0_u32, None);
    for value in values {
        let Some(real) = to_real(value) else {
            continue;
        };
        total += real;
        count = count.saturating_add(1);
        time = match value {
            Val::DateTime(_) | Val::TimeSpan(_) => Some(value),
            _ => None,
        };
    }
    if count == 0 {
        return Val::Null;
    }
    let mean = total / f64::from(count);
    match time {
        Some(Val::DateTime(_)) => Val::option(real_to_long(mean), Val::DateTime),
        Some(_) => Val::option(real_to_long(mean), Val::TimeSpan),
        None => Val::Real(mean),
    }
}

fn extreme<'v>(values: impl Iterator<Item = &'v Val<'static>>, wanted: Ordering) -> Val<'static> {
    let mut best: Option<&Val<'static>> = None;
    for value in values {
        if best.is_none_or(|best| order(value, best) == Some(wanted)) {
            best = Some(value);
        }
    }
    best.cloned().unwrap_or(Val::Null)
}

/// Kusto docs: `percentile()`, "nearest-rank percentile". The service estimates by a digest and may differ; small groups are exact (assumed).
fn percentile(mut values: Vec<&Val<'static>>, rank: f64) -> Val<'static> {
    values.sort_by(|a, b| order(a, b).unwrap_or(Ordering::Equal));
    let length = long_to_real(i64::try_from(values.len()).unwrap_or(i64::MAX));
    let place = (rank / 100.0 * length).ceil().max(1.0) - 1.0;
    let place = real_to_long(place).and_then(|place| usize::try_from(place).ok());
    place
        .and_then(|place| values.get(place.min(values.len().saturating_sub(1))))
        .map_or(Val::Null, |value| (*value).clone())
}

/// Kusto docs: `make_list()`, `make_set()`; the order of a set is not defined, here it is that of the rows.
fn list<'v>(values: impl Iterator<Item = &'v Val<'static>>, most: usize) -> Val<'static> {
    Val::json(Json::List(values.take(most).map(Json::from_val).collect()))
}
