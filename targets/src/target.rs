//! What every target that emits text offers.

use crate::profile::Profile;
use verdict_compiler::codes::target::NO_SERIES;
use verdict_compiler::ir::Series;
use verdict_compiler::{Code, Ir, Refusal, Rule};
use verdict_event::{Event, Schema};

/// A language that rules compile to. Never asked for by name: what differs between services and versions is in the profile.
pub trait Target: Sync {
    /// The target's name: `kql`.
    fn name(&self) -> &'static str;

    /// The ending of its files, without the dot.
    fn extension(&self) -> &'static str;

    /// Compiles a rule for a profile. Never silent: the claim says what the text is worth.
    fn compile(&self, rule: &Rule, ir: &Ir, profile: &Profile) -> Emitted;

    /// Compiles a rule over several events. A target that has no text for any of them says so here.
    fn compile_series(&self, _rule: &Rule, series: &Series, _profile: &Profile) -> Emitted {
        Emitted::refused(no_series(self.name(), series))
    }

    /// The schema that the emitted text of this IR expects of its rows: every column it reads.
    fn schema(&self, ir: &Ir, profile: &Profile) -> Schema;

    /// What makes an event the row that it becomes where this profile's data live. What depends on the rule alone is worked out once, here.
    fn projector<'i>(&self, ir: &'i Ir, profile: &Profile) -> Projector<'i>;
}

/// From an event to its row.
pub type Projector<'i> = Box<dyn Fn(&Event) -> Projection + Send + Sync + 'i>;

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
