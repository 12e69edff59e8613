//! JSON, read into trees. A number keeps its source text: `1`, `1.0` and 64-bit ids are where readers differ.

use std::collections::HashMap;
use std::fmt;

/// Nesting at which a document is refused.
const TOO_DEEP: usize = 128;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(Box<str>),
    /// A string.
    Text(Box<str>),
    /// An array.
    List(Vec<Json>),
    /// An object, in source order. A key that stands twice has its last value.
    Object(Vec<(Box<str>, Json)>),
}

/// Why a text is no JSON, or no event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The byte at which it was noticed.
    pub offset: usize,
    /// What is wrong.
    pub message: &'static str,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.message, self.offset)
    }
}

impl std::error::Error for Error {}

/// Reads documents one after another: lines of NDJSON, or documents over several lines.
#[derive(Clone, Debug)]
pub struct Reader<'t> {
    text: &'t str,
    at: usize,
}

type Read<T> = Result<T, Error>;

impl<'t> Reader<'t> {
    /// A reader from the start of a text. A byte order mark is skipped.
    pub fn new(text: &'t str) -> Self {
        Self {
            text,
            at: if text.starts_with('\u{feff}') { 3 } else { 0 },
        }
    }

    /// The next document; None at the end of the text.
    pub fn document(&mut self) -> Read<Option<Json>> {
        self.blanks();
        if self.at >= self.text.len() {
            return Ok(None);
        }
        self.value(TOO_DEEP).map(Some)
    }

    /// How many bytes have been read.
    pub fn offset(&self) -> usize {
        self.at
    }

    fn fail<T>(&self, message: &'static str) -> Read<T> {
        Err(Error {
            offset: self.at,
            message,
        })
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.peek() {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn word(&mut self, word: &'static str, value: Json) -> Read<Json> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if rest.starts_with(word) {
            self.at += word.len();
            return Ok(value);
        }
        self.fail("expected a value")
    }

    fn value(&mut self, depth: usize) -> Read<Json> {
        self.blanks();
        match self.peek() {
            Some(b'n') => self.word("null", Json::Null),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'[') => self.list(depth - 1),
            Some(b'{') => self.object(depth - 1),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(_) => self.fail("expected a value"),
            None => self.fail("the text ends within a value"),
        }
    }

    fn list(&mut self, depth: usize) -> Read<Json> {
        if depth == 0 {
            return self.fail("nested too deeply");
        }
        self.at += 1;
        let mut items = Vec::new();
        self.blanks();
        if self.take(b']') {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            self.blanks();
            if self.take(b']') {
                return Ok(Json::List(items));
            }
            if !self.take(b',') {
                return self.fail("expected `,` or `]`");
            }
        }
    }

