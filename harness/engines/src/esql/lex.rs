//! Text to tokens.
//!
//! Source: elasticsearch, `EsqlBaseLexer.g4` and `lexer/{Expression,From,Project}.g4`: a command's first word decides how the
//! rest of it is read, up to the next pipe.

mod text;

use super::ast::Span;
use crate::QueryError;

/// A token and its bytes.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// The first word of a command, in lower case.
    Command(String),
    /// A bare word, as it was written: a name, a keyword, a unit.
    Word(String),
    /// A name between backticks.
    Quoted(String),
    Text(String),
    Integer(String),
    Decimal(String),
    /// The name of an index.
    Source(String),
    /// A name of `KEEP` or `DROP`, in pieces.
    Pattern(Vec<String>),
    /// An operator or a bracket.
    Sign(&'static str),
    Pipe,
    End,
}

/// How the rest of a command is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Command,
    Expression,
    Source,
    /// `FROM ... METADATA`.
    Names,
    Pattern,
}

/// Longest first, so that `<=` is not read as `<`.
const SIGNS: [&str; 25] = [
    "::", "==", "=~", "!=", "<=", ">=", "??", "(", ")", "[", "]", "{", "}", ",", ".", "+", "-",
    "*", "/", "%", "<", ">", "=", ":", "?",
];

