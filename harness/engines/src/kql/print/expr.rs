//! Expressions.

use super::literal::literal;
use super::{listed, name};
use crate::kql::ast::{Arithmetic, Comparison, Connective, Expr, ExprKind, StarOperator, TextKind};

/// How tightly an expression binds, in the order of the grammar's rules. Of each level between `And` and `Sum`, and of `Text`, there is at most
/// one operator: `a == b == c` is none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Or,
    And,
    /// `==`, the lists, `between`.
    Equality,
    Order,
    Sum,
    Product,
    /// `has`, `=~` and their kin bind tighter than a product.
    Text,
    Sign,
    Path,
}

pub(super) fn expr(expr: &Expr) -> String {
    at_least(Level::Or, expr)
}

/// The expression where only what binds as tightly as this may stand.
fn at_least(wanted: Level, expr: &Expr) -> String {
    let text = bare(expr);
    if level(&expr.kind) < wanted {
        format!("({text})")
    } else {
        text
    }
}

fn level(kind: &ExprKind) -> Level {
    match kind {
        ExprKind::Chain(Connective::Or, _) => Level::Or,
        ExprKind::Chain(Connective::And, _) => Level::And,
        ExprKind::Compare(Comparison::Equal | Comparison::NotEqual, ..)
        | ExprKind::In(..)
        | ExprKind::Between { .. } => Level::Equality,
        ExprKind::Compare(
            Comparison::Less
            | Comparison::LessOrEqual
            | Comparison::Greater
            | Comparison::GreaterOrEqual,
            ..,
        ) => Level::Order,
        ExprKind::Arithmetic(Arithmetic::Add | Arithmetic::Subtract, ..) => Level::Sum,
        ExprKind::Arithmetic(
            Arithmetic::Multiply | Arithmetic::Divide | Arithmetic::Modulo,
            ..,
        ) => Level::Product,
        ExprKind::Star(operator, _) if is_equal(*operator) => Level::Equality,
        ExprKind::Text(..) | ExprKind::Regex(..) | ExprKind::Star(..) => Level::Text,
        ExprKind::Negate(_) | ExprKind::Plus(_) => Level::Sign,
        ExprKind::Literal(_)
        | ExprKind::Name(_)
        | ExprKind::All
        | ExprKind::Call(..)
        | ExprKind::Member(..)
        | ExprKind::Index(..) => Level::Path,
    }
}

/// `* == "x"`, which binds as `==` does: Kql.g4: `starEqualityExpression`.
fn is_equal(operator: StarOperator) -> bool {
    match operator {
        StarOperator::Text(operator) => operator.kind == TextKind::Equal && !operator.ignore_case,
        StarOperator::Regex => false,
    }
}

fn bare(expr: &Expr) -> String {
    match &expr.kind {
        ExprKind::Literal(value) => literal(value),
        ExprKind::Name(column) => name(column),
        ExprKind::All => "*".to_owned(),
        ExprKind::Negate(inner) => format!("-{}", at_least(Level::Path, inner)),
        ExprKind::Plus(inner) => format!("+{}", at_least(Level::Path, inner)),
        ExprKind::Chain(connective, terms) => {
            let (word, wanted) = match connective {
                Connective::And => (" and ", Level::Equality),
                Connective::Or => (" or ", Level::And),
            };
            let terms: Vec<String> = terms.iter().map(|term| at_least(wanted, term)).collect();
            terms.join(word)
        }
        ExprKind::Compare(comparison, left, right) => {
            let wanted = match level(&expr.kind) {
                Level::Order => Level::Sum,
                _ => Level::Order,
            };
            infix(wanted, left, comparison.text(), wanted, right)
        }
        ExprKind::Arithmetic(operator, left, right) => arithmetic(*operator, left, right),
        ExprKind::Text(operator, left, right) => {
            infix(Level::Sign, left, operator.text, Level::Sign, right)
        }
        ExprKind::Regex(left, right) => {
            infix(Level::Sign, left, "matches regex", Level::Sign, right)
        }
        ExprKind::Star(operator, right) => star(*operator, right),
        ExprKind::In(membership, value, items) => {
            let value = at_least(Level::Order, value);
            format!(
                "{value} {} ({})",
                membership.text,
                listed(items, self::expr)
            )
        }
        ExprKind::Between {
            negated,
            value,
            low,
            high,
        } => {
            let word = if *negated { "!between" } else { "between" };
            let ends = infix(Level::Sum, low, "..", Level::Sum, high);
            format!("{} {word} ({ends})", at_least(Level::Order, value))
        }
        ExprKind::Call(called, arguments) => {
            format!("{}({})", called.text, listed(arguments, self::expr))
        }
        ExprKind::Member(value, property) => {
            format!("{}.{}", owner(value), name(&property.text))
        }
        ExprKind::Index(value, index) => {
            format!("{}[{}]", at_least(Level::Path, value), self::expr(index))
        }
    }
}

fn infix(before: Level, left: &Expr, sign: &str, behind: Level, right: &Expr) -> String {
    format!(
        "{} {sign} {}",
        at_least(before, left),
        at_least(behind, right)
    )
}

/// Both levels group to the left.
fn arithmetic(operator: Arithmetic, left: &Expr, right: &Expr) -> String {
    let (same, tighter) = match operator {
        Arithmetic::Add | Arithmetic::Subtract => (Level::Sum, Level::Product),
        Arithmetic::Multiply | Arithmetic::Divide | Arithmetic::Modulo => {
            (Level::Product, Level::Text)
        }
    };
    infix(same, left, operator.text(), tighter, right)
}

fn star(operator: StarOperator, right: &Expr) -> String {
    let wanted = if is_equal(operator) {
        Level::Order
    } else {
        Level::Sign
    };
    let sign = match operator {
        StarOperator::Text(operator) => operator.text,
        StarOperator::Regex => "matches regex",
    };
    format!("* {sign} {}", at_least(wanted, right))
}

/// What stands before a point: the point would be a number's own.
fn owner(value: &Expr) -> String {
    let text = at_least(Level::Path, value);
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        format!("({text})")
    } else {
        text
    }
}
