//! The faithful tree of a KQL text, with the bytes each part came from.

use super::literal::Literal;
use std::ops::Range;

/// The bytes of the text that a part came from.
pub(super) type Span = Range<usize>;

/// A name and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) span: Span,
}

/// An expression.
#[derive(Clone, Debug)]
pub(super) struct Expr {
    pub(super) kind: ExprKind,
    pub(super) span: Span,
    /// How deep the vendor's syntax tree is below this expression; see [`super::parse::DEPTH`].
    pub(super) depth: u32,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub(super) enum ExprKind {
    Literal(Literal),
    Name(String),
    Negate(Box<Expr>),
    Plus(Box<Expr>),
    /// A chain of one connective, left to right: two terms or more.
    Chain(Connective, Vec<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    Text(TextOperator, Box<Expr>, Box<Expr>),
    Regex(Box<Expr>, Box<Expr>),
    /// A test of every column: `* has "x"`.
    Star(StarOperator, Box<Expr>),
    In(Membership, Box<Expr>, Vec<Expr>),
    Between {
        negated: bool,
        value: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
    },
    Call(Name, Vec<Expr>),
    Member(Box<Expr>, Name),
    Index(Box<Expr>, Box<Expr>),
}

/// `and`, `or`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connective {
    And,
    Or,
}

/// `==` and its kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

/// `+` and its kin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl Arithmetic {
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        }
    }
}

/// An operator over two texts: what it looks for, whether it ignores case, whether its answer is turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TextOperator {
    pub(super) kind: TextKind,
    pub(super) ignore_case: bool,
    pub(super) negated: bool,
    pub(super) text: &'static str,
}

/// What a text operator looks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TextKind {
    Equal,
    Contains,
    StartsWith,
    EndsWith,
    Has,
    HasPrefix,
    HasSuffix,
}

/// What stands between `*` and its right side; `==` is the exact text operator here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StarOperator {
    Text(TextOperator),
    Regex,
}

/// `in`, `in~`, `has_any`, `has_all` and the negated forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Membership {
    pub(super) kind: MembershipKind,
    pub(super) negated: bool,
    pub(super) text: &'static str,
}

/// How a value is sought in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MembershipKind {
    Exact,
    IgnoreCase,
    HasAny,
    HasAll,
}

/// `name = expression`; without a name the expression must be a column.
#[derive(Clone, Debug)]
pub(super) struct Assignment {
    pub(super) name: Option<Name>,
    pub(super) value: Expr,
}

/// A name that may hold `*`.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) text: String,
    /// A quoted name never holds a wildcard.
    pub(super) wild: bool,
}

/// One key of `sort by`.
#[derive(Clone, Debug)]
pub(super) struct SortKey {
    pub(super) value: Expr,
    pub(super) ascending: bool,
    pub(super) nulls_first: bool,
}

/// One step after a pipe.
#[derive(Clone, Debug)]
pub(super) enum Operator {
    Where(Expr),
    Extend(Vec<Assignment>),
    Project(Vec<Assignment>),
    ProjectAway(Vec<Pattern>),
    ProjectKeep(Vec<Pattern>),
    ProjectRename(Vec<(Name, Name)>),
    Take(Expr),
    Sort(Vec<SortKey>),
    Top(Expr, SortKey),
}

/// A source and the steps over it.
#[derive(Clone, Debug)]
pub(super) struct Pipeline {
    pub(super) source: Name,
    pub(super) steps: Vec<Operator>,
}

/// What `let` names.
#[derive(Clone, Debug)]
pub(super) enum Definition {
    Scalar(Expr),
    Table(Pipeline),
}

/// `let name = ...;`
#[derive(Clone, Debug)]
pub(super) struct Let {
    pub(super) name: Name,
    pub(super) definition: Definition,
}

/// A whole text: definitions, then one query.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) lets: Vec<Let>,
    pub(super) query: Pipeline,
}
