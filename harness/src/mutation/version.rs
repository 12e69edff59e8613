//! Mistakes about versions and the order of texts.

use super::number::{comparisons, text_order};
use super::operator::{ORDER_IN_LOWER_CASE, Operator, VERSION_AS_TEXT, VERSION_UP};
use super::{Add, tested, with_test};
use verdict_compiler::ir::{Leaf, Test, fold};

pub(super) fn mutants(leaf: &Leaf, add: &mut Add<'_>) {
    let Some((_, test)) = tested(leaf) else {
        return;
    };
    let mut put = |operator: Operator, test: Test| add(operator, with_test(leaf, test));
    match test {
        Test::Version(comparison, version) => {
            for (operator, other) in comparisons(*comparison) {
                put(operator, Test::Version(other, version.clone()));
            }
            put(VERSION_AS_TEXT, text_order(*comparison, version));
            let longer = format!("{version}.1");
            put(VERSION_UP, Test::Version(*comparison, longer));
        }
        Test::TextOrder(comparison, text) => {
            for (operator, other) in comparisons(*comparison) {
                put(operator, text_order(other, text));
            }
            let lower = fold::fold(text);
            if lower != *text {
                put(ORDER_IN_LOWER_CASE, text_order(*comparison, &lower));
            }
        }
        Test::AnyValue
        | Test::Text(_)
        | Test::Numeral(_)
        | Test::Compare(..)
        | Test::Bool(_)
        | Test::Regex(_)
        | Test::Cidr(_)
        | Test::Instant(..)
        | Test::DatePart(..) => {}
    }
}
