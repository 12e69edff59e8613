//! The key of an item: a field and its modifiers, left to right (S24).

use super::faults::nearest;
use super::regexp::Flags;
use super::scalar::Scalar;
use super::time::Part;
use crate::QueryError;
use std::cmp::Ordering;

/// A key such as `Image|contains|all`.
#[derive(Clone, Debug)]
pub(super) struct Key {
    /// The field; empty for keywords.
    pub(super) field: String,
    pub(super) what: What,
    /// What is done to values that are texts, in order.
    pub(super) steps: Vec<Step>,
    pub(super) all: bool,
    pub(super) neq: bool,
    pub(super) cased: bool,
}

/// What the values are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Value,
    Regex(Flags),
    Cidr,
    Exists,
    FieldRef,
    Compare(Op),
    Time(Part, Op),
}

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Eq,
    Lt,
    Lte,
    Gt,
    Gte,
}

impl Op {
    /// Whether `value op literal` holds if the value stands so to the literal.
    pub(super) fn holds(self, value: Ordering) -> bool {
        match self {
            Self::Eq => value.is_eq(),
            Self::Lt if verdict_faults::at("sigma/engine/lt-holds-its-bound") => value.is_le(),
            Self::Lt => value.is_lt(),
            Self::Lte => value.is_le(),
            Self::Gt => value.is_gt(),
            Self::Gte if verdict_faults::at("sigma/engine/gte-leaves-out-its-bound") => {
                value.is_gt()
            }
            Self::Gte => value.is_ge(),
        }
    }
}

/// A change of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Contains,
    StartsWith,
    EndsWith,
    Windash,
    Expand,
    Base64(Charset),
    Base64Offset(Charset),
}

/// As which bytes a text is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    Utf8,
    Utf16Le,
    Utf16Be,
    /// With a byte order mark.
    Utf16,
}

impl Step {
    /// Its name in rules.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Contains => "contains",
            Self::StartsWith => "startswith",
            Self::EndsWith => "endswith",
            Self::Windash => "windash",
            Self::Expand => "expand",
            Self::Base64(_) => "base64",
            Self::Base64Offset(_) => "base64offset",
        }
    }
}

enum Modifier {
    All,
    Neq,
    Cased,
    Flag(fn(&mut Flags) -> &mut bool),
    What(What),
    Step(Step),
    Charset(Charset),
}

/// Specification, "Sigma Modifiers"; the long names of the flags are pySigma's.
fn modifier(name: &str) -> Option<Modifier> {
    Some(match name {
        "all" => Modifier::All,
        "neq" => Modifier::Neq,
        "cased" => Modifier::Cased,
        "i" | "ignorecase" => Modifier::Flag(|flags| &mut flags.ignore_case),
        "m" | "multiline" => Modifier::Flag(|flags| &mut flags.multi_line),
        "s" | "dotall" => Modifier::Flag(|flags| &mut flags.dot_all),
        "re" => Modifier::What(What::Regex(Flags::default())),
        "cidr" => Modifier::What(What::Cidr),
        "exists" => Modifier::What(What::Exists),
        "fieldref" => Modifier::What(What::FieldRef),
        "lt" => Modifier::What(What::Compare(Op::Lt)),
        "lte" => Modifier::What(What::Compare(Op::Lte)),
        "gt" => Modifier::What(What::Compare(Op::Gt)),
        "gte" => Modifier::What(What::Compare(Op::Gte)),
        "minute" => Modifier::What(What::Time(Part::Minute, Op::Eq)),
        "hour" => Modifier::What(What::Time(Part::Hour, Op::Eq)),
        "day" => Modifier::What(What::Time(Part::Day, Op::Eq)),
        "week" => Modifier::What(What::Time(Part::Week, Op::Eq)),
        "month" => Modifier::What(What::Time(Part::Month, Op::Eq)),
        "year" => Modifier::What(What::Time(Part::Year, Op::Eq)),
        "contains" => Modifier::Step(Step::Contains),
        "startswith" => Modifier::Step(Step::StartsWith),
        "endswith" => Modifier::Step(Step::EndsWith),
        "windash" => Modifier::Step(Step::Windash),
        "expand" => Modifier::Step(Step::Expand),
        "wide" | "utf16le" => Modifier::Charset(Charset::Utf16Le),
        "utf16be" => Modifier::Charset(Charset::Utf16Be),
        "utf16" => Modifier::Charset(Charset::Utf16),
        "base64" => Modifier::Step(Step::Base64(Charset::Utf8)),
        "base64offset" => Modifier::Step(Step::Base64Offset(Charset::Utf8)),
        _ => return None,
    })
}

