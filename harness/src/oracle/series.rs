//! What a rule over several events means, written to be read: `docs/semantics.md`, "Several events".
//!
//! It looks at a whole stream at once, tuple of keys by tuple of keys, and keeps nothing small. The native matcher is the fast one and is
//! checked against it.

mod correlation;
mod keys;
mod sample;
mod sequence;

pub use keys::{KeyTuple, KeyValue};
pub use sequence::{Fate, Step};

use crate::oracle::Oracle;
use std::collections::BTreeSet;
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::{Limit, Order};
use verdict_event::Event;

/// A match: the events by their position in the stream, one a slot; None where an event is missing.
pub type Match = Vec<Option<usize>>;

/// What is told of a match by languages whose rows are not lists of events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    /// The instant of its last event.
    pub end: i64,
    /// The group of a correlation; the instant of the first event of a sequence.
    pub told: Vec<String>,
}

/// Whether the event at a place of the stream satisfies a predicate, counted as in [`Series::events`].
pub type Says<'s> = dyn Fn(usize, usize) -> bool + 's;

/// Every match in a stream, in the order in which they are reported, where somebody else says which events satisfy the predicates.
pub fn matches_by(series: &Series, stream: &[Event], says: &Says<'_>) -> Vec<Match> {
    match series {
        Series::Sequence(sequence) => sequence::matches(sequence, says, stream, &mut |_| {}),
        Series::Sample(sample) => sample::matches(sample, says, stream),
        Series::Correlation(correlation) => correlation::matches(correlation, says, stream),
    }
}

/// The oracle of one series.
pub struct SeriesOracle<'i> {
    series: &'i Series,
    /// One for each of [`Series::events`].
    events: Vec<Oracle<'i>>,
}

impl<'i> SeriesOracle<'i> {
    /// The oracle of a series.
    pub fn new(series: &'i Series) -> Self {
        Self {
            series,
            events: series.events().into_iter().map(Oracle::new).collect(),
        }
    }

    /// What it judges by.
    pub fn series(&self) -> &'i Series {
        self.series
    }

    /// The oracles of the single events, in the order of [`Series::events`].
    pub fn events(&self) -> &[Oracle<'i>] {
        &self.events
    }

    /// Every match in a stream, in the order in which they are reported.
    pub fn matches(&self, stream: &[Event]) -> Vec<Match> {
        matches_by(self.series, stream, &|predicate, at| {
            self.says(predicate, stream.get(at))
        })
    }

    fn says(&self, predicate: usize, event: Option<&Event>) -> bool {
        let oracle = self.events.get(predicate);
        oracle
            .zip(event)
            .is_some_and(|(oracle, event)| oracle.holds(event))
    }

    /// The window of every match, ascending and each once; None for a sample, which has no time.
    pub fn windows(&self, stream: &[Event]) -> Option<BTreeSet<Window>> {
        match self.series {
            Series::Sample(_) => None,
            Series::Correlation(correlation) => {
                let says = |predicate, at| self.says(predicate, stream.get(at));
                Some(correlation::told_windows(correlation, &says, stream))
            }
            Series::Sequence(sequence) => {
                let clock = sequence.order.clock();
                let matches = self.matches(stream);
                let windows = matches.iter().filter_map(|slots| {
                    let mut instants = slots
                        .iter()
                        .flatten()
                        .filter_map(|at| clock.instant(stream.get(*at)?));
                    let first = instants.next()?;
                    let end = instants.next_back().unwrap_or(first);
                    Some(Window {
                        end,
                        told: vec![first.to_string()],
                    })
                });
                Some(windows.collect())
            }
        }
    }

    /// What became of each event of a sequence; nothing for the others.
    pub fn steps(&self, stream: &[Event]) -> Vec<Step> {
        let mut steps = Vec::new();
        if let Series::Sequence(sequence) = self.series {
            let says = |predicate, at| self.says(predicate, stream.get(at));
            sequence::matches(sequence, &says, stream, &mut |step| steps.push(step));
        }
        steps
    }
}

/// Events with their place in time, earliest first (T1); those without one are left out (T3).
fn in_order<'e>(order: &Order, stream: &'e [Event]) -> Vec<Placed<'e>> {
    let clock = order.clock();
    let placed = stream.iter().enumerate();
    let mut placed: Vec<_> = placed
        .filter_map(|(at, event)| Some((clock.moment(event)?, at, event)))
        .collect();
    placed.sort_by(|(a, i, _), (b, j, _)| a.cmp(b).then(i.cmp(j)));
    let numbered = placed.into_iter().enumerate();
    numbered
        .map(|(rank, (moment, at, event))| Placed {
            rank,
            instant: moment.instant,
            at,
            event,
        })
        .collect()
}

/// An event with its place in time.
#[derive(Clone, Copy)]
struct Placed<'e> {
    /// How many events come before it.
    rank: usize,
    instant: i64,
    /// Its position in the stream.
    at: usize,
    event: &'e Event,
}

/// `head` and `tail`, one after another (Q8).
fn limited(mut matches: Vec<Match>, limits: &[Limit]) -> Vec<Match> {
    let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    for limit in limits {
        match limit {
            Limit::Head(count) => matches.truncate(number(*count)),
            Limit::Tail(count) => {
                matches.drain(..matches.len().saturating_sub(number(*count)));
            }
        }
    }
    matches
}
