//! Sequences: a machine a tuple of keys (Q1 to Q10).
//!
//! A pending match that `until` has ended, or that began more than `maxspan` ago, could only be rejected, and would be gone then: it is dropped at
//! once.

use super::output::{Limit, Output};
use super::recent::Recent;
use super::state::{Open, Pending, State};
use super::tuple::Tuple;
use super::{At, Match, Memory};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A stage of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many such events in a row; at least 1. Each is a slot of the match.
    pub runs: u32,
    /// Whether no such event may occur. Its slots stay empty.
    pub missing: bool,
}

/// A slot of a match that an event fills.
#[derive(Clone, Copy, Debug)]
struct Slot {
    /// Its place in the match.
    place: usize,
    /// The gap before it, if events must be missing there.
    gap: Option<usize>,
}

/// What an event that satisfies a term does.
#[derive(Clone, Debug)]
enum Role {
    /// It fills slots, these positions among [`Shape::slots`], the last first.
    Fills(Vec<usize>),
    /// It fills none.
    Watched(Watched),
}

/// What an event does that fills no slot.
#[derive(Clone, Copy, Debug)]
enum Watched {
    /// It must be missing before the first slot.
    Leading,
    /// It must be missing between two slots, in this gap.
    Between(usize),
    /// It must be missing behind the last slot.
    Trailing,
    /// It ends what is pending.
    Ends,
}

impl Role {
    fn watched(&self) -> Option<Watched> {
        match self {
            Self::Fills(_) => None,
            Self::Watched(watched) => Some(*watched),
        }
    }
}

/// A sequence as its machine needs it.
#[derive(Debug)]
struct Shape {
    /// Slots that events fill.
    slots: Vec<Slot>,
    /// How many slots a match has.
    length: usize,
    /// By term.
    roles: Vec<Role>,
    /// How many gaps are watched; the first is that before all slots, if there is one.
    gaps: usize,
    leads: bool,
    trails: bool,
    maxspan: i64,
}

impl Shape {
    fn new(steps: &[Step], ends: bool, maxspan: Option<u64>) -> Self {
        let missing = |at: usize| steps.get(at).is_some_and(|step| step.missing);
        let leads = missing(0);
        let trails = missing(steps.len().saturating_sub(1));
        let mut shape = Self {
            slots: Vec::new(),
            length: 0,
            roles: Vec::new(),
            gaps: 0,
            leads,
            trails,
            maxspan: maxspan.map_or(i64::MAX, |maxspan| {
                i64::try_from(maxspan).unwrap_or(i64::MAX)
            }),
        };
        let last = steps.iter().rposition(|step| !step.missing);
        let mut gap = None;
        for (at, step) in steps.iter().enumerate() {
            let runs = usize::try_from(step.runs).unwrap_or(usize::MAX);
            if step.missing {
                if gap.is_none() {
                    gap = Some(shape.gaps);
                    shape.gaps += 1;
                }
                shape.roles.push(Role::Watched(match gap {
                    _ if last.is_none_or(|last| at > last) => Watched::Trailing,
                    Some(gap) if !shape.slots.is_empty() => Watched::Between(gap),
                    Some(_) | None => Watched::Leading,
                }));
                shape.length += runs;
                continue;
            }
            let mut filled = Vec::new();
            for _ in 0..runs {
                filled.push(shape.slots.len());
                shape.slots.push(Slot {
                    place: shape.length,
                    gap: gap.take(),
                });
                shape.length += 1;
            }
            filled.reverse();
            shape.roles.push(Role::Fills(filled));
        }
        if ends {
            shape.roles.push(Role::Watched(Watched::Ends));
        }
        shape
    }
}

/// A sequence at work.
#[derive(Debug)]
pub(crate) struct SequenceRun {
    shape: Shape,
    states: Recent<Tuple, State>,
    output: Output,
    /// When open matches are out of danger: their last dangerous instant, and their ticket.
    deadlines: BinaryHeap<Reverse<(i64, u64)>>,
}

impl SequenceRun {
    /// A sequence of these stages, with room for so many keys. `ends`: whether the term behind those of the stages ends what is pending.
    pub(crate) fn new(
        steps: &[Step],
        ends: bool,
        maxspan: Option<u64>,
        limits: &[Limit],
        room: usize,
    ) -> Self {
        Self {
            shape: Shape::new(steps, ends, maxspan),
            states: Recent::new(room),
            output: Output::new(limits),
            deadlines: BinaryHeap::new(),
        }
    }

    /// Takes the next event, which satisfies these terms and joins by these tuples.
    pub(crate) fn offer(
        &mut self,
        at: At,
        terms: &[(usize, Vec<Tuple>)],
        told: &mut dyn FnMut(Match),
    ) {
        self.pass_time(at.instant);
        self.output.flush(at.rank, told);
        // From the last stage to the first, so that no event follows itself; what ends or refutes comes last.
        for (term, tuples) in terms.iter().rev() {
            if let Some(Role::Fills(slots)) = self.shape.roles.get(*term) {
                for slot in slots {
                    for tuple in tuples {
                        fill(
                            &self.shape,
                            *slot,
                            at,
                            tuple,
                            &mut self.states,
                            &mut self.output,
                            &mut self.deadlines,
                        );
                    }
                }
            }
        }
        for (term, tuples) in terms {
            let role = self.shape.roles.get(*term);
            let Some(watched) = role.and_then(Role::watched) else {
                continue;
            };
            for tuple in tuples {
                self.notice(watched, at, tuple);
            }
        }
    }

