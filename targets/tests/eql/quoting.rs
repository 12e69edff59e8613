//! Nothing that a rule holds can leave its literal, its name or its comment.
//!
//! The reader of literals below is written from the lexer rules of EQL's grammar and shares nothing with the writer.

use super::{compile, ir};
use proptest::prelude::*;
use std::collections::BTreeMap;
use verdict_compiler::Span;
use verdict_compiler::ir::{Case, Expr, Pattern, Piece, Regex, Syntax, Test};
use verdict_event::Path;

/// Reads one string at the start of a text; gives its value and what stands behind it.
///
/// A string in three quotes ends at the first three, and one or two more belong to it; it has no escapes and no line ends. One in a single pair has the
/// escapes `\b \t \n \f \r \" \\` and `\u{...}` with two to eight digits.
fn literal(text: &str) -> Option<(String, &str)> {
    if let Some(rest) = text.strip_prefix("\"\"\"") {
        let mut end = rest.find("\"\"\"")?;
        let extra = rest[end + 3..]
            .chars()
            .take(2)
            .take_while(|c| *c == '"')
            .count();
        end += extra;
        let value = &rest[..end];
        return (!value.contains(['\n', '\r'])).then(|| (value.to_owned(), &rest[end + 3..]));
    }
    let rest = text.strip_prefix('"')?;
    let mut value = String::new();
    let mut characters = rest.char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '\n' | '\r' => return None,
            '"' => return Some((value, &rest[at + 1..])),
            '\\' => match characters.next()?.1 {
                'b' => value.push('\u{8}'),
                't' => value.push('\t'),
                'n' => value.push('\n'),
                'f' => value.push('\u{c}'),
                'r' => value.push('\r'),
                plain @ ('"' | '\\') => value.push(plain),
                'u' => {
                    characters.next().filter(|(_, c)| *c == '{')?;
                    let digits: String = characters
                        .by_ref()
                        .map(|(_, c)| c)
                        .take_while(|c| *c != '}')
                        .collect();
                    (2..=8).contains(&digits.len()).then_some(())?;
                    value.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                }
                _ => return None,
            },
            c => value.push(c),
        }
    }
    None
}

/// Reads a name: parts joined by points, each an identifier or in backticks, where two of them are one.
fn name(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        if let Some(quoted) = rest.strip_prefix('`') {
            let mut at = 0;
            loop {
                at += quoted[at..].find('`')?;
                if quoted[at + 1..].starts_with('`') {
                    at += 2;
                } else {
                    break;
                }
            }
            value.push_str(&quoted[..at].replace("``", "`"));
            rest = &quoted[at + 1..];
        } else {
            let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '@');
            let end = rest.find(|c| !inside(c)).unwrap_or(rest.len());
            let word = &rest[..end];
            let starts = !word.starts_with(|c: char| c.is_ascii_digit());
            if word.is_empty() || !starts || word[1..].contains('@') || KEYWORDS.contains(&word) {
                return None;
            }
            value.push_str(word);
            rest = &rest[end..];
        }
        match rest.strip_prefix('.') {
            Some(more) => {
                value.push('.');
                rest = more;
            }
            None => return Some((value, rest)),
        }
    }
}

const KEYWORDS: [&str; 20] = [
    "and", "any", "by", "false", "head", "in", "join", "like", "not", "null", "of", "or", "regex",
    "sequence", "sample", "tail", "true", "until", "where", "with",
];

/// The condition of a query with this one leaf.
fn condition(field: &str, test: Test) -> Option<String> {
    let predicate = Expr::field(Path::new(field), test, Span::default());
    let text = compile("x", &ir(predicate, BTreeMap::new())).text?;
    let line = text
        .split_once("any where")
        .map(|(_, condition)| condition.trim().to_owned());
    Some(line.expect("a condition"))
}

fn exact(text: &str) -> Test {
    Test::Text(Pattern::literal(text, Case::Exact))
}

