//! Values, and what is true.

use std::borrow::Cow;

/// A value of an expression.
///
/// Source: Informational functions, isbool: a field's values are strings or numbers. So a field holds text, which is a number where it
/// reads as one; what a literal or a text function gives is a string, whatever it looks like.
#[derive(Clone, Debug)]
pub(super) enum Val<'r> {
    /// No value. Source: Comparison and Conditional functions, null.
    Null,
    /// A value of a field.
    Field(Cow<'r, str>),
    /// A string.
    Text(Cow<'r, str>),
    Number(f64),
    Bool(bool),
    /// Two or more values of a field.
    Many(Texts<'r>),
    /// What no page says, and why.
    Undefined(&'static str),
}

/// Two or more texts. A `Cow` of a slice would not shorten its lifetime.
#[derive(Clone, Debug)]
pub(super) enum Texts<'r> {
    Borrowed(&'r [Cow<'r, str>]),
    Owned(Vec<Cow<'r, str>>),
}

impl<'r> std::ops::Deref for Texts<'r> {
    type Target = [Cow<'r, str>];

    fn deref(&self) -> &Self::Target {
        match self {
            Self::Borrowed(texts) => texts,
            Self::Owned(texts) => texts,
        }
    }
}

impl<'r> Val<'r> {
    /// The value that several texts make.
    pub(super) fn several(mut texts: Vec<Cow<'r, str>>) -> Self {
        match (texts.pop(), texts.is_empty()) {
            (None, _) => Self::Null,
            (Some(only), true) => Self::Field(only),
            (Some(last), false) => {
                texts.push(last);
                Self::Many(Texts::Owned(texts))
            }
        }
    }

    /// The same value, borrowed.
    pub(super) fn borrow(&self) -> Val<'_> {
        match self {
            Self::Null => Val::Null,
            Self::Field(text) => Val::Field(Cow::Borrowed(text)),
            Self::Text(text) => Val::Text(Cow::Borrowed(text)),
            Self::Number(value) => Val::Number(*value),
            Self::Bool(value) => Val::Bool(*value),
            Self::Many(texts) => Val::Many(Texts::Borrowed(texts)),
            Self::Undefined(why) => Val::Undefined(why),
        }
    }

    /// The same value, owning its text.
    pub(super) fn into_owned(self) -> Val<'static> {
        match self {
            Self::Null => Val::Null,
            Self::Field(text) => Val::Field(Cow::Owned(text.into_owned())),
            Self::Text(text) => Val::Text(Cow::Owned(text.into_owned())),
            Self::Number(value) => Val::Number(value),
            Self::Bool(value) => Val::Bool(value),
            Self::Many(texts) => Val::Many(Texts::Owned(
                texts
                    .iter()
                    .map(|text| Cow::Owned(text.clone().into_owned()))
                    .collect(),
            )),
            Self::Undefined(why) => Val::Undefined(why),
        }
    }

    /// The texts of a value, in order; a number's is how it is written.
    pub(super) fn texts(self) -> Vec<Cow<'r, str>> {
        match self {
            Self::Null | Self::Undefined(_) => Vec::new(),
            Self::Field(text) | Self::Text(text) => vec![text],
            Self::Number(value) => vec![Cow::Owned(written(value))],
            Self::Bool(value) => vec![Cow::Borrowed(match value {
                true if verdict_faults::at("spl/engine/text-of-true-is-small") => "true",
                true => "True",
                false => "False",
            })],
            Self::Many(Texts::Owned(texts)) => texts,
            Self::Many(Texts::Borrowed(texts)) => texts.to_vec(),
        }
    }

    /// What a field that gets this value then holds.
    pub(super) fn assigned(self) -> Self {
        match self {
            Self::Text(text) => Self::Field(text),
            other => other,
        }
    }

    /// The one text of a value for a function that takes one; else the outcome of that function.
    pub(super) fn single(self) -> Result<Cow<'r, str>, Val<'static>> {
        match self {
            Self::Field(text) | Self::Text(text) => Ok(text),
            Self::Number(value) => Ok(Cow::Owned(written(value))),
            Self::Null => Err(Val::Null),
            Self::Bool(_) => Err(Val::Undefined("a truth value where a string is wanted")),
            Self::Many(_) => Err(Val::Undefined(MANY)),
            Self::Undefined(why) => Err(Val::Undefined(why)),
        }
    }

    /// The number that a value is.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(value) => Some(*value),
            Self::Field(text) => number(text),
            Self::Text(text) if verdict_faults::at("spl/engine/quoted-digits-are-a-number") => {
                number(text)
            }
            _ => None,
        }
    }
}

/// Why a scalar operation on several values has no outcome: the pages define these for one value, and only the multivalue functions, `lower`
/// and `upper` for more.
pub(super) const MANY: &str = "a field with several values where one is wanted";

/// The number that a text reads as.
///
/// Source: Informational functions, isnum: a field that holds `NaN` is a number. Conversion functions, tonumber: blanks before or behind make it
/// none. What else reads as one no page says: a sign, digits with a point, an exponent, `inf` and `nan` (assumed, as C's `strtod` reads them); not
/// hexadecimal (assumed).
pub(super) fn number(text: &str) -> Option<f64> {
    let first = text.bytes().next()?;
    if !matches!(
        first,
        b'0'..=b'9' | b'+' | b'-' | b'.' | b'i' | b'I' | b'n' | b'N'
    ) {
        return None;
    }
    text.parse().ok()
}

/// How a number is written: without a fraction if it has none (assumed).
pub(super) fn written(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    value.to_string()
}

/// What a condition comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    True,
    False,
    /// A comparison with no value: `where` does not keep it. What `NOT` makes of it no page says.
    Null,
    /// What no page says, and why.
    Undefined(&'static str),
}

impl Truth {
    /// Source: Search Reference, where: only results for which the expression is true are returned. So a comparison with nothing is not true;
    /// whether it is false or nothing, and then what `NOT` makes of it, the pages leave open, and users report both.
    pub(super) fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Null => Self::Undefined("NOT over a comparison with a missing value"),
            Self::Undefined(_) => self,
        }
    }

    /// All of these. False decides (assumed, beside nothing); else what is not defined; else nothing.
    pub(super) fn all(truths: impl Iterator<Item = Self>) -> Self {
        let mut found = Self::True;
        for truth in truths {
            match truth {
                Self::True => {}
                Self::False => return Self::False,
                Self::Null => {
                    if found == Self::True {
                        found = Self::Null;
                    }
                }
                Self::Undefined(_) => found = truth,
            }
        }
        found
    }

    /// Any of these. True decides (assumed, beside nothing); else what is not defined; else nothing.
    pub(super) fn any(truths: impl Iterator<Item = Self>) -> Self {
        let mut found = Self::False;
        for truth in truths {
            match truth {
                Self::True => return Self::True,
                Self::False => {}
                Self::Null => {
                    if found == Self::False {
                        found = Self::Null;
                    }
                }
                Self::Undefined(_) => found = truth,
            }
        }
        found
    }

    /// The truth of a plain yes or no.
    pub(super) fn of(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl From<Val<'_>> for Truth {
    fn from(value: Val<'_>) -> Self {
        match value {
            Val::Bool(value) => Self::of(value),
            Val::Null => Self::Null,
            Val::Undefined(why) => Self::Undefined(why),
            _ => Self::Undefined("a value where a condition is wanted"),
        }
    }
}
