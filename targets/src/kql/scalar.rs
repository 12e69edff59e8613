//! Tests of a single value: which column type says which test how.

use crate::caps::Limit;
use crate::kql::columns::Kind;
use crate::kql::plan::{Said, Subject};
use crate::kql::tree::{Match, Tree};
use crate::kql::{address, number, text, time};
use verdict_compiler::codes::target::{KQL_TYPE, KQL_VERSION};
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Case, Test};

/// A test of a single value.
pub(crate) fn test(subject: &Subject, test: &Test) -> Result<Said, Limit> {
    if subject.kind == Kind::Bool {
        return Ok(match text::of_truths(test)? {
            None => Said::never(),
            Some(accepted) => of_bool(&subject.tree, accepted),
        });
    }
    match test {
        Test::AnyValue => Ok(Said {
            of_missing: !verdict_faults::at("kql/scalar/any-value-of-missing"),
            ..Said::exact(Tree::Bool(true))
        }),
        // A column's empty text cannot be told from a missing one, and the guard against that leaves nothing to match.
        Test::Text(pattern) if subject.column.is_some() && pattern.shape() == Shape::Equals("") => {
            as_text(subject, test).map(|_| Said {
                of_missing: true,
                ..Said::never()
            })
        }
        Test::Text(pattern) => Ok(of_text(text::pattern(as_text(subject, test)?, pattern))),
        Test::TextOrder(comparison, other) => Ok(of_text(text::order(
            as_text(subject, test)?,
            *comparison,
            other,
        ))),
        Test::Regex(expression) => text::search(as_text(subject, test)?, expression).map(of_text),
        Test::Numeral(wanted) => number::numeral(subject, wanted),
        Test::Compare(comparison, wanted) => number::compare(subject, *comparison, wanted),
        Test::Bool(wanted) => Ok(bool_text(subject, *wanted)),
        Test::Cidr(network) => Ok(address::within(subject, network)),
        Test::Version(..) => Err(Limit::new(
            KQL_VERSION,
            "Kusto has no comparison of software versions that orders them part by part as the rule means it",
        )),
        Test::Instant(comparison, moment) => time::instant(subject, *comparison, *moment),
        Test::DatePart(part, comparison, wanted) => {
            time::part(subject, *part, *comparison, *wanted)
        }
    }
}

fn of_text(said: text::Said) -> Said {
    Said {
        tree: said.tree,
        nullable: false,
        of_missing: said.of_empty,
    }
}

fn of_bool(subject: &Tree, accepted: [bool; 2]) -> Said {
    let equal = |value| Said::exact(Tree::equal(subject.clone(), Tree::Bool(value)));
    match accepted {
        [false, false] => Said::never(),
        [false, true] => equal(!verdict_faults::at("kql/scalar/truth-inverted")),
        [true, false] => equal(false),
        [true, true] => Said {
            of_missing: !verdict_faults::at("kql/scalar/any-truth-of-missing"),
            ..Said::exact(Tree::Bool(true))
        },
    }
}

fn bool_text(subject: &Subject, wanted: bool) -> Said {
    match subject.kind {
        Kind::Text => {
            let wanted = wanted != verdict_faults::at("kql/scalar/truth-word-inverted");
            let word = if wanted { "true" } else { "false" };
            let word = Tree::Text(word.to_owned());
            Said::exact(Tree::matches(
                Match::Whole,
                if verdict_faults::at("kql/scalar/truth-word-ignores-case") {
                    Case::Fold
                } else {
                    Case::Exact
                },
                subject.tree.clone(),
                word,
            ))
        }
        Kind::Long | Kind::Real | Kind::Bool | Kind::Date | Kind::List { .. } | Kind::Opaque => {
            Said::never()
        }
    }
}

/// The text that a test of text looks at. A column of text that is compared with digits may hold numbers in a real table, which
/// `tostring` makes harmless.
pub(crate) fn as_text(subject: &Subject, test: &Test) -> Result<Tree, Limit> {
    let tree = subject.tree.clone();
    match subject.kind {
        Kind::Text if subject.column.is_some() && text::is_about_digits(test) => {
            Ok(Tree::call("tostring", tree))
        }
        Kind::Text => Ok(tree),
        Kind::Long if verdict_faults::at("kql/scalar/number-not-made-text") => Ok(tree),
        Kind::Long => Ok(Tree::call("tostring", tree)),
        Kind::Bool => Ok(Tree::Call(
            "iff",
            vec![
                tree,
                Tree::Text("true".to_owned()),
                Tree::Text("false".to_owned()),
            ],
        )),
        Kind::Real | Kind::Date | Kind::List { .. } | Kind::Opaque => {
            let what = match &subject.column {
                Some(name) => format!("`{name}`"),
                None => "a computed value".to_owned(),
            };
            Err(Limit::new(
                KQL_TYPE,
                format!(
                    "the text of {what} is not kept by its type: {}",
                    named(subject.kind)
                ),
            ))
        }
    }
}

/// What Kusto calls the type.
pub(crate) fn named(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "string",
        Kind::Long => "long",
        Kind::Real => "real",
        Kind::Bool => "bool",
        Kind::Date => "datetime",
        Kind::List { .. } => "a list",
        Kind::Opaque => "dynamic",
    }
}
