//! Boolean expressions and their leaves.

use crate::ir::pattern::{Case, Pattern};
use crate::ir::regex::Regex;
use crate::ir::term::Term;
use crate::ir::test::{Comparison, Test};
use crate::span::Span;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::hash::{Hash, Hasher};
use verdict_event::{FieldSchema, Path};

/// Plain boolean logic over two-valued leaves.
///
/// Invariants, kept by the constructors: an `All` or `Any` has at least two operands, none of its own kind, none constant, no two equal; a `Not`
/// holds neither a constant nor a `Not`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expr {
    /// Always or never.
    Const(bool),
    /// The operand is false.
    Not(Box<Expr>),
    /// Every operand is true.
    All(Vec<Expr>),
    /// Some operand is true.
    Any(Vec<Expr>),
    /// A predicate over the event.
    Leaf(Leaf),
}

impl Expr {
    /// The opposite of an expression.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::Const(value) => Self::Const(!value),
            Self::Not(inner) => *inner,
            other @ (Self::All(_) | Self::Any(_) | Self::Leaf(_)) => Self::Not(Box::new(other)),
        }
    }

    /// True if every operand is.
    pub fn all(operands: impl IntoIterator<Item = Self>) -> Self {
        match flatten(operands, true) {
            None => Self::Const(false),
            Some(operands) => single(operands, true, Self::All),
        }
    }

    /// True if some operand is.
    pub fn any(operands: impl IntoIterator<Item = Self>) -> Self {
        match flatten(operands, false) {
            None => Self::Const(true),
            Some(operands) => single(operands, false, Self::Any),
        }
    }

    /// The leaf that `kind` is.
    pub fn leaf(kind: LeafKind, span: Span) -> Self {
        Self::Leaf(Leaf { kind, span })
    }

    /// The leaf: some value of the field satisfies the test.
    pub fn field(path: Path, test: Test, span: Span) -> Self {
        Self::leaf(
            LeafKind::Is {
                term: Term::Field(path),
                test,
            },
            span,
        )
    }

    /// Calls `visit` with every leaf, left to right.
    pub fn each_leaf<'x>(&'x self, visit: &mut dyn FnMut(&'x Leaf)) {
        match self {
            Self::Const(_) => {}
            Self::Not(inner) => inner.each_leaf(visit),
            Self::All(operands) | Self::Any(operands) => {
                for operand in operands {
                    operand.each_leaf(visit);
                }
            }
            Self::Leaf(leaf) => visit(leaf),
        }
    }

    /// Calls `visit` with every leaf, and with those of the conditions that stand as values below it.
    pub fn each_leaf_within<'x>(&'x self, visit: &mut dyn FnMut(&'x Leaf)) {
        self.each_leaf(&mut |leaf| {
            visit(leaf);
            match &leaf.kind {
                LeafKind::Is { term, .. } | LeafKind::Missing(term) => term.each_condition(visit),
                LeafKind::Relate { left, right, .. } => {
                    left.each_condition(visit);
                    right.each_condition(visit);
                }
                LeafKind::Present(_) | LeafKind::AnyText(_) => {}
            }
        });
    }

    /// Every leaf, left to right.
    pub fn leaves(&self) -> Vec<&Leaf> {
        let mut found = Vec::new();
        self.each_leaf(&mut |leaf| found.push(leaf));
        found
    }

    /// Every field that a leaf reads.
    pub fn fields(&self) -> BTreeSet<Path> {
        let mut found = BTreeSet::new();
        self.each_leaf(&mut |leaf| {
            leaf.each_field(&mut |path| {
                found.insert(path.clone());
            });
        });
        found
    }

    /// The first field that a leaf reads and that holds lists: of its values a condition as a value may say one thing each.
    pub fn reads_list<'x>(&'x self, fields: &BTreeMap<Path, FieldSchema>) -> Option<&'x Path> {
        let mut list = None;
        self.each_leaf(&mut |leaf| {
            leaf.each_field(&mut |path| {
                if fields.get(path).is_some_and(|field| field.array) {
                    list.get_or_insert(path);
                }
            });
        });
        list
    }

    /// The same expression with every leaf replaced by what `replace` makes of it, rebuilt by the constructors.
    #[must_use]
    pub fn map_leaves(&self, replace: &mut dyn FnMut(&Leaf) -> Self) -> Self {
        match self {
            Self::Const(value) => Self::Const(*value),
            Self::Not(inner) => inner.map_leaves(replace).negate(),
            Self::All(operands) => Self::all(
                operands
                    .iter()
                    .map(|x| x.map_leaves(replace))
                    .collect::<Vec<_>>(),
            ),
            Self::Any(operands) => Self::any(
                operands
                    .iter()
                    .map(|x| x.map_leaves(replace))
                    .collect::<Vec<_>>(),
            ),
            Self::Leaf(leaf) => replace(leaf),
        }
    }

    /// The same expression with fields read under other names.
    #[must_use]
    pub fn rename(&self, name: &dyn Fn(&Path) -> Path) -> Self {
        self.map_leaves(&mut |leaf| Self::Leaf(leaf.rename(name)))
    }

    /// The value of the expression, given the value of each leaf.
    pub fn evaluate(&self, leaf: &mut dyn FnMut(&Leaf) -> bool) -> bool {
        match self {
            Self::Const(value) => *value,
            Self::Not(inner) => !inner.evaluate(leaf),
            Self::All(operands) => operands.iter().all(|operand| operand.evaluate(leaf)),
            Self::Any(operands) => operands.iter().any(|operand| operand.evaluate(leaf)),
            Self::Leaf(predicate) => leaf(predicate),
        }
    }
}

