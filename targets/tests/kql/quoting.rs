//! Nothing that a rule holds can leave its literal, its name or its comment.
//!
//! The reader of literals below is written from Kusto's lexical rules and shares nothing with the writer.

use super::{compile, ir};
use proptest::prelude::*;
use std::collections::BTreeMap;
use verdict_compiler::Span;
use verdict_compiler::ir::{Case, Expr, Pattern, Piece, Test};
use verdict_event::{FieldSchema, FieldType, Path};

/// Reads one literal at the start of a text; gives its value and what stands behind it.
fn literal(text: &str) -> Option<(String, &str)> {
    let (verbatim, rest) = match text.strip_prefix('@') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut value = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = characters.next() {
        match c {
            '\n' | '\r' => return None,
            c if c == quote => {
                if verbatim && characters.peek().is_some_and(|(_, next)| *next == quote) {
                    characters.next();
                    value.push(quote);
                    continue;
                }
                return Some((value, &rest[at + 1..]));
            }
            '\\' if !verbatim => match characters.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                plain @ ('"' | '\'' | '\\') => value.push(plain),
                'u' => {
                    let digits: String = characters.by_ref().take(4).map(|(_, c)| c).collect();
                    value.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                }
                _ => return None,
            },
            c => value.push(c),
        }
    }
    None
}

fn query(field: &str, text: &str) -> Option<String> {
    let pattern = Pattern::new([Piece::Literal(text.to_owned())], Case::Exact);
    let path = Path::new(field);
    let predicate = Expr::field(path.clone(), Test::Text(pattern), Span::default());
    let fields = BTreeMap::from([(path, FieldSchema::new(FieldType::Keyword))]);
    compile("x", &ir(predicate, fields)).text
}

fn assert_literal(text: &str) -> Result<(), TestCaseError> {
    let query = query("f", text).expect("a query");
    let (_, right) = query
        .split_once("f == ")
        .or(query.split_once(") == "))
        .expect("an equality");
    let read = literal(right);
    prop_assert_eq!(read, Some((text.to_owned(), "\n")), "{}", query);
    Ok(())
}

#[test]
fn the_reader_reads_what_the_documentation_shows() {
    for (text, value) in [
        (r#""a\\b\"c""#, r#"a\b"c"#),
        (r"@'C:\Folder\'", r"C:\Folder\"),
        (r"@'it''s'", "it's"),
        (r#""\u001f\t""#, "\u{1f}\t"),
    ] {
        assert_eq!(literal(text), Some((value.to_owned(), "")), "{text}");
    }
    for text in [r#""a\p""#, "\"a\nb\"", "\"a", "a"] {
        assert_eq!(literal(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn texts_stay_in_their_literals(text in "\\PC{1,12}|[\"'\\\\@`a\n\r\t\u{0}-\u{20}\u{2028}\u{85}/*|;]{1,8}|.{1,12}") {
        assert_literal(&text)?;
    }

    #[test]
    fn names_stay_names(name in "[a-zA-Z_][a-zA-Z0-9_.\\- ]{0,6}|.{0,6}|[\\['\"\\]\\\\a|]{1,6}") {
        let Some(query) = query(&name, "value") else { return Ok(()) };
        let line = query.lines().last().unwrap_or_default();
        let read = line.strip_prefix("| where ").and_then(|line| line.strip_suffix(" == \"value\""));
        let plain = read.map(|read| read.strip_prefix("['").and_then(|read| read.strip_suffix("']")).unwrap_or(read));
        prop_assert_eq!(plain, Some(name.as_str()));
        prop_assert!(!name.contains(['\'', '"', '\\', '[', ']', '\n']));
    }

    #[test]
    fn a_rule_name_stays_a_comment(name in "(?s).{0,20}|[a\n\r\u{85}\u{2028}|]{0,8}") {
        let path = Path::new("f");
        let predicate = Expr::field(path, Test::AnyValue, Span::default());
        let text = compile(&name, &ir(predicate, BTreeMap::new())).text.expect("a query");
        let lines: Vec<&str> = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}']).collect();
        prop_assert_eq!(lines.len(), 6);
        prop_assert!(lines[..3].iter().all(|line| line.starts_with("// ")));
        prop_assert_eq!(lines[3], "Events");
    }

    #[test]
    fn wildcards_become_an_expression_of_the_same_language(
        glob in "[ab*?.\\\\]{1,6}", text in "[ab.\\\\AB\n]{0,6}", fold in any::<bool>(),
    ) {
        let case = if fold { Case::Fold } else { Case::Exact };
        let pattern = super::notation::glob(&format!("x{glob}*?"), case);
        let expected = pattern.matches(&text);
        let path = Path::new("f");
        let predicate = Expr::field(path, Test::Text(pattern), Span::default());
        let query = compile("x", &ir(predicate, BTreeMap::new())).text.expect("a query");
        let (_, right) = query.split_once("matches regex ").expect("a regular expression");
        let (expression, _) = literal(right).expect("a literal");
        prop_assert_eq!(regex::Regex::new(&expression).expect("an expression").is_match(&text), expected);
    }
}
