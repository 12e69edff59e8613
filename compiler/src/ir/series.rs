//! Rules over several events: EQL's sequences and samples, Sigma's correlations.
//!
//! Each of them says something about *single events* first, and that part is an ordinary [`Ir`] with its own predicate and fields; what
//! stands here is only how events that satisfy those come together. What a match is, `docs/semantics.md` says under "Several events".

pub mod moment;
pub mod print;

use crate::ir::{Comparison, Ir};
use crate::span::Span;
use std::collections::{BTreeMap, BTreeSet};
use verdict_event::schema::Timestamp;
use verdict_event::{FieldSchema, Number, Path};

/// What a rule over several events means.
#[derive(Clone, Debug, PartialEq)]
pub enum Series {
    /// EQL: events one after another.
    Sequence(Sequence),
    /// EQL: events with the same keys, in any order.
    Sample(Sample),
    /// Sigma: how often, how many, or which rules, within a window of time.
    Correlation(Correlation),
}

/// How events are put in order: by instant, then by the tiebreaker, then as they stand in the stream. An event without an instant takes part in
/// nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// Where the instant stands and how it is written. An instant is a whole number of milliseconds.
    pub timestamp: Timestamp,
    /// The field that orders events of one instant; an event that lacks it comes last.
    pub tiebreaker: Option<Path>,
}

/// `sequence ...`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequence {
    /// How events are ordered.
    pub order: Order,
    /// The stages as they are written, [`Stage::runs`] not spelled out. All have equally many keys.
    pub stages: Vec<Stage>,
    /// How many milliseconds may lie between the first and the last event of a match, both counted.
    pub maxspan: Option<u64>,
    /// What ends a pending match: as many keys as a stage has.
    pub until: Option<Box<Term>>,
    /// `head` and `tail`, applied to the matches one after another.
    pub limits: Vec<Limit>,
    /// The keyword.
    pub span: Span,
}

/// A stage of a sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// Which event, joined by which keys.
    pub term: Term,
    /// How many such events in a row; at least 1. Each is a slot of the match.
    pub runs: u32,
    /// Whether no such event may occur: `![...]`. Its slots stay empty.
    pub missing: bool,
}

/// An event of a series, and the keys that join it to the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Which events.
    pub event: Ir,
    /// What joins it: the shared keys first, then its own. The key at a position belongs with the keys at that position of the other terms.
    pub keys: Vec<Key>,
    /// Where it stands.
    pub span: Span,
}

/// A join key.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// The field.
    pub field: Path,
    /// What is known of it: its type says how values compare; an unmapped one is always null.
    pub schema: FieldSchema,
    /// Whether null is a value: `?field`. Otherwise an event without a value joins nothing.
    pub optional: bool,
    /// Where it stands.
    pub span: Span,
}

/// A pipe that limits the matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The first so many.
    Head(u64),
    /// The last so many.
    Tail(u64),
}

/// `sample ...`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The events, in the order of a match; at least two. Time does not matter to them: the first of a stream are taken.
    pub terms: Vec<Term>,
    /// `head` and `tail`.
    pub limits: Vec<Limit>,
    /// The keyword.
    pub span: Span,
}

/// A Sigma correlation.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlation {
    /// How events are ordered.
    pub order: Order,
    /// What is asked of a window.
    pub kind: CorrelationKind,
    /// The rules whose matches are counted, in the order of the file.
    pub rules: Vec<Referenced>,
    /// `group-by`, as it is written; [`Referenced::group`] says where each stands. Empty: everything is one group.
    pub group_by: Vec<String>,
    /// How long a window is, in milliseconds: events so far apart are still in one.
    pub timespan: u64,
    /// What the measure of [`CorrelationKind`] must be: all of these. Never empty.
    pub condition: Vec<Bound>,
    /// Whether the rules that are referred to report on their own as well.
    pub generate: bool,
    /// The `correlation` key.
    pub span: Span,
}

/// A bound of a range.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// How the measure stands to the number; `neq` is [`Bound::negated`] equality.
    pub comparison: Comparison,
    /// Whether the comparison must fail.
    pub negated: bool,
    /// The number.
    pub number: Number,
}

/// What is measured in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CorrelationKind {
    /// How many events.
    EventCount,
    /// How many different values (of several fields: different tuples) the fields have.
    ValueCount,
    /// How many of the rules match.
    Temporal,
    /// As [`CorrelationKind::Temporal`], by events in the order of the rules. Its condition always asks for all of them.
    TemporalOrdered,
    /// The sum of the field's values.
    ValueSum,
    /// Their mean.
    ValueAvg,
    /// Their percentile, by nearest rank: the smallest value that at least so many percent do not exceed.
    ValuePercentile(Percent),
}

impl CorrelationKind {
    /// Whether numbers are measured: a value that is none, the empty text among them, does not count.
    pub fn measures_numbers(self) -> bool {
        match self {
            Self::ValueSum | Self::ValueAvg | Self::ValuePercentile(_) => true,
            Self::EventCount | Self::ValueCount | Self::Temporal | Self::TemporalOrdered => false,
        }
    }
}

/// A share from 0 to 100; `value_median` is 50.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(pub u8);

