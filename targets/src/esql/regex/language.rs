//! What an expression matches, as the automata know it: sets of characters, one after another, one of, several times.
//!
//! The constructors keep the language and make it plain: no empty parts, no nesting of a kind in its own kind, alternatives of single characters as one set.

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// A regular language of whole texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// The empty text alone.
    Empty,
    /// One character of a set; of the empty set no text at all.
    Set(ClassUnicode),
    /// One after another.
    Concat(Vec<Language>),
    /// One of these.
    Union(Vec<Language>),
    /// Several times.
    Repeat {
        /// What.
        inner: Box<Language>,
        /// At least so often.
        min: u32,
        /// At most so often; None is without end.
        max: Option<u32>,
    },
    /// All of these at once.
    Both(Vec<Language>),
    /// Every text but these.
    Except(Box<Language>),
    /// A number between two, with that many digits or, if None, any number of leading zeros.
    Number {
        /// The least.
        low: u32,
        /// The greatest.
        high: u32,
        /// How many digits.
        digits: Option<usize>,
    },
}

impl Language {
    /// No text at all.
    pub(crate) fn nothing() -> Self {
        Self::Set(ClassUnicode::empty())
    }

    /// A character.
    pub(crate) fn char(c: char) -> Self {
        Self::Set(ClassUnicode::new([ClassUnicodeRange::new(c, c)]))
    }

    /// A text.
    pub(crate) fn text(text: &str) -> Self {
        Self::concat(text.chars().map(Self::char))
    }

    /// Any run of characters of a set.
    pub(crate) fn run(set: ClassUnicode) -> Self {
        Self::Set(set).repeat(0, None)
    }

