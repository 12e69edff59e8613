//! The plan's own tree: an expression of ES|QL, with every guard in it.
//!
//! ES|QL has a third truth value: whatever touches a missing value is null, and `WHERE` keeps what is true. Null under `AND` and `OR` does as false
//! would, so only a negation needs care: [`Tree::negate`] writes `NOT COALESCE(..., false)` where its operand may be null, and nowhere else.

use verdict_compiler::ir::Comparison;

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tree {
    /// `true` or `false`.
    Bool(bool),
    /// `NOT ...`
    Not(Box<Tree>),
    /// `... AND ...`: at least two operands.
    All(Vec<Tree>),
    /// `... OR ...`: at least two operands.
    Any(Vec<Tree>),
    /// `left == right`, `left < right` and their like.
    Compare(Comparison, Box<Tree>, Box<Tree>),
    /// `left != right`.
    Differs(Box<Tree>, Box<Tree>),
    /// `subject IN (values)`.
    In(Box<Tree>, Vec<Tree>),
    /// `subject LIKE "..."`, or one of several patterns. A pattern is as `LIKE` reads it.
    Like(Box<Tree>, Vec<String>),
    /// `subject RLIKE "..."`; the pattern is as `RLIKE` reads it.
    Regex(Box<Tree>, String),
    /// `subject IS NULL`, or `IS NOT NULL` if it is there.
    Null {
        /// What is looked at.
        subject: Box<Tree>,
        /// Whether it must have a value.
        there: bool,
    },
    /// `NAME(arguments)`.
    Call(&'static str, Vec<Tree>),
    /// `left sign right`, on numbers and instants.
    Math(char, Box<Tree>, Box<Tree>),
    /// `-operand`.
    Negative(Box<Tree>),
    /// A column.
    Column(String),
    /// The values of a list column as one text, each between separators.
    Joined {
        /// The column.
        column: String,
        /// Whether its values are texts; others are made so.
        text: bool,
        /// Whether letters are made small.
        lower: bool,
    },
    /// A text literal.
    Text(String),
    /// A number literal, as it is printed.
    Number(String),
    /// A span of time, as it is printed.
    Span(&'static str),
}

impl Tree {
    /// `left == right`.
    pub(crate) fn equal(left: Self, right: Self) -> Self {
        Self::order(Comparison::Equal, left, right)
    }

    /// `left < right` and its like.
    pub(crate) fn order(comparison: Comparison, left: Self, right: Self) -> Self {
        Self::Compare(comparison, Box::new(left), Box::new(right))
    }

    /// `left sign right`.
    pub(crate) fn math(sign: char, left: Self, right: Self) -> Self {
        Self::Math(sign, Box::new(left), Box::new(right))
    }

    /// `NAME(argument)`.
    pub(crate) fn call(name: &'static str, argument: Self) -> Self {
        Self::Call(name, vec![argument])
    }

    /// A whole number.
    pub(crate) fn whole(value: i64) -> Self {
        Self::Number(value.to_string())
    }

    /// `subject IS NOT NULL`.
    pub(crate) fn there(subject: Self) -> Self {
        let subject = match subject {
            // They read everything, so only their operand may be missing.
            Self::Call("TO_STRING" | "TO_LOWER" | "LENGTH", mut arguments)
                if arguments.len() == 1 =>
            {
                return arguments.pop().map_or(Self::Bool(true), Self::there);
            }
            Self::Joined { column, .. } => Self::Column(column),
            other => other,
        };
        if subject.nullable() {
            Self::Null {
                subject: Box::new(subject),
                there: true,
            }
        } else {
            Self::Bool(true)
        }
    }

    /// Whether the value may be null.
    pub(crate) fn nullable(&self) -> bool {
        match self {
            // `MV_CONTAINS` is the only function for which no list is the empty list.
            Self::Bool(_)
            | Self::Null { .. }
            | Self::Text(_)
            | Self::Number(_)
            | Self::Span(_)
            | Self::Call("MV_CONTAINS", _) => false,
            Self::Not(inner) | Self::Like(inner, _) | Self::Regex(inner, _) => inner.nullable(),
            Self::All(operands) | Self::Any(operands) => operands.iter().any(Self::nullable),
            Self::Compare(_, left, right) | Self::Differs(left, right) => {
                left.nullable() || right.nullable()
            }
            Self::In(subject, values) => subject.nullable() || values.iter().any(Self::nullable),
            Self::Call("COALESCE", arguments) => arguments.iter().all(Self::nullable),
            // What reads a text (`TO_LONG`, `TO_IP` ...) gives null of more than null, but of a literal it is never asked what it cannot read.
            Self::Call(_, arguments) => arguments.iter().any(Self::nullable),
            // Numbers overflow and are divided by zero.
            Self::Math(..) | Self::Negative(_) | Self::Column(_) | Self::Joined { .. } => true,
        }
    }

    /// The same truth with null read as false.
    fn settled(self) -> Self {
        if self.nullable() && !verdict_faults::at("esql/tree/null-under-negation") {
            let null = verdict_faults::at("esql/tree/null-read-as-true");
            Self::Call("COALESCE", vec![self, Self::Bool(null)])
        } else {
            self
        }
    }

    /// The predicate without what reads its null as false.
    fn unsettled(self) -> Self {
        match self {
            Self::Call("COALESCE", mut arguments) if arguments.len() == 2 => {
                arguments.swap_remove(0)
            }
            other => other,
        }
    }

    /// True if every operand is.
    pub(crate) fn all(operands: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for operand in operands {
            match operand {
                Self::Bool(true) => {}
                Self::Bool(false) => return Self::Bool(false),
                Self::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        single(flat, true, Self::All)
    }

    /// True if some operand is.
    pub(crate) fn any(operands: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for operand in operands {
            match operand {
                Self::Bool(false) => {}
                Self::Bool(true) => return Self::Bool(true),
                Self::Any(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        single(flat, false, Self::Any)
    }

    /// The opposite of a predicate whose null is false.
    pub(crate) fn negate(self) -> Self {
        match self {
            Self::Bool(value) => Self::Bool(!value),
            Self::Not(inner) if verdict_faults::at("esql/tree/double-negation-dropped") => {
                Self::Not(inner)
            }
            Self::Not(inner) => inner.unsettled(),
            Self::Null { subject, there } => Self::Null {
                subject,
                there: there == verdict_faults::at("esql/tree/existence-not-negated"),
            },
            Self::All(operands) if verdict_faults::at("esql/tree/negation-of-the-first") => {
                let mut operands = operands.into_iter();
                let first = operands
                    .next()
                    .map(|first| Self::Not(Box::new(first.settled())));
                Self::all(first.into_iter().chain(operands))
            }
            other => Self::Not(Box::new(other.settled())),
        }
    }

    /// The same expression with chains of many operands as balanced trees of shorter ones: Elasticsearch's parser takes expressions 400 deep, and
    /// a chain is as deep as it is long.
    pub(crate) fn balanced(self) -> Self {
        match self {
            Self::Not(inner) => Self::Not(Box::new(inner.balanced())),
            Self::All(operands) => balance(operands, Self::All),
            Self::Any(operands) => balance(operands, Self::Any),
            Self::Call(name, arguments) => {
                Self::Call(name, arguments.into_iter().map(Self::balanced).collect())
            }
            other => other,
        }
    }

    /// How deep the expression is for a parser.
    pub(crate) fn depth(&self) -> usize {
        let deepest = |operands: &[Self]| operands.iter().map(Self::depth).max().unwrap_or(0);
        match self {
            // A chain is a tree that leans to one side, and brackets cost two steps.
            Self::All(operands) | Self::Any(operands) => operands.len() + 2 + deepest(operands),
            Self::Call(_, operands) => 1 + deepest(operands),
            Self::Not(inner)
            | Self::Negative(inner)
            | Self::Like(inner, _)
            | Self::Regex(inner, _)
            | Self::In(inner, _)
            | Self::Null { subject: inner, .. } => 1 + inner.depth(),
            Self::Compare(_, left, right)
            | Self::Differs(left, right)
            | Self::Math(_, left, right) => 1 + left.depth().max(right.depth()),
            Self::Joined { .. } => 4,
            Self::Bool(_) | Self::Column(_) | Self::Text(_) | Self::Number(_) | Self::Span(_) => 1,
        }
    }

    /// Calls `visit` with this node and every one below it.
    pub(crate) fn each<'t>(&'t self, visit: &mut dyn FnMut(&'t Self)) {
        visit(self);
        match self {
            Self::Not(inner)
            | Self::Negative(inner)
            | Self::Like(inner, _)
            | Self::Regex(inner, _)
            | Self::Null { subject: inner, .. } => inner.each(visit),
            Self::All(operands) | Self::Any(operands) | Self::Call(_, operands) => {
                for operand in operands {
                    operand.each(visit);
                }
            }
            Self::Compare(_, left, right)
            | Self::Differs(left, right)
            | Self::Math(_, left, right) => {
                left.each(visit);
                right.each(visit);
            }
            Self::In(subject, values) => {
                subject.each(visit);
                for value in values {
                    value.each(visit);
                }
            }
            Self::Bool(_)
            | Self::Column(_)
            | Self::Joined { .. }
            | Self::Text(_)
            | Self::Number(_)
            | Self::Span(_) => {}
        }
    }
}

fn single(mut operands: Vec<Tree>, neutral: bool, join: fn(Vec<Tree>) -> Tree) -> Tree {
    let mut kept: Vec<Tree> = Vec::with_capacity(operands.len());
    // Guards of neighbouring leaves repeat; long chains of values never do, and comparing them all would be quadratic.
    if operands.len() <= 32 {
        for operand in operands.drain(..) {
            if !kept.contains(&operand) {
                kept.push(operand);
            }
        }
    } else {
        kept = operands;
    }
    match kept.len() {
        0 => Tree::Bool(neutral),
        1 => kept.pop().unwrap_or(Tree::Bool(neutral)),
        _ => join(kept),
    }
}

/// The most operands of one chain.
const LONGEST_CHAIN: usize = 100;

fn balance(operands: Vec<Tree>, join: fn(Vec<Tree>) -> Tree) -> Tree {
    let mut operands: Vec<Tree> = operands.into_iter().map(Tree::balanced).collect();
    while operands.len() > LONGEST_CHAIN && !verdict_faults::at("esql/tree/chain-too-deep") {
        let mut groups = Vec::new();
        let mut rest = operands.into_iter().peekable();
        while rest.peek().is_some() {
            groups.push(join(rest.by_ref().take(LONGEST_CHAIN / 2).collect()));
        }
        operands = groups;
    }
    join(operands)
}
