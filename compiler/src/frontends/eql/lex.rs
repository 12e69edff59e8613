//! Text to tokens. Whatever does not lex is reported and mended or left out, so the parser always has a stream that ends with `End`.

mod literal;

use super::token::{Kind, Sign, Token};
use crate::codes::{Code, eql as codes};
use crate::diagnostic::Diagnostic;
use crate::span::{Span, Text};

/// The tokens of a query, the last one `End`.
pub(super) fn lex(text: &Text, findings: &mut Vec<Diagnostic>) -> Vec<Token> {
    let mut lexer = Lexer {
        text,
        at: 0,
        findings,
    };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.token() {
        tokens.push(token);
    }
    let end = text.text.len();
    tokens.push(Token {
        kind: Kind::End,
        span: text.locate(end, end),
    });
    tokens
}

struct Lexer<'t> {
    text: &'t Text,
    at: usize,
    findings: &'t mut Vec<Diagnostic>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn eat(&mut self, prefix: &str) -> bool {
        let eaten = self.rest().starts_with(prefix);
        if eaten {
            self.at += prefix.len();
        }
        eaten
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let len = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += len;
        rest.get(..len).unwrap_or_default()
    }

    fn since(&self, start: usize) -> Span {
        self.text.locate(start, self.at)
    }

    fn report(&mut self, code: Code, span: Span, message: &str, reason: &str, hint: &str) {
        self.findings
            .push(Diagnostic::error(code, span, message, reason).hint(hint));
    }

    fn token(&mut self) -> Option<Token> {
        loop {
            self.skip_blanks();
            let start = self.at;
            let c = self.peek()?;
            if let Some(kind) = self.kind(c) {
                return Some(Token {
                    kind,
                    span: self.since(start),
                });
            }
        }
    }

    /// Skips blanks and comments.
    fn skip_blanks(&mut self) {
        loop {
            self.take_while(char::is_whitespace);
            let start = self.at;
            if self.eat("//") {
                self.take_while(|c| c != '\n');
            } else if self.eat("/*") {
                if let Some(len) = self.rest().find("*/") {
                    self.at += len + 2;
                } else {
                    self.at = self.text.text.len();
                    self.report(
                        codes::UNTERMINATED,
                        self.text.locate(start, start + 2),
                        "comment without an end",
                        "opened here",
                        "close it with `*/`",
                    );
                }
            } else {
                return;
            }
        }
    }

    /// The token that begins with `c`; None if it was reported and left out.
    fn kind(&mut self, c: char) -> Option<Kind> {
        match c {
            '"' => Some(self.string()),
            '\'' => Some(self.old_string(self.at)),
            '?' => Some(self.question()),
            '`' => Some(self.quoted_name()),
            _ if c.is_ascii_digit() => Some(self.number()),
            '.' if self.digit_follows() => Some(self.number()),
            '&' if self.eat("&&") => Some(self.foreign_junction("and")),
            '|' if self.eat("||") => Some(self.foreign_junction("or")),
            _ if begins_name(c) => Some(self.word()),
            _ => self.sign(c),
        }
    }

    fn digit_follows(&self) -> bool {
        self.rest()
            .chars()
            .nth(1)
            .is_some_and(|next| next.is_ascii_digit())
    }

    fn word(&mut self) -> Kind {
        let name = self.take_while(|c| begins_name(c) || c.is_ascii_digit());
        Kind::Word {
            name: name.to_owned(),
            tilde: self.eat("~"),
        }
    }

    /// `&&` or `||`, just read: reported, and taken for the word that was meant.
    fn foreign_junction(&mut self, word: &str) -> Kind {
        self.report(
            codes::UNKNOWN_CHARACTER,
            self.since(self.at - 2),
            "an operator of other languages",
            "means nothing here",
            &format!("write `{word}`"),
        );
        Kind::Word {
            name: word.to_owned(),
            tilde: false,
        }
    }

    fn sign(&mut self, c: char) -> Option<Kind> {
        let start = self.at;
        self.bump();
        let sign = match c {
            '=' if self.eat("=") => Sign::Equal,
            '=' => Sign::Assign,
            '!' if self.eat("=") => Sign::NotEqual,
            '!' => Sign::Bang,
            '<' if self.eat("=") => Sign::LessOrEqual,
            '<' => Sign::Less,
            '>' if self.eat("=") => Sign::GreaterOrEqual,
            '>' => Sign::Greater,
            '+' => Sign::Plus,
            '-' => Sign::Minus,
            '*' => Sign::Times,
            '/' => Sign::Slash,
            '%' => Sign::Percent,
            ':' => Sign::Colon,
            ',' => Sign::Comma,
            '.' => Sign::Dot,
            '|' => Sign::Pipe,
            '(' => Sign::Open,
            ')' => Sign::Close,
            '[' => Sign::OpenBracket,
            ']' => Sign::CloseBracket,
            other => {
                self.strange(other, start);
                return None;
            }
        };
        Some(Kind::Sign(sign))
    }

    /// Reports a run of one character that begins no token.
    fn strange(&mut self, c: char, start: usize) {
        self.take_while(|next| next == c);
        let hint = match c {
            '&' => "write `and`",
            '~' => "a `~` stands right behind a word, without a space: `like~`",
            '\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}' => {
                "strings stand between straight double quotes"
            }
            _ => {
                "put names with other characters between backticks, and text between double quotes"
            }
        };
        self.report(
            codes::UNKNOWN_CHARACTER,
            self.since(start),
            &format!("character {c:?} means nothing here"),
            "no token begins so",
            hint,
        );
    }
}

fn begins_name(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || c == '@'
}
