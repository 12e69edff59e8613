//! The tree of a query, as it is written.

use std::ops::Range;

/// Bytes of the query's text.
pub(super) type Span = Range<usize>;

/// A text with its place.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) span: Span,
}

/// A step of a pipeline.
#[derive(Clone, Debug)]
pub(super) enum Command {
    Search(Search),
    Where(Expr),
    Eval(Vec<(Name, Expr)>),
    Regex(RegexCommand),
    Rex(RexCommand),
    /// `fields`: the names are kept, or taken away.
    Fields {
        keep: bool,
        names: Vec<Name>,
    },
    Table(Vec<Name>),
    Head(usize),
}

/// `regex field="..."`.
#[derive(Clone, Debug)]
pub(super) struct RegexCommand {
    pub(super) field: Name,
    pub(super) negated: bool,
    pub(super) pattern: Name,
}

/// `rex field=... max_match=... "..."`.
#[derive(Clone, Debug)]
pub(super) struct RexCommand {
    pub(super) field: Name,
    /// How many matches are taken; 0 is all.
    pub(super) max_match: usize,
    pub(super) pattern: Name,
}

/// An expression of `search`.
#[derive(Clone, Debug)]
pub(super) enum Search {
    And(Vec<Search>),
    Or(Vec<Search>),
    Not(Box<Search>),
    Term {
        kind: TermKind,
        text: Name,
    },
    Compare {
        field: Name,
        op: Op,
        value: SearchValue,
    },
    In {
        field: Name,
        values: Vec<SearchValue>,
    },
}

/// How a bare term is matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TermKind {
    Plain,
    /// `CASE(...)`.
    Cased,
    /// `TERM(...)`.
    Whole,
}

/// A value that `search` compares with.
#[derive(Clone, Debug)]
pub(super) struct SearchValue {
    pub(super) text: String,
    /// Written in `CASE(...)`.
    pub(super) cased: bool,
    pub(super) span: Span,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Equal,
    Unequal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// An expression of `eval` and `where`.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub(super) kind: ExprKind,
    pub(super) span: Span,
}

/// See [`Expr`].
#[derive(Clone, Debug)]
pub(super) enum ExprKind {
    Number(String),
    Text(String),
    Field(String),
    Call(String, Vec<Expr>),
    /// Something in parentheses.
    Group(Box<Expr>),
    Negate(Box<Expr>),
    Arithmetic(Sign, Box<Expr>, Box<Expr>),
    Concat(Vec<Expr>),
    Compare(Op, Box<Expr>, Box<Expr>),
    Like(Box<Expr>, Box<Expr>),
    In(Box<Expr>, Vec<Expr>),
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Xor(Vec<Expr>),
}

/// An arithmetic operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Plus,
    Minus,
    Times,
    Divide,
    Remainder,
}
