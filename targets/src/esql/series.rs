//! Correlations in ES|QL.
//!
//! ES|QL has aggregations and no windows that slide. But a window that ends at an event reaches back over one border at most of a grid of its own length. So
//! each row stands in its own bucket and in the next, and within a bucket every row is put beside every end of a window: what lies within the window then
//! is a matter of two comparisons. That is exact, edges and all, for what costs the square of the rows of two windows of one group.
//!
//! - `correlation`: from events to a row for each instant and group; `group`: the columns of the group.
//! - `measure`: what is summed of a window; `steps`: what each type asks of it.
//! - `window`: rows put beside the ends of windows.
//! - `rows`: the row that an event becomes.
//!
//! EQL's sequences and samples hand a state from event to event, for which there is no way.

mod correlation;
mod group;
mod measure;
mod rows;
mod steps;
mod window;

use crate::esql::version::Dialect;
use crate::esql::{caps, from_series};
use crate::profile::Profile;
use crate::target::{Claim, Emitted};
use verdict_compiler::codes::target::{ESQL_SIZE, ESQL_VERSION, SERIES_STATE};
use verdict_compiler::ir::Series;
use verdict_compiler::{Code, Refusal, Rule, Span};

pub(crate) use group::group_columns;
pub(crate) use rows::{columns, projector};

/// Compiles a rule over several events.
pub(crate) fn compile(rule: &Rule, series: &Series, profile: &Profile) -> Emitted {
    let dialect = Dialect::of(profile);
    if let Some(old) = dialect.too_old() {
        let reason =
            format!("the pack is for Elasticsearch {old}, and ES|QL is written for 8.19 and later");
        return refused(ESQL_VERSION, reason, Span::default());
    }
    let bound = match profile.bind_series(series) {
        Ok(bound) => bound.of_indices(rule),
        Err(refusals) => {
            return Emitted {
                claim: Claim::Unsupported(refusals),
                text: None,
            };
        }
    };
    let Series::Correlation(correlation) = &bound.series else {
        let reason = format!(
            "ES|QL hands no state from event to event, as a {} does; `eql` says it to the same service, `native` runs it",
            series.word()
        );
        return refused(SERIES_STATE, reason, series.span());
    };
    let index = from_series(&bound.from);
    let emitted = correlation::write(rule, correlation, &bound, dialect, &index);
    let emitted = emitted.unwrap_or_else(|refusals| Emitted {
        claim: Claim::Unsupported(refusals),
        text: None,
    });
    let length = emitted.text.as_ref().map_or(0, |text| text.chars().count());
    if length > caps::LONGEST {
        let reason = format!(
            "the query is longer than the {} characters that ES|QL takes",
            caps::LONGEST
        );
        return refused(ESQL_SIZE, reason, series.span());
    }
    emitted
}

fn refused(code: Code, reason: String, span: Span) -> Emitted {
    Emitted::refused(Refusal { code, reason, span })
}