    /// One after another.
    pub(crate) fn concat(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        for part in parts {
            if part.is_nothing() {
                return Self::nothing();
            }
            match part {
                Self::Empty => {}
                Self::Concat(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        // A run after the same run adds nothing.
        flat.dedup_by(|next, before| next == before && is_run(next));
        match flat.len() {
            0 => Self::Empty,
            1 => flat.pop().unwrap_or(Self::Empty),
            _ => Self::Concat(flat),
        }
    }

    /// One of these.
    pub(crate) fn union(parts: impl IntoIterator<Item = Self>) -> Self {
        let mut flat: Vec<Self> = Vec::new();
        let mut optional = false;
        for part in parts {
            match part {
                Self::Empty => optional = true,
                part if part.is_nothing() => {}
                Self::Union(inner) => flat.extend(inner),
                Self::Set(set) => match flat.last_mut() {
                    Some(Self::Set(before)) => before.union(&set),
                    Some(_) | None => flat.push(Self::Set(set)),
                },
                // Long unions are long lists of values, which differ.
                other if flat.len() < 256 && flat.contains(&other) => {}
                other => flat.push(other),
            }
        }
        let union = match flat.len() {
            0 if optional => return Self::Empty,
            0 => Self::nothing(),
            1 => flat.pop().unwrap_or(Self::Empty),
            _ => Self::Union(flat),
        };
        if optional && !union.nullable() {
            union.repeat(0, Some(1))
        } else {
            union
        }
    }

    /// Several times.
    pub(crate) fn repeat(self, min: u32, max: Option<u32>) -> Self {
        match (min, max) {
            (0, Some(0)) => Self::Empty,
            (1, Some(1)) => self,
            _ if self == Self::Empty => self,
            (0, _) if self.is_nothing() => Self::Empty,
            _ => Self::Repeat {
                inner: Box::new(self),
                min,
                max,
            },
        }
    }

    /// Both at once.
    pub(crate) fn both(self, other: Self) -> Self {
        if self.is_nothing() || other.is_nothing() {
            return Self::nothing();
        }
        Self::Both(vec![self, other])
    }

    /// Whether no text is in it, as far as that shows.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self, Self::Set(set) if set.ranges().is_empty())
    }

    /// Whether the empty text is in it.
    pub(crate) fn nullable(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Set(_) | Self::Number { .. } => false,
            Self::Concat(parts) | Self::Both(parts) => parts.iter().all(Self::nullable),
            Self::Union(parts) => parts.iter().any(Self::nullable),
            Self::Repeat { inner, min, .. } => *min == 0 || inner.nullable(),
            Self::Except(inner) => !inner.nullable(),
        }
    }

    /// The characters that a text of it may begin (or end) with; more than there are where that is hard to say.
    pub(crate) fn edge(&self, side: Side) -> ClassUnicode {
        match self {
            Self::Empty => ClassUnicode::empty(),
            Self::Set(set) => set.clone(),
            Self::Concat(parts) => {
                let mut edge = ClassUnicode::empty();
                let mut walk = parts.iter();
                while let Some(part) = side.next(&mut walk) {
                    edge.union(&part.edge(side));
                    if !part.nullable() {
                        break;
                    }
                }
                edge
            }
            Self::Union(parts) => {
                let mut edge = ClassUnicode::empty();
                parts.iter().for_each(|part| edge.union(&part.edge(side)));
                edge
            }
            Self::Repeat { inner, .. } => inner.edge(side),
            Self::Both(_) | Self::Except(_) => any(),
            Self::Number { .. } => ClassUnicode::new([ClassUnicodeRange::new('0', '9')]),
        }
    }

    /// The texts of it, none of them empty, that begin (or end) with a character of the set.
    pub(crate) fn edged(self, side: Side, set: &ClassUnicode) -> Self {
        let edge = self.edge(side);
        let mut kept = edge.clone();
        kept.intersect(set);
        if kept.ranges().is_empty() {
            return Self::nothing();
        }
        if kept == edge && !self.nullable() {
            return self;
        }
        match self {
            Self::Set(_) => Self::Set(kept),
            Self::Union(parts) => Self::union(parts.into_iter().map(|part| part.edged(side, set))),
            Self::Concat(mut parts) if side.peek(&parts).is_some_and(|part| !part.nullable()) => {
                let outer = match side {
                    Side::Start if !parts.is_empty() => Some(parts.remove(0)),
                    Side::Start => None,
                    Side::End => parts.pop(),
                };
                let outer = outer.map_or(Self::Empty, |part| part.edged(side, set));
                match side {
                    Side::Start => Self::concat(std::iter::once(outer).chain(parts)),
                    Side::End => Self::concat(parts.into_iter().chain([outer])),
                }
            }
            // Either the outer part has the character, or it is empty and the others have it.
            Self::Concat(mut parts) if side.is_followed(&parts, set) => {
                let outer = match side {
                    Side::Start if !parts.is_empty() => parts.remove(0),
                    Side::Start => Self::Empty,
                    Side::End => parts.pop().unwrap_or(Self::Empty),
                };
                let rest = Self::concat(parts);
                let edge = rest.edge(side);
                let mut common = edge.clone();
                common.intersect(set);
                let mut outer = outer.edged(side, set);
                if common == edge {
                    outer = Self::union([outer, Self::Empty]);
                }
                Self::concat(side.order([outer, rest]))
            }
            Self::Repeat { inner, min, max } if !inner.nullable() => {
                let fewer = |count: u32| count.saturating_sub(1);
                let rest = inner.clone().repeat(fewer(min), max.map(fewer));
                Self::concat(side.order([inner.edged(side, set), rest]))
            }
            other => {
                let edged = side.order([Self::Set(set.clone()), Self::run(any())]);
                other.both(Self::concat(edged))
            }
        }
    }

    /// The texts of it without the character.
    pub(crate) fn without(self, c: char) -> Self {
        let mut others = ClassUnicode::new([ClassUnicodeRange::new(c, c)]);
        others.negate();
        match self {
            Self::Empty | Self::Number { .. } => self,
            Self::Set(mut set) => {
                set.intersect(&others);
                Self::Set(set)
            }
            Self::Concat(parts) => Self::concat(parts.into_iter().map(|part| part.without(c))),
            Self::Union(parts) => Self::union(parts.into_iter().map(|part| part.without(c))),
            Self::Repeat { inner, min, max } => inner.without(c).repeat(min, max),
            Self::Both(parts) => {
                Self::Both(parts.into_iter().map(|part| part.without(c)).collect())
            }
            Self::Except(_) => self.both(Self::run(others)),
        }
    }

    /// The same language where letters have been made small; None if a set holds letters outside ASCII of which that cannot be said.
    pub(crate) fn lowered(self) -> Option<Self> {
        let all = |parts: Vec<Self>| {
            parts
                .into_iter()
                .map(Self::lowered)
                .collect::<Option<Vec<_>>>()
        };
        Some(match self {
            Self::Empty | Self::Number { .. } => self,
            Self::Set(set) => Self::Set(small(&set)?),
            Self::Concat(parts) => Self::concat(all(parts)?),
            Self::Union(parts) => Self::union(all(parts)?),
            Self::Repeat { inner, min, max } => inner.lowered()?.repeat(min, max),
            Self::Both(parts) => Self::Both(all(parts)?),
            Self::Except(inner) => Self::Except(Box::new(inner.lowered()?)),
        })
    }

    /// Whether every set holds both cases of the ASCII letters in it.
    pub(crate) fn ignores_case(&self) -> bool {
        match self {
            Self::Empty | Self::Number { .. } => true,
            Self::Set(set) => set.ranges().iter().all(|range| {
                let swapped = |low: char, high: char| {
                    let (from, to) = (range.start().max(low), range.end().min(high));
                    from > to || (from..=to).all(|c| holds(set, swap(c)))
                };
                swapped('a', 'z') && swapped('A', 'Z')
            }),
            Self::Concat(parts) | Self::Union(parts) | Self::Both(parts) => {
                parts.iter().all(Self::ignores_case)
            }
            Self::Repeat { inner, .. } | Self::Except(inner) => inner.ignores_case(),
        }
    }
}

impl Language {
    /// Whether some set is a letter in all its cases, as ignoring case makes one.
    pub(crate) fn has_folded_letter(&self) -> bool {
        match self {
            Self::Empty | Self::Number { .. } => false,
            Self::Set(set) => folded_letter(set).is_some(),
            Self::Concat(parts) | Self::Union(parts) | Self::Both(parts) => {
                parts.iter().any(Self::has_folded_letter)
            }
            Self::Repeat { inner, .. } | Self::Except(inner) => inner.has_folded_letter(),
        }
    }
}

/// A side of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// Where it begins.
    Start,
    /// Where it ends.
    End,
}

