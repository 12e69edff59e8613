//! Conditions of the `where` command. Each is true or false, never null, whatever the field holds: a condition over a missing field is false.

use crate::spl::logic::Logic;

/// An expression of `where`.
pub(crate) type Filter = Logic<Condition>;

/// A two-valued condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// `isnotnull('field')`.
    Exists(String),
    /// `isnotnull(mvfind('field', "..."))`: an expression is found in some value.
    Found(String, Expression),
    /// `match(_raw, "...")`: an expression is found in the event's text.
    Raw(Expression),
    /// `isnotnull(mvfilter(...))`: some value of the field satisfies one of the tests, which read no other field.
    Some(String, Vec<Eval>),
    /// `if(..., 1, 0)=1`: the test is true, neither false nor null. Its fields have one value each.
    Holds(Eval),
}

/// A regular expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expression {
    /// One of these patterns, each with its own anchors.
    Patterns {
        /// Whether letters of either case are the same.
        fold: bool,
        /// Whether a dot stands among them, which then takes newlines too.
        dots: bool,
        /// The patterns; at least one.
        alternatives: Vec<String>,
    },
    /// A rule's own expression, with its flags.
    Whole(String),
}

impl Expression {
    /// As it is written.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Whole(text) => text.clone(),
            Self::Patterns {
                fold,
                dots,
                alternatives,
            } => {
                let flags = match (fold, dots) {
                    (true, true) => "(?is)",
                    (true, false) => "(?i)",
                    (false, true) => "(?s)",
                    (false, false) => "",
                };
                format!("{flags}{}", joined(alternatives))
            }
        }
    }
}

/// The alternatives, with the anchors that all of them have written once.
fn joined(alternatives: &[String]) -> String {
    if verdict_faults::at("spl/filter/anchors-of-one-alternative") {
        return alternatives
            .join("|")
            .replacen(r"\z", "", alternatives.len() - 1);
    }
    let start = shared(alternatives, |text| text.strip_prefix(r"\A"), r"\A");
    let end = shared(alternatives, |text| text.strip_suffix(r"\z"), r"\z");
    if alternatives.len() < 2 || (start.is_empty() && end.is_empty()) {
        return alternatives.join("|");
    }
    let bare: Vec<&str> = alternatives
        .iter()
        .map(|text| text.strip_prefix(start).unwrap_or(text))
        .map(|text| text.strip_suffix(end).unwrap_or(text))
        .collect();
    if verdict_faults::at("spl/filter/alternatives-not-grouped") {
        return format!("{start}{}{end}", bare.join("|"));
    }
    format!("{start}(?:{}){end}", bare.join("|"))
}

/// The anchor, if all the alternatives have it. No literal can look like one: its backslash would be written as a code.
fn shared(
    alternatives: &[String],
    without: impl Fn(&str) -> Option<&str>,
    anchor: &'static str,
) -> &'static str {
    if alternatives.iter().all(|text| without(text).is_some()) {
        anchor
    } else {
        ""
    }
}

/// A value or a test of the language of `eval`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Eval {
    /// A field.
    Field(String),
    /// A text literal.
    Text(String),
    /// A regular expression or what replaces one, as it is written.
    Pattern(String),
    /// A number literal, as it is written.
    Number(String),
    /// `name(arguments)`.
    Call(&'static str, Vec<Eval>),
    /// `left sign right`.
    Infix(&'static str, Box<Eval>, Box<Eval>),
    /// All of these.
    All(Vec<Eval>),
}

impl Eval {
    /// `name(argument)`.
    pub(crate) fn call(name: &'static str, argument: Self) -> Self {
        Self::Call(name, vec![argument])
    }

    /// `left sign right`.
    pub(crate) fn infix(left: Self, sign: &'static str, right: Self) -> Self {
        Self::Infix(sign, Box::new(left), Box::new(right))
    }

    /// `match(subject, "pattern")`.
    pub(crate) fn matches(subject: Self, expression: &Expression) -> Self {
        Self::Call("match", vec![subject, Self::Pattern(expression.text())])
    }

    /// All of these, each once.
    pub(crate) fn all(tests: impl IntoIterator<Item = Self>) -> Self {
        let mut kept: Vec<Self> = Vec::new();
        for test in tests {
            if !kept.contains(&test) {
                kept.push(test);
            }
        }
        match kept.len() {
            1 => kept.pop().unwrap_or(Self::All(Vec::new())),
            _ => Self::All(kept),
        }
    }
}
