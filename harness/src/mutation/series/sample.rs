//! Mistakes in a sample.

use super::{SeriesMutant, keys};
use crate::mutation::operator::{LIMIT_DROPPED, STAGE_DOUBLED, STAGE_DROPPED};
use verdict_compiler::ir::Series;
use verdict_compiler::ir::series::Sample;

pub(super) fn mutants(sample: &Sample) -> Vec<SeriesMutant> {
    let every: Vec<usize> = (0..sample.terms.len()).collect();
    let mut found = Vec::new();
    for (at, term) in sample.terms.iter().enumerate() {
        let of = |operator, instead: &str, other: Sample, predicates| SeriesMutant {
            operator,
            place: format!("term {}", at + 1),
            span: term.span,
            instead: instead.to_owned(),
            series: Series::Sample(other),
            predicates,
            counted: true,
            key: None,
        };
        if sample.terms.len() > 1 {
            let (mut other, mut predicates) = (sample.clone(), every.clone());
            other.terms.remove(at);
            predicates.remove(at);
            found.push(of(STAGE_DROPPED, "left out", other, predicates));
        }
        let (mut other, mut predicates) = (sample.clone(), every.clone());
        other.terms.insert(at, term.clone());
        predicates.insert(at, at);
        found.push(of(STAGE_DOUBLED, "twice", other, predicates));
    }
    let terms: Vec<_> = sample.terms.iter().collect();
    for change in keys::changes(&terms) {
        found.push(SeriesMutant {
            operator: change.operator,
            place: change.place,
            span: change.span,
            instead: change.instead.to_owned(),
            series: Series::Sample(Sample {
                terms: change.terms,
                ..sample.clone()
            }),
            predicates: every.clone(),
            counted: false,
            key: change.missing,
        });
    }
    for at in 0..sample.limits.len() {
        let mut other = sample.clone();
        other.limits.remove(at);
        found.push(SeriesMutant {
            operator: LIMIT_DROPPED,
            place: "the limit of matches".to_owned(),
            span: sample.span,
            instead: "left out".to_owned(),
            series: Series::Sample(other),
            predicates: every.clone(),
            counted: false,
            key: None,
        });
    }
    found
}