    /// An event that must be missing, or that ends what is pending.
    fn notice(&mut self, watched: Watched, at: At, tuple: &Tuple) {
        match watched {
            Watched::Leading => self.see(0, at, tuple),
            Watched::Between(gap) => {
                // Before a first event there is nothing that it could stand behind.
                if self.states.get_mut(tuple, at.instant).is_some() {
                    self.see(gap, at, tuple);
                }
            }
            Watched::Trailing => {
                if let Some(state) = self.states.get_mut(tuple, at.instant) {
                    for open in &state.open {
                        if open.last < at.instant && at.instant <= open.until {
                            self.output.decide(open.ticket, false);
                        }
                    }
                    let output = &self.output;
                    state.open.retain(|open| output.is_open(open.ticket));
                }
            }
            Watched::Ends => {
                if let Some(state) = self.states.get_mut(tuple, at.instant) {
                    for pending in &mut state.pending {
                        let own = |held: &Pending| held.events.last() == Some(&Some(at.position()));
                        if pending.as_ref().is_some_and(|held| !own(held)) {
                            *pending = None;
                        }
                    }
                }
            }
        }
    }

    fn see(&mut self, gap: usize, at: At, tuple: &Tuple) {
        let shape = &self.shape;
        let new = || State::new(shape.slots.len(), shape.gaps);
        let state = self.states.touch(tuple, at.instant, new);
        if let Some(seen) = state.seen.get_mut(gap) {
            seen.see(at.instant);
        }
    }

    /// What lies further back than `maxspan` is needed no more.
    fn pass_time(&mut self, now: i64) {
        while let Some(Reverse((deadline, ticket))) = self.deadlines.peek().copied() {
            if deadline >= now {
                break;
            }
            self.deadlines.pop();
            if self.output.is_open(ticket) {
                self.output.decide(ticket, true);
            }
        }
        if self.shape.maxspan < i64::MAX {
            let before = now.saturating_sub(self.shape.maxspan);
            let output = &self.output;
            self.states.forget(before, |state| {
                state.open.retain(|open| output.is_open(open.ticket));
                state.is_empty(before)
            });
        }
    }

    /// There are no more events. What was kept.
    pub(crate) fn finish(self, told: &mut dyn FnMut(Match)) -> Memory {
        self.output.finish(told);
        self.states.memory()
    }
}

/// An event at a slot: it begins a pending match, moves one up, or completes it.
fn fill(
    shape: &Shape,
    slot: usize,
    at: At,
    tuple: &Tuple,
    states: &mut Recent<Tuple, State>,
    output: &mut Output,
    deadlines: &mut BinaryHeap<Reverse<(i64, u64)>>,
) {
    let Some(filled) = shape.slots.get(slot) else {
        return;
    };
    let state = if slot == 0 {
        let new = || State::new(shape.slots.len(), shape.gaps);
        states.touch(tuple, at.instant, new)
    } else {
        match states.get_mut(tuple, at.instant) {
            Some(state) => state,
            None => return,
        }
    };
    let seen = |state: &State| filled.gap.and_then(|gap| state.seen.get(gap).copied());
    let moved = if slot == 0 {
        let mut events = vec![None; filled.place];
        events.push(Some(at.position()));
        Pending {
            events,
            first: at.instant,
            last: at.instant,
            leading: seen(state).and_then(|seen| seen.earlier_than(at.instant)),
            refuted: false,
        }
    } else {
        let taken = state.pending.get_mut(slot - 1).and_then(Option::take);
        let Some(mut taken) = taken else {
            return;
        };
        if at.instant.saturating_sub(taken.first) > shape.maxspan {
            return;
        }
        let between = seen(state).and_then(|seen| seen.earlier_than(at.instant));
        taken.refuted |= between.is_some_and(|seen| seen > taken.last);
        taken.events.resize(filled.place, None);
        taken.events.push(Some(at.position()));
        taken.last = at.instant;
        taken
    };
    if slot + 1 < shape.slots.len() {
        if let Some(pending) = state.pending.get_mut(slot) {
            *pending = Some(moved);
        }
        return;
    }
    complete(shape, at.rank, moved, state, output, deadlines);
    if state.open.is_empty() && state.pending.iter().all(Option::is_none) && shape.gaps == 0 {
        states.remove(tuple);
    }
}

/// A complete match: out, refuted, or open while a later event may refute it (Q9).
fn complete(
    shape: &Shape,
    rank: usize,
    moved: Pending,
    state: &mut State,
    output: &mut Output,
    deadlines: &mut BinaryHeap<Reverse<(i64, u64)>>,
) {
    if moved.refuted {
        return;
    }
    let (first, last, leading) = (moved.first, moved.last, moved.leading);
    let until = match (shape.leads, shape.trails, leading) {
        (_, false, Some(leading)) if last.saturating_sub(leading) <= shape.maxspan => return,
        (_, false, _) | (true, true, None) => None,
        (_, true, Some(leading)) => Some(leading.saturating_add(shape.maxspan)),
        (false, true, None) => Some(first.saturating_add(shape.maxspan)),
    };
    // What no event can refute any more is decided.
    let until = until.filter(|until| *until > last);
    let ticket = output.push(rank, moved.into_events(shape.length), until.is_some());
    if let Some(until) = until {
        deadlines.push(Reverse((until, ticket)));
        state.open.push(Open {
            ticket,
            last,
            until,
        });
    }
}
