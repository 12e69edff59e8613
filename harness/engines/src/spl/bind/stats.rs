//! `stats`, `eventstats`, `streamstats`, `bin`, `sort`, `dedup`, `rename`: names become slots.

use super::super::ast::{
    Bin, Dedup, Expr, Name, Sort, Stats, StatsArgument, StatsFunction, StreamStats,
};
use super::super::node::{Node, Test};
use super::super::row::Cell;
use super::super::run::{Aggregate, Group, Step, Stream};
use super::{Binder, Outcome};

impl Binder<'_> {
    pub(super) fn group(&mut self, stats: &Stats) -> Outcome<Group> {
        let by = stats.by.iter().map(|name| self.scope.slot(name)).collect();
        let time = self.scope.time();
        let mut aggregates = Vec::new();
        for term in &stats.terms {
            let slot = match &term.argument {
                StatsArgument::None => None,
                StatsArgument::Field(name) => Some(self.scope.slot(name)),
                StatsArgument::Eval(expr) => Some(self.evaluated(expr, term.function)?),
            };
            aggregates.push(Aggregate {
                function: term.function,
                slot,
            });
        }
        Ok(Group {
            by,
            aggregates,
            time,
        })
    }

    /// Source: Search Reference, stats: `count(eval(...))` counts the events for which the expression is true.
    fn evaluated(&mut self, expr: &Expr, function: StatsFunction) -> Outcome<usize> {
        let node = if function == StatsFunction::Count {
            self.either(expr)?
        } else {
            self.value(expr)?
        };
        Ok(self.scope.push(Cell::Computed(node)))
    }

    /// The slots that the aggregates fill, under their names.
    pub(super) fn given(&mut self, stats: &Stats) -> Vec<usize> {
        let terms = stats.terms.iter();
        terms
            .map(|term| self.scope.define(&term.name, Cell::Given))
            .collect()
    }

    pub(super) fn event_stats(&mut self, stats: &Stats) -> Outcome<Step> {
        let group = self.group(stats)?;
        let output = self.given(stats);
        Ok(Step::Events(group, output))
    }

    pub(super) fn stream_stats(&mut self, stream: &StreamStats) -> Outcome<Step> {
        let group = self.group(&stream.stats)?;
        let before = self.reset(stream.reset_before.as_ref())?;
        let output = self.given(&stream.stats);
        // Source: Search Reference, streamstats: what comes after may read the fields that it returns.
        let after = self.reset(stream.reset_after.as_ref())?;
        Ok(Step::Stream(Box::new(Stream {
            group,
            output,
            current: stream.current,
            global: stream.global,
            window: stream.window,
            time_window: stream.time_window.map(f64::from),
            before,
            after,
            on_change: stream.reset_on_change,
        })))
    }

    fn reset(&mut self, condition: Option<&Expr>) -> Outcome<Option<Test>> {
        condition.map(|expr| self.test(expr)).transpose()
    }

    pub(super) fn bin(&mut self, bin: &Bin) {
        let slot = self.scope.slot(&bin.field);
        let node = Node::Bin(Box::new(Node::Slot(slot)), f64::from(bin.span));
        let name = bin.new.as_ref().unwrap_or(&bin.field);
        self.scope.define(&name.text, Cell::Computed(node));
    }

    pub(super) fn sort(&mut self, sort: &Sort) -> Step {
        let keys = sort.keys.iter();
        let keys = keys
            .map(|key| (self.scope.slot(&key.field), key.ascending, key.kind))
            .collect();
        Step::Sort(sort.count, keys)
    }

    pub(super) fn dedup(&mut self, dedup: &Dedup) -> Step {
        let slots = dedup.fields.iter();
        Step::Dedup {
            count: dedup.count,
            slots: slots.map(|name| self.scope.slot(name)).collect(),
            keep_empty: dedup.keep_empty,
            consecutive: dedup.consecutive,
        }
    }

    /// Source: Search Reference, rename: the old name is gone.
    pub(super) fn rename(&mut self, pairs: &[(Name, Name)]) {
        for (old, new) in pairs {
            let slot = self.scope.slot(old);
            self.scope.hide(&old.text);
            self.scope
                .define(&new.text, Cell::Computed(Node::Slot(slot)));
        }
    }
}
