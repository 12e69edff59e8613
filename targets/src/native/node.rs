//! The prepared expression.

use crate::native::check::Check;
use crate::native::operand::Operand;
use crate::native::reading::Reading;
use crate::native::relate::related;
use crate::native::view::View;
use verdict_compiler::ir::Relation;

/// Where values come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place {
    /// A field's slot.
    Field(usize),
    /// Every string of the event.
    Strings,
}

impl Place {
    pub(super) fn values<'r, 'e>(self, reading: &'r Reading<'e>) -> &'r [View<'e>] {
        match self {
            Self::Field(slot) => reading.values(slot),
            Self::Strings => reading.strings(),
        }
    }
}

/// A boolean expression over prepared leaves.
#[derive(Debug)]
pub(super) enum Node {
    Const(bool),
    Not(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
    /// Some value satisfies the check.
    Is(Place, Check),
    /// The same of a computed value.
    Computed(Operand, Check),
    Relate(Box<(Relation, Operand, Operand)>),
    Missing(Operand),
    Present(usize),
}

impl Node {
    pub(super) fn holds(&self, reading: &Reading<'_>) -> bool {
        match self {
            Self::Const(value) => *value,
            Self::Not(inner) => !inner.holds(reading),
            Self::All(operands) => operands.iter().all(|operand| operand.holds(reading)),
            Self::Any(operands) => operands.iter().any(|operand| operand.holds(reading)),
            Self::Is(from, check) => from.values(reading).iter().any(|view| check.accepts(view)),
            Self::Computed(operand, check) => operand.any(reading, &mut |view| check.accepts(view)),
            Self::Relate(parts) => {
                let (relation, left, right) = &**parts;
                left.any(reading, &mut |a| {
                    right.any(reading, &mut |b| related(relation, a, b))
                })
            }
            Self::Missing(operand) => operand.lacks(reading),
            Self::Present(slot) => reading.stands(*slot),
        }
    }

    /// What asking costs, in no unit: operands are tried in this order, which plain boolean logic allows.
    pub(super) fn cost(&self) -> u32 {
        match self {
            Self::Const(_) => 0,
            Self::Not(inner) => inner.cost(),
            Self::All(operands) | Self::Any(operands) => {
                operands.iter().map(Self::cost).fold(0, u32::saturating_add)
            }
            Self::Is(Place::Field(_), check) => check.cost(),
            Self::Is(Place::Strings, check) => 200 + check.cost(),
            Self::Computed(operand, check) => operand.cost() + check.cost(),
            Self::Relate(parts) => 10 + parts.1.cost() + parts.2.cost(),
            Self::Missing(operand) => operand.cost(),
            Self::Present(_) => 2,
        }
    }
}
