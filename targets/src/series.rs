//! The machines of rules over several events. They know nothing of rules and little of events: they are told which of a rule's terms an event satisfies, and
//! the tuples of keys by which it joins. What they keep is bounded: state goes as soon as no later event can need it, and beyond a number of keys the one
//! that was touched longest ago goes and is counted.
//!
//! - [`sequence`] and [`sample`] say which events come together, [`correlation`] how many do.
//! - [`tuple`] writes keys as bytes; [`recent`] is the state by key, [`output`] the matches on their way out.

pub(crate) mod chain;
pub mod correlation;
pub(crate) mod group;
pub(crate) mod instants;
pub(crate) mod measure;
pub mod output;
pub(crate) mod recent;
pub(crate) mod sample;
pub mod sequence;
pub(crate) mod state;
pub(crate) mod tuple;

/// The events of a match by their position in the stream, one a slot; None where an event is missing.
pub type Match = Vec<Option<usize>>;

/// How many keys a rule keeps at a time unless said otherwise.
pub const DEFAULT_KEYS: usize = 1_000_000;

/// What a rule kept while it was run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The most keys at a time.
    pub keys: usize,
    /// How many keys lost their state for want of room. Matches with these keys may be missing.
    pub evicted: u64,
}

/// Where an event stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    /// How many events come before it.
    pub(crate) rank: usize,
    /// Milliseconds since 1970; 0 where time does not count.
    pub(crate) instant: i64,
    /// Its position in the stream.
    pub(crate) index: usize,
}

/// An event by its place in the order and in the stream.
pub(crate) type Position = (usize, usize);

impl At {
    pub(crate) fn position(self) -> Position {
        (self.rank, self.index)
    }
}
