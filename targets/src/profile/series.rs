//! A rule over several events, over the columns of a profile.
//!
//! Each of its events is bound as a rule of its own; then all of them must be rows of one table, since one query reads one.

mod never_empty;
mod rows;

use crate::profile::Profile;
use crate::profile::bind::COLUMN_FOR;
use crate::profile::bound::Bound;
use crate::profile::derived::Derived;
use crate::profile::row::Rows;
pub(crate) use never_empty::NeverEmpty;
use std::collections::BTreeSet;
use verdict_compiler::codes::target::{PROFILE_FIELD, PROFILE_SOURCE};
use verdict_compiler::ir::series::{
    Correlation, Key, Matches, Order, Place, Sequence, Stage, Term,
};
use verdict_compiler::ir::{Expr, Series};
use verdict_compiler::{Code, Ir, Refusal, Rule, Span};
use verdict_event::{Path, Schema};

/// A rule over several events, bound to the columns of a profile.
#[derive(Clone, Debug)]
pub struct BoundSeries {
    /// What it means over columns.
    pub series: Series,
    /// What a query reads: tables or indices. Empty where the target's own default is meant.
    pub from: Vec<String>,
    /// Columns that the query computes before it looks at them.
    pub derived: Vec<Derived>,
    /// Divergences that follow from the profile.
    pub codes: Vec<Code>,
    /// Columns that hold no empty text, part by part.
    pub(crate) never_empty: NeverEmpty,
    /// Columns that every row has, and that no part of the rule itself reads: where the profile looks.
    pub(crate) places: BTreeSet<Path>,
    rule_indices: bool,
    rows: Vec<Rows>,
    /// The column that holds the time, and the field that holds it in an event.
    time: Option<(String, Path)>,
}

impl BoundSeries {
    fn raw(series: &Series) -> Self {
        Self {
            series: series.clone(),
            from: Vec::new(),
            derived: Vec::new(),
            codes: Vec::new(),
            never_empty: NeverEmpty::default(),
            places: BTreeSet::new(),
            rule_indices: false,
            rows: Vec::new(),
            time: None,
        }
    }

    /// The same over the rule's own indices, where the profile lets them come first and the rule names some.
    #[must_use]
    pub fn of_indices(mut self, rule: &Rule) -> Self {
        let indices = rule.metadata.data.indices.iter();
        let indices: Vec<String> = indices
            .map(|index| index.value.clone())
            .filter(|_| self.rule_indices)
            .collect();
        if !indices.is_empty() {
            self.from = indices;
        }
        self
    }

    /// All events of the series as one rule over single events: every column that is read, and how.
    pub(crate) fn together(&self) -> Ir {
        let events = self.series.events();
        // Not simplified: an event that is always there would take the others away.
        let predicate = Expr::Any(events.iter().map(|ir| ir.predicate.clone()).collect());
        let first = events.first();
        Ir {
            detection: predicate.clone(),
            predicate,
            origin: first.map(|ir| ir.origin.clone()).unwrap_or_default(),
            fields: self.series.fields(),
        }
    }
}

impl Profile {
    /// A rule's meaning over this profile's columns.
    ///
    /// # Errors
    ///
    /// Every reason why the profile cannot hold what the rule reads; at least one.
    pub fn bind_series(&self, series: &Series) -> Result<BoundSeries, Vec<Refusal>> {
        let Some(mapping) = &self.mapping else {
            return Ok(BoundSeries::raw(series));
        };
        let time = mapping.time.clone();
        let field = series.order().map_or_else(
            || Schema::default().timestamp.field,
            |order| order.timestamp.field.clone(),
        );
        let time = time.map(|column| (column, Path::new(field)));
        let mut binding = Binding {
            profile: self,
            time: time.as_ref().map(|(column, _)| column.clone()),
            bounds: Vec::new(),
            refusals: Vec::new(),
        };
        let bound = match series {
            Series::Sequence(sequence) => Series::Sequence(binding.sequence(sequence)),
            Series::Sample(sample) => {
                let mut bound = sample.clone();
                bound.terms = sample
                    .terms
                    .iter()
                    .map(|term| binding.term(term, None))
                    .collect();
                Series::Sample(bound)
            }
            Series::Correlation(correlation) => {
                Series::Correlation(binding.correlation(correlation))
            }
        };
        binding.one_table(series.span());
        if !binding.refusals.is_empty() {
            return Err(binding.refusals);
        }
        let mut joined = BoundSeries::raw(&bound);
        joined.time = time;
        joined.places = places(&binding.bounds);
        for bound in binding.bounds {
            joined.from.clone_from(&bound.from);
            joined.rule_indices = bound.rule_indices;
            joined.codes.extend(bound.codes);
            joined.derived.extend(bound.derived);
            joined.never_empty.add(bound.ir, bound.never_empty);
            joined.rows.extend(bound.rows);
        }
        joined.codes.sort();
        joined.codes.dedup();
        joined
            .derived
            .sort_by(|left, right| left.name.cmp(&right.name));
        joined.derived.dedup();
        Ok(joined)
    }
}

