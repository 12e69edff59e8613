//! Columns that a query computes of others, and what stands in their place where a language computes none.

use crate::profile::mapping::Alone;
use verdict_compiler::ir::{Expr, Function, Leaf, LeafKind, Scalar, Term};
use verdict_event::{FieldType, Path};

/// A column that a query computes of others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// Its name, which no column of the table has.
    pub name: Path,
    /// Of what.
    pub from: From,
    /// How it begins, and how the columns begin instead: the query writes it back.
    pub spelled: Vec<(String, String)>,
}

/// What a column is computed of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// Two texts.
    Joined {
        /// What stands before.
        first: Path,
        /// What stands behind.
        second: Path,
        /// What stands between.
        by: String,
        /// What it is where a column is missing; missing itself, if nothing is said.
        alone: Option<Alone>,
    },
    /// A text.
    Column(Path),
    /// What stands behind the last of these in a text; nothing where none does.
    Behind(Path, String),
    /// The text under a key of the object that a column holds, or of which its text is the JSON.
    Key {
        /// The column.
        column: Path,
        /// The key; dots go deeper.
        key: String,
        /// Whether the column holds a text.
        json: bool,
    },
}

impl Derived {
    /// What the columns that it reads hold.
    pub fn kind(&self) -> FieldType {
        match self.from {
            From::Key { json: false, .. } => FieldType::Object,
            From::Joined { .. } | From::Column(_) | From::Key { .. } | From::Behind(..) => {
                FieldType::Keyword
            }
        }
    }

    /// The columns that it reads.
    pub fn parts(&self) -> Vec<&Path> {
        match &self.from {
            From::Joined { first, second, .. } => vec![first, second],
            From::Column(column) | From::Key { column, .. } | From::Behind(column, _) => {
                vec![column]
            }
        }
    }
}

/// A leaf over computed columns with the computation in their place.
pub(crate) fn inline(leaf: &Leaf, derived: &[Derived]) -> Expr {
    let kind = match &leaf.kind {
        LeafKind::Is { term, test } => {
            if let Some((found, whole, other)) = whole(term, derived) {
                // One column alone, where the other has no value.
                let alone = Expr::field(whole.clone(), test.clone(), leaf.span);
                let missing = Expr::leaf(LeafKind::Missing(Term::Field(other.clone())), leaf.span);
                let both = Expr::leaf(
                    LeafKind::Is {
                        term: computation(found),
                        test: test.clone(),
                    },
                    leaf.span,
                );
                return Expr::any([Expr::all([missing, alone]), both]);
            }
            LeafKind::Is {
                term: inline_term(term, derived),
                test: test.clone(),
            }
        }
        LeafKind::Relate {
            relation,
            left,
            right,
        } => LeafKind::Relate {
            relation: relation.clone(),
            left: inline_term(left, derived),
            right: inline_term(right, derived),
        },
        LeafKind::Missing(term) => match whole(term, derived) {
            Some((_, whole, _)) => LeafKind::Missing(Term::Field(whole.clone())),
            None => LeafKind::Missing(inline_term(term, derived)),
        },
        LeafKind::Present(path) => match derived.iter().find(|derived| derived.name == *path) {
            Some(found) => {
                let parts = found.parts();
                let part = match &found.from {
                    From::Joined {
                        alone: Some(Alone::Second),
                        ..
                    } => parts.last(),
                    From::Joined { .. } | From::Column(_) | From::Key { .. } | From::Behind(..) => {
                        parts.first()
                    }
                };
                LeafKind::Present(part.copied().unwrap_or(path).clone())
            }
            None => LeafKind::Present(path.clone()),
        },
        LeafKind::AnyText(text) => LeafKind::AnyText(text.clone()),
    };
    Expr::leaf(kind, leaf.span)
}

/// The computed column that a term is, with the part that it may be alone and the other.
fn whole<'d>(term: &Term, derived: &'d [Derived]) -> Option<(&'d Derived, &'d Path, &'d Path)> {
    let Term::Field(path) = term else {
        return None;
    };
    let found = derived.iter().find(|derived| derived.name == *path)?;
    match &found.from {
        From::Joined {
            first,
            second,
            alone: Some(side),
            ..
        } => match side {
            Alone::First => Some((found, first, second)),
            Alone::Second => Some((found, second, first)),
            Alone::Before => None,
        },
        From::Joined { .. } | From::Column(_) | From::Key { .. } | From::Behind(..) => None,
    }
}

/// The computation in its place. A profile of a language that computes no columns has none but joined ones (`read` holds it).
fn computation(derived: &Derived) -> Term {
    match &derived.from {
        From::Joined {
            first, second, by, ..
        } => {
            let parts = vec![
                Term::Field(first.clone()),
                Term::Const(Scalar::Text(by.clone())),
                Term::Field(second.clone()),
            ];
            Term::Call(Function::Concat, parts)
        }
        From::Column(column) | From::Key { column, .. } | From::Behind(column, _) => {
            Term::Field(column.clone())
        }
    }
}

fn inline_term(term: &Term, derived: &[Derived]) -> Term {
    match term {
        Term::Field(path) => match derived.iter().find(|derived| derived.name == *path) {
            Some(found) => computation(found),
            None => term.clone(),
        },
        Term::Call(function, arguments) => {
            let arguments = arguments
                .iter()
                .map(|argument| inline_term(argument, derived));
            Term::Call(*function, arguments.collect())
        }
        Term::Truth { holds, known } => Term::Truth {
            holds: Box::new(holds.map_leaves(&mut |leaf| inline(leaf, derived))),
            known: Box::new(known.map_leaves(&mut |leaf| inline(leaf, derived))),
        },
        Term::Const(_) => term.clone(),
    }
}
