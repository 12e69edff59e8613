//! Classes of characters.

use super::escape::Escape;
use super::{Translator, write_literal};

type Ranges = &'static [(char, char)];

/// pcrepattern(3), "Generic character types": ASCII alone unless `(*UCP)` is set.
pub(super) const DIGIT: Ranges = &[('0', '9')];
pub(super) const WORD: Ranges = &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
/// With the vertical tab, as since PCRE 8.34.
pub(super) const SPACE: Ranges = &[('\t', '\r'), (' ', ' ')];
pub(super) const HORIZONTAL: Ranges = &[
    ('\t', '\t'),
    (' ', ' '),
    ('\u{a0}', '\u{a0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{2000}', '\u{200a}'),
    ('\u{202f}', '\u{202f}'),
    ('\u{205f}', '\u{205f}'),
    ('\u{3000}', '\u{3000}'),
];
pub(super) const VERTICAL: Ranges = &[('\n', '\r'), ('\u{85}', '\u{85}'), ('\u{2028}', '\u{2029}')];

/// A set as it is, whatever the options about case.
pub(super) fn plain(ranges: &[(char, char)], negated: bool) -> String {
    let mut out = "(?-i:".to_owned();
    write_set(ranges, negated, &mut out);
    out.push(')');
    out
}

fn write_set(ranges: &[(char, char)], negated: bool, out: &mut String) {
    out.push('[');
    if negated {
        out.push('^');
    }
    for (first, last) in ranges {
        write_literal(*first, out);
        if first != last {
            out.push('-');
            write_literal(*last, out);
        }
    }
    out.push(']');
}

/// Everything but these ascending ranges.
fn others(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut found = Vec::new();
    let mut next = Some('\0');
    for (first, last) in ranges {
        let before = char::from_u32(u32::from(*first).wrapping_sub(1));
        if let (Some(start), Some(end)) = (next, before)
            && start <= end
        {
            found.push((start, end));
        }
        next = char::from_u32(u32::from(*last) + 1);
    }
    if let Some(start) = next {
        found.push((start, char::MAX));
    }
    found
}

/// The same letters in both cases, and the two outside ASCII that Unicode folds into it.
fn both_cases(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut found = ranges.to_vec();
    for letter in 'a'..='z' {
        let other = letter.to_ascii_uppercase();
        let holds = |wanted: char| {
            ranges
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&wanted))
        };
        if holds(letter) || holds(other) {
            found.extend([(letter, letter), (other, other)]);
            match letter {
                'k' => found.push(('\u{212a}', '\u{212a}')),
                's' => found.push(('\u{17f}', '\u{17f}')),
                _ => {}
            }
        }
    }
    found
}

/// What a class holds.
#[derive(Default)]
struct Items {
    /// Characters and ranges that were written: the options about case are theirs.
    written: Vec<(char, char)>,
    /// What sets such as `\w` and `[:alpha:]` hold.
    sets: Vec<(char, char)>,
    /// There is a set such as `\D`.
    turned: bool,
    /// There is a set such as `[:alpha:]`.
    posix: bool,
}

impl Translator {
    /// A class, from behind its `[`.
    pub(super) fn class(&mut self) -> Result<String, String> {
        self.no_bare_set()?;
        let negated = self.eat("^");
        let mut items = Items::default();
        let mut first = true;
        loop {
            let Some(letter) = self.next() else {
                return Err("the class is never closed".to_owned());
            };
            match letter {
                ']' if !first => break,
                '[' if matches!(self.peek(0), Some(':' | '.' | '=')) => {
                    self.posix(&mut items)?;
                    self.no_range()?;
                }
                letter => self.class_item(letter, &mut items)?,
            }
            first = false;
        }
        self.render(&items, negated)
    }

    /// `[:alpha:]` and its like outside a class are errors.
    fn no_bare_set(&self) -> Result<(), String> {
        let Some(mark @ (':' | '.' | '=')) = self.peek(0) else {
            return Ok(());
        };
        let rest = self.letters.get(self.at + 1..).unwrap_or_default();
        let end = rest.iter().position(|letter| *letter == ']');
        let last = end.and_then(|end| rest.get(end.checked_sub(1)?));
        if last == Some(&mark) {
            return Err("a POSIX set outside a class".to_owned());
        }
        Ok(())
    }

