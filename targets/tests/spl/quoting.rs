//! Nothing that a rule holds can leave its literal, its name or its comment.
//!
//! The reader below is written from Splunk's lexical rules ("Quotes and escaping characters" of the search command) and shares nothing
//! with the writer: inside quotes `\\`, `\"` and `\|` stand for one character, every other backslash for itself; outside, a pipe ends
//! a command, a bracket begins a subsearch, a backtick a macro.

use super::{compile, ir};
use proptest::prelude::*;
use std::collections::BTreeMap;
use verdict_compiler::Span;
use verdict_compiler::ir::{AnyText, Case, Expr, LeafKind, Pattern, Piece, Regex, Test};
use verdict_event::{FieldSchema, FieldType, Path};

/// A piece of a query.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// What stood in quotes, decoded, with the quote.
    Quoted(char, String),
    /// A run of other characters, without blanks.
    Bare(String),
    /// A parenthesis, a comma or a pipe.
    Sign(char),
}

/// A query without its comments as tokens; None where something is left open, or where Splunk would do more than read.
fn tokens(query: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = query.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            ' ' | '\n' => {}
            '(' | ')' | ',' | '|' => found.push(Token::Sign(c)),
            '[' | ']' | '`' => return None,
            '"' | '\'' => {
                let mut value = String::new();
                loop {
                    match rest.next()? {
                        end if end == c => break,
                        // Read before any quote is: a macro, a token of a dashboard.
                        '`' | '$' | '\n' | '\r' => return None,
                        '\\' if c == '"' => match rest.peek() {
                            Some('\\' | '"' | '|') => value.extend(rest.next()),
                            _ => value.push('\\'),
                        },
                        other => value.push(other),
                    }
                }
                found.push(Token::Quoted(c, value));
            }
            other => {
                let mut word = String::from(other);
                while let Some(next) = rest.next_if(|next| !" \n(),|[]`\"'".contains(*next)) {
                    word.push(next);
                }
                found.push(Token::Bare(word));
            }
        }
    }
    Some(found)
}

fn query(leaf: Expr, fields: BTreeMap<Path, FieldSchema>) -> Option<String> {
    let text = compile("x", &ir(leaf, fields)).text?;
    let lines = text.lines().skip_while(|line| line.starts_with("```"));
    Some(lines.collect::<Vec<_>>().join("\n"))
}

fn keyword_field() -> BTreeMap<Path, FieldSchema> {
    BTreeMap::from([(Path::new("f"), FieldSchema::new(FieldType::Keyword))])
}

fn of_pattern(pattern: Pattern) -> Expr {
    Expr::field(Path::new("f"), Test::Text(pattern), Span::default())
}

/// The expression that a condition searches.
fn expression(tokens: &[Token]) -> Option<String> {
    let at = tokens
        .iter()
        .position(|token| matches!(token, Token::Bare(word) if word == "mvfind"))?;
    match tokens.get(at..)? {
        [
            _,
            Token::Sign('('),
            Token::Quoted('\'', _),
            Token::Sign(','),
            Token::Quoted('"', text),
            ..,
        ] => Some(text.clone()),
        _ => None,
    }
}

