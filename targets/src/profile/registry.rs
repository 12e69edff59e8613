//! Registry data as Sysmon writes it, `DWORD (0x00000001)`, as a type and a value.
//!
//! Sysmon's event 13 writes numbers in these forms, `Binary Data` for binary values and lists of texts, and `(Empty)` for
//! an empty text; any other text is the data itself.

use crate::profile::mapping::{Registry, RegistryType};
use verdict_compiler::Span;
use verdict_compiler::ir::pattern::Shape;
use verdict_compiler::ir::{Case, Expr, LeafKind, Pattern, Term, Test};
use verdict_event::Path;

const BINARY: &str = "Binary Data";
const EMPTY: &str = "(Empty)";
/// A number's form; `#` stands for a digit.
const DWORD: &str = "DWORD (0x########)";
const QWORD: &str = "QWORD (0x########-0x########)";

/// What a text of registry data is.
#[derive(Debug, PartialEq, Eq)]
enum Data {
    Number(RegistryType, u64),
    Binary,
    Empty,
    Text,
}

/// A test of the text as a test of type and value.
///
/// # Errors
///
/// The reason why type and value cannot say the same.
pub(crate) fn test(test: &Test, registry: &Registry, span: Span) -> Result<Expr, String> {
    let pattern = match test {
        Test::AnyValue => return Ok(missing(registry, span).negate()),
        Test::Text(pattern) => pattern.clone(),
        // A rule's bare number is the text of a value that is a text.
        Test::Numeral(number) => Pattern::literal(number.text(), Case::Exact),
        Test::Compare(..)
        | Test::TextOrder(..)
        | Test::Bool(_)
        | Test::Regex(_)
        | Test::Cidr(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => {
            return Err(
                "the profile has registry data as a type and a value, and only a comparison with a text can follow"
                    .to_owned(),
            );
        }
    };
    if let Shape::Equals(text) = pattern.shape() {
        let typed = of_literal(text, &pattern, registry, span)?;
        let raw = registry.raw && data(text) != Data::Text;
        let whole = Expr::field(value_of(registry), Test::Text(pattern.clone()), span);
        return Ok(Expr::any(
            std::iter::once(typed).chain(raw.then_some(whole)),
        ));
    }
    let mut said = Vec::new();
    for (form, kind) in [(DWORD, RegistryType::Dword), (QWORD, RegistryType::Qword)] {
        // `#` is no digit: what matches it, by a wildcard, matches whatever the digits are.
        if !pattern.literals().any(|text| text.contains('#')) && pattern.matches(form) {
            said.push(is_of(&[kind], registry, span)?);
        } else if pattern.literals().all(|text| fits(&text, form)) {
            return Err(
                "the rule looks at some digits of a number in the registry, which the profile has in decimal"
                    .to_owned(),
            );
        }
    }
    for (word, kinds) in [
        (BINARY, [RegistryType::Texts, RegistryType::Binary]),
        (EMPTY, [RegistryType::Text, RegistryType::Expandable]),
    ] {
        if pattern.matches(word) {
            said.push(of_word(word, &kinds, registry, span)?);
        }
    }
    said.push(of_text(&pattern, registry, span)?);
    Ok(Expr::any(said))
}

/// The whole text is known.
fn of_literal(
    text: &str,
    pattern: &Pattern,
    registry: &Registry,
    span: Span,
) -> Result<Expr, String> {
    match data(text) {
        Data::Number(kind, number) => {
            let value = Test::Text(Pattern::literal(number.to_string(), Case::Exact));
            let value = Expr::field(value_of(registry), value, span);
            Ok(Expr::all([is_of(&[kind], registry, span)?, value]))
        }
        Data::Binary => of_word(
            BINARY,
            &[RegistryType::Texts, RegistryType::Binary],
            registry,
            span,
        ),
        Data::Empty => of_word(
            EMPTY,
            &[RegistryType::Text, RegistryType::Expandable],
            registry,
            span,
        ),
        Data::Text => of_text(pattern, registry, span),
    }
}

/// A value of one of the types that Sysmon writes as this word.
fn of_word(
    word: &str,
    kinds: &[RegistryType],
    registry: &Registry,
    span: Span,
) -> Result<Expr, String> {
    let types = is_of(kinds, registry, span)?;
    if word == BINARY {
        return Ok(types);
    }
    let nothing = Expr::leaf(LeafKind::Missing(Term::Field(value_of(registry))), span);
    Ok(Expr::all([types, nothing]))
}

/// A text that is the data itself.
fn of_text(pattern: &Pattern, registry: &Registry, span: Span) -> Result<Expr, String> {
    let text = Expr::field(value_of(registry), Test::Text(pattern.clone()), span);
    let digits = |text: String| text.chars().all(|c| c.is_ascii_digit());
    if pattern.literals().all(digits) {
        // The digits of a number would match as well.
        let types = is_of(
            &[RegistryType::Text, RegistryType::Expandable],
            registry,
            span,
        )?;
        return Ok(Expr::all([types, text]));
    }
    Ok(text)
}

/// The type is one of these.
fn is_of(kinds: &[RegistryType], registry: &Registry, span: Span) -> Result<Expr, String> {
    let mut tests = Vec::new();
    for wanted in kinds {
        if let Some(name) = registry.names.get(wanted) {
            let test = Test::Text(Pattern::literal(name.as_str(), Case::Fold));
            tests.push(Expr::field(kind(registry), test, span));
        }
    }
    if tests.is_empty() {
        return Err("the profile has no name for this type of registry data".to_owned());
    }
    Ok(Expr::any(tests))
}

/// There is no registry data.
pub(crate) fn missing(registry: &Registry, span: Span) -> Expr {
    let no = |column: Path| Expr::leaf(LeafKind::Missing(Term::Field(column)), span);
    let kind = no(kind(registry));
    if registry.raw {
        Expr::all([kind, no(value_of(registry))])
    } else {
        kind
    }
}

fn kind(registry: &Registry) -> Path {
    Path::new(registry.kind.as_str())
}

fn value_of(registry: &Registry) -> Path {
    Path::new(registry.data.as_str())
}

/// The type and value of a text of registry data; no value where the product has none.
///
/// # Errors
///
/// The reason why no row holds it.
pub(crate) fn cells(text: &str, registry: &Registry) -> Result<(String, Option<String>), String> {
    let (kind, value) = match data(text) {
        Data::Number(kind, number) => (kind, Some(number.to_string())),
        Data::Binary => (RegistryType::Binary, None),
        Data::Empty => (RegistryType::Text, None),
        Data::Text if text.is_empty() => return Err("an empty text of registry data".to_owned()),
        Data::Text => (RegistryType::Text, Some(text.to_owned())),
    };
    let name = registry.names.get(&kind);
    let name = name.ok_or_else(|| format!("`{text}`: the profile has no name for its type"))?;
    Ok((name.clone(), value))
}

fn data(text: &str) -> Data {
    if text.eq_ignore_ascii_case(BINARY) {
        return Data::Binary;
    }
    if text.eq_ignore_ascii_case(EMPTY) {
        return Data::Empty;
    }
    let inside = |word: &str| {
        let (start, rest) = text.split_at_checked(word.len())?;
        let rest = rest.strip_suffix(')')?;
        start.eq_ignore_ascii_case(word).then_some(rest)
    };
    let number = |digits: &str| {
        let whole = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u64::from_str_radix(digits, 16).ok().filter(|_| whole)
    };
    if let Some(value) = inside("DWORD (0x").and_then(number) {
        return Data::Number(RegistryType::Dword, value);
    }
    let halves = inside("QWORD (0x").and_then(|digits| {
        let (high, low) = digits.split_once('-')?;
        let low = low.strip_prefix("0x").or_else(|| low.strip_prefix("0X"))?;
        Some((number(high)? << 32) | number(low)?)
    });
    match halves {
        Some(value) => Data::Number(RegistryType::Qword, value),
        None => Data::Text,
    }
}

/// Whether a text may stand somewhere in a number's form.
fn fits(text: &str, form: &str) -> bool {
    let form: Vec<char> = form.chars().collect();
    let wanted: Vec<char> = text.chars().collect();
    let same = |(wanted, form): (&char, &char)| {
        wanted.eq_ignore_ascii_case(form) || (*form == '#' && wanted.is_ascii_hexdigit())
    };
    wanted.is_empty()
        || form
            .windows(wanted.len())
            .any(|window| wanted.iter().zip(window).all(same))
}

#[cfg(test)]
mod tests {
    use super::{Data, cells, data, test};
    use crate::native::Matcher;
    use crate::profile::mapping::{Registry, RegistryType};
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use verdict_compiler::ir::{Case, Pattern, Piece, Test};
    use verdict_compiler::{Ir, Span};
    use verdict_event::{Event, Value};

    fn registry() -> Registry {
        let names = [
            "Dword",
            "Qword",
            "String",
            "ExpandString",
            "MultiString",
            "Binary",
        ];
        let types = RegistryType::ALL.iter().map(|(_, kind)| *kind);
        Registry {
            data: "Data".to_owned(),
            kind: "Type".to_owned(),
            names: types.zip(names.map(str::to_owned)).collect(),
            raw: false,
        }
    }

    #[test]
    fn forms_are_told_apart() {
        for (text, expected) in [
            ("DWORD (0x0000000A)", Data::Number(RegistryType::Dword, 10)),
            ("dword (0x0000000a)", Data::Number(RegistryType::Dword, 10)),
            (
                "QWORD (0x00000001-0x00000002)",
                Data::Number(RegistryType::Qword, 0x1_0000_0002),
            ),
            ("DWORD (0x1)", Data::Text),
            ("DWORD (0x+0000001)", Data::Text),
            ("Binary Data", Data::Binary),
            ("(Empty)", Data::Empty),
            ("C:\\a.exe", Data::Text),
            ("é", Data::Text),
        ] {
            assert_eq!(data(text), expected, "{text}");
        }
    }

    #[test]
    fn some_digits_are_refused() {
        let refused = |text: &str| {
            let pieces = [
                Piece::AnyRun,
                Piece::Literal(text.to_owned()),
                Piece::AnyRun,
            ];
            let pattern = Test::Text(Pattern::new(pieces, Case::Fold));
            test(&pattern, &registry(), Span::default()).is_err()
        };
        for (text, expected) in [
            ("0001", true),
            ("(0x0", true),
            ("ab", true),
            ("DWORD", false),
            ("powershell", false),
            ("Data", false),
        ] {
            assert_eq!(refused(text), expected, "{text}");
        }
    }

    proptest! {
        /// A test of the text says what the row's test says.
        #[test]
        fn rows_say_what_the_text_says(
            text in prop::sample::select(vec![
                "DWORD (0x00000001)", "DWORD (0x0000000a)", "QWORD (0x00000000-0x00000001)", "Binary Data", "(Empty)", "1", "10", "a",
                "DWORD (0x1)", "dword", "data.exe", "(Empty) x",
            ]),
            wanted in prop::sample::select(vec![
                "DWORD (0x00000001)", "dword (0x00000001)", "DWORD", "QWORD (0x00000000-0x00000001)", "Binary Data", "(Empty)", "Empty", "1",
                "10", "a", "Data", "D", ".exe", "x",
            ]),
            before in any::<bool>(),
            behind in any::<bool>(),
        ) {
            let mut pieces = vec![Piece::Literal(wanted.to_owned())];
            if before {
                pieces.insert(0, Piece::AnyRun);
            }
            if behind {
                pieces.push(Piece::AnyRun);
            }
            let pattern = Pattern::new(pieces, Case::Fold);
            if let Ok(predicate) = test(&Test::Text(pattern.clone()), &registry(), Span::default()) {
                let (kind, value) = cells(text, &registry()).expect("a row");
                let mut row = vec![("Type".to_owned(), Value::from(kind.as_str()))];
                row.extend(value.map(|value| ("Data".to_owned(), Value::from(value.as_str()))));
                let ir = Ir {
                    detection: predicate.clone(),
                    predicate,
                    origin: verdict_compiler::ir::Origin::default(),
                    fields: BTreeMap::new(),
                };
                prop_assert_eq!(Matcher::new(&ir).matches(&Event::new(row)), pattern.matches(text), "{:?} of {}", pattern, text);
            }
        }
    }
}
