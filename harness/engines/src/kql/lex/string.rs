//! String literals. Kusto docs: scalar-data-types/string.

use super::{Lexer, TokenKind};

/// How a string literal opens.
#[derive(Clone, Copy, Debug)]
pub(super) enum Opening {
    /// `"` or `'`, after `skip` bytes of prefix.
    Plain { skip: usize, quote: char },
    /// `@"` or `@'`.
    Verbatim { skip: usize, quote: char },
    /// Three backticks or three tildes.
    Multiline { fence: &'static str },
}

/// The opening that the text starts with; `h` and `H` only hide a literal from the vendor's logs.
pub(super) fn opening(text: &str) -> Option<Opening> {
    for fence in ["```", "~~~"] {
        if text.starts_with(fence) {
            return Some(Opening::Multiline { fence });
        }
    }
    let bare = text.strip_prefix(['h', 'H']).unwrap_or(text);
    let verbatim = bare.strip_prefix('@');
    let body = verbatim.unwrap_or(bare);
    let quote = body
        .chars()
        .next()
        .filter(|letter| matches!(letter, '"' | '\''))?;
    let skip = text.len() - body.len() + 1;
    Some(match verbatim {
        Some(_) => Opening::Verbatim { skip, quote },
        None => Opening::Plain { skip, quote },
    })
}

impl Lexer<'_> {
    pub(super) fn string(&mut self, opening: Opening) -> Option<TokenKind> {
        let start = self.at;
        let text = match opening {
            Opening::Plain { skip, quote } => {
                self.at += skip;
                self.plain(quote)
            }
            Opening::Verbatim { skip, quote } => {
                self.at += skip;
                self.verbatim(quote)
            }
            Opening::Multiline { fence } => {
                self.at += fence.len();
                self.multiline(fence)
            }
        };
        if text.is_none() {
            self.error("the string literal is not closed", start..self.at);
        }
        text.map(TokenKind::Text)
    }

    fn plain(&mut self, quote: char) -> Option<String> {
        let mut text = String::new();
        loop {
            let start = self.at;
            match self.peek()? {
                '\n' | '\r' => return None,
                '\\' => {
                    self.bump();
                    if let Some(letter) = self.escape() {
                        text.push(letter);
                        continue;
                    }
                    if verdict_faults::at("kql/engine/unknown-escape-is-itself") {
                        text.push('\\');
                        continue;
                    }
                    // Reading on keeps the end of the literal in step.
                    self.bump_in_line();
                    let escape = self.text.get(start..self.at).unwrap_or("\\");
                    self.error(
                        format!("`{escape}` is not an escape of a string literal"),
                        start..self.at,
                    );
                }
                letter => {
                    self.bump();
                    if letter == quote {
                        return Some(text);
                    }
                    text.push(letter);
                }
            }
        }
    }

    fn bump_in_line(&mut self) {
        if self
            .peek()
            .is_some_and(|letter| !matches!(letter, '\n' | '\r'))
        {
            self.bump();
        }
    }

    /// The letter that an escape stands for; nothing is taken if it is none.
    fn escape(&mut self) -> Option<char> {
        let first = self.peek()?;
        let letter = match first {
            '\\' | '"' | '\'' => first,
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            'x' => return self.coded(1, 2, 2, 16),
            'u' => return self.utf16(),
            'U' => return self.coded(1, 8, 8, 16),
            '0'..='7' => return self.octal(),
            _ => return None,
        };
        self.bump();
        Some(letter)
    }

    /// The letter whose code stands in `least` to `most` digits after `skip` bytes.
    fn coded(&mut self, skip: usize, least: usize, most: usize, radix: u32) -> Option<char> {
        let body = self.rest().get(skip..)?;
        let len = body
            .chars()
            .take(most)
            .take_while(|letter| letter.is_digit(radix))
            .count();
        if len < least {
            return None;
        }
        let letter = char::from_u32(u32::from_str_radix(body.get(..len)?, radix).ok()?)?;
        self.at += skip + len;
        Some(letter)
    }

    /// `\uXXXX`; two of them may make a surrogate pair.
    fn utf16(&mut self) -> Option<char> {
        if let Some(letter) = self.coded(1, 4, 4, 16) {
            return Some(letter);
        }
        let code = |text: &str| u16::from_str_radix(text, 16).ok();
        let high = code(self.rest().get(1..5)?)?;
        let low = code(self.rest().get(5..11)?.strip_prefix("\\u")?)?;
        let letter = char::decode_utf16([high, low]).next()?.ok()?;
        self.at += 11;
        Some(letter)
    }

    /// One to three octal digits, below 256.
    fn octal(&mut self) -> Option<char> {
        let most = if self.peek()? > '3' { 2 } else { 3 };
        self.coded(0, 1, most, 8)
    }

    fn verbatim(&mut self, quote: char) -> Option<String> {
        let mut text = String::new();
        loop {
            let letter = self
                .peek()
                .filter(|letter| !matches!(letter, '\n' | '\r'))?;
            self.bump();
            if letter == '\\'
                && verdict_faults::at("kql/engine/verbatim-takes-escapes")
                && let Some(escaped) = self.escape()
            {
                text.push(escaped);
                continue;
            }
            if letter == quote {
                if self.peek() != Some(quote)
                    || verdict_faults::at("kql/engine/doubled-quote-closes")
                {
                    return Some(text);
                }
                self.bump();
            }
            text.push(letter);
        }
    }

    fn multiline(&mut self, fence: &str) -> Option<String> {
        let rest = self.rest();
        let Some(end) = rest.find(fence) else {
            self.at = self.text.len();
            return None;
        };
        self.at += end + fence.len();
        rest.get(..end).map(str::to_owned)
    }
}
