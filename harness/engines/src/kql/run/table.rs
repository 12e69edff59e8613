//! Smaller table operators: distinct, mv-expand, union, partition.

use super::{Part, Run};
use crate::QueryError;
use crate::kql::relation::{Expand, Origin, Partition, Record};
use crate::kql::value::{Json, Type, Val};
use std::collections::{HashMap, HashSet};

/// Kusto docs: distinct-operator.
pub(super) fn distinct(rows: &[Record]) -> Vec<Record> {
    let mut seen = HashSet::new();
    let columns: Vec<usize> = (0..rows.first().map_or(0, Vec::len)).collect();
    rows.iter()
        .filter(|row| seen.insert(Part::key(row, &columns)))
        .cloned()
        .collect()
}

/// Kusto docs: mv-expand-operator: as many rows as the longest value has elements; null gives one row, an empty array none.
pub(super) fn expand(
    expand: &Expand,
    rows: &[Record],
    run: &Run<'_>,
) -> Result<Vec<Record>, QueryError> {
    let mut out = Vec::new();
    for row in rows {
        let lists: Vec<Vec<Json>> = expand
            .columns
            .iter()
            .map(|(column, _)| elements(row.get(*column).unwrap_or(&Val::Null), expand.pairs))
            .collect();
        let longest = lists.iter().map(Vec::len).max().unwrap_or(0);
        for at in 0..longest.min(expand.limit) {
            let mut fresh = row.clone();
            for ((column, kind), list) in expand.columns.iter().zip(&lists) {
                if let Some(value) = fresh.get_mut(*column) {
                    *value = typed(list.get(at), *kind);
                }
            }
            if expand.index {
                fresh.push(Val::Long(i64::try_from(at).unwrap_or(i64::MAX)));
            }
            run.count(fresh.len())?;
            out.push(fresh);
        }
    }
    Ok(out)
}

fn elements(value: &Val<'static>, pairs: bool) -> Vec<Json> {
    match value {
        Val::Dynamic(json) => match json.as_ref() {
            Json::List(items) => items.clone(),
            Json::Bag(entries) => entries
                .iter()
                .map(|(key, value)| {
                    if pairs {
                        Json::List(vec![Json::Text(key.clone()), value.clone()])
                    } else {
                        Json::Bag(vec![(key.clone(), value.clone())])
                    }
                })
                .collect(),
            // Assumed: a scalar is an array of one.
            scalar => vec![scalar.clone()],
        },
        _null => vec![Json::Null],
    }
}

/// Kusto docs: mv-expand-operator, `to typeof()`: "cast-only ... elements that don't conform with the declared type become null".
fn typed(element: Option<&Json>, kind: Type) -> Val<'static> {
    let value = element.map_or(Val::Null, |json| Val::json(json.clone()));
    if kind == Type::Dynamic {
        return value;
    }
    let scalar = value.scalar();
    let fits = match (&scalar, kind) {
        (Val::Bool(_), Type::Bool)
        | (Val::Long(_), Type::Long | Type::Int)
        | (Val::Real(_), Type::Real)
        | (Val::DateTime(_), Type::DateTime)
        | (Val::TimeSpan(_), Type::TimeSpan)
        | (Val::Text(_), Type::Text) => true,
        (Val::Long(value), Type::Real) => {
            return Val::Real(crate::kql::convert::long_to_real(*value));
        }
        _ => false,
    };
    match (fits, kind) {
        (true, _) => scalar.into_owned(),
        (false, Type::Text) => Val::EMPTY,
        (false, _) => Val::Null,
    }
}

/// Adds one table of a union. Kusto docs: union-operator.
pub(super) fn append(
    columns: &[Origin],
    rows: &[Record],
    out: &mut Vec<Record>,
    run: &Run<'_>,
) -> Result<(), QueryError> {
    run.count(rows.len().saturating_mul(columns.len().max(1)))?;
    for row in rows {
        let value = |origin: &Origin| match origin {
            Origin::Column(at) => row.get(*at).cloned().unwrap_or(Val::Null),
            Origin::Value(value) => value.clone(),
        };
        out.push(columns.iter().map(value).collect());
    }
    Ok(())
}

/// Kusto docs: partition-operator. The order of partitions is not defined, here it is that of their first rows.
pub(super) fn partition(
    partition: &Partition,
    rows: &[Record],
    run: &Run<'_>,
) -> Result<Vec<Record>, QueryError> {
    let mut places: HashMap<Part, usize> = HashMap::new();
    let mut parts: Vec<Vec<Record>> = Vec::new();
    for row in rows {
        let key = Part::of(row.get(partition.key).unwrap_or(&Val::Null));
        let fresh = parts.len();
        let place = *places.entry(key).or_insert(fresh);
        if place == fresh {
            parts.push(Vec::new());
        }
        if let Some(part) = parts.get_mut(place) {
            part.push(row.clone());
        }
    }
    if parts.len() > partition.most {
        // Kusto docs: partition-operator, legacy strategy.
        let most = partition.most;
        let error = QueryError::new(format!("there are more than {most} partitions"), 0..0);
        return Err(error.hint("the default strategy allows 64: hint.strategy=native"));
    }
    let mut out = Vec::new();
    for part in parts {
        out.extend(run.within(part, &partition.inner)?.iter().cloned());
    }
    Ok(out)
}
