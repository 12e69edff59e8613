//! EQL's own tree, no larger than what the plan makes.

use verdict_compiler::ir::{Case, Comparison};

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree {
    /// `true` or `false`.
    Bool(bool),
    /// `not`.
    Not(Box<Tree>),
    /// `and`.
    All(Vec<Tree>),
    /// `or`.
    Any(Vec<Tree>),
    /// A comparison of two operands.
    Compare(Comparison, Operand, Operand),
    /// Some value of the subject equals or matches one of these.
    Match {
        /// What is looked at.
        subject: Operand,
        /// How.
        how: How,
        /// The values or patterns, at least one.
        values: Vec<Operand>,
    },
    /// `== null`.
    Null(Operand),
    /// A function that is a condition.
    Call(String, Vec<Operand>),
}

/// How a subject is held against values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// `==`, `in`.
    Equal,
    /// `in~`.
    EqualFold,
    /// `:`, which ignores case and knows wildcards.
    Wildcard,
    /// `like`.
    Like,
    /// `regex`, `regex~`.
    Regex(Case),
}

/// What conditions look at.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    /// A field.
    Field(String),
    /// A field that need not be mapped anywhere, `?f`.
    Optional(String),
    /// A text.
    Text(String),
    /// A regular expression, which is written as a text that shows its backslashes.
    Expression(String),
    /// A number as it is written.
    Number(String),
    /// A truth value.
    Bool(bool),
    /// A function.
    Call(String, Vec<Operand>),
    /// Arithmetic.
    Math(char, Box<Operand>, Box<Operand>),
    /// `-a`.
    Negative(Box<Operand>),
    /// A condition as a value.
    Condition(Box<Tree>),
}

impl Operand {
    /// A function's value.
    pub(crate) fn call(name: &str, arguments: impl IntoIterator<Item = Self>) -> Self {
        Self::Call(name.to_owned(), arguments.into_iter().collect())
    }
}

/// The longest chain that is not broken into groups: Elasticsearch's parser recurses once an operand.
const LONGEST_CHAIN: usize = 200;

impl Tree {
    /// True if all are.
    pub(crate) fn all(operands: impl IntoIterator<Item = Self>) -> Self {
        joined(operands, true)
    }

    /// True if some is.
    pub(crate) fn any(operands: impl IntoIterator<Item = Self>) -> Self {
        joined(operands, false)
    }

    /// The opposite.
    pub(crate) fn negate(self) -> Self {
        match self {
            Self::Bool(value) => Self::Bool(!value),
            Self::Not(inner) if verdict_faults::at("eql/tree/double-negation-kept") => {
                Self::Not(inner)
            }
            Self::All(operands) if verdict_faults::at("eql/tree/negation-of-the-first") => {
                let mut operands = operands.into_iter();
                let first = operands.next().map(|first| Self::Not(Box::new(first)));
                Self::all(first.into_iter().chain(operands))
            }
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// A match of one value.
    pub(crate) fn matches(subject: Operand, how: How, value: Operand) -> Self {
        Self::Match {
            subject,
            how,
            values: vec![value],
        }
    }

    /// The same with no chain longer than the parser likes.
    pub(crate) fn balanced(self) -> Self {
        match self {
            Self::All(operands) => balance(operands, Self::All),
            Self::Any(operands) => balance(operands, Self::Any),
            Self::Not(inner) => Self::Not(Box::new(inner.balanced())),
            other @ (Self::Bool(_)
            | Self::Compare(..)
            | Self::Match { .. }
            | Self::Null(_)
            | Self::Call(..)) => other,
        }
    }
}

fn joined(operands: impl IntoIterator<Item = Tree>, neutral: bool) -> Tree {
    let mut flat = Vec::new();
    for operand in operands {
        match operand {
            Tree::Bool(value) if value == neutral => {}
            Tree::Bool(value) => return Tree::Bool(value),
            Tree::All(inner) if neutral => flat.extend(inner),
            Tree::Any(inner) if !neutral => flat.extend(inner),
            other => flat.push(other),
        }
    }
    match (flat.len(), flat.pop()) {
        (_, None) => Tree::Bool(neutral),
        (1, Some(only)) => only,
        (_, Some(last)) => {
            flat.push(last);
            if neutral {
                Tree::All(flat)
            } else {
                Tree::Any(flat)
            }
        }
    }
}

fn balance(operands: Vec<Tree>, join: fn(Vec<Tree>) -> Tree) -> Tree {
    let mut operands: Vec<Tree> = operands.into_iter().map(Tree::balanced).collect();
    while operands.len() > LONGEST_CHAIN {
        let mut rest = operands.into_iter();
        let mut groups = Vec::new();
        loop {
            let group: Vec<Tree> = rest.by_ref().take(LONGEST_CHAIN).collect();
            match group.len() {
                0 => break,
                1 => groups.extend(group),
                _ => groups.push(join(group)),
            }
        }
        operands = groups;
    }
    join(operands)
}
