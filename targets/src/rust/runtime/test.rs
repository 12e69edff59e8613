//! Tests of one value. A value that a test cannot look at (text where a number is wanted) does not satisfy it.

use super::event::{Event, Field};
use super::instant::{self, DatePart};
use super::number::{Decimal, integer};
use super::pattern::Pattern;
use super::scalar::{Kind, Scalar};
use super::text::{Piece, like};
use super::version;
use std::cmp::Ordering;
use std::net::IpAddr;

/// How two values compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Comparison {
    /// Whether two values in this order compare so.
    pub fn accepts(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

/// What a value must satisfy. Texts of the tests that ignore case are folded already.
#[derive(Clone, Copy, Debug)]
pub enum Test<'t> {
    /// Any value at all, the empty text included.
    AnyValue,
    /// Its text is one of these, ignoring case.
    Equals(&'t [&'t str]),
    /// Its text is one of these, exactly.
    EqualsExact(&'t [&'t str]),
    /// Its text is one of these, which are sorted, ignoring case.
    OneOf(&'t [&'t str]),
    /// Its text is one of these, which are sorted, exactly.
    OneOfExact(&'t [&'t str]),
    /// Its text begins with one of these, ignoring case.
    StartsWith(&'t [&'t str]),
    /// Its text begins with one of these, exactly.
    StartsWithExact(&'t [&'t str]),
    /// Its text ends with one of these, ignoring case.
    EndsWith(&'t [&'t str]),
    /// Its text ends with one of these, exactly.
    EndsWithExact(&'t [&'t str]),
    /// Its text holds one of these, ignoring case.
    Contains(&'t [&'t str]),
    /// Its text holds one of these, exactly.
    ContainsExact(&'t [&'t str]),
    /// Its text matches one of these patterns, ignoring case.
    Like(&'t [&'t [Piece]]),
    /// Its text matches one of these patterns, exactly.
    LikeExact(&'t [&'t [Piece]]),
    /// Its text is the text of one of these numbers, or it is a number equal to one.
    Numeral(&'t [&'t str]),
    /// It is a number or decimal text, and compares so with this number.
    Number(Comparison, &'t str),
    /// Its text compares so with this one, by code point.
    TextOrder(Comparison, &'t str),
    /// It is this boolean, or its text is.
    Bool(bool),
    /// The expression is found in its text.
    Found(&'t Pattern),
    /// The condition holds of its text.
    Accepts(&'t Accepts<'t>),
    /// Its text is an address inside one of these networks.
    Within(&'t [&'t str]),
    /// Its text is a version that compares so with this one.
    Version(Comparison, &'t str),
    /// It is an instant that compares so with this one, in milliseconds since 1970.
    Instant(Comparison, i64),
    /// A part of the date-time that its text is, in UTC, compares so with this number.
    DatePart(DatePart, Comparison, i64),
}

/// A condition of expressions on one text.
#[derive(Clone, Copy, Debug)]
pub enum Accepts<'t> {
    /// The expression is found.
    Found(&'t Pattern),
    /// The condition does not hold.
    Not(&'t Accepts<'t>),
    /// Every condition holds.
    All(&'t [Accepts<'t>]),
    /// Some condition holds.
    Any(&'t [Accepts<'t>]),
}

impl Accepts<'_> {
    fn accepts(&self, text: &str) -> bool {
        match self {
            Self::Found(pattern) => pattern.finds(text),
            Self::Not(inner) => !inner.accepts(text),
            Self::All(parts) => parts.iter().all(|part| part.accepts(text)),
            Self::Any(parts) => parts.iter().any(|part| part.accepts(text)),
        }
    }
}

