//! Strings and quoted names.

use super::{Lexer, TokenKind};

impl Lexer<'_> {
    /// Source: lexer/Expression.g4: `QUOTED_STRING`. The only escapes are `\t \n \r \" \\`; anything else is an error.
    pub(super) fn quoted_text(&mut self) -> Option<TokenKind> {
        if self.rest().starts_with("\"\"\"") {
            return self.raw_text();
        }
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        loop {
            let Some(next) = self.peek() else {
                self.fault("the string is not closed", start);
                return None;
            };
            let at = self.at;
            self.at += next.len_utf8();
            match next {
                '"' => return Some(TokenKind::Text(value)),
                '\n' | '\r' => {
                    self.fault("a string ends on its line; use \"\"\"", start);
                    return None;
                }
                '\\' => match self.escape() {
                    Some(plain) => value.push(plain),
                    None => self.fault("the only escapes are \\t \\n \\r \\\" \\\\", at),
                },
                other => value.push(other),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let next = self.peek()?;
        let plain = match next {
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            '"' | '\\' => next,
            _ => return None,
        };
        self.at += 1;
        Some(plain)
    }

    /// `"""..."""`: no escapes. The first three quotes end it, and up to two quotes behind them belong to the text.
    fn raw_text(&mut self) -> Option<TokenKind> {
        let start = self.at;
        self.at += 3;
        let rest = self.rest();
        let Some(mut len) = rest.find("\"\"\"") else {
            self.at = self.text.len();
            self.fault("the string is not closed", start);
            return None;
        };
        // Source: lexer/Expression.g4: `(~[\r\n])*?`, so no line break.
        let value = rest.get(..len).unwrap_or("");
        let broken = value.contains(['\r', '\n']);
        for _ in 0..2 {
            if rest.as_bytes().get(len + 3) == Some(&b'"') {
                len += 1;
            }
        }
        let mut value = rest.get(..len).unwrap_or("").to_owned();
        if verdict_faults::at("esql/engine/raw-string-halves-backslashes") {
            value = value.replace("\\\\", "\\");
        }
        self.at += len + 3;
        if broken {
            self.fault("a string ends on its line", start);
            return None;
        }
        Some(TokenKind::Text(value))
    }

    /// Source: lexer/Expression.g4: `QUOTED_ID`; a backtick is doubled, and an empty name is none.
    pub(super) fn quoted_name(&mut self) -> Option<TokenKind> {
        let start = self.at;
        self.at += 1;
        let mut name = String::new();
        loop {
            let Some(next) = self.peek() else {
                self.fault("the name is not closed", start);
                return None;
            };
            self.at += next.len_utf8();
            if next != '`' {
                name.push(next);
            } else if self.peek() == Some('`') {
                self.at += 1;
                name.push('`');
            } else {
                break;
            }
        }
        if name.is_empty() {
            self.fault("a name is not empty", start);
            return None;
        }
        Some(TokenKind::Quoted(name))
    }
}