impl Side {
    fn next<'l>(self, walk: &mut std::slice::Iter<'l, Language>) -> Option<&'l Language> {
        match self {
            Self::Start => walk.next(),
            Self::End => walk.next_back(),
        }
    }

    fn peek(self, parts: &[Language]) -> Option<&Language> {
        match self {
            Self::Start => parts.first(),
            Self::End => parts.last(),
        }
    }

    /// Whether the outermost part is easy to restrict to a character at its edge, and of the parts behind it, which are not all empty, either all have such
    /// an edge or none has.
    fn is_followed(self, parts: &[Language], set: &ClassUnicode) -> bool {
        let ((Self::Start, [outer, rest @ ..]) | (Self::End, [rest @ .., outer])) = (self, parts)
        else {
            return false;
        };
        let rest = Language::concat(rest.to_vec());
        let edge = rest.edge(self);
        let mut common = edge.clone();
        common.intersect(set);
        let easy = matches!(outer, Language::Repeat { inner, .. } if !inner.nullable());
        easy && !rest.nullable() && (common == edge || common.ranges().is_empty())
    }

    /// Two parts, the outer one first, in the order of the text.
    pub(crate) fn order(self, [outer, inner]: [Language; 2]) -> [Language; 2] {
        match self {
            Self::Start => [outer, inner],
            Self::End => [inner, outer],
        }
    }
}

/// Every character.
pub(crate) fn any() -> ClassUnicode {
    ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)])
}

/// Whether a set holds a character.
pub(crate) fn holds(set: &ClassUnicode, c: char) -> bool {
    let found = set.ranges().binary_search_by(|range| {
        if range.end() < c {
            std::cmp::Ordering::Less
        } else if range.start() > c {
            std::cmp::Ordering::Greater
        } else {
            std::cmp::Ordering::Equal
        }
    });
    found.is_ok()
}

fn is_run(language: &Language) -> bool {
    matches!(
        language,
        Language::Repeat {
            min: 0,
            max: None,
            ..
        }
    )
}

fn swap(c: char) -> char {
    if c.is_ascii_lowercase() {
        c.to_ascii_uppercase()
    } else {
        c.to_ascii_lowercase()
    }
}

/// A set as it is looked for in small letters, without capitals.
fn small(set: &ClassUnicode) -> Option<ClassUnicode> {
    if let Some(letter) = folded_letter(set) {
        return Some(ClassUnicode::new([ClassUnicodeRange::new(letter, letter)]));
    }
    let mut others = set.clone();
    others.negate();
    if others.ranges().len() < set.ranges().len() {
        let mut kept = without_capitals(&others)?;
        kept.negate();
        return Some(kept);
    }
    without_capitals(set)
}

/// A set of few ranges without capitals; None if it holds letters outside ASCII that have another case.
fn without_capitals(set: &ClassUnicode) -> Option<ClassUnicode> {
    if *set == any() {
        return Some(any());
    }
    let mut kept = set.clone();
    // Ignoring case takes the long s for an `s`, and the Kelvin sign for a `k`. Whoever writes a range of ASCII means neither (`non-ascii-case`).
    let capitals = [('A', 'Z'), ('ſ', 'ſ'), ('\u{212a}', '\u{212a}')];
    let capitals = capitals.map(|(low, high)| ClassUnicodeRange::new(low, high));
    kept.difference(&ClassUnicode::new(capitals));
    let mut characters = kept
        .ranges()
        .iter()
        .filter(|range| !range.end().is_ascii())
        .flat_map(|range| range.start()..=range.end())
        .filter(|c| !c.is_ascii());
    let caseless = |c: char| c.to_lowercase().eq([c]) && c.to_uppercase().eq([c]);
    let plain = characters.by_ref().take(512).all(caseless) && characters.next().is_none();
    plain.then_some(kept)
}

/// The small letter, if the set is nothing but one in all its cases.
fn folded_letter(set: &ClassUnicode) -> Option<char> {
    let characters: Vec<char> = set
        .ranges()
        .iter()
        .flat_map(|range| (range.start()..=range.end()).take(5))
        .take(5)
        .collect();
    let folded = |c: &char| c.to_uppercase().next()?.to_lowercase().next();
    let letter = folded(characters.first()?)?;
    let alone =
        (2..=4).contains(&characters.len()) && characters.iter().all(|c| folded(c) == Some(letter));
    alone.then_some(letter)
}
