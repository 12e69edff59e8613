//! Running a plan: rows of events through the steps of the first stage, then rows that `STATS` made through those of the next.

pub(super) mod aggregate;

use super::bind::{Key, Plan, Step};
use super::row::Row;
use super::value::{Scalar, Val, order};
use crate::QueryError;
use aggregate::Stats;
use std::cmp::Ordering;
use verdict_event::Event;

/// Values that a run may make beside the rows of the events.
const MAX_VALUES: usize = 20_000_000;

/// Counts what is made, so that a query which multiplies its rows is an error, not a full memory.
pub(super) struct Budget {
    left: usize,
}

impl Budget {
    fn spend(&mut self, values: usize) -> Result<(), QueryError> {
        self.left = self.left.checked_sub(values).ok_or_else(|| {
            let message = format!("the query makes more than {MAX_VALUES} values");
            QueryError::new(message, 0..0)
        })?;
        Ok(())
    }
}

/// The rows that come out, with the events that they are; behind `STATS` rows are no events, and the number means nothing.
pub(super) fn run<'e>(
    plan: &'e Plan,
    events: &'e [Event],
) -> Result<Vec<(usize, Row<'e>)>, QueryError> {
    let mut budget = Budget { left: MAX_VALUES };
    let mut rows = Vec::new();
    for (number, stage) in plan.stages.iter().enumerate() {
        let mut skip = 0;
        if number == 0 {
            // The filters that come first run event by event, so that only rows which pass them are held.
            let is_filter = |step: &&Step| matches!(step, Step::Where(_));
            let filters: Vec<&Step> = stage.steps.iter().take_while(is_filter).collect();
            skip = filters.len();
            rows = events
                .iter()
                .enumerate()
                .map(|(at, event)| (at, Row::new(event, &stage.cells)))
                .filter(|(_, row)| filters.iter().all(|step| step.passes(row)))
                .collect();
        }
        for step in stage.steps.iter().skip(skip) {
            rows = step.apply(rows, &mut budget)?;
        }
        let Some(stats) = &stage.end else { break };
        let records = stats.summarize(&rows, &mut budget)?;
        let cells = plan
            .stages
            .get(number + 1)
            .map_or(&[][..], |next| &next.cells);
        budget.spend(records.len().saturating_mul(cells.len()))?;
        rows = records
            .into_iter()
            .enumerate()
            .map(|(at, record)| (at, Row::of(record, cells)))
            .collect();
    }
    Ok(rows)
}

impl Step {
    /// Whether a lone row passes; null drops it. Source: docs, `WHERE`.
    pub(super) fn passes(&self, row: &Row<'_>) -> bool {
        match self {
            Self::Where(condition) => condition.truth(row) == Some(true),
            Self::Limit(count) => *count > 0,
            Self::Sort(_) | Self::Expand { .. } | Self::Inline(..) => true,
        }
    }

    /// Whether it sets values, or makes rows.
    pub(super) fn is_given(&self) -> bool {
        matches!(self, Self::Expand { .. } | Self::Inline(..))
    }

    fn apply<'e>(
        &self,
        mut rows: Vec<(usize, Row<'e>)>,
        budget: &mut Budget,
    ) -> Result<Vec<(usize, Row<'e>)>, QueryError> {
        match self {
            Self::Where(_) => rows.retain(|(_, row)| self.passes(row)),
            Self::Limit(count) => rows.truncate(*count),
            Self::Sort(keys) => {
                rows.sort_by(|(_, left), (_, right)| compare(keys, left, right));
            }
            Self::Expand { from, to } => return expand(rows, *from, *to, budget),
            Self::Inline(stats, slots) => inline(&rows, stats, slots, budget)?,
        }
        Ok(rows)
    }
}

/// A row for each value. Source: docs, `MV_EXPAND`: "The command keeps all the other columns"; a row without a value stays one.
fn expand<'e>(
    rows: Vec<(usize, Row<'e>)>,
    from: usize,
    to: usize,
    budget: &mut Budget,
) -> Result<Vec<(usize, Row<'e>)>, QueryError> {
    let mut expanded = Vec::with_capacity(rows.len());
    for (at, row) in rows {
        let values: Vec<Scalar<'static>> = row
            .value(from)
            .values()
            .iter()
            .map(|value| value.clone().into_owned())
            .collect();
        let Some((last, before)) = values.split_last() else {
            if verdict_faults::at("esql/engine/expand-drops-null") {
                continue;
            }
            expanded.push((at, row));
            continue;
        };
        budget.spend(before.len().saturating_mul(row.width()))?;
        for value in before {
            let copy = row.copy();
            copy.give(to, Val::One(value.clone()));
            expanded.push((at, copy));
        }
        row.give(to, Val::One(last.clone()));
        expanded.push((at, row));
    }
    Ok(expanded)
}

/// The aggregates of its group for each row. Source: docs, `INLINE STATS`; inlinestats.csv-spec: null is a group
/// (`maxOfLongByInt`), and a key with several values gets those of each of its groups (`byMultivaluedSimple`).
fn inline(
    rows: &[(usize, Row<'_>)],
    stats: &Stats,
    slots: &[usize],
    budget: &mut Budget,
) -> Result<(), QueryError> {
    let groups = stats.groups(rows, budget)?;
    for (_, row) in rows {
        for (number, slot) in slots.iter().enumerate() {
            let mut values = Vec::new();
            for key in stats.keys_of(row) {
                let found = groups.get(&key).and_then(|made| made.get(number));
                values.extend(found.map_or(&[][..], Val::values).iter().cloned());
            }
            budget.spend(values.len())?;
            row.give(*slot, Val::from_vec(values));
        }
    }
    Ok(())
}

/// The order of two rows. Source: docs, `SORT`: of several values the lowest counts when ascending, the highest when descending.
fn compare(keys: &[Key], left: &Row<'_>, right: &Row<'_>) -> Ordering {
    for key in keys {
        let (left, right) = (key.node.eval(left), key.node.eval(right));
        let ordering = match (end(&left, key.ascending), end(&right, key.ascending)) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) if key.nulls_first => Ordering::Less,
            (Some(_), None) if key.nulls_first => Ordering::Greater,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(left), Some(right)) => {
                let ordering = order(left, right).unwrap_or(Ordering::Equal);
                if key.ascending {
                    ordering
                } else {
                    ordering.reverse()
                }
            }
        };
        if ordering != Ordering::Equal {
            return ordering;
        }
    }
    Ordering::Equal
}

fn end<'v, 'a>(value: &'v Val<'a>, lowest: bool) -> Option<&'v Scalar<'a>> {
    let by =
        |left: &&Scalar<'a>, right: &&Scalar<'a>| order(left, right).unwrap_or(Ordering::Equal);
    let values = value.values().iter();
    if lowest {
        values.min_by(by)
    } else {
        values.max_by(by)
    }
}
