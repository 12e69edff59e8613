//! Matches on their way out: in the order of their last events, each once, limited; those that a later event may refute wait (Q8, Q9).

use super::{Match, Position};
use std::collections::VecDeque;

/// What limits the matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The first so many.
    Head(u64),
    /// The last so many.
    Tail(u64),
}

/// A complete match that waits for its turn.
#[derive(Debug)]
struct Waiting {
    /// How many events come before its last one.
    rank: usize,
    events: Vec<Option<Position>>,
    verdict: Verdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Open,
    Kept,
    Refuted,
}

/// Complete matches, earliest first.
#[derive(Debug)]
pub(crate) struct Output {
    waiting: VecDeque<Waiting>,
    /// The ticket of the first that waits; the others follow.
    first: u64,
    limits: Limits,
}

impl Output {
    pub(crate) fn new(limits: &[Limit]) -> Self {
        Self {
            waiting: VecDeque::new(),
            first: 0,
            limits: Limits::new(limits),
        }
    }

    /// Takes a complete match, whose last event has this rank. The ticket is needed only where it is still open.
    pub(crate) fn push(&mut self, rank: usize, events: Vec<Option<Position>>, open: bool) -> u64 {
        let ticket = self.first + self.waiting.len() as u64;
        let verdict = if open { Verdict::Open } else { Verdict::Kept };
        self.waiting.push_back(Waiting {
            rank,
            events,
            verdict,
        });
        ticket
    }

    /// Whether a match is open still.
    pub(crate) fn is_open(&self, ticket: u64) -> bool {
        self.at(ticket)
            .and_then(|at| self.waiting.get(at))
            .is_some_and(|waiting| waiting.verdict == Verdict::Open)
    }

    pub(crate) fn decide(&mut self, ticket: u64, kept: bool) {
        if let Some(waiting) = self.at(ticket).and_then(|at| self.waiting.get_mut(at)) {
            waiting.verdict = if kept {
                Verdict::Kept
            } else {
                Verdict::Refuted
            };
        }
    }

    fn at(&self, ticket: u64) -> Option<usize> {
        usize::try_from(ticket.checked_sub(self.first)?).ok()
    }

    /// Tells what is decided of the events before this rank.
    pub(crate) fn flush(&mut self, before: usize, told: &mut dyn FnMut(Match)) {
        while let Some(rank) = self.waiting.front().map(|waiting| waiting.rank) {
            let same = self
                .waiting
                .iter()
                .take_while(|waiting| waiting.rank == rank);
            let mut count = 0;
            let mut open = false;
            for waiting in same {
                count += 1;
                open |= waiting.verdict == Verdict::Open;
            }
            if rank >= before || open {
                return;
            }
            self.first += count as u64;
            let same = self.waiting.drain(..count);
            let kept = same.filter(|waiting| waiting.verdict == Verdict::Kept);
            let mut matches: Vec<Vec<Option<Position>>> =
                kept.map(|waiting| waiting.events).collect();
            matches.sort();
            matches.dedup();
            for events in matches {
                let events = events.into_iter();
                let events = events.map(|event| event.map(|(_, index)| index));
                self.limits.pass(events.collect(), told);
            }
        }
    }

    /// There are no more events: nothing refutes what is open.
    pub(crate) fn finish(mut self, told: &mut dyn FnMut(Match)) {
        for waiting in &mut self.waiting {
            if waiting.verdict == Verdict::Open {
                waiting.verdict = Verdict::Kept;
            }
        }
        self.flush(usize::MAX, told);
        self.limits.finish(told);
    }
}

/// `head` and `tail`, each passing on to the next.
#[derive(Debug)]
pub(crate) struct Limits {
    stages: Vec<Stage>,
}

#[derive(Debug)]
enum Stage {
    Head(u64),
    Tail(usize, VecDeque<Match>),
}

impl Limits {
    pub(crate) fn new(limits: &[Limit]) -> Self {
        let stage = |limit: &Limit| match limit {
            Limit::Head(count) => Stage::Head(*count),
            Limit::Tail(count) => Stage::Tail(
                usize::try_from(*count).unwrap_or(usize::MAX),
                VecDeque::new(),
            ),
        };
        Self {
            stages: limits.iter().map(stage).collect(),
        }
    }

    /// Takes the next match.
    pub(crate) fn pass(&mut self, events: Match, told: &mut dyn FnMut(Match)) {
        pass(&mut self.stages, events, told);
    }

    /// There are no more matches.
    pub(crate) fn finish(mut self, told: &mut dyn FnMut(Match)) {
        for at in 0..self.stages.len() {
            let Some((stage, rest)) = self
                .stages
                .get_mut(at..)
                .and_then(<[Stage]>::split_first_mut)
            else {
                return;
            };
            if let Stage::Tail(_, kept) = stage {
                for events in std::mem::take(kept) {
                    pass(rest, events, told);
                }
            }
        }
    }
}

fn pass(stages: &mut [Stage], events: Match, told: &mut dyn FnMut(Match)) {
    match stages.split_first_mut() {
        None => told(events),
        Some((Stage::Head(left), rest)) => {
            if *left > 0 {
                *left -= 1;
                pass(rest, events, told);
            }
        }
        Some((Stage::Tail(count, kept), _)) => {
            kept.push_back(events);
            if kept.len() > *count {
                kept.pop_front();
            }
        }
    }
}
