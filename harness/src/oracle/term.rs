//! The values of functions: any combination of their arguments' values.

use crate::oracle::Oracle;
use verdict_compiler::ir::{Function, Scalar, Term, function, readable};
use verdict_event::{Event, Value};

/// How many combinations of values a function is tried on; beyond it, further ones are not looked at.
const MAX_COMBINATIONS: usize = 10_000;

/// Every value of a term, over every combination of its fields' values; none if it is missing.
pub(super) fn values(oracle: &Oracle<'_>, term: &Term, event: &Event) -> Vec<Value> {
    match term {
        Term::Field(path) => oracle.field(path, event),
        Term::Const(scalar) => vec![value(scalar)],
        Term::Truth { holds, known } => {
            let known = oracle.expr(known, event);
            known
                .then(|| Value::Bool(oracle.expr(holds, event)))
                .into_iter()
                .collect()
        }
        Term::Call(function, arguments) => {
            let arguments: Vec<Vec<Scalar>> = arguments
                .iter()
                .map(|argument| choices(oracle, argument, event))
                .collect();
            combinations(&arguments)
                .into_iter()
                .filter_map(|arguments| apply(*function, &arguments))
                .collect()
        }
    }
}

/// What a function gets of an argument: a field's values as its type has them.
fn choices(oracle: &Oracle<'_>, argument: &Term, event: &Event) -> Vec<Scalar> {
    let values = values(oracle, argument, event);
    match argument {
        Term::Field(path) => {
            let kind = oracle.kind(path);
            let texts = values.iter().filter_map(Value::scalar_text);
            texts
                .filter_map(|text| readable::scalar(kind, text))
                .collect()
        }
        Term::Const(_) | Term::Call(..) | Term::Truth { .. } => {
            values.iter().filter_map(scalar).collect()
        }
    }
}

fn apply(function: Function, arguments: &[Option<Scalar>]) -> Option<Value> {
    function::apply(function, arguments).as_ref().map(value)
}

/// Every way to pick one value of each argument; an argument without values gives the missing one.
fn combinations(arguments: &[Vec<Scalar>]) -> Vec<Vec<Option<Scalar>>> {
    let mut tuples: Vec<Vec<Option<Scalar>>> = vec![Vec::new()];
    for values in arguments {
        let choices: Vec<Option<Scalar>> = match values.as_slice() {
            [] => vec![None],
            values => values.iter().cloned().map(Some).collect(),
        };
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
