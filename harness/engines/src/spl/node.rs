//! Expressions, ready to be evaluated.

use super::ast::{Op, Sign};
use super::compare::compare;
use super::filter::Filter;
use super::functions::{self, Function};
use super::network;
use super::pcre::Pcre;
use super::row::Row;
use super::value::{MANY, Truth, Val};
use super::wildcard::Like;
use ipnet::IpNet;
use std::borrow::Cow;

/// What gives a value.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Literal(Val<'static>),
    Slot(usize),
    /// The value that `mvfilter` or `mvmap` has come to.
    Current,
    Condition(Box<Test>),
    /// The value behind the first condition that is true, else the last value.
    Choice(Vec<(Test, Node)>, Box<Node>),
    /// The value behind the first condition that is false.
    Validate(Vec<(Test, Node)>),
    Coalesce(Vec<Node>),
    Negate(Box<Node>),
    Arithmetic(Sign, Box<(Node, Node)>),
    Concat(Vec<Node>),
    Find(Box<Node>, Pcre),
    Filter(Box<Node>, Box<Test>),
    Map(Box<Node>, Box<Node>),
    Replace(Box<Node>, Pcre, Vec<Part>),
    Call(Function, Vec<Node>),
    /// `bin`: the start of the span of so many seconds in which a time lies.
    Bin(Box<Node>, f64),
}

/// A part of what `replace` writes.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Text(String),
    Group(usize),
}

/// What is true or not.
#[derive(Clone, Debug)]
pub(super) enum Test {
    Constant(bool),
    All(Vec<Test>),
    Any(Vec<Test>),
    Odd(Vec<Test>),
    Not(Box<Test>),
    Compare(Op, Node, Node),
    Match(Node, Pcre),
    Like(Node, Like),
    Inside(Network, Node),
    OneOf(Node, Vec<Node>),
    Is(Kind, Node),
    Search(Box<Filter>),
}

/// The network of `cidrmatch`.
#[derive(Clone, Debug)]
pub(super) enum Network {
    Known(IpNet),
    Computed(Node),
}

/// What kind of value is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Null,
    NotNull,
    Number,
    Integer,
    String,
    Bool,
    Several,
}

impl Node {
    /// The value over a row; `current` is what `mvfilter` or `mvmap` has come to.
    pub(super) fn eval<'r>(&'r self, row: &'r Row<'_>, current: Option<&'r str>) -> Val<'r> {
        match self {
            Self::Literal(value) => value.borrow(),
            Self::Slot(slot) => row.value(*slot),
            Self::Current => current.map_or(Val::Null, |text| Val::Field(Cow::Borrowed(text))),
            Self::Condition(test) => match test.truth(row, current) {
                Truth::True => Val::Bool(true),
                Truth::False => Val::Bool(false),
                Truth::Null => Val::Null,
                Truth::Undefined(why) => Val::Undefined(why),
            },
            Self::Choice(branches, otherwise) => {
                for (test, node) in branches {
                    match test.truth(row, current) {
                        Truth::True => return node.eval(row, current),
                        Truth::False | Truth::Null => {}
                        Truth::Undefined(why) => return Val::Undefined(why),
                    }
                }
                otherwise.eval(row, current)
            }
            Self::Validate(branches) => {
                for (test, node) in branches {
                    match test.truth(row, current) {
                        Truth::True => {}
                        Truth::False => return node.eval(row, current),
                        Truth::Null => return Val::Undefined("validate() over a missing value"),
                        Truth::Undefined(why) => return Val::Undefined(why),
                    }
                }
                Val::Null
            }
            Self::Coalesce(nodes) => {
                let mut values = nodes.iter().map(|node| node.eval(row, current));
                values
                    .find(|value| {
                        let empty = matches!(value, Val::Field(text) if text.is_empty());
                        let passed = empty
                            && verdict_faults::at("spl/engine/coalesce-passes-the-empty-text");
                        !matches!(value, Val::Null) && !passed
                    })
                    .unwrap_or(Val::Null)
            }
            Self::Negate(node) => match node.eval(row, current) {
                Val::Null => Val::Null,
                value => functions::arithmetic(Sign::Minus, Val::Number(0.0), value),
            },
            Self::Arithmetic(sign, sides) => functions::arithmetic(
                *sign,
                sides.0.eval(row, current),
                sides.1.eval(row, current),
            ),
            Self::Concat(nodes) => {
                let mut joined = String::new();
                for node in nodes {
                    match node.eval(row, current).single() {
                        Ok(text) => joined.push_str(&text),
                        Err(Val::Null) if verdict_faults::at("spl/engine/dot-passes-over-null") => {
                        }
                        Err(outcome) => return outcome,
                    }
                }
                Val::Text(Cow::Owned(joined))
            }
            Self::Bin(node, span) => bin(&node.eval(row, current), *span),
            Self::Find(node, pattern) => find(&node.eval(row, current), pattern),
            Self::Filter(node, test) => filter(node.eval(row, current), test, row),
            Self::Map(node, inner) => map(node.eval(row, current), inner, row),
            Self::Replace(node, pattern, parts) => replace(node.eval(row, current), pattern, parts),
            Self::Call(function, arguments) => {
                let arguments = arguments
                    .iter()
                    .map(|node| node.eval(row, current))
                    .collect();
                function.apply(arguments)
            }
        }
    }
}

