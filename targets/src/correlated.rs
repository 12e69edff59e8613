//! A correlation as parts over rows that are grouped once: what a language with aggregations computes it from.
//!
//! A chain of correlations is a list of them, inner ones first. All of them must group events by the same fields, since rows that were put together by one
//! group cannot be taken apart for another; and an event must have one value of each, since a match belongs to every group of its last event.

use verdict_compiler::codes::target::SERIES_GROUPS;
use verdict_compiler::ir::series::{Correlation, Matches, Place, Referenced};
use verdict_compiler::{Ir, Refusal};
use verdict_event::Path;

/// A correlation in parts.
#[derive(Debug)]
pub(crate) struct Correlated<'c> {
    /// The rules whose events are counted.
    pub(crate) events: Vec<Counted<'c>>,
    /// Every correlation, inner ones before those that refer to them; the last is the rule itself.
    pub(crate) parts: Vec<Part<'c>>,
}

/// A rule over single events that a correlation counts.
#[derive(Debug, PartialEq)]
pub(crate) struct Counted<'c> {
    /// What it is called.
    pub(crate) name: &'c str,
    /// What it means.
    pub(crate) ir: &'c Ir,
    /// Where each field of the group stands in its events, in the order of the rule's own `group-by`.
    pub(crate) group: Vec<&'c Path>,
}

/// A correlation of a chain.
#[derive(Debug)]
pub(crate) struct Part<'c> {
    /// What it is called.
    pub(crate) name: &'c str,
    /// What is asked of its windows.
    pub(crate) correlation: &'c Correlation,
    /// What it counts, in the order of its rules.
    pub(crate) members: Vec<Member>,
    /// The fields whose values it measures.
    pub(crate) values: Vec<&'c Path>,
}

/// What a correlation counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Member {
    /// Events of a rule, by its place in [`Correlated::events`].
    Events(usize),
    /// Matches of a correlation, by its place in [`Correlated::parts`].
    Matches(usize),
}

impl<'c> Correlated<'c> {
    /// The parts of a correlation.
    pub(crate) fn of(correlation: &'c Correlation) -> Result<Self, Refusal> {
        let mut found = Self {
            events: Vec::new(),
            parts: Vec::new(),
        };
        let positions: Vec<usize> = (0..correlation.group_by.len()).collect();
        found.add("matches", correlation, &positions)?;
        Ok(found)
    }

    /// Whether correlations refer to correlations.
    pub(crate) fn is_chain(&self) -> bool {
        self.parts.len() > 1
    }

    /// Whether every rule has a field of the group, by its position, under one name.
    pub(crate) fn shared(&self, position: usize) -> Option<&'c Path> {
        let mut paths = self.events.iter().map(|events| events.group.get(position));
        let first = paths.next()??;
        paths.all(|path| path == Some(first)).then_some(*first)
    }

    /// Adds a correlation; `positions` says which of its own groups is which of the rule's.
    fn add(
        &mut self,
        name: &'c str,
        correlation: &'c Correlation,
        positions: &[usize],
    ) -> Result<usize, Refusal> {
        let mut members = Vec::new();
        let mut values: Option<Vec<&'c Path>> = None;
        for rule in &correlation.rules {
            members.push(match &rule.matches {
                Matches::Events(ir) => self.events(rule, ir, positions)?,
                Matches::Correlation(inner) => self.inner(rule, inner, positions)?,
            });
            let here = fields(rule, &rule.values)?;
            if *values.get_or_insert_with(|| here.clone()) != here {
                return Err(refusal(
                    rule,
                    "the rules have what is measured in different fields",
                ));
            }
        }
        self.parts.push(Part {
            name,
            correlation,
            members,
            values: values.unwrap_or_default(),
        });
        Ok(self.parts.len() - 1)
    }

    fn events(
        &mut self,
        rule: &'c Referenced,
        ir: &'c Ir,
        positions: &[usize],
    ) -> Result<Member, Refusal> {
        let group = fields(rule, &rule.group)?;
        let group = positions.iter().filter_map(|at| group.get(*at).copied());
        let counted = Counted {
            name: &rule.name,
            ir,
            group: group.collect(),
        };
        let known = self.events.iter().position(|other| *other == counted);
        Ok(Member::Events(known.unwrap_or_else(|| {
            self.events.push(counted);
            self.events.len() - 1
        })))
    }

    fn inner(
        &mut self,
        rule: &'c Referenced,
        inner: &'c Correlation,
        positions: &[usize],
    ) -> Result<Member, Refusal> {
        let own = |at: &usize| match rule.group.get(*at)? {
            Place::Group(group) => Some(*group),
            field @ Place::Field(_) => grouped_by(inner, field),
        };
        let inside: Option<Vec<usize>> = positions.iter().map(own).collect();
        let inside = inside.filter(|inside| {
            let all = 0..inner.group_by.len();
            inside.len() == inner.group_by.len() && all.into_iter().all(|at| inside.contains(&at))
        });
        let Some(inside) = inside else {
            let reason = format!(
                "`{}` groups events in another way than the correlation that counts its matches",
                rule.name
            );
            return Err(refusal(rule, reason));
        };
        self.add(&rule.name, inner, &inside).map(Member::Matches)
    }
}

/// The position at which a correlation groups all that it counts by a field. The field of the last event of a match is the match's group there, if an event
/// has one value of it.
pub(crate) fn grouped_by(correlation: &Correlation, field: &Place) -> Option<usize> {
    let by_it = |at: &usize| {
        let mut rules = correlation.rules.iter();
        rules.all(|rule| rule.group.get(*at) == Some(field))
    };
    (0..correlation.group_by.len()).find(by_it)
}

/// The fields at some places of a rule's events.
fn fields<'c>(rule: &'c Referenced, places: &'c [Place]) -> Result<Vec<&'c Path>, Refusal> {
    let field = |place: &'c Place| {
        let of_events = matches!(rule.matches, Matches::Events(_));
        place.field().filter(|_| of_events).ok_or_else(|| {
            let reason = format!(
                "what is measured are values of the matches of `{}`",
                rule.name
            );
            refusal(rule, reason)
        })
    };
    places.iter().map(field).collect()
}

/// The refusal of a chain, for this reason.
pub(crate) fn refusal(rule: &Referenced, reason: impl Into<String>) -> Refusal {
    Refusal {
        code: SERIES_GROUPS,
        reason: format!("{}; `native` can say it", reason.into()),
        span: rule.span,
    }
}
