//! Lucene's regular expressions: text to tree.
//!
//! Source: Lucene, `RegExp` with the flags `ALL | DEPRECATED_COMPLEMENT` (elasticsearch, `RLikePattern`). A pattern is
//! matched against the whole text, `^` and `$` are characters, `.` takes a newline, and `@ # ~ & < > "` are operators.

use super::super::folding;
use super::language::{Language, Ranges};

/// How deep a pattern may nest; deeper ones exhaust the vendor's stack, too.
const MAX_NESTING: usize = 200;

/// The largest number in `{n,m}`; more states than that the vendor refuses to make.
const MAX_REPEAT: u32 = 10_000;

/// The language of a pattern, or why it is none.
pub(in crate::esql) fn parse(pattern: &str, ignore_case: bool) -> Result<Language, String> {
    let mut parser = Parser {
        chars: pattern.chars().collect(),
        at: 0,
        ignore_case,
        nesting: 0,
    };
    if parser.chars.is_empty() {
        return Ok(Language::Empty);
    }
    let language = parser.union()?;
    if parser.at < parser.chars.len() {
        return Err(format!("end of pattern expected at position {}", parser.at));
    }
    Ok(language)
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    ignore_case: bool,
    nesting: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn peek_in(&self, set: &str) -> bool {
        self.peek().is_some_and(|c| set.contains(c))
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += 1;
        }
        found
    }

    fn next(&mut self) -> Result<char, String> {
        let next = self.peek().ok_or("unexpected end of the pattern")?;
        self.at += 1;
        Ok(next)
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        if self.take(wanted) {
            return Ok(());
        }
        Err(format!("expected `{wanted}` at position {}", self.at))
    }

    fn union(&mut self) -> Result<Language, String> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(format!("it is nested deeper than {MAX_NESTING}"));
        }
        let mut parts = vec![self.intersection()?];
        while self.take('|') {
            parts.push(self.intersection()?);
        }
        self.nesting -= 1;
        Ok(Language::union(parts))
    }

    fn intersection(&mut self) -> Result<Language, String> {
        let mut parts = vec![self.concatenation()?];
        while self.take('&') {
            parts.push(self.concatenation()?);
        }
        Ok(Language::both(parts))
    }

    fn concatenation(&mut self) -> Result<Language, String> {
        let mut parts = vec![self.repetition()?];
        let ends = if verdict_faults::at("esql/engine/ampersand-is-itself") {
            ")|"
        } else {
            ")|&"
        };
        while self.peek().is_some() && !self.peek_in(ends) {
            parts.push(self.repetition()?);
        }
        Ok(Language::concat(parts))
    }

    fn repetition(&mut self) -> Result<Language, String> {
        let mut inner = self.complement()?;
        loop {
            inner = if self.take('?') {
                Language::repeat(inner, 0, Some(1))
            } else if self.take('*') {
                Language::repeat(inner, 0, None)
            } else if self.take('+') {
                Language::repeat(inner, 1, None)
            } else if self.take('{') {
                self.counted(inner)?
            } else {
                return Ok(inner);
            };
        }
    }

    /// `{n}`, `{n,}`, `{n,m}`.
    fn counted(&mut self, inner: Language) -> Result<Language, String> {
        let least = self
            .number()?
            .ok_or_else(|| format!("integer expected at position {}", self.at))?;
        let most = if self.take(',') {
            self.number()?
        } else {
            Some(least)
        };
        self.expect('}')?;
        if most.is_some_and(|most| most < least) {
            return Err("a repetition is out of order".to_owned());
        }
        Ok(Language::repeat(inner, least, most))
    }

    fn number(&mut self) -> Result<Option<u32>, String> {
        let mut digits = String::new();
        while let Some(digit) = self.peek().filter(char::is_ascii_digit) {
            digits.push(digit);
            self.at += 1;
        }
        if digits.is_empty() {
            return Ok(None);
        }
        let value = digits.parse().ok().filter(|value| *value <= MAX_REPEAT);
        value
            .map(Some)
            .ok_or_else(|| format!("a repetition of more than {MAX_REPEAT}"))
    }

    fn complement(&mut self) -> Result<Language, String> {
        let mut turned = false;
        while !verdict_faults::at("esql/engine/tilde-is-itself") && self.take('~') {
            turned = !turned;
        }
        let inner = self.class()?;
        Ok(if turned { Language::not(inner) } else { inner })
    }

    /// `[...]`, `[^...]`. At least one character stands in it, even if that is `]`.
    fn class(&mut self) -> Result<Language, String> {
        if !self.take('[') {
            return self.simple();
        }
        let negated = self.take('^');
        let mut ranges = Vec::new();
        loop {
            self.class_item(&mut ranges)?;
            if self.peek().is_none() || self.peek_in("]") {
                break;
            }
        }
        self.expect(']')?;
        let ranges = Ranges::new(ranges);
        Ok(Language::Set(if negated {
            ranges.complement()
        } else {
            ranges
        }))
    }

    fn class_item(&mut self, ranges: &mut Vec<(u32, u32)>) -> Result<(), String> {
        if self.take('\\') {
            if self
                .peek()
                .is_some_and(|c| c == '\\' || c.is_ascii_alphabetic())
            {
                ranges.extend(self.predefined()?);
            } else {
                let c = u32::from(self.next()?);
                ranges.push((c, c));
            }
            return Ok(());
        }
        let first = self.next()?;
        if self.take('-') {
            // The end of a range may be escaped. Source: `parseCharExp`. Ranges do not fold case.
            self.take('\\');
            let last = self.next()?;
            if first > last {
                return Err(format!("invalid range from `{first}` to `{last}`"));
            }
            ranges.push((u32::from(first), u32::from(last)));
            if self.ignore_case && verdict_faults::at("esql/engine/ranges-fold") {
                for c in first..=last {
                    ranges.extend(self.forms(c));
                }
            }
        } else {
            ranges.extend(self.forms(first));
        }
        Ok(())
    }

    /// A character, with its other cases if they do not matter.
    fn forms(&self, c: char) -> Vec<(u32, u32)> {
        let single = |c: char| (u32::from(c), u32::from(c));
        if self.ignore_case {
            return folding::alternates(c).into_iter().map(single).collect();
        }
        vec![single(c)]
    }

    /// What stands behind a backslash if it is a letter or a backslash. Letters that mean nothing are errors.
    fn predefined(&mut self) -> Result<Vec<(u32, u32)>, String> {
        let letter = self.next()?;
        let digits = vec![(0x30, 0x39)];
        let blanks = vec![(9, 10), (13, 13), (0x20, 0x20)];
        let words = vec![(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)];
        let others = |ranges: Vec<(u32, u32)>| Ranges::new(ranges).complement().pairs().to_vec();
        Ok(match letter {
            '\\' => vec![(0x5c, 0x5c)],
            'd' => digits,
            'D' => others(digits),
            's' => blanks,
            'S' => others(blanks),
            'w' => words,
            'W' => others(words),
            _ => return Err(format!("invalid character class \\{letter}")),
        })
    }

    fn simple(&mut self) -> Result<Language, String> {
        if self.peek_in("^$") && verdict_faults::at("esql/engine/caret-and-dollar-are-anchors") {
            self.at += 1;
            return Ok(Language::Empty);
        }
        if self.peek_in(".") && verdict_faults::at("esql/engine/dot-stops-at-a-line-end") {
            self.at += 1;
            return Ok(Language::Set(Ranges::new(vec![(10, 10)]).complement()));
        }
        if self.take('.') {
            return Ok(Language::Set(Ranges::all()));
        }
        if !verdict_faults::at("esql/engine/hash-is-itself") && self.take('#') {
            return Ok(Language::Nothing);
        }
        if !verdict_faults::at("esql/engine/at-sign-is-itself") && self.take('@') {
            return Ok(Language::anything());
        }
        if !verdict_faults::at("esql/engine/quote-is-itself") && self.take('"') {
            return self.quoted();
        }
        if self.take('(') {
            if self.take(')') {
                return Ok(Language::Empty);
            }
            let inner = self.union()?;
            self.expect(')')?;
            return Ok(inner);
        }
        if !verdict_faults::at("esql/engine/angle-is-itself") && self.take('<') {
            return self.interval();
        }
        if self.take('\\')
            && self
                .peek()
                .is_some_and(|c| c == '\\' || c.is_ascii_alphabetic())
        {
            return Ok(Language::Set(Ranges::new(self.predefined()?)));
        }
        let c = self.next()?;
        Ok(Language::Set(Ranges::new(self.forms(c))))
    }

    /// `"..."`: plain text without escapes.
    fn quoted(&mut self) -> Result<Language, String> {
        let mut parts = Vec::new();
        while let Some(c) = self.peek().filter(|c| *c != '"') {
            parts.push(Language::Set(Ranges::new(self.forms(c))));
            self.at += 1;
        }
        self.expect('"')?;
        Ok(Language::concat(parts))
    }

    /// `<10-42>`: numbers between two others. As many digits as both ends have, if they have equally many; else leading zeros are free.
    fn interval(&mut self) -> Result<Language, String> {
        let mut inside = String::new();
        while let Some(c) = self.peek().filter(|c| *c != '>') {
            inside.push(c);
            self.at += 1;
        }
        self.expect('>')?;
        let Some((low, high)) = inside.split_once('-') else {
            return Err(format!("the named automaton `{inside}` is not found"));
        };
        let read = |text: &str| -> Result<i32, String> {
            let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let value = text.parse().ok().filter(|_| plain);
            value.ok_or_else(|| format!("interval syntax error in `<{inside}>`"))
        };
        let (least, most) = (read(low)?, read(high)?);
        let (least, most) = (least.min(most), least.max(most));
        let width = (low.len() == high.len()).then_some(low.len());
        Ok(Language::interval(
            u64::from(least.unsigned_abs()),
            u64::from(most.unsigned_abs()),
            width,
        ))
    }
}