/// Source: Search Reference, bin: the time becomes the start of its bin; bins begin at whole spans since 1970, days at midnight (UTC, assumed).
fn bin(value: &Val<'_>, span: f64) -> Val<'static> {
    match value {
        Val::Null => Val::Null,
        Val::Undefined(why) => Val::Undefined(why),
        other => other
            .number()
            .map_or(Val::Undefined("bin over what is no time"), |time| {
                Val::Number((time / span).floor() * span)
            }),
    }
}

/// Source: Multivalue eval functions, mvfind: the index of the first value that the expression matches, from zero; NULL if none does. A
/// field with one value is a list of one (as mvcount says); a missing one has no value that matches (assumed).
fn find<'r>(value: &Val<'_>, pattern: &Pcre) -> Val<'r> {
    let at = match value {
        Val::Field(text) | Val::Text(text) => pattern.is_match(text).then_some(0),
        Val::Many(texts) => texts.iter().position(|text| pattern.is_match(text)),
        Val::Null => None,
        Val::Undefined(why) => return Val::Undefined(why),
        Val::Number(_) | Val::Bool(_) => {
            return Val::Undefined("mvfind() over what is no field");
        }
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "a list is shorter than 2^53 values"
    )]
    at.map_or(Val::Null, |at| {
        let first = usize::from(verdict_faults::at("spl/engine/mvfind-counts-from-one"));
        Val::Number((at + first) as f64)
    })
}

/// Source: Multivalue eval functions, mvfilter: the values for which the condition holds; NULL values stay, so a missing field is NULL.
fn filter<'r>(value: Val<'r>, test: &Test, row: &Row<'_>) -> Val<'r> {
    if let Val::Undefined(_) = value {
        return value;
    }
    let mut kept = Vec::new();
    for text in value.texts() {
        match test.truth(row, Some(&text)) {
            Truth::True => kept.push(text),
            Truth::False => {}
            Truth::Null => return Val::Undefined("a condition of mvfilter() without outcome"),
            Truth::Undefined(why) => return Val::Undefined(why),
        }
    }
    Val::several(kept)
}

/// Source: Multivalue eval functions, mvmap: the outcome for each value, as a list.
fn map<'r>(value: Val<'_>, inner: &Node, row: &Row<'_>) -> Val<'r> {
    if let Val::Undefined(why) = value {
        return Val::Undefined(why);
    }
    let mut made = Vec::new();
    for text in value.texts() {
        match inner.eval(row, Some(&text)) {
            Val::Null => return Val::Undefined("an outcome of mvmap() without value"),
            Val::Many(_) => return Val::Undefined(MANY),
            Val::Undefined(why) => return Val::Undefined(why),
            other => made.extend(other.into_owned().texts()),
        }
    }
    Val::several(made)
}

/// Source: Text functions, replace: every match gives way to the replacement, in which `\1` is a group.
fn replace<'r>(value: Val<'r>, pattern: &Pcre, parts: &[Part]) -> Val<'r> {
    let text = match value.single() {
        Ok(text) => text,
        Err(outcome) => return outcome,
    };
    if pattern.takes_newline && text.ends_with('\n') {
        return Val::Undefined("`$` before a last newline in replace()");
    }
    let replaced = pattern
        .regex
        .replace_all(&text, |captures: &regex::Captures<'_>| {
            let mut made = String::new();
            for part in parts {
                match part {
                    Part::Text(text) => made.push_str(text),
                    Part::Group(group) => {
                        made.push_str(captures.get(*group).map_or("", |group| group.as_str()));
                    }
                }
            }
            made
        });
    Val::Text(Cow::Owned(replaced.into_owned()))
}

