//! Nothing that a rule holds can leave its literal, its name or its comment.
//!
//! The readers below are written from the lexical rules of Elasticsearch's grammar and from Lucene's of patterns; they share nothing with the writer.

use super::{compile, ir};
use proptest::prelude::*;
use std::collections::BTreeMap;
use verdict_compiler::Span;
use verdict_compiler::ir::{Case, Expr, Pattern, Piece, Test};
use verdict_event::{FieldSchema, FieldType, Path};

/// Reads one literal at the start of a text; gives its value and what stands behind it.
fn literal(text: &str) -> Option<(String, &str)> {
    if let Some(rest) = text.strip_prefix("\"\"\"") {
        // To the next three quotes; up to two more belong to it.
        let mut end = rest.find("\"\"\"")?;
        let more = rest[end + 3..]
            .bytes()
            .take_while(|byte| *byte == b'"')
            .take(2)
            .count();
        end += more;
        let value = &rest[..end];
        return (!value.contains(['\r', '\n'])).then(|| (value.to_owned(), &rest[end + 3..]));
    }
    let rest = text.strip_prefix('"')?;
    let mut value = String::new();
    let mut characters = rest.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((value, &rest[at + 1..])),
            '\r' | '\n' => return None,
            '\\' => match characters.next()?.1 {
                't' => value.push('\t'),
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                plain @ ('"' | '\\') => value.push(plain),
                _ => return None,
            },
            c => value.push(c),
        }
    }
    None
}

/// Reads a column's name at the start of a text, as its parts.
fn name(text: &str) -> Option<(Vec<String>, &str)> {
    let (part, rest) = if let Some(quoted) = text.strip_prefix('`') {
        let mut value = String::new();
        let mut rest = quoted;
        loop {
            let at = rest.find('`')?;
            value.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            match rest.strip_prefix('`') {
                Some(more) => {
                    value.push('`');
                    rest = more;
                }
                None => break,
            }
        }
        if value.is_empty() {
            return None;
        }
        (value, rest)
    } else {
        let first = text.chars().next()?;
        if !(first.is_ascii_alphabetic() || first == '_' || first == '@') {
            return None;
        }
        let end = text
            .char_indices()
            .skip(1)
            .find(|(_, c)| !(c.is_ascii_alphanumeric() || *c == '_'))
            .map_or(text.len(), |(at, _)| at);
        (text[..end].to_owned(), &text[end..])
    };
    match rest.strip_prefix('.') {
        Some(more) => {
            let (mut parts, rest) = name(more)?;
            parts.insert(0, part);
            Some((parts, rest))
        }
        None => Some((vec![part], rest)),
    }
}

/// Whether a pattern of `LIKE` takes a whole text.
fn like(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', rest @ ..] => {
            (0..=text.len()).any(|at| like(rest, text.get(at..).unwrap_or_default()))
        }
        ['?', rest @ ..] => matches!(text, [_, text @ ..] if like(rest, text)),
        ['\\', c, rest @ ..] | [c, rest @ ..] => {
            matches!(text, [first, text @ ..] if first == c && like(rest, text))
        }
    }
}

fn query(field: &str, pattern: Pattern) -> Option<String> {
    let path = Path::new(field);
    let predicate = Expr::field(path.clone(), Test::Text(pattern), Span::default());
    let fields = BTreeMap::from([(path, FieldSchema::new(FieldType::Keyword))]);
    compile("x", &ir(predicate, fields)).text
}

fn whole(text: &str) -> Pattern {
    Pattern::new([Piece::Literal(text.to_owned())], Case::Exact)
}

/// The condition of a query.
fn condition(query: &str) -> &str {
    let (_, rest) = query.split_once("\n| WHERE ").expect("a condition");
    rest
}

