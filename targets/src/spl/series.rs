//! Rules over several events in Splunk.
//!
//! A correlation is rows put together by instant and group, over which `streamstats` slides a window. An EQL sequence is one pass of `streamstats` a stage:
//! each hands on, key by key, the pending match that the stage before holds.
//!
//! - `pipe`: names and steps of a search behind its first command.
//! - `base`: what is said of single events, and the columns that tell which rule an event matches.
//! - `correlation`, `group`, `measure`: windows.
//! - `sequence`: stages.
//! - `rows`: the row that an event becomes.

mod base;
mod correlation;
mod group;
mod measure;
mod pipe;
mod rows;
mod sequence;

use crate::profile::{BoundSeries, Profile};
use crate::spl::caps::cares_for_empty;
use crate::target::{Claim, Emitted};
use std::collections::BTreeSet;
use verdict_compiler::codes::divergence::EMPTY_IS_MISSING;
use verdict_compiler::codes::target::{PROFILE_TEST, SERIES_STATE};
use verdict_compiler::ir::Series;
use verdict_compiler::{Code, Ir, Refusal, Rule};

pub(crate) use group::group_columns;
pub(crate) use rows::{columns, projector};

/// Compiles a rule over several events.
pub(crate) fn compile(rule: &Rule, series: &Series, profile: &Profile) -> Emitted {
    let bound = match profile.bind_series(series) {
        Ok(bound) => bound.of_indices(rule),
        Err(refusals) => return refused(refusals),
    };
    if let Some(derived) = bound.derived.first() {
        let reason = format!("`{}` would have to be computed first", derived.name);
        return Emitted::refused(Refusal {
            code: PROFILE_TEST,
            reason,
            span: series.span(),
        });
    }
    let written = match &bound.series {
        Series::Correlation(correlation) => correlation::write(rule, correlation, &bound),
        Series::Sequence(sequence) => sequence::write(rule, sequence, &bound),
        Series::Sample(sample) => Err(vec![Refusal {
            code: SERIES_STATE,
            reason: "`streamstats` cannot look for events of one key in every combination; `native` and `eql` can"
                .to_owned(),
            span: sample.span,
        }]),
    };
    written.unwrap_or_else(refused)
}

fn refused(refusals: Vec<Refusal>) -> Emitted {
    Emitted {
        claim: Claim::Unsupported(refusals),
        text: None,
    }
}

/// The claim of a series whose events alone are said with these codes.
fn claim(codes: BTreeSet<Code>, bound: &BoundSeries, reads_values: bool) -> Claim {
    let mut codes: BTreeSet<Code> = codes.into_iter().chain(bound.codes.clone()).collect();
    let cares = |ir: &Ir| cares_for_empty(ir, &bound.never_empty.of(ir));
    if reads_values || bound.series.events().into_iter().any(cares) {
        codes.insert(EMPTY_IS_MISSING);
    }
    if codes.is_empty() {
        Claim::Exact
    } else {
        Claim::Diverges(codes.into_iter().collect())
    }
}
