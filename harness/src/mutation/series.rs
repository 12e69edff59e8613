//! Mistakes about how events come together: in sequences and samples, and in correlations. Those about single events are the same as everywhere.

mod correlation;
mod keys;
mod sample;
mod sequence;

use super::Operator;
use verdict_compiler::Span;
use verdict_compiler::ir::Series;

/// A rule over several events with one mistake in it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesMutant {
    /// What kind of mistake.
    pub operator: Operator,
    /// Where it is.
    pub place: String,
    /// Where that is in the rule file.
    pub span: Span,
    /// What stands there by mistake.
    pub instead: String,
    /// The rule with the mistake.
    pub series: Series,
    /// For each predicate of it, as [`Series::events`] counts them, which one of the rule's it is.
    pub predicates: Vec<usize>,
    /// Whether its matches have other slots than the rule's, or which events they tell is not all of them can say: then it is seen by how many there are.
    pub counted: bool,
    /// The key of which only missing values are concerned, by its position.
    pub key: Option<usize>,
}

/// Every mutant, place by place; none that is the rule itself.
pub fn series_mutants(series: &Series) -> Vec<SeriesMutant> {
    let mut found = match series {
        Series::Sequence(sequence) => sequence::mutants(sequence),
        Series::Sample(sample) => sample::mutants(sample),
        Series::Correlation(correlation) => correlation::mutants(correlation),
    };
    found.retain(|mutant| mutant.series != *series);
    found
}
