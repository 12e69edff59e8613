//! Text to tokens.
//!
//! Kusto docs: scalar-data-types/string, entity-names. Which escapes exist was measured with the vendor's parser.

mod number;
mod string;

use super::ast::Span;
use super::literal::{Literal, literal_type};
use super::value::Type;
use crate::QueryError;

/// A token and its bytes.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// What a token is.
#[derive(Clone, Debug)]
pub(super) enum TokenKind {
    /// A bare word: a name, a keyword or a word operator, `!has` and `in~` included.
    Word(String),
    /// A number or timespan.
    Literal(Literal),
    /// A string literal, before neighbours are joined.
    Text(String),
    /// `datetime(...)` and its kin, with the raw text between the parentheses.
    Typed(Type, String),
    /// An operator or a bracket.
    Sign(&'static str),
    End,
}

/// Longest first, so that `<=` is not read as `<`.
const SIGNS: [&str; 28] = [
    "..", "==", "!=", "=~", "!~", "<=", ">=", "=>", "<>", "(", ")", "[", "]", "{", "}", ",", ";",
    "|", ".", "+", "-", "*", "/", "%", "<", ">", "=", ":",
];

/// All tokens, the last of them `End`; every fault that was found on the way.
pub(super) fn lex(text: &str) -> (Vec<Token>, Vec<QueryError>) {
    let mut lexer = Lexer {
        text,
        at: 0,
        errors: Vec::new(),
    };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_blanks();
        let start = lexer.at;
        let Some(first) = lexer.peek() else {
            let end = text.len();
            tokens.push(Token {
                kind: TokenKind::End,
                span: end..end,
            });
            return (tokens, lexer.errors);
        };
        if let Some(kind) = lexer.token(first) {
            tokens.push(Token {
                kind,
                span: start..lexer.at,
            });
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    errors: Vec<QueryError>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn error(&mut self, message: impl Into<String>, span: Span) {
        self.errors.push(QueryError::new(message, span));
    }

    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with("//") {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    /// The token that starts with this letter; none after a fault.
    fn token(&mut self, first: char) -> Option<TokenKind> {
        if let Some(opening) = string::opening(self.rest()) {
            return self.string(opening);
        }
        if first.is_ascii_digit() {
            return self.number();
        }
        if is_name_start(first) {
            return Some(self.word());
        }
        if let Some(word) = self.negated_word() {
            return Some(TokenKind::Word(word));
        }
        for sign in SIGNS {
            if self.rest().starts_with(sign) {
                self.at += sign.len();
                return Some(TokenKind::Sign(sign));
            }
        }
        let start = self.at;
        self.bump();
        self.error(format!("unexpected character `{first}`"), start..self.at);
        None
    }

    fn name(&mut self) -> String {
        let rest = self.rest();
        let len = rest
            .find(|letter| !is_name_part(letter))
            .unwrap_or(rest.len());
        self.at += len;
        rest.get(..len).unwrap_or("").to_owned()
    }

    fn word(&mut self) -> TokenKind {
        let mut word = self.name();
        if word == "in" && self.rest().starts_with('~') {
            self.at += 1;
            word.push('~');
        }
        if let Some(kind) = literal_type(&word)
            && let Some(raw) = self.parenthesised()
        {
            return TokenKind::Typed(kind, raw);
        }
        TokenKind::Word(word)
    }

    /// `!has`, `!in~`: a word operator with its negation.
    fn negated_word(&mut self) -> Option<String> {
        let rest = self.rest().strip_prefix('!')?;
        if !rest.chars().next().is_some_and(is_name_start) {
            return None;
        }
        self.at += 1;
        let mut word = format!("!{}", self.name());
        if word == "!in" && self.rest().starts_with('~') {
            self.at += 1;
            word.push('~');
        }
        Some(word)
    }

    /// The raw text in parentheses that follows a literal's type; nothing is taken if none follows.
    fn parenthesised(&mut self) -> Option<String> {
        let rest = self.rest();
        let inner = rest.trim_start().strip_prefix('(')?;
        let close = inner.find([')', '(', '\n'])?;
        if !inner.get(close..)?.starts_with(')') {
            return None;
        }
        self.at += rest.len() - inner.len() + close + 1;
        inner.get(..close).map(str::to_owned)
    }
}

fn is_name_start(letter: char) -> bool {
    letter.is_ascii_alphabetic() || letter == '_' || letter == '$'
}

fn is_name_part(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == '$'
}
