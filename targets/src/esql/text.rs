//! Tests of text: patterns and order. `LIKE` takes the whole text and minds case, so the case is taken out of the value.

use crate::esql::quote;
use crate::esql::tree::Tree;
use verdict_compiler::ir::fold::{fold, fold_char};
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Case, Comparison, Pattern, Piece, Test};

/// The pattern matches the text that `subject` is.
pub(crate) fn pattern(subject: Tree, pattern: &Pattern) -> Tree {
    match pattern.shape() {
        Shape::Anything => Tree::there(subject),
        Shape::Equals(text) if verdict_faults::at("esql/text/whole-minds-case") => {
            equal(subject, Case::Exact, text)
        }
        Shape::Equals(text) if verdict_faults::at("esql/text/whole-ignores-case") => {
            equal(subject, Case::Fold, text)
        }
        Shape::Equals(text) => equal(subject, pattern.case(), text),
        Shape::StartsWith(_) | Shape::EndsWith(_) | Shape::Contains(_) | Shape::General(_) => {
            let cased = pattern.literals().any(|text| is_cased(&text));
            let lower = pattern.case() == Case::Fold && cased;
            let lower = lower && !verdict_faults::at("esql/text/value-not-lowered");
            let lower = lower || (cased && verdict_faults::at("esql/text/cased-value-lowered"));
            Tree::Like(Box::new(lowered(subject, lower)), vec![like(pattern)])
        }
    }
}

/// `subject` is this text.
pub(crate) fn equal(subject: Tree, case: Case, text: &str) -> Tree {
    let (lower, text) = literal(case, text);
    Tree::equal(lowered(subject, lower), Tree::Text(text))
}

/// A literal as it is compared, and whether the value's letters must be made small for that.
pub(crate) fn literal(case: Case, text: &str) -> (bool, String) {
    if case == Case::Fold && is_cased(text) {
        if verdict_faults::at("esql/text/literal-not-lowered") {
            return (true, text.to_owned());
        }
        (true, fold(text))
    } else {
        (false, text.to_owned())
    }
}

/// The value with small letters, if that is wanted.
pub(crate) fn lowered(subject: Tree, wanted: bool) -> Tree {
    match subject {
        Tree::Joined {
            column,
            text,
            lower,
        } => Tree::Joined {
            column,
            text,
            lower: lower || wanted,
        },
        other if wanted => Tree::call("TO_LOWER", other),
        other => other,
    }
}

/// Whether a text holds a letter that has another case.
pub(crate) fn is_cased(text: &str) -> bool {
    text.chars()
        .any(|c| fold_char(c) != c || !c.to_uppercase().eq([c]))
}

/// The pattern as `LIKE` reads it, its letters small if their case does not matter.
fn like(pattern: &Pattern) -> String {
    let mut written = String::new();
    for piece in pattern.pieces() {
        match piece {
            Piece::Literal(text) if verdict_faults::at("esql/text/pattern-not-lowered") => {
                quote::like(text, &mut written);
            }
            Piece::Literal(text) if pattern.case() == Case::Fold => {
                quote::like(&fold(text), &mut written);
            }
            Piece::Literal(text) => quote::like(text, &mut written),
            Piece::AnyRun => written.push('*'),
            Piece::AnyChar if verdict_faults::at("esql/text/one-as-run") => written.push('*'),
            Piece::AnyChar => written.push('?'),
        }
    }
    if verdict_faults::at("esql/text/start-anywhere") && !written.starts_with('*') {
        written.insert(0, '*');
    }
    if verdict_faults::at("esql/text/end-anywhere") && !written.ends_with('*') {
        written.push('*');
    }
    if verdict_faults::at("esql/text/leading-wildcard-lost") && written.starts_with('*') {
        written.remove(0);
    }
    if verdict_faults::at("esql/text/trailing-wildcard-lost") && written.ends_with('*') {
        written.pop();
    }
    written
}

/// The text that `subject` is stands so to the other text, by code point.
pub(crate) fn order(subject: Tree, comparison: Comparison, text: &str) -> Tree {
    if verdict_faults::at("esql/text/order-sides-swapped") {
        return Tree::order(comparison, Tree::Text(text.to_owned()), subject);
    }
    Tree::order(comparison, subject, Tree::Text(text.to_owned()))
}

/// Which of the texts `false` and `true` a test of text accepts; None if it is no test of text.
pub(crate) fn of_truths(test: &Test) -> Option<[bool; 2]> {
    let texts = ["false", "true"];
    match test {
        Test::Text(pattern) => Some(texts.map(|text| pattern.matches(text))),
        Test::TextOrder(comparison, other) => {
            Some(texts.map(|text| comparison.accepts(text.cmp(other.as_str()))))
        }
        Test::Regex(expression) => Some(texts.map(|text| expression.matches(text))),
        Test::AnyValue => Some([true, true]),
        Test::Bool(value) if verdict_faults::at("esql/text/truth-inverted") => {
            Some([*value, !value])
        }
        Test::Bool(value) => Some([!value, *value]),
        Test::Numeral(_)
        | Test::Compare(..)
        | Test::Cidr(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => None,
    }
}
