//! Perl-compatible regular expressions, as Rust's `regex` can run them.
//!
//! The pattern is read character by character and written anew, every literal by its code, so that nothing means something else by
//! accident. What cannot be run (lookaround, back references, possessive quantifiers ...) is refused with its reason.
//!
//! Source: Search Manual, "SPL and regular expressions" (the library is PCRE, a search is not anchored); pcrepattern(3). Where PCRE's own
//! options decide, no page of Splunk's says how they are set. Assumed: text is UTF-8 and read by code points, `\d \w \s \b` are ASCII (no
//! `(*UCP)`), a newline is `\n`, and `(?i)` folds by Unicode's simple rules.

mod class;
mod escape;
mod group;

use regex::{Regex, RegexBuilder};

/// A pattern that is ready to run.
#[derive(Clone, Debug)]
pub(super) struct Pcre {
    pub(super) regex: Regex,
    /// `$` or `\Z` stands for "before a last newline" too, and takes that newline along: where a match's extent counts, a text
    /// that ends with a newline cannot be judged.
    pub(super) takes_newline: bool,
}

impl Pcre {
    /// Whether the pattern is found anywhere in the text.
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.regex.is_match(text)
    }
}

/// Prepares a pattern, or says why it cannot be run.
pub(super) fn compile(pattern: &str) -> Result<Pcre, String> {
    let mut translator = Translator::new(pattern);
    translator.pattern()?;
    let mut written = translator.out;
    if verdict_faults::at("spl/engine/match-covers-the-text") {
        written = format!("\\A(?:{written})\\z");
    }
    let regex = RegexBuilder::new(&written)
        .case_insensitive(verdict_faults::at("spl/engine/match-ignores-case"))
        .dot_matches_new_line(verdict_faults::at("spl/engine/dot-takes-a-line-end"))
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "the regular expression is too large".to_owned(),
            other => {
                let told = other.to_string();
                let last = told.lines().last().unwrap_or_default().trim();
                format!("the regular expression cannot be run: {last}")
            }
        })?;
    Ok(Pcre {
        regex,
        takes_newline: translator.takes_newline,
    })
}

/// PCRE's own limit on nested groups.
const MAX_GROUPS: usize = 250;
/// pcrelimits(3): a compiled pattern has at most 64 KiB, unless the library was built for more.
const MAX_SIZE: usize = 65_535;

/// Options that can be set inside a pattern.
#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    ignore_case: bool,
    multi_line: bool,
}

/// A group that is open, or the whole pattern.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    /// The options outside it, which come back when it closes.
    outer: Flags,
    end: End,
    line: Line,
}

/// Whether a group has come to a `$`.
#[derive(Clone, Copy, Debug, Default)]
struct End {
    /// The current branch has.
    here: bool,
    /// Some branch has.
    any: bool,
}

/// Whether a `^` of `(?m)` came last: a character must follow. PCRE does not let it stand behind a newline that ends the text, Rust does.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    awaits: bool,
    /// The group itself stands behind such a `^`, so that each of its branches must begin with a character.
    all: bool,
}

struct Translator {
    letters: Vec<char>,
    at: usize,
    out: String,
    flags: Flags,
    levels: Vec<Level>,
    level: Level,
    takes_newline: bool,
    /// About how many bytes PCRE would compile: an operator and a character, a table for a class, the links of a group.
    size: usize,
}

impl Translator {
    fn new(pattern: &str) -> Self {
        Self {
            letters: pattern.chars().collect(),
            at: 0,
            out: String::with_capacity(pattern.len() * 2),
            flags: Flags::default(),
            levels: Vec::new(),
            level: Level::default(),
            takes_newline: false,
            size: 0,
        }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.letters.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek(0);
        self.at += usize::from(letter.is_some());
        letter
    }

    fn eat(&mut self, wanted: &str) -> bool {
        let found = wanted
            .chars()
            .enumerate()
            .all(|(ahead, letter)| self.peek(ahead) == Some(letter));
        if found {
            self.at += wanted.chars().count();
        }
        found
    }

    fn pattern(&mut self) -> Result<(), String> {
        while let Some(letter) = self.next() {
            match letter {
                '(' => self.open()?,
                ')' => self.close()?,
                '|' => {
                    self.grow(3)?;
                    self.arrived()?;
                    self.level.line.awaits = self.level.line.all;
                    self.level.end.here = false;
                    self.out.push('|');
                }
                '[' => {
                    let class = self.class()?;
                    self.atom(&class)?;
                }
                '.' => self.atom(".")?,
                '^' => {
                    self.border("^")?;
                    self.level.line.awaits |= self.flags.multi_line;
                }
                '$' => self.dollar()?,
                '\\' => self.escape()?,
                '*' | '+' | '?' => return Err(format!("`{letter}` repeats nothing")),
                '{' if self.counted(self.at - 1).is_some() => {
                    return Err("`{` repeats nothing".to_owned());
                }
                letter => self.literal(letter)?,
            }
        }
        self.arrived()?;
        if self.levels.is_empty() {
            return Ok(());
        }
        Err("the group is never closed".to_owned())
    }

