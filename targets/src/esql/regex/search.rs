//! An expression that is searched, as the language of the whole texts in which it is found.
//!
//! Lucene has no borders: an expression matches a whole text or not at all. What stands before and behind the found part is written out, and a border is what
//! it says of the characters on its two sides.

use crate::esql::regex::language::{Language, Side, any};
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look};

/// The most alternatives that borders may split an expression into.
const MOST_ALTERNATIVES: usize = 64;

/// The most repetitions of a part with borders that are written out.
const MOST_REPEATED: u32 = 6;

/// The texts in which the expression is found; None if its borders stand where that cannot be said.
pub(crate) fn found(hir: &Hir) -> Option<Language> {
    let alternatives: Option<Vec<Language>> = sequences(hir)?
        .iter()
        .map(|sequence| whole(sequence))
        .collect();
    Some(Language::union(alternatives?))
}

/// A part of an expression: a language, or a border.
#[derive(Clone, Debug)]
enum Part {
    Text(Language),
    Border(Look),
}

/// The expression as alternatives, in each of which no border stands below anything.
fn sequences(hir: &Hir) -> Option<Vec<Vec<Part>>> {
    if hir.properties().look_set().is_empty() {
        return Some(vec![vec![Part::Text(plain(hir)?)]]);
    }
    let found = match hir.kind() {
        HirKind::Look(look) => vec![vec![Part::Border(*look)]],
        HirKind::Capture(capture) => sequences(&capture.sub)?,
        HirKind::Repetition(repetition) => {
            let max = repetition.max.filter(|max| *max <= MOST_REPEATED)?;
            let times = (repetition.min..=max)
                .map(|count| product(std::iter::repeat_n(&*repetition.sub, count as usize)));
            times.collect::<Option<Vec<_>>>()?.concat()
        }
        HirKind::Concat(parts) => product(parts)?,
        HirKind::Alternation(parts) => {
            let found: Option<Vec<_>> = parts.iter().map(sequences).collect();
            found?.concat()
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => return None,
    };
    (found.len() <= MOST_ALTERNATIVES).then_some(found)
}

/// One of the alternatives of each part after the other.
fn product<'h>(parts: impl IntoIterator<Item = &'h Hir>) -> Option<Vec<Vec<Part>>> {
    let mut found: Vec<Vec<Part>> = vec![Vec::new()];
    for part in parts {
        let more = sequences(part)?;
        if found.len() * more.len() > MOST_ALTERNATIVES {
            return None;
        }
        let behind = |head: &Vec<Part>| -> Vec<Vec<Part>> {
            let join = |tail: &Vec<Part>| head.iter().chain(tail).cloned().collect();
            more.iter().map(join).collect()
        };
        found = found.iter().flat_map(behind).collect();
    }
    Some(found)
}

/// An expression whose only borders are those of the text at its ends: whether they are there, and what stands between them.
pub(crate) fn anchored(hir: &Hir) -> Option<(bool, Language, bool)> {
    let mut parts = match hir.kind() {
        HirKind::Concat(parts) => parts.as_slice(),
        _ => std::slice::from_ref(hir),
    };
    let is = |hir: &Hir, look: Look| matches!(hir.kind(), HirKind::Look(found) if *found == look);
    let start = parts.first().is_some_and(|part| is(part, Look::Start));
    if let (true, [_, rest @ ..]) = (start, parts) {
        parts = rest;
    }
    let end = parts.last().is_some_and(|part| is(part, Look::End));
    if let (true, [rest @ .., _]) = (end, parts) {
        parts = rest;
    }
    let inner: Option<Vec<Language>> = parts.iter().map(plain).collect();
    Some((start, Language::concat(inner?), end))
}

