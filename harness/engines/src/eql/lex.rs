//! Text to tokens.
//!
//! Every fault is kept and reading goes on behind it, so that the parser can report its own faults beside them.
//! Source: the lexer rules of the EQL grammar, and the documentation's syntax page for strings and comments.

mod text;

use super::ast::Span;
use crate::QueryError;
use std::iter::Peekable;
use std::str::CharIndices;

/// A token with its place.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) span: Span,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A bare word: keyword, field part or function name.
    Word(String),
    /// A word with `~` directly behind it; the text is without it.
    Tilde(String),
    /// A name in backticks.
    Quoted(String),
    Text(String),
    /// Digits only.
    Integer(String),
    /// A decimal in JSON's form.
    Decimal(String),
    /// `== != < <= > >= = : + - * / % . , ( ) [ ] | ? !`
    Sign(&'static str),
    End,
}

/// Signs, longer ones first.
const SIGNS: [&str; 21] = [
    "==", "!=", "<=", ">=", "<", ">", "=", ":", "+", "-", "*", "/", "%", ".", ",", "(", ")", "[",
    "]", "|", "?",
];

/// Reads a whole text. The last token is always [`Kind::End`].
pub(crate) fn lex(text: &str) -> (Vec<Token>, Vec<QueryError>) {
    let mut lexer = Lexer {
        text,
        chars: text.char_indices().peekable(),
        tokens: Vec::new(),
        errors: Vec::new(),
    };
    while let Some((at, c)) = lexer.peek() {
        lexer.token(at, c);
    }
    let end = text.len();
    lexer.push(Kind::End, end);
    (lexer.tokens, lexer.errors)
}

struct Lexer<'t> {
    text: &'t str,
    chars: Peekable<CharIndices<'t>>,
    tokens: Vec<Token>,
    errors: Vec<QueryError>,
}

impl<'t> Lexer<'t> {
    fn peek(&mut self) -> Option<(usize, char)> {
        self.chars.peek().copied()
    }

    /// The byte that reading stands at.
    fn here(&mut self) -> usize {
        self.peek().map_or(self.text.len(), |(at, _)| at)
    }

    fn rest(&mut self) -> &'t str {
        let here = self.here();
        self.text.get(here..).unwrap_or("")
    }

    fn slice(&self, span: Span) -> &'t str {
        self.text.get(span).unwrap_or("")
    }

    fn skip(&mut self, bytes: usize) {
        let target = self.here() + bytes;
        while self.peek().is_some_and(|(at, _)| at < target) {
            self.chars.next();
        }
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) {
        while self.peek().is_some_and(|(_, c)| wanted(c)) {
            self.chars.next();
        }
    }

    fn push(&mut self, kind: Kind, start: usize) {
        let end = self.here();
        self.tokens.push(Token {
            kind,
            span: start..end,
        });
    }

    fn fault(&mut self, message: impl Into<String>, span: Span, hint: Option<&str>) {
        let error = QueryError::new(message, span);
        self.errors.push(match hint {
            Some(hint) => error.hint(hint),
            None => error,
        });
    }

    fn token(&mut self, at: usize, c: char) {
        let rest = self.rest();
        match c {
            ' ' | '\t' | '\r' | '\n' => {
                self.chars.next();
            }
            _ if rest.starts_with("//") => self.take_while(|c| c != '\n' && c != '\r'),
            _ if rest.starts_with("/*") => self.block_comment(at),
            _ if rest.starts_with("\"\"\"") => self.raw_text(at),
            '"' => self.text(at),
            '\'' => self.single_quotes(at),
            '`' => self.quoted_name(at),
            _ if rest.starts_with("?\"") || rest.starts_with("?'") => self.old_raw_text(at),
            'a'..='z' | 'A'..='Z' | '_' | '@' => self.word(at),
            '0'..='9' => self.number(at),
            '.' if rest
                .get(1..)
                .is_some_and(|tail| tail.starts_with(|c: char| c.is_ascii_digit())) =>
            {
                self.number(at);
            }
            _ => self.sign(at, c),
        }
    }

    /// A comment ends at the first `*/`: the grammar lets comments nest, but matches as little as it can.
    fn block_comment(&mut self, start: usize) {
        self.skip(2);
        let rest = self.rest();
        if let Some(length) = rest.find("*/") {
            self.skip(length + 2);
        } else {
            self.skip(rest.len());
            self.fault("the comment has no end", start..self.text.len(), None);
        }
    }

    fn word(&mut self, start: usize) {
        self.chars.next();
        self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
        let end = self.here();
        let word = self.slice(start..end).to_owned();
        if self.peek().is_some_and(|(_, c)| c == '~') {
            self.chars.next();
            self.push(Kind::Tilde(word), start);
        } else {
            self.push(Kind::Word(word), start);
        }
    }

    /// Digits, then a fraction and an exponent. `5.` and `.5` are decimals too.
    fn number(&mut self, start: usize) {
        let digit = |c: char| c.is_ascii_digit();
        self.take_while(digit);
        let whole = self.slice(start..self.here_of()).to_owned();
        let mut fraction = None;
        if self.peek().is_some_and(|(_, c)| c == '.') {
            self.chars.next();
            let from = self.here();
            self.take_while(digit);
            fraction = Some(self.slice(from..self.here_of()).to_owned());
        }
        let exponent = self.exponent();
        let or_zero = |part: &str| {
            if part.is_empty() {
                "0".to_owned()
            } else {
                part.to_owned()
            }
        };
        let kind = match (fraction, exponent) {
            (None, "") => Kind::Integer(whole),
            (None, exponent) => Kind::Decimal(format!("{whole}{exponent}")),
            (Some(fraction), exponent) => Kind::Decimal(format!(
                "{}.{}{exponent}",
                or_zero(&whole),
                or_zero(&fraction)
            )),
        };
        self.push(kind, start);
    }

    fn here_of(&self) -> usize {
        self.chars
            .clone()
            .peek()
            .map_or(self.text.len(), |(at, _)| *at)
    }

    fn exponent(&mut self) -> &'t str {
        let rest = self.rest();
        let Some(tail) = rest.strip_prefix(['e', 'E']) else {
            return "";
        };
        let unsigned = tail.strip_prefix(['+', '-']).unwrap_or(tail);
        let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return "";
        }
        let length = rest.len() - unsigned.len() + digits;
        self.skip(length);
        rest.get(..length).unwrap_or("")
    }

    fn sign(&mut self, start: usize, c: char) {
        let rest = self.rest();
        if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            self.skip(sign.len());
            self.push(Kind::Sign(sign), start);
        } else if c == '!' {
            self.chars.next();
            self.push(Kind::Sign("!"), start);
        } else {
            self.chars.next();
            let end = self.here();
            self.fault(format!("`{c}` has no place in a query"), start..end, None);
        }
    }
}
