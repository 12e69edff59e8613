//! What a machine keeps for one tuple of keys.

use super::Position;
use super::instants::Latest;

/// The state of one tuple of keys.
#[derive(Debug)]
pub(crate) struct State {
    /// What is pending after each slot.
    pub(crate) pending: Box<[Option<Pending>]>,
    /// When an event that must be missing was last seen, by gap.
    pub(crate) seen: Box<[Latest]>,
    /// Complete matches that a later event may refute.
    pub(crate) open: Vec<Open>,
}

/// A pending match. Its slots are those up to the one that it stands behind.
#[derive(Debug)]
pub(crate) struct Pending {
    /// Its events.
    pub(crate) events: Vec<Option<Position>>,
    /// The instant of its first event.
    pub(crate) first: i64,
    /// The instant of its last event.
    pub(crate) last: i64,
    /// The latest instant at which an event that must be missing stood before it.
    pub(crate) leading: Option<i64>,
    /// Whether an event that must be missing stood between two of its events.
    pub(crate) refuted: bool,
}

/// A complete match that an event refutes which has an instant after `last` and up to `until`.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) ticket: u64,
    pub(crate) last: i64,
    pub(crate) until: i64,
}

impl State {
    pub(crate) fn new(slots: usize, gaps: usize) -> Self {
        Self {
            pending: std::iter::repeat_with(|| None).take(slots).collect(),
            seen: vec![Latest::default(); gaps].into(),
            open: Vec::new(),
        }
    }

    /// Whether there is nothing to remember; what began before an instant counts for nothing.
    pub(crate) fn is_empty(&mut self, before: i64) -> bool {
        for pending in &mut self.pending {
            if pending.as_ref().is_some_and(|held| held.first < before) {
                *pending = None;
            }
        }
        self.open.is_empty()
            && self.pending.iter().all(Option::is_none)
            && self
                .seen
                .iter()
                .all(|seen| seen.last().is_none_or(|last| last < before))
    }
}

impl Pending {
    /// Its events in a match of so many slots.
    pub(crate) fn into_events(self, slots: usize) -> Vec<Option<Position>> {
        let mut events = self.events;
        events.resize(slots, None);
        events
    }
}
