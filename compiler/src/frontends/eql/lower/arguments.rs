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
        let constants: Option<Vec<Option<Scalar>>> = arguments.iter().map(constant).collect();
        if let Some(constants) = constants {
            return match function::apply(function, &constants) {
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

/// The constant that a value is: Some(None) for null, None for what depends on the event.
fn constant(value: &Typed) -> Option<Option<Scalar>> {
    match &value.value {
        Value::Null => Some(None),
        Value::Const(scalar) => Some(Some(scalar.clone())),
        Value::Term(_) | Value::Cond(_) | Value::Invalid => None,
    }
}
