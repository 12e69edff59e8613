//! Whether a rule tells an empty text from a missing value.
//!
//! A `string` column holds `""` for both, and the plan reads it as missing everywhere. So the query is exact unless the rule
//! itself treats the two differently: with a field's leaves replaced by what they say of `""` and of nothing, what is left of the
//! predicate must be the same.

use crate::kql::columns::Kind;
use verdict_compiler::Ir;
use verdict_compiler::ir::{Expr, Leaf, LeafKind, Term, Test};
use verdict_event::{FieldType, Path};

/// What a `string` column cannot tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The key does not stand in the event.
    Absent,
    /// The key stands over null or an empty list.
    Null,
    /// The empty text.
    Empty,
}

/// Whether some field's states lead to different verdicts.
pub(crate) fn is_told_apart(ir: &Ir) -> bool {
    ir.predicate.fields().iter().any(|path| {
        let absent = residual(&ir.predicate, path, State::Absent);
        let differs = |state| residual(&ir.predicate, path, state) != absent;
        differs(State::Null) || (can_be_empty(ir, path) && differs(State::Empty))
    })
}

/// Whether a field can hold the empty text and its column would take it for nothing. No address is empty.
fn can_be_empty(ir: &Ir, path: &Path) -> bool {
    ir.fields
        .get(path)
        .is_none_or(|field| Kind::of(field) == Kind::Text && field.kind != FieldType::Ip)
}

/// What is left of a predicate when a field is in a state.
fn residual(predicate: &Expr, path: &Path, state: State) -> Expr {
    predicate.map_leaves(&mut |leaf| of_leaf(leaf, path, state))
}

fn of_leaf(leaf: &Leaf, path: &Path, state: State) -> Expr {
    match &leaf.kind {
        LeafKind::Is {
            term: Term::Field(field),
            test,
        } if field == path => Expr::Const(state == State::Empty && accepts_empty(test)),
        LeafKind::Missing(Term::Field(field)) if field == path => {
            Expr::Const(state != State::Empty)
        }
        LeafKind::Present(field) if field == path => Expr::Const(state != State::Absent),
        LeafKind::Is { .. } | LeafKind::Relate { .. } | LeafKind::Missing(_) => {
            // What a function makes of the two is not asked: it may differ.
            let marked = Path::new(format!("{path}\u{0}{state:?}"));
            Expr::Leaf(leaf.rename(&|field| {
                if field == path {
                    marked.clone()
                } else {
                    field.clone()
                }
            }))
        }
        LeafKind::Present(_) | LeafKind::AnyText(_) => Expr::Leaf(leaf.clone()),
    }
}

fn accepts_empty(test: &Test) -> bool {
    match test {
        Test::AnyValue => true,
        Test::Text(pattern) => pattern.matches(""),
        Test::Regex(regex) => regex.matches(""),
        Test::TextOrder(comparison, text) => comparison.accepts("".cmp(text.as_str())),
        Test::Version(comparison, text) => {
            comparison.accepts(verdict_compiler::ir::version::compare("", text))
        }
        Test::Numeral(_)
        | Test::Compare(..)
        | Test::Bool(_)
        | Test::Cidr(_)
        | Test::Instant(..)
        | Test::DatePart(..) => false,
    }
}
