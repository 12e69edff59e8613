//! Tests of text: patterns, regular expressions, order.

use crate::caps::Limit;
use crate::kql::regex;
use crate::kql::tree::{Match, Tree};
use verdict_compiler::ir::fold::{fold, fold_char};
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{AnyText, Case, Comparison, Pattern, Regex, Test};

/// A test said of a value, and what it makes of the empty text.
pub(crate) struct Said {
    /// The predicate.
    pub(crate) tree: Tree,
    /// Whether it is true of the empty text, and so of a missing value unless something guards it.
    pub(crate) of_empty: bool,
}

/// The pattern matches the text that `subject` is.
pub(crate) fn pattern(subject: Tree, pattern: &Pattern) -> Said {
    let case = match pattern.case() {
        _ if verdict_faults::at("kql/text/case-minded") => Case::Exact,
        _ if verdict_faults::at("kql/text/case-ignored") => Case::Fold,
        case => case,
    };
    let tree = match pattern.shape() {
        Shape::Anything => Tree::Bool(true),
        Shape::Equals(text) if verdict_faults::at("kql/text/whole-anywhere") => {
            literal(subject, Match::Inside, case, text)
        }
        Shape::StartsWith(text) if verdict_faults::at("kql/text/start-anywhere") => {
            literal(subject, Match::Inside, case, text)
        }
        Shape::EndsWith(text) if verdict_faults::at("kql/text/end-anywhere") => {
            literal(subject, Match::Inside, case, text)
        }
        Shape::Contains(text) if verdict_faults::at("kql/text/inside-at-start") => {
            literal(subject, Match::Start, case, text)
        }
        Shape::General(_) if verdict_faults::at("kql/text/wildcards-unordered") => {
            let inside = |text: String| literal(subject.clone(), Match::Inside, case, &text);
            Tree::all(pattern.literals().map(inside))
        }
        Shape::General(_) if verdict_faults::at("kql/text/wildcards-literal") => {
            let text: Vec<String> = pattern.literals().collect();
            literal(subject, Match::Inside, case, &text.join("*"))
        }
        Shape::Equals(text) => literal(subject, Match::Whole, case, text),
        Shape::StartsWith(text) => literal(subject, Match::Start, case, text),
        Shape::EndsWith(text) => literal(subject, Match::End, case, text),
        Shape::Contains(text) => literal(subject, Match::Inside, case, text),
        Shape::General(_) => Tree::regex(subject, regex::of_pattern(pattern)),
    };
    Said {
        tree,
        of_empty: pattern.matches("") && !verdict_faults::at("kql/text/empty-guard-lost"),
    }
}

/// `subject` holds the literal at a place.
pub(crate) fn literal(subject: Tree, place: Match, case: Case, text: &str) -> Tree {
    let beyond = !text.is_ascii() && text.chars().any(is_cased_beyond_ascii);
    if case == Case::Fold && beyond && !verdict_faults::at("kql/text/non-ascii-not-lowered") {
        // Kusto's operators ignore the case of ASCII letters only; `tolower` knows the others.
        let lowered = Tree::call("tolower", subject);
        let folded = if verdict_faults::at("kql/text/literal-not-lowered") {
            text.to_owned()
        } else {
            fold(text)
        };
        return Tree::matches(place, Case::Exact, lowered, Tree::Text(folded));
    }
    let without_letters = !text.contains(|c: char| c.is_ascii_alphabetic());
    let case = match place {
        Match::Whole if without_letters || verdict_faults::at("kql/text/whole-minds-case") => {
            Case::Exact
        }
        Match::Whole | Match::Start | Match::End | Match::Inside => case,
    };
    Tree::matches(place, case, subject, Tree::Text(text.to_owned()))
}

/// Whether a character outside ASCII has another case.
pub(crate) fn is_cased_beyond_ascii(c: char) -> bool {
    !c.is_ascii() && (fold_char(c) != c || c.to_uppercase().next() != Some(c))
}

