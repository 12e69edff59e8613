//! Numbers that keep their source text, and exact decimal comparison.

use std::cmp::Ordering;
use std::fmt;

/// A number as it stood in the source: `1`, `1.0` and `1e0` are three texts of one value.
///
/// Equality and hashing are over the text; compare values through [`Number::decimal`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number {
    text: Box<str>,
}

impl Number {
    /// The number with this source text, if the text is a JSON number.
    pub fn parse(text: &str) -> Option<Self> {
        Decimal::parse(text).map(|_| Self { text: text.into() })
    }

    /// The source text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The exact value.
    pub fn decimal(&self) -> Decimal {
        Decimal::parse(&self.text).unwrap_or_else(Decimal::zero)
    }

    /// The value as a signed 64-bit integer, if it is integral and fits (`4.0` and `4e0` do).
    pub fn as_i64(&self) -> Option<i64> {
        self.decimal().to_i64()
    }

    /// The nearest double. Very large magnitudes become infinite.
    pub fn as_f64(&self) -> f64 {
        self.text.parse().unwrap_or(f64::NAN)
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self {
            text: value.to_string().into(),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// An exact decimal: `sign * 0.digits * 10^exponent`, kept in normal form so that equality is value equality.
///
/// Digits have neither leading nor trailing zeros; zero has no digits, exponent 0 and no sign.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    negative: bool,
    digits: Box<str>,
    exponent: i64,
}

impl Decimal {
    /// Zero.
    pub fn zero() -> Self {
        Self {
            negative: false,
            digits: "".into(),
            exponent: 0,
        }
    }

    /// Reads `-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?` and nothing else: no spaces, no leading `+`, no `.5`, no `0x`.
    ///
    /// Leading zeros are allowed (JSON forbids them, decimal text in events has them). An exponent outside
    /// the range of 32 bits is refused.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let joined = format!("{whole}{fraction}");
        let significant = joined.trim_start_matches('0');
        let leading = joined.len() - significant.len();
        let digits = significant.trim_end_matches('0');
        if digits.is_empty() {
            return Some(Self::zero());
        }
        let point = i64::try_from(whole.len()).ok()? - i64::try_from(leading).ok()?;
        Some(Self {
            negative,
            digits: digits.into(),
            exponent: point + exponent,
        })
    }

    /// Whether the value has no fractional part.
    pub fn is_integral(&self) -> bool {
        i64::try_from(self.digits.len()).is_ok_and(|len| len <= self.exponent)
            || self.digits.is_empty()
    }

    /// The value as a signed 64-bit integer, if it is integral and fits.
    pub fn to_i64(&self) -> Option<i64> {
        if !self.is_integral() || self.exponent > 19 {
            return None;
        }
        let zeros = usize::try_from(self.exponent)
            .ok()?
            .checked_sub(self.digits.len())?;
        let magnitude: i128 = format!("0{}{}", self.digits, "0".repeat(zeros))
            .parse()
            .ok()?;
        i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
    }

    /// The value times `10^power`, rounded down to an integer, if that fits into 64 bits.
    pub fn floor_scaled(&self, power: i64) -> Option<i64> {
        if self.digits.is_empty() {
            return Some(0);
        }
        let exponent = self.exponent.checked_add(power)?;
        if exponent > 19 {
            return None;
        }
        let length = i64::try_from(self.digits.len()).ok()?;
        let whole = usize::try_from(exponent.clamp(0, length)).ok()?;
        let zeros = usize::try_from((exponent - length).max(0)).ok()?;
        let digits = self.digits.get(..whole)?;
        let magnitude: i128 = format!("0{digits}{}", "0".repeat(zeros)).parse().ok()?;
        let cut = exponent < length;
        let value = match (self.negative, cut) {
            (false, _) => magnitude,
            (true, false) => -magnitude,
            (true, true) => -magnitude - 1,
        };
        i64::try_from(value).ok()
    }

    fn cmp_magnitude(&self, other: &Self) -> Ordering {
        match (self.digits.is_empty(), other.digits.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self
                .exponent
                .cmp(&other.exponent)
                .then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.cmp_magnitude(other),
            (true, true) => other.cmp_magnitude(self),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

fn parse_exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value: i32 = text.strip_prefix('+').unwrap_or(text).parse().ok()?;
    Some(i64::from(value))
}

#[cfg(test)]
mod tests {
    use super::Decimal;
    use proptest::prelude::*;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).expect("a decimal")
    }

    #[test]
    fn texts_of_one_value_are_equal() {
        for same in ["1", "1.0", "1e0", "10e-1", "0.1e1", "01"] {
            assert_eq!(decimal(same), decimal("1"), "{same}");
        }
        assert_eq!(decimal("-0"), decimal("0"));
        assert_eq!(
            decimal("9007199254740993").to_i64(),
            Some(9_007_199_254_740_993)
        );
        assert!(decimal("9007199254740993") > decimal("9007199254740992"));
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in [
            "",
            "-",
            "+1",
            ".5",
            "5.",
            "0x1",
            " 1",
            "1 ",
            "1e",
            "inf",
            "NaN",
            "1e99999999999",
            "१",
        ] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn order_is_that_of_integers(a in any::<i64>(), b in any::<i64>()) {
            prop_assert_eq!(decimal(&a.to_string()).cmp(&decimal(&b.to_string())), a.cmp(&b));
            prop_assert_eq!(decimal(&a.to_string()).to_i64(), Some(a));
        }

        #[test]
        fn order_is_that_of_fractions(a in -100_000i32..100_000, b in -100_000i32..100_000) {
            let text = |n: i32| format!("{}{}.{:03}", if n < 0 { "-" } else { "" }, n.abs() / 1000, n.abs() % 1000);
            prop_assert_eq!(decimal(&text(a)).cmp(&decimal(&text(b))), a.cmp(&b));
        }
    }
}
