//! A leaf as a quick question to [`Columns`].
//!
//! Only texts are asked quickly, by the definitions that [`crate::oracle::test`] has for the same shapes; everything else is asked of the oracle. The
//! tests of this module's parent hold the two against each other.

use super::columns::{Columns, Fields, Held};
use crate::oracle::{Oracle, test};
use memchr::memmem::Finder;
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Case, Expr, Leaf, LeafKind, Pattern, Piece, Term, Test, fold};
use verdict_event::Path;

/// A leaf and how it is asked.
pub(crate) struct Probe<'l> {
    leaf: &'l Leaf,
    way: Way<'l>,
}

enum Way<'l> {
    /// The values of a plain field, one at a time.
    Values {
        field: usize,
        path: &'l Path,
        ask: Ask<'l>,
    },
    /// The oracle, with the whole event.
    Oracle,
}

enum Ask<'l> {
    /// A text of a simple shape.
    Text(Case, Simple),
    /// A pattern, of which every one of these literals is a part.
    Pattern(Vec<Finder<'static>>, &'l Pattern),
    /// Any other test.
    Test(&'l Test),
}

enum Simple {
    Equals(String),
    StartsWith(String),
    EndsWith(String),
    Contains(Box<Finder<'static>>),
}

impl<'l> Probe<'l> {
    pub(crate) fn new(oracle: &Oracle<'_>, fields: &Fields<'_>, leaf: &'l Leaf) -> Self {
        let way = match &leaf.kind {
            LeafKind::Is {
                term: Term::Field(path),
                test,
            } if oracle.is_plain(path) => {
                fields
                    .number(path)
                    .map_or(Way::Oracle, |field| Way::Values {
                        field,
                        path,
                        ask: ask(test),
                    })
            }
            LeafKind::Is { .. }
            | LeafKind::Relate { .. }
            | LeafKind::Missing(_)
            | LeafKind::Present(_)
            | LeafKind::AnyText(_) => Way::Oracle,
        };
        Self { leaf, way }
    }

    /// Whether the leaf is true of an event. `oracle` knows the leaf's regular expressions.
    pub(crate) fn says(&self, oracle: &Oracle<'_>, columns: &Columns<'_>, event: usize) -> bool {
        if let Way::Values { field, path, ask } = &self.way
            && let Some(column) = columns.of(*field, path)
        {
            let mut values = column.values(event).iter();
            return values.any(|held| ask.takes(oracle, held));
        }
        let event = columns.event(event);
        event.is_some_and(|event| oracle.leaf(self.leaf, event))
    }
}

impl Ask<'_> {
    fn takes(&self, oracle: &Oracle<'_>, held: &Held<'_>) -> bool {
        match self {
            Self::Text(case, simple) => seen(*case, held).is_some_and(|text| match simple {
                Simple::Equals(wanted) => text == wanted,
                Simple::StartsWith(wanted) => text.starts_with(wanted.as_str()),
                Simple::EndsWith(wanted) => text.ends_with(wanted.as_str()),
                Simple::Contains(wanted) => wanted.find(text.as_bytes()).is_some(),
            }),
            Self::Pattern(literals, pattern) => {
                seen(pattern.case(), held).is_some_and(|text| {
                    let mut literals = literals.iter();
                    literals.all(|literal| literal.find(text.as_bytes()).is_some())
                }) && held.text.is_some_and(|text| test::matches(pattern, text))
            }
            Self::Test(test) => oracle.satisfies(test, held.value),
        }
    }
}

fn seen<'h>(case: Case, held: &'h Held<'_>) -> Option<&'h str> {
    match case {
        Case::Exact => held.text,
        Case::Fold => held.folded(),
    }
}

fn ask(test: &Test) -> Ask<'_> {
    let Test::Text(pattern) = test else {
        return Ask::Test(test);
    };
    let case = pattern.case();
    let as_seen = |text: &str| match case {
        Case::Exact => text.to_owned(),
        Case::Fold => fold::fold(text),
    };
    let finder = |text: &str| Finder::new(as_seen(text).as_bytes()).into_owned();
    let simple = match pattern.shape() {
        Shape::Anything => return Ask::Test(test),
        Shape::Equals(text) => Simple::Equals(as_seen(text)),
        Shape::StartsWith(text) => Simple::StartsWith(as_seen(text)),
        Shape::EndsWith(text) => Simple::EndsWith(as_seen(text)),
        Shape::Contains(text) => Simple::Contains(Box::new(finder(text))),
        Shape::General(pieces) => {
            let literals = pieces.iter().filter_map(|piece| match piece {
                Piece::Literal(text) => Some(finder(text)),
                Piece::AnyRun | Piece::AnyChar => None,
            });
            return Ask::Pattern(literals.collect(), pattern);
        }
    };
    Ask::Text(case, simple)
}

/// An expression of few leaves, each a [`Probe`].
pub(crate) enum Probes<'l> {
    Const(bool),
    Leaf(Box<Probe<'l>>),
    Not(Box<Probes<'l>>),
    All(Vec<Probes<'l>>),
    Any(Vec<Probes<'l>>),
}

impl<'l> Probes<'l> {
    pub(crate) fn new(oracle: &Oracle<'_>, fields: &Fields<'_>, expr: &'l Expr) -> Self {
        let each = |operands: &'l [Expr]| {
            let operands = operands.iter();
            operands
                .map(|operand| Self::new(oracle, fields, operand))
                .collect()
        };
        match expr {
            Expr::Const(value) => Self::Const(*value),
            Expr::Leaf(leaf) => Self::Leaf(Box::new(Probe::new(oracle, fields, leaf))),
            Expr::Not(inner) => Self::Not(Box::new(Self::new(oracle, fields, inner))),
            Expr::All(operands) => Self::All(each(operands)),
            Expr::Any(operands) => Self::Any(each(operands)),
        }
    }

    /// Whether it is true of an event.
    pub(crate) fn says(&self, oracle: &Oracle<'_>, columns: &Columns<'_>, event: usize) -> bool {
        match self {
            Self::Const(value) => *value,
            Self::Leaf(probe) => probe.says(oracle, columns, event),
            Self::Not(inner) => !inner.says(oracle, columns, event),
            Self::All(operands) => {
                let mut operands = operands.iter();
                operands.all(|operand| operand.says(oracle, columns, event))
            }
            Self::Any(operands) => {
                let mut operands = operands.iter();
                operands.any(|operand| operand.says(oracle, columns, event))
            }
        }
    }
}
