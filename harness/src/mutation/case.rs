//! Mistakes in how letters of patterns compare.

use super::operator::{CASE_KEPT, CASE_LOST};
use super::{Add, tested, with_test};
use verdict_compiler::ir::{Case, Leaf, Pattern, Test, fold};

pub(super) fn mutants(leaf: &Leaf, add: &mut Add<'_>) {
    let Some((_, Test::Text(pattern))) = tested(leaf) else {
        return;
    };
    if !has_letters(pattern) {
        return;
    }
    let (operator, case) = match pattern.case() {
        Case::Fold => (CASE_KEPT, Case::Exact),
        Case::Exact => (CASE_LOST, Case::Fold),
    };
    add(
        operator,
        with_test(leaf, Test::Text(pattern.clone().with_case(case))),
    );
}

/// Whether case can make a difference.
pub(super) fn has_letters(pattern: &Pattern) -> bool {
    let cased = |c: char| fold::fold_char(c) != c || c.to_uppercase().any(|upper| upper != c);
    pattern.literals().any(|text| text.chars().any(cased))
}
