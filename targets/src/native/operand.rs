//! Terms: fields, constants, conditions as values, functions of every combination of values.

use crate::native::check::Check;
use crate::native::definitions;
use crate::native::node::Node;
use crate::native::reading::Reading;
use crate::native::relate::related;
use crate::native::view::View;
use verdict_compiler::ir::{Function, Relation, Scalar, readable};

/// How many combinations of values a function is tried on; beyond it, further ones are not looked at. Part of the meaning, since the oracle
/// stops there too.
const MAX_COMBINATIONS: usize = 10_000;

/// A prepared term.
#[derive(Debug)]
pub(super) enum Operand {
    Field(usize),
    Const(Scalar),
    Call(Function, Vec<Operand>),
    /// What a condition says of each value of a term.
    Tested(Box<Operand>, Condition),
    /// What a relation says of each pair of values.
    Related(Box<(Relation, Operand, Operand)>),
    /// What a condition says of the event, where it is known.
    Truth {
        holds: Box<Node>,
        known: Box<Node>,
    },
}

/// A condition over one value.
#[derive(Debug)]
pub(super) enum Condition {
    Const(bool),
    Check(Check),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

impl Condition {
    fn accepts(&self, view: &View<'_>) -> bool {
        match self {
            Self::Const(value) => *value,
            Self::Check(check) => check.accepts(view),
            Self::Not(inner) => !inner.accepts(view),
            Self::All(operands) => operands.iter().all(|operand| operand.accepts(view)),
            Self::Any(operands) => operands.iter().any(|operand| operand.accepts(view)),
        }
    }
}

impl Operand {
    /// Whether some value of the term is accepted.
    pub(super) fn any(
        &self,
        reading: &Reading<'_>,
        accept: &mut dyn FnMut(&View<'_>) -> bool,
    ) -> bool {
        if let Self::Field(slot) = self {
            return reading.values(*slot).iter().any(accept);
        }
        self.each(reading, &mut |outcome| outcome.is_some_and(&mut *accept))
    }

    /// Whether some combination of values has no result.
    pub(super) fn lacks(&self, reading: &Reading<'_>) -> bool {
        self.each(reading, &mut |outcome| outcome.is_none())
    }

    /// Puts what each combination of values gives until something is accepted.
    fn each(
        &self,
        reading: &Reading<'_>,
        accept: &mut dyn FnMut(Option<&View<'_>>) -> bool,
    ) -> bool {
        match self {
            Self::Field(slot) => match reading.values(*slot) {
                [] => accept(None),
                values => values.iter().any(|view| accept(Some(view))),
            },
            Self::Const(scalar) => accept(Some(&View::of_scalar(scalar))),
            Self::Tested(operand, condition) => operand.each(reading, &mut |outcome| {
                let said = outcome.map(|view| View::of_bool(condition.accepts(view)));
                accept(said.as_ref())
            }),
            Self::Related(parts) => {
                let (relation, left, right) = &**parts;
                left.each(reading, &mut |a| {
                    right.each(reading, &mut |b| {
                        let pair = a.zip(b);
                        let said = pair.map(|(a, b)| View::of_bool(related(relation, a, b)));
                        accept(said.as_ref())
                    })
                })
            }
            Self::Truth { holds, known } => {
                let said = known
                    .holds(reading)
                    .then(|| View::of_bool(holds.holds(reading)));
                accept(said.as_ref())
            }
            Self::Call(function, arguments) => {
                let choices: Vec<Vec<Option<Scalar>>> = arguments
                    .iter()
                    .map(|argument| argument.choices(reading))
                    .collect();
                combinations(&choices, &mut |arguments| {
                    let value = definitions::apply(*function, arguments).map(View::owned);
                    accept(value.as_ref())
                })
            }
        }
    }

    /// The values that an argument may take; missing is one where there is no other.
    fn choices(&self, reading: &Reading<'_>) -> Vec<Option<Scalar>> {
        let mut values = Vec::new();
        if let Self::Field(slot) = self {
            // A field gives its value as its type has it; anything computed is typed already.
            let views = reading.values(*slot).iter();
            let scalars = views.map(|view| readable::scalar(reading.kind(*slot), view.text()));
            values.extend(scalars.flatten().map(Some));
            if values.is_empty() {
                values.push(None);
            }
            return values;
        }
        self.each(reading, &mut |outcome| {
            values.push(outcome.and_then(View::scalar));
            false
        });
        values
    }

    pub(super) fn cost(&self) -> u32 {
        match self {
            Self::Field(_) => 2,
            Self::Const(_) => 1,
            Self::Tested(operand, _) => 10 + operand.cost(),
            Self::Related(parts) => 10 + parts.1.cost() + parts.2.cost(),
            Self::Truth { holds, known } => holds.cost().saturating_add(known.cost()),
            Self::Call(_, arguments) => {
                let arguments = arguments.iter().map(Self::cost);
                arguments.fold(50, u32::saturating_add)
            }
        }
    }
}

/// Whether some way to pick one choice of each argument is accepted; the first argument changes slowest.
fn combinations(
    choices: &[Vec<Option<Scalar>>],
    accept: &mut dyn FnMut(&[Option<Scalar>]) -> bool,
) -> bool {
    let mut picked = vec![0; choices.len()];
    for _ in 0..MAX_COMBINATIONS {
        let arguments: Vec<Option<Scalar>> = choices
            .iter()
            .zip(&picked)
            .map(|(choices, at)| choices.get(*at).cloned().flatten())
            .collect();
        if accept(&arguments) {
            return true;
        }
        if !advance(&mut picked, choices) {
            return false;
        }
    }
    false
}

/// Steps to the next combination, like an odometer; false after the last.
fn advance(picked: &mut [usize], choices: &[Vec<Option<Scalar>>]) -> bool {
    for (at, choices) in picked.iter_mut().zip(choices).rev() {
        *at += 1;
        if *at < choices.len() {
            return true;
        }
        *at = 0;
    }
    false
}
