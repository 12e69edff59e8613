//! The faithful tree of a KQL text, with the bytes each part came from.

use super::literal::Literal;
use super::value::Type;
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
    /// `*` as an argument: every column.
    All,
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
    Serialize(Vec<Assignment>),
    Summarize(Summarize),
    /// None for `distinct *`.
    Distinct(Option<Vec<Assignment>>),
    Count,
    Expand(Expand),
    Join(Box<Join>),
    Union(Union),
    Partition(Box<Partition>),
    Scan(Box<Scan>),
}

/// `summarize n = count() by k`.
#[derive(Clone, Debug)]
pub(super) struct Summarize {
    pub(super) aggregates: Vec<Aggregation>,
    pub(super) by: Vec<Assignment>,
}

/// `n = count()`, `(t, id) = arg_max(t, id)`.
#[derive(Clone, Debug)]
pub(super) struct Aggregation {
    pub(super) names: Vec<Name>,
    pub(super) value: Expr,
}

/// `mv-expand`.
#[derive(Clone, Debug)]
pub(super) struct Expand {
    pub(super) columns: Vec<Expanded>,
    /// `with_itemindex`.
    pub(super) index: Option<Name>,
    /// `kind=array`: a bag's entries as pairs.
    pub(super) pairs: bool,
    pub(super) limit: Option<Expr>,
}

/// One column of `mv-expand`.
#[derive(Clone, Debug)]
pub(super) struct Expanded {
    pub(super) value: Assignment,
    /// `to typeof(...)`.
    pub(super) kind: Option<Type>,
}

/// `join`.
#[derive(Clone, Debug)]
pub(super) struct Join {
    pub(super) kind: JoinKind,
    pub(super) right: Pipeline,
    pub(super) on: Vec<Expr>,
}

/// The flavors of `join` that are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JoinKind {
    InnerUnique,
    Inner,
    LeftOuter,
    LeftAnti,
    LeftSemi,
}

/// `union`.
#[derive(Clone, Debug)]
pub(super) struct Union {
    /// `kind=inner`: only the columns that all have.
    pub(super) inner: bool,
    /// `withsource`.
    pub(super) source: Option<Name>,
    pub(super) tables: Vec<Pipeline>,
    pub(super) span: Span,
}

/// `partition by`.
#[derive(Clone, Debug)]
pub(super) struct Partition {
    /// The default strategy, with its limit of partitions.
    pub(super) legacy: bool,
    pub(super) by: Name,
    pub(super) steps: Vec<Operator>,
}

/// `scan`.
#[derive(Clone, Debug)]
pub(super) struct Scan {
    pub(super) match_id: Option<Name>,
    pub(super) declared: Vec<Declared>,
    pub(super) steps: Vec<ScanStep>,
    pub(super) span: Span,
}

/// `name: type = default`.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    pub(super) name: Name,
    pub(super) kind: Type,
    pub(super) default: Option<Expr>,
}

/// `step s output=none: condition => column = value`.
#[derive(Clone, Debug)]
pub(super) struct ScanStep {
    pub(super) name: Name,
    pub(super) output: Output,
    pub(super) condition: Expr,
    pub(super) assignments: Vec<(Name, Expr)>,
}

/// What a step of `scan` gives for the records that match it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Output {
    All,
    Last,
    None,
}

/// Where rows come from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Table(Name),
    Union(Union),
    /// `datatable`, row after row.
    Data {
        columns: Vec<(Name, Type)>,
        values: Vec<Expr>,
        span: Span,
    },
}

/// A source and the steps over it.
#[derive(Clone, Debug)]
pub(super) struct Pipeline {
    pub(super) source: Source,
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
