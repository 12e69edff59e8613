//! What every target that emits text offers.

use crate::follow_up::Window;
use crate::profile::{Bound, Derived, Profile};
use verdict_compiler::codes::target::NO_SERIES;
use verdict_compiler::ir::Series;
use verdict_compiler::{Code, Ir, Refusal, Rule};
use verdict_event::{Event, FieldSchema, Schema, Value};

/// A language that rules compile to. Never asked for by name: what differs between services and versions is in the profile.
pub trait Target: Sync {
    /// The target's name: `kql`.
    fn name(&self) -> &'static str;

    /// The ending of its files, without the dot.
    fn extension(&self) -> &'static str;

    /// Compiles a rule that is bound to the columns of a profile. Never silent: the claim says what the text is worth.
    fn emit(&self, rule: &Rule, bound: &Bound, profile: &Profile) -> Emitted;

    /// The columns that the emitted text reads, computed ones among them.
    fn columns(&self, bound: &Bound) -> Schema;

    /// Compiles a rule over several events. A target that has no text for any of them says so here.
    fn compile_series(&self, _rule: &Rule, series: &Series, _profile: &Profile) -> Emitted {
        Emitted::refused(no_series(self.name(), series))
    }

    /// The rows over which the text of a rule over several events is run, and what makes an event one of them.
    ///
    /// # Errors
    ///
    /// Why there is no text that rows could be for.
    fn series_rows(&self, series: &Series, _profile: &Profile) -> Result<SeriesRows, Vec<Refusal>> {
        Err(vec![no_series(self.name(), series)])
    }

    /// What a search request says beside the query, for a file of its own. Only where the service takes one.
    fn search_body(&self, _query: &str, _series: &Series, _profile: &Profile) -> Option<String> {
        None
    }

    /// What gives a row the types and written forms of its columns. What depends on the rule alone is worked out once, here.
    fn typing(&self, bound: &Bound) -> Projector;

    /// Whether a query of the language can say from when to when it looks.
    fn has_times(&self) -> bool {
        false
    }

    /// A query that [`Target::compile`] made, over a window of time.
    ///
    /// # Errors
    ///
    /// Why the language cannot say the window.
    fn limited(&self, query: &str, _: &Profile, _: &Window) -> Result<String, String> {
        Ok(query.to_owned())
    }

    /// Compiles a rule for a profile.
    fn compile(&self, rule: &Rule, ir: &Ir, profile: &Profile) -> Emitted {
        let bound = match profile.bind(ir) {
            Ok(bound) => bound.of_indices(rule),
            Err(refusals) => {
                return Emitted {
                    claim: Claim::Unsupported(refusals),
                    text: None,
                };
            }
        };
        let mut emitted = self.emit(rule, &bound, profile);
        emitted.claim = match emitted.claim {
            Claim::Exact if bound.codes.is_empty() => Claim::Exact,
            Claim::Exact => Claim::Diverges(bound.codes),
            Claim::Diverges(codes) => Claim::Diverges(merged(codes, &bound.codes)),
            refused @ Claim::Unsupported(_) => refused,
        };
        emitted
    }

    /// The schema that the emitted text expects of its rows: every column of the table that it reads. Empty for a rule that the profile cannot hold.
    fn schema(&self, ir: &Ir, profile: &Profile) -> Schema {
        let Ok(bound) = profile.bind(ir) else {
            return Schema::default();
        };
        let mut schema = self.columns(&bound);
        for derived in &bound.derived {
            schema.fields.remove(derived.name.as_str());
            for part in derived.parts() {
                let field = FieldSchema::new(derived.kind());
                schema.fields.insert(part.as_str().to_owned(), field);
            }
        }
        if let Some(time) = &bound.time {
            schema.timestamp.field.clone_from(time);
        }
        schema
    }

