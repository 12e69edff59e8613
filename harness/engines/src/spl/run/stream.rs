//! `streamstats`. Source: Search Reference, streamstats.
//!
//! Whether an event that is exactly the time window away belongs to it no page says: where that matters, the value is undefined, and a search
//! that depends on it fails.

use super::{MAX_WORK, Numbered, Outcome, Stream, holds, key, of_event, open};
use crate::QueryError;
use crate::spl::node::Test;
use crate::spl::row::Row;
use crate::spl::value::Val;

/// Events that a window holds at most, if nothing else is said. Source: `max_stream_window`.
const MAX_WINDOW: usize = 10_000;

/// One event of the stream so far.
struct Seen<'s, 'r> {
    row: &'s Row<'r>,
    key: Option<Vec<String>>,
    time: Option<f64>,
}

impl Stream {
    pub(super) fn run(&self, rows: &[Numbered<'_>]) -> Outcome<()> {
        let ascending = self.direction(rows)?;
        let mut seen: Vec<Seen<'_, '_>> = Vec::new();
        let mut work = 0_usize;
        for (at, row) in rows {
            let key = key(row, &self.group.by).map_err(|error| of_event(*at, error))?;
            let changed = self.on_change
                && key.is_some()
                && seen
                    .iter()
                    .rev()
                    .find_map(|seen| seen.key.as_ref())
                    .is_some_and(|before| Some(before) != key.as_ref());
            if changed || resets(self.before.as_ref(), *at, row)? {
                seen.clear();
            }
            let now = Seen {
                row,
                time: row.value(self.group.time).number(),
                key,
            };
            let has_key = now.key.is_some();
            if has_key {
                let values = self.values(&seen, &now, ascending, &mut work)?;
                for (slot, value) in self.output.iter().zip(values) {
                    row.give(*slot, value);
                }
            }
            seen.push(now);
            if resets(self.after.as_ref(), *at, row)? {
                seen.clear();
            }
        }
        Ok(())
    }

    /// Whether time ascends. Source: "the events must be sorted in either ascending or descending time order".
    fn direction(&self, rows: &[Numbered<'_>]) -> Outcome<bool> {
        if self.time_window.is_none() {
            return Ok(true);
        }
        let mut times = Vec::with_capacity(rows.len());
        for (at, row) in rows {
            let Some(time) = row.value(self.group.time).number() else {
                return Err(of_event(
                    *at,
                    open("a time window over an event without a time"),
                ));
            };
            times.push(time);
        }
        if times.is_sorted() {
            return Ok(true);
        }
        if times.is_sorted_by(|one, other| one >= other) {
            return Ok(false);
        }
        Err(QueryError::new(
            "a time window needs events in ascending or descending order of time",
            0..0,
        ))
    }

    /// The values at one event: of the events of its window and group.
    fn values<'s, 'r>(
        &self,
        seen: &[Seen<'s, 'r>],
        now: &Seen<'s, 'r>,
        ascending: bool,
        work: &mut usize,
    ) -> Outcome<Vec<Val<'static>>> {
        *work = work.saturating_add(seen.len());
        if *work > MAX_WORK {
            return Err(QueryError::new(
                "streamstats looks at too many events",
                0..0,
            ));
        }
        let of_group = |seen: &&Seen<'s, 'r>| seen.key == now.key;
        let window = if self.window == 0 {
            usize::MAX
        } else {
            let own = !verdict_faults::at("spl/engine/window-counts-the-events-before");
            self.window - usize::from(self.current && own)
        };
        let before: Vec<&Seen<'s, 'r>> = if self.global {
            // One window over all groups, of which only the group's own events count.
            let start = seen.len().saturating_sub(window);
            let recent = seen.get(start..).unwrap_or_default();
            recent.iter().filter(of_group).collect()
        } else {
            let own: Vec<&Seen<'s, 'r>> = seen.iter().filter(of_group).collect();
            own.into_iter().rev().take(window).rev().collect()
        };
        let Some(span) = self.time_window else {
            if self.window == 0 && before.len() >= MAX_WINDOW {
                return Err(open("more events than `max_stream_window`"));
            }
            return self.over(&before, now);
        };
        let distance = |seen: &Seen<'s, 'r>| match (seen.time, now.time) {
            (Some(then), Some(now)) if ascending => now - then,
            (Some(then), Some(now)) => then - now,
            _ => f64::INFINITY,
        };
        let within = |edge: bool| {
            let inside = before.iter().filter(|seen| {
                let distance = distance(seen);
                distance < span || (edge && distance <= span)
            });
            inside.copied().collect::<Vec<_>>()
        };
        let (inside, with_edge) = (within(false), within(true));
        if with_edge.len() >= MAX_WINDOW {
            return Err(open("more events than `max_stream_window`"));
        }
        let values = self.over(&inside, now)?;
        if with_edge.len() == inside.len() {
            return Ok(values);
        }
        let others = self.over(&with_edge, now)?;
        let settled = values.into_iter().zip(others).map(|(one, other)| {
            if one.borrow().texts() == other.texts() {
                one
            } else {
                Val::Undefined("an event at the very edge of a time window")
            }
        });
        Ok(settled.collect())
    }

    fn over<'s, 'r>(
        &self,
        before: &[&Seen<'s, 'r>],
        now: &Seen<'s, 'r>,
    ) -> Outcome<Vec<Val<'static>>> {
        let mut rows: Vec<&Row<'r>> = before.iter().map(|seen| seen.row).collect();
        if self.current {
            rows.push(now.row);
        }
        self.group.values(&rows)
    }
}

/// Whether a condition resets what was accumulated.
fn resets(condition: Option<&Test>, at: usize, row: &Row<'_>) -> Outcome<bool> {
    match condition {
        None => Ok(false),
        Some(test) => holds(test.truth(row, None)).map_err(|error| of_event(at, error)),
    }
}
