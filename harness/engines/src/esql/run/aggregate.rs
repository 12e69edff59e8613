//! Groups and aggregates. Source: docs, `STATS`, aggregation functions; the page of each.

use super::Budget;
use crate::QueryError;
use crate::esql::node::Node;
use crate::esql::row::Row;
use crate::esql::value::{Scalar, Val, order};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// A bound `STATS` or `INLINE STATS`.
#[derive(Clone, Debug)]
pub(in crate::esql) struct Stats {
    pub(in crate::esql) keys: Vec<Node>,
    pub(in crate::esql) aggregates: Vec<Aggregate>,
}

/// A bound aggregate.
#[derive(Clone, Debug)]
pub(in crate::esql) struct Aggregate {
    pub(in crate::esql) kind: Kind,
    /// What it looks at; nothing counts rows.
    pub(in crate::esql) value: Option<Node>,
    /// The condition behind its `WHERE`.
    pub(in crate::esql) filter: Option<Node>,
}

/// What an aggregate computes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::esql) enum Kind {
    Count,
    CountDistinct,
    /// Of whole numbers, or of doubles.
    Sum {
        whole: bool,
    },
    Average,
    Min,
    Max,
    Percentile(f64),
    Deviation,
    Values,
    Top {
        limit: usize,
        ascending: bool,
    },
}

/// What makes two values of one column the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::esql) enum Identity {
    Null,
    Bits(u128),
    Text(String),
}

impl Identity {
    fn of(value: &Scalar<'_>) -> Self {
        match value {
            Scalar::Bool(value) => Self::Bits(u128::from(*value)),
            Scalar::Long(value) | Scalar::Date(value) | Scalar::Duration(value) => {
                Self::Bits(u128::from(value.cast_unsigned()))
            }
            Scalar::UnsignedLong(value) => Self::Bits(u128::from(*value)),
            Scalar::Double(value) => Self::Bits(u128::from((value + 0.0).to_bits())),
            Scalar::Ip(address) => Self::Bits(*address),
            Scalar::Text(text) | Scalar::Version(text) => Self::Text(text.as_ref().to_owned()),
            period @ Scalar::Period { .. } => Self::Text(period.to_text().into_owned()),
        }
    }
}

/// What a group has seen for one aggregate.
#[derive(Default)]
struct Seen {
    count: i64,
    values: Vec<Scalar<'static>>,
}

/// The groups of a table: what their aggregates give, by the identity of the key.
pub(in crate::esql) type Groups = HashMap<Vec<Identity>, Vec<Val<'static>>>;

struct Group {
    identity: Vec<Identity>,
    key: Vec<Val<'static>>,
    seen: Vec<Seen>,
}

