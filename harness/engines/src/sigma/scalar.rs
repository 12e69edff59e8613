//! What a YAML scalar is.
//!
//! Rules are written for readers of YAML 1.1, as `PyYAML` resolves it (S5), and the YAML library here resolves by another
//! version; so a plain scalar is resolved anew from its source text.

use std::ops::Range;
use verdict_event::Decimal;

/// A scalar with its source text.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    pub(super) text: String,
    pub(super) kind: Kind,
    /// Bytes of the document; those of the nearest key where the scalar's own are unknown.
    pub(super) span: Range<usize>,
}

/// What a scalar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    /// A number: an integer or a fraction to a reader of YAML 1.1 *and* a decimal by docs/semantics.md, "Events".
    Number,
    Text,
}

impl Scalar {
    /// The text that this scalar stands for beside a modifier of texts: a number's source text (S4), `true` or
    /// `false` for a boolean (S5), nothing for null.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self.kind {
            Kind::Null => None,
            Kind::Bool(true) => Some("true"),
            Kind::Bool(false) => Some("false"),
            Kind::Number | Kind::Text => Some(&self.text),
        }
    }

    /// The exact value of a number.
    pub(super) fn number(&self) -> Option<Decimal> {
        match self.kind {
            Kind::Number => Decimal::parse(&self.text),
            Kind::Null | Kind::Bool(_) | Kind::Text => None,
        }
    }
}

/// The kind of a plain (unquoted, untagged) scalar.
pub(super) fn resolve_plain(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "yes" | "no" | "on" | "off" if verdict_faults::at("sigma/engine/yes-is-a-text") => {
            Kind::Text
        }
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Kind::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Kind::Bool(false)
        }
        _ if is_number(text) => Kind::Number,
        _ => Kind::Text,
    }
}

/// S5: `-?(0|[1-9][0-9]*)(\.[0-9]+([eE][+-][0-9]+)?)?`. What begins with a needless zero (`010`, `007.5`), hexadecimal, sexagesimal,
/// `1_000`, `+5`, `.5`, `5.` and an exponent without a fraction or a sign (`1e3`) are text.
fn is_number(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let whole_number = |part: &str| {
        digits(part)
            && (part == "0"
                || !part.starts_with('0')
                || verdict_faults::at("sigma/engine/leading-zeros-are-a-number"))
    };
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let shaped = match unsigned.split_once('.') {
        None => whole_number(unsigned),
        Some((whole, rest)) => {
            let (fraction, exponent) = match rest.split_once(['e', 'E']) {
                Some((fraction, exponent)) => (fraction, Some(exponent)),
                None => (rest, None),
            };
            let exponent_fits = exponent
                .is_none_or(|exponent| exponent.strip_prefix(['+', '-']).is_some_and(digits));
            whole_number(whole) && digits(fraction) && exponent_fits
        }
    };
    shaped && Decimal::parse(text).is_some()
}

#[cfg(test)]
mod tests {
    use super::{Kind, resolve_plain};

    #[test]
    fn plain_scalars() {
        for number in [
            "0",
            "-0",
            "4688",
            "-1",
            "1.5",
            "0.5",
            "1.5e+3",
            "12345678901234567890123",
        ] {
            assert_eq!(resolve_plain(number), Kind::Number, "{number}");
        }
        for text in [
            "00000429",
            "010",
            "007.5",
            "0x10",
            "0b1",
            "0o7",
            "1_000",
            "1e3",
            "1.5e3",
            "+5",
            ".5",
            "5.",
            "190:20:30",
            ".inf",
            "y",
            "n",
            "2020-01-01",
            "1.2.3",
            "-",
            "tRue",
        ] {
            assert_eq!(resolve_plain(text), Kind::Text, "{text}");
        }
        assert_eq!(resolve_plain("yes"), Kind::Bool(true));
        assert_eq!(resolve_plain("Off"), Kind::Bool(false));
        assert_eq!(resolve_plain("~"), Kind::Null);
    }
}
