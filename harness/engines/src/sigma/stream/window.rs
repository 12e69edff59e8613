//! Windows of one group: C1 to C4, C6 to C11.

use super::occurrence::{Carrier, Identity, Occurrence, Run};
use super::read::{Correlation, Measure};
use crate::QueryError;
use std::collections::HashMap;
use std::rc::Rc;

/// C1: the events that a match holds.
const MAX_EVENTS: usize = 1000;

/// An occurrence in a group, and which of the rules it stands for.
pub(super) struct Entry {
    pub(super) occurrence: Occurrence,
    pub(super) rules: Vec<usize>,
    /// One for each of the rules.
    pub(super) carriers: Vec<Rc<Carrier>>,
}

/// A window that satisfies the condition.
pub(super) struct Match {
    pub(super) instant: i64,
    /// Places in the order of time, ascending.
    pub(super) events: Vec<usize>,
    /// C12: the fields of its last event.
    pub(super) last: Rc<Carrier>,
}

/// In the order of time; one event that several rules match is one entry (C6).
pub(super) fn merged(mut entries: Vec<Entry>) -> Vec<Entry> {
    let place = |entry: &Entry| {
        let occurrence = &entry.occurrence;
        (occurrence.instant, occurrence.order, occurrence.identity)
    };
    entries.sort_by_key(place);
    let mut merged: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        match merged.last_mut() {
            Some(last)
                if entry.occurrence.identity == Identity::Event && place(last) == place(&entry) =>
            {
                last.rules.extend(entry.rules);
                last.carriers.extend(entry.carriers);
            }
            _ => merged.push(entry),
        }
    }
    merged
}

/// The matches of a group.
pub(super) fn judge(
    correlation: &Correlation,
    entries: &[Entry],
    run: &mut Run<'_>,
) -> Result<Vec<Match>, QueryError> {
    let mut counts = Counts::new(correlation, entries, run);
    let mut matches = Vec::new();
    let single = entries
        .iter()
        .all(|entry| entry.occurrence.identity == Identity::Event);
    let (mut start, mut end) = (0, 0);
    while let Some(first) = entries.get(end) {
        // C2: all that stands at one instant.
        let (at, instant) = (end, first.occurrence.instant);
        while entries
            .get(end)
            .is_some_and(|entry| entry.occurrence.instant == instant)
        {
            counts.enter(end);
            end += 1;
        }
        // C1: both ends are part of the window.
        let earliest = instant.saturating_sub(correlation.timespan);
        while entries.get(start).is_some_and(|entry| {
            let edge = i64::from(verdict_faults::at("sigma/engine/timespan-without-its-end"));
            entry.occurrence.instant < earliest.saturating_add(edge)
        }) {
            counts.leave(start);
            start += 1;
        }
        let chosen: Vec<&Entry> = if correlation.measure == Measure::Ordered {
            match counts.ordered(entries, earliest, at, end) {
                Some(chosen) => chosen,
                None => continue,
            }
        } else {
            let Some(value) = counts.value(correlation, start, end, run)? else {
                continue;
            };
            if !satisfied(correlation, value) {
                continue;
            }
            // Where each entry is one event, the last so many entries hold the last so many events.
            let from = if single {
                start.max(end.saturating_sub(MAX_EVENTS))
            } else {
                start
            };
            let window = entries.get(from..end).unwrap_or(&[]);
            run.spend(window.len())?;
            window.iter().collect()
        };
        matches.extend(matched(instant, &chosen, run)?);
    }
    Ok(matches)
}

/// C10: without a condition all rules are wanted.
fn satisfied(correlation: &Correlation, value: f64) -> bool {
    if correlation.measure == Measure::Rules && correlation.bounds.is_empty() {
        if verdict_faults::at("sigma/engine/temporal-wants-one-rule") {
            return value >= 1.0;
        }
        return value >= count(correlation.documents.len());
    }
    correlation.bounds.iter().all(|bound| bound.holds(value))
}

