//! The values of functions: any combination of their arguments' values.

use crate::oracle::{Oracle, related};
use verdict_compiler::ir::{Expr, Function, LeafKind, Scalar, Term, function, readable};
use verdict_event::{Event, Value};

/// How many combinations of values a function is tried on; beyond it, further ones are not looked at.
const MAX_COMBINATIONS: usize = 10_000;

/// What every combination of its fields' values makes of a term: a value, or none.
pub(super) fn outcomes(oracle: &Oracle<'_>, term: &Term, event: &Event) -> Vec<Option<Value>> {
    match term {
        Term::Field(path) => or_none(oracle.field(path, event)),
        Term::Const(scalar) => vec![Some(value(scalar))],
        Term::Truth { holds, known } => truths(oracle, holds, known, event)
            .into_iter()
            .map(|truth| truth.map(Value::Bool))
            .collect(),
        Term::Call(function, arguments) => {
            let arguments: Vec<Vec<Option<Scalar>>> = arguments
                .iter()
                .map(|argument| choices(oracle, argument, event))
                .collect();
            combinations(&arguments)
                .into_iter()
                .map(|arguments| apply(*function, &arguments))
                .collect()
        }
    }
}

/// What a condition says: of each value of the one term that it tests, of each pair of a relation, or of the event.
fn truths(oracle: &Oracle<'_>, holds: &Expr, known: &Expr, event: &Event) -> Vec<Option<bool>> {
    if let Some(term) = Term::tested(holds) {
        let of = |value: &Value| {
            holds.evaluate(&mut |leaf| match &leaf.kind {
                LeafKind::Is { test, .. } => oracle.satisfies(test, value),
                LeafKind::Relate { .. }
                | LeafKind::Missing(_)
                | LeafKind::Present(_)
                | LeafKind::AnyText(_) => false,
            })
        };
        let outcomes = outcomes(oracle, term, event);
        return outcomes
            .iter()
            .map(|value| value.as_ref().map(of))
            .collect();
    }
    if let Expr::Leaf(leaf) = holds
        && let LeafKind::Relate {
            relation,
            left,
            right,
        } = &leaf.kind
    {
        let rights = outcomes(oracle, right, event);
        let lefts = outcomes(oracle, left, event);
        return lefts
            .iter()
            .flat_map(|a| rights.iter().map(move |b| (a, b)))
            .map(|(a, b)| Some(related(relation, a.as_ref()?, b.as_ref()?)))
            .collect();
    }
    vec![oracle.expr(known, event).then(|| oracle.expr(holds, event))]
}

fn or_none<T>(values: Vec<T>) -> Vec<Option<T>> {
    if values.is_empty() {
        vec![None]
    } else {
        values.into_iter().map(Some).collect()
    }
}

/// What a function gets of an argument: a field's values as its type has them.
fn choices(oracle: &Oracle<'_>, argument: &Term, event: &Event) -> Vec<Option<Scalar>> {
    match argument {
        Term::Field(path) => {
            let kind = oracle.kind(path);
            let values = oracle.field(path, event);
            let texts = values.iter().filter_map(Value::scalar_text);
            or_none(
                texts
                    .filter_map(|text| readable::scalar(kind, text))
                    .collect(),
            )
        }
        Term::Const(_) | Term::Call(..) | Term::Truth { .. } => outcomes(oracle, argument, event)
            .iter()
            .map(|value| value.as_ref().and_then(scalar))
            .collect(),
    }
}

fn apply(function: Function, arguments: &[Option<Scalar>]) -> Option<Value> {
    function::apply(function, arguments).as_ref().map(value)
}

/// Every way to pick one choice of each argument.
fn combinations(arguments: &[Vec<Option<Scalar>>]) -> Vec<Vec<Option<Scalar>>> {
    let mut tuples: Vec<Vec<Option<Scalar>>> = vec![Vec::new()];
    for choices in arguments {
        tuples = tuples
            .into_iter()
            .flat_map(|tuple| {
                choices.iter().map(move |choice| {
                    let mut longer = tuple.clone();
                    longer.push(choice.clone());
                    longer
                })
            })
            .take(MAX_COMBINATIONS)
            .collect();
    }
    tuples
}

fn scalar(value: &Value) -> Option<Scalar> {
    match value {
        Value::String(text) => Some(Scalar::Text(text.clone())),
        Value::Number(number) => Some(Scalar::Number(number.clone())),
        Value::Bool(value) => Some(Scalar::Bool(*value)),
        Value::Null | Value::List(_) | Value::Object(_) => None,
    }
}

fn value(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Text(text) => Value::String(text.clone()),
        Scalar::Number(number) => Value::Number(number.clone()),
        Scalar::Bool(value) => Value::Bool(*value),
    }
}
