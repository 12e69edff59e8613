//! The faithful tree of an ES|QL text, with the bytes each part came from.

use std::ops::Range;

/// The bytes of the text that a part came from.
pub(super) type Span = Range<usize>;

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) span: Span,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expr {
    pub(super) kind: ExprKind,
    pub(super) span: Span,
    /// How many nested calls the vendor's tree builder needs for it; see [`super::parse::MAX_DEPTH`].
    pub(super) depth: u32,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ExprKind {
    Literal(Literal),
    Column(String),
    Not(Box<Expr>),
    /// A chain of one connective, left to right: two terms or more.
    Chain(Connective, Vec<Expr>),
    Compare(Comparison, Box<Expr>, Box<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    Negate(Box<Expr>),
    In {
        negated: bool,
        value: Box<Expr>,
        items: Vec<Expr>,
    },
    Like {
        kind: PatternKind,
        negated: bool,
        value: Box<Expr>,
        /// Whether the patterns stand in parentheses; one pattern may.
        list: bool,
        patterns: Vec<Name>,
    },
    IsNull {
        negated: bool,
        value: Box<Expr>,
    },
    /// `f : "x"`: a full-text match.
    Match(Name),
    Cast(Box<Expr>, Name),
    Call(Name, Arguments),
}

/// What stands between the parentheses of a call.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Arguments {
    /// `COUNT(*)`.
    Star,
    List(Vec<Expr>),
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Literal {
    Null,
    Bool(bool),
    /// Fits an `integer`.
    Integer(i64),
    Long(i64),
    UnsignedLong(u64),
    Double(f64),
    Text(String),
    /// A number and a unit: `5 minutes`.
    Amount(i64, String),
    /// `["a", "b"]`: values of one type.
    List(Vec<Literal>),
}

/// `AND`, `OR`.
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

    /// The comparison that says the same with the sides exchanged.
    pub(super) fn flipped(self) -> Self {
        match self {
            Self::Equal | Self::NotEqual => self,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
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

/// `LIKE`, `RLIKE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PatternKind {
    Like,
    Rlike,
}

/// `name = expression`; without a name the text of the expression is the name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Assignment {
    pub(super) name: Name,
    pub(super) value: Expr,
    /// `COUNT(*) WHERE condition`.
    pub(super) filter: Option<Expr>,
}

/// A name in `KEEP`, `DROP`: pieces of text, with any run of characters between them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NamePattern {
    pub(super) pieces: Vec<String>,
    pub(super) span: Span,
}

impl NamePattern {
    /// The name, if no `*` stands in it.
    pub(super) fn plain(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [only] => Some(only),
            _several => None,
        }
    }

    /// Whether a column has such a name.
    pub(super) fn fits(&self, name: &str) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else {
            return false;
        };
        let Some((last, middle)) = rest.split_last() else {
            return first == name;
        };
        let Some(mut tail) = name.strip_prefix(first.as_str()) else {
            return false;
        };
        for piece in middle {
            match tail.split_once(piece.as_str()) {
                Some((_, after)) => tail = after,
                None => return false,
            }
        }
        tail.ends_with(last.as_str())
    }
}

/// One key of `SORT`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SortKey {
    pub(super) value: Expr,
    pub(super) ascending: bool,
    pub(super) nulls_first: bool,
}

/// `STATS`, `INLINE STATS`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stats {
    /// Where the command's word stands.
    pub(super) span: Span,
    /// Whether it keeps the rows.
    pub(super) inline: bool,
    pub(super) aggregates: Vec<Assignment>,
    pub(super) groups: Vec<Assignment>,
}

/// One step after a pipe.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Command {
    Where(Expr),
    Eval(Vec<Assignment>),
    Keep(Vec<NamePattern>),
    Drop(Vec<NamePattern>),
    Rename(Vec<(Name, Name)>),
    Limit(u64),
    Sort(Vec<SortKey>),
    Stats(Stats),
    /// `MV_EXPAND column`.
    Expand(Name),
}

/// A whole text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Program {
    pub(super) metadata: Vec<Name>,
    pub(super) commands: Vec<Command>,
}
