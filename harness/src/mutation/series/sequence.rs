//! Mistakes in a sequence.

use super::{SeriesMutant, keys};
use crate::mutation::Operator;
use crate::mutation::operator::{
    HEAD_AS_TAIL, LIMIT_DROPPED, MISSING_AS_EVENT, RUNS_FEWER, RUNS_MORE, SPAN_DROPPED,
    SPAN_LONGER, SPAN_SHORTER, STAGE_DOUBLED, STAGE_DROPPED, STAGES_SWAPPED, UNTIL_DROPPED,
};
use verdict_compiler::Span;
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::{Limit, Sequence, Stage};
use verdict_event::Path;

pub(super) fn mutants(sequence: &Sequence) -> Vec<SeriesMutant> {
    let mut making = Making {
        sequence,
        found: Vec::new(),
    };
    making.stages();
    making.keys();
    making.spans();
    making.limits();
    making.found
}

/// Whether two stages ask for the same, wherever they stand.
fn alike(one: &Stage, other: &Stage) -> bool {
    let keys = |stage: &Stage| -> Vec<(Path, bool)> {
        let keys = stage.term.keys.iter();
        keys.map(|key| (key.field.clone(), key.optional)).collect()
    };
    one.term.event.predicate == other.term.event.predicate
        && keys(one) == keys(other)
        && (one.runs, one.missing) == (other.runs, other.missing)
}

struct Making<'s> {
    sequence: &'s Sequence,
    found: Vec<SeriesMutant>,
}

impl Making<'_> {
    fn add(
        &mut self,
        operator: Operator,
        (place, span): (String, Span),
        instead: &str,
        other: Sequence,
    ) {
        let predicates = (0..self.sequence.terms().count()).collect();
        self.found.push(SeriesMutant {
            operator,
            place,
            span,
            instead: instead.to_owned(),
            series: Series::Sequence(other),
            predicates,
            counted: false,
            key: None,
        });
    }

    /// A sequence of other stages, each with the number of the one that it was.
    fn add_stages(
        &mut self,
        operator: Operator,
        at: usize,
        instead: &str,
        stages: Vec<(usize, Stage)>,
    ) {
        let Some(stage) = self.sequence.stages.get(at) else {
            return;
        };
        let until = self
            .sequence
            .until
            .iter()
            .map(|_| self.sequence.stages.len());
        let predicates = stages.iter().map(|(number, _)| *number).chain(until);
        self.found.push(SeriesMutant {
            operator,
            place: format!("stage {}", at + 1),
            span: stage.term.span,
            instead: instead.to_owned(),
            predicates: predicates.collect(),
            series: Series::Sequence(Sequence {
                stages: stages.into_iter().map(|(_, stage)| stage).collect(),
                ..self.sequence.clone()
            }),
            counted: true,
            key: None,
        });
    }

    fn stages(&mut self) {
        let sequence = self.sequence;
        let own: Vec<(usize, Stage)> = sequence.stages.iter().cloned().enumerate().collect();
        let events = sequence
            .stages
            .iter()
            .filter(|stage| !stage.missing)
            .count();
        for (at, stage) in sequence.stages.iter().enumerate() {
            if stage.missing || events > 1 {
                let mut other = own.clone();
                other.remove(at);
                self.add_stages(STAGE_DROPPED, at, "left out", other);
            }
            if sequence
                .stages
                .get(at + 1)
                .is_some_and(|next| !alike(stage, next))
            {
                let mut other = own.clone();
                other.swap(at, at + 1);
                self.add_stages(STAGES_SWAPPED, at, "behind the next one", other);
            }
            let changed = |change: &dyn Fn(&mut Stage)| {
                let mut other = own.clone();
                if let Some((_, stage)) = other.get_mut(at) {
                    change(stage);
                }
                other
            };
            if stage.missing {
                let other = changed(&|stage| stage.missing = false);
                self.add_stages(MISSING_AS_EVENT, at, "an event that is there", other);
            } else if stage.runs > 1 {
                let more = changed(&|stage| stage.runs += 1);
                self.add_stages(RUNS_MORE, at, "an event more in a row", more);
                let fewer = changed(&|stage| stage.runs -= 1);
                self.add_stages(RUNS_FEWER, at, "an event fewer in a row", fewer);
            } else {
                let mut other = own.clone();
                other.insert(at, (at, stage.clone()));
                self.add_stages(STAGE_DOUBLED, at, "twice", other);
            }
        }
    }

    fn keys(&mut self) {
        let sequence = self.sequence;
        let terms: Vec<_> = sequence.terms().collect();
        for change in keys::changes(&terms) {
            let mut other = sequence.clone();
            let mut terms = change.terms.into_iter();
            for (stage, term) in other.stages.iter_mut().zip(&mut terms) {
                stage.term = term;
            }
            other.until = terms.next().map(Box::new);
            let place = (change.place, change.span);
            self.add(change.operator, place, change.instead, other);
            if let Some(mutant) = self.found.last_mut() {
                mutant.key = change.missing;
            }
        }
    }

    fn spans(&mut self) {
        let sequence = self.sequence;
        if let Some(span) = sequence.maxspan {
            let place = || (format!("maxspan={span}ms"), sequence.span);
            let with = |maxspan: Option<u64>| Sequence {
                maxspan,
                ..sequence.clone()
            };
            let longer = with(Some(span.saturating_add(1)));
            self.add(SPAN_LONGER, place(), "a millisecond more", longer);
            let shorter = with(Some(span.saturating_sub(1)));
            self.add(SPAN_SHORTER, place(), "a millisecond less", shorter);
            self.add(SPAN_DROPPED, place(), "no limit", with(None));
        }
        if let Some(until) = &sequence.until {
            let mut other = sequence.clone();
            other.until = None;
            let place = ("until".to_owned(), until.span);
            self.add(UNTIL_DROPPED, place, "left out", other);
            if let Some(mutant) = self.found.last_mut() {
                mutant.predicates.pop();
            }
        }
    }

    fn limits(&mut self) {
        let sequence = self.sequence;
        let place = || ("the limit of matches".to_owned(), sequence.span);
        for (at, limit) in sequence.limits.iter().enumerate() {
            let mut other = sequence.clone();
            other.limits.remove(at);
            self.add(LIMIT_DROPPED, place(), "left out", other);
            let mut other = sequence.clone();
            if let Some(slot) = other.limits.get_mut(at) {
                *slot = match limit {
                    Limit::Head(count) => Limit::Tail(*count),
                    Limit::Tail(count) => Limit::Head(*count),
                };
            }
            self.add(HEAD_AS_TAIL, place(), "from the other end", other);
        }
    }
}