/// An expression without borders.
fn plain(hir: &Hir) -> Option<Language> {
    Some(match hir.kind() {
        HirKind::Empty => Language::Empty,
        HirKind::Literal(literal) => Language::text(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(Class::Unicode(set)) => Language::Set(set.clone()),
        HirKind::Class(Class::Bytes(set)) => Language::Set(set.to_unicode_class()?),
        HirKind::Look(_) => return None,
        HirKind::Repetition(repetition) => {
            plain(&repetition.sub)?.repeat(repetition.min, repetition.max)
        }
        HirKind::Capture(capture) => plain(&capture.sub)?,
        HirKind::Concat(parts) => {
            let parts: Option<Vec<Language>> = parts.iter().map(plain).collect();
            Language::concat(parts?)
        }
        HirKind::Alternation(parts) => {
            let parts: Option<Vec<Language>> = parts.iter().map(plain).collect();
            Language::union(parts?)
        }
    })
}

/// What a border says of one of its sides: that nothing stands there, if it may, or a character of the set.
#[derive(Clone, Debug)]
struct Neighbour {
    nothing: bool,
    set: ClassUnicode,
}

impl Neighbour {
    fn new(nothing: bool, set: ClassUnicode) -> Self {
        Self { nothing, set }
    }

    fn any() -> Self {
        Self::new(true, any())
    }

    fn and(&self, other: &Self) -> Self {
        let mut set = self.set.clone();
        set.intersect(&other.set);
        Self::new(self.nothing && other.nothing, set)
    }
}

/// A place between two parts: what stands before it and behind it.
#[derive(Clone, Debug)]
struct Place {
    before: Neighbour,
    behind: Neighbour,
}

/// The ways in which a border holds.
fn ways(look: Look) -> Option<Vec<Place>> {
    let place = |before, behind| Place { before, behind };
    let end = || Neighbour::new(true, ClassUnicode::empty());
    let line = || Neighbour::new(true, set(&[('\n', '\n')]));
    let word = || Neighbour::new(false, word());
    let other = || {
        let mut set = self::word();
        set.negate();
        Neighbour::new(true, set)
    };
    Some(match look {
        Look::Start if verdict_faults::at("esql/search/start-border-lost") => {
            vec![place(Neighbour::any(), Neighbour::any())]
        }
        Look::End if verdict_faults::at("esql/search/end-border-lost") => {
            vec![place(Neighbour::any(), Neighbour::any())]
        }
        Look::WordAscii if verdict_faults::at("esql/search/word-border-of-one-side") => {
            vec![place(other(), word())]
        }
        Look::Start => vec![place(end(), Neighbour::any())],
        Look::End => vec![place(Neighbour::any(), end())],
        Look::StartLF => vec![place(line(), Neighbour::any())],
        Look::EndLF => vec![place(Neighbour::any(), line())],
        Look::WordAscii => vec![place(other(), word()), place(word(), other())],
        Look::WordAsciiNegate => vec![place(other(), other()), place(word(), word())],
        Look::WordStartAscii => vec![place(other(), word())],
        Look::WordEndAscii => vec![place(word(), other())],
        Look::WordStartHalfAscii => vec![place(other(), Neighbour::any())],
        Look::WordEndHalfAscii => vec![place(Neighbour::any(), other())],
        Look::StartCRLF
        | Look::EndCRLF
        | Look::WordUnicode
        | Look::WordUnicodeNegate
        | Look::WordStartUnicode
        | Look::WordEndUnicode
        | Look::WordStartHalfUnicode
        | Look::WordEndHalfUnicode => return None,
    })
}

fn set(ranges: &[(char, char)]) -> ClassUnicode {
    let ranges = ranges
        .iter()
        .map(|(low, high)| ClassUnicodeRange::new(*low, *high));
    ClassUnicode::new(ranges)
}

fn word() -> ClassUnicode {
    if verdict_faults::at("esql/search/word-without-digits") {
        return set(&[('A', 'Z'), ('_', '_'), ('a', 'z')]);
    }
    set(&[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')])
}

/// Parts with a place between each two of them.
#[derive(Clone, Debug)]
struct Row {
    parts: Vec<Language>,
    places: Vec<Place>,
}

/// The whole texts that hold the sequence.
fn whole(sequence: &[Part]) -> Option<Language> {
    let mut rows = vec![Row {
        parts: vec![Language::Empty],
        places: Vec::new(),
    }];
    for part in sequence {
        let mut next = Vec::new();
        for row in rows {
            match part {
                Part::Text(text) => next.push(row.text(text)),
                Part::Border(look) => {
                    next.extend(ways(*look)?.into_iter().map(|way| row.clone().place(way)));
                }
            }
        }
        rows = next;
        if rows.len() > MOST_ALTERNATIVES {
            return None;
        }
    }
    let mut languages = Vec::new();
    for row in rows {
        let mut split = Vec::new();
        row.split(1, &mut split)?;
        languages.extend(split.into_iter().map(Row::language));
    }
    Some(Language::union(languages))
}

impl Row {
    fn text(mut self, text: &Language) -> Self {
        let last = self.parts.pop().unwrap_or(Language::Empty);
        self.parts.push(Language::concat([last, text.clone()]));
        self
    }

    fn place(mut self, place: Place) -> Self {
        self.places.push(place);
        self.parts.push(Language::Empty);
        self
    }

    /// The same texts as rows whose inner parts are never empty: where one is, the places on its two sides are one.
    fn split(self, from: usize, into: &mut Vec<Self>) -> Option<()> {
        let inner = self.parts.len().saturating_sub(1);
        let nullable = (from..inner).find(|at| self.parts.get(*at).is_some_and(Language::nullable));
        let Some(at) = nullable else {
            into.push(self);
            return (into.len() <= MOST_ALTERNATIVES).then_some(());
        };
        let mut without = self.clone();
        without.parts.remove(at);
        let behind = without.places.remove(at);
        let before = without.places.get_mut(at - 1)?;
        *before = Place {
            before: before.before.and(&behind.before),
            behind: before.behind.and(&behind.behind),
        };
        without.split(at, into)?;
        let mut with = self;
        let part = with.parts.get_mut(at)?;
        if *part != Language::Empty {
            *part = part.clone().edged(Side::Start, &any());
            with.split(at + 1, into)?;
        }
        Some(())
    }

    fn language(self) -> Language {
        let Self { parts, places } = self;
        let last = parts.len().saturating_sub(1);
        let mut behind = Neighbour::any();
        let mut languages = Vec::new();
        for (at, part) in parts.into_iter().enumerate() {
            let place = places.get(at);
            let before = place.map_or_else(Neighbour::any, |place| place.before.clone());
            languages.push(match (at == 0, at == last) {
                (true, true) => open(
                    Side::End,
                    &Neighbour::any(),
                    open(Side::Start, &Neighbour::any(), part),
                ),
                (true, false) => open(Side::Start, &before, part),
                (false, true) => open(Side::End, &behind, part),
                (false, false) => part
                    .edged(Side::Start, &behind.set)
                    .edged(Side::End, &before.set),
            });
            behind = place.map_or_else(Neighbour::any, |place| place.behind.clone());
        }
        Language::concat(languages)
    }
}

/// The part at one end of the found text, with everything that may stand outside of it there. The neighbour is what its inner side must be.
fn open(outside: Side, neighbour: &Neighbour, part: Language) -> Language {
    let inside = match outside {
        Side::Start => Side::End,
        Side::End => Side::Start,
    };
    let anything = match outside {
        Side::Start if verdict_faults::at("esql/search/start-of-the-text") => Language::Empty,
        Side::End if verdict_faults::at("esql/search/end-of-the-text") => Language::Empty,
        Side::Start | Side::End => Language::run(any()),
    };
    let part = trimmed(outside, part);
    let free = neighbour.nothing && neighbour.set == any();
    if part != Language::Empty {
        let part = if free {
            part
        } else {
            part.edged(inside, &neighbour.set)
        };
        if part.is_nothing() {
            return part;
        }
        return Language::concat(outside.order([anything, part]));
    }
    if free {
        return anything;
    }
    let bordered = outside.order([anything, Language::Set(neighbour.set.clone())]);
    let bordered = Language::concat(bordered);
    if neighbour.nothing {
        Language::union([Language::Empty, bordered])
    } else {
        bordered
    }
}

/// A part without what adds nothing beside anything at all: what may be empty at that side, and more repetitions than there must be.
fn trimmed(side: Side, part: Language) -> Language {
    match part {
        part if part.nullable() => Language::Empty,
        Language::Concat(parts) => {
            let mut parts = parts;
            if side == Side::End {
                parts.reverse();
            }
            let mut rest = parts.into_iter().skip_while(Language::nullable);
            let first = rest
                .next()
                .map_or(Language::Empty, |part| trimmed(side, part));
            let mut kept: Vec<Language> = std::iter::once(first).chain(rest).collect();
            if side == Side::End {
                kept.reverse();
            }
            Language::concat(kept)
        }
        Language::Repeat { inner, min, .. } => {
            if verdict_faults::at("esql/search/repetition-trimmed-to-one") {
                return trimmed(side, *inner);
            }
            if min == 1 {
                trimmed(side, *inner)
            } else {
                inner.repeat(min, Some(min))
            }
        }
        Language::Union(parts) => {
            Language::union(parts.into_iter().map(|part| trimmed(side, part)))
        }
        other => other,
    }
}
