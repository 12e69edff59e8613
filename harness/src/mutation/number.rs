//! Mistakes in numbers and truth values.

use super::operator::{
    BOUND_LOOSENED, BOUND_TIGHTENED, COMPARISON_FLIPPED, EQUAL_TO_AT_LEAST, NUMBER_AS_TEXT,
    NUMBER_DOWN, NUMBER_UP, NUMERAL_AS_NUMBER, NUMERAL_AS_TEXT, Operator, TRUTH_FLIPPED,
};
use super::{Add, tested, with_test};
use verdict_compiler::ir::{Case, Comparison, Leaf, Pattern, Test};
use verdict_event::Number;

pub(super) fn mutants(leaf: &Leaf, add: &mut Add<'_>) {
    let Some((_, test)) = tested(leaf) else {
        return;
    };
    let mut put = |operator: Operator, test: Test| add(operator, with_test(leaf, test));
    let near = |number: &Number, by: i64| Some(Number::from(number.as_i64()?.checked_add(by)?));
    match test {
        Test::Numeral(number) => {
            for (operator, by) in [(NUMBER_UP, 1), (NUMBER_DOWN, -1)] {
                if let Some(other) = near(number, by) {
                    put(operator, Test::Numeral(other));
                }
            }
            let text = Pattern::literal(number.text(), Case::Fold);
            put(NUMERAL_AS_TEXT, Test::Text(text));
            let number = Test::Compare(Comparison::Equal, number.clone());
            put(NUMERAL_AS_NUMBER, number);
        }
        Test::Compare(comparison, number) => {
            for (operator, by) in [(NUMBER_UP, 1), (NUMBER_DOWN, -1)] {
                if let Some(other) = near(number, by) {
                    put(operator, Test::Compare(*comparison, other));
                }
            }
            for (operator, other) in comparisons(*comparison) {
                put(operator, Test::Compare(other, number.clone()));
            }
            put(NUMBER_AS_TEXT, text_order(*comparison, number.text()));
        }
        Test::Bool(value) => put(TRUTH_FLIPPED, Test::Bool(!value)),
        Test::AnyValue
        | Test::Text(_)
        | Test::TextOrder(..)
        | Test::Regex(_)
        | Test::Cidr(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => {}
    }
}

/// A comparison that is mistaken for this one.
pub(super) fn comparisons(comparison: Comparison) -> Vec<(Operator, Comparison)> {
    let flipped = (COMPARISON_FLIPPED, comparison.swapped());
    match comparison {
        Comparison::Equal => vec![(EQUAL_TO_AT_LEAST, Comparison::GreaterOrEqual)],
        Comparison::Less => vec![(BOUND_LOOSENED, Comparison::LessOrEqual), flipped],
        Comparison::Greater => vec![(BOUND_LOOSENED, Comparison::GreaterOrEqual), flipped],
        Comparison::LessOrEqual => vec![(BOUND_TIGHTENED, Comparison::Less), flipped],
        Comparison::GreaterOrEqual => vec![(BOUND_TIGHTENED, Comparison::Greater), flipped],
    }
}

/// The same comparison of texts.
pub(super) fn text_order(comparison: Comparison, text: &str) -> Test {
    match comparison {
        Comparison::Equal => Test::Text(Pattern::literal(text, Case::Exact)),
        Comparison::Less
        | Comparison::LessOrEqual
        | Comparison::Greater
        | Comparison::GreaterOrEqual => Test::TextOrder(comparison, text.to_owned()),
    }
}
