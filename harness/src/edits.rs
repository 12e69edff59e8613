//! Edits: the near misses of an event.
//!
//! Edits are spliced into the value that satisfies the rule; replacing the whole value would lose the other tests on
//! the same field (`contains|all`), and with them most of what an edit can show.

mod computed;

use crate::solver::event::insert;
use crate::solver::number;
use std::net::IpAddr;
use verdict_compiler::ir::pattern::Piece;
use verdict_compiler::ir::{Leaf, LeafKind, Term, Test, fold};
use verdict_event::{Event, Number, Path, Value};

/// An edit of one field, with a name that says what it does.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What it does, for people: `first character of "\cmd.exe" dropped`.
    pub label: String,
    /// The field.
    pub path: Path,
    /// What the field holds afterwards; None removes its key.
    pub value: Option<Value>,
}

impl Edit {
    /// The event after the edit.
    pub fn apply(&self, event: &Event) -> Event {
        with(event, &self.path, self.value.clone())
    }
}

/// The event with another value at a path, or without its key.
pub fn with(event: &Event, path: &Path, value: Option<Value>) -> Event {
    let mut entries = event.entries().to_vec();
    remove(&mut entries, path.as_str());
    if let Some(value) = value {
        insert(&mut entries, path.as_str(), value);
    }
    Event::new(entries)
}

fn remove(entries: &mut Vec<(String, Value)>, name: &str) {
    entries.retain_mut(|(key, value)| {
        let Some(tail) = name.strip_prefix(key.as_str()) else {
            return true;
        };
        if tail.is_empty() {
            return false;
        }
        if let (Some(deeper), Value::Object(inner)) = (tail.strip_prefix('.'), value) {
            remove(inner, deeper);
            return !inner.is_empty();
        }
        true
    });
}

/// Edits of every field's presence and type.
pub fn presence(event: &Event, path: &Path) -> Vec<Edit> {
    let current = event.values(path).first().map(|value| (*value).clone());
    let have = current.clone().unwrap_or_else(|| "x".into());
    let edit = |label: &str, value: Option<Value>| Edit {
        label: format!("{path} {label}"),
        path: path.clone(),
        value,
    };
    vec![
        edit("absent", None),
        edit("null", Some(Value::Null)),
        edit("empty", Some("".into())),
        edit("an empty list", Some(Value::List(Vec::new()))),
        edit("another text", Some("verdict-no-such-value".into())),
        edit("a number", Some(Value::from(7))),
        edit("true", Some(Value::Bool(true))),
        edit("a list of one", Some(Value::List(vec![have.clone()]))),
        edit(
            "first of a list",
            Some(Value::List(vec![have.clone(), "other".into()])),
        ),
        edit(
            "second of a list",
            Some(Value::List(vec!["other".into(), have])),
        ),
    ]
}

/// Edits at the boundary of one leaf: of its field's value in this event.
pub fn boundary(event: &Event, leaf: &Leaf) -> Vec<Edit> {
    let LeafKind::Is {
        term: Term::Field(path),
        test,
    } = &leaf.kind
    else {
        return computed::edits(event, leaf);
    };
    let Some(value) = event.values(path).first().map(|value| (*value).clone()) else {
        return Vec::new();
    };
    let edit = |(label, value): (String, Value)| Edit {
        label: format!("{path} {label}"),
        path: path.clone(),
        value: Some(value),
    };
    let mut edits: Vec<Edit> = number::around(test)
        .into_iter()
        .map(|value| {
            edit((
                format!("= {}", value.scalar_text().unwrap_or_default()),
                value,
            ))
        })
        .collect();
    edits.extend(retyped(&value).into_iter().map(edit));
    if let (Test::Cidr(_), Value::String(text)) = (test, &value) {
        edits.extend(other_family(text).into_iter().map(edit));
    }
    if let (true, Value::String(text)) = (reaches_far(test), &value) {
        edits.extend(parted(text).into_iter().map(edit));
    }
    if let Some(text) = value.scalar_text() {
        let changed = |(label, text): (String, String)| edit((label, Value::String(text)));
        edits.extend(whole(text).into_iter().map(changed));
        for literal in literals(test) {
            edits.extend(spliced(text, &literal).into_iter().map(changed));
        }
    }
    edits
}