#[test]
fn the_reader_reads_what_the_documentation_shows() {
    for (text, value) in [
        (r#""a\\b\"c""#, r#"a\b"c"#),
        (r#""""C:\Folder\""""#, r"C:\Folder\"),
        (r#""""say "it"""""#, r#"say "it""#),
        (r#""\u{202e}\t""#, "\u{202e}\t"),
    ] {
        assert_eq!(literal(text), Some((value.to_owned(), "")), "{text}");
    }
    for text in [r#""a\p""#, "\"a\nb\"", "\"a", "a", "'a'", r#""\u{1}""#] {
        assert_eq!(literal(text), None, "{text}");
    }
    assert_eq!(name("a.`b``-`.c =="), Some(("a.b`-.c".to_owned(), " ==")));
    assert_eq!(name("where"), None);
}

proptest! {
    #[test]
    fn texts_stay_in_their_literals(text in "\\PC{1,12}|[\"'\\\\@`a\n\r\t\u{0}-\u{20}\u{2028}\u{85}/*|;]{1,8}|.{1,12}") {
        let condition = condition("f", exact(&text)).expect("a query");
        if text.contains('\0') {
            // Elasticsearch has no escape of zero: an expression says it without one.
            prop_assert!(condition.starts_with("f regex ") && !condition.contains("u{0000}"), "{}", condition);
            return Ok(());
        }
        let read = condition.strip_prefix("f == ").and_then(literal);
        prop_assert_eq!(read, Some((text, "")), "{}", condition);
    }

    #[test]
    fn expressions_stay_in_their_literals(source in "[\"\\\\a.*\n]{1,8}|.{1,12}") {
        let regex = Regex { source: source.clone(), syntax: Syntax::Lucene, case: Case::Exact, rust: None };
        let condition = condition("f", Test::Regex(regex));
        if source.contains('\0') {
            prop_assert_eq!(condition, None);
            return Ok(());
        }
        let condition = condition.expect("a query");
        let read = condition.strip_prefix("f regex ").and_then(literal);
        prop_assert_eq!(read, Some((source, "")), "{}", condition);
    }

    #[test]
    fn names_stay_names(field in "[a-zA-Z_][a-zA-Z0-9_.\\- ]{0,6}|.{1,6}|[`.\"\\\\a|]{1,6}|where|a\\.(in|not|null)|@[a@]{1,3}") {
        let Some(condition) = condition(&field, exact("value")) else { return Ok(()) };
        prop_assert_eq!(name(&condition), Some((field, " == \"value\"")), "{}", condition);
    }

    #[test]
    fn a_rule_name_stays_a_comment(name in "(?s).{0,20}|[a\n\r\u{85}\u{2028}|]{0,8}") {
        let predicate = Expr::field(Path::new("f"), exact("x"), Span::default());
        let text = compile(&name, &ir(predicate, BTreeMap::new())).text.expect("a query");
        let lines: Vec<&str> = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}']).collect();
        prop_assert_eq!(lines.len(), 4);
        prop_assert!(lines[..2].iter().all(|line| line.starts_with("// ")));
        prop_assert!(lines[2].starts_with("any where "));
    }

    #[test]
    fn literal_wildcards_become_an_expression_of_the_same_language(
        glob in "[ab*?.\\\\#@~]{1,6}", text in "[ab.\\\\AB*?\n#@~]{0,6}", fold in any::<bool>(),
    ) {
        let case = if fold { Case::Fold } else { Case::Exact };
        // Letters `a` and `b` become wildcards, so that `*` and `?` are literal.
        let pieces = glob.chars().map(|c| match c {
            'a' => Piece::AnyRun,
            'b' => Piece::AnyChar,
            other => Piece::Literal(other.to_string()),
        });
        let pattern = Pattern::new([Piece::AnyChar, Piece::Literal("*".to_owned())].into_iter().chain(pieces), case);
        let expected = pattern.matches(&text);
        let condition = condition("f", Test::Text(pattern)).expect("a query");
        let operator = if fold { "f regex~ " } else { "f regex " };
        let (expression, _) = condition.strip_prefix(operator).and_then(literal).expect("an expression");
        let read = Regex::lucene(&expression, case).expect("an expression of Lucene's");
        prop_assert_eq!(read.matches(&text), expected, "{}", condition);
    }

    #[test]
    fn a_search_becomes_an_expression_of_the_same_language(
        source in prop::collection::vec(
            prop::sample::select(vec![
                "a", "b", "-", ".", "x", "[ab]", "[^a]", "(?:a|-)", "(?:ab)?", "a*", "(?:-|^)", "(?:b|$)", "^", "$", "\\b", "\\B", "\\s", "\\w+",
                "(?:a|b){2}", "(?m:^)", "(?m:$)", "\\.", "\n", "#", "(?i:a)",
            ]),
            1..6,
        ),
        flags in prop::sample::select(vec!["", "(?i)", "(?s)"]),
        texts in prop::collection::vec("[abAB\\-. \n#x]{0,6}", 1..12),
    ) {
        let source = format!("{flags}{}", source.concat());
        let Ok(regex) = Regex::sigma(&source, verdict_compiler::ir::regex::sigma::Flags::default()) else { return Ok(()) };
        let Some(condition) = condition("f", Test::Regex(regex.clone())) else { return Ok(()) };
        if condition == "true" || condition == "false" { return Ok(()); }
        let (case, rest) = match condition.strip_prefix("f regex~ ") {
            Some(rest) => (Case::Fold, rest),
            None => (Case::Exact, condition.strip_prefix("f regex ").expect("a regular expression")),
        };
        let (expression, _) = literal(rest).expect("a literal");
        let read = Regex::lucene(&expression, case).expect("an expression of Lucene's");
        for text in texts {
            prop_assert_eq!(read.matches(&text), regex.matches(&text), "{} as {} on {:?}", source, condition, text);
        }
    }
}
