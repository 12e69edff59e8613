//! Tests of list columns: any value satisfies them.
//!
//! The values are joined with a separator around each, so that one search looks at every value and no match reaches from one into the next.
//! Only values that hold the separator themselves are judged wrongly (`separator-in-value`).

use crate::caps::Limit;
use crate::kql::joined;
use crate::kql::regex;
use crate::kql::text;
use crate::kql::tree::{Match, Tree};
use verdict_compiler::codes::target::KQL_LIST_TEST;
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Case, Comparison, Pattern, Regex, Test};
use verdict_event::Number;

/// What stands around each value: a control character made for this, the unit separator.
pub(crate) const SEPARATOR: char = '\u{1f}';

/// A test said of a list, and whether it may be null.
pub(crate) struct Said {
    /// The predicate.
    pub(crate) tree: Tree,
    /// Whether a missing list makes it null.
    pub(crate) nullable: bool,
}

fn never_null(tree: Tree) -> Said {
    Said {
        tree,
        nullable: false,
    }
}

/// Some value stands in the list. Null over a missing list.
pub(crate) fn has_values(column: &str) -> Tree {
    let length = Tree::call("array_length", Tree::Column(column.to_owned()));
    if verdict_faults::at("kql/list/several-values-asked") {
        return Tree::order(Comparison::Greater, length, Tree::Number("1".to_owned()));
    }
    Tree::order(Comparison::Greater, length, Tree::Number("0".to_owned()))
}

/// No value stands in the list. Never null.
pub(crate) fn is_missing(column: &str) -> Tree {
    let length = Tree::call("array_length", Tree::Column(column.to_owned()));
    if verdict_faults::at("kql/list/null-not-missing") {
        return Tree::equal(length, Tree::Number("0".to_owned()));
    }
    Tree::any([
        Tree::call("isnull", Tree::Column(column.to_owned())),
        Tree::equal(length, Tree::Number("0".to_owned())),
    ])
}

/// Some value of the list satisfies the test.
pub(crate) fn test(column: &str, integers: bool, test: &Test) -> Result<Said, Limit> {
    match test {
        Test::AnyValue => Ok(Said {
            tree: has_values(column),
            nullable: true,
        }),
        Test::Text(pattern) => Ok(matching(column, pattern)),
        Test::Numeral(number) => Ok(never_null(literal(
            column,
            Match::Whole,
            Case::Exact,
            number.text(),
        ))),
        Test::Bool(value) => {
            let word = if *value { "true" } else { "false" };
            Ok(never_null(literal(column, Match::Whole, Case::Exact, word)))
        }
        Test::Compare(Comparison::Equal, number) if integers => {
            Ok(never_null(integer(column, number)))
        }
        Test::Compare(..) => refuse(column, "compares numbers"),
        Test::TextOrder(..) => refuse(column, "compares texts in order"),
        Test::Regex(expression) => searching(column, expression),
        Test::Cidr(_) => refuse(column, "looks for an address in a network"),
        Test::Version(..) => refuse(column, "compares versions"),
        Test::Instant(..) | Test::DatePart(..) => refuse(column, "looks at dates"),
    }
}

fn refuse(column: &str, what: &str) -> Result<Said, Limit> {
    Err(Limit::new(
        KQL_LIST_TEST,
        format!("`{column}` holds lists, and the test {what}, which needs one value at a time"),
    ))
}

/// The elements of a list of integers are written in their shortest form.
fn integer(column: &str, number: &Number) -> Tree {
    match number.as_i64() {
        Some(value) => literal(column, Match::Whole, Case::Exact, &value.to_string()),
        None => Tree::Bool(false),
    }
}

fn matching(column: &str, pattern: &Pattern) -> Said {
    let case = pattern.case();
    match pattern.shape() {
        Shape::Anything => Said {
            tree: has_values(column),
            nullable: true,
        },
        Shape::Equals("") if verdict_faults::at("kql/list/empty-text-without-values") => {
            never_null(literal(column, Match::Whole, Case::Exact, ""))
        }
        Shape::Equals("") => Said {
            tree: Tree::all([
                has_values(column),
                literal(column, Match::Whole, Case::Exact, ""),
            ]),
            nullable: true,
        },
        Shape::Equals(wanted)
            if case == Case::Exact || verdict_faults::at("kql/list/whole-minds-case") =>
        {
            Said {
                tree: Tree::Call(
                    "set_has_element",
                    vec![
                        Tree::Column(column.to_owned()),
                        Tree::Text(wanted.to_owned()),
                    ],
                ),
                nullable: true,
            }
        }
        Shape::Equals(wanted) => never_null(literal(column, Match::Whole, case, wanted)),
        Shape::StartsWith(wanted) => never_null(literal(column, Match::Start, case, wanted)),
        Shape::EndsWith(wanted) => never_null(literal(column, Match::End, case, wanted)),
        Shape::Contains(wanted) => never_null(literal(column, Match::Inside, case, wanted)),
        Shape::General(_) => never_null(general(column, pattern)),
    }
}

/// The expression is found in some value. One that is found in an empty text is found between any two separators, so there must be values, too.
fn searching(column: &str, expression: &Regex) -> Result<Said, Limit> {
    let searched = regex::of_expression(expression)?;
    let Some(confined) = joined::confined(&searched) else {
        return refuse(
            column,
            "searches a regular expression that cannot be confined to one value",
        );
    };
    let of_empty = regex::compiled(&searched)?.is_match("")
        && !verdict_faults::at("kql/list/search-without-values");
    let found = Tree::regex(Tree::Joined(column.to_owned()), confined);
    Ok(if of_empty {
        Said {
            tree: Tree::all([has_values(column), found]),
            nullable: true,
        }
    } else {
        never_null(found)
    })
}

fn general(column: &str, pattern: &Pattern) -> Tree {
    if pattern.literals().any(|text| text.contains(SEPARATOR)) {
        return Tree::Bool(false);
    }
    let joined = Tree::Joined(column.to_owned());
    Tree::regex(joined, regex::of_joined_pattern(pattern))
}

/// Some value holds the literal at a place.
fn literal(column: &str, place: Match, case: Case, wanted: &str) -> Tree {
    if wanted.contains(SEPARATOR) {
        // Only a value with the separator in it could match, and such values are outside what a joined list can tell.
        return Tree::Bool(false);
    }
    let starts = matches!(place, Match::Whole | Match::Start);
    let ends = matches!(place, Match::Whole | Match::End);
    let before = (starts && !verdict_faults::at("kql/list/start-anywhere")).then_some(SEPARATOR);
    let behind = (ends && !verdict_faults::at("kql/list/end-anywhere")).then_some(SEPARATOR);
    let between: String = before
        .into_iter()
        .chain(wanted.chars())
        .chain(behind)
        .collect();
    let joined = Tree::Joined(column.to_owned());
    text::literal(joined, Match::Inside, case, &between)
}