/// The same value in another type.
fn retyped(value: &Value) -> Vec<(String, Value)> {
    match value {
        Value::Number(number) => {
            let text = number.text();
            let mut found = vec![("as text".to_owned(), Value::String(text.to_owned()))];
            found.extend(
                Number::parse(&format!("{text}.0"))
                    .map(|number| ("with a fraction of zero".to_owned(), Value::Number(number))),
            );
            found.push((
                "with a leading zero".to_owned(),
                Value::String(format!("0{text}")),
            ));
            found
        }
        Value::String(text) => Number::parse(text)
            .map(|number| ("as a number".to_owned(), Value::Number(number)))
            .into_iter()
            .collect(),
        Value::Bool(value) => vec![("as text".to_owned(), Value::String(value.to_string()))],
        Value::Null | Value::List(_) | Value::Object(_) => Vec::new(),
    }
}

/// The same address in the other family: an IPv4 address as it is mapped into IPv6, a mapped one by itself; and one of IPv4 in place of any of IPv6, which
/// stands in full once. Beside them what is nearly an IPv4 address: letters for its dots, or a number with a zero before it.
fn other_family(text: &str) -> Vec<(String, Value)> {
    let Ok(address) = text.parse::<IpAddr>() else {
        return Vec::new();
    };
    let found: Vec<(&str, String)> = match address {
        IpAddr::V4(address) => {
            let plain = address.to_string();
            let numbers: Vec<&str> = plain.split('.').collect();
            // A zero before one number at a time: a pattern may take it at one place and not at another.
            let zeros = (0..numbers.len()).map(|place| {
                let written = numbers.iter().enumerate().map(|(at, number)| {
                    let zero = if at == place { "0" } else { "" };
                    format!("{zero}{number}")
                });
                ("with a leading zero", written.collect::<Vec<_>>().join("."))
            });
            let mapped = ("mapped into IPv6", format!("::ffff:{plain}"));
            let mut found = vec![mapped, ("without dots", plain.replace('.', "x"))];
            found.extend(zeros);
            found
        }
        IpAddr::V6(address) => {
            let own = address
                .to_ipv4_mapped()
                .map(|own| ("unmapped", own.to_string()));
            let any = ["10.0.0.1", "198.51.100.7"].map(|any| ("of IPv4", any.to_owned()));
            let groups = address.segments().map(|group| format!("{group:04x}"));
            let full = ("in full", groups.join(":"));
            own.into_iter().chain(any).chain([full]).collect()
        }
    };
    let found = found.into_iter();
    found
        .map(|(label, text)| (label.to_owned(), Value::String(text)))
        .collect()
}

