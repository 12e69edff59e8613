//! Whether one expression can only be true where another is. *No* may also mean: not found out.

use super::inclusion::includes;
use crate::ir::pattern::Shape;
use crate::ir::{AnyText, Case, Comparison, Expr, Leaf, LeafKind, Pattern, Test};
use verdict_event::Number;

/// How many pairs of parts are compared before the answer is *no*.
#[derive(Debug)]
pub(super) struct Budget(pub(super) usize);

impl Budget {
    fn spend(&mut self) -> bool {
        self.0 = self.0.saturating_sub(1);
        self.0 > 0
    }
}

/// Whether every event that satisfies `a` satisfies `b`.
pub(super) fn implies(a: &Expr, b: &Expr, budget: &mut Budget) -> bool {
    if !budget.spend() {
        return false;
    }
    match (a, b) {
        (Expr::Const(false), _) | (_, Expr::Const(true)) => true,
        (Expr::Any(parts), _) => parts.iter().all(|part| implies(part, b, budget)),
        (_, Expr::All(parts)) => parts.iter().all(|part| implies(a, part, budget)),
        (_, Expr::Any(parts)) if parts.iter().any(|part| implies(a, part, budget)) => true,
        (Expr::All(parts), _) => parts.iter().any(|part| implies(part, b, budget)),
        (Expr::Not(a), Expr::Not(b)) => implies(b, a, budget),
        (Expr::Leaf(a), Expr::Leaf(b)) => leaf_implies(a, b),
        (Expr::Leaf(a), Expr::Not(b)) => excludes(a, b),
        (Expr::Not(_), Expr::Leaf(_) | Expr::Any(_) | Expr::Const(false))
        | (Expr::Leaf(_), Expr::Const(false) | Expr::Any(_))
        | (Expr::Const(true), Expr::Const(false) | Expr::Not(_) | Expr::Any(_) | Expr::Leaf(_)) => {
            false
        }
    }
}

/// A field with a value is not missing, and the other way round.
fn excludes(a: &Leaf, b: &Expr) -> bool {
    let Expr::Leaf(b) = b else { return false };
    match (&a.kind, &b.kind) {
        (LeafKind::Is { term, .. }, LeafKind::Missing(other))
        | (LeafKind::Missing(term), LeafKind::Is { term: other, .. }) => term == other,
        (
            LeafKind::Is { .. }
            | LeafKind::Relate { .. }
            | LeafKind::Missing(_)
            | LeafKind::Present(_)
            | LeafKind::AnyText(_),
            _,
        ) => false,
    }
}

/// Whether the second leaf is true wherever the first is. Sound for lists: the value that satisfies the narrower test satisfies the wider.
pub(super) fn leaf_implies(a: &Leaf, b: &Leaf) -> bool {
    if a == b {
        return true;
    }
    match (&a.kind, &b.kind) {
        (
            LeafKind::Is { term, test },
            LeafKind::Is {
                term: other,
                test: wide,
            },
        ) => term == other && test_includes(wide, test),
        (LeafKind::Is { term, .. }, LeafKind::Present(path)) => term.as_field() == Some(path),
        (
            LeafKind::AnyText(AnyText::Pattern(narrow)),
            LeafKind::AnyText(AnyText::Pattern(wide)),
        ) => includes(wide, narrow),
        (
            LeafKind::Is { .. }
            | LeafKind::Relate { .. }
            | LeafKind::Missing(_)
            | LeafKind::Present(_)
            | LeafKind::AnyText(_),
            _,
        ) => false,
    }
}

