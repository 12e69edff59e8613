//! Mistakes about instants and parts of dates.

use super::number::comparisons;
use super::operator::{
    INSTANT_EARLIER, INSTANT_LATER, Operator, PART_DOWN, PART_REPLACED, PART_UP,
};
use super::{Add, tested, with_test};
use verdict_compiler::ir::{DatePart, Leaf, Test};

pub(super) fn mutants(leaf: &Leaf, add: &mut Add<'_>) {
    let Some((_, test)) = tested(leaf) else {
        return;
    };
    let mut put = |operator: Operator, test: Test| add(operator, with_test(leaf, test));
    match test {
        Test::Instant(comparison, at) => {
            for (operator, by) in [(INSTANT_LATER, 1), (INSTANT_EARLIER, -1)] {
                put(operator, Test::Instant(*comparison, at.saturating_add(by)));
            }
            for (operator, other) in comparisons(*comparison) {
                put(operator, Test::Instant(other, *at));
            }
        }
        Test::DatePart(part, comparison, number) => {
            for (operator, by) in [(PART_UP, 1), (PART_DOWN, -1)] {
                let other = number.saturating_add(by);
                put(operator, Test::DatePart(*part, *comparison, other));
            }
            for (operator, other) in comparisons(*comparison) {
                put(operator, Test::DatePart(*part, other, *number));
            }
            let other = Test::DatePart(mistaken_for(*part), *comparison, *number);
            put(PART_REPLACED, other);
        }
        Test::AnyValue
        | Test::Text(_)
        | Test::Numeral(_)
        | Test::Compare(..)
        | Test::TextOrder(..)
        | Test::Bool(_)
        | Test::Regex(_)
        | Test::Cidr(_)
        | Test::Version(..) => {}
    }
}

/// The part that a part is taken for.
fn mistaken_for(part: DatePart) -> DatePart {
    match part {
        DatePart::Minute | DatePart::Year => DatePart::Month,
        DatePart::Month | DatePart::Hour => DatePart::Minute,
        DatePart::Day => DatePart::Week,
        DatePart::Week => DatePart::Day,
    }
}
