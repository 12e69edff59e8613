//! The plan's own tree: an expression of Kusto's query language, with every guard in it.
//!
//! The constructors fold constants, flatten chains and write negations as people do (`!~`, `!contains`), so that printing is only printing.
//! They are right for predicates that are never null: the plan has wrapped the others before it negates them.

use verdict_compiler::ir::{Case, Comparison};

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tree {
    /// `true` or `false`.
    Bool(bool),
    /// `not(...)`.
    Not(Box<Tree>),
    /// `... and ...`: at least two operands.
    All(Vec<Tree>),
    /// `... or ...`: at least two operands.
    Any(Vec<Tree>),
    /// `left operator right`.
    Compare(Operator, Box<Tree>, Box<Tree>),
    /// `subject in (values)`.
    In {
        /// How letters compare.
        case: Case,
        /// Whether it is `!in`.
        negated: bool,
        /// What is looked up.
        subject: Box<Tree>,
        /// The literals.
        values: Vec<Tree>,
    },
    /// `name(arguments)`.
    Call(&'static str, Vec<Tree>),
    /// `left sign right`, on numbers.
    Math(char, Box<Tree>, Box<Tree>),
    /// `-operand`.
    Negative(Box<Tree>),
    /// A column.
    Column(String),
    /// The values of a list column, each between separators.
    Joined(String),
    /// `*`: any column.
    Star,
    /// A text literal.
    Text(String),
    /// A number literal, as it is printed.
    Number(String),
    /// A `datetime(...)` literal, without the word.
    Instant(String),
    /// A `dynamic([...])` literal of texts.
    List(Vec<String>),
}

/// How a text is matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// As a whole; for numbers and booleans too.
    Whole,
    /// At its start.
    Start,
    /// At its end.
    End,
    /// Anywhere.
    Inside,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `==`, `startswith` and their like.
    Match {
        /// Where.
        place: Match,
        /// How letters compare.
        case: Case,
        /// Whether it is the opposite operator.
        negated: bool,
    },
    /// `<` and its like; null if a side is.
    Order(Comparison),
    /// `matches regex`.
    Regex,
}

impl Operator {
    /// The word or sign.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Match {
                place,
                case,
                negated,
            } => {
                let exact = negated && verdict_faults::at("kql/tree/opposite-minds-case");
                matching(place, if exact { Case::Exact } else { case }, negated)
            }
            Self::Order(comparison) => comparison.sign(),
            Self::Regex => "matches regex",
        }
    }
}

fn matching(place: Match, case: Case, negated: bool) -> &'static str {
    match (place, case, negated) {
        (Match::Whole, Case::Exact, false) => "==",
        (Match::Whole, Case::Exact, true) => "!=",
        (Match::Whole, Case::Fold, false) => "=~",
        (Match::Whole, Case::Fold, true) => "!~",
        (Match::Start, Case::Exact, false) => "startswith_cs",
        (Match::Start, Case::Exact, true) => "!startswith_cs",
        (Match::Start, Case::Fold, false) => "startswith",
        (Match::Start, Case::Fold, true) => "!startswith",
        (Match::End, Case::Exact, false) => "endswith_cs",
        (Match::End, Case::Exact, true) => "!endswith_cs",
        (Match::End, Case::Fold, false) => "endswith",
        (Match::End, Case::Fold, true) => "!endswith",
        (Match::Inside, Case::Fold, false)
            if verdict_faults::at("kql/tree/terms-instead-of-texts") =>
        {
            "has"
        }
        (Match::Inside, Case::Exact, false) => "contains_cs",
        (Match::Inside, Case::Exact, true) => "!contains_cs",
        (Match::Inside, Case::Fold, false) => "contains",
        (Match::Inside, Case::Fold, true) => "!contains",
    }
}

/// Function names that are each other's opposite.
const OPPOSITES: [(&str, &str); 2] = [("isempty", "isnotempty"), ("isnull", "isnotnull")];

impl Tree {
    /// `left == right` and its like.
    pub(crate) fn matches(place: Match, case: Case, left: Self, right: Self) -> Self {
        let operator = Operator::Match {
            place,
            case,
            negated: false,
        };
        Self::Compare(operator, Box::new(left), Box::new(right))
    }

    /// `left == right`, exactly.
    pub(crate) fn equal(left: Self, right: Self) -> Self {
        Self::matches(Match::Whole, Case::Exact, left, right)
    }