#[test]
fn the_readers_read_what_the_documentation_shows() {
    for (text, value) in [
        (r#""a\\b\"c\t""#, "a\\b\"c\t"),
        (
            r#""""C:\Folder\ and "this""""""#,
            r#"C:\Folder\ and "this"""#,
        ),
        (r#""""*\\x.exe""""#, r"*\\x.exe"),
    ] {
        assert_eq!(literal(text), Some((value.to_owned(), "")), "{text}");
    }
    for text in [r#""a\p""#, "\"a\nb\"", "\"a", "a", "\"\"\"a\nb\"\"\""] {
        assert_eq!(literal(text), None, "{text}");
    }
    let parts = |text| name(text).map(|(parts, rest)| (parts.join("|"), rest.to_owned()));
    assert_eq!(
        parts("a.`b-c`.@d == 1"),
        Some(("a|b-c|@d".to_owned(), " == 1".to_owned()))
    );
    assert_eq!(parts("`a``b`x"), Some(("a`b".to_owned(), "x".to_owned())));
    let takes = |pattern: &str, text: &str| {
        like(
            &pattern.chars().collect::<Vec<_>>(),
            &text.chars().collect::<Vec<_>>(),
        )
    };
    assert!(
        takes(r"C:\\*", r"C:\x")
            && !takes(r"C:\*", r"C:\x")
            && takes(r"a\?", "a?")
            && takes(r"a\", r"a\")
    );
}

proptest! {
    #[test]
    fn texts_stay_in_their_literals(text in "\\PC{1,12}|[\"'\\\\@`a\n\r\t\u{0}-\u{20}\u{2028}\u{85}/*|;]{1,8}|.{1,12}") {
        let query = query("f", whole(&text)).expect("a query");
        let (_, right) = condition(&query).split_once("f == ").expect("an equality");
        let read = literal(right).map(|(value, rest)| (value, rest.starts_with("\n| KEEP ")));
        prop_assert_eq!(read, Some((text, true)), "{}", query);
    }

    #[test]
    fn names_stay_names(text in "[a-zA-Z_@][a-zA-Z0-9_.\\- ]{0,6}|.{0,6}|[\\[`'\".\\]\\\\a|\n]{1,6}") {
        let Some(query) = query(&text, whole("1")) else {
            prop_assert!(text.split('.').any(|part| part.trim().is_empty()), "{}", text);
            return Ok(());
        };
        let (parts, rest) = name(condition(&query)).expect("a name");
        prop_assert_eq!(parts.join("."), text.as_str());
        prop_assert!(rest.starts_with(" == \"1\"\n| KEEP "), "{}", query);
        // The same name once more.
        if text != "@timestamp" {
            let (_, kept) = query.split_once("@timestamp, ").expect("columns");
            let (parts, rest) = name(kept.trim_start()).expect("a name");
            prop_assert_eq!((parts.join("."), rest), (text, "\n| LIMIT 10000\n"));
        }
    }

    #[test]
    fn a_rule_name_stays_a_comment(name in "(?s).{0,20}|[a\n\r\u{85}\u{2028}|]{0,8}") {
        let path = Path::new("f");
        let predicate = Expr::field(path, Test::AnyValue, Span::default());
        let text = compile(&name, &ir(predicate, BTreeMap::new())).text.expect("a query");
        let lines: Vec<&str> = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}']).collect();
        prop_assert_eq!(lines.len(), 7);
        prop_assert!(lines[..2].iter().all(|line| line.starts_with("// ")));
        prop_assert_eq!(lines[2], "FROM logs-* METADATA _id, _index, _version");
    }

    #[test]
    fn wildcards_become_a_pattern_of_the_same_language(
        pieces in proptest::collection::vec(prop_oneof![
            Just(Piece::AnyRun),
            Just(Piece::AnyChar),
            "[ab*?\\\\\"\n]{1,3}".prop_map(Piece::Literal),
        ], 1..5),
        text in "[ab*?\\\\\"AB\n]{0,6}",
        fold in any::<bool>(),
    ) {
        let case = if fold { Case::Fold } else { Case::Exact };
        let pattern = Pattern::new(pieces, case);
        let expected = pattern.matches(&text);
        let query = query("f", pattern).expect("a query");
        let condition = condition(&query);
        if condition.starts_with("f IS NOT NULL") {
            prop_assert!(expected);
            return Ok(());
        }
        let lowered = condition.starts_with("TO_LOWER(f) ");
        let text = if lowered { text.to_lowercase() } else { text };
        let (_, right) = condition.split_once(' ').expect("an operator");
        let held = if let Some(right) = right.strip_prefix("LIKE ") {
            let (written, _) = literal(right).expect("a pattern");
            like(&written.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
        } else {
            let (written, _) = literal(right.strip_prefix("== ").expect("an equality")).expect("a literal");
            written == text
        };
        prop_assert_eq!(held, expected, "{}", query);
    }
}
