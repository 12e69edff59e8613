//! The bound expression: names are slots, literals are prepared, types are known to fit.

use super::ast::{Arithmetic, Comparison, Connective, TextOperator};
use super::functions::Apply;
use super::pattern::PatternCall;
use super::row::Row;
use super::star::{Star, StarTest};
use super::text::{Find, TextSet};
use super::value::Val;
use regex::Regex;
use verdict_event::Event;

/// A bound expression.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Const(Val<'static>),
    Slot(usize),
    Not(Box<Node>),
    Chain(Connective, Vec<Node>),
    Equal {
        negated: bool,
        sides: Box<[Node; 2]>,
    },
    Order(Comparison, Box<[Node; 2]>),
    Between {
        negated: bool,
        /// The value, the lowest, the highest.
        parts: Box<[Node; 3]>,
    },
    /// A text operator with a constant right side.
    Find(Find, Box<Node>),
    /// A text operator over two expressions.
    FindIn(TextOperator, Box<[Node; 2]>),
    Regex(Regex, Box<Node>),
    /// A test of every column.
    Star(Box<Star>),
    /// `in` over constant strings.
    Texts {
        set: TextSet,
        negated: bool,
        value: Box<Node>,
    },
    /// `in` over constant integers, sorted.
    Longs {
        set: Box<[i64]>,
        negated: bool,
        value: Box<Node>,
    },
    /// `in` over anything.
    Values {
        fold: bool,
        negated: bool,
        value: Box<Node>,
        items: Vec<Node>,
    },
    /// `has_any` and `has_all` over constant strings.
    Terms {
        all: bool,
        value: Box<Node>,
        terms: Vec<Find>,
    },
    /// `has_any` and `has_all` over anything.
    TermsIn {
        all: bool,
        value: Box<Node>,
        items: Vec<Node>,
    },
    Negate(Box<Node>),
    Arithmetic(Arithmetic, Box<[Node; 2]>),
    Member(Box<Node>, Box<str>),
    Index(Box<[Node; 2]>),
    /// Condition, value, condition, value, ..., value.
    Case(Vec<Node>),
    Coalesce(Vec<Node>),
    Call(Apply, Vec<Node>),
    /// A function with a regular expression.
    Pattern(PatternCall, Vec<Node>),
}

impl Node {
    /// The same expression; its value, if it reads no column.
    pub(super) fn folded(self) -> Self {
        if matches!(self, Self::Const(_))
            || !self
                .operands()
                .iter()
                .all(|operand| matches!(operand, Self::Const(_)))
        {
            return self;
        }
        if matches!(self, Self::Slot(_) | Self::Star(_)) {
            return self;
        }
        let event = Event::new(Vec::new());
        let value = self.eval(&Row::new(&event, &[])).into_owned();
        Self::Const(value)
    }

    pub(super) fn constant(&self) -> Option<&Val<'static>> {
        match self {
            Self::Const(value) => Some(value),
            _ => None,
        }
    }

    /// Visits the slots that the expression reads.
    pub(super) fn each_slot(&self, visit: &mut impl FnMut(usize)) {
        match self {
            Self::Slot(slot) => visit(*slot),
            Self::Star(star) => {
                star.columns.slots.iter().for_each(|slot| visit(*slot));
                if let StarTest::FindIn(_, needle) = &star.test {
                    needle.each_slot(visit);
                }
            }
            _ => {
                for operand in self.operands() {
                    operand.each_slot(visit);
                }
            }
        }
    }

    fn operands(&self) -> Vec<&Node> {
        match self {
            Self::Const(_) | Self::Slot(_) | Self::Star(_) => Vec::new(),
            Self::Not(inner)
            | Self::Find(_, inner)
            | Self::Regex(_, inner)
            | Self::Negate(inner)
            | Self::Member(inner, _) => vec![inner],
            Self::Texts { value, .. } | Self::Longs { value, .. } | Self::Terms { value, .. } => {
                vec![value]
            }
            Self::Values { value, items, .. } | Self::TermsIn { value, items, .. } => {
                std::iter::once(value.as_ref()).chain(items).collect()
            }
            Self::Chain(_, items)
            | Self::Case(items)
            | Self::Coalesce(items)
            | Self::Call(_, items)
            | Self::Pattern(_, items) => items.iter().collect(),
            Self::Equal { sides, .. }
            | Self::Order(_, sides)
            | Self::FindIn(_, sides)
            | Self::Arithmetic(_, sides)
            | Self::Index(sides) => sides.iter().collect(),
            Self::Between { parts, .. } => parts.iter().collect(),
        }
    }
}