    /// `left < right` and its like; equality is never null, the others are if a side is.
    pub(crate) fn order(comparison: Comparison, left: Self, right: Self) -> Self {
        match comparison {
            Comparison::Equal => Self::equal(left, right),
            Comparison::Less
            | Comparison::LessOrEqual
            | Comparison::Greater
            | Comparison::GreaterOrEqual => {
                Self::Compare(Operator::Order(comparison), Box::new(left), Box::new(right))
            }
        }
    }

    /// `left matches regex pattern`.
    pub(crate) fn regex(left: Self, pattern: String) -> Self {
        Self::Compare(
            Operator::Regex,
            Box::new(left),
            Box::new(Self::Text(pattern)),
        )
    }

    /// `name(argument)`.
    pub(crate) fn call(name: &'static str, argument: Self) -> Self {
        Self::Call(name, vec![argument])
    }

    /// The same truth with null read as false.
    pub(crate) fn settled(self) -> Self {
        match self {
            Self::Bool(value) => Self::Bool(value),
            other => {
                let null = verdict_faults::at("kql/tree/null-read-as-true");
                Self::Call("coalesce", vec![other, Self::Bool(null)])
            }
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

    /// The opposite of a predicate that is never null.
    pub(crate) fn negate(self) -> Self {
        match self {
            Self::Bool(value) => Self::Bool(!value),
            Self::Not(inner) if verdict_faults::at("kql/tree/double-negation-kept") => {
                Self::Not(inner)
            }
            Self::Not(inner) => *inner,
            Self::In {
                case,
                negated,
                subject,
                values,
            } => Self::In {
                case,
                negated: !negated,
                subject,
                values,
            },
            // Over any column the opposite operator asks for one column that differs, not for all.
            Self::Compare(
                Operator::Match {
                    place,
                    case,
                    negated,
                },
                left,
                right,
            ) if *left != Self::Star
                || verdict_faults::at("kql/tree/keyword-some-other-column") =>
            {
                let operator = Operator::Match {
                    place,
                    case,
                    negated: !negated,
                };
                Self::Compare(operator, left, right)
            }
            Self::Call(name, arguments) => match opposite(name) {
                Some(other) => Self::Call(other, arguments),
                None => Self::Not(Box::new(Self::Call(name, arguments))),
            },
            other => Self::Not(Box::new(other)),
        }
    }

    /// The same expression with chains of many operands as balanced trees of shorter ones: Microsoft's parser gives up on a chain of more
    /// than 492 terms.
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

    /// Calls `visit` with this node and every one below it.
    pub(crate) fn each<'t>(&'t self, visit: &mut dyn FnMut(&'t Self)) {
        visit(self);
        match self {
            Self::Not(inner) | Self::Negative(inner) => inner.each(visit),
            Self::All(operands) | Self::Any(operands) | Self::Call(_, operands) => {
                for operand in operands {
                    operand.each(visit);
                }
            }
            Self::Compare(_, left, right) | Self::Math(_, left, right) => {
                left.each(visit);
                right.each(visit);
            }
            Self::In {
                subject, values, ..
            } => {
                subject.each(visit);
                for value in values {
                    value.each(visit);
                }
            }
            Self::Bool(_)
            | Self::Column(_)
            | Self::Joined(_)
            | Self::Star
            | Self::Text(_)
            | Self::Number(_)
            | Self::Instant(_)
            | Self::List(_) => {}
        }
    }
}

fn opposite(name: &str) -> Option<&'static str> {
    OPPOSITES.iter().find_map(|(one, other)| match name {
        name if name == *one && !verdict_faults::at("kql/tree/opposite-forgotten") => Some(*other),
        name if name == *other => Some(*one),
        _ => None,
    })
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
const LONGEST_CHAIN: usize = 400;

fn balance(operands: Vec<Tree>, join: fn(Vec<Tree>) -> Tree) -> Tree {
    let mut operands: Vec<Tree> = operands.into_iter().map(Tree::balanced).collect();
    while operands.len() > LONGEST_CHAIN && !verdict_faults::at("kql/tree/chain-too-long") {
        let mut groups = Vec::new();
        let mut rest = operands.into_iter().peekable();
        while rest.peek().is_some() {
            groups.push(join(rest.by_ref().take(LONGEST_CHAIN / 4).collect()));
        }
        operands = groups;
    }
    join(operands)
}
