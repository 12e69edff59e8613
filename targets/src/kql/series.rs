//! Rules over several events in Kusto.
//!
//! A sequence is one step of `scan` that carries the whole machine of its stages in declared columns: documented is that a step's columns, asked for by the step's
//! name, hold what the record before left there. Its other rules, which step promotes what, play no part. A correlation is a join of events with the windows
//! that end at them.
//!
//! - `table`: the table with its time and identifiers, and the conditions on single events.
//! - `fold`: sequences.
//! - `windows`: correlations; `chain` those that ask for an order.
//! - `rows`: the row that an event becomes.

mod chain;
mod fold;
pub(crate) mod rows;
mod table;
mod windows;

use crate::header::{Comment, header};
use crate::profile::{BoundSeries, Profile};
use crate::target::{Claim, Emitted};
use table::Table;
use verdict_compiler::codes::target::{KQL_SCAN, SERIES_STATE};
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::CorrelationKind;
use verdict_compiler::{Refusal, Rule};

pub(crate) use rows::rows;
pub(crate) use table::time_column;
pub(crate) use windows::{label, tells_events};

/// Compiles a rule over several events.
pub(crate) fn compile(rule: &Rule, series: &Series, profile: &Profile) -> Emitted {
    let bound = match bind(series, profile) {
        Ok(bound) => bound,
        Err(refusals) => return refused(refusals),
    };
    let table = match Table::new(&bound, profile) {
        Ok(table) => table,
        Err(refusal) => return refused(vec![refusal]),
    };
    let (told, body) = match &bound.series {
        Series::Sequence(sequence) => {
            let mut fold = fold::Fold::new(table, sequence);
            let body = fold.query();
            (fold.table, body)
        }
        Series::Correlation(correlation) => {
            let mut windows = windows::Windows::new(table);
            let body = windows.query(correlation);
            (windows.table, body)
        }
        // `bind` has refused it.
        Series::Sample(_) => (table, String::new()),
    };
    if !told.refusals.is_empty() {
        return refused(told.refusals);
    }
    let codes: Vec<_> = told.codes.into_iter().collect();
    let header = header(rule, &codes, Comment::SLASHES);
    let claim = if codes.is_empty() {
        Claim::Exact
    } else {
        Claim::Diverges(codes)
    };
    Emitted {
        claim,
        text: Some(format!("{header}{body}")),
    }
}

/// The rule over columns, where Kusto can say it at all.
fn bind(series: &Series, profile: &Profile) -> Result<BoundSeries, Vec<Refusal>> {
    let refuse = |code, reason: &str, span| {
        Err(vec![Refusal {
            code,
            reason: reason.to_owned(),
            span,
        }])
    };
    match series {
        Series::Sample(sample) => {
            return refuse(
                SERIES_STATE,
                "Kusto cannot look for events of one key in every combination; `native` and `eql` can",
                sample.span,
            );
        }
        Series::Sequence(sequence) => {
            if let Some(stage) = sequence.stages.iter().find(|stage| stage.missing) {
                return refuse(
                    SERIES_STATE,
                    "`scan` cannot wait for an event that does not come; `native` and `eql` can",
                    stage.term.span,
                );
            }
        }
        Series::Correlation(_) => {}
    }
    let scans = match series {
        Series::Sequence(_) => true,
        Series::Correlation(correlation) => correlation.kind == CorrelationKind::TemporalOrdered,
        Series::Sample(_) => false,
    };
    if scans && profile.lacks("scan") {
        return refuse(
            KQL_SCAN,
            &format!(
                "nothing says that the service behind `{}` has `scan`, which carries the state from event to event",
                profile.name
            ),
            series.span(),
        );
    }
    profile.bind_series(series)
}

fn refused(refusals: Vec<Refusal>) -> Emitted {
    Emitted {
        claim: Claim::Unsupported(refusals),
        text: None,
    }
}
