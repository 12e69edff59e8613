//! Tests of numbers.

use crate::caps::Limit;
use crate::kql::columns::Kind;
use crate::kql::plan::{Said, Subject};
use crate::kql::scalar::{as_text, named};
use crate::kql::tree::Tree;
use crate::nearest::{Nearest, nearest};
use verdict_compiler::codes::target::KQL_TYPE;
use verdict_compiler::ir::{Comparison, Test};
use verdict_event::{Decimal, Number};

/// Sigma's unquoted number: the same text in a column of text, the same number in a column of numbers.
pub(crate) fn numeral(subject: &Subject, wanted: &Number) -> Result<Said, Limit> {
    match subject.kind {
        Kind::Text => {
            let text = as_text(subject, &Test::Numeral(wanted.clone()))?;
            if verdict_faults::at("kql/number/numeral-unquoted") {
                return Ok(Said::exact(Tree::equal(text, number_literal(wanted))));
            }
            Ok(Said::exact(Tree::equal(
                text,
                Tree::Text(wanted.text().to_owned()),
            )))
        }
        Kind::Long if wanted.as_i64().is_none() => Ok(Said::never()),
        Kind::Long | Kind::Real => Ok(Said::exact(Tree::equal(
            subject.tree.clone(),
            number_literal(wanted),
        ))),
        Kind::Bool | Kind::Date | Kind::List { .. } | Kind::Opaque => Ok(Said::never()),
    }
}

/// The value, as a number, compares so.
pub(crate) fn compare(
    subject: &Subject,
    comparison: Comparison,
    wanted: &Number,
) -> Result<Said, Limit> {
    let number = as_number(subject)?;
    let comparison = match comparison {
        Comparison::Less if verdict_faults::at("kql/number/less-as-at-most") => {
            Comparison::LessOrEqual
        }
        Comparison::LessOrEqual if verdict_faults::at("kql/number/at-most-as-less") => {
            Comparison::Less
        }
        Comparison::Greater if verdict_faults::at("kql/number/greater-as-at-least") => {
            Comparison::GreaterOrEqual
        }
        Comparison::GreaterOrEqual if verdict_faults::at("kql/number/at-least-as-greater") => {
            Comparison::Greater
        }
        comparison => comparison,
    };
    let tree = if subject.kind == Kind::Long {
        Tree::order(comparison, number, number_literal(wanted))
    } else {
        against_real(comparison, number, wanted)
    };
    Ok(match comparison {
        _ if verdict_faults::at("kql/number/null-not-noted") => Said::exact(tree),
        Comparison::Equal => Said::exact(tree),
        Comparison::Less
        | Comparison::LessOrEqual
        | Comparison::Greater
        | Comparison::GreaterOrEqual => Said::nullable(tree),
    })
}

/// A `real` compares so with a number that may have no `real` of its own.
fn against_real(comparison: Comparison, real: Tree, wanted: &Number) -> Tree {
    match nearest(comparison, wanted) {
        Nearest::Same => Tree::order(comparison, real, number_literal(wanted)),
        Nearest::Never => Tree::Bool(false),
        Nearest::Beside(comparison, double) => Tree::order(comparison, real, real_literal(double)),
    }
}

/// The number that a value is or that its text reads as; null where it is none.
pub(crate) fn as_number(subject: &Subject) -> Result<Tree, Limit> {
    match subject.kind {
        Kind::Text if verdict_faults::at("kql/number/text-not-converted") => {
            Ok(subject.tree.clone())
        }
        Kind::Text => Ok(Tree::call("todouble", subject.tree.clone())),
        Kind::Long | Kind::Real => Ok(subject.tree.clone()),
        Kind::Bool | Kind::Date | Kind::List { .. } | Kind::Opaque => Err(Limit::new(
            KQL_TYPE,
            format!("{} cannot be read as a number", named(subject.kind)),
        )),
    }
}

/// A test of the length of a column's text that the empty text fails: it needs no guard, since a missing text has length 0.
pub(crate) fn length(column: &Subject, test: &Test) -> Option<Tree> {
    let Test::Compare(comparison, wanted) = test else {
        return None;
    };
    let measured = match column.kind {
        Kind::Text => column.tree.clone(),
        Kind::Long if verdict_faults::at("kql/number/length-of-number") => column.tree.clone(),
        Kind::Long => Tree::call("tostring", column.tree.clone()),
        Kind::Real | Kind::Bool | Kind::Date | Kind::List { .. } | Kind::Opaque => return None,
    };
    let of_missing = comparison.accepts(Decimal::zero().cmp(&wanted.decimal()));
    if of_missing && !verdict_faults::at("kql/number/length-of-missing") {
        return None;
    }
    let length = Tree::call("strlen", measured);
    Some(Tree::order(*comparison, length, number_literal(wanted)))
}

/// A number literal: exact where it is a whole number that a `long` holds, else the nearest `real`.
pub(crate) fn number_literal(number: &Number) -> Tree {
    if let Some(whole) = number.as_i64() {
        let whole =
            whole.saturating_add(i64::from(verdict_faults::at("kql/number/literal-one-more")));
        let text = if whole == i64::MIN {
            format!("long({whole})")
        } else {
            whole.to_string()
        };
        return Tree::Number(text);
    }
    real_literal(number.as_f64())
}

fn real_literal(real: f64) -> Tree {
    Tree::Number(if real == f64::INFINITY {
        "real(+inf)".to_owned()
    } else if real == f64::NEG_INFINITY {
        "real(-inf)".to_owned()
    } else {
        format!("{real:?}")
    })
}