/// A rule that a correlation refers to.
#[derive(Clone, Debug, PartialEq)]
pub struct Referenced {
    /// The name or id that the correlation calls it by.
    pub name: String,
    /// What matches it.
    pub matches: Matches,
    /// Where each of [`Correlation::group_by`] stands in its matches, aliases resolved.
    pub group: Vec<Place>,
    /// Where each field of the condition stands, aliases resolved: one for a sum and its like, at least one for a count of values, else none.
    pub values: Vec<Place>,
    /// Where the correlation names it.
    pub span: Span,
}

/// What a correlation counts.
#[derive(Clone, Debug, PartialEq)]
pub enum Matches {
    /// Events that satisfy a rule.
    Events(Box<Ir>),
    /// Matches of another correlation (a chain). Such a match stands at the instant of its last event.
    Correlation(Box<Correlation>),
}

/// Where a value of a match is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// From the field of the event; of a match of a correlation: of its last event.
    Field(Path),
    /// From the group of an inner correlation: its `group_by` at this position.
    Group(usize),
}

impl Place {
    /// The field, where it is one of an event.
    pub fn field(&self) -> Option<&Path> {
        match self {
            Self::Field(path) => Some(path),
            Self::Group(_) => None,
        }
    }
}

impl Series {
    /// What is said of single events: every predicate, in the order of the rule.
    pub fn events(&self) -> Vec<&Ir> {
        match self {
            Self::Sequence(sequence) => sequence.terms().map(|term| &term.event).collect(),
            Self::Sample(sample) => sample.terms.iter().map(|term| &term.event).collect(),
            Self::Correlation(correlation) => correlation.events(),
        }
    }

    /// How events are ordered; a sample takes them as they stand in the stream.
    pub fn order(&self) -> Option<&Order> {
        match self {
            Self::Sequence(sequence) => Some(&sequence.order),
            Self::Sample(_) => None,
            Self::Correlation(correlation) => Some(&correlation.order),
        }
    }

    /// Where in the rule it is said that several events are meant.
    pub fn span(&self) -> Span {
        match self {
            Self::Sequence(sequence) => sequence.span,
            Self::Sample(sample) => sample.span,
            Self::Correlation(correlation) => correlation.span,
        }
    }

    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sequence(_) => "sequence",
            Self::Sample(_) => "sample",
            Self::Correlation(_) => "correlation",
        }
    }

    /// Every field that is read, time and keys included, and what is known of it.
    pub fn fields(&self) -> BTreeMap<Path, FieldSchema> {
        let mut fields = BTreeMap::new();
        for ir in self.events() {
            fields.extend(ir.fields.clone());
        }
        let (keys, places) = match self {
            Self::Sequence(sequence) => (keys(sequence.terms()), BTreeSet::new()),
            Self::Sample(sample) => (keys(sample.terms.iter()), BTreeSet::new()),
            Self::Correlation(correlation) => (Vec::new(), correlation.paths()),
        };
        for key in keys {
            fields.insert(key.field.clone(), key.schema.clone());
        }
        for path in places {
            let keyword = FieldSchema::new(verdict_event::FieldType::Keyword);
            fields.entry(path).or_insert(keyword);
        }
        fields
    }
}

fn keys<'t>(terms: impl Iterator<Item = &'t Term>) -> Vec<&'t Key> {
    terms.flat_map(|term| &term.keys).collect()
}

impl Sequence {
    /// The terms of the stages, then that of `until`.
    pub fn terms(&self) -> impl Iterator<Item = &Term> {
        let stages = self.stages.iter().map(|stage| &stage.term);
        stages.chain(self.until.as_deref())
    }

    /// The stage of every slot of a match: [`Stage::runs`] spelled out.
    pub fn slots(&self) -> Vec<&Stage> {
        let repeated = |stage| (0..Stage::count(stage)).map(move |_| stage);
        self.stages.iter().flat_map(repeated).collect()
    }
}

impl Stage {
    fn count(&self) -> u32 {
        self.runs
    }
}

impl Correlation {
    /// Every rule over single events that is counted, those of inner correlations included.
    pub fn every_rule(&self) -> Vec<&Referenced> {
        let mut found = Vec::new();
        for rule in &self.rules {
            match &rule.matches {
                Matches::Events(_) => found.push(rule),
                Matches::Correlation(inner) => found.extend(inner.every_rule()),
            }
        }
        found
    }

    fn events(&self) -> Vec<&Ir> {
        let mut found = Vec::new();
        for rule in &self.rules {
            match &rule.matches {
                Matches::Events(ir) => found.push(&**ir),
                Matches::Correlation(inner) => found.extend(inner.events()),
            }
        }
        found
    }

    /// The fields of groups and conditions, those of inner correlations included.
    fn paths(&self) -> BTreeSet<Path> {
        let mut found = BTreeSet::new();
        for rule in &self.rules {
            for place in rule.group.iter().chain(&rule.values) {
                match place {
                    Place::Field(path) => {
                        found.insert(path.clone());
                    }
                    Place::Group(_) => {}
                }
            }
            match &rule.matches {
                Matches::Events(_) => {}
                Matches::Correlation(inner) => found.extend(inner.paths()),
            }
        }
        found
    }
}