impl Scalar {
    /// Whether it satisfies a test.
    pub fn satisfies(&self, test: &Test<'_>) -> bool {
        let text = self.as_str();
        match *test {
            Test::AnyValue => true,
            Test::Equals(texts) => texts.contains(&self.folded()),
            Test::EqualsExact(texts) => texts.contains(&text),
            Test::OneOf(texts) => texts.binary_search(&self.folded()).is_ok(),
            Test::OneOfExact(texts) => texts.binary_search(&text).is_ok(),
            Test::StartsWith(texts) => {
                let text = self.folded();
                texts.iter().any(|start| text.starts_with(start))
            }
            Test::StartsWithExact(texts) => texts.iter().any(|start| text.starts_with(start)),
            Test::EndsWith(texts) => {
                let text = self.folded();
                texts.iter().any(|end| text.ends_with(end))
            }
            Test::EndsWithExact(texts) => texts.iter().any(|end| text.ends_with(end)),
            Test::Contains(texts) => {
                let text = self.folded();
                texts.iter().any(|part| text.contains(part))
            }
            Test::ContainsExact(texts) => texts.iter().any(|part| text.contains(part)),
            Test::Like(patterns) => {
                let text = self.folded();
                patterns.iter().any(|pieces| like(pieces, text))
            }
            Test::LikeExact(patterns) => patterns.iter().any(|pieces| like(pieces, text)),
            Test::Numeral(numbers) => self.is_numeral(numbers),
            Test::Number(comparison, number) => {
                let order = self.decimal().zip(Decimal::parse(number));
                order.is_some_and(|(have, than)| comparison.accepts(have.cmp(&than)))
            }
            Test::TextOrder(comparison, than) => comparison.accepts(text.cmp(than)),
            Test::Bool(wanted) => self.truth() == Some(wanted),
            Test::Found(pattern) => pattern.finds(text),
            Test::Accepts(condition) => condition.accepts(text),
            Test::Within(networks) => self
                .address()
                .is_some_and(|address| networks.iter().any(|network| within(address, network))),
            Test::Version(comparison, than) => comparison.accepts(version::compare(text, than)),
            Test::Instant(comparison, than) => self
                .instant()
                .is_some_and(|have| comparison.accepts(have.cmp(&than))),
            Test::DatePart(part, comparison, number) => instant::parse_date_time(text)
                .is_some_and(|at| comparison.accepts(instant::part(at, part).cmp(&number))),
        }
    }

    fn is_numeral(&self, numbers: &[&str]) -> bool {
        if numbers.contains(&self.as_str()) {
            return true;
        }
        if self.kind() != Kind::Number {
            return false;
        }
        let have = self.decimal();
        numbers
            .iter()
            .any(|number| Decimal::parse(number).is_some_and(|wanted| have == Some(wanted)))
    }

    /// The address that its text is.
    pub fn address(&self) -> Option<IpAddr> {
        self.as_str().parse().ok()
    }

    /// The instant that it is: ISO 8601 text, or a number of milliseconds since 1970.
    pub fn instant(&self) -> Option<i64> {
        match self.kind() {
            Kind::Number => integer(self.as_str()),
            Kind::Text => instant::parse(self.as_str()),
            Kind::Bool => None,
        }
    }
}

