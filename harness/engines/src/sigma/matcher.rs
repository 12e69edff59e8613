//! What is asked of one value, prepared for many events.

use super::cidr;
use super::fold::fold;
use super::modifiers::Op;
use super::pattern::{self, Token, as_literal};
use super::time::{self, Part};
use super::wildcard::Wildcard;
use ipnet::IpNet;
use regex::Regex;
use std::borrow::Cow;
use std::collections::HashSet;
use verdict_event::{Decimal, Number, Value};

/// One thing that a value may satisfy.
#[derive(Clone, Debug)]
pub(super) enum Alternative {
    /// The field is missing (S6).
    Missing,
    Pattern(Vec<Token>),
    /// A number's source text and value (S4).
    Number(String, Decimal),
    Regex(Regex),
    Network(IpNet),
    Compare(Op, Decimal),
    Time(Part, Op, Decimal),
}

/// Alternatives: satisfied if any is. Texts are folded unless `cased`.
#[derive(Debug, Default)]
pub(super) struct Matcher {
    /// Satisfied by a field without any value.
    pub(super) missing: bool,
    cased: bool,
    exact: HashSet<Box<str>>,
    /// Bit n is set if some `exact` text has n bytes; the last bit stands for all longer ones.
    exact_lengths: u64,
    patterns: Vec<Wildcard>,
    numbers: Vec<Decimal>,
    /// Source texts of numbers with a letter, which is compared as it is written (S4).
    exponents: Vec<Box<str>>,
    /// All `numbers` are written as plain integers, so that another plain integer is equal only if its text is.
    plain_numbers: bool,
    regexes: Vec<Regex>,
    networks: Vec<IpNet>,
    comparisons: Vec<(Op, Decimal)>,
    times: Vec<(Part, Op, Decimal)>,
}

impl Matcher {
    /// Prepares alternatives.
    pub(super) fn new(alternatives: impl IntoIterator<Item = Alternative>, cased: bool) -> Self {
        let kept = cased || verdict_faults::at("sigma/engine/values-keep-case");
        let mut matcher = Self {
            cased: kept && !verdict_faults::at("sigma/engine/cased-ignores-case"),
            plain_numbers: true,
            ..Self::default()
        };
        for alternative in alternatives {
            matcher.add(alternative);
        }
        matcher
    }

    fn add(&mut self, alternative: Alternative) {
        match alternative {
            Alternative::Missing => self.missing = true,
            Alternative::Pattern(tokens) => {
                // S1: case is ignored.
                let tokens = if self.cased {
                    tokens
                } else {
                    pattern::fold(&tokens)
                };
                match as_literal(&tokens) {
                    Some(text) => self.add_exact(text),
                    None => self.patterns.push(Wildcard::new(&tokens)),
                }
            }
            Alternative::Number(text, value) => {
                self.plain_numbers &= is_plain_integer(&text);
                if text.contains(['e', 'E']) {
                    self.exponents.push(text.into());
                } else {
                    self.add_exact(text);
                }
                self.numbers.push(value);
            }
            Alternative::Regex(regex) => self.regexes.push(regex),
            Alternative::Network(network) => self.networks.push(network),
            Alternative::Compare(op, value) => self.comparisons.push((op, value)),
            Alternative::Time(part, op, value) => self.times.push((part, op, value)),
        }
    }

    fn add_exact(&mut self, text: String) {
        self.exact_lengths |= length_bit(&text);
        self.exact.insert(text.into());
    }

    /// Whether no `exact` text can equal this one: folding keeps the length of ASCII.
    fn differs_in_length(&self, text: &str) -> bool {
        self.exact_lengths & length_bit(text) == 0 && text.is_ascii()
    }

    /// Whether a scalar of an event satisfies any alternative.
    pub(super) fn matches(&self, value: &Value) -> bool {
        let Some(text) = value.scalar_text() else {
            return false;
        };
        self.text(text)
            || self.exponents.iter().any(|exponent| **exponent == *text)
            || self
                .networks
                .iter()
                .any(|network| cidr::holds(network, text))
            || self.number(value)
            || self.time(text)
    }

    /// Whether a text satisfies a pattern or an expression.
    pub(super) fn text(&self, text: &str) -> bool {
        let by_pattern = if self.patterns.is_empty()
            && (self.exact.is_empty() || self.differs_in_length(text))
        {
            false
        } else {
            let text = if self.cased {
                Cow::Borrowed(text)
            } else {
                fold(text)
            };
            self.exact.contains(&*text)
                || self.patterns.iter().any(|pattern| pattern.matches(&text))
        };
        // S14: anywhere in the text.
        by_pattern || self.regexes.iter().any(|regex| regex.is_match(text))
    }

    fn number(&self, value: &Value) -> bool {
        match value {
            // S4: a JSON number is also equal by value. S16: JSON numbers are compared.
            Value::Number(_) if verdict_faults::at("sigma/engine/numbers-are-texts") => false,
            Value::Number(number) => {
                let decided = self.numbers.is_empty()
                    || (self.plain_numbers && is_plain_integer(number.text()));
                let same = !decided && self.numbers.contains(&number.decimal());
                same || self.compares(|| Some(Number::decimal(number)))
            }
            // S16: decimal text is compared.
            Value::String(text) => self.compares(|| Decimal::parse(text)),
            Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => false,
        }
    }

    fn compares(&self, value: impl Fn() -> Option<Decimal>) -> bool {
        if self.comparisons.is_empty() {
            return false;
        }
        value().is_some_and(|value| {
            self.comparisons
                .iter()
                .any(|(op, literal)| op.holds(value.cmp(literal)))
        })
    }

    /// S17: a value that is no date-time does not match.
    fn time(&self, text: &str) -> bool {
        self.times.iter().any(|(part, op, literal)| {
            time::part(text, *part)
                .and_then(|part| Decimal::parse(&part.to_string()))
                .is_some_and(|part| op.holds(part.cmp(literal)))
        })
    }
}

fn length_bit(text: &str) -> u64 {
    1 << text.len().min(63)
}

fn is_plain_integer(text: &str) -> bool {
    text == "0"
        || !text.starts_with('0')
            && !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_digit())
}
