//! Aggregates of `STATS`: names and types.

use super::{Kind, Version};
use crate::esql::run::aggregate;

/// An aggregate.
#[derive(Clone, Copy, Debug)]
pub(in crate::esql) struct Aggregate {
    pub(in crate::esql) name: &'static str,
    pub(in crate::esql) since: Version,
    pub(in crate::esql) takes: &'static [Kind],
    /// How many arguments must be given.
    pub(in crate::esql) least: usize,
    /// What computes it, before its constants are known.
    pub(in crate::esql) kind: aggregate::Kind,
}

const fn row(
    name: &'static str,
    takes: &'static [Kind],
    least: usize,
    kind: aggregate::Kind,
) -> Aggregate {
    Aggregate {
        name,
        since: Version::new(8, 11),
        takes,
        least,
        kind,
    }
}

/// Source: docs, aggregation functions.
const TABLE: [Aggregate; 11] = [
    row("count", &[Kind::Any], 0, aggregate::Kind::Count),
    // The second argument is a precision.
    row(
        "count_distinct",
        &[Kind::Any, Kind::Number],
        1,
        aggregate::Kind::CountDistinct,
    ),
    row(
        "sum",
        &[Kind::Number],
        1,
        aggregate::Kind::Sum { whole: false },
    ),
    row("avg", &[Kind::Number], 1, aggregate::Kind::Average),
    row("min", &[Kind::Any], 1, aggregate::Kind::Min),
    row("max", &[Kind::Any], 1, aggregate::Kind::Max),
    row(
        "median",
        &[Kind::Number],
        1,
        aggregate::Kind::Percentile(50.0),
    ),
    row(
        "percentile",
        &[Kind::Number, Kind::Number],
        2,
        aggregate::Kind::Percentile(50.0),
    ),
    Aggregate {
        since: Version::new(8, 18),
        ..row("std_dev", &[Kind::Number], 1, aggregate::Kind::Deviation)
    },
    row("values", &[Kind::Any], 1, aggregate::Kind::Values),
    row(
        "top",
        &[Kind::Any, Kind::Integer, Kind::Literal],
        2,
        aggregate::Kind::Top {
            limit: 1,
            ascending: true,
        },
    ),
];

/// The aggregate with a name, in any case.
pub(in crate::esql) fn find(name: &str) -> Option<&'static Aggregate> {
    let lower = name.to_ascii_lowercase();
    TABLE.iter().find(|aggregate| aggregate.name == lower)
}
