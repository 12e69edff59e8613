//! Function values: folded where every argument is constant.

use super::Lowering;
use super::value::{Kind, Typed, Value};
use crate::ir::{Function, Scalar, Term, function};
use crate::span::Span;

impl Lowering<'_, '_> {
    /// The function of these arguments. A null among the first `required` makes it null; a later one stands for the default.
    pub(super) fn applied(
        function: Function,
        arguments: Vec<Typed>,
        required: usize,
        kind: Kind,
        span: Span,
    ) -> Typed {
        if arguments.iter().any(Typed::is_invalid) {
            return Typed::invalid(span);
        }
        if arguments.iter().take(required).any(Typed::is_null) {
            return Typed::null(span);
        }
        if arguments.iter().all(is_constant) {
            let scalars: Vec<Option<Scalar>> = arguments.into_iter().map(scalar).collect();
            return match function::apply(function, &scalars) {
                Some(scalar) => Typed::constant(scalar, span),
                None => Typed::null(span),
            };
        }
        let mut terms: Vec<Option<Term>> = arguments.into_iter().map(Typed::into_term).collect();
        while terms.last().is_some_and(Option::is_none) {
            terms.pop();
        }
        // What is left of the nulls stands before another argument: a start, whose default is 0.
        let zero = || Term::Const(Scalar::Number(0.into()));
        let terms = terms
            .into_iter()
            .map(|term| term.unwrap_or_else(zero))
            .collect();
        Typed::term(Term::Call(function, terms), kind, span)
    }
}

/// Whether a value is the same for every event.
fn is_constant(value: &Typed) -> bool {
    matches!(value.value, Value::Null | Value::Const(_))
}

/// The constant that a value is; None for null.
fn scalar(value: Typed) -> Option<Scalar> {
    match value.value {
        Value::Const(scalar) => Some(scalar),
        Value::Null | Value::Term(_) | Value::Cond(_) | Value::Invalid => None,
    }
}