    fn render(&self, items: &Items, negated: bool) -> Result<String, String> {
        // PCRE2 loses sight of characters above 255 where both stand in one class.
        if items.turned && items.posix {
            return Err("a class of `\\D` or its like and a POSIX set cannot be run".to_owned());
        }
        let mut out = String::new();
        if !self.flags.folds() || items.sets.is_empty() {
            let all: Vec<_> = items.written.iter().chain(&items.sets).copied().collect();
            write_set(&all, negated, &mut out);
            return Ok(out);
        }
        // A set is not folded, what stands beside it is: both are written out.
        if items.written.iter().any(|(_, last)| !last.is_ascii()) {
            return Err(
                "a class of a set and letters outside ASCII cannot be run where case is ignored"
                    .to_owned(),
            );
        }
        let mut all = both_cases(&items.written);
        all.extend(&items.sets);
        Ok(plain(&all, negated))
    }

    fn class_item(&mut self, letter: char, items: &mut Items) -> Result<(), String> {
        let Some(start) = self.class_letter(letter, items)? else {
            return self.no_range();
        };
        let is_range = self.peek(0) == Some('-') && !matches!(self.peek(1), Some(']') | None);
        if !is_range {
            items.written.push((start, start));
            return Ok(());
        }
        self.at += 1;
        let Some(next) = self.next() else {
            return Err("the class is never closed".to_owned());
        };
        if next == '[' && matches!(self.peek(0), Some(':' | '.' | '=')) {
            return Err("a range to a set".to_owned());
        }
        match self.class_letter(next, items)? {
            Some(end) if start <= end => items.written.push((start, end)),
            Some(_) => return Err("a range that runs backwards".to_owned()),
            None => return Err("a range to a set".to_owned()),
        }
        Ok(())
    }

    /// Behind a set, a hyphen is itself or an error, by PCRE's version, unless it is the last.
    fn no_range(&self) -> Result<(), String> {
        if self.peek(0) == Some('-') && self.peek(1) != Some(']') {
            return Err("a range from a set".to_owned());
        }
        Ok(())
    }

    /// A character of a class; None if it was a set, which is then among the items.
    fn class_letter(&mut self, letter: char, items: &mut Items) -> Result<Option<char>, String> {
        if letter != '\\' {
            return Ok(Some(letter));
        }
        match self.escaped()? {
            Escape::Literal(letter) => Ok(Some(letter)),
            Escape::Set(ranges, false) => {
                items.sets.extend(ranges);
                Ok(None)
            }
            Escape::Set(ranges, true) => {
                items.sets.extend(others(ranges));
                items.turned = true;
                Ok(None)
            }
            Escape::Other('b') => Ok(Some('\x08')),
            Escape::Other(letter) => Err(format!("`\\{letter}` in a class cannot be run")),
        }
    }

    /// `[:name:]`, from behind its `[`. pcrepattern(3), "Posix character classes": ASCII alone unless `(*UCP)` is set.
    fn posix(&mut self, items: &mut Items) -> Result<(), String> {
        if !self.eat(":") {
            return Err("collating elements are no part of PCRE".to_owned());
        }
        let ranges: &[(char, char)] = if self.eat("alpha:]") {
            &[('A', 'Z'), ('a', 'z')]
        } else if self.eat("alnum:]") {
            &[('0', '9'), ('A', 'Z'), ('a', 'z')]
        } else if self.eat("digit:]") {
            DIGIT
        } else if self.eat("word:]") {
            WORD
        } else if self.eat("space:]") {
            SPACE
        } else if self.eat("blank:]") {
            &[('\t', '\t'), (' ', ' ')]
        } else if self.eat("punct:]") {
            &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')]
        } else if self.eat("xdigit:]") {
            &[('0', '9'), ('A', 'F'), ('a', 'f')]
        } else if self.eat("cntrl:]") {
            &[('\0', '\x1f'), ('\x7f', '\x7f')]
        } else if self.eat("print:]") {
            &[(' ', '~')]
        } else if self.eat("graph:]") {
            &[('!', '~')]
        } else if !self.flags.folds() && self.eat("lower:]") {
            &[('a', 'z')]
        } else if !self.flags.folds() && self.eat("upper:]") {
            &[('A', 'Z')]
        } else {
            return Err("the set between `[:` and `:]` cannot be run".to_owned());
        };
        items.sets.extend(ranges);
        items.posix = true;
        Ok(())
    }
}