impl Test {
    /// Whether it holds of a row.
    pub(super) fn truth(&self, row: &Row<'_>, current: Option<&str>) -> Truth {
        match self {
            Self::Constant(value) => Truth::of(*value),
            Self::All(tests) => Truth::all(tests.iter().map(|test| test.truth(row, current))),
            Self::Any(tests) => Truth::any(tests.iter().map(|test| test.truth(row, current))),
            Self::Odd(tests) => {
                let mut odd = false;
                for test in tests {
                    match test.truth(row, current) {
                        Truth::True => odd = !odd,
                        Truth::False => {}
                        Truth::Null => return Truth::Undefined("XOR over a missing value"),
                        undefined @ Truth::Undefined(_) => return undefined,
                    }
                }
                Truth::of(odd)
            }
            Self::Not(test) => test.truth(row, current).not(),
            Self::Compare(op, left, right) => {
                compare(*op, &left.eval(row, current), &right.eval(row, current))
            }
            Self::Match(node, pattern) => over_text(node.eval(row, current), |text| {
                Truth::of(pattern.is_match(text))
            }),
            Self::Like(node, pattern) => over_text(node.eval(row, current), |text| {
                pattern.fits(text).map_or(
                    Truth::Undefined("a wildcard of like() over a line break"),
                    Truth::of,
                )
            }),
            Self::Inside(network, node) => inside(network, node, row, current),
            Self::OneOf(node, list) => {
                let value = node.eval(row, current);
                if matches!(value, Val::Null) {
                    return Truth::Null;
                }
                Truth::any(list.iter().map(|item| match item.eval(row, current) {
                    Val::Null => Truth::False,
                    item => compare(Op::Equal, &value, &item),
                }))
            }
            Self::Is(kind, node) => kind.truth(node, row, current),
            Self::Search(filter) => filter.truth(row),
        }
    }
}

/// A test of one text: nothing over nothing (assumed), and undefined over several.
fn over_text(value: Val<'_>, test: impl FnOnce(&str) -> Truth) -> Truth {
    match value.single() {
        Ok(text) => test(&text),
        Err(outcome) => outcome.into(),
    }
}

/// Source: Comparison and Conditional functions, cidrmatch.
fn inside(network: &Network, node: &Node, row: &Row<'_>, current: Option<&str>) -> Truth {
    let known = match network {
        Network::Known(network) => *network,
        Network::Computed(computed) => {
            let text = match computed.eval(row, current).single() {
                Ok(text) => text,
                Err(outcome) => return outcome.into(),
            };
            match network::parse(&text) {
                Some(network) => network,
                None => return Truth::Undefined("cidrmatch() over what is no network"),
            }
        }
    };
    over_text(node.eval(row, current), |text| {
        Truth::of(network::holds(&known, text))
    })
}

impl Kind {
    /// Source: Informational functions. Of a missing value only isnull and isnotnull say something (assumed of the others).
    fn truth(self, node: &Node, row: &Row<'_>, current: Option<&str>) -> Truth {
        // Whether any value is found is known at the first one.
        if let (Self::Null | Self::NotNull, Node::Filter(inner, test)) = (self, node) {
            let value = inner.eval(row, current);
            if let Val::Field(text) = &value {
                return match test.truth(row, Some(text)) {
                    Truth::True => Truth::of(self == Self::NotNull),
                    Truth::False => Truth::of(self == Self::Null),
                    Truth::Null => Truth::Undefined("a condition of mvfilter() without outcome"),
                    undefined @ Truth::Undefined(_) => undefined,
                };
            }
        }
        let mut value = node.eval(row, current);
        if matches!(&value, Val::Field(text) if text.is_empty())
            && verdict_faults::at("spl/engine/empty-text-is-null")
        {
            value = Val::Null;
        }
        match (self, &value) {
            (_, Val::Undefined(why)) => Truth::Undefined(why),
            (Self::Null, _) => Truth::of(matches!(value, Val::Null)),
            (Self::NotNull, _) => Truth::of(!matches!(value, Val::Null)),
            (_, Val::Null) => Truth::Null,
            (Self::Bool, _) => Truth::of(matches!(value, Val::Bool(_))),
            (Self::Several, _) => Truth::of(matches!(value, Val::Many(_))),
            (_, Val::Many(_)) => Truth::Undefined(MANY),
            (Self::Number, _) => Truth::of(value.number().is_some()),
            // Source: Informational functions, isstr: such a value is both.
            (Self::String, Val::Field(_)) if value.number().is_some_and(f64::is_nan) => {
                Truth::Undefined("isstr() of NaN")
            }
            (Self::String, Val::Text(_) | Val::Field(_)) => Truth::of(value.number().is_none()),
            (Self::String, _) => Truth::False,
            (Self::Integer, _) => integer(&value),
        }
    }
}

/// Whether a value is an integer; one that is only written as a fraction may be either.
fn integer(value: &Val<'_>) -> Truth {
    let Some(number) = value.number() else {
        return Truth::False;
    };
    let plain = match value {
        Val::Field(text) => text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-'),
        _ => true,
    };
    match (number.fract() == 0.0, plain) {
        (true, false) => Truth::Undefined("isint() over a fraction of zero or an exponent"),
        (whole, _) => Truth::of(whole),
    }
}
