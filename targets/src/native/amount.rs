//! Exact numbers, compared without a decimal wherever a machine integer will do.

use std::cmp::Ordering;
use verdict_event::{Decimal, Number};

/// Up to this many digits always fit a signed 64-bit integer.
const SMALL_DIGITS: usize = 18;
const SMALL_LIMIT: i64 = 1_000_000_000_000_000_000;

/// A number that values are compared with.
#[derive(Clone, Debug)]
pub(super) struct Amount {
    small: Option<i64>,
    decimal: Decimal,
}

impl Amount {
    pub(super) fn of(number: &Number) -> Self {
        let decimal = number.decimal();
        Self {
            small: decimal.to_i64(),
            decimal,
        }
    }

    /// How decimal text compares with this number; None if the text is no decimal.
    pub(super) fn order(&self, text: &str) -> Option<Ordering> {
        match (small(text), self.small) {
            (Some(have), Some(than)) => Some(have.cmp(&than)),
            _ => Decimal::parse(text).map(|have| have.cmp(&self.decimal)),
        }
    }
}

/// How two decimal texts compare.
pub(super) fn order(a: &str, b: &str) -> Option<Ordering> {
    match (small(a), small(b)) {
        (Some(a), Some(b)) => Some(a.cmp(&b)),
        _ => Some(Decimal::parse(a)?.cmp(&Decimal::parse(b)?)),
    }
}

/// A number as a key: equal keys, and only those, are equal numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum NumberKey {
    Small(i64),
    Other(Decimal),
}

impl NumberKey {
    /// The key of decimal text.
    pub(super) fn parse(text: &str) -> Option<Self> {
        if let Some(small) = small(text) {
            return Some(Self::Small(small));
        }
        if !text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
            return None;
        }
        let decimal = Decimal::parse(text)?;
        let small = decimal
            .to_i64()
            .filter(|value| (-SMALL_LIMIT + 1..SMALL_LIMIT).contains(value));
        Some(small.map_or(Self::Other(decimal), Self::Small))
    }
}

/// The value of plain integer text, unless it is long.
fn small(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || digits.len() > SMALL_DIGITS {
        return None;
    }
    let mut value = 0;
    for byte in digits.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Some(if digits.len() == text.len() {
        value
    } else {
        -value
    })
}

#[cfg(test)]
mod tests {
    use super::{Amount, NumberKey, order};
    use verdict_event::{Decimal, Number};

    const TEXTS: [&str; 20] = [
        "0",
        "-0",
        "0.0",
        "1",
        "01",
        "1.0",
        "1e0",
        "-1",
        "4688",
        "4688.0",
        "999999999999999999",
        "1000000000000000000",
        "1e18",
        "-1e18",
        "9223372036854775807",
        "9223372036854775808",
        "1e300",
        "0.1",
        "",
        "x",
    ];

    #[test]
    fn short_cuts_agree_with_decimals() {
        for a in TEXTS {
            for b in TEXTS {
                let both = Decimal::parse(a).zip(Decimal::parse(b));
                assert_eq!(order(a, b), both.map(|(a, b)| a.cmp(&b)), "{a} {b}");
                let keys = NumberKey::parse(a).zip(NumberKey::parse(b));
                let same = Decimal::parse(a).zip(Decimal::parse(b));
                assert_eq!(
                    keys.map(|(a, b)| a == b),
                    same.map(|(a, b)| a == b),
                    "{a} {b}"
                );
                if let Some(number) = Number::parse(b) {
                    assert_eq!(Amount::of(&number).order(a), order(a, b), "{a} {b}");
                }
            }
        }
    }
}
