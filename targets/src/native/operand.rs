//! Terms: fields, constants, conditions as values, functions of every combination of values.

use crate::native::definitions;
use crate::native::node::Node;
use crate::native::reading::Reading;
use crate::native::view::View;
use verdict_compiler::ir::{Function, Scalar, readable};

/// How many combinations of values a function is tried on; beyond it, further ones are not looked at. Part of the meaning, since the oracle
/// stops there too.
const MAX_COMBINATIONS: usize = 10_000;

/// A prepared term.
#[derive(Debug)]
pub(super) enum Operand {
    Field(usize),
    Const(Scalar),
    Call(Function, Vec<Operand>),
    Truth { holds: Box<Node>, known: Box<Node> },
}

impl Operand {
    /// Whether some value of the term is accepted.
    pub(super) fn any(
        &self,
        reading: &Reading<'_>,
        accept: &mut dyn FnMut(&View<'_>) -> bool,
    ) -> bool {
        match self {
            Self::Field(slot) => reading.values(*slot).iter().any(accept),
            Self::Const(scalar) => accept(&View::of_scalar(scalar)),
            Self::Truth { holds, known } => {
                known.holds(reading) && accept(&View::of_bool(holds.holds(reading)))
            }
            Self::Call(function, arguments) => {
                let choices: Vec<Vec<Option<Scalar>>> = arguments
                    .iter()
                    .map(|argument| argument.choices(reading))
                    .collect();
                combinations(&choices, &mut |arguments| {
                    definitions::apply(*function, arguments)
                        .is_some_and(|value| accept(&View::owned(value)))
                })
            }
        }
    }

    /// The values that an argument may take; missing is one where there is no other.
    fn choices(&self, reading: &Reading<'_>) -> Vec<Option<Scalar>> {
        let mut values = Vec::new();
        self.any(reading, &mut |view| {
            // A field gives its value as its type has it; anything computed is typed already.
            let value = match self {
                Self::Field(slot) => readable::scalar(reading.kind(*slot), view.text()),
                Self::Const(_) | Self::Call(..) | Self::Truth { .. } => view.scalar(),
            };
            values.extend(value.map(Some));
            false
        });
        if values.is_empty() {
            values.push(None);
        }
        values
    }

    pub(super) fn cost(&self) -> u32 {
        match self {
            Self::Field(_) => 2,
            Self::Const(_) => 1,
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
