//! Tests of one text, prepared once: `LIKE`, `RLIKE` and their kin.

mod automaton;
mod bound;
mod effort;
mod language;
mod regexp;
mod wildcard;

use super::folding;
use automaton::Automaton;
use effort::{Positions, TooComplex};
use language::Language;
use regex::{Regex, RegexBuilder};
use std::collections::HashSet;
use wildcard::Piece;

/// How large a translated pattern may become, in bytes.
const REGEX_SIZE: usize = 1 << 22;

/// How many states are looked at to see whether a pattern takes every text.
const TOTAL_STATES: usize = 64;

/// From how many texts on a search for all at once pays.
const MANY: usize = 4;

/// A prepared test.
#[derive(Clone, Debug)]
pub(super) enum TextTest {
    /// Every text.
    All,
    Plain(Shape),
    /// The same ignoring case; the texts in it are folded.
    Folded(Shape),
    Regex(Regex),
    Automaton(Box<Automaton>),
    /// One of these texts.
    Among(HashSet<Box<str>>),
    /// Any of several.
    Any(Box<[TextTest]>),
}

/// A test for literal texts.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Equal(Box<str>),
    Prefix(Box<str>),
    Suffix(Box<str>),
    Contains(Box<str>),
    /// A beginning, texts in this order, and an end.
    Pieces(Box<str>, Box<[Box<str>]>, Box<str>),
}

impl TextTest {
    /// Whether the text is this one.
    pub(super) fn equal(text: &str) -> Self {
        Self::Plain(Shape::Equal(text.into()))
    }

    /// `LIKE` with several patterns.
    pub(super) fn like_any(patterns: &[&str]) -> Result<Self, String> {
        let pieces: Result<Vec<Vec<Piece>>, String> = patterns
            .iter()
            .map(|pattern| wildcard::read(pattern))
            .collect();
        let pieces = pieces?;
        if bound::of_list(&pieces).is_none_or(|work| work > effort::LIMIT) {
            let languages: Vec<Language> = pieces
                .iter()
                .map(|pieces| wildcard::language(pieces, false))
                .collect();
            Self::check_union(&languages)?;
        }
        let tests: Result<Vec<Self>, String> = patterns
            .iter()
            .map(|pattern| Self::like(pattern, false))
            .collect();
        Ok(Self::any(tests?))
    }

    /// `RLIKE` with several patterns.
    pub(super) fn rlike_any(patterns: &[&str]) -> Result<Self, String> {
        let languages: Result<Vec<Language>, String> = patterns
            .iter()
            .map(|pattern| regexp::parse(pattern, false))
            .collect();
        let languages = languages?;
        Self::check_union(&languages)?;
        let tests: Result<Vec<Self>, String> = languages.iter().map(Self::of_language).collect();
        Ok(Self::any(tests?))
    }

    /// Whether Lucene would make one automaton of these.
    fn check_union(languages: &[Language]) -> Result<(), String> {
        let mut parts = Vec::new();
        for language in languages {
            if let Some(positions) = Positions::of(language).map_err(too_complex)? {
                parts.push(positions.determinize().map_err(too_complex)?);
            }
        }
        Positions::union(parts)
            .determinize()
            .map(|_| ())
            .map_err(too_complex)
    }

    /// Any of several tests. One that takes every text makes all of them superfluous.
    fn any(tests: Vec<Self>) -> Self {
        if tests.iter().any(Self::is_all) {
            return Self::All;
        }
        // Texts that are only to be contained are sought all at once, whole texts by their hash.
        let (mut contained, mut whole, mut rest) = (Vec::new(), HashSet::new(), Vec::new());
        for test in tests {
            match test {
                Self::Plain(Shape::Contains(text)) => contained.push(text),
                Self::Plain(Shape::Equal(text)) => {
                    whole.insert(text);
                }
                other => rest.push(other),
            }
        }
        rest.extend(Self::containing(contained));
        if !whole.is_empty() {
            rest.insert(0, Self::Among(whole));
        }
        match <[Self; 1]>::try_from(rest) {
            Ok([only]) => only,
            Err(rest) => Self::Any(rest.into()),
        }
    }

    /// Tests for texts that contain any of these.
    fn containing(texts: Vec<Box<str>>) -> Vec<Self> {
        if texts.len() >= MANY {
            let parts: Vec<String> = texts.iter().map(|text| regex::escape(text)).collect();
            let regex = RegexBuilder::new(&parts.join("|"))
                .size_limit(REGEX_SIZE)
                .build();
            if let Ok(regex) = regex {
                return vec![Self::Regex(regex)];
            }
        }
        texts
            .into_iter()
            .map(|text| Self::Plain(Shape::Contains(text)))
            .collect()
    }

    /// Whether the text is this one but for case. Source: elasticsearch, `InsensitiveEquals`.
    pub(super) fn equal_ignoring_case(text: &str) -> Self {
        Self::Folded(Shape::Equal(folding::fold_text(text).into()))
    }

