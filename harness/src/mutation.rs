//! Mutation: a rule with one mistake in it, which the rule's events should show.
//!
//! Every mistake is one that somebody who translates rules could make. A [`Mutant`] changes one place of the predicate; what
//! it says of an event is told in [`crate::strength`].

pub mod operator;
pub mod series;
pub mod tree;

mod case;
mod cidr;
mod date;
mod field;
mod function;
mod keyword;
mod list;
mod logic;
mod number;
mod presence;
mod regex;
mod text;
mod version;
mod wildcard;

use tree::Tree;
use verdict_compiler::Ir;
use verdict_compiler::ir::{Expr, Leaf, LeafKind, Term, Test};

pub use operator::Operator;

/// A mistake in one place of a predicate.
#[derive(Clone, Debug, PartialEq)]
pub struct Mutant {
    /// What kind of mistake.
    pub operator: Operator,
    /// The place in the [`Tree`].
    pub place: usize,
    /// What stands there instead.
    pub change: Change,
}

impl Mutant {
    /// What holds of every event because of what the mistake is: a name that no event has is missing from each.
    pub(crate) fn nowhere(&self) -> Option<Expr> {
        (self.operator == operator::FIELD_UNKNOWN).then(field::nowhere)
    }
}

/// What stands in a place instead.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The opposite.
    Opposite,
    /// A constant.
    Always(bool),
    /// The same operands, joined the other way.
    OtherJoin,
    /// Another expression.
    Becomes(Expr),
    /// The same leaf, which sees no more than the first value of a list.
    FirstValue,
    /// The same leaf, which wants every value of a list.
    EveryValue,
}

impl Change {
    /// The expression that stands there then, if the IR can say it.
    pub fn rebuilt(&self, from: &Expr) -> Option<Expr> {
        match self {
            Self::Opposite => Some(from.clone().negate()),
            Self::Always(value) => Some(Expr::Const(*value)),
            Self::OtherJoin => match from {
                Expr::All(operands) => Some(Expr::any(operands.clone())),
                Expr::Any(operands) => Some(Expr::all(operands.clone())),
                Expr::Const(_) | Expr::Not(_) | Expr::Leaf(_) => None,
            },
            Self::Becomes(expr) => Some(expr.clone()),
            Self::FirstValue | Self::EveryValue => None,
        }
    }
}

/// Calls `visit` with every mutant, by place and operator.
pub fn each_mutant(ir: &Ir, tree: &Tree<'_>, visit: &mut dyn FnMut(Mutant)) {
    for (place, node) in tree.nodes().iter().enumerate() {
        let mut add = |operator: Operator, change: Change| {
            if change != Change::Becomes(node.expr.clone()) {
                visit(Mutant {
                    operator,
                    place,
                    change,
                });
            }
        };
        logic::mutants(tree, node, &mut add);
        list::of_group(node.expr, &mut add);
        if let Expr::Leaf(leaf) = node.expr {
            of_leaf(ir, leaf, &mut add);
        }
    }
}

/// Who is told of a mutant of a node.
type Add<'a> = dyn FnMut(Operator, Change) + 'a;

fn of_leaf(ir: &Ir, leaf: &Leaf, add: &mut Add<'_>) {
    text::mutants(leaf, add);
    case::mutants(leaf, add);
    wildcard::mutants(leaf, add);
    number::mutants(leaf, add);
    presence::mutants(leaf, add);
    list::mutants(ir, leaf, add);
    cidr::mutants(leaf, add);
    regex::mutants(leaf, add);
    date::mutants(leaf, add);
    version::mutants(leaf, add);
    field::mutants(ir, leaf, add);
    function::mutants(leaf, add);
    keyword::mutants(ir, leaf, add);
}

/// The term and the test of a leaf that has them.
fn tested(leaf: &Leaf) -> Option<(&Term, &Test)> {
    match &leaf.kind {
        LeafKind::Is { term, test } => Some((term, test)),
        LeafKind::Relate { .. }
        | LeafKind::Missing(_)
        | LeafKind::Present(_)
        | LeafKind::AnyText(_) => None,
    }
}

/// The leaf with another test.
fn with_test(leaf: &Leaf, test: Test) -> Change {
    let kind = match &leaf.kind {
        LeafKind::Is { term, .. } => LeafKind::Is {
            term: term.clone(),
            test,
        },
        other @ (LeafKind::Relate { .. }
        | LeafKind::Missing(_)
        | LeafKind::Present(_)
        | LeafKind::AnyText(_)) => other.clone(),
    };
    becomes(leaf, kind)
}

/// A leaf of another kind in the place of this one.
fn becomes(leaf: &Leaf, kind: LeafKind) -> Change {
    Change::Becomes(Expr::leaf(kind, leaf.span))
}