    fn object(&mut self, depth: usize) -> Read<Json> {
        if depth == 0 {
            return self.fail("nested too deeply");
        }
        self.at += 1;
        let mut entries = Vec::new();
        self.blanks();
        if self.take(b'}') {
            return Ok(Json::Object(entries));
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return self.fail("expected a key");
            }
            let key = self.string()?;
            self.blanks();
            if !self.take(b':') {
                return self.fail("expected `:`");
            }
            entries.push((key, self.value(depth)?));
            self.blanks();
            if self.take(b'}') {
                return Ok(Json::Object(last_of_each(entries)));
            }
            if !self.take(b',') {
                return self.fail("expected `,` or `}`");
            }
        }
    }

    fn digits(&mut self) -> Read<()> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start {
            return self.fail("expected a digit");
        }
        Ok(())
    }

    fn number(&mut self) -> Read<Json> {
        let start = self.at;
        self.take(b'-');
        if self.take(b'0') {
            if self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
                return self.fail("a number begins with 0");
            }
        } else {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        Ok(Json::Number(text.into()))
    }

    fn string(&mut self) -> Read<Box<str>> {
        self.at += 1;
        let mut found = String::new();
        loop {
            let start = self.at;
            let plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..=0x1f);
            let rest = self.text.as_bytes().get(start..).unwrap_or_default();
            self.at += rest.iter().take_while(|byte| plain(byte)).count();
            let piece = self.text.get(start..self.at).unwrap_or_default();
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    if found.is_empty() {
                        return Ok(piece.into());
                    }
                    found.push_str(piece);
                    return Ok(found.into());
                }
                Some(b'\\') => {
                    found.push_str(piece);
                    self.at += 1;
                    found.push(self.escaped()?);
                }
                Some(_) => return self.fail("a control character in a string"),
                None => return self.fail("the text ends within a string"),
            }
        }
    }

    fn escaped(&mut self) -> Read<char> {
        let byte = self.peek();
        self.at += 1;
        Ok(match byte {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.code_point(),
            Some(_) | None => return self.fail("no such escape"),
        })
    }

    /// The character of `\uXXXX`, or of a pair of them.
    fn code_point(&mut self) -> Read<char> {
        let first = self.hex()?;
        if !(0xd800..0xdc00).contains(&first) {
            return char::from_u32(first).map_or_else(|| self.fail("half a character"), Ok);
        }
        if !(self.take(b'\\') && self.take(b'u')) {
            return self.fail("half a character");
        }
        let second = self.hex()?;
        if !(0xdc00..0xe000).contains(&second) {
            return self.fail("half a character");
        }
        let code = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        char::from_u32(code).map_or_else(|| self.fail("half a character"), Ok)
    }

    fn hex(&mut self) -> Read<u32> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        let hex = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        match u32::from_str_radix(digits, 16) {
            Ok(value) if hex => {
                self.at += 4;
                Ok(value)
            }
            Ok(_) | Err(_) => self.fail("expected four hexadecimal digits"),
        }
    }
}

/// The entries with each key once: where it first stood, with its last value.
fn last_of_each(entries: Vec<(Box<str>, Json)>) -> Vec<(Box<str>, Json)> {
    let mut places: HashMap<Box<str>, usize> = HashMap::new();
    if entries.len() < 2 {
        return entries;
    }
    let mut kept: Vec<(Box<str>, Json)> = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        if let Some(have) = places.get(&key).and_then(|place| kept.get_mut(*place)) {
            have.1 = value;
        } else {
            places.insert(key.clone(), kept.len());
            kept.push((key, value));
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::{Json, Reader};

    fn read(text: &str) -> Result<Option<Json>, String> {
        Reader::new(text)
            .document()
            .map_err(|error| error.to_string())
    }

    #[test]
    fn numbers_keep_their_text() {
        for text in [
            "0",
            "-0",
            "1.0",
            "1e0",
            "1E+05",
            "12345678901234567890123",
            "-1.5e-7",
        ] {
            assert_eq!(read(text), Ok(Some(Json::Number(text.into()))));
        }
        for text in ["01", "1.", ".5", "+1", "1e", "-", "0x1"] {
            assert!(
                read(text).is_err() || read(text) == Ok(Some(Json::Number("0".into()))),
                "{text}"
            );
        }
    }

    #[test]
    fn strings() {
        for (text, expected) in [
            (r#""""#, ""),
            (r#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{c}\n\r\tz"),
            (r#""\u00e9\ud83d\ude00é""#, "é😀é"),
        ] {
            assert_eq!(read(text), Ok(Some(Json::Text(expected.into()))));
        }
        for text in [
            r#"""#,
            r#""\x""#,
            r#""\ud83d""#,
            r#""\ude00""#,
            r#""\u12""#,
            "\"\n\"",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_has_its_last_value() {
        let Ok(Some(Json::Object(entries))) = read(r#"{"a":1,"b":2,"a":[null,true]}"#) else {
            panic!("an object");
        };
        let keys: Vec<&str> = entries.iter().map(|(key, _)| &**key).collect();
        assert_eq!(keys, ["a", "b"]);
        assert_eq!(entries[0].1, Json::List(vec![Json::Null, Json::Bool(true)]));
    }

    #[test]
    fn depth_is_limited() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(&nested(127)).is_ok() && read(&nested(128)).is_err());
        assert!(read(&"[".repeat(1_000_000)).is_err());
    }
}
