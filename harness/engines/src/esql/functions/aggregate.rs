//! Aggregates of `STATS`: names and types. Rows of a `STATS` are no events, so nothing computes them here.

use super::Kind;
use crate::esql::value::Type;

/// An aggregate: its name, what it takes, and the type of what it gives (none: that of its argument).
type Aggregate = (&'static str, &'static [Kind], Option<Type>);

/// Source: docs, aggregation functions.
const TABLE: [Aggregate; 11] = [
    ("count", &[Kind::Any], Some(Type::Long)),
    (
        "count_distinct",
        &[Kind::Any, Kind::Number],
        Some(Type::Long),
    ),
    ("sum", &[Kind::Number], None),
    ("avg", &[Kind::Number], Some(Type::Double)),
    ("min", &[Kind::Any], None),
    ("max", &[Kind::Any], None),
    ("median", &[Kind::Number], Some(Type::Double)),
    (
        "percentile",
        &[Kind::Number, Kind::Number],
        Some(Type::Double),
    ),
    ("std_dev", &[Kind::Number], Some(Type::Double)),
    ("values", &[Kind::Any], None),
    ("top", &[Kind::Any, Kind::Integer, Kind::Literal], None),
];

/// The aggregate with a name, in any case.
pub(in crate::esql) fn find(name: &str) -> Option<&'static Aggregate> {
    let lower = name.to_ascii_lowercase();
    TABLE.iter().find(|(name, _, _)| *name == lower)
}
