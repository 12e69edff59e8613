//! Relations between two values.

use super::scalar::Scalar;
use super::test::Comparison;
use super::version;
use std::cmp::Ordering;

/// As what values are seen by a comparison. A value that cannot be seen so does not take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Their texts, ignoring case.
    Text,
    /// Their texts, exactly.
    TextExact,
    /// Numbers: JSON numbers, or decimal text.
    Number,
    /// Booleans.
    Bool,
    /// Addresses.
    Address,
    /// Software versions.
    Version,
    /// Instants.
    Instant,
}

/// A relation between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// They compare so.
    Compare(Comparison, View),
    /// The left text begins with the right one.
    StartsWith {
        /// Whether case matters.
        exact: bool,
    },
    /// The left text ends with the right one.
    EndsWith {
        /// Whether case matters.
        exact: bool,
    },
    /// The left text holds the right one.
    Contains {
        /// Whether case matters.
        exact: bool,
        /// Whether every text holds the empty one.
        empty: bool,
    },
}

/// Whether some pair of values stands in the relation.
pub fn related(left: &[Option<Scalar>], relation: Relation, right: &[Option<Scalar>]) -> bool {
    left.iter()
        .flatten()
        .any(|a| right.iter().flatten().any(|b| stands(relation, a, b)))
}

/// What the relation says of each pair of values.
pub fn each(
    left: &[Option<Scalar>],
    relation: Relation,
    right: &[Option<Scalar>],
) -> Vec<Option<Scalar>> {
    let says = |a: &Option<Scalar>, b: &Option<Scalar>| {
        Some(Scalar::bool(stands(relation, a.as_ref()?, b.as_ref()?)))
    };
    left.iter()
        .flat_map(|a| right.iter().map(move |b| says(a, b)).collect::<Vec<_>>())
        .collect()
}

fn stands(relation: Relation, a: &Scalar, b: &Scalar) -> bool {
    match relation {
        Relation::Compare(comparison, view) => {
            order(view, a, b).is_some_and(|order| comparison.accepts(order))
        }
        Relation::StartsWith { exact } => a.cased(exact).starts_with(&b.cased(exact)),
        Relation::EndsWith { exact } => a.cased(exact).ends_with(&b.cased(exact)),
        Relation::Contains { exact, empty } => {
            let part = b.cased(exact);
            a.cased(exact).contains(&part) && (empty || !part.is_empty())
        }
    }
}

fn order(view: View, a: &Scalar, b: &Scalar) -> Option<Ordering> {
    match view {
        View::Text => Some(a.cased(false).cmp(&b.cased(false))),
        View::TextExact => Some(a.as_str().cmp(b.as_str())),
        View::Number => Some(a.decimal()?.cmp(&b.decimal()?)),
        View::Bool => Some(a.truth()?.cmp(&b.truth()?)),
        View::Address => Some(a.address()?.cmp(&b.address()?)),
        View::Version => Some(version::compare(a.as_str(), b.as_str())),
        View::Instant => Some(a.instant()?.cmp(&b.instant()?)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Relation, Scalar, View, related};
    use crate::rust::runtime::test::Comparison;

    #[test]
    fn pairs() {
        let check = |left: &[&str], relation: Relation, right: &[&str], expected: bool| {
            let values = |texts: &[&str]| -> Vec<Option<Scalar>> {
                texts.iter().map(|text| Some(Scalar::text(*text))).collect()
            };
            let found = related(&values(left), relation, &values(right));
            assert_eq!(found, expected, "{left:?} {relation:?} {right:?}");
        };
        let less = |view: View| Relation::Compare(Comparison::Less, view);
        check(&["9", "x"], less(View::Number), &["10"], true);
        check(&["9"], less(View::TextExact), &["10"], false);
        check(&["a"], less(View::Text), &["B"], true);
        check(&["::2"], less(View::Address), &["::10"], true);
        check(&[], less(View::Text), &["b"], false);
        check(
            &["ABC"],
            Relation::StartsWith { exact: false },
            &["z", "ab"],
            true,
        );
        check(&["ABC"], Relation::EndsWith { exact: true }, &["bc"], false);
        for empty in [true, false] {
            check(
                &["a"],
                Relation::Contains { exact: true, empty },
                &[""],
                empty,
            );
        }
    }
}
