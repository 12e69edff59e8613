//! Expressions of `eval` and `where`, with the fewest brackets.
//!
//! Source: Search Reference, eval and where, "Boolean expressions": parentheses, NOT, AND, OR, XOR. That comparisons are looser than
//! arithmetic, and products tighter than sums, is assumed, as reading does. `.` and arithmetic are kept apart by brackets.

use super::super::ast::{Expr, ExprKind, Op, Sign};
use super::{is_operator, listed, quoted};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Xor,
    Or,
    And,
    Not,
    /// At most one.
    Compare,
    /// Beside arithmetic always in brackets, and arithmetic in it.
    Concat,
    Sum,
    Product,
    Sign,
    Primary,
}

pub(super) fn expr(expr: &Expr) -> String {
    at_least(Level::Xor, expr)
}

/// The expression where only what binds as tightly as this may stand. Brackets that the tree notes are set anew.
fn at_least(wanted: Level, expr: &Expr) -> String {
    if let ExprKind::Group(inner) = &expr.kind {
        return at_least(wanted, inner);
    }
    let text = bare(&expr.kind);
    if level(&expr.kind) < wanted {
        format!("({text})")
    } else {
        text
    }
}

fn level(kind: &ExprKind) -> Level {
    match kind {
        ExprKind::Xor(_) => Level::Xor,
        ExprKind::Or(_) => Level::Or,
        ExprKind::And(_) => Level::And,
        ExprKind::Not(_) => Level::Not,
        ExprKind::Compare(..) | ExprKind::Like(..) | ExprKind::In(..) => Level::Compare,
        ExprKind::Concat(_) => Level::Concat,
        ExprKind::Arithmetic(Sign::Plus | Sign::Minus, ..) => Level::Sum,
        ExprKind::Arithmetic(Sign::Times | Sign::Divide | Sign::Remainder, ..) => Level::Product,
        ExprKind::Negate(_) => Level::Sign,
        ExprKind::Number(_)
        | ExprKind::Text(_)
        | ExprKind::Field(_)
        | ExprKind::Call(..)
        | ExprKind::Group(_) => Level::Primary,
    }
}

fn bare(kind: &ExprKind) -> String {
    let joined = |terms: &[Expr], word, wanted| {
        let terms: Vec<String> = terms.iter().map(|term| at_least(wanted, term)).collect();
        terms.join(word)
    };
    match kind {
        ExprKind::Number(text) => text.clone(),
        ExprKind::Text(text) => quoted(text),
        ExprKind::Field(name) => field(name),
        ExprKind::Call(name, arguments) => format!("{name}({})", listed(arguments, expr)),
        ExprKind::Group(inner) => expr(inner),
        ExprKind::Negate(inner) => format!("-{}", at_least(Level::Sign, inner)),
        ExprKind::Arithmetic(sign, left, right) => arithmetic(*sign, left, right),
        ExprKind::Concat(parts) => joined(parts, " . ", Level::Sign),
        ExprKind::Compare(op, left, right) => {
            let sign = if *op == Op::Equal { "==" } else { op.text() };
            compared(left, sign, right)
        }
        ExprKind::Like(left, right) => compared(left, "LIKE", right),
        ExprKind::In(value, items) => {
            let value = at_least(Level::Concat, value);
            format!("{value} in ({})", listed(items, expr))
        }
        ExprKind::Not(inner) => format!("NOT {}", at_least(Level::Not, inner)),
        ExprKind::And(terms) => joined(terms, " AND ", Level::Not),
        ExprKind::Or(terms) => joined(terms, " OR ", Level::And),
        ExprKind::Xor(terms) => joined(terms, " XOR ", Level::Or),
    }
}

fn compared(left: &Expr, sign: &str, right: &Expr) -> String {
    let (left, right) = (
        at_least(Level::Concat, left),
        at_least(Level::Concat, right),
    );
    format!("{left} {sign} {right}")
}

/// Both levels group to the left.
fn arithmetic(sign: Sign, left: &Expr, right: &Expr) -> String {
    let (same, tighter, sign) = match sign {
        Sign::Plus => (Level::Sum, Level::Product, '+'),
        Sign::Minus => (Level::Sum, Level::Product, '-'),
        Sign::Times => (Level::Product, Level::Sign, '*'),
        Sign::Divide => (Level::Product, Level::Sign, '/'),
        Sign::Remainder => (Level::Product, Level::Sign, '%'),
    };
    let (left, right) = (at_least(same, left), at_least(tighter, right));
    format!("{left} {sign} {right}")
}

/// Source: Search Reference, where: a name with other characters than letters, digits and `_`, or one that begins with a digit, stands in
/// single quotes.
fn field(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let opens = |c: char| plain(c) && !c.is_ascii_digit();
    if name.starts_with(opens) && name.chars().all(plain) && !is_operator(name) {
        return name.to_owned();
    }
    format!("'{name}'")
}