fn count(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn matched(
    instant: i64,
    chosen: &[&Entry],
    run: &mut Run<'_>,
) -> Result<Option<Match>, QueryError> {
    let mut events: Vec<usize> = Vec::new();
    for entry in chosen {
        run.spend(entry.occurrence.events.len())?;
        events.extend(entry.occurrence.events.iter());
    }
    events.sort_unstable();
    events.dedup();
    events.drain(..events.len().saturating_sub(MAX_EVENTS));
    let last = chosen.iter().max_by_key(|entry| entry.occurrence.order);
    let carrier = last.and_then(|entry| entry.carriers.first());
    Ok(carrier.map(|carrier| Match {
        instant,
        events,
        last: Rc::clone(carrier),
    }))
}

/// What is counted in the window at hand.
struct Counts {
    /// By entry: what it adds, by number.
    marks: Vec<Vec<usize>>,
    /// How often each mark stands in the window.
    inside: HashMap<usize, usize>,
    /// By entry: its numbers.
    numbers: Vec<Vec<f64>>,
    /// C11: by rule, the entries that stand for it.
    rules: Vec<Vec<usize>>,
}

impl Counts {
    fn new(correlation: &Correlation, entries: &[Entry], run: &Run<'_>) -> Self {
        let mut counts = Self {
            marks: Vec::new(),
            inside: HashMap::new(),
            numbers: Vec::new(),
            rules: vec![Vec::new(); correlation.documents.len()],
        };
        match &correlation.measure {
            Measure::Events => {}
            Measure::Values(fields) => {
                let mut known: HashMap<Vec<String>, usize> = HashMap::new();
                for (number, entry) in entries.iter().enumerate() {
                    let mut marks: Vec<usize> = Vec::new();
                    for carrier in &entry.carriers {
                        for tuple in run.tuples(carrier, fields) {
                            let next = known.len();
                            marks.push(*known.entry(tuple).or_insert(next));
                        }
                    }
                    marks.sort_unstable();
                    marks.dedup();
                    if verdict_faults::at("sigma/engine/value-count-counts-events") {
                        marks = vec![number];
                    }
                    counts.marks.push(marks);
                }
            }
            Measure::Sum(field) | Measure::Average(field) | Measure::Percentile(field, _) => {
                for entry in entries {
                    // What several rules match has its numbers once.
                    let carrier = entry.carriers.first();
                    let numbers = carrier.map(|carrier| run.numbers(carrier, field));
                    counts.numbers.push(numbers.unwrap_or_default());
                }
            }
            Measure::Rules => {
                counts.marks = entries.iter().map(|entry| entry.rules.clone()).collect();
            }
            Measure::Ordered => {
                for (number, entry) in entries.iter().enumerate() {
                    for rule in &entry.rules {
                        if let Some(list) = counts.rules.get_mut(*rule) {
                            list.push(number);
                        }
                    }
                }
            }
        }
        counts
    }

    fn enter(&mut self, entry: usize) {
        for mark in self.marks.get(entry).into_iter().flatten() {
            *self.inside.entry(*mark).or_default() += 1;
        }
    }

    fn leave(&mut self, entry: usize) {
        for mark in self.marks.get(entry).into_iter().flatten() {
            if let Some(count) = self.inside.get_mut(mark) {
                *count -= 1;
                if *count == 0 {
                    self.inside.remove(mark);
                }
            }
        }
    }

    /// The measure of the window; none if it has no number (C8).
    fn value(
        &self,
        correlation: &Correlation,
        start: usize,
        end: usize,
        run: &mut Run<'_>,
    ) -> Result<Option<f64>, QueryError> {
        match &correlation.measure {
            Measure::Events => return Ok(Some(count(end - start))),
            Measure::Values(_) | Measure::Rules => return Ok(Some(count(self.inside.len()))),
            Measure::Sum(_) | Measure::Average(_) | Measure::Percentile(..) | Measure::Ordered => {}
        }
        let lists = self.numbers.get(start..end).unwrap_or(&[]);
        let mut numbers: Vec<f64> = lists.iter().flatten().copied().collect();
        run.spend(numbers.len().saturating_add(lists.len()))?;
        if numbers.is_empty() {
            return Ok(None);
        }
        let sum = numbers.iter().fold(0.0, |sum, number| sum + number);
        Ok(match &correlation.measure {
            Measure::Sum(_) => Some(sum),
            Measure::Average(_) => Some(sum / count(numbers.len())),
            Measure::Percentile(_, percent) => {
                numbers.sort_by(f64::total_cmp);
                // C8, nearest rank.
                let wanted = percent * count(numbers.len());
                let rank = (1..=numbers.len()).find(|rank| count(*rank) * 100.0 >= wanted);
                rank.and_then(|rank| numbers.get(rank - 1)).copied()
            }
            Measure::Events | Measure::Values(_) | Measure::Rules | Measure::Ordered => None,
        })
    }

    /// C11: the latest entry of the last rule at the instant, then the latest of each rule before with a smaller instant.
    fn ordered<'n>(
        &self,
        entries: &'n [Entry],
        earliest: i64,
        at: usize,
        end: usize,
    ) -> Option<Vec<&'n Entry>> {
        let mut chosen = Vec::new();
        let mut before: Option<i64> = None;
        for list in self.rules.iter().rev() {
            let limit = match before {
                None => end,
                // Entries at this instant begin here.
                Some(instant) => {
                    let same = i64::from(verdict_faults::at(
                        "sigma/engine/order-holds-of-the-same-instant",
                    ));
                    let limit = instant.saturating_add(same);
                    entries.partition_point(|entry: &Entry| entry.occurrence.instant < limit)
                }
            };
            let found = list
                .partition_point(|number| *number < limit)
                .checked_sub(1)?;
            let number = *list.get(found)?;
            let entry = entries.get(number)?;
            let outside = entry.occurrence.instant < earliest;
            if outside || (before.is_none() && number < at) {
                return None;
            }
            before = Some(entry.occurrence.instant);
            chosen.push(entry);
        }
        chosen.reverse();
        Some(chosen)
    }
}
