//! Strings and quoted names. Source: the documentation's syntax page.

use super::{Kind, Lexer};

impl Lexer<'_> {
    /// `"""..."""`: nothing is an escape. Up to two quotes more may stand at its end and belong to the text.
    pub(super) fn raw_text(&mut self, start: usize) {
        self.skip(3);
        let body = self.rest();
        // Source: elasticsearch, EqlBase.g4, STRING: between the quotes stands anything but an end of line.
        let line = body.find(['\n', '\r']).unwrap_or(body.len());
        let line = body.get(..line).unwrap_or(body);
        let Some(length) = line.find("\"\"\"") else {
            self.fault(
                "the raw string has no end on its line",
                start..start + 3 + line.len(),
                Some("close it with `\"\"\"`; only `\"...\"` can say an end of line, `\\n`"),
            );
            self.skip(line.len());
            return;
        };
        let quotes = body
            .get(length..)
            .unwrap_or("")
            .bytes()
            .take_while(|byte| *byte == b'"')
            .count();
        let length = length + (quotes - 3).min(2);
        let mut text = body.get(..length).unwrap_or("").to_owned();
        if verdict_faults::at("eql/engine/raw-string-halves-backslashes") {
            text = text.replace("\\\\", "\\");
        }
        self.skip(length + 3);
        self.push(Kind::Text(text), start);
    }

    pub(super) fn text(&mut self, start: usize) {
        self.chars.next();
        let mut text = String::new();
        loop {
            match self.chars.next() {
                Some((_, '"')) => break,
                Some((at, '\\')) => {
                    if let Some(c) = self.escape(at) {
                        text.push(c);
                    }
                }
                Some((at, '\n' | '\r')) => {
                    self.fault(
                        "a string ends on its line",
                        start..at,
                        Some("write `\\n`, or use `\"\"\"`"),
                    );
                    return;
                }
                Some((_, c)) => text.push(c),
                None => {
                    self.fault(
                        "the string has no end",
                        start..self.text.len(),
                        Some("close it with `\"`"),
                    );
                    return;
                }
            }
        }
        self.push(Kind::Text(text), start);
    }

    /// What stands behind a backslash. Other escapes do not lex.
    fn escape(&mut self, backslash: usize) -> Option<char> {
        let (at, c) = self.peek()?;
        let plain = match c {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\u{8}',
            'f' => '\u{c}',
            '\\' | '"' => c,
            'u' => {
                self.chars.next();
                return self.unicode_escape(backslash);
            }
            _ => {
                let hint = "a backslash is written `\\\\`; raw strings `\"\"\"` have no escapes";
                self.fault(
                    format!("`\\{c}` is no escape"),
                    backslash..at + c.len_utf8(),
                    Some(hint),
                );
                if c != '\n' && c != '\r' {
                    self.chars.next();
                }
                return None;
            }
        };
        self.chars.next();
        Some(plain)
    }

    /// `\u{1F600}`: two to eight hexadecimal digits, not all of them zero. Source: test testStringWithIncorrectUnicodeEscapedChars.
    fn unicode_escape(&mut self, start: usize) -> Option<char> {
        let rest = self.rest();
        let digits: &str = rest
            .strip_prefix('{')
            .and_then(|tail| tail.split_once('}'))
            .map_or("", |(digits, _)| digits);
        let known =
            (2..=8).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let code = u32::from_str_radix(digits, 16)
            .ok()
            .filter(|_| known)
            .and_then(char::from_u32)
            .filter(|c| *c != '\0');
        if code.is_some() {
            self.skip(digits.len() + 2);
        } else {
            let end = self.here();
            self.fault(
                "a Unicode escape needs 2 to 8 digits of a character: `\\u{00e9}`",
                start..end,
                None,
            );
        }
        code
    }

    pub(super) fn single_quotes(&mut self, start: usize) {
        self.chars.next();
        self.take_while(|c| c != '\'' && c != '\n');
        let text = self.slice(start + 1..self.here_of()).to_owned();
        if self.peek().is_some_and(|(_, c)| c == '\'') {
            self.chars.next();
        }
        let end = self.here();
        self.fault(
            "strings stand in double quotes",
            start..end,
            Some("write `\"...\"`"),
        );
        self.push(Kind::Text(text), start);
    }

    /// `?"..."`, the raw string of old, is refused with a hint.
    pub(super) fn old_raw_text(&mut self, start: usize) {
        self.chars.next();
        let quote = self.chars.next().map_or('"', |(_, c)| c);
        self.take_while(|c| c != quote && c != '\n');
        if self.peek().is_some_and(|(_, c)| c == quote) {
            self.chars.next();
        }
        let end = self.here();
        self.fault(
            "`?\"` is no string",
            start..end,
            Some("raw strings are written `\"\"\"...\"\"\"`"),
        );
        self.push(Kind::Text(String::new()), start);
    }

    pub(super) fn quoted_name(&mut self, start: usize) {
        self.chars.next();
        let mut name = String::new();
        loop {
            match self.chars.next() {
                Some((_, '`')) if self.peek().is_some_and(|(_, c)| c == '`') => {
                    self.chars.next();
                    name.push('`');
                }
                Some((_, '`')) => break,
                Some((_, c)) => name.push(c),
                None => {
                    self.fault(
                        "the name has no closing backtick",
                        start..self.text.len(),
                        None,
                    );
                    return;
                }
            }
        }
        self.push(Kind::Quoted(name), start);
    }
}
