//! Strings, quoted names and numbers.

use super::{Kind, Lexer, Sign, codes};
use crate::span::Text;

/// A decoded text while it is read, with the anchors that lead back to the file.
#[derive(Default)]
struct Decoded {
    text: String,
    anchors: Vec<(usize, usize)>,
}

impl Decoded {
    /// Says that the next decoded byte stands at this offset of the file.
    fn anchor(&mut self, file: usize) {
        let at = self.text.len();
        match self.anchors.last_mut() {
            Some(last) if last.0 == at => last.1 = file,
            _ => self.anchors.push((at, file)),
        }
    }
}

impl Lexer<'_> {
    fn finish(&self, decoded: Decoded, start: usize) -> Kind {
        Kind::Text(Text::anchored(
            decoded.text,
            self.since(start),
            decoded.anchors,
        ))
    }

    /// A string in double or triple double quotes.
    pub(super) fn string(&mut self) -> Kind {
        let start = self.at;
        if self.eat("\"\"\"") {
            return self.raw(start, "\"\"\"");
        }
        self.bump();
        let mut decoded = Decoded::default();
        decoded.anchor(self.text.offset(self.at));
        loop {
            let plain = self.take_while(|c| !matches!(c, '"' | '\\' | '\n' | '\r'));
            decoded.text.push_str(plain);
            match self.peek() {
                Some('"') => {
                    self.bump();
                    break;
                }
                Some('\\') => {
                    self.escape(&mut decoded);
                    decoded.anchor(self.text.offset(self.at));
                }
                _ => {
                    self.report(
                        codes::UNTERMINATED,
                        self.text.locate(start, start + 1),
                        "string without an end on its line",
                        "opened here",
                        "close it with `\"`; write a line break as `\\n`",
                    );
                    break;
                }
            }
        }
        self.finish(decoded, start)
    }

    /// A string without escapes up to `end`; the opening is read.
    fn raw(&mut self, start: usize, end: &str) -> Kind {
        let mut decoded = Decoded::default();
        let found = self.rest().find(end);
        let stop = self.at + found.unwrap_or(self.rest().len());
        while self.at < stop {
            decoded.anchor(self.text.offset(self.at));
            let rest = self.text.text.get(self.at..stop).unwrap_or_default();
            let line = rest.find('\n').map_or(rest.len(), |len| len + 1);
            decoded.text.push_str(rest.get(..line).unwrap_or_default());
            self.at += line;
        }
        if !self.eat(end) {
            self.report(
                codes::UNTERMINATED,
                self.text.locate(start, start + end.len()),
                "string without an end",
                "opened here",
                &format!("close it with `{end}`"),
            );
        }
        if found.is_some() && decoded.text.contains(['\n', '\r']) {
            self.report(
                codes::UNTERMINATED,
                self.text.locate(start, start + end.len()),
                "string without an end on its line",
                "opened here, closed on another line",
                "write a line break as `\\n` in a string between double quotes",
            );
        }
        // Elasticsearch takes up to two more quotes as the text's own end.
        while end == "\"\"\"" && found.is_some() && self.eat("\"") {
            decoded.text.push('"');
        }
        self.finish(decoded, start)
    }

    /// A string in single quotes, or behind a `?`: both were legal once.
    pub(super) fn old_string(&mut self, start: usize) -> Kind {
        let quote = self.bump().unwrap_or('\'');
        let raw = self
            .text
            .text
            .get(start..)
            .is_some_and(|text| text.starts_with('?'));
        let mut decoded = Decoded::default();
        decoded.anchor(self.text.offset(self.at));
        let plain = self.take_while(|c| c != quote && c != '\n');
        decoded.text.push_str(plain);
        let ended = self.eat(quote.encode_utf8(&mut [0; 4]));
        let span = self.since(start);
        let hint = if raw {
            "write a raw string as `\"\"\"...\"\"\"`"
        } else {
            "write it between double quotes"
        };
        self.report(
            codes::OLD_STRING,
            span,
            "a string of an older EQL",
            if raw {
                "`?` no longer begins a raw string"
            } else {
                "single quotes no longer make a string"
            },
            hint,
        );
        if !ended {
            self.report(
                codes::UNTERMINATED,
                span,
                "string without an end on its line",
                "never closed",
                hint,
            );
        }
        self.finish(decoded, start)
    }

    /// A `?`: before a field, or the raw string of an older EQL.
    pub(super) fn question(&mut self) -> Kind {
        let start = self.at;
        self.bump();
        match self.peek() {
            Some('"' | '\'') => self.old_string(start),
            _ => Kind::Sign(Sign::Question),
        }
    }

    fn escape(&mut self, decoded: &mut Decoded) {
        let start = self.at;
        self.bump();
        let simple = match self.peek() {
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some(same @ ('\\' | '"')) => Some(same),
            Some('u') => {
                self.bump();
                let code = self.code_point();
                decoded.anchor(self.text.offset(start));
                decoded.text.push(code.unwrap_or('\u{fffd}'));
                if code.is_none() {
                    self.report(
                        codes::ESCAPE,
                        self.since(start),
                        "malformed Unicode escape",
                        "not a character",
                        "write `\\u{...}` with two to eight hexadecimal digits of a code point",
                    );
                }
                return;
            }
            _ => None,
        };
        decoded.anchor(self.text.offset(start));
        if let Some(c) = simple {
            self.bump();
            decoded.text.push(c);
            return;
        }
        let other = match self.peek() {
            Some('\n' | '\r') | None => None,
            Some(_) => self.bump(),
        };
        decoded.text.push('\\');
        decoded.text.extend(other);
        self.report(
            codes::ESCAPE,
            self.since(start),
            "unknown escape in a string",
            "no such escape",
            "write a backslash as `\\\\`, or the whole text between `\"\"\"` and `\"\"\"`, where a backslash is a backslash",
        );
    }

    /// `{hex}` of a Unicode escape. Elasticsearch takes none of zero.
    fn code_point(&mut self) -> Option<char> {
        if !self.eat("{") {
            return None;
        }
        let digits = self.take_while(|c| c.is_ascii_hexdigit());
        let closed = self.eat("}");
        let code = u32::from_str_radix(digits, 16).ok()?;
        let well_formed = closed && (2..=8).contains(&digits.len());
        char::from_u32(code).filter(|c| well_formed && *c != '\0')
    }

    /// A name in backticks; two of them are one.
    pub(super) fn quoted_name(&mut self) -> Kind {
        let start = self.at;
        self.bump();
        let mut name = String::new();
        loop {
            name.push_str(self.take_while(|c| c != '`' && c != '\n'));
            if self.eat("``") {
                name.push('`');
            } else if self.eat("`") {
                break;
            } else {
                self.report(
                    codes::UNTERMINATED,
                    self.text.locate(start, start + 1),
                    "quoted name without an end on its line",
                    "opened here",
                    "close it with a backtick",
                );
                break;
            }
        }
        Kind::Quoted(name)
    }

    /// A number: digits, a point, an exponent.
    pub(super) fn number(&mut self) -> Kind {
        let start = self.at;
        let digit = |c: char| c.is_ascii_digit();
        self.take_while(digit);
        let mut integer = true;
        if self.eat(".") {
            integer = false;
            self.take_while(digit);
        }
        let before = self.at;
        if self.eat("e") || self.eat("E") {
            let _ = self.eat("+") || self.eat("-");
            if self.take_while(digit).is_empty() {
                self.at = before;
            } else {
                integer = false;
            }
        }
        let text = self
            .text
            .text
            .get(start..self.at)
            .unwrap_or_default()
            .to_owned();
        if integer {
            Kind::Integer(text)
        } else {
            Kind::Decimal(text)
        }
    }
}
