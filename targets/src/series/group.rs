//! A group of a correlation: its window, as it slides.

use super::Position;
use super::correlation::{CorrelationKind, Place, Source, numbers, texts};
use super::measure::{Distinct, Measure, Sum};
use super::tuple::Tuple;
use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// More events than these a match does not tell; the earliest are left out (C1).
pub(crate) const MAX_TOLD: usize = 1000;

/// An event of a rule, or a match of an inner correlation.
#[derive(Clone, Debug)]
pub(crate) struct Occurrence<S> {
    pub(crate) instant: i64,
    /// The event that its fields are read from.
    pub(crate) last: Position,
    pub(crate) event: S,
    /// Of a match: its events and its group.
    pub(crate) inner: Option<Arc<Inner>>,
}

/// What a match of an inner correlation is made of.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) events: Vec<Position>,
    pub(crate) group: Vec<Tuple>,
}

impl<S> Occurrence<S> {
    pub(crate) fn group(&self) -> &[Tuple] {
        self.inner.as_ref().map_or(&[], |inner| &inner.group)
    }

    /// Which of two of one instant is the later: by the last event, and where both have one last event, by all of them (C12).
    pub(crate) fn later(&self, other: &Self) -> Ordering {
        let last = self.last.0.cmp(&other.last.0);
        last.then_with(|| self.events().cmp(other.events()))
    }

    pub(crate) fn events(&self) -> &[Position] {
        match &self.inner {
            Some(inner) => &inner.events,
            None => std::slice::from_ref(&self.last),
        }
    }
}

/// An occurrence in a window.
#[derive(Debug)]
pub(crate) struct Member<S> {
    pub(crate) of: Occurrence<S>,
    /// The rules that it matches, ascending.
    rules: Vec<usize>,
    tuples: Vec<Tuple>,
    numbers: Vec<f64>,
}

/// The window of a group.
#[derive(Debug)]
pub(crate) struct Window<S> {
    members: VecDeque<Member<S>>,
    /// How many members have left.
    left: usize,
    /// By rule: its members, by their number since the beginning.
    by_rule: Vec<VecDeque<usize>>,
    distinct: Distinct,
    sum: Sum,
    /// The values of the group, one a place.
    pub(crate) parts: Arc<Vec<Tuple>>,
    /// The instant that it waits to be asked about.
    pub(crate) asked: Option<i64>,
}

impl<S: Source> Window<S> {
    pub(crate) fn new(rules: usize, parts: Vec<Tuple>) -> Self {
        Self {
            members: VecDeque::new(),
            left: 0,
            by_rule: vec![VecDeque::new(); rules],
            distinct: Distinct::default(),
            sum: Sum::default(),
            parts: Arc::new(parts),
            asked: None,
        }
    }

    /// An occurrence of a rule. An event that an earlier rule matched as well is one member (C6).
    pub(crate) fn add(
        &mut self,
        rule: usize,
        of: &Occurrence<S>,
        kind: CorrelationKind,
        values: &[Place<S::Field>],
    ) {
        let same = |member: &Member<S>| {
            member.of.inner.is_none() && of.inner.is_none() && member.of.last == of.last
        };
        let known = self.members.back().is_some_and(same);
        if !known {
            let mut found = Vec::new();
            if let Some(place) = values.first().filter(|_| is_sum(kind)) {
                numbers(place, of.group(), &of.event, &mut found);
            }
            for number in &found {
                self.sum.add(*number);
            }
            self.members.push_back(Member {
                of: of.clone(),
                rules: Vec::new(),
                tuples: Vec::new(),
                numbers: found,
            });
        }
        let number = self.left + self.members.len() - 1;
        if let Some(member) = self.members.back_mut() {
            if kind == CorrelationKind::ValueCount {
                for tuple in texts(values, of.group(), &of.event) {
                    self.distinct.add(tuple.clone());
                    member.tuples.push(tuple);
                }
            }
            member.rules.push(rule);
        }
        if let Some(members) = self.by_rule.get_mut(rule) {
            members.push_back(number);
        }
    }