/// Whether an address lies in a network, `address/bits`, of its own family.
fn within(address: IpAddr, network: &str) -> bool {
    let Some((base, bits)) = network.split_once('/') else {
        return false;
    };
    let (Ok(base), Ok(bits)) = (base.parse::<IpAddr>(), bits.parse::<u32>()) else {
        return false;
    };
    match (address, base) {
        (IpAddr::V4(address), IpAddr::V4(base)) => {
            let outside = u32::from(address) ^ u32::from(base);
            outside.leading_zeros() >= bits
        }
        (IpAddr::V6(address), IpAddr::V6(base)) => {
            let outside = u128::from(address) ^ u128::from(base);
            outside.leading_zeros() >= bits
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}

/// Whether some of the values satisfies a test.
pub fn some(values: &[Option<Scalar>], test: &Test<'_>) -> bool {
    values.iter().flatten().any(|value| value.satisfies(test))
}

/// Whether some combination of values gives none.
pub fn lacks(values: &[Option<Scalar>]) -> bool {
    values.iter().any(Option::is_none)
}

/// What a condition says of each value: whether some of these tests is satisfied.
pub fn each(values: &[Option<Scalar>], tests: &[Test<'_>]) -> Vec<Option<Scalar>> {
    let says = |value: &Scalar| Scalar::bool(tests.iter().any(|test| value.satisfies(test)));
    values
        .iter()
        .map(|value| value.as_ref().map(says))
        .collect()
}

/// What a condition says of each value: whether all of these tests are satisfied.
pub fn each_all(values: &[Option<Scalar>], tests: &[Test<'_>]) -> Vec<Option<Scalar>> {
    let says = |value: &Scalar| Scalar::bool(tests.iter().all(|test| value.satisfies(test)));
    values
        .iter()
        .map(|value| value.as_ref().map(says))
        .collect()
}

/// A test of a field for each kind of test, so that a rule reads as it was meant. Texts of the tests that ignore case are given folded.
impl Event {
    /// Whether some value of the field satisfies a test.
    pub fn is(&self, field: Field, test: &Test<'_>) -> bool {
        self.scalars(field).any(|value| value.satisfies(test))
    }
}

/// Declares a method of [`Event`] for a test of lists.
macro_rules! tests {
    ($($(#[$doc:meta])* $name:ident($list:ty) = $test:ident;)*) => {
        impl Event {
            $(
                $(#[$doc])*
                pub fn $name(&self, field: Field, these: &$list) -> bool {
                    self.is(field, &Test::$test(these))
                }
            )*
        }
    };
}

tests! {
    /// Whether a value of the field is one of these texts, ignoring case.
    equals([&str]) = Equals;
    /// Whether a value of the field is one of these texts, exactly.
    equals_exact([&str]) = EqualsExact;
    /// Whether a value of the field is one of these texts, which are sorted, ignoring case.
    one_of([&str]) = OneOf;
    /// Whether a value of the field is one of these texts, which are sorted, exactly.
    one_of_exact([&str]) = OneOfExact;
    /// Whether a value of the field begins with one of these texts, ignoring case.
    starts_with([&str]) = StartsWith;
    /// Whether a value of the field begins with one of these texts, exactly.
    starts_with_exact([&str]) = StartsWithExact;
    /// Whether a value of the field ends with one of these texts, ignoring case.
    ends_with([&str]) = EndsWith;
    /// Whether a value of the field ends with one of these texts, exactly.
    ends_with_exact([&str]) = EndsWithExact;
    /// Whether a value of the field holds one of these texts, ignoring case.
    contains([&str]) = Contains;
    /// Whether a value of the field holds one of these texts, exactly.
    contains_exact([&str]) = ContainsExact;
    /// Whether a value of the field matches one of these patterns, ignoring case.
    like([&[Piece]]) = Like;
    /// Whether a value of the field matches one of these patterns, exactly.
    like_exact([&[Piece]]) = LikeExact;
    /// Whether a value of the field is one of these numbers, by its text or as a number.
    numeral([&str]) = Numeral;
    /// Whether a value of the field is an address inside one of these networks.
    within([&str]) = Within;
    /// Whether an expression is found in a value of the field.
    matches(Pattern) = Found;
}

impl Event {
    /// Whether each of these texts is held by some value of the field, ignoring case.
    pub fn contains_all(&self, field: Field, these: &[&str]) -> bool {
        these.iter().all(|part| self.contains(field, &[part]))
    }

    /// Whether each of these texts is held by some value of the field, exactly.
    pub fn contains_all_exact(&self, field: Field, these: &[&str]) -> bool {
        these.iter().all(|part| self.contains_exact(field, &[part]))
    }
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Scalar, Test};
    use crate::rust::runtime::instant::DatePart;

    #[test]
    fn values_and_tests() {
        let text = |text: &str| Scalar::text(text);
        let number = |text: &str| Scalar::number(text);
        for (value, test, expected) in [
            (text(""), Test::AnyValue, true),
            (text("CMD.exe"), Test::Equals(&["cmd.exe"]), true),
            (text("CMD.exe"), Test::EqualsExact(&["cmd.exe"]), false),
            (text("Bb"), Test::OneOf(&["aa", "bb", "cc"]), true),
            (text("Bb"), Test::OneOfExact(&["aa", "bb", "cc"]), false),
            (text("C:\\X"), Test::StartsWith(&["d:", "c:"]), true),
            (text("a\\B"), Test::EndsWithExact(&["\\b"]), false),
            (text("\u{212a}"), Test::Contains(&["k"]), false),
            (number("4624"), Test::Equals(&["4624"]), true),
            (number("4624.0"), Test::Numeral(&["1", "4624"]), true),
            (text("4624.0"), Test::Numeral(&["4624"]), false),
            (text("10"), Test::Number(Comparison::Less, "9.5"), false),
            (text("x"), Test::Number(Comparison::Less, "9.5"), false),
            (text("b"), Test::TextOrder(Comparison::Greater, "a"), true),
            (Scalar::bool(true), Test::Bool(true), true),
            (text("True"), Test::Bool(true), false),
            (text("10.1.2.3"), Test::Within(&["10.1.0.0/16"]), true),
            (text("10.2.0.0"), Test::Within(&["10.1.0.0/16"]), false),
            (text("::1"), Test::Within(&["0.0.0.0/0", "::/0"]), true),
            (
                text("::ffff:10.1.2.3"),
                Test::Within(&["10.1.0.0/16"]),
                false,
            ),
            (text("10.1.2.3"), Test::Within(&["10.1.2.3/32"]), true),
            (
                text("1.10"),
                Test::Version(Comparison::Greater, "1.9"),
                true,
            ),
            (number("0"), Test::Instant(Comparison::Equal, 0), true),
            (
                text("2024-03-01T05:06:07Z"),
                Test::DatePart(DatePart::Hour, Comparison::Equal, 5),
                true,
            ),
            (
                text("2024-03-01"),
                Test::DatePart(DatePart::Hour, Comparison::Equal, 0),
                false,
            ),
        ] {
            assert_eq!(value.satisfies(&test), expected, "{value:?} {test:?}");
        }
    }
}