/// Whether a test may reach from one value of a list into the next, where a target joins them.
fn reaches_far(test: &Test) -> bool {
    match test {
        Test::Regex(_) => true,
        Test::Text(pattern) => {
            let inner = pattern.pieces().iter().skip(1).rev().skip(1);
            inner
                .into_iter()
                .any(|piece| !matches!(piece, Piece::Literal(_)))
        }
        Test::AnyValue
        | Test::TextOrder(..)
        | Test::Numeral(_)
        | Test::Compare(..)
        | Test::Bool(_)
        | Test::Cidr(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => false,
    }
}

/// A text in two values: cut in its middle, and with a character of its middle between them.
fn parted(text: &str) -> Vec<(String, Value)> {
    let count = text.chars().count();
    if count < 3 {
        return Vec::new();
    }
    let part = |from: usize, to: usize| {
        let part: String = text
            .chars()
            .skip(from)
            .take(to.saturating_sub(from))
            .collect();
        Value::String(part)
    };
    let half = count / 2;
    vec![
        (
            "in two values".to_owned(),
            Value::List(vec![part(0, half), part(half, count)]),
        ),
        (
            "in two values, without a character".to_owned(),
            Value::List(vec![part(0, half), part(half + 1, count)]),
        ),
    ]
}

/// Edits of a whole value.
fn whole(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = [
        ("x", "a letter"),
        ("\\", "a backslash"),
        ("\n", "a newline"),
        ("\"", "a quote"),
        ("%", "a percent sign"),
    ]
    .into_iter()
    .flat_map(|(edge, name)| {
        [
            (format!("with {name} before"), format!("{edge}{text}")),
            (format!("with {name} behind"), format!("{text}{edge}")),
        ]
    })
    .collect();
    for (label, changed) in [
        ("in upper case", text.to_ascii_uppercase()),
        ("in lower case", text.to_ascii_lowercase()),
        ("with doubled backslashes", text.replace('\\', "\\\\")),
        ("with slashes for backslashes", text.replace('\\', "/")),
        ("with a space at the end", format!("{text} ")),
        ("with an accent", text.replacen(['e', 'E'], "é", 1)),
        (
            "with a Kelvin sign",
            text.replacen(['k', 'K'], "\u{212a}", 1),
        ),
        ("with a long s", text.replacen(['s', 'S'], "\u{17f}", 1)),
    ] {
        if changed != text {
            found.push((label.to_owned(), changed));
        }
    }
    found
}

/// The literals that a test looks for.
fn literals(test: &Test) -> Vec<String> {
    match test {
        Test::Text(pattern) => pattern
            .pieces()
            .iter()
            .filter_map(|piece| match piece {
                Piece::Literal(text) => Some(text.clone()),
                Piece::AnyRun | Piece::AnyChar => None,
            })
            .collect(),
        Test::TextOrder(_, text) => vec![text.clone()],
        Test::AnyValue
        | Test::Numeral(_)
        | Test::Compare(..)
        | Test::Bool(_)
        | Test::Regex(_)
        | Test::Cidr(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => Vec::new(),
    }
}

/// Edits of a literal where it stands inside a value, ignoring case.
fn spliced(text: &str, literal: &str) -> Vec<(String, String)> {
    let Some((before, found, behind)) = locate(text, literal) else {
        return Vec::new();
    };
    let put = |what: &str, middle: String| {
        let shown: String = literal.chars().take(40).collect();
        (
            format!("{what} of {shown:?}"),
            format!("{before}{middle}{behind}"),
        )
    };
    let chars: Vec<char> = found.chars().collect();
    let all_but = |skip: usize| {
        chars
            .iter()
            .enumerate()
            .filter(|(at, _)| *at != skip)
            .map(|(_, c)| *c)
            .collect::<String>()
    };
    let half = chars.len() / 2;
    let (left, right): (String, String) = (
        chars.iter().take(half).collect(),
        chars.iter().skip(half).collect(),
    );
    let mut edits = vec![
        put("first character dropped", all_but(0)),
        put(
            "last character dropped",
            all_but(chars.len().saturating_sub(1)),
        ),
        put("a character inserted before", format!("q{found}")),
        put("a character inserted behind", format!("{found}q")),
        put(
            "a character inserted in the middle",
            format!("{left}q{right}"),
        ),
        put("case flipped", found.chars().map(flip).collect()),
        put("doubled", format!("{found}{found}")),
    ];
    if found.contains('*') || found.contains('?') {
        edits.push(put("wildcards replaced", found.replace(['*', '?'], "w")));
    }
    edits
}

/// The letter in the other case, where it has one of one letter.
pub(crate) fn flip(c: char) -> char {
    let one = |mut letters: Vec<char>| letters.pop().filter(|_| letters.is_empty());
    let small = one(c.to_lowercase().collect());
    let capital = one(c.to_uppercase().collect());
    small.filter(|small| *small != c).or(capital).unwrap_or(c)
}

/// Splits a text around a literal, ignoring case.
pub(crate) fn locate<'t>(text: &'t str, literal: &str) -> Option<(&'t str, &'t str, &'t str)> {
    let wanted = fold::fold(literal);
    let count = literal.chars().count();
    for (start, _) in text.char_indices() {
        let rest = text.get(start..)?;
        let end = rest
            .char_indices()
            .nth(count)
            .map_or(rest.len(), |(at, _)| at);
        let found = rest.get(..end)?;
        if fold::fold(found) == wanted && !found.is_empty() {
            return Some((text.get(..start)?, found, rest.get(end..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{spliced, with};
    use verdict_event::{Event, Path};

    #[test]
    fn edits_stay_inside_the_value() {
        let edits = spliced("C:\\Git.exe -x", "\\git.EXE");
        assert!(edits.iter().any(|(_, text)| text == "C:Git.exe -x"));
        assert!(edits.iter().any(|(_, text)| text == "C:\\Git.ex -x"));
    }

    #[test]
    fn fields_are_replaced_and_removed_wherever_they_stand() {
        let event = Event::from_json(serde_json::json!({"a": {"b": 1, "c": 2}, "a.b": 3}))
            .expect("an object");
        let path = Path::new("a.b");
        assert!(with(&event, &path, None).values(&path).is_empty());
        assert_eq!(with(&event, &path, Some("x".into())).values(&path).len(), 1);
        assert_eq!(with(&event, &path, None).to_json_line(), r#"{"a":{"c":2}}"#);
    }
}