    /// Writes something that can be repeated, and reads how often.
    fn atom(&mut self, written: &str) -> Result<(), String> {
        self.item()?;
        self.grow(if written.contains('[') { 33 } else { 2 })?;
        self.out.push_str(written);
        self.taken()?;
        self.quantifier()
    }

    /// A character is taken, unless what comes next makes it optional.
    fn taken(&mut self) -> Result<(), String> {
        let optional = matches!(self.peek(0), Some('*' | '?'))
            || (self.peek(0) == Some('{') && self.peek(1) == Some('0') && self.repeats());
        if optional {
            return self.arrived();
        }
        self.level.line.awaits = false;
        Ok(())
    }

    /// Nothing may be awaited here.
    fn arrived(&self) -> Result<(), String> {
        if self.level.line.awaits {
            return Err("`^` of `(?m)` without a character behind it cannot be run".to_owned());
        }
        Ok(())
    }

    fn grow(&mut self, by: usize) -> Result<(), String> {
        self.size += by;
        if self.size > MAX_SIZE {
            return Err("the regular expression is too large for PCRE".to_owned());
        }
        Ok(())
    }

    fn literal(&mut self, letter: char) -> Result<(), String> {
        let mut written = String::new();
        write_literal(letter, &mut written);
        self.atom(&written)
    }

    /// Writes something that takes no text and is not repeated.
    fn border(&mut self, written: &str) -> Result<(), String> {
        self.item()?;
        self.out.push_str(written);
        if self.repeats() {
            return Err("a repeated assertion cannot be run".to_owned());
        }
        Ok(())
    }

    /// Something follows in this branch: it must not have come to its `$`, which is written so that it takes the last newline.
    fn item(&mut self) -> Result<(), String> {
        if self.level.end.here {
            return Err("`$` or `\\Z` before the end of the pattern cannot be run".to_owned());
        }
        Ok(())
    }

    /// pcrepattern(3), "Circumflex and dollar": outside `(?m)`, `$` is the end, or before a newline that ends the text.
    fn dollar(&mut self) -> Result<(), String> {
        if self.flags.multi_line {
            return self.border("$");
        }
        self.end()
    }

    /// The end, or before a newline that ends the text.
    fn end(&mut self) -> Result<(), String> {
        // Behind another one, it holds where that one came to; behind a group, some branches may not have had theirs.
        self.level.end.here = false;
        self.border("(?:\\n?\\z)")?;
        self.level.end.here = true;
        self.level.end.any = true;
        self.takes_newline = true;
        Ok(())
    }

    /// Whether a quantifier comes next.
    fn repeats(&self) -> bool {
        matches!(self.peek(0), Some('*' | '+' | '?')) || self.counted(self.at).is_some()
    }

    /// `{n}`, `{n,}` or `{n,m}` at a place, and how many characters it is long.
    fn counted(&self, at: usize) -> Option<(String, usize)> {
        let mut letters = self.letters.get(at..)?.iter().copied();
        if letters.next() != Some('{') {
            return None;
        }
        let mut taken = 1;
        let mut digits = [String::new(), String::new()];
        let mut comma = false;
        for letter in letters {
            taken += 1;
            match letter {
                '0'..='9' => digits.get_mut(usize::from(comma))?.push(letter),
                ',' if !comma => comma = true,
                '}' => {
                    let [least, most] = &digits;
                    if least.is_empty() {
                        return None;
                    }
                    let text = if comma {
                        format!("{{{least},{most}}}")
                    } else {
                        format!("{{{least}}}")
                    };
                    return Some((text, taken));
                }
                _ => return None,
            }
        }
        None
    }

    fn quantifier(&mut self) -> Result<(), String> {
        match self.peek(0) {
            Some(letter @ ('*' | '+' | '?')) => {
                self.at += 1;
                self.out.push(letter);
            }
            Some('{') => {
                if self.peek(1) == Some(',') {
                    return Err("`{,` is a count or not, by PCRE's version".to_owned());
                }
                let Some((text, taken)) = self.counted(self.at) else {
                    return Ok(());
                };
                self.at += taken;
                self.out.push_str(&text);
            }
            _ => return Ok(()),
        }
        match self.peek(0) {
            Some('?') => {
                self.at += 1;
                self.out.push('?');
            }
            Some('+') => return Err("a possessive quantifier cannot be run".to_owned()),
            _ => {}
        }
        if self.repeats() {
            return Err("a quantifier on a quantifier".to_owned());
        }
        Ok(())
    }
}

/// A character that stands for itself.
fn write_literal(letter: char, out: &mut String) {
    use std::fmt::Write as _;
    if letter.is_ascii_alphanumeric() {
        out.push(letter);
    } else {
        let _ = write!(out, "\\x{{{:X}}}", u32::from(letter));
    }
}