    /// What makes an event the row that it becomes where this profile's data live.
    fn projector(&self, ir: &Ir, profile: &Profile) -> Projector {
        let Ok(bound) = profile.bind(ir) else {
            return Box::new(|_| {
                Projection::Unrepresentable("the profile cannot hold the rule".to_owned())
            });
        };
        let typing = self.typing(&bound);
        let Some(rows) = bound.rows.clone() else {
            return typing;
        };
        Box::new(move |event| match rows.row(event) {
            Err(reason) => Projection::Unrepresentable(reason),
            Ok(row) => match typing(&row) {
                Projection::Row(typed) => Projection::Row(with_parts(&typed, &row, &bound.derived)),
                none @ Projection::Unrepresentable(_) => none,
            },
        })
    }

    /// Events near one that no row holds, which a row does hold: of fields that share a column, one gives way to the other.
    fn neighbours(&self, ir: &Ir, profile: &Profile) -> Neighbours {
        match profile.bind(ir).ok().and_then(|bound| bound.rows) {
            Some(rows) => Box::new(move |event| rows.near(event)),
            None => Box::new(|_| Vec::new()),
        }
    }
}

/// Both lists of codes as one, ascending.
fn merged(mut codes: Vec<Code>, more: &[Code]) -> Vec<Code> {
    codes.extend(more);
    codes.sort();
    codes.dedup();
    codes
}

/// A typed row with the columns that computed ones are made of in their place.
pub(crate) fn with_parts(typed: &Event, row: &Event, derived: &[Derived]) -> Event {
    let is_derived = |name: &str| derived.iter().any(|derived| derived.name.as_str() == name);
    let kept = typed.entries().iter();
    let mut cells: Vec<(String, Value)> = kept
        .filter(|(name, _)| !is_derived(name))
        .cloned()
        .collect();
    for part in derived.iter().flat_map(Derived::parts) {
        if cells.iter().any(|(name, _)| name == part.as_str()) {
            continue;
        }
        let mut known = row.entries().iter();
        let value = known.find(|(name, _)| name == part.as_str());
        let value = value.map_or(Value::Null, |(_, value)| value.clone());
        cells.push((part.as_str().to_owned(), value));
    }
    Event::new(cells)
}

/// From an event to its row.
pub type Projector = Box<dyn Fn(&Event) -> Projection + Send + Sync>;

/// From an event that is no row to events near it that are.
pub type Neighbours = Box<dyn Fn(&Event) -> Vec<Event> + Send + Sync>;

/// The rows of a rule over several events.
pub struct SeriesRows {
    /// The columns that the text reads.
    pub schema: Schema,
    /// What becomes of an event of a stream; the number is the place of its row in the table, where the text identifies rows.
    pub project: Box<dyn Fn(usize, &Event) -> StreamProjection + Send + Sync>,
}

/// What becomes of an event of a stream.
#[derive(Clone, Debug, PartialEq)]
pub enum StreamProjection {
    /// This row.
    Row(Event),
    /// The table does not hold such events, and the query never sees it.
    Elsewhere,
    /// The table has events of this kind, but no row holds this one, for this reason: its stream is counted, never compared.
    Unrepresentable(String),
}

/// A rule compiled for one target and profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Emitted {
    /// What the text is worth.
    pub claim: Claim,
    /// The text; None exactly where the claim is [`Claim::Unsupported`].
    pub text: Option<String>,
}

impl Emitted {
    /// No text, for this reason.
    pub fn refused(refusal: Refusal) -> Self {
        Self {
            claim: Claim::Unsupported(vec![refusal]),
            text: None,
        }
    }
}

/// Why a target without sequences, samples and correlations has no text for one.
pub fn no_series(target: &str, series: &Series) -> Refusal {
    Refusal {
        code: NO_SERIES,
        reason: format!("{target} has no {}s yet", series.word()),
        span: series.span(),
    }
}

/// What `caps` says of a rule and a target. A claim; the harness proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The same verdict on every event of the profile's domain.
    Exact,
    /// The same verdict but for events that a named divergence describes; the codes, ascending, at least one.
    Diverges(Vec<Code>),
    /// No text, and every reason for it; at least one.
    Unsupported(Vec<Refusal>),
}

/// What becomes of an event in a profile's table.
#[derive(Clone, Debug, PartialEq)]
pub enum Projection {
    /// This row; its keys are column names.
    Row(Event),
    /// No row holds this event's values, for this reason: it is counted, never compared.
    Unrepresentable(String),
}
