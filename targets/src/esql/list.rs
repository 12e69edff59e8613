//! Tests of list columns: any value satisfies them.
//!
//! A function or an operator of ES|QL gives null for a column that holds several values. What takes lists is `MV_CONTAINS` (from 9.2 on), the least
//! and the greatest value, and joining: every value of text stands between two separators, so that one search looks at all of them and no match
//! reaches from one into the next. Only values that hold the separator themselves are judged wrongly (`separator-in-value`).

use crate::caps::Limit;
use crate::esql::columns::Kind;
use crate::esql::text;
use crate::esql::tree::Tree;
use crate::esql::version::{Dialect, Feature};
use crate::esql::{address, number, quote, regex};
use verdict_compiler::codes::target::ESQL_LIST_TEST;
use verdict_compiler::ir::fold::fold;
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Case, Comparison, Pattern, Test, instant};
use verdict_event::Number;

/// What stands around each value: the symbol for the separator of units. It shows, unlike the separator itself, for which ES|QL has no escape.
pub(crate) const SEPARATOR: char = '\u{241f}';

/// A column that may hold several values.
pub(crate) struct List<'c> {
    /// Its name.
    pub(crate) column: &'c str,
    /// What each value is.
    pub(crate) kind: Kind,
    /// The version of the language.
    pub(crate) dialect: Dialect,
}

/// Where a literal stands in a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Whole,
    Start,
    End,
    Inside,
}