impl Stats {
    /// A row for each group, in the order in which they were seen (no document says): the key, then the aggregates.
    /// Source: docs, `STATS`: without `BY` there is exactly one row.
    pub(super) fn summarize(
        &self,
        rows: &[(usize, Row<'_>)],
        budget: &mut Budget,
    ) -> Result<Vec<Rc<[Val<'static>]>>, QueryError> {
        let groups = self.collect(rows, budget)?;
        Ok(groups
            .into_iter()
            .map(|group| {
                let made = self.finish(group.seen);
                group.key.into_iter().chain(made).collect()
            })
            .collect())
    }

    pub(super) fn groups(
        &self,
        rows: &[(usize, Row<'_>)],
        budget: &mut Budget,
    ) -> Result<Groups, QueryError> {
        let groups = self.collect(rows, budget)?;
        Ok(groups
            .into_iter()
            .map(|group| (group.identity, self.finish(group.seen)))
            .collect())
    }

    /// The keys of a row: one for each combination of the values of its keys.
    pub(super) fn keys_of(&self, row: &Row<'_>) -> Vec<Vec<Identity>> {
        let each = self.keys.iter().map(|key| {
            let value = key.eval(row);
            let mut found: Vec<Identity> = Vec::new();
            for value in value.values() {
                let identity = Identity::of(value);
                if !found.contains(&identity) {
                    found.push(identity);
                }
            }
            if found.is_empty() && !verdict_faults::at("esql/engine/null-key-makes-no-group") {
                found.push(Identity::Null);
            }
            found
        });
        each.fold(vec![Vec::new()], |keys, values| {
            let longer = |key: &Vec<Identity>| {
                let key = key.clone();
                values.clone().into_iter().map(move |value| {
                    let mut longer = key.clone();
                    longer.push(value);
                    longer
                })
            };
            keys.iter().flat_map(longer).collect()
        })
    }

    /// How many keys a row has at most, for the budget.
    fn combinations(&self, row: &Row<'_>) -> usize {
        self.keys.iter().fold(1_usize, |product, key| {
            product.saturating_mul(key.eval(row).values().len().max(1))
        })
    }

    /// Source: docs, `STATS`: a row with several values in a key is in each of those groups; null is a group.
    fn collect(
        &self,
        rows: &[(usize, Row<'_>)],
        budget: &mut Budget,
    ) -> Result<Vec<Group>, QueryError> {
        let mut places: HashMap<Vec<Identity>, usize> = HashMap::new();
        let mut groups: Vec<Group> = Vec::new();
        if self.keys.is_empty() {
            places.insert(Vec::new(), 0);
            groups.push(self.group(Vec::new(), Vec::new()));
        }
        for (_, row) in rows {
            budget.spend(self.combinations(row))?;
            for identity in self.keys_of(row) {
                let at = if let Some(at) = places.get(&identity) {
                    *at
                } else {
                    budget.spend(self.keys.len().saturating_add(self.aggregates.len()))?;
                    places.insert(identity.clone(), groups.len());
                    let key = self.key(row, &identity);
                    groups.push(self.group(identity, key));
                    groups.len() - 1
                };
                if let Some(group) = groups.get_mut(at) {
                    for (aggregate, seen) in self.aggregates.iter().zip(&mut group.seen) {
                        aggregate.see(row, seen, budget)?;
                    }
                }
            }
        }
        Ok(groups)
    }

    fn group(&self, identity: Vec<Identity>, key: Vec<Val<'static>>) -> Group {
        let mut seen = Vec::new();
        seen.resize_with(self.aggregates.len(), Seen::default);
        Group {
            identity,
            key,
            seen,
        }
    }

    /// The values with these identities in a row.
    fn key(&self, row: &Row<'_>, identity: &[Identity]) -> Vec<Val<'static>> {
        let value = |(key, wanted): (&Node, &Identity)| {
            let value = key.eval(row);
            let mut values = value.values().iter();
            let found = values.find(|value| Identity::of(value) == *wanted);
            Val::option(found.map(|value| value.clone().into_owned()))
        };
        self.keys.iter().zip(identity).map(value).collect()
    }

    fn finish(&self, seen: Vec<Seen>) -> Vec<Val<'static>> {
        let pairs = self.aggregates.iter().zip(seen);
        pairs
            .map(|(aggregate, seen)| aggregate.kind.finish(seen))
            .collect()
    }
}

impl Aggregate {
    /// Source: docs, `STATS`: "Individual null values are skipped"; of several values each counts.
    fn see(&self, row: &Row<'_>, seen: &mut Seen, budget: &mut Budget) -> Result<(), QueryError> {
        if let Some(filter) = &self.filter
            && filter.truth(row) != Some(true)
        {
            return Ok(());
        }
        let Some(value) = &self.value else {
            seen.count = seen.count.saturating_add(1);
            return Ok(());
        };
        let value = value.eval(row);
        let values = value.values();
        let count = if verdict_faults::at("esql/engine/count-of-a-field-counts-rows") {
            1
        } else {
            i64::try_from(values.len()).unwrap_or(i64::MAX)
        };
        seen.count = seen.count.saturating_add(count);
        if self.kind != Kind::Count {
            budget.spend(values.len())?;
            seen.values
                .extend(values.iter().map(|value| value.clone().into_owned()));
        }
        Ok(())
    }
}

impl Kind {
    /// Over no value counts are 0, and all else is null. Source: docs, the pages of the functions; stats.csv-spec.
    fn finish(self, seen: Seen) -> Val<'static> {
        let Seen { count, mut values } = seen;
        let by =
            |left: &Scalar<'_>, right: &Scalar<'_>| order(left, right).unwrap_or(Ordering::Equal);
        match self {
            Self::Count => return Val::One(Scalar::Long(count)),
            Self::CountDistinct => {
                // Exact, where Elasticsearch estimates above a precision (assumed).
                let all: HashSet<Identity> = values.iter().map(Identity::of).collect();
                let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
                return Val::One(Scalar::Long(count));
            }
            _ if values.is_empty() => return Val::Null,
            _ => {}
        }
        match self {
            Self::Count | Self::CountDistinct => Val::Null,
            Self::Sum { whole: true } => Val::option(whole_sum(&values).map(Scalar::Long)),
            Self::Sum { whole: false } => double(sum(&doubles(&values))),
            Self::Average => double(average(&values)),
            Self::Min => Val::option(values.into_iter().min_by(by)),
            Self::Max => Val::option(values.into_iter().max_by(by)),
            Self::Percentile(percent) => Val::option(percentile(doubles(&values), percent)),
            Self::Deviation => {
                let values = doubles(&values);
                let mean = sum(&values) / length(&values);
                let squares: Vec<f64> = values.iter().map(|value| (value - mean).powi(2)).collect();
                double((sum(&squares) / length(&values)).sqrt())
            }
            // Source: docs, `VALUES`: distinct values; their order is not guaranteed, and here ascends.
            Self::Values => {
                values.sort_by(by);
                let mut known = HashSet::new();
                values.retain(|value| known.insert(Identity::of(value)));
                Val::from_vec(values)
            }
            Self::Top { limit, ascending } => {
                values.sort_by(by);
                if !ascending {
                    values.reverse();
                }
                values.truncate(limit);
                Val::from_vec(values)
            }
        }
    }
}

fn double(value: f64) -> Val<'static> {
    Val::option(value.is_finite().then_some(Scalar::Double(value)))
}

fn doubles(values: &[Scalar<'_>]) -> Vec<f64> {
    values.iter().filter_map(Scalar::as_double).collect()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a group does not hold 2^53 values"
)]
fn length(values: &[f64]) -> f64 {
    values.len() as f64
}

/// Null beyond a long (assumed: versions fail or warn).
fn whole_sum(values: &[Scalar<'_>]) -> Option<i64> {
    let longs = values.iter().map(|value| match value {
        Scalar::UnsignedLong(value) => i128::from(*value),
        other => other.as_long().map_or(0, i128::from),
    });
    i64::try_from(longs.sum::<i128>()).ok()
}

/// Compensated, as Kahan does it. Source: elasticsearch, `CompensatedSum`.
fn sum(values: &[f64]) -> f64 {
    let (mut total, mut delta) = (0.0, 0.0);
    for value in values {
        let corrected = value + delta;
        let updated = total + corrected;
        delta = corrected - (updated - total);
        total = updated;
    }
    total
}

/// Source: docs, `AVG`; code: the sum by the count.
fn average(values: &[Scalar<'_>]) -> f64 {
    let doubles = doubles(values);
    let total = match whole_sum(values) {
        Some(total) if values.iter().all(|value| value.as_long().is_some()) => {
            Scalar::Long(total).as_double().unwrap_or_default()
        }
        _ => sum(&doubles),
    };
    total / length(&doubles)
}

/// Between the two nearest values, by their distance. Source: docs, `PERCENTILE`: an estimate by t-digest, which keeps a small
/// group's values and interpolates; for more than 100 or so values Elasticsearch may be off by a little (assumed exact here).
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the index lies within the list"
)]
fn percentile(mut values: Vec<f64>, percent: f64) -> Option<Scalar<'static>> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let index = percent / 100.0 * (length(&values) - 1.0);
    let low = (index.floor() as usize).min(last);
    let (left, right) = (values.get(low)?, values.get((low + 1).min(last))?);
    let value = left + (right - left) * (index - index.floor());
    value.is_finite().then_some(Scalar::Double(value))
}

#[cfg(test)]
mod tests {
    use super::{percentile, sum};
    use crate::esql::value::Scalar;

    #[test]
    fn percentiles_lie_between_values() {
        let of = |values: &[f64], percent| match percentile(values.to_vec(), percent) {
            Some(Scalar::Double(value)) => Some(value),
            _ => None,
        };
        assert_eq!(of(&[], 50.0), None);
        assert_eq!(of(&[3.0], 99.0), Some(3.0));
        assert_eq!(of(&[4.0, 1.0, 2.0, 3.0], 50.0), Some(2.5));
        assert_eq!(of(&[1.0, 2.0, 3.0], 0.0), Some(1.0));
        assert_eq!(of(&[1.0, 2.0, 3.0], 100.0), Some(3.0));
        assert_eq!(of(&[10.0, 20.0], 75.0), Some(17.5));
    }

    #[test]
    fn sums_keep_what_is_small() {
        let mut values = vec![1.0e16];
        values.extend([1.0; 10]);
        values.push(-1.0e16);
        assert_eq!(sum(&values).to_bits(), 10.0_f64.to_bits());
    }
}