const NAMES: [&str; 34] = [
    "all",
    "base64",
    "base64offset",
    "cased",
    "cidr",
    "contains",
    "day",
    "dotall",
    "endswith",
    "exists",
    "expand",
    "fieldref",
    "gt",
    "gte",
    "hour",
    "i",
    "ignorecase",
    "lt",
    "lte",
    "m",
    "minute",
    "month",
    "multiline",
    "neq",
    "re",
    "s",
    "startswith",
    "utf16",
    "utf16be",
    "utf16le",
    "week",
    "wide",
    "windash",
    "year",
];

/// Reads a key.
pub(super) fn parse(key: &Scalar) -> Result<Key, QueryError> {
    let fail = |message: String| QueryError::new(message, key.span.clone());
    let mut names = key.text.split('|');
    let mut read = Key {
        field: names.next().unwrap_or("").to_owned(),
        what: What::Value,
        steps: Vec::new(),
        all: false,
        neq: false,
        cased: false,
    };
    let mut charset = None;
    let mut seen: Vec<&str> = Vec::new();
    for name in names {
        if seen.contains(&canonical(name)) && modifier(name).is_some() {
            return Err(fail(format!("`{name}` stands twice")));
        }
        seen.push(canonical(name));
        match modifier(name) {
            Some(Modifier::All) => read.all = true,
            Some(Modifier::Neq) => read.neq = true,
            Some(Modifier::Cased) => read.cased = true,
            Some(Modifier::Charset(next)) if charset.is_none() => charset = Some(next),
            Some(Modifier::Charset(_)) => return Err(fail(ONLY_BEFORE_BASE64.to_owned())),
            Some(Modifier::Step(step)) => {
                let step = encoded(step, charset.take())
                    .ok_or_else(|| fail(ONLY_BEFORE_BASE64.to_owned()))?;
                read.steps.push(step);
            }
            Some(Modifier::What(what)) => {
                read.what = joined(read.what, what).ok_or_else(|| {
                    fail(format!(
                        "`{name}` cannot stand beside an earlier modifier of this key"
                    ))
                })?;
            }
            Some(Modifier::Flag(flag)) => {
                let What::Regex(flags) = &mut read.what else {
                    return Err(fail(format!("`{name}` is only legal after `re`")));
                };
                *flag(flags) = true;
            }
            None => {
                let error = fail(format!("unknown modifier `{name}`"));
                return Err(match nearest(name, NAMES) {
                    Some(near) => error.hint(format!("a similar modifier is `{near}`")),
                    None => error,
                });
            }
        }
    }
    if charset.is_some() {
        return Err(fail(ONLY_BEFORE_BASE64.to_owned()));
    }
    check(&read).map_err(fail)?;
    Ok(read)
}

/// The one name of a modifier that has several.
fn canonical(name: &str) -> &str {
    match name {
        "ignorecase" => "i",
        "multiline" => "m",
        "dotall" => "s",
        "utf16le" => "wide",
        other => other,
    }
}

/// S12.
const ONLY_BEFORE_BASE64: &str =
    "an encoding as UTF-16 is only legal before `base64` or `base64offset`";

/// The step with the charset that stands before it, which only Base64 takes.
fn encoded(step: Step, charset: Option<Charset>) -> Option<Step> {
    match (step, charset) {
        (step, None) => Some(step),
        (Step::Base64(_), Some(charset)) => Some(Step::Base64(charset)),
        (Step::Base64Offset(_), Some(charset)) => Some(Step::Base64Offset(charset)),
        (
            Step::Contains | Step::StartsWith | Step::EndsWith | Step::Windash | Step::Expand,
            Some(_),
        ) => None,
    }
}

/// S17: a part of a time may be followed by a comparison. Nothing else joins.
fn joined(before: What, next: What) -> Option<What> {
    match (before, next) {
        (What::Value, next) => Some(next),
        (What::Time(part, Op::Eq), What::Compare(op)) => Some(What::Time(part, op)),
        _ => None,
    }
}

/// Which modifiers may stand together.
fn check(key: &Key) -> Result<(), String> {
    let (allowed, name): (&[Step], &str) = match key.what {
        What::Value => return Ok(()),
        // S14.
        What::Regex(flags) if flags.ignore_case && key.cased => {
            return Err("`cased` contradicts the `i` of `re`".to_owned());
        }
        What::Regex(_) => (&[], "re"),
        What::Cidr => (&[Step::Expand], "cidr"),
        What::Exists => (&[], "exists"),
        // S18.
        What::FieldRef => (
            &[Step::Contains, Step::StartsWith, Step::EndsWith],
            "fieldref",
        ),
        What::Compare(_) => (&[], "a comparison of numbers"),
        What::Time(..) => (&[], "a part of a time"),
    };
    match key.steps.iter().find(|step| !allowed.contains(step)) {
        Some(step) => Err(format!("`{}` cannot stand beside {name}", step.name())),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{NAMES, modifier};

    #[test]
    fn every_suggestion_is_a_modifier() {
        for name in NAMES {
            assert!(modifier(name).is_some(), "{name}");
        }
    }
}