/// The expression is found in the text that `subject` is.
pub(crate) fn search(subject: Tree, expression: &Regex) -> Result<Said, Limit> {
    let searched = regex::of_expression(expression)?;
    let of_empty = regex::compiled(&searched)?.is_match("")
        && !verdict_faults::at("kql/text/regex-empty-guard-lost");
    Ok(Said {
        tree: Tree::regex(subject, searched),
        of_empty,
    })
}

/// The text that `subject` is stands so to the other text, by code point.
pub(crate) fn order(subject: Tree, comparison: Comparison, text: &str) -> Said {
    let of_empty =
        comparison.accepts("".cmp(text)) && !verdict_faults::at("kql/text/order-empty-guard-lost");
    let mut sides = vec![subject, Tree::Text(text.to_owned())];
    if verdict_faults::at("kql/text/order-sides-swapped") {
        sides.reverse();
    }
    let compared = Tree::Call("strcmp", sides);
    Said {
        tree: Tree::order(comparison, compared, Tree::Number("0".to_owned())),
        of_empty,
    }
}

/// Whether a test's literal is all digits: the column that it looks at may hold numbers in a real table.
pub(crate) fn is_about_digits(test: &Test) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match test {
        Test::Numeral(_) => true,
        Test::Text(pattern) => match pattern.shape() {
            Shape::Equals(literal)
            | Shape::StartsWith(literal)
            | Shape::EndsWith(literal)
            | Shape::Contains(literal) => digits(literal),
            Shape::Anything | Shape::General(_) => false,
        },
        Test::AnyValue
        | Test::Compare(..)
        | Test::TextOrder(..)
        | Test::Bool(_)
        | Test::Regex(_)
        | Test::Cidr(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => false,
    }
}

/// Which of the texts `false` and `true` a test of text accepts; None if it is no test of text.
pub(crate) fn of_truths(test: &Test) -> Result<Option<[bool; 2]>, Limit> {
    let texts = ["false", "true"];
    Ok(match test {
        Test::Text(pattern) => Some(texts.map(|text| pattern.matches(text))),
        Test::TextOrder(comparison, other) => {
            Some(texts.map(|text| comparison.accepts(text.cmp(other.as_str()))))
        }
        Test::Regex(expression) => {
            let compiled = regex::compiled(&regex::of_expression(expression)?)?;
            Some(texts.map(|text| compiled.is_match(text)))
        }
        Test::AnyValue => Some([true, true]),
        Test::Bool(value) if verdict_faults::at("kql/text/truth-inverted") => {
            Some([*value, !value])
        }
        Test::Bool(value) => Some([!value, *value]),
        Test::Numeral(_)
        | Test::Compare(..)
        | Test::Cidr(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => None,
    })
}

/// Some column holds the keyword. Which columns there are is the table's matter.
pub(crate) fn keyword(keyword: &AnyText) -> Result<Tree, Limit> {
    match keyword {
        AnyText::Regex(expression) => {
            Ok(Tree::regex(Tree::Star, regex::of_expression(expression)?))
        }
        AnyText::Pattern(pattern) => Ok(match pattern.shape() {
            Shape::Contains(text)
                if pattern.case() == Case::Exact || !text.chars().any(is_cased_beyond_ascii) =>
            {
                let text = Tree::Text(text.to_owned());
                let place = if verdict_faults::at("kql/text/keyword-whole") {
                    Match::Whole
                } else {
                    Match::Inside
                };
                let case = if verdict_faults::at("kql/text/keyword-minds-case") {
                    Case::Exact
                } else {
                    pattern.case()
                };
                Tree::matches(place, case, Tree::Star, text)
            }
            Shape::Anything
            | Shape::Equals(_)
            | Shape::StartsWith(_)
            | Shape::EndsWith(_)
            | Shape::Contains(_)
            | Shape::General(_) => Tree::regex(Tree::Star, regex::of_pattern(pattern)),
        }),
    }
}
