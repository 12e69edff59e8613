//! The latest instants of events that must be missing.

/// The two latest different instants. Whoever asks for one *before* its own needs no more: of what came earlier in order, only what is as early as it
/// is itself does not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Latest {
    last: Option<i64>,
    before: Option<i64>,
}

impl Latest {
    pub(crate) fn see(&mut self, instant: i64) {
        if self.last != Some(instant) {
            self.before = self.last;
            self.last = Some(instant);
        }
    }

    /// The latest that is earlier than this one, of all that came before it in order.
    pub(crate) fn earlier_than(self, instant: i64) -> Option<i64> {
        let earlier = |seen: &i64| *seen < instant;
        self.last
            .filter(earlier)
            .or_else(|| self.before.filter(earlier))
    }

    /// The latest.
    pub(crate) fn last(self) -> Option<i64> {
        self.last
    }
}
