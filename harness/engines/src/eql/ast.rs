//! The tree of a query, as its text has it.
//!
//! Chains of `and` and of `or` are flat, and every node knows its depth, so that no later walk can run out of stack.

use std::ops::Range;

/// The bytes of the text that a node came from.
pub(crate) type Span = Range<usize>;

/// The deepest tree that the parser builds; anything deeper is an error. Every later walk recurses at most this far.
pub(crate) const MAX_DEPTH: u16 = 150;

/// An expression with its place.
#[derive(Clone, Debug)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) span: Span,
    pub(crate) depth: u16,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub(crate) enum ExprKind {
    Null,
    Bool(bool),
    /// The number's text in JSON's form, without a sign.
    Number(String),
    Text(String),
    Field(Field),
    Call(Call),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    /// Unary plus changes nothing but demands a number.
    Plus(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Compare(Box<Expr>, CompareOp, Box<Expr>),
    Arithmetic(Box<Expr>, ArithmeticOp, Box<Expr>),
    /// `x in (..)`, `in~`; a `not` before it is a [`ExprKind::Not`] around it.
    In {
        subject: Box<Expr>,
        ignore_case: bool,
        items: Vec<Expr>,
    },
    /// `:`, `like`, `regex` and their kin with their constants.
    Match {
        subject: Box<Expr>,
        op: MatchOp,
        patterns: Vec<Expr>,
    },
}

/// A field as it is named, `?` included.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) optional: bool,
    /// Whether the name carries an index such as `[0]`, which parses and is refused later.
    pub(crate) indexed: bool,
}

/// A call; the name is as written, without its `~`.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) ignore_case: bool,
    pub(crate) args: Vec<Expr>,
}

/// The comparisons that take an expression on either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CompareOp {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl CompareOp {
    /// The same comparison with its sides swapped.
    pub(crate) fn mirrored(self) -> Self {
        match self {
            Self::Equal => Self::Equal,
            Self::NotEqual => Self::NotEqual,
            Self::Less => Self::Greater,
            Self::LessEqual => Self::GreaterEqual,
            Self::Greater => Self::Less,
            Self::GreaterEqual => Self::LessEqual,
        }
    }

    /// Whether this asks for an order rather than for equality.
    pub(crate) fn is_order(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
}

/// `+ - * / %`, as operators or as functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ArithmeticOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

/// The operators whose right side is a constant or a list of constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MatchOp {
    /// `:`
    Colon,
    Like,
    LikeFold,
    Regex,
    RegexFold,
}

impl MatchOp {
    /// The operator as written.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Colon => ":",
            Self::Like => "like",
            Self::LikeFold => "like~",
            Self::Regex => "regex",
            Self::RegexFold => "regex~",
        }
    }
}

/// `process where ...`, alone or within brackets.
#[derive(Clone, Debug)]
pub(crate) struct EventQuery {
    /// None for `any`.
    pub(crate) category: Option<String>,
    pub(crate) condition: Expr,
}

/// One bracket of a sequence, sample or join.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    /// Whether it is a missing event, `![...]`.
    pub(crate) missing: bool,
    pub(crate) query: EventQuery,
    pub(crate) keys: Vec<Expr>,
    /// `with runs=N`.
    pub(crate) runs: u32,
}

/// What a query with several terms does with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JoinKind {
    Sequence,
    Sample,
    Join,
}

/// A sequence, sample or join.
#[derive(Clone, Debug)]
pub(crate) struct Joined {
    pub(crate) kind: JoinKind,
    pub(crate) keys: Vec<Expr>,
    /// `with maxspan`, in milliseconds.
    pub(crate) maxspan: Option<u64>,
    pub(crate) terms: Vec<Term>,
    pub(crate) until: Option<Box<Term>>,
}

/// The body of a query.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Event(EventQuery),
    Joined(Joined, Span),
}

/// `| head n`, `| tail n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pipe {
    Head(usize),
    Tail(usize),
}

/// A whole query.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) body: Body,
    pub(crate) pipes: Vec<Pipe>,
}
