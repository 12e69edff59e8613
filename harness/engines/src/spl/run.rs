//! Running a pipeline: rows pass steps; `stats` makes rows of its own, and the next stage runs over those.
//!
//! Where no document says what comes out of these rows, the run is an error, as it is for a single event.

mod aggregate;
mod order;
mod stream;

use super::ast::{SortKind, StatsFunction};
use super::node::Test;
use super::pcre::Pcre;
use super::row::{Cell, Row};
use super::value::{Truth, Val};
use crate::QueryError;
use order::{dedup, sort};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use verdict_event::Event;

/// Values that one run may look at, over all its steps.
pub(super) const MAX_WORK: usize = 50_000_000;
/// Combinations of several values of the fields behind BY, for one row.
const MAX_GROUPS: usize = 10_000;

/// One row of a table.
pub(super) type Record = Vec<Val<'static>>;

/// What is done up to a `stats`, or to the end.
#[derive(Clone, Debug)]
pub(super) struct Stage {
    pub(super) cells: Vec<Cell>,
    pub(super) steps: Vec<Step>,
    pub(super) stats: Option<Group>,
}

/// What is done to the rows, in order.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Keep(Test),
    /// `regex`: a field, whether it must not match, the pattern.
    Regex(usize, bool, Pcre),
    Head(usize),
    Tail(usize),
    Reverse,
    /// How many are kept, and the keys: slot, ascending, as what.
    Sort(usize, Vec<(usize, bool, SortKind)>),
    Dedup {
        count: usize,
        slots: Vec<usize>,
        keep_empty: bool,
        consecutive: bool,
    },
    /// `eventstats`, and the slots that it fills.
    Events(Group, Vec<usize>),
    Stream(Box<Stream>),
}

/// What is aggregated by what.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub(super) by: Vec<usize>,
    pub(super) aggregates: Vec<Aggregate>,
    pub(super) time: usize,
}

/// One aggregate; no slot stands for the events themselves.
#[derive(Clone, Debug)]
pub(super) struct Aggregate {
    pub(super) function: StatsFunction,
    pub(super) slot: Option<usize>,
}

/// `streamstats`.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub(super) group: Group,
    pub(super) output: Vec<usize>,
    pub(super) current: bool,
    pub(super) global: bool,
    pub(super) window: usize,
    pub(super) time_window: Option<f64>,
    pub(super) before: Option<Test>,
    pub(super) after: Option<Test>,
    pub(super) on_change: bool,
}

/// What no document says.
pub(super) fn open(why: &str) -> QueryError {
    QueryError::new(format!("no document says what this gives: {why}"), 0..0)
}

pub(super) type Outcome<T> = Result<T, QueryError>;

/// A row and its number in the input.
pub(super) type Numbered<'r> = (usize, Row<'r>);

/// The rows of the last stage, each with its number in that stage's input, handed to `finish`.
pub(super) fn run<T>(
    stages: &[Stage],
    events: &[Event],
    finish: impl FnOnce(&[Numbered<'_>]) -> T,
) -> Outcome<T> {
    let mut records: Option<Vec<Record>> = None;
    let mut finish = Some(finish);
    for stage in stages {
        let rows: Vec<Row<'_>> = match &records {
            None => events
                .iter()
                .map(|event| Row::new(event, &stage.cells))
                .collect(),
            Some(records) => records
                .iter()
                .map(|record| Row::over(record, &stage.cells))
                .collect(),
        };
        let rows = steps(rows.into_iter().enumerate().collect(), &stage.steps)?;
        match &stage.stats {
            Some(group) => {
                let made = group.table(&rows)?;
                records = Some(made);
            }
            None => {
                if let Some(finish) = finish.take() {
                    return Ok(finish(&rows));
                }
            }
        }
    }
    Err(QueryError::new("the search has no last stage", 0..0))
}

fn steps<'r>(mut rows: Vec<Numbered<'r>>, steps: &[Step]) -> Outcome<Vec<Numbered<'r>>> {
    for step in steps {
        match step {
            Step::Keep(_) | Step::Regex(..) => {
                let mut kept = Vec::new();
                for (at, row) in rows {
                    if step.passes(&row).map_err(|error| of_event(at, error))? {
                        kept.push((at, row));
                    }
                }
                rows = kept;
            }
            Step::Head(count) => rows.truncate(*count),
            // Source: Search Reference, tail: the last results, in reverse order.
            Step::Tail(count) => {
                rows.drain(..rows.len().saturating_sub(*count));
                rows.reverse();
            }
            // Source: Search Reference, reverse: the order of the results turns around.
            Step::Reverse => rows.reverse(),
            Step::Sort(count, keys) => {
                rows = sort(rows, keys)?;
                if *count > 0 {
                    rows.truncate(*count);
                }
            }
            Step::Dedup {
                count,
                slots,
                keep_empty,
                consecutive,
            } => rows = dedup(rows, *count, slots, *keep_empty, *consecutive)?,
            Step::Events(group, output) => group.beside(output, &rows)?,
            Step::Stream(stream) => stream.run(&rows)?,
        }
    }
    Ok(rows)
}

pub(super) fn of_event(at: usize, error: QueryError) -> QueryError {
    QueryError {
        message: format!("event {at}: {}", error.message),
        ..error
    }
}

impl Step {
    /// Whether a row passes. Source: Search Reference, where: only what is true is kept.
    pub(super) fn passes(&self, row: &Row<'_>) -> Outcome<bool> {
        let truth = match self {
            Self::Keep(test) => test.truth(row, None),
            Self::Regex(slot, negated, pattern) => regex(&row.value(*slot), *negated, pattern),
            Self::Head(_)
            | Self::Tail(_)
            | Self::Reverse
            | Self::Sort(..)
            | Self::Dedup { .. }
            | Self::Events(..)
            | Self::Stream(_) => Truth::True,
        };
        holds(truth)
    }

