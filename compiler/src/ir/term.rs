//! Terms: what stands below a leaf and may be missing.

use crate::ir::expr::{Expr, Leaf, LeafKind};
use crate::ir::pattern::Case;
use verdict_event::{Number, Path};

/// A value that a leaf looks at: none, one, or several (any combination of its fields' values).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    /// The values of a field.
    Field(Path),
    /// A constant.
    Const(Scalar),
    /// A function of terms. Missing in, missing out, unless the function says otherwise.
    Call(Function, Vec<Term>),
    /// A condition as a value: `true` or `false` where `known` holds, else missing. Where every leaf of `holds` tests one term
    /// ([`Term::tested`]), or `holds` is one relation, it has a value for each value (or pair) that is tested: of `["a", "b"]`, `x == "a"` is both true
    /// and false.
    Truth {
        /// The value, where it is known.
        holds: Box<Expr>,
        /// Whether it is.
        known: Box<Expr>,
    },
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// A text.
    Text(String),
    /// A number.
    Number(Number),
    /// A truth value.
    Bool(bool),
}

/// A function of EQL (`docs/semantics.md`, E10 to E13). Arguments are in EQL's order; an optional one that is absent is left out at
/// the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// `a + b`.
    Add,
    /// `a - b`.
    Subtract,
    /// `a * b`.
    Multiply,
    /// `a / b`; `integral` truncates toward zero. Division by zero is missing.
    Divide {
        /// Whether both sides are of integral type.
        integral: bool,
    },
    /// `a % b`, with the sign of `a`.
    Modulo,
    /// `-a`.
    Negate,
    /// `between(text, left, right[, greedy])`.
    Between(Case),
    /// `concat(values ...)`, of their texts.
    Concat,
    /// `indexOf(text, part[, start])`.
    IndexOf(Case),
    /// `length(text)`, in code points.
    Length,
    /// `number(text[, base])`.
    ToNumber,
    /// `string(value)`.
    ToText,
    /// `substring(text, start[, end])`.
    Substring,
}

impl Term {
    /// Calls `visit` with every field the term reads.
    pub fn each_field<'x>(&'x self, visit: &mut dyn FnMut(&'x Path)) {
        match self {
            Self::Field(path) => visit(path),
            Self::Const(_) => {}
            Self::Call(_, arguments) => arguments
                .iter()
                .for_each(|argument| argument.each_field(visit)),
            Self::Truth { holds, known } => {
                for expr in [holds, known] {
                    expr.each_leaf(&mut |leaf| leaf.each_field(visit));
                }
            }
        }
    }

    /// Calls `visit` with every leaf of the conditions in the term.
    pub(crate) fn each_condition<'x>(&'x self, visit: &mut dyn FnMut(&'x Leaf)) {
        match self {
            Self::Field(_) | Self::Const(_) => {}
            Self::Call(_, arguments) => arguments
                .iter()
                .for_each(|argument| argument.each_condition(visit)),
            Self::Truth { holds, known } => {
                holds.each_leaf_within(visit);
                known.each_leaf_within(visit);
            }
        }
    }

    /// The one term that every leaf of a condition tests, if it is so.
    pub fn tested(condition: &Expr) -> Option<&Self> {
        let mut subject = None;
        let mut one = true;
        condition.each_leaf(&mut |leaf| match &leaf.kind {
            LeafKind::Is { term, .. } => one &= *subject.get_or_insert(term) == term,
            LeafKind::Relate { .. }
            | LeafKind::Missing(_)
            | LeafKind::Present(_)
            | LeafKind::AnyText(_) => one = false,
        });
        subject.filter(|_| one)
    }

    /// The field, if the term is nothing else.
    pub fn as_field(&self) -> Option<&Path> {
        match self {
            Self::Field(path) => Some(path),
            Self::Const(_) | Self::Call(..) | Self::Truth { .. } => None,
        }
    }

    /// The same term reading fields under other names.
    #[must_use]
    pub fn rename(&self, name: &dyn Fn(&Path) -> Path) -> Self {
        match self {
            Self::Field(path) => Self::Field(name(path)),
            Self::Const(value) => Self::Const(value.clone()),
            Self::Call(function, arguments) => Self::Call(
                *function,
                arguments
                    .iter()
                    .map(|argument| argument.rename(name))
                    .collect(),
            ),
            Self::Truth { holds, known } => Self::Truth {
                holds: Box::new(holds.rename(name)),
                known: Box::new(known.rename(name)),
            },
        }
    }
}
