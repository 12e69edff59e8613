//! A bound query: what is left of the tree once fields, types and constants are settled.
//!
//! A *leaf* is two-valued. The formula over the leaves is in negation normal form, and each null that is known when the query is bound
//! has already gone the way of three-valued logic, so that running it is plain boolean logic.

use super::ast::{ArithmeticOp, CompareOp};
use super::functions::Function;
use super::lucene::Expression;
use super::network::Network;
use super::pattern::Patterns;
use super::value::Value;
use std::collections::HashSet;
use verdict_event::Path;

/// A field that the query reads.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) path: Path,
    /// What a JSON null stands for, by the mapping.
    pub(crate) null_value: Option<verdict_event::Value>,
}

/// How a JSON value becomes a value: by the field's type, or by what it is compared with where no type is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    Text,
    Long,
    Double,
    Bool,
    Ip,
    Version,
    Date,
    /// By the JSON type.
    AsIs,
}

/// What a query does with events.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// Returns those that match.
    Event(Step),
    Sequence(Sequence),
    Sample(Sample),
}

/// One event query, bound: `process where ...`.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// None for `any`.
    pub(crate) category: Option<String>,
    pub(crate) formula: Formula,
    /// The join keys of a term, shared ones first.
    pub(crate) keys: Vec<Key>,
}

/// A join key: where a term reads one part of it.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// None for an optional field that nothing maps: always null.
    pub(crate) slot: Option<usize>,
    pub(crate) read: Read,
    /// Whether null is a value, as it is of `?key`. Elsewhere an event without the key takes no part.
    pub(crate) optional: bool,
}

/// A sequence with `with runs` written out: stage by stage.
#[derive(Clone, Debug)]
pub(crate) struct Sequence {
    /// Every term once.
    pub(crate) terms: Vec<Step>,
    /// What each slot of a match stands for, in the order of the text.
    pub(crate) stages: Vec<Stage>,
    /// In milliseconds.
    pub(crate) maxspan: Option<u64>,
    pub(crate) until: Option<Step>,
}

/// One slot of a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// An event of this term.
    Event(usize),
    /// A missing event, of this term.
    Missing(usize),
}

/// A sample: its terms, in the order of the text.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) terms: Vec<Step>,
}

/// Boolean logic over leaves.
#[derive(Clone, Debug)]
pub(crate) enum Formula {
    Const(bool),
    /// The number of a leaf and the value that is wanted of it.
    Leaf(usize, bool),
    All(Vec<Formula>),
    Any(Vec<Formula>),
}

/// A predicate, true or false.
#[derive(Clone, Debug)]
pub(crate) enum Leaf {
    /// No value that the field's type can read.
    Missing { field: usize, read: Read },
    /// Any value passes.
    Field {
        field: usize,
        read: Read,
        test: Test,
    },
    /// Any combination of values makes the expression true. The fields are those of its occurrences, in order, with how each is read.
    Script {
        root: Node,
        fields: Vec<(usize, Read)>,
    },
}

/// An expression.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Const(Value<'static>),
    /// The number of an occurrence of a field within its leaf.
    Field(usize, Read),
    Call(Function, bool, Vec<Node>),
    Arithmetic(Box<Node>, ArithmeticOp, Box<Node>),
    Negate(Box<Node>),
    Compare(Box<Node>, CompareOp, Box<Node>),
    Test(Box<Node>, Test),
    IsNull(Box<Node>),
    Not(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
}

/// A test of one value against constants. Null passes none and makes the result null.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Patterns(Patterns),
    Regex(Expression),
    Order(CompareOp, Value<'static>),
    /// Whole numbers by value; others among the tests beside it.
    Integers(HashSet<i64>),
    /// A date against a text that names a span of time, first and last millisecond.
    Span(CompareOp, i64, i64),
    Networks(Vec<Network>),
    AnyOf(Vec<Test>),
}

impl Node {
    /// Visits every field that is read, with its occurrence.
    pub(crate) fn each_field(&self, visit: &mut impl FnMut(usize, Read)) {
        match self {
            Self::Const(_) => {}
            Self::Field(occurrence, read) => visit(*occurrence, *read),
            Self::Call(_, _, parts) | Self::And(parts) | Self::Or(parts) => {
                for part in parts {
                    part.each_field(visit);
                }
            }
            Self::Arithmetic(left, _, right) | Self::Compare(left, _, right) => {
                left.each_field(visit);
                right.each_field(visit);
            }
            Self::Negate(inner) | Self::Test(inner, _) | Self::IsNull(inner) | Self::Not(inner) => {
                inner.each_field(visit);
            }
        }
    }
}