/// Whether every value that satisfies the second test satisfies the first.
fn test_includes(wide: &Test, narrow: &Test) -> bool {
    match (wide, narrow) {
        (Test::AnyValue, _) => true,
        (Test::Text(wide), Test::Text(narrow)) => includes(wide, narrow),
        // A numeral is its text, and numbers of other texts that are equal to it.
        (Test::Numeral(wide), Test::Text(narrow)) => {
            includes(&Pattern::literal(wide.text(), Case::Exact), narrow)
        }
        (Test::Numeral(wide), Test::Numeral(narrow)) => wide == narrow,
        (Test::Compare(wide, limit), Test::Compare(narrow, other)) => {
            order_includes(*wide, limit, *narrow, other)
        }
        (Test::Cidr(wide), Test::Cidr(narrow)) => wide.contains(narrow),
        (Test::DatePart(part, wide, limit), Test::DatePart(same, narrow, other)) => {
            part == same
                && order_includes(*wide, &Number::from(*limit), *narrow, &Number::from(*other))
        }
        (Test::Instant(wide, limit), Test::Instant(narrow, other)) => {
            order_includes(*wide, &Number::from(*limit), *narrow, &Number::from(*other))
        }
        (
            Test::Text(_)
            | Test::Numeral(_)
            | Test::Compare(..)
            | Test::TextOrder(..)
            | Test::Bool(_)
            | Test::Regex(_)
            | Test::Cidr(_)
            | Test::Version(..)
            | Test::Instant(..)
            | Test::DatePart(..),
            _,
        ) => wide == narrow,
    }
}

fn order_includes(wide: Comparison, limit: &Number, narrow: Comparison, other: &Number) -> bool {
    let order = other.decimal().cmp(&limit.decimal());
    match (narrow, wide) {
        (Comparison::Equal, _) => wide.accepts(order),
        (Comparison::Less, Comparison::Less | Comparison::LessOrEqual)
        | (Comparison::LessOrEqual, Comparison::LessOrEqual) => order.is_le(),
        (Comparison::LessOrEqual, Comparison::Less) => order.is_lt(),
        (Comparison::Greater, Comparison::Greater | Comparison::GreaterOrEqual)
        | (Comparison::GreaterOrEqual, Comparison::GreaterOrEqual) => order.is_ge(),
        (Comparison::GreaterOrEqual, Comparison::Greater) => order.is_gt(),
        (
            Comparison::Less | Comparison::LessOrEqual,
            Comparison::Equal | Comparison::Greater | Comparison::GreaterOrEqual,
        )
        | (
            Comparison::Greater | Comparison::GreaterOrEqual,
            Comparison::Equal | Comparison::Less | Comparison::LessOrEqual,
        ) => false,
    }
}

/// Whether two tests can be met by one value. *Yes* may also mean: not found out.
pub(super) fn compatible(a: &Test, b: &Test) -> bool {
    match (a, b) {
        (Test::Text(a), Test::Text(b)) => match (a.shape(), b.shape()) {
            (Shape::Equals(text), _) => widened(b, a).matches(text),
            (_, Shape::Equals(text)) => widened(a, b).matches(text),
            (Shape::StartsWith(one), Shape::StartsWith(other))
            | (Shape::EndsWith(one), Shape::EndsWith(other)) => {
                // The longer of two beginnings, or of two ends, must fit the shorter one.
                let shorter = one.chars().count() <= other.chars().count();
                let (short, long) = if shorter { (a, other) } else { (b, one) };
                short.clone().with_case(Case::Fold).matches(long)
            }
            (
                Shape::Anything
                | Shape::StartsWith(_)
                | Shape::EndsWith(_)
                | Shape::Contains(_)
                | Shape::General(_),
                _,
            ) => true,
        },
        // A literal that is no number's text is met by no number.
        (Test::Numeral(number), Test::Text(pattern))
        | (Test::Text(pattern), Test::Numeral(number)) => match pattern.shape() {
            Shape::Equals(text) => {
                Number::parse(text).is_some_and(|other| other.decimal() == number.decimal())
            }
            Shape::Anything
            | Shape::StartsWith(_)
            | Shape::EndsWith(_)
            | Shape::Contains(_)
            | Shape::General(_) => true,
        },
        (Test::Numeral(a), Test::Numeral(b)) => a.decimal() == b.decimal(),
        (
            Test::AnyValue
            | Test::Text(_)
            | Test::Numeral(_)
            | Test::Compare(..)
            | Test::TextOrder(..)
            | Test::Bool(_)
            | Test::Regex(_)
            | Test::Cidr(_)
            | Test::Version(..)
            | Test::Instant(..)
            | Test::DatePart(..),
            _,
        ) => true,
    }
}

/// The pattern, ignoring case if either of the two does: whether some spelling fits both.
fn widened(pattern: &Pattern, other: &Pattern) -> Pattern {
    pattern.clone().with_case(pattern.case().max(other.case()))
}
