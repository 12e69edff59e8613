//! The tree of a query, as it is written.

use std::ops::Range;

/// Bytes of the query's text.
pub(super) type Span = Range<usize>;

/// A text with its place.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) span: Span,
}

/// A step of a pipeline.
#[derive(Clone, Debug, PartialEq)]
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
    Tail(usize),
    Reverse,
    Rename(Vec<(Name, Name)>),
    Bin(Bin),
    Sort(Sort),
    Dedup(Dedup),
    Stats(Stats),
    EventStats(Stats),
    StreamStats(StreamStats),
}

/// `bin _time span=5m AS t`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bin {
    pub(super) field: Name,
    /// In seconds.
    pub(super) span: u32,
    pub(super) new: Option<Name>,
}

/// `sort 0 host, -_time`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sort {
    /// Rows that are kept; 0 is all.
    pub(super) count: usize,
    pub(super) keys: Vec<SortKey>,
}

/// See [`Sort`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SortKey {
    pub(super) field: Name,
    pub(super) ascending: bool,
    pub(super) kind: SortKind,
}

/// As what values are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SortKind {
    Auto,
    Number,
    Address,
    Text,
}

/// `dedup 2 host, user keepempty=true consecutive=true`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Dedup {
    pub(super) count: usize,
    pub(super) fields: Vec<Name>,
    pub(super) keep_empty: bool,
    pub(super) consecutive: bool,
}

/// `count, sum(bytes) AS total BY host`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stats {
    pub(super) terms: Vec<StatsTerm>,
    pub(super) by: Vec<Name>,
}

/// One aggregate.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StatsTerm {
    pub(super) function: StatsFunction,
    pub(super) argument: StatsArgument,
    /// The field that it becomes.
    pub(super) name: String,
}

/// What is aggregated.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum StatsArgument {
    /// The events themselves.
    None,
    Field(Name),
    /// `eval(...)`.
    Eval(Expr),
}

/// How it is aggregated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum StatsFunction {
    Count,
    Distinct,
    Sum,
    Mean,
    Min,
    Max,
    Range,
    Median,
    Percentile {
        rank: f64,
        /// `exactperc`: not estimated, however many values there are.
        exact: bool,
    },
    Earliest,
    Latest,
    First,
    Last,
    Values,
    List,
}

/// `streamstats`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct StreamStats {
    pub(super) stats: Stats,
    pub(super) current: bool,
    pub(super) global: bool,
    /// Events; 0 is all.
    pub(super) window: usize,
    /// Seconds.
    pub(super) time_window: Option<u32>,
    pub(super) reset_before: Option<Expr>,
    pub(super) reset_after: Option<Expr>,
    pub(super) reset_on_change: bool,
}

/// `regex field="..."`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RegexCommand {
    pub(super) field: Name,
    pub(super) negated: bool,
    pub(super) pattern: Name,
}

/// `rex field=... max_match=... "..."`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RexCommand {
    pub(super) field: Name,
    /// How many matches are taken; 0 is all.
    pub(super) max_match: usize,
    pub(super) pattern: Name,
}

/// An expression of `search`.
#[derive(Clone, Debug, PartialEq)]
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
#[derive(Clone, Debug, PartialEq)]
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
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expr {
    pub(super) kind: ExprKind,
    pub(super) span: Span,
}

/// See [`Expr`].
#[derive(Clone, Debug, PartialEq)]
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