    /// Whether a row's fate depends on the row alone.
    pub(super) fn is_filter(&self) -> bool {
        matches!(self, Self::Keep(_) | Self::Regex(..))
    }
}

fn holds(truth: Truth) -> Outcome<bool> {
    match truth {
        Truth::True => Ok(true),
        Truth::False | Truth::Null => Ok(false),
        Truth::Undefined(why) => {
            let message = format!("no document says what this event gives: {why}");
            Err(QueryError::new(message, 0..0))
        }
    }
}

/// Source: Search Reference, regex, "Using the regex command with !=": an event without the field stays under `!=`. So it does not under `=`.
/// Of several values, some matching and some not, no page says.
fn regex(value: &Val<'_>, negated: bool, pattern: &Pcre) -> Truth {
    let (mut yes, mut no) = (false, false);
    let mut judge = |text: &str| {
        if pattern.is_match(text) {
            yes = true;
        } else {
            no = true;
        }
    };
    match value {
        Val::Null if verdict_faults::at("spl/engine/regex-wants-the-field") => {
            return Truth::False;
        }
        Val::Null => return Truth::of(negated),
        Val::Undefined(why) => return Truth::Undefined(why),
        Val::Field(text) | Val::Text(text) => judge(text),
        Val::Many(texts) => texts.iter().for_each(|text| judge(text)),
        other => other.borrow().texts().iter().for_each(|text| judge(text)),
    }
    if yes && no {
        return Truth::Undefined("regex over a field of several values, some of which match");
    }
    Truth::of(yes != negated)
}

/// The texts of the fields; None where one is missing. Of several values no page says.
fn key(row: &Row<'_>, slots: &[usize]) -> Outcome<Option<Vec<String>>> {
    let mut parts = Vec::with_capacity(slots.len());
    for slot in slots {
        match row.value(*slot) {
            Val::Null => return Ok(None),
            Val::Undefined(why) => return Err(open(why)),
            Val::Many(_) => return Err(open("a key with several values")),
            value => parts.push(value.texts().concat()),
        }
    }
    Ok(Some(parts))
}

impl Group {
    /// `stats`: a row a group. Source: Search Reference, stats: results without a field behind BY are left out.
    ///
    /// Assumed: a field with several values counts for each of them; the rows come in the order of their keys' texts; without BY there is a row
    /// even over no results.
    fn table(&self, rows: &[Numbered<'_>]) -> Outcome<Vec<Record>> {
        let mut groups: BTreeMap<Vec<String>, Vec<&Row<'_>>> = BTreeMap::new();
        if self.by.is_empty() {
            groups.insert(Vec::new(), Vec::new());
        }
        for (at, row) in rows {
            for key in self.keys(row).map_err(|error| of_event(*at, error))? {
                groups.entry(key).or_default().push(row);
            }
        }
        let mut table = Vec::new();
        for (key, members) in groups {
            let mut record: Record = key
                .into_iter()
                .map(|text| Val::Field(Cow::Owned(text)))
                .collect();
            record.extend(self.values(&members)?);
            table.push(record);
        }
        Ok(table)
    }

    fn keys(&self, row: &Row<'_>) -> Outcome<Vec<Vec<String>>> {
        let mut keys: Vec<Vec<String>> = vec![Vec::new()];
        for slot in &self.by {
            let value = row.value(*slot);
            if let Val::Undefined(why) = value {
                return Err(open(why));
            }
            let mut texts: Vec<String> = value.texts().into_iter().map(Cow::into_owned).collect();
            texts.sort();
            texts.dedup();
            if texts.is_empty() && verdict_faults::at("spl/engine/missing-key-makes-a-group") {
                texts.push(String::new());
            }
            if keys.len().saturating_mul(texts.len()) > MAX_GROUPS {
                return Err(QueryError::new(
                    "too many values of the fields behind BY",
                    0..0,
                ));
            }
            let extended = keys.iter().flat_map(|key| {
                texts.iter().map(|text| {
                    let mut key = key.clone();
                    key.push(text.clone());
                    key
                })
            });
            keys = extended.collect();
        }
        Ok(keys)
    }

    /// `eventstats`: each row gets what its group gives. Source: Search Reference, eventstats. A row without a field behind BY gets nothing
    /// (assumed).
    fn beside(&self, output: &[usize], rows: &[Numbered<'_>]) -> Outcome<()> {
        let mut groups: HashMap<Vec<String>, Vec<&Row<'_>>> = HashMap::new();
        let mut keys = Vec::with_capacity(rows.len());
        for (at, row) in rows {
            let key = key(row, &self.by).map_err(|error| of_event(*at, error))?;
            if let Some(key) = &key {
                groups.entry(key.clone()).or_default().push(row);
            }
            keys.push(key);
        }
        let mut made: HashMap<&Vec<String>, Vec<Val<'static>>> = HashMap::new();
        for (key, members) in &groups {
            made.insert(key, self.values(members)?);
        }
        for ((_, row), key) in rows.iter().zip(&keys) {
            let values = key.as_ref().and_then(|key| made.get(key));
            for (slot, value) in output.iter().zip(values.into_iter().flatten()) {
                row.give(*slot, value.clone());
            }
        }
        Ok(())
    }

    fn values(&self, members: &[&Row<'_>]) -> Outcome<Vec<Val<'static>>> {
        let aggregates = self.aggregates.iter();
        aggregates
            .map(|aggregate| aggregate.value(members, self.time))
            .collect()
    }
}
