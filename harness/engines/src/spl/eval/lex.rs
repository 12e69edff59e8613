//! Tokens of an eval expression.

use super::super::ast::Span;
use super::super::quoted;
use crate::QueryError;

/// A token and its place.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Span,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number(String),
    /// `"text"`.
    Text(String),
    /// `'a field'`.
    Field(String),
    Word(String),
    Sign(&'static str),
}

const SIGNS: [&str; 19] = [
    "==", "!=", "<=", ">=", "=", "<", ">", "(", ")", ",", ".", "+", "-", "*", "/", "%", "!", "{",
    "}",
];

/// The tokens of a part of the text.
pub(super) fn lex(code: &str, part: Span) -> Result<Vec<Token>, QueryError> {
    let mut tokens = Vec::new();
    let mut at = part.start;
    while let Some(letter) = code.get(at..part.end).and_then(|rest| rest.chars().next()) {
        if letter.is_whitespace() {
            at += letter.len_utf8();
            continue;
        }
        let rest = code.get(at..part.end).unwrap_or_default();
        let (kind, taken) = token(rest, letter, at)?;
        tokens.push(Token {
            kind,
            span: at..at + taken,
        });
        at += taken;
    }
    Ok(tokens)
}

fn token(rest: &str, letter: char, at: usize) -> Result<(Kind, usize), QueryError> {
    let body = rest.get(1..).unwrap_or_default();
    let unclosed = || QueryError::new("the quotation mark is never closed", at..at + 1);
    match letter {
        '"' => {
            let (said, taken) = quoted::read(body, '"').ok_or_else(unclosed)?;
            Ok((Kind::Text(said), taken + 1))
        }
        '\'' => {
            let end = body.find('\'').ok_or_else(unclosed)?;
            let name = body.get(..end).unwrap_or_default();
            // How a quote or a backslash is written in such a name no page says.
            if name.is_empty() || name.contains(['\\', '"']) {
                let message = "this is no name of a field";
                return Err(QueryError::new(message, at..at + end + 2));
            }
            Ok((Kind::Field(name.to_owned()), end + 2))
        }
        '0'..='9' => number(rest, at),
        letter if letter.is_ascii_alphabetic() || letter == '_' => {
            let ends = |letter: char| !(letter.is_ascii_alphanumeric() || letter == '_');
            let taken = rest.find(ends).unwrap_or(rest.len());
            let word = rest.get(..taken).unwrap_or_default();
            Ok((Kind::Word(word.to_owned()), taken))
        }
        _ => SIGNS
            .into_iter()
            .find(|sign| rest.starts_with(sign))
            .map(|sign| (Kind::Sign(sign), sign.len()))
            .ok_or_else(|| {
                QueryError::new(format!("unexpected `{letter}`"), at..at + letter.len_utf8())
                    .hint("names that hold other characters than letters, digits and `_` stand in single quotes")
            }),
    }
}

/// Digits with a fraction. A name that begins with a digit needs single quotes (Search Reference, where).
fn number(rest: &str, at: usize) -> Result<(Kind, usize), QueryError> {
    let digits = |text: &str| {
        text.find(|letter: char| !letter.is_ascii_digit())
            .unwrap_or(text.len())
    };
    let mut taken = digits(rest);
    if let Some(fraction) = rest.get(taken..).and_then(|rest| rest.strip_prefix('.')) {
        let length = digits(fraction);
        if length > 0 {
            taken += 1 + length;
        }
    }
    let next = rest.get(taken..).and_then(|rest| rest.chars().next());
    if next.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
        return Err(
            QueryError::new("a name that begins with a digit", at..at + taken + 1)
                .hint("write it in single quotes"),
        );
    }
    let text = rest.get(..taken).unwrap_or_default();
    Ok((Kind::Number(text.to_owned()), taken))
}
