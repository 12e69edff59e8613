//! What an expression becomes once its names and types are known.

use super::ast::{Arithmetic, Comparison, Connective};
use super::functions::{Apply, Every};
use super::lucene::TextTest;
use super::value::{Type, Val};
use regex::Regex;
use std::collections::HashSet;

/// A bound expression.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Const(Val<'static>),
    Slot(usize),
    Not(Box<Node>),
    Chain(Connective, Vec<Node>),
    /// Both sides are single values, or the answer is null.
    Compare(Comparison, Box<[Node; 2]>),
    /// A prepared test of one text.
    Text(Box<TextTest>, Box<Node>),
    /// Membership in a set of texts.
    InTexts {
        value: Box<Node>,
        set: HashSet<Box<str>>,
        has_null: bool,
    },
    InLongs {
        value: Box<Node>,
        set: HashSet<i64>,
        has_null: bool,
    },
    In(Box<Node>, Vec<Node>),
    IsNull {
        negated: bool,
        value: Box<Node>,
    },
    Arithmetic {
        operator: Arithmetic,
        kind: Type,
        sides: Box<[Node; 2]>,
    },
    Negate(Type, Box<Node>),
    Case(Vec<Node>),
    Coalesce(Vec<Node>),
    /// A function of single values; null where one is missing or multivalued.
    Call(Apply, Vec<Node>),
    /// A function of each value of its argument.
    Each(Every, Box<Node>),
    /// A function that sees all values.
    Whole(fn(&[Val<'_>]) -> Val<'static>, Vec<Node>),
    /// Whether an address is in one of these ranges.
    InRanges(Box<Node>, Box<[(u128, u128)]>),
    /// Whether any of the values passes.
    AnyText(Box<TextTest>, Box<Node>),
    /// Whether all texts of a set are among the values, or any of them.
    Sets {
        all: bool,
        value: Box<Node>,
        set: HashSet<Box<str>>,
    },
    /// A test of one text against another.
    Find(fn(&str, &str) -> bool, Box<[Node; 2]>),
    Replace(Regex, Box<[Node; 2]>),
}

impl Node {
    /// Whether it is true, false or null, and never several values.
    pub(super) fn is_test(&self) -> bool {
        match self {
            Self::Not(_)
            | Self::Chain(..)
            | Self::Compare(..)
            | Self::Text(..)
            | Self::InTexts { .. }
            | Self::InLongs { .. }
            | Self::In(..)
            | Self::IsNull { .. }
            | Self::InRanges(..)
            | Self::AnyText(..)
            | Self::Sets { .. }
            | Self::Find(..) => true,
            Self::Const(_)
            | Self::Slot(_)
            | Self::Arithmetic { .. }
            | Self::Negate(..)
            | Self::Case(_)
            | Self::Coalesce(_)
            | Self::Call(..)
            | Self::Each(..)
            | Self::Whole(..)
            | Self::Replace(..) => false,
        }
    }
}

/// An expression with its type.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub(super) node: Node,
    pub(super) kind: Type,
    /// Whether the text has it as a literal; what a function makes of constants is none.
    pub(super) literal: bool,
}

impl Typed {
    pub(super) fn new(node: Node, kind: Type) -> Self {
        Self {
            node,
            kind,
            literal: false,
        }
    }

    pub(super) fn boolean(node: Node) -> Self {
        Self::new(node, Type::Boolean)
    }

    /// The constant that this is.
    pub(super) fn constant(&self) -> Option<&Val<'static>> {
        match &self.node {
            Node::Const(value) => Some(value),
            _other => None,
        }
    }

    /// The text that this is, if it is one constant text.
    pub(super) fn constant_text(&self) -> Option<&str> {
        self.constant()?.single()?.as_text()
    }
}
