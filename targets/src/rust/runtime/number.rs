//! Numbers by their source text, compared exactly.

use std::cmp::Ordering;

/// An exact decimal: `sign * 0.digits * 10^exponent`, in normal form: digits have neither leading nor trailing zeros; zero
/// has no digits, exponent 0 and no sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// Reads `-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?` and nothing else. An exponent outside the range of 32 bits is refused.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        // Most texts that are asked for their number are none, and show it at once.
        if !rest.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
            return None;
        }
        let joined = [whole, fraction].concat();
        let significant = joined.trim_start_matches('0');
        let leading = i64::try_from(joined.len() - significant.len()).ok()?;
        let digits = significant.trim_end_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self {
                negative: false,
                digits,
                exponent: 0,
            });
        }
        let point = i64::try_from(whole.len()).ok()? - leading;
        Some(Self {
            negative,
            digits,
            exponent: point + exponent,
        })
    }

    /// The value as a signed 64-bit integer, if it is integral and fits.
    pub fn to_i64(&self) -> Option<i64> {
        if self.digits.is_empty() {
            return Some(0);
        }
        let length = i64::try_from(self.digits.len()).ok()?;
        if length > self.exponent || self.exponent > 19 {
            return None;
        }
        let zeros = usize::try_from(self.exponent - length).ok()?;
        let magnitude: i128 = [&self.digits, "0".repeat(zeros).as_str()]
            .concat()
            .parse()
            .ok()?;
        i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
    }

    /// The largest integer that is not above the value times this power of ten, if it fits.
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

    fn compare_magnitude(&self, other: &Self) -> Ordering {
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
            (false, false) => self.compare_magnitude(other),
            (true, true) => other.compare_magnitude(self),
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

/// The signed 64-bit integer that a number's text stands for (`4.0` and `4e0` do), if there is one.
pub fn integer(text: &str) -> Option<i64> {
    Decimal::parse(text)?.to_i64()
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text).expect("a decimal")
    }

    #[test]
    fn texts_of_one_value_are_equal() {
        for same in ["1", "1.0", "1e0", "10e-1", "0.1e1", "01"] {
            assert_eq!(decimal(same), decimal("1"), "{same}");
        }
        assert_eq!(decimal("-0"), decimal("0"));
        assert!(decimal("9007199254740993") > decimal("9007199254740992"));
        assert!(decimal("-2") < decimal("-1.5") && decimal("0") > decimal("-1"));
    }

    #[test]
    fn integers() {
        for (text, value) in [
            ("4.0", Some(4)),
            ("4e0", Some(4)),
            ("-0", Some(0)),
            ("4.5", None),
            ("9223372036854775807", Some(i64::MAX)),
            ("-9223372036854775808", Some(i64::MIN)),
            ("9223372036854775808", None),
            ("1e30", None),
        ] {
            assert_eq!(decimal(text).to_i64(), value, "{text}");
        }
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
}
