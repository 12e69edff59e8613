//! Mistakes in functions: their arguments.

use super::operator::{ARGUMENT_DOWN, ARGUMENT_UP, ARGUMENTS_SWAPPED, FUNCTION_LEFT_OUT, Operator};
use super::{Add, becomes};
use verdict_compiler::ir::{Function, Leaf, LeafKind, Scalar, Term};
use verdict_event::Number;

pub(super) fn mutants(leaf: &Leaf, add: &mut Add<'_>) {
    match &leaf.kind {
        LeafKind::Is { term, test } => {
            for (operator, term) in mistaken_for(term) {
                let test = test.clone();
                add(operator, becomes(leaf, LeafKind::Is { term, test }));
            }
        }
        LeafKind::Missing(term) => {
            for (operator, term) in mistaken_for(term) {
                add(operator, becomes(leaf, LeafKind::Missing(term)));
            }
        }
        LeafKind::Relate {
            relation,
            left,
            right,
        } => {
            let mut put = |operator: Operator, left: Term, right: Term| {
                let relation = relation.clone();
                let kind = LeafKind::Relate {
                    relation,
                    left,
                    right,
                };
                add(operator, becomes(leaf, kind));
            };
            for (operator, term) in mistaken_for(left) {
                put(operator, term, right.clone());
            }
            for (operator, term) in mistaken_for(right) {
                put(operator, left.clone(), term);
            }
        }
        LeafKind::Present(_) | LeafKind::AnyText(_) => {}
    }
}

/// Terms that are taken for this one.
fn mistaken_for(term: &Term) -> Vec<(Operator, Term)> {
    let Term::Call(function, arguments) = term else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (at, argument) in arguments.iter().enumerate() {
        let mut put = |operator: Operator, changed: Term| {
            let mut arguments = arguments.clone();
            if let Some(place) = arguments.get_mut(at) {
                *place = changed;
            }
            found.push((operator, Term::Call(*function, arguments)));
        };
        if let Term::Const(Scalar::Number(number)) = argument
            && let Some(whole) = number.as_i64()
        {
            for (operator, by) in [(ARGUMENT_UP, 1), (ARGUMENT_DOWN, -1)] {
                let other = Number::from(whole.saturating_add(by));
                put(operator, Term::Const(Scalar::Number(other)));
            }
        }
        for (operator, changed) in mistaken_for(argument) {
            put(operator, changed);
        }
    }
    if let [first, second, ..] = arguments.as_slice()
        && first != second
        && !matches!(function, Function::Add | Function::Multiply)
    {
        let mut swapped = arguments.clone();
        swapped.swap(0, 1);
        found.push((ARGUMENTS_SWAPPED, Term::Call(*function, swapped)));
    }
    if let Some(first @ (Term::Field(_) | Term::Call(..))) = arguments.first() {
        found.push((FUNCTION_LEFT_OUT, first.clone()));
    }
    found
}