/// All tokens, the last of them `End`; every fault that was found on the way.
pub(super) fn lex(text: &str) -> (Vec<Token>, Vec<QueryError>) {
    let mut lexer = Lexer {
        text,
        at: 0,
        mode: Mode::Command,
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
    mode: Mode,
    errors: Vec<QueryError>,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// The longest run of such characters, taken.
    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let len = rest.find(|c| !fits(c)).unwrap_or(rest.len());
        self.at += len;
        rest.get(..len).unwrap_or("")
    }

    fn fault(&mut self, message: impl Into<String>, start: usize) {
        self.errors.push(QueryError::new(message, start..self.at));
    }

    /// Source: EsqlBaseLexer.g4: `LINE_COMMENT`, `MULTILINE_COMMENT` (which nests), `WS`.
    fn skip_blanks(&mut self) {
        loop {
            self.take_while(|c| matches!(c, ' ' | '\t' | '\r' | '\n'));
            if self.rest().starts_with("//") {
                self.take_while(|c| c != '\n' && c != '\r');
            } else if self.rest().starts_with("/*") {
                self.skip_block();
            } else {
                return;
            }
        }
    }

    fn skip_block(&mut self) {
        let start = self.at;
        let mut depth = 0_usize;
        loop {
            let rest = self.rest();
            if rest.starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if rest.starts_with("*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return;
                }
            } else if let Some(next) = rest.chars().next() {
                self.at += next.len_utf8();
            } else {
                self.fault("the comment is not closed", start);
                return;
            }
        }
    }

    fn token(&mut self, first: char) -> Option<TokenKind> {
        let start = self.at;
        if first == '|' {
            self.at += 1;
            self.mode = Mode::Command;
            return Some(TokenKind::Pipe);
        }
        match self.mode {
            Mode::Command => self.command(),
            Mode::Source => self.source(first),
            Mode::Pattern => self.pattern(first),
            Mode::Expression | Mode::Names => match first {
                '"' => self.quoted_text(),
                '`' => self.quoted_name(),
                '0'..='9' => Some(self.number()),
                '.' if self.digit_after(1) => Some(self.number()),
                'a'..='z' | 'A'..='Z' => {
                    let word = self.take_while(is_word).to_owned();
                    Some(TokenKind::Word(word))
                }
                // A lone `_` or `@` is no name.
                '_' | '@' => {
                    self.at += 1;
                    let tail = self.take_while(is_word);
                    if tail.is_empty() {
                        self.fault(format!("`{first}` alone is no name"), start);
                        return None;
                    }
                    Some(TokenKind::Word(format!("{first}{tail}")))
                }
                _ => self.sign(),
            },
        }
    }

    fn sign(&mut self) -> Option<TokenKind> {
        let start = self.at;
        let rest = self.rest();
        if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            self.at += sign.len();
            return Some(TokenKind::Sign(sign));
        }
        let odd = self.peek()?;
        self.at += odd.len_utf8();
        self.fault(format!("token recognition error at `{odd}`"), start);
        None
    }

    /// The word of a command, and the mode that comes with it.
    fn command(&mut self) -> Option<TokenKind> {
        let start = self.at;
        let word = self.take_while(is_word).to_ascii_lowercase();
        if word.is_empty() {
            let odd = self.peek()?;
            self.at += odd.len_utf8();
            self.fault(format!("expected a command, found `{odd}`"), start);
            return None;
        }
        self.mode = match word.as_str() {
            "from" => Mode::Source,
            "keep" | "drop" | "rename" => Mode::Pattern,
            _other => Mode::Expression,
        };
        Some(TokenKind::Command(word))
    }

    /// Source: lexer/From.g4: `UNQUOTED_SOURCE`, `QUOTED_STRING`, `METADATA`.
    fn source(&mut self, first: char) -> Option<TokenKind> {
        match first {
            '"' => self.quoted_text(),
            ',' | ':' | '[' | ']' | '(' | ')' | '=' => self.sign(),
            _ => {
                let start = self.at;
                let name = self.source_name();
                if name.is_empty() {
                    self.at += first.len_utf8();
                    self.fault(format!("token recognition error at `{first}`"), start);
                    return None;
                }
                if name.eq_ignore_ascii_case("metadata") {
                    self.mode = Mode::Names;
                    return Some(TokenKind::Word(name));
                }
                Some(TokenKind::Source(name))
            }
        }
    }

    /// `UNQUOTED_SOURCE_PART`: no blanks, brackets, quotes, commas or pipes; a slash only if it opens no comment.
    fn source_name(&mut self) -> String {
        let start = self.at;
        while let Some(next) = self.peek() {
            let ends = match next {
                ':' | '"' | '=' | '|' | ',' | '[' | ']' | '(' | ')' | '{' | '}' | ' ' | '\t'
                | '\r' | '\n' => true,
                '/' => self.rest().starts_with("//") || self.rest().starts_with("/*"),
                _ => false,
            };
            if ends {
                break;
            }
            self.at += next.len_utf8();
        }
        self.text.get(start..self.at).unwrap_or("").to_owned()
    }

    /// Source: lexer/Project.g4: `ID_PATTERN`, a run of name characters, `*` and names between backticks; parts are joined by dots.
    fn pattern(&mut self, first: char) -> Option<TokenKind> {
        let start = self.at;
        let mut pieces = vec![String::new()];
        loop {
            let add = match self.peek() {
                Some('`') => match self.quoted_name() {
                    Some(TokenKind::Quoted(name)) => name,
                    _ => return None,
                },
                Some('*') => {
                    self.at += 1;
                    pieces.push(String::new());
                    continue;
                }
                Some('.') if self.at > start => {
                    self.at += 1;
                    ".".to_owned()
                }
                Some('_' | '@' | 'a'..='z' | 'A'..='Z' | '0'..='9') => {
                    let at = self.at;
                    self.at += 1;
                    self.take_while(is_word);
                    self.text.get(at..self.at).unwrap_or("").to_owned()
                }
                _ => break,
            };
            if let Some(last) = pieces.last_mut() {
                last.push_str(&add);
            }
        }
        if self.at > start {
            return Some(TokenKind::Pattern(pieces));
        }
        if matches!(first, ',' | '=') {
            return self.sign();
        }
        self.at += first.len_utf8();
        self.fault(format!("token recognition error at `{first}`"), start);
        None
    }

    fn digit_after(&self, offset: usize) -> bool {
        self.rest()
            .as_bytes()
            .get(offset)
            .is_some_and(u8::is_ascii_digit)
    }

    /// Source: lexer/Expression.g4: `INTEGER_LITERAL`, `DECIMAL_LITERAL`.
    fn number(&mut self) -> TokenKind {
        let start = self.at;
        let digit = |c: char| c.is_ascii_digit();
        self.take_while(digit);
        let mut decimal = false;
        if self.peek() == Some('.') {
            decimal = true;
            self.at += 1;
            self.take_while(digit);
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            let signed = matches!(self.rest().as_bytes().get(1), Some(b'+' | b'-'));
            let skip = if signed { 2 } else { 1 };
            if self.digit_after(skip) {
                decimal = true;
                self.at += skip;
                self.take_while(digit);
            }
        }
        let text = self.text.get(start..self.at).unwrap_or("").to_owned();
        if decimal {
            TokenKind::Decimal(text)
        } else {
            TokenKind::Integer(text)
        }
    }
}

/// `UNQUOTED_ID_BODY`.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
