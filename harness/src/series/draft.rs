//! A stream in the making: who appears when, with which keys.

/// A stream in the making.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Draft {
    pub(super) label: String,
    /// In the order in which the stream brings them.
    pub(super) actors: Vec<Actor>,
}

/// An event in the making.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Actor {
    pub(super) role: Role,
    /// Milliseconds after the beginning; None: without a time.
    pub(super) at: Option<i64>,
    /// What it has at its keys.
    pub(super) keys: KeyChoice,
    /// Another choice for one of the keys.
    pub(super) odd: Option<(usize, KeyChoice)>,
    /// What its measured field holds.
    pub(super) measured: Option<Measured>,
    /// What its tiebreaker holds.
    pub(super) tie: Option<i64>,
}

/// Which event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// One that satisfies a predicate of the series: which one, and which of those that do.
    Satisfies(usize, usize),
    /// One that nearly does.
    Misses(usize, usize),
}

/// What an event has at a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyChoice {
    /// The value that all share.
    A,
    /// Another one.
    B,
    /// Both, in a list.
    Both,
    /// The first twice and a null, in a list.
    Twice,
    Null,
    Absent,
    EmptyList,
    /// The empty text, where the key is a text.
    EmptyText,
    /// Left as the solver made it.
    Own,
}

/// What a measured field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Measured {
    /// The text `v` with a number.
    Value(usize),
    /// This number.
    Number(String),
    /// Two values.
    List,
    /// Text that is no number.
    Word,
    /// The empty text.
    Empty,
    Absent,
}

impl Actor {
    /// A plain one.
    pub(super) fn new(predicate: usize, at: i64) -> Self {
        Self {
            role: Role::Satisfies(predicate, 0),
            at: Some(at),
            keys: KeyChoice::A,
            odd: None,
            measured: None,
            tie: None,
        }
    }
}

impl Draft {
    pub(super) fn new(label: impl Into<String>, actors: Vec<Actor>) -> Self {
        Self {
            label: label.into(),
            actors,
        }
    }

    /// The instant of the last actor, and that of the first.
    pub(super) fn ends(&self) -> (i64, i64) {
        let times = || self.actors.iter().filter_map(|actor| actor.at);
        (times().min().unwrap_or(0), times().max().unwrap_or(0))
    }
}