    /// Forgets what happened before an instant.
    pub(crate) fn slide(&mut self, begin: i64) {
        while self
            .members
            .front()
            .is_some_and(|member| member.of.instant < begin)
        {
            let Some(member) = self.members.pop_front() else {
                return;
            };
            self.left += 1;
            for rule in &member.rules {
                if let Some(members) = self.by_rule.get_mut(*rule) {
                    members.pop_front();
                }
            }
            for tuple in &member.tuples {
                self.distinct.remove(tuple);
            }
            for number in &member.numbers {
                self.sum.remove(*number);
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The members of a rule, latest first.
    pub(crate) fn of_rule(&self, rule: usize) -> impl Iterator<Item = &Member<S>> {
        let members = self.by_rule.get(rule).into_iter().flatten().rev();
        members.filter_map(|number| self.members.get(number - self.left))
    }

    /// The latest member of a rule before an instant, and of several at one instant the one that comes last.
    pub(crate) fn latest(&self, rule: usize, before: i64) -> Option<&Member<S>> {
        let members = self.by_rule.get(rule)?;
        let at = |number: &usize| self.members.get(*number - self.left);
        let earlier =
            members.partition_point(|number| at(number).is_some_and(|m| m.of.instant < before));
        let mut candidates = members.range(..earlier).rev().filter_map(at);
        let first = candidates.next()?;
        let same = candidates.take_while(|member| member.of.instant == first.of.instant);
        std::iter::once(first)
            .chain(same)
            .max_by(|a, b| a.of.later(&b.of))
    }

    /// What the window measures; None where there is nothing to measure.
    pub(crate) fn measure(&self, kind: CorrelationKind) -> Option<Measure> {
        match kind {
            CorrelationKind::EventCount => Some(Measure::Count(self.members.len())),
            CorrelationKind::ValueCount => Some(Measure::Count(self.distinct.len())),
            CorrelationKind::Temporal | CorrelationKind::TemporalOrdered => {
                let matched = self.by_rule.iter().filter(|members| !members.is_empty());
                Some(Measure::Count(matched.count()))
            }
            CorrelationKind::ValueSum => Some(Measure::Value(self.total()?)),
            CorrelationKind::ValueAvg => {
                #[allow(clippy::cast_precision_loss, reason = "a mean of doubles is a double")]
                let count = self.sum.count() as f64;
                Some(Measure::Value(self.total()? / count))
            }
            CorrelationKind::ValuePercentile(percent) => self.percentile(percent),
        }
    }

    fn total(&self) -> Option<f64> {
        if self.sum.count() == 0 {
            return None;
        }
        self.sum.value().or_else(|| {
            let mut members: Vec<&Member<S>> = self.members.iter().collect();
            members.sort_by_key(|member| member.of.last);
            Some(members.iter().flat_map(|member| &member.numbers).sum())
        })
    }

    fn percentile(&self, percent: u8) -> Option<Measure> {
        let mut numbers: Vec<f64> = self
            .members
            .iter()
            .flat_map(|member| member.numbers.iter().copied())
            .collect();
        // The smallest rank, from 1, that is at least so many percent of all.
        let rank = (numbers.len() * usize::from(percent)).div_ceil(100);
        let rank = rank.saturating_sub(1);
        if rank >= numbers.len() {
            return None;
        }
        let (_, value, _) = numbers.select_nth_unstable_by(rank, f64::total_cmp);
        Some(Measure::Value(*value))
    }

    /// The events of the window in order, no more than are told.
    pub(crate) fn events(&self) -> Vec<Position> {
        if self
            .members
            .iter()
            .rev()
            .take(MAX_TOLD)
            .all(|m| m.of.inner.is_none())
        {
            let skipped = self.members.len().saturating_sub(MAX_TOLD);
            let told = self.members.iter().skip(skipped);
            return told.map(|member| member.of.last).collect();
        }
        let events = self.members.iter().flat_map(|member| member.of.events());
        let events: BTreeMap<usize, usize> = events.copied().collect();
        let skipped = events.len().saturating_sub(MAX_TOLD);
        events.into_iter().skip(skipped).collect()
    }

    /// The event that stands at this place of the order.
    pub(crate) fn event_at(&self, last: Position) -> Option<S> {
        let from_back = self.members.iter().rev();
        let mut of = from_back.filter(|member| member.of.last == last);
        of.next().map(|member| member.of.event.clone())
    }
}

fn is_sum(kind: CorrelationKind) -> bool {
    match kind {
        CorrelationKind::ValueSum
        | CorrelationKind::ValueAvg
        | CorrelationKind::ValuePercentile(_) => true,
        CorrelationKind::EventCount
        | CorrelationKind::ValueCount
        | CorrelationKind::Temporal
        | CorrelationKind::TemporalOrdered => false,
    }
}
