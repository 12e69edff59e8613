//! The text of a Lucene regular expression to a term. Source: the grammar in the documentation of Lucene's `RegExp`.

use super::term::{Id, Terms};
use crate::eql::casing::orbits;

/// The deepest nesting of groups and complements.
const MAX_NESTING: usize = 100;

/// Inclusive ranges of code points.
pub(super) type Ranges = Vec<(u32, u32)>;

/// The last code point.
pub(super) const LAST: u32 = 0x10_FFFF;

pub(super) struct Reader<'r> {
    chars: Vec<char>,
    at: usize,
    ignore_case: bool,
    terms: &'r mut Terms,
    nesting: usize,
}

impl<'r> Reader<'r> {
    pub(super) fn new(pattern: &str, ignore_case: bool, terms: &'r mut Terms) -> Self {
        Self {
            chars: pattern.chars().collect(),
            at: 0,
            ignore_case,
            terms,
            nesting: 0,
        }
    }

    pub(super) fn read(&mut self) -> Result<Id, String> {
        if self.chars.is_empty() {
            return Ok(self.terms.empty());
        }
        let root = self.union()?;
        match self.peek() {
            None => Ok(root),
            Some(c) => Err(format!("`{c}` at character {} closes nothing", self.at + 1)),
        }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn next(&mut self) -> Result<char, String> {
        let c = self.peek().ok_or("the regular expression ends too early")?;
        self.at += 1;
        Ok(c)
    }

    fn union(&mut self) -> Result<Id, String> {
        self.nesting += 1;
        if self.nesting > MAX_NESTING {
            return Err(format!("groups nest deeper than {MAX_NESTING} levels"));
        }
        let mut alternatives = vec![self.intersection()?];
        while self.take('|') {
            alternatives.push(self.intersection()?);
        }
        self.nesting -= 1;
        Ok(self.terms.or(alternatives))
    }

    fn intersection(&mut self) -> Result<Id, String> {
        let mut all = vec![self.concatenation()?];
        while self.take('&') {
            all.push(self.concatenation()?);
        }
        Ok(self.terms.and(all))
    }

    /// At least one part: like Lucene, `a||b` and `()|` want something on either side of the bar.
    fn concatenation(&mut self) -> Result<Id, String> {
        let mut parts = vec![self.repetition()?];
        let goes_on = |c: char| {
            c == '&' && verdict_faults::at("eql/engine/ampersand-is-itself")
                || !matches!(c, ')' | '|' | '&')
        };
        while self.peek().is_some_and(goes_on) {
            parts.push(self.repetition()?);
        }
        let mut whole = self.terms.empty();
        for part in parts.into_iter().rev() {
            whole = self.terms.concat(part, whole);
        }
        Ok(whole)
    }

    fn repetition(&mut self) -> Result<Id, String> {
        let mut inner = self.complement()?;
        loop {
            let (min, max) = if self.take('?') {
                (0, Some(1))
            } else if self.take('*') {
                (0, None)
            } else if self.take('+') {
                (1, None)
            } else if self.take('{') {
                self.counts()?
            } else {
                return Ok(inner);
            };
            inner = self.terms.repeat(inner, min, max);
        }
    }

    /// `n}`, `n,}` or `n,m}`.
    fn counts(&mut self) -> Result<(u32, Option<u32>), String> {
        let min = self.integer()?.ok_or("a number belongs behind `{`")?;
        let max = if self.take(',') {
            self.integer()?
        } else {
            Some(min)
        };
        if max.is_some_and(|max| max < min) {
            return Err(format!(
                "the repetition before character {} has no length",
                self.at + 1
            ));
        }
        if self.take('}') {
            Ok((min, max))
        } else {
            Err(format!("`}}` is missing at character {}", self.at + 1))
        }
    }

    fn integer(&mut self) -> Result<Option<u32>, String> {
        let mut digits = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_digit) {
            digits.push(c);
            self.at += 1;
        }
        if digits.is_empty() {
            return Ok(None);
        }
        let value: i32 = digits
            .parse()
            .map_err(|_| format!("`{digits}` is too large"))?;
        Ok(u32::try_from(value).ok())
    }

    fn complement(&mut self) -> Result<Id, String> {
        let mut negated = false;
        while !verdict_faults::at("eql/engine/tilde-is-itself") && self.take('~') {
            negated = !negated;
        }
        let inner = self.class()?;
        Ok(if negated {
            self.terms.not(inner)
        } else {
            inner
        })
    }

    fn class(&mut self) -> Result<Id, String> {
        if !self.take('[') {
            return self.simple();
        }
        let negated = self.take('^');
        let mut ranges = Ranges::new();
        loop {
            self.class_item(&mut ranges)?;
            if matches!(self.peek(), None | Some(']')) {
                break;
            }
        }
        if !self.take(']') {
            return Err(format!("`]` is missing at character {}", self.at + 1));
        }
        Ok(self.set(ranges, negated))
    }

    fn class_item(&mut self, ranges: &mut Ranges) -> Result<(), String> {
        if let Some(mut known) = self.escape_class()? {
            ranges.append(&mut known);
            return Ok(());
        }
        let from = u32::from(self.character()?);
        let to = if self.take('-') {
            u32::from(self.character()?)
        } else {
            from
        };
        if from > to {
            return Err("a range runs backwards".to_owned());
        }
        ranges.push((from, to));
        Ok(())
    }