/// The operands without nesting, neutral constants and repetitions; None if an absorbing constant is among them.
fn flatten(operands: impl IntoIterator<Item = Expr>, neutral: bool) -> Option<Vec<Expr>> {
    let mut flat = Vec::new();
    for operand in operands {
        match operand {
            Expr::Const(value) if value == neutral => {}
            Expr::Const(_) => return None,
            Expr::All(inner) if neutral => flat.extend(inner),
            Expr::Any(inner) if !neutral => flat.extend(inner),
            other @ (Expr::Not(_) | Expr::All(_) | Expr::Any(_) | Expr::Leaf(_)) => {
                flat.push(other);
            }
        }
    }
    let mut seen = HashSet::with_capacity(flat.len());
    let keep: Vec<bool> = flat.iter().map(|operand| seen.insert(operand)).collect();
    let mut keep = keep.into_iter();
    flat.retain(|_| keep.next().unwrap_or(true));
    Some(flat)
}

fn single(mut operands: Vec<Expr>, neutral: bool, join: fn(Vec<Expr>) -> Expr) -> Expr {
    match operands.len() {
        0 => Expr::Const(neutral),
        1 => operands.pop().unwrap_or(Expr::Const(neutral)),
        _ => join(operands),
    }
}

/// A predicate over the event: true or false, never unknown. The span does not take part in equality.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// What it tests.
    pub kind: LeafKind,
    /// Where in the rule file it comes from.
    pub span: Span,
}

impl PartialEq for Leaf {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Eq for Leaf {}

impl Hash for Leaf {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.kind.hash(state);
    }
}

impl Leaf {
    /// Calls `visit` with every field the leaf reads (none for [`LeafKind::AnyText`], which reads them all).
    pub fn each_field<'x>(&'x self, visit: &mut dyn FnMut(&'x Path)) {
        match &self.kind {
            LeafKind::Is { term, .. } | LeafKind::Missing(term) => term.each_field(visit),
            LeafKind::Relate { left, right, .. } => {
                left.each_field(visit);
                right.each_field(visit);
            }
            LeafKind::Present(path) => visit(path),
            LeafKind::AnyText(_) => {}
        }
    }

    /// The same leaf reading fields under other names.
    #[must_use]
    pub fn rename(&self, name: &dyn Fn(&Path) -> Path) -> Self {
        let kind = match &self.kind {
            LeafKind::Is { term, test } => LeafKind::Is {
                term: term.rename(name),
                test: test.clone(),
            },
            LeafKind::Relate {
                relation,
                left,
                right,
            } => LeafKind::Relate {
                relation: relation.clone(),
                left: left.rename(name),
                right: right.rename(name),
            },
            LeafKind::Missing(term) => LeafKind::Missing(term.rename(name)),
            LeafKind::Present(path) => LeafKind::Present(name(path)),
            LeafKind::AnyText(text) => LeafKind::AnyText(text.clone()),
        };
        Self {
            kind,
            span: self.span,
        }
    }
}

/// What a leaf tests.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LeafKind {
    /// Some value of the term satisfies the test. The commonest leaf: the term is a field.
    Is {
        /// What is tested.
        term: Term,
        /// The test.
        test: Test,
    },
    /// Some pair of values of two terms stands in the relation. Neither is constant, except that the left one of
    /// [`Relation::StartsWith`], [`Relation::EndsWith`] and [`Relation::Contains`] may be.
    Relate {
        /// The relation.
        relation: Relation,
        /// Its left side.
        left: Term,
        /// Its right side.
        right: Term,
    },
    /// The term has no value: null, absent or an empty list; of a function or a condition: some combination of values gives none.
    Missing(Term),
    /// The key stands in the event, whatever is under it (Sigma's `exists`).
    Present(Path),
    /// Some string anywhere in the event satisfies the test (Sigma's keywords).
    AnyText(AnyText),
}

/// What a keyword looks for in a string.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AnyText {
    /// The pattern, which already begins and ends with an any-run, matches the string.
    Pattern(Pattern),
    /// The expression is found in the string.
    Regex(Regex),
}

/// A relation between two values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// The values compare so, seen through the view; texts also by their case.
    Compare(Comparison, View, Case),
    /// The left text begins with the right one.
    StartsWith(Case),
    /// The left text ends with the right one.
    EndsWith(Case),
    /// The left text holds the right one. `empty` says whether every text holds the empty one (Sigma: yes; EQL's `stringContains`: no).
    Contains {
        /// How letters compare.
        case: Case,
        /// Whether the empty text is contained.
        empty: bool,
    },
}

/// As what a value is seen by a comparison. A value that cannot be seen so does not take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// Its text.
    Text,
    /// A number: a JSON number or decimal text.
    Number,
    /// `true` or `false`.
    Bool,
    /// An IP address.
    Address,
    /// A software version.
    Version,
    /// An instant: ISO 8601 text, or a number of milliseconds since 1970.
    Instant,
}
