//! The faithful tree of an EQL query. Every span is one of the rule file.

use crate::ir::Comparison;
use crate::span::{Span, Text};
use verdict_event::Number;

/// A whole query.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// What it asks for.
    pub query: Query,
    /// What is done with the results.
    pub pipes: Vec<Pipe>,
}

/// The kinds of query.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// One event at a time.
    Event(EventQuery),
    /// Events one after another.
    Sequence(Series),
    /// Events in any order.
    Sample(Series),
    /// Events joined by keys, which Elasticsearch parses and refuses.
    Join(Series),
}

/// `category where condition`.
#[derive(Clone, Debug, PartialEq)]
pub struct EventQuery {
    /// The category; None for `any`.
    pub category: Option<String>,
    /// Where the category stands.
    pub category_span: Span,
    /// The condition.
    pub condition: Expr,
}

/// A sequence, sample or join.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The keyword's place.
    pub keyword: Span,
    /// Keys shared by every term.
    pub by: Vec<Field>,
    /// How long the whole may last, in milliseconds.
    pub maxspan: Option<Maxspan>,
    /// The terms in order.
    pub terms: Vec<SeriesTerm>,
    /// What ends a pending match.
    pub until: Option<Box<SeriesTerm>>,
}

/// `maxspan=5m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Maxspan {
    /// The length in milliseconds.
    pub milliseconds: u64,
    /// Where it stands.
    pub span: Span,
}

/// `[event]` with what follows it.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesTerm {
    /// The event.
    pub event: EventQuery,
    /// Whether it must be absent: `![event]`.
    pub missing: bool,
    /// Its own keys.
    pub by: Vec<Field>,
    /// How often in a row it must occur.
    pub runs: u32,
    /// The brackets.
    pub span: Span,
}

/// `| head 5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pipe {
    /// Which one.
    pub kind: PipeKind,
    /// How many results.
    pub limit: u64,
    /// Where it stands.
    pub span: Span,
}

/// The pipes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PipeKind {
    /// The first results.
    Head,
    /// The last results.
    Tail,
}

/// A field, as `?a.b[0]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Whether it may be unmapped.
    pub optional: bool,
    /// Its name, parts joined by dots.
    pub name: String,
    /// Where the first array index stands, which Elasticsearch refuses.
    pub index: Option<Span>,
    /// Where it stands.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
    /// How deep it nests: 1 without operands. The parser keeps it below a limit, so that recursion over the tree is safe.
    pub height: usize,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without sign.
    Number(Number),
    /// A string.
    Text(Text),
    /// A field.
    Field(Field),
    /// A function call.
    Call(Call),
    /// `not x`.
    Not(Box<Expr>),
    /// `a and b and ...`.
    And(Vec<Expr>),
    /// `a or b or ...`.
    Or(Vec<Expr>),
    /// `a == b` and its like.
    Compare(Relation, Box<Expr>, Box<Expr>),
    /// `a + b` and its like.
    Arithmetic(Operator, Box<Expr>, Box<Expr>),
    /// `-a`.
    Negate(Box<Expr>),
    /// `a in (...)`.
    In(Membership),
    /// `a : (...)`, `like`, `regex`.
    Match(Match),
    /// What could not be parsed and was reported.
    Invalid,
}

/// A function call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The name as written.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// Whether case is ignored: `startsWith~`.
    pub insensitive: bool,
    /// The arguments.
    pub arguments: Vec<Expr>,
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `!=`.
    NotEqual,
    /// Any other.
    Is(Comparison),
}

/// Arithmetic between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

/// `x in (...)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Membership {
    /// What is looked up.
    pub value: Box<Expr>,
    /// Whether it must not be there: `not in`.
    pub negated: bool,
    /// Whether case is ignored: `in~`.
    pub insensitive: bool,
    /// Where.
    pub items: Vec<Expr>,
}

/// `x : (...)` and its like.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// What is matched.
    pub value: Box<Expr>,
    /// The kind of pattern.
    pub kind: MatchKind,
    /// Whether case is ignored.
    pub insensitive: bool,
    /// The patterns, any of which may match.
    pub patterns: Vec<Expr>,
    /// Where the operator stands.
    pub operator: Span,
}

/// The kinds of pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchKind {
    /// `:`, `like`, `like~`.
    Wildcard,
    /// `regex`, `regex~`.
    Regex,
}

impl Expr {
    /// The expression, measured.
    pub fn new(kind: ExprKind, span: Span) -> Self {
        let height = 1 + tallest(&kind);
        Self { kind, span, height }
    }
}

fn tallest(kind: &ExprKind) -> usize {
    let most = |items: &[Expr]| items.iter().map(|item| item.height).max().unwrap_or(0);
    match kind {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::Text(_)
        | ExprKind::Field(_)
        | ExprKind::Invalid => 0,
        ExprKind::Call(call) => most(&call.arguments),
        ExprKind::Not(inner) | ExprKind::Negate(inner) => inner.height,
        ExprKind::And(operands) | ExprKind::Or(operands) => most(operands),
        ExprKind::Compare(_, left, right) | ExprKind::Arithmetic(_, left, right) => {
            left.height.max(right.height)
        }
        ExprKind::In(membership) => membership.value.height.max(most(&membership.items)),
        ExprKind::Match(matched) => matched.value.height.max(most(&matched.patterns)),
    }
}