#[test]
fn the_reader_reads_what_the_documentation_shows() {
    let read = |text: &str| tokens(text);
    let quoted = |text: &str| Some(vec![Token::Quoted('"', text.to_owned())]);
    assert_eq!(read(r#""a \" b""#), quoted("a \" b"));
    assert_eq!(read(r#""\s \\s \| \\""#), quoted(r"\s \s | \"));
    assert_eq!(read(r#""C:\""#), None);
    assert_eq!(read("a | b [c]"), None);
}

/// What a query of one leaf must be: one comparison that says the text, or a condition whose expression finds it and nothing shorter.
fn assert_said(text: &str, pattern: Pattern, glob: &str) -> Result<(), TestCaseError> {
    let query = query(of_pattern(pattern), keyword_field()).expect("a query");
    let tokens = tokens(&query);
    prop_assert!(tokens.is_some(), "{}", query);
    let tokens = tokens.unwrap_or_default();
    if !query.contains("| where") {
        let [Token::Bare(field), Token::Quoted('"', value)] = tokens.as_slice() else {
            return Err(TestCaseError::fail(query));
        };
        prop_assert_eq!(field, "f=");
        prop_assert_eq!(value, glob);
        prop_assert!(!text.contains('*'));
        return Ok(());
    }
    let expression = expression(&tokens).expect("an expression");
    let compiled = regex::Regex::new(&expression).expect("an expression");
    prop_assert!(compiled.is_match(text), "{}", query);
    let mut shorter = text.to_owned();
    if shorter.pop().is_some() {
        prop_assert!(!compiled.is_match(&shorter), "{}", query);
    }
    Ok(())
}

const TEXTS: &str =
    "\\PC{1,12}|[\"'\\\\@`$*?a\n\r\t\u{0}-\u{20}\u{2028}\u{85}/|;\\[\\](){}]{1,8}|(?s:.{1,12})";

proptest! {
    #[test]
    fn texts_stay_in_their_literals(text in TEXTS) {
        assert_said(&text, Pattern::literal(text.as_str(), Case::Fold), &text)?;
    }

    #[test]
    fn parts_of_texts_stay_in_their_literals(text in TEXTS) {
        let pattern = Pattern::literal(text.as_str(), Case::Fold).widened(true, true);
        assert_said(&text, pattern, &format!("*{text}*"))?;
    }

    #[test]
    fn cased_texts_stay_in_their_literals(text in TEXTS) {
        let query = query(of_pattern(Pattern::literal(text.as_str(), Case::Exact)), keyword_field()).expect("a query");
        let tokens = tokens(&query);
        prop_assert!(tokens.is_some(), "{}", query);
        let tokens = tokens.unwrap_or_default();
        if let [Token::Bare(case), Token::Sign('('), Token::Bare(word), Token::Sign(')')] = tokens.as_slice() {
            prop_assert_eq!(case, "f=CASE");
            prop_assert_eq!(word, &text);
        } else if let Some(expression) = expression(&tokens) {
            prop_assert!(regex::Regex::new(&expression).expect("an expression").is_match(&text));
        } else {
            prop_assert_eq!(tokens, vec![Token::Bare("f=".to_owned()), Token::Quoted('"', text)]);
        }
    }

    #[test]
    fn keywords_stay_in_their_literals(text in TEXTS, regex in any::<bool>()) {
        let keyword = if regex {
            match Regex::sigma(&regex_syntax::escape(&text), verdict_compiler::ir::regex::sigma::Flags::default()) {
                Ok(regex) => AnyText::Regex(regex),
                Err(_) => return Ok(()),
            }
        } else {
            AnyText::Pattern(Pattern::literal(text, Case::Fold).widened(true, true))
        };
        let leaf = Expr::leaf(LeafKind::AnyText(keyword), Span::default());
        let query = query(leaf, BTreeMap::new()).expect("a query");
        let tokens = tokens(&query);
        prop_assert!(tokens.is_some(), "{}", query);
        let pipes = tokens.unwrap_or_default().into_iter().filter(|token| *token == Token::Sign('|')).count();
        prop_assert!(pipes <= 1, "{}", query);
    }

    #[test]
    fn names_stay_names(name in "[a-zA-Z_][a-zA-Z0-9_.\\- ]{0,6}|.{0,6}|[\\['\"\\]\\\\a|{}@$`]{1,6}", whole in any::<bool>()) {
        let test = if whole { "value" } else { "100*" };
        let leaf = Expr::field(Path::new(name.as_str()), Test::Text(Pattern::literal(test, Case::Fold)), Span::default());
        let Some(query) = query(leaf, BTreeMap::new()) else { return Ok(()) };
        let tokens = tokens(&query);
        prop_assert!(tokens.is_some(), "{}", query);
        let tokens = tokens.unwrap_or_default();
        let first = match tokens.as_slice() {
            [Token::Bare(field), Token::Quoted('"', _), ..] => field.strip_suffix('=').map(str::to_owned),
            [Token::Quoted('"', field), Token::Bare(equals), Token::Quoted('"', _), ..] if equals == "=" => Some(field.clone()),
            // A name that means something else there is read by `where` alone.
            [Token::Bare(all), Token::Sign('|'), ..] if all == "*" => Some(name.clone()),
            _ => None,
        };
        prop_assert_eq!(first.as_ref(), Some(&name), "{}", query);
        for token in &tokens {
            if let Token::Quoted('\'', field) = token {
                prop_assert_eq!(field, &name);
            }
        }
    }

    #[test]
    fn a_rule_name_stays_a_comment(name in "(?s).{0,20}|[a\n\r\u{85}\u{2028}`|]{0,8}") {
        let leaf = Expr::field(Path::new("f"), Test::AnyValue, Span::default());
        let text = compile(&name, &ir(leaf, BTreeMap::new())).text.expect("a query");
        let lines: Vec<&str> = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}', '\u{b}', '\u{c}']).collect();
        prop_assert_eq!(lines.len(), 5);
        for line in lines.iter().take(3) {
            let inside = line.strip_prefix("``` ").and_then(|line| line.strip_suffix(" ```"));
            prop_assert!(inside.is_some_and(|inside| !inside.contains('`')), "{}", text);
        }
        prop_assert_eq!(lines.get(3), Some(&"f=*"));
    }

    #[test]
    fn wildcards_become_an_expression_of_the_same_language(
        glob in "[ab*?.\\\\]{1,6}", text in "[ab.\\\\AB\n]{0,6}", fold in any::<bool>(),
    ) {
        let case = if fold { Case::Fold } else { Case::Exact };
        let pattern = super::notation::glob(&format!("x{glob}*?"), case);
        let expected = pattern.matches(&text);
        let query = query(of_pattern(pattern), keyword_field()).expect("a query");
        let expression = tokens(&query).as_deref().and_then(expression).expect("an expression");
        prop_assert_eq!(regex::Regex::new(&expression).expect("an expression").is_match(&text), expected);
    }

    #[test]
    fn expressions_keep_their_language(
        source in "(\\(\\?[ims]\\))?([ab.^$|]|\\\\[dws]|[*+?]\\??|\\(|\\)|\\[[ab\\\\]-?[bc]\\]){1,8}|[ -~]{1,10}",
        texts in proptest::collection::vec("[abAB1 _.$|\n\\\\\"`]{0,6}", 8),
    ) {
        let Ok(regex) = Regex::sigma(&source, verdict_compiler::ir::regex::sigma::Flags::default()) else { return Ok(()) };
        let leaf = Expr::field(Path::new("f"), Test::Regex(regex.clone()), Span::default());
        let Some(query) = query(leaf, keyword_field()) else { return Ok(()) };
        let tokens = tokens(&query);
        prop_assert!(tokens.is_some(), "{}", query);
        let expression = tokens.as_deref().and_then(expression).expect("an expression");
        // Rust's `regex` reads what is emitted, but for what looks around.
        let Ok(compiled) = regex::Regex::new(&expression) else {
            prop_assert!(expression.contains("(?<") || expression.contains("(?!"), "{}", expression);
            return Ok(());
        };
        for text in &texts {
            prop_assert_eq!(compiled.is_match(text), regex.matches(text), "{} {:?}", expression, text);
        }
    }
}

#[test]
fn any_runs_of_pieces_are_one_comparison() {
    let pattern = Pattern::new(
        [
            Piece::AnyRun,
            Piece::Literal(r"C:\".to_owned()),
            Piece::AnyRun,
        ],
        Case::Fold,
    );
    let query = query(of_pattern(pattern), keyword_field());
    assert_eq!(query.as_deref(), Some(r#"f="*C:\\*""#));
}