impl List<'_> {
    /// Some value of the list satisfies the test; null, or false, of no list.
    pub(crate) fn test(&self, test: &Test) -> Result<Tree, Limit> {
        if self.kind == Kind::Bool {
            return Ok(text::of_truths(test)
                .map_or(Tree::Bool(false), |accepted| self.of_truths(accepted)));
        }
        match test {
            Test::AnyValue => Ok(Tree::there(self.tree())),
            Test::Text(pattern) => self.matching(pattern),
            Test::Numeral(number) => self.numeral(number),
            Test::Bool(value) if self.kind == Kind::Text => {
                let value = *value != verdict_faults::at("esql/list/truth-word-inverted");
                let word = if value { "true" } else { "false" };
                Ok(self.literal(Place::Whole, Case::Exact, word))
            }
            Test::Bool(_) => Ok(Tree::Bool(false)),
            Test::Compare(Comparison::Equal, number) => self.equal(number),
            Test::Compare(comparison, number) => self.compare(*comparison, number),
            Test::TextOrder(comparison, other) if self.kind == Kind::Text => {
                let other = Tree::Text(other.clone());
                Ok(Tree::order(
                    *comparison,
                    extreme(*comparison, self.tree()),
                    other,
                ))
            }
            Test::TextOrder(..) => self.refuse("compares texts in order"),
            Test::Regex(expression) => {
                let joined = self.joined("looks for a regular expression")?;
                regex::search_joined(joined, expression)
            }
            Test::Cidr(network) => self.network(network),
            Test::Version(comparison, wanted) => self.version(*comparison, wanted),
            Test::Instant(comparison, moment) => self.instant(*comparison, *moment),
            Test::DatePart(..) => self.refuse("looks at parts of dates"),
        }
    }

    /// The length of some value compares so.
    pub(crate) fn length(&self, comparison: Comparison, wanted: &Number) -> Result<Tree, Limit> {
        let joined = self.joined("measures texts")?;
        // Lengths are whole: `< 2.5` is `<= 2`.
        let floor = wanted.as_f64().floor();
        let whole = (wanted.as_f64() - floor).abs() == 0.0;
        if !(-1.0..=1000.0).contains(&floor) {
            return self.refuse("measures texts of a length that no expression counts to");
        }
        #[expect(clippy::cast_possible_truncation, reason = "it is within bounds")]
        let floor = floor as i64;
        let comparison = match comparison {
            Comparison::GreaterOrEqual
                if verdict_faults::at("esql/list/length-at-least-as-more") =>
            {
                Comparison::Greater
            }
            comparison => comparison,
        };
        let (least, most) = match comparison {
            Comparison::Equal if !whole => return Ok(Tree::Bool(false)),
            Comparison::Equal => (floor, Some(floor)),
            Comparison::Less if whole => (0, Some(floor - 1)),
            Comparison::Less | Comparison::LessOrEqual => (0, Some(floor)),
            Comparison::GreaterOrEqual if whole => (floor, None),
            Comparison::Greater | Comparison::GreaterOrEqual => (floor + 1, None),
        };
        match most {
            Some(most) if most < least.max(0) => Ok(Tree::Bool(false)),
            None if least <= 0 => Ok(Tree::there(self.tree())),
            _ => regex::length_joined(joined, least.unsigned_abs(), most.map(i64::unsigned_abs)),
        }
    }

    fn tree(&self) -> Tree {
        Tree::Column(self.column.to_owned())
    }

    fn refuse(&self, what: &str) -> Result<Tree, Limit> {
        Err(Limit::new(
            ESQL_LIST_TEST,
            format!(
                "`{}` holds lists of type `{}`, and the test {what}, which needs one value at a time",
                self.column,
                self.kind.name()
            ),
        ))
    }

    /// The values as one text.
    fn joined(&self, what: &str) -> Result<Tree, Limit> {
        match self.kind {
            Kind::Text | Kind::Long | Kind::Ip | Kind::Version => Ok(Tree::Joined {
                column: self.column.to_owned(),
                text: self.kind == Kind::Text,
                lower: false,
            }),
            Kind::Double | Kind::Bool | Kind::Date | Kind::Opaque => self.refuse(what),
        }
    }

    fn of_truths(&self, accepted: [bool; 2]) -> Tree {
        let extreme = |name, value| Tree::equal(Tree::call(name, self.tree()), Tree::Bool(value));
        match accepted {
            [false, false] => Tree::Bool(false),
            // False is less than true.
            [false, true] if verdict_faults::at("esql/list/truth-of-every-value") => {
                extreme("MV_MIN", true)
            }
            [false, true] => extreme("MV_MAX", true),
            [true, false] => extreme("MV_MIN", false),
            [true, true] => Tree::there(self.tree()),
        }
    }

    fn matching(&self, pattern: &Pattern) -> Result<Tree, Limit> {
        let case = match pattern.case() {
            _ if verdict_faults::at("esql/list/case-minded") => Case::Exact,
            case => case,
        };
        self.joined("looks at texts")?;
        Ok(match pattern.shape() {
            Shape::Anything => Tree::there(self.tree()),
            Shape::Equals(wanted) if self.has_contains() => self.contains(case, wanted),
            Shape::Equals(wanted) => self.literal(Place::Whole, case, wanted),
            Shape::StartsWith(wanted) => self.literal(Place::Start, case, wanted),
            Shape::EndsWith(wanted) => self.literal(Place::End, case, wanted),
            Shape::Contains(wanted) => self.literal(Place::Inside, case, wanted),
            Shape::General(_) => {
                let joined = self.joined("looks at texts")?;
                return regex::match_joined(joined, pattern);
            }
        })
    }

    /// Some value is this text; `TO_LOWER` takes lists.
    fn contains(&self, case: Case, wanted: &str) -> Tree {
        let (lower, wanted) = text::literal(case, wanted);
        let lower = lower && !verdict_faults::at("esql/list/values-not-lowered");
        let values = text::lowered(self.tree(), lower);
        Tree::Call("MV_CONTAINS", vec![values, Tree::Text(wanted)])
    }

    /// Whether `MV_CONTAINS` is there and takes texts of this column.
    fn has_contains(&self) -> bool {
        self.kind == Kind::Text && self.dialect.has(Feature::MvContains)
    }

    /// Some value holds the literal at a place.
    fn literal(&self, place: Place, case: Case, wanted: &str) -> Tree {
        if wanted.contains(SEPARATOR) {
            // Only a value with the separator in it could match, and such values are outside what a joined list can tell.
            return Tree::Bool(false);
        }
        let (lower, _) = text::literal(case, wanted);
        let wanted = if lower && !verdict_faults::at("esql/list/literal-not-lowered") {
            fold(wanted)
        } else {
            wanted.to_owned()
        };
        let mut pattern = String::from("*");
        if matches!(place, Place::Whole | Place::Start)
            && !verdict_faults::at("esql/list/start-anywhere")
        {
            pattern.push(SEPARATOR);
        }
        quote::like(&wanted, &mut pattern);
        if matches!(place, Place::Whole | Place::End)
            && !verdict_faults::at("esql/list/end-anywhere")
        {
            pattern.push(SEPARATOR);
        }
        pattern.push('*');
        let joined = Tree::Joined {
            column: self.column.to_owned(),
            text: self.kind == Kind::Text,
            lower,
        };
        Tree::Like(Box::new(joined), vec![pattern])
    }

    fn numeral(&self, wanted: &Number) -> Result<Tree, Limit> {
        match self.kind {
            Kind::Text if self.has_contains() => Ok(self.contains(Case::Exact, wanted.text())),
            Kind::Text => Ok(self.literal(Place::Whole, Case::Exact, wanted.text())),
            Kind::Long | Kind::Double => self.equal(wanted),
            Kind::Bool | Kind::Date | Kind::Ip | Kind::Version | Kind::Opaque => {
                Ok(Tree::Bool(false))
            }
        }
    }

    /// Some value is this number.
    fn equal(&self, wanted: &Number) -> Result<Tree, Limit> {
        let contains = |values: Tree| {
            let wanted = vec![values, number::double(wanted)];
            Tree::Call("MV_CONTAINS", wanted)
        };
        match (self.kind, wanted.as_i64()) {
            (Kind::Long, Some(whole)) => {
                Ok(self.literal(Place::Whole, Case::Exact, &whole.to_string()))
            }
            (Kind::Long, None) => Ok(Tree::Bool(false)),
            (Kind::Double, _) if self.dialect.has(Feature::MvContains) => Ok(contains(self.tree())),
            (Kind::Text, _) if self.dialect.has(Feature::MvContains) => {
                Ok(contains(Tree::call("TO_DOUBLE", self.tree())))
            }
            _ => self.refuse("looks for a number"),
        }
    }

    fn compare(&self, comparison: Comparison, wanted: &Number) -> Result<Tree, Limit> {
        let values = match self.kind {
            Kind::Long | Kind::Double => self.tree(),
            Kind::Text => Tree::call("TO_DOUBLE", self.tree()),
            Kind::Bool | Kind::Date | Kind::Ip | Kind::Version | Kind::Opaque => {
                return self.refuse("compares numbers");
            }
        };
        let value = extreme(comparison, values);
        Ok(number::ordered(
            self.kind == Kind::Long,
            value,
            comparison,
            wanted,
        ))
    }

    fn version(&self, comparison: Comparison, wanted: &str) -> Result<Tree, Limit> {
        if self.kind != Kind::Version || comparison == Comparison::Equal {
            return self.refuse("compares versions");
        }
        let wanted = Tree::call("TO_VERSION", Tree::Text(wanted.to_owned()));
        let value = extreme(comparison, self.tree());
        Ok(Tree::order(comparison, value, wanted))
    }

    fn instant(&self, comparison: Comparison, moment: i64) -> Result<Tree, Limit> {
        if self.kind != Kind::Date || comparison == Comparison::Equal {
            return self.refuse("looks for instants");
        }
        let moment = Tree::call("TO_DATETIME", Tree::Text(instant::print(moment)));
        let value = extreme(comparison, self.tree());
        Ok(Tree::order(comparison, value, moment))
    }

    fn network(&self, network: &ipnet::IpNet) -> Result<Tree, Limit> {
        let joined = match self.kind {
            Kind::Text | Kind::Ip => self.joined("looks for addresses")?,
            Kind::Long | Kind::Double | Kind::Bool | Kind::Date | Kind::Version | Kind::Opaque => {
                return Ok(Tree::Bool(false));
            }
        };
        match network {
            ipnet::IpNet::V4(net) => regex::address_joined(joined, *net),
            ipnet::IpNet::V6(net) if address::is_mapped(net) => Ok(Tree::Bool(false)),
            ipnet::IpNet::V6(_) => self.refuse("looks for addresses in an IPv6 network"),
        }
    }
}

/// The value that compares so if any does.
fn extreme(comparison: Comparison, values: Tree) -> Tree {
    match comparison {
        Comparison::Greater | Comparison::GreaterOrEqual
            if verdict_faults::at("esql/list/least-value-compared") =>
        {
            Tree::call("MV_MIN", values)
        }
        Comparison::Less | Comparison::LessOrEqual
            if verdict_faults::at("esql/list/greatest-value-compared") =>
        {
            Tree::call("MV_MAX", values)
        }
        Comparison::Equal | Comparison::Greater | Comparison::GreaterOrEqual => {
            Tree::call("MV_MAX", values)
        }
        Comparison::Less | Comparison::LessOrEqual => Tree::call("MV_MIN", values),
    }
}
