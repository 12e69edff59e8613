//! Tests of a single value: which column type says which test how.

use crate::caps::Limit;
use crate::esql::columns::Kind;
use crate::esql::plan::Subject;
use crate::esql::tree::Tree;
use crate::esql::{address, number, regex, text, time};
use verdict_compiler::codes::target::ESQL_TYPE;
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Case, Comparison, Pattern, Test};

/// A test of a single value; null, or false, of a missing one.
pub(crate) fn test(subject: &Subject, test: &Test) -> Result<Tree, Limit> {
    if subject.kind == Kind::Bool {
        return Ok(text::of_truths(test).map_or(Tree::Bool(false), |accepted| {
            of_bool(&subject.tree, accepted)
        }));
    }
    match test {
        Test::AnyValue => Ok(Tree::there(subject.tree.clone())),
        Test::Text(pattern) => {
            let whole = whole_number(subject, pattern);
            whole.map_or_else(|| Ok(text::pattern(as_text(subject)?, pattern)), Ok)
        }
        Test::TextOrder(comparison, other) => {
            Ok(text::order(as_text(subject)?, *comparison, other))
        }
        Test::Regex(expression) => regex::search(as_text(subject)?, expression),
        Test::Numeral(wanted) => Ok(number::numeral(subject, wanted)),
        Test::Compare(comparison, wanted) => number::compare(subject, *comparison, wanted),
        Test::Bool(wanted) => Ok(bool_text(subject, *wanted)),
        Test::Cidr(network) => Ok(address::within(subject, network)),
        Test::Version(comparison, wanted) => version(subject, *comparison, wanted),
        Test::Instant(comparison, moment) => time::instant(subject, *comparison, *moment),
        Test::DatePart(part, comparison, wanted) => {
            Ok(time::part(subject, *part, *comparison, *wanted))
        }
    }
}

/// The digits of a whole number in a column of them are the number.
fn whole_number(subject: &Subject, pattern: &Pattern) -> Option<Tree> {
    let Shape::Equals(digits) = pattern.shape() else {
        return None;
    };
    let number: i64 = digits.parse().ok()?;
    let plain = subject.kind == Kind::Long && number.to_string() == digits;
    plain.then(|| Tree::equal(subject.tree.clone(), number::literal(&number.into())))
}

fn of_bool(subject: &Tree, accepted: [bool; 2]) -> Tree {
    let equal = |value| Tree::equal(subject.clone(), Tree::Bool(value));
    match accepted {
        [false, false] => Tree::Bool(false),
        [false, true] => equal(!verdict_faults::at("esql/scalar/truth-inverted")),
        [true, false] => equal(false),
        [true, true] => Tree::there(subject.clone()),
    }
}

fn bool_text(subject: &Subject, wanted: bool) -> Tree {
    let wanted = wanted != verdict_faults::at("esql/scalar/truth-word-inverted");
    let word = if wanted { "true" } else { "false" };
    match subject.kind {
        Kind::Text => text::equal(subject.tree.clone(), Case::Exact, word),
        Kind::Long
        | Kind::Double
        | Kind::Bool
        | Kind::Date
        | Kind::Ip
        | Kind::Version
        | Kind::Opaque => Tree::Bool(false),
    }
}

fn version(subject: &Subject, comparison: Comparison, wanted: &str) -> Result<Tree, Limit> {
    let value = as_version(subject)?;
    let wanted = Tree::call("TO_VERSION", Tree::Text(wanted.to_owned()));
    Ok(Tree::order(comparison, value, wanted))
}

/// The version that a value is.
pub(crate) fn as_version(subject: &Subject) -> Result<Tree, Limit> {
    match subject.kind {
        Kind::Version => Ok(subject.tree.clone()),
        Kind::Text if verdict_faults::at("esql/scalar/version-as-text") => Ok(subject.tree.clone()),
        Kind::Text => Ok(Tree::call("TO_VERSION", subject.tree.clone())),
        Kind::Long | Kind::Double | Kind::Bool | Kind::Date | Kind::Ip | Kind::Opaque => {
            Err(limit(subject, "compared as a version"))
        }
    }
}

/// The text that a test of text looks at.
pub(crate) fn as_text(subject: &Subject) -> Result<Tree, Limit> {
    match subject.kind {
        Kind::Text => Ok(subject.tree.clone()),
        Kind::Long | Kind::Bool | Kind::Ip | Kind::Version
            if verdict_faults::at("esql/scalar/value-not-made-text") =>
        {
            Ok(subject.tree.clone())
        }
        Kind::Long | Kind::Bool | Kind::Ip | Kind::Version => {
            Ok(Tree::call("TO_STRING", subject.tree.clone()))
        }
        Kind::Double | Kind::Date | Kind::Opaque => Err(limit(
            subject,
            "looked at as text, which its type does not keep",
        )),
    }
}

fn limit(subject: &Subject, how: &str) -> Limit {
    let what = match &subject.column {
        Some(name) => format!("`{name}`"),
        None => "a computed value".to_owned(),
    };
    Limit::new(
        ESQL_TYPE,
        format!("{what}, of type `{}`, cannot be {how}", subject.kind.name()),
    )
}
