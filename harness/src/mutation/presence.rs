//! Mistakes about what is there: missing, null, empty.

use super::operator::{
    EMPTY_TAKES_MISSING, FALSE_TAKES_MISSING, KEY_NEEDS_VALUE, MISSING_IGNORES_NULL,
    MISSING_TAKES_EMPTY, PRESENT_REFUSES_EMPTY, PRESENT_TAKES_NULL,
};
use super::{Add, Change};
use verdict_compiler::Span;
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Case, Expr, Leaf, LeafKind, Pattern, Term, Test};
use verdict_event::Path;

pub(super) fn mutants(leaf: &Leaf, add: &mut Add<'_>) {
    let span = leaf.span;
    let own = || Expr::Leaf(leaf.clone());
    match &leaf.kind {
        LeafKind::Missing(Term::Field(path)) => {
            add(
                MISSING_IGNORES_NULL,
                Change::Becomes(present(path, span).negate()),
            );
            add(
                MISSING_TAKES_EMPTY,
                Change::Becomes(Expr::any([own(), empty(path, span)])),
            );
        }
        LeafKind::Present(path) => {
            let any = Expr::field(path.clone(), Test::AnyValue, span);
            add(KEY_NEEDS_VALUE, Change::Becomes(any));
        }
        LeafKind::Is {
            term: Term::Field(path),
            test,
        } => match test {
            Test::AnyValue => any_value(path, span, add),
            Test::Text(pattern) if pattern.shape() == Shape::Anything => {
                any_value(path, span, add);
            }
            Test::Text(pattern) if pattern.shape() == Shape::Equals("") => {
                let either = Expr::any([own(), missing(path, span)]);
                add(EMPTY_TAKES_MISSING, Change::Becomes(either));
            }
            Test::Bool(false) => {
                let either = Expr::any([own(), missing(path, span)]);
                add(FALSE_TAKES_MISSING, Change::Becomes(either));
            }
            Test::Text(_)
            | Test::Bool(true)
            | Test::Numeral(_)
            | Test::Compare(..)
            | Test::TextOrder(..)
            | Test::Regex(_)
            | Test::Cidr(_)
            | Test::Version(..)
            | Test::Instant(..)
            | Test::DatePart(..) => {}
        },
        // A condition as a value that is false, not merely unknown.
        LeafKind::Is {
            term: term @ Term::Truth { .. },
            test: Test::Bool(false),
        } => {
            let unknown = Expr::leaf(LeafKind::Missing(term.clone()), span);
            add(
                FALSE_TAKES_MISSING,
                Change::Becomes(Expr::any([own(), unknown])),
            );
        }
        LeafKind::Is { .. }
        | LeafKind::Missing(_)
        | LeafKind::Relate { .. }
        | LeafKind::AnyText(_) => {}
    }
}

/// A field that must have a value.
fn any_value(path: &Path, span: Span, add: &mut Add<'_>) {
    add(PRESENT_TAKES_NULL, Change::Becomes(present(path, span)));
    let some = Pattern::new(
        [
            verdict_compiler::ir::Piece::AnyChar,
            verdict_compiler::ir::Piece::AnyRun,
        ],
        Case::Exact,
    );
    let some = Expr::field(path.clone(), Test::Text(some), span);
    add(PRESENT_REFUSES_EMPTY, Change::Becomes(some));
}

fn present(path: &Path, span: Span) -> Expr {
    Expr::leaf(LeafKind::Present(path.clone()), span)
}

fn missing(path: &Path, span: Span) -> Expr {
    Expr::leaf(LeafKind::Missing(Term::Field(path.clone())), span)
}

fn empty(path: &Path, span: Span) -> Expr {
    let nothing = Pattern::literal(String::new(), Case::Exact);
    Expr::field(path.clone(), Test::Text(nothing), span)
}