    /// `\d \D \s \S \w \W`; other letters behind a backslash are errors, other characters are themselves.
    fn escape_class(&mut self) -> Result<Option<Ranges>, String> {
        if self.peek() != Some('\\') {
            return Ok(None);
        }
        let Some(c) = self.chars.get(self.at + 1).copied() else {
            return Ok(None);
        };
        let known = match c {
            'd' | 'D' => vec![(0x30, 0x39)],
            's' | 'S' => vec![(0x09, 0x0A), (0x0D, 0x0D), (0x20, 0x20)],
            'w' | 'W' => vec![(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)],
            'a'..='z' | 'A'..='Z' => return Err(format!("`\\{c}` is no class of characters")),
            _other => return Ok(None),
        };
        self.at += 2;
        Ok(Some(if c.is_ascii_uppercase() {
            negate(known)
        } else {
            known
        }))
    }

    fn simple(&mut self) -> Result<Id, String> {
        if self.peek() == Some('.') && verdict_faults::at("eql/engine/dot-stops-at-a-line-end") {
            self.at += 1;
            return Ok(self.set(vec![(0x0A, 0x0A)], true));
        }
        if self.take('.') {
            return Ok(self.terms.set(vec![(0, LAST)]));
        }
        if !verdict_faults::at("eql/engine/hash-is-itself") && self.take('#') {
            return Ok(self.terms.nothing());
        }
        if !verdict_faults::at("eql/engine/at-sign-is-itself") && self.take('@') {
            return Ok(self.terms.anything());
        }
        if !verdict_faults::at("eql/engine/quote-is-itself") && self.take('"') {
            return self.quoted();
        }
        if self.take('(') {
            if self.take(')') {
                return Ok(self.terms.empty());
            }
            let inner = self.union()?;
            return if self.take(')') {
                Ok(inner)
            } else {
                Err(format!("`)` is missing at character {}", self.at + 1))
            };
        }
        if !verdict_faults::at("eql/engine/angle-is-itself") && self.take('<') {
            return self.interval();
        }
        if let Some(known) = self.escape_class()? {
            return Ok(self.set(known, false));
        }
        let c = u32::from(self.character()?);
        Ok(self.set(vec![(c, c)], false))
    }

    /// A character, with or without a backslash before it.
    fn character(&mut self) -> Result<char, String> {
        self.take('\\');
        self.next()
    }

    /// `"..."`: everything within is literal.
    fn quoted(&mut self) -> Result<Id, String> {
        let mut parts = Vec::new();
        loop {
            match self.next()? {
                '"' => break,
                c => parts.push(self.set(vec![(u32::from(c), u32::from(c))], false)),
            }
        }
        let mut whole = self.terms.empty();
        for part in parts.into_iter().rev() {
            whole = self.terms.concat(part, whole);
        }
        Ok(whole)
    }

    /// `<n-m>`; `<name>` would name an automaton, and none has a name here.
    fn interval(&mut self) -> Result<Id, String> {
        let mut text = String::new();
        loop {
            match self.next()? {
                '>' => break,
                c => text.push(c),
            }
        }
        let Some((low, high)) = text.split_once('-') else {
            return Err(format!("there is no automaton `{text}`"));
        };
        let number = |part: &str| {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse::<u32>()
                .ok()
                .filter(|value| digits && *value <= 0x7FFF_FFFF)
        };
        let (Some(from), Some(to)) = (number(low), number(high)) else {
            return Err(format!("`<{text}>` is no interval of numbers"));
        };
        let width = if low.len() == high.len() {
            low.len()
        } else {
            0
        };
        Ok(self.terms.interval(from.min(to), from.max(to), width))
    }

    fn set(&mut self, ranges: Ranges, negated: bool) -> Id {
        // Source: Elastic, "Regular expression syntax", the note on ranges of characters: they stay in their case.
        let closed = if self.ignore_case {
            let (single, wide): (Ranges, Ranges) = ranges
                .into_iter()
                .partition(|(from, to)| from == to || verdict_faults::at("eql/engine/ranges-fold"));
            let mut closed = close(single);
            closed.extend(wide);
            closed
        } else {
            ranges
        };
        self.terms
            .set(if negated { negate(closed) } else { closed })
    }
}

/// The ranges with every character that differs from one of theirs in case alone.
fn close(mut ranges: Ranges) -> Ranges {
    let covered = normalise(ranges.clone());
    let has = |c: &char| {
        covered
            .iter()
            .any(|(from, to)| (*from..=*to).contains(&u32::from(*c)))
    };
    for orbit in orbits() {
        if verdict_faults::at("eql/engine/regex-folds-ascii-alone")
            && !orbit.iter().any(char::is_ascii)
        {
            continue;
        }
        if orbit.iter().any(has) {
            ranges.extend(orbit.iter().map(|c| (u32::from(*c), u32::from(*c))));
        }
    }
    ranges
}

/// Sorted, without overlaps.
pub(super) fn normalise(mut ranges: Ranges) -> Ranges {
    ranges.sort_unstable();
    let mut merged: Ranges = Vec::with_capacity(ranges.len());
    for (from, to) in ranges {
        match merged.last_mut() {
            Some((_, last)) if from <= last.saturating_add(1) => *last = to.max(*last),
            Some(_) | None => merged.push((from, to)),
        }
    }
    merged
}

fn negate(ranges: Ranges) -> Ranges {
    let mut gaps = Ranges::new();
    let mut next = 0;
    for (from, to) in normalise(ranges) {
        if from > next {
            gaps.push((next, from - 1));
        }
        next = to + 1;
    }
    if next <= LAST {
        gaps.push((next, LAST));
    }
    gaps
}
