//! What stands behind a backslash.

use super::{Translator, class};

/// One escape.
pub(super) enum Escape {
    /// A character.
    Literal(char),
    /// A set of characters, and whether it is turned around.
    Set(&'static [(char, char)], bool),
    /// Something else, by its letter.
    Other(char),
}

impl Translator {
    /// An escape outside a class.
    pub(super) fn escape(&mut self) -> Result<(), String> {
        match self.escaped()? {
            Escape::Literal(letter) => self.literal(letter),
            Escape::Set(ranges, negated) => {
                let written = class::plain(ranges, negated);
                self.atom(&written)
            }
            Escape::Other('b') => self.border("(?-u:\\b)"),
            Escape::Other('B') => self.border("(?-u:\\B)"),
            Escape::Other('A') => self.border("\\A"),
            Escape::Other('z') => self.border("\\z"),
            Escape::Other('Z') => self.end(),
            Escape::Other('N') if self.peek(0) == Some('{') => {
                Err("`\\N{` names a character or is an error, by PCRE's version".to_owned())
            }
            Escape::Other('N') => self.atom("[^\\n]"),
            Escape::Other('Q') => {
                while self.at < self.letters.len() && !self.eat("\\E") {
                    if let Some(letter) = self.next() {
                        let last = self.at >= self.letters.len() || self.starts("\\E");
                        if last && self.eat("\\E") {
                            return self.literal(letter);
                        }
                        let mut written = String::new();
                        super::write_literal(letter, &mut written);
                        self.item()?;
                        self.grow(2)?;
                        self.out.push_str(&written);
                        self.level.line.awaits = false;
                    }
                }
                Ok(())
            }
            Escape::Other('E') => Ok(()),
            Escape::Other(letter) => Err(format!("`\\{letter}` cannot be run")),
        }
    }

    fn starts(&self, wanted: &str) -> bool {
        wanted
            .chars()
            .enumerate()
            .all(|(ahead, letter)| self.peek(ahead) == Some(letter))
    }

    /// Reads an escape. pcrepattern(3), "Backslash".
    pub(super) fn escaped(&mut self) -> Result<Escape, String> {
        let Some(letter) = self.next() else {
            return Err("a backslash at the end".to_owned());
        };
        Ok(match letter {
            'd' => Escape::Set(class::DIGIT, false),
            'D' => Escape::Set(class::DIGIT, true),
            'w' => Escape::Set(class::WORD, false),
            'W' => Escape::Set(class::WORD, true),
            's' => Escape::Set(class::SPACE, false),
            'S' => Escape::Set(class::SPACE, true),
            'h' => Escape::Set(class::HORIZONTAL, false),
            'H' => Escape::Set(class::HORIZONTAL, true),
            'v' => Escape::Set(class::VERTICAL, false),
            'V' => Escape::Set(class::VERTICAL, true),
            'n' => Escape::Literal('\n'),
            'r' => Escape::Literal('\r'),
            't' => Escape::Literal('\t'),
            'f' => Escape::Literal('\x0c'),
            'e' => Escape::Literal('\x1b'),
            'a' => Escape::Literal('\x07'),
            'x' => Escape::Literal(self.hexadecimal()?),
            '0' => {
                // Up to two more octal digits.
                let mut code = 0;
                for _ in 0..2 {
                    let Some(digit) = self.peek(0).and_then(|letter| letter.to_digit(8)) else {
                        break;
                    };
                    self.at += 1;
                    code = code * 8 + digit;
                }
                Escape::Literal(char::from_u32(code).unwrap_or('\0'))
            }
            '1'..='9' => return Err("a back reference cannot be run".to_owned()),
            'b' | 'B' | 'A' | 'z' | 'Z' | 'N' | 'Q' | 'E' => Escape::Other(letter),
            letter if letter.is_ascii_alphabetic() => {
                return Err(format!("`\\{letter}` cannot be run"));
            }
            letter => Escape::Literal(letter),
        })
    }

    /// `\xhh` with up to two digits, or `\x{h...}`.
    fn hexadecimal(&mut self) -> Result<char, String> {
        let braced = self.eat("{");
        let most = if braced { 6 } else { 2 };
        let mut code = 0;
        let mut digits = 0;
        while digits < most {
            let Some(digit) = self.peek(0).and_then(|letter| letter.to_digit(16)) else {
                break;
            };
            self.at += 1;
            digits += 1;
            code = code * 16 + digit;
        }
        let well = if braced {
            digits > 0 && self.eat("}")
        } else {
            digits == 2
        };
        match char::from_u32(code) {
            Some(letter) if well => Ok(letter),
            _ => Err("`\\x` wants two hexadecimal digits, or some in braces".to_owned()),
        }
    }
}