    /// `LIKE`. Source: elasticsearch, `WildcardPattern`, `AutomatonQueries.toWildcardNFA`: the whole text, `*` any run of characters,
    /// line breaks too, `?` one code point.
    pub(super) fn like(pattern: &str, ignore_case: bool) -> Result<Self, String> {
        let mut pieces = wildcard::read(pattern)?;
        if verdict_faults::at("esql/engine/like-searches") {
            pieces.insert(0, Piece::Run);
            pieces.push(Piece::Run);
        }
        let ignore_case = ignore_case || verdict_faults::at("esql/engine/like-ignores-case");
        // The empty pattern takes no text, not even the empty one: a concatenation of nothing is no automaton.
        // Source: Lucene, `WildcardQuery.toAutomaton`, held against Lucene 9.9.1. Without case it goes another way: `luceneWildcardToRegExp`.
        if pieces.is_empty()
            && !ignore_case
            && !verdict_faults::at("esql/engine/empty-pattern-takes-the-empty-text")
        {
            return Ok(Self::Among(HashSet::new()));
        }
        if pieces.iter().all(|piece| *piece == Piece::Run) && !pieces.is_empty() {
            return Ok(Self::All);
        }
        if pieces.contains(&Piece::One) {
            return Self::of_language(&wildcard::language(&pieces, ignore_case));
        }
        let shape = wildcard::shape(&pieces, ignore_case);
        Ok(if ignore_case {
            Self::Folded(shape)
        } else {
            Self::Plain(shape)
        })
    }

    /// `RLIKE`.
    pub(super) fn rlike(pattern: &str, ignore_case: bool) -> Result<Self, String> {
        if verdict_faults::at("esql/engine/rlike-searches") {
            let language = regexp::parse(pattern, ignore_case)?;
            let anything = Language::anything;
            let wider = Language::concat(vec![anything(), language, anything()]);
            return Self::of_language(&wider);
        }
        let ignore_case = ignore_case || verdict_faults::at("esql/engine/rlike-ignores-case");
        Self::of_language(&regexp::parse(pattern, ignore_case)?)
    }

    fn of_language(language: &Language) -> Result<Self, String> {
        if language.is_nullable()
            && Automaton::build(language, TOTAL_STATES)
                .is_some_and(|automaton| automaton.is_total())
        {
            return Ok(Self::All);
        }
        if let Some(positions) = Positions::of(language).map_err(too_complex)? {
            positions.determinize().map_err(too_complex)?;
        }
        let mut pattern = String::from(r"\A(?:");
        if language.write(&mut pattern) {
            pattern.push_str(r")\z");
            return RegexBuilder::new(&pattern)
                .size_limit(REGEX_SIZE)
                .build()
                .map(Self::Regex)
                .map_err(|_| too_complex(TooComplex));
        }
        Automaton::build(language, usize::MAX)
            .map(|automaton| Self::Automaton(Box::new(automaton)))
            .ok_or_else(|| too_complex(TooComplex))
    }

    pub(super) fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }

    pub(super) fn test(&self, text: &str) -> bool {
        match self {
            Self::All => true,
            Self::Plain(shape) => shape.test(text),
            Self::Folded(shape) if text.is_ascii() => shape.test_ascii(text.as_bytes()),
            Self::Folded(shape) => shape.test(&folding::fold_text(text)),
            Self::Regex(regex) => regex.is_match(text),
            Self::Automaton(automaton) => automaton.is_match(text),
            Self::Among(texts) => texts.contains(text),
            Self::Any(tests) => tests.iter().any(|test| test.test(text)),
        }
    }
}

fn too_complex(_: TooComplex) -> String {
    "too complex to determinize".to_owned()
}

impl Shape {
    fn test(&self, text: &str) -> bool {
        match self {
            Self::Equal(wanted) => text == wanted.as_ref(),
            Self::Prefix(wanted) => text.starts_with(wanted.as_ref()),
            Self::Suffix(wanted) => text.ends_with(wanted.as_ref()),
            Self::Contains(wanted) => text.contains(wanted.as_ref()),
            Self::Pieces(first, middle, last) => {
                let Some(mut rest) = text.strip_prefix(first.as_ref()) else {
                    return false;
                };
                for piece in middle {
                    match rest.split_once(piece.as_ref()) {
                        Some((_, after)) => rest = after,
                        None => return false,
                    }
                }
                rest.ends_with(last.as_ref())
            }
        }
    }

    /// The same over ASCII, ignoring case.
    fn test_ascii(&self, text: &[u8]) -> bool {
        match self {
            Self::Equal(wanted) => text.eq_ignore_ascii_case(wanted.as_bytes()),
            Self::Prefix(wanted) => strip_prefix(text, wanted).is_some(),
            Self::Suffix(wanted) => has_suffix(text, wanted),
            Self::Contains(wanted) => after(text, wanted).is_some(),
            Self::Pieces(first, middle, last) => {
                let Some(mut rest) = strip_prefix(text, first) else {
                    return false;
                };
                for piece in middle {
                    match after(rest, piece) {
                        Some(tail) => rest = tail,
                        None => return false,
                    }
                }
                has_suffix(rest, last)
            }
        }
    }
}

fn strip_prefix<'t>(text: &'t [u8], wanted: &str) -> Option<&'t [u8]> {
    let (head, tail) = text.split_at_checked(wanted.len())?;
    head.eq_ignore_ascii_case(wanted.as_bytes()).then_some(tail)
}

fn has_suffix(text: &[u8], wanted: &str) -> bool {
    let tail = text
        .len()
        .checked_sub(wanted.len())
        .and_then(|start| text.get(start..));
    tail.is_some_and(|tail| tail.eq_ignore_ascii_case(wanted.as_bytes()))
}

/// What stands behind the first place where a text is found.
fn after<'t>(text: &'t [u8], wanted: &str) -> Option<&'t [u8]> {
    let wanted = wanted.as_bytes();
    let Some(first) = wanted.first() else {
        return Some(text);
    };
    let mut rest = text;
    while rest.len() >= wanted.len() {
        let at = rest
            .iter()
            .position(|byte| byte.eq_ignore_ascii_case(first))?;
        rest = rest.get(at..)?;
        let (head, tail) = rest.split_at_checked(wanted.len())?;
        if head.eq_ignore_ascii_case(wanted) {
            return Some(tail);
        }
        rest = rest.get(1..)?;
    }
    None
}
