//! Tests of numbers.

use crate::caps::Limit;
use crate::esql::columns::Kind;
use crate::esql::plan::Subject;
use crate::esql::tree::Tree;
use crate::nearest::{Nearest, nearest};
use verdict_compiler::codes::target::ESQL_TYPE;
use verdict_compiler::ir::Comparison;
use verdict_event::Number;

/// Sigma's unquoted number: the same text in a column of text, the same number in a column of numbers.
pub(crate) fn numeral(subject: &Subject, wanted: &Number) -> Tree {
    match subject.kind {
        Kind::Text if verdict_faults::at("esql/number/numeral-unquoted") => {
            Tree::equal(subject.tree.clone(), literal(wanted))
        }
        Kind::Text => Tree::equal(subject.tree.clone(), Tree::Text(wanted.text().to_owned())),
        Kind::Long if wanted.as_i64().is_none() => Tree::Bool(false),
        Kind::Long | Kind::Double => Tree::equal(subject.tree.clone(), literal(wanted)),
        Kind::Bool | Kind::Date | Kind::Ip | Kind::Version | Kind::Opaque => Tree::Bool(false),
    }
}

/// The value, as a number, compares so.
pub(crate) fn compare(
    subject: &Subject,
    comparison: Comparison,
    wanted: &Number,
) -> Result<Tree, Limit> {
    let value = as_number(subject)?;
    Ok(ordered(
        subject.kind == Kind::Long,
        value,
        comparison,
        wanted,
    ))
}

/// The value compares so with a number; `whole` says that it is a `long`.
pub(crate) fn ordered(whole: bool, value: Tree, comparison: Comparison, wanted: &Number) -> Tree {
    let comparison = match comparison {
        Comparison::Less if verdict_faults::at("esql/number/less-as-at-most") => {
            Comparison::LessOrEqual
        }
        Comparison::LessOrEqual if verdict_faults::at("esql/number/at-most-as-less") => {
            Comparison::Less
        }
        Comparison::Greater if verdict_faults::at("esql/number/greater-as-at-least") => {
            Comparison::GreaterOrEqual
        }
        Comparison::GreaterOrEqual if verdict_faults::at("esql/number/at-least-as-greater") => {
            Comparison::Greater
        }
        comparison => comparison,
    };
    if whole {
        return if is_far(wanted) {
            beyond(comparison, wanted, value)
        } else {
            Tree::order(comparison, value, literal(wanted))
        };
    }
    // A `long` beside a `double` becomes one, and may round to a number that the rule tells from it.
    match nearest(comparison, wanted) {
        Nearest::Same => Tree::order(comparison, value, literal(wanted)),
        Nearest::Never => Tree::Bool(false),
        Nearest::Beside(comparison, nearest) => Tree::order(comparison, value, of_double(nearest)),
    }
}

/// Whether a number lies outside what a `long` holds.
fn is_far(number: &Number) -> bool {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    !(-LIMIT..LIMIT).contains(&number.as_f64())
}

/// A `long` compared with a number that no `long` reaches.
fn beyond(comparison: Comparison, wanted: &Number, value: Tree) -> Tree {
    let above = wanted.as_f64() > 0.0;
    let holds = match comparison {
        Comparison::Equal => false,
        Comparison::Less | Comparison::LessOrEqual => above,
        Comparison::Greater | Comparison::GreaterOrEqual => !above,
    };
    if holds {
        Tree::there(value)
    } else {
        Tree::Bool(false)
    }
}

/// The number that a value is or that its text reads as; null where it is none.
pub(crate) fn as_number(subject: &Subject) -> Result<Tree, Limit> {
    match subject.kind {
        Kind::Text if verdict_faults::at("esql/number/text-not-converted") => {
            Ok(subject.tree.clone())
        }
        Kind::Text => Ok(Tree::call("TO_DOUBLE", subject.tree.clone())),
        Kind::Long | Kind::Double => Ok(subject.tree.clone()),
        Kind::Bool | Kind::Date | Kind::Ip | Kind::Version | Kind::Opaque => Err(Limit::new(
            ESQL_TYPE,
            format!(
                "a value of type `{}` cannot be read as a number",
                subject.kind.name()
            ),
        )),
    }
}

/// A number literal: exact where it is a whole number that a `long` holds, else the nearest `double`.
pub(crate) fn literal(number: &Number) -> Tree {
    match number.as_i64() {
        // Its digits without the sign are one more than a `long` holds.
        Some(i64::MIN) => return Tree::call("TO_LONG", Tree::Text(i64::MIN.to_string())),
        Some(whole) if verdict_faults::at("esql/number/literal-one-more") => {
            return Tree::whole(whole.saturating_add(1));
        }
        Some(whole) => return Tree::whole(whole),
        None => {}
    }
    double(number)
}

/// A number as a `double`.
pub(crate) fn double(number: &Number) -> Tree {
    of_double(number.as_f64())
}

fn of_double(double: f64) -> Tree {
    // A literal that is too large is refused; the largest double stands for infinity, which no column holds.
    let finite = double.clamp(f64::MIN, f64::MAX);
    Tree::Number(format!("{finite:?}"))
}