/// The columns that are a place to each part of the rule that reads them.
fn places(bounds: &[Bound]) -> BTreeSet<Path> {
    let mut places: BTreeSet<Path> = bounds
        .iter()
        .flat_map(|bound| bound.places.clone())
        .collect();
    places.retain(|column| {
        let itself = |bound: &Bound| {
            let asked = bound.also.values().flatten().any(|also| also == column);
            let reads = bound.ir.fields.contains_key(column) && !bound.places.contains(column);
            asked || reads
        };
        !bounds.iter().any(itself)
    });
    places
}

/// A series in the making.
struct Binding<'p> {
    profile: &'p Profile,
    time: Option<String>,
    bounds: Vec<Bound>,
    refusals: Vec<Refusal>,
}

impl Binding<'_> {
    fn order(&self, order: &Order) -> Order {
        let mut order = order.clone();
        if let Some(time) = &self.time {
            order.timestamp.field.clone_from(time);
        }
        order
    }

    /// The column of what breaks ties: one for all the events that were bound.
    fn tie(&mut self, tie: &Path, span: Span) -> Path {
        let held = |bound: &Bound| bound.also.get(tie).cloned().flatten();
        let columns: BTreeSet<Option<Path>> = self.bounds.iter().map(held).collect();
        let one = columns
            .first()
            .cloned()
            .flatten()
            .filter(|_| columns.len() == 1);
        one.unwrap_or_else(|| {
            // Events that were not bound have their own refusal.
            if !self.bounds.is_empty() {
                self.refusals.push(Refusal {
                    code: PROFILE_FIELD,
                    reason: format!(
                        "`{}` has no one{COLUMN_FOR}{tie}, which breaks ties",
                        self.profile.name
                    ),
                    span,
                });
            }
            tie.clone()
        })
    }

    /// An event's conditions over columns, and the columns of what else is read of it.
    fn event(&mut self, ir: &Ir, also: &[&Path]) -> Option<Bound> {
        match self.profile.bind_with(ir, also) {
            Ok(bound) => {
                self.bounds.push(bound.clone());
                Some(bound)
            }
            Err(refusals) => {
                self.refusals.extend(refusals);
                None
            }
        }
    }

    /// A term, of whose events something may also break ties.
    fn term(&mut self, term: &Term, tie: Option<&Path>) -> Term {
        let keys = term.keys.iter().map(|key| &key.field);
        let also: Vec<&Path> = keys.chain(tie).collect();
        let Some(bound) = self.event(&term.event, &also) else {
            return term.clone();
        };
        let keys = term.keys.iter().map(|key| self.key(key, &bound));
        Term {
            keys: keys.collect(),
            event: bound.ir,
            span: term.span,
        }
    }

    fn key(&mut self, key: &Key, bound: &Bound) -> Key {
        let mut held = key.clone();
        match bound.also.get(&key.field) {
            Some(Some(column)) => held.field = column.clone(),
            // What nobody holds is null for everybody.
            Some(None) | None if key.optional => held.schema.mapped = false,
            Some(None) | None => self.no_column(&key.field, key.span),
        }
        held
    }

    fn no_column(&mut self, path: &Path, span: Span) {
        self.refusals.push(Refusal {
            code: PROFILE_FIELD,
            reason: format!(
                "`{}` has no one{COLUMN_FOR}{path}`, by which events are joined or counted",
                self.profile.name
            ),
            span,
        });
    }

    fn sequence(&mut self, sequence: &Sequence) -> Sequence {
        let mut bound = sequence.clone();
        bound.order = self.order(&sequence.order);
        let tie = sequence.order.tiebreaker.as_ref();
        bound.stages = sequence
            .stages
            .iter()
            .map(|stage| Stage {
                term: self.term(&stage.term, tie),
                ..stage.clone()
            })
            .collect();
        bound.until = sequence
            .until
            .as_deref()
            .map(|until| Box::new(self.term(until, tie)));
        bound.order.tiebreaker = tie.map(|tie| self.tie(tie, sequence.span));
        bound
    }

    fn correlation(&mut self, correlation: &Correlation) -> Correlation {
        let mut bound = correlation.clone();
        bound.order = self.order(&correlation.order);
        for rule in &mut bound.rules {
            match &mut rule.matches {
                Matches::Correlation(inner) => **inner = self.correlation(inner),
                Matches::Events(ir) => {
                    let also: Vec<Path> = rule
                        .group
                        .iter()
                        .chain(&rule.values)
                        .filter_map(Place::field)
                        .cloned()
                        .collect();
                    let also: Vec<&Path> = also.iter().collect();
                    let Some(event) = self.event(ir, &also) else {
                        continue;
                    };
                    for place in rule.group.iter_mut().chain(&mut rule.values) {
                        let Some(path) = place.field().cloned() else {
                            continue;
                        };
                        match event.also.get(&path) {
                            Some(Some(column)) => *place = Place::Field(column.clone()),
                            Some(None) | None => self.no_column(&path, rule.span),
                        }
                    }
                    **ir = event.ir;
                }
            }
        }
        bound
    }

    /// One query reads one table.
    fn one_table(&mut self, span: Span) {
        let mut froms = self.bounds.iter().map(|bound| &bound.from);
        let Some(first) = froms.next() else {
            return;
        };
        if let Some(other) = froms.find(|from| *from != first) {
            let reason = format!(
                "the rule's events are in `{}` and in `{}`, and one query reads one of them",
                first.join(", "),
                other.join(", ")
            );
            self.refusals.push(Refusal {
                code: PROFILE_SOURCE,
                reason,
                span,
            });
        }
    }
}
