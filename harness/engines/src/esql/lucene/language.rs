//! Regular languages: the tree, its translation for another engine, and its derivatives.

use std::fmt::Write as _;
use std::rc::Rc;

/// The last character there is.
pub(super) const LAST: u32 = 0x10_FFFF;

/// A set of characters: ranges in order that do not touch.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::esql) struct Ranges(Rc<[(u32, u32)]>);

impl Ranges {
    pub(super) fn new(mut ranges: Vec<(u32, u32)>) -> Self {
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(ranges.len());
        for (low, high) in ranges {
            match merged.last_mut() {
                Some((_, end)) if low <= end.saturating_add(1) => *end = high.max(*end),
                _ => merged.push((low, high)),
            }
        }
        Self(merged.into())
    }

    pub(super) fn all() -> Self {
        Self::new(vec![(0, LAST)])
    }

    pub(super) fn pairs(&self) -> &[(u32, u32)] {
        &self.0
    }

    pub(super) fn complement(&self) -> Self {
        let mut next = 0;
        let mut gaps = Vec::new();
        for (low, high) in self.pairs() {
            if *low > next {
                gaps.push((next, low - 1));
            }
            next = high + 1;
        }
        if next <= LAST {
            gaps.push((next, LAST));
        }
        Self::new(gaps)
    }

    pub(super) fn holds(&self, c: u32) -> bool {
        let at = self.0.partition_point(|(_, high)| *high < c);
        self.0.get(at).is_some_and(|(low, _)| *low <= c)
    }
}

/// A set of texts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::esql) enum Language {
    /// No text.
    Nothing,
    /// The empty text.
    Empty,
    /// The texts of one character of a set.
    Set(Ranges),
    Concat(Rc<[Language]>),
    Union(Rc<[Language]>),
    Both(Rc<[Language]>),
    Not(Rc<Language>),
    Repeat(Rc<Language>, u32, Option<u32>),
}

impl Language {
    /// All texts.
    pub(super) fn anything() -> Self {
        Self::Repeat(Rc::new(Self::Set(Ranges::all())), 0, None)
    }

    fn is_anything(&self) -> bool {
        match self {
            Self::Repeat(inner, 0, None) => {
                matches!(inner.as_ref(), Self::Set(set) if *set == Ranges::all())
            }
            Self::Not(inner) => **inner == Self::Nothing,
            _other => false,
        }
    }

    pub(super) fn concat(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::Nothing => return Self::Nothing,
                Self::Empty => {}
                Self::Concat(inner) => flat.extend(inner.iter().cloned()),
                other => flat.push(other),
            }
        }
        match <[Self; 1]>::try_from(flat) {
            Ok([only]) => only,
            Err(flat) if flat.is_empty() => Self::Empty,
            Err(flat) => Self::Concat(flat.into()),
        }
    }

    pub(super) fn union(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            if part.is_anything() {
                return Self::anything();
            }
            match part {
                Self::Nothing => {}
                Self::Union(inner) => flat.extend(inner.iter().cloned()),
                other => flat.push(other),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        match <[Self; 1]>::try_from(flat) {
            Ok([only]) => only,
            Err(flat) if flat.is_empty() => Self::Nothing,
            Err(flat) => Self::Union(flat.into()),
        }
    }

    pub(super) fn both(parts: Vec<Self>) -> Self {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Self::Nothing => return Self::Nothing,
                part if part.is_anything() => {}
                Self::Both(inner) => flat.extend(inner.iter().cloned()),
                other => flat.push(other),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        match <[Self; 1]>::try_from(flat) {
            Ok([only]) => only,
            Err(flat) if flat.is_empty() => Self::anything(),
            Err(flat) => Self::Both(flat.into()),
        }
    }

    pub(super) fn not(inner: Self) -> Self {
        match inner {
            Self::Not(inner) => inner.as_ref().clone(),
            Self::Nothing => Self::anything(),
            other if other.is_anything() => Self::Nothing,
            other => Self::Not(Rc::new(other)),
        }
    }

    pub(super) fn repeat(inner: Self, least: u32, most: Option<u32>) -> Self {
        match (inner, least, most) {
            (_, _, Some(0)) | (Self::Empty, _, _) | (Self::Nothing, 0, Some(_)) => Self::Empty,
            // Not even none of them. Source: Lucene, `Operations.repeat`: "repeating the empty automata".
            (Self::Nothing, _, _) => Self::Nothing,
            // Stars over a star are one.
            (inner, 1, Some(1)) | (inner @ Self::Repeat(_, 0, None), _, _) => inner,
            (inner, least, most) => Self::Repeat(Rc::new(inner), least, most),
        }
    }

    /// The decimal numbers between two others.
    pub(super) fn interval(low: u64, high: u64, width: Option<usize>) -> Self {
        if let Some(width) = width {
            let (low, high) = (format!("{low:0width$}"), format!("{high:0width$}"));
            return between(low.as_bytes(), high.as_bytes());
        }
        let (shortest, longest) = (low.to_string().len(), high.to_string().len());
        let mut parts = Vec::new();
        for width in shortest..=longest {
            let first = if width == shortest {
                low.to_string()
            } else {
                format!("1{}", "0".repeat(width - 1))
            };
            let last = if width == longest {
                high.to_string()
            } else {
                "9".repeat(width)
            };
            parts.push(between(first.as_bytes(), last.as_bytes()));
        }
        let zeros = Self::repeat(digits(b'0', b'0'), 0, None);
        Self::concat(vec![zeros, Self::union(parts)])
    }

    /// Whether it holds the empty text.
    pub(super) fn is_nullable(&self) -> bool {
        match self {
            Self::Nothing | Self::Set(_) => false,
            Self::Empty => true,
            Self::Concat(parts) | Self::Both(parts) => parts.iter().all(Self::is_nullable),
            Self::Union(parts) => parts.iter().any(Self::is_nullable),
            Self::Not(inner) => !inner.is_nullable(),
            Self::Repeat(inner, least, _) => *least == 0 || inner.is_nullable(),
        }
    }

    /// What is left of the texts that begin with a character, behind it.
    pub(super) fn derive(&self, c: u32) -> Self {
        match self {
            Self::Set(set) if set.holds(c) => Self::Empty,
            Self::Nothing | Self::Empty | Self::Set(_) => Self::Nothing,
            Self::Concat(parts) => {
                let mut alternatives = Vec::new();
                for (at, part) in parts.iter().enumerate() {
                    let mut rest = vec![part.derive(c)];
                    rest.extend(parts.iter().skip(at + 1).cloned());
                    alternatives.push(Self::concat(rest));
                    if !part.is_nullable() {
                        break;
                    }
                }
                Self::union(alternatives)
            }
            Self::Union(parts) => Self::union(parts.iter().map(|part| part.derive(c)).collect()),
            Self::Both(parts) => Self::both(parts.iter().map(|part| part.derive(c)).collect()),
            Self::Not(inner) => Self::not(inner.derive(c)),
            Self::Repeat(inner, least, most) => {
                let rest = Self::repeat(
                    inner.as_ref().clone(),
                    least.saturating_sub(1),
                    most.map(|most| most.saturating_sub(1)),
                );
                Self::concat(vec![inner.derive(c), rest])
            }
        }
    }

    /// How many nodes it has.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Nothing | Self::Empty | Self::Set(_) => 1,
            Self::Concat(parts) | Self::Union(parts) | Self::Both(parts) => {
                1 + parts.iter().map(Self::size).sum::<usize>()
            }
            Self::Not(inner) | Self::Repeat(inner, _, _) => 1 + inner.size(),
        }
    }

    /// Calls `found` with every set of characters in it.
    pub(super) fn sets(&self, found: &mut dyn FnMut(&Ranges)) {
        match self {
            Self::Nothing | Self::Empty => {}
            Self::Set(set) => found(set),
            Self::Concat(parts) | Self::Union(parts) | Self::Both(parts) => {
                parts.iter().for_each(|part| part.sets(found));
            }
            Self::Not(inner) | Self::Repeat(inner, _, _) => inner.sets(found),
        }
    }

    /// The same in the syntax of the `regex` crate; false if it holds an intersection or a complement, which that cannot say.
    pub(super) fn write(&self, out: &mut String) -> bool {
        match self {
            Self::Nothing => out.push_str(r"[a&&b]"),
            Self::Empty => out.push_str("(?:)"),
            Self::Set(set) => write_set(set, out),
            Self::Concat(parts) => return parts.iter().all(|part| part.write(out)),
            Self::Union(parts) => {
                out.push_str("(?:");
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        out.push('|');
                    }
                    if !part.write(out) {
                        return false;
                    }
                }
                out.push(')');
            }
            Self::Both(_) | Self::Not(_) => return false,
            Self::Repeat(inner, least, most) => {
                out.push_str("(?:");
                if !inner.write(out) {
                    return false;
                }
                out.push(')');
                let _ = match (least, most) {
                    (0, None) => write!(out, "*"),
                    (1, None) => write!(out, "+"),
                    (0, Some(1)) => write!(out, "?"),
                    (least, None) => write!(out, "{{{least},}}"),
                    (least, Some(most)) => write!(out, "{{{least},{most}}}"),
                };
            }
        }
        true
    }
}

/// A set as a class. Surrogates are left out: no text holds one.
fn write_set(set: &Ranges, out: &mut String) {
    if *set == Ranges::all() {
        out.push_str("(?s:.)");
        return;
    }
    let mut parts = String::new();
    let mut add = |low: u32, high: u32| {
        if low <= high {
            let _ = write!(parts, r"\x{{{low:X}}}-\x{{{high:X}}}");
        }
    };
    for (low, high) in set.pairs() {
        add(*low, (*high).min(0xD7FF));
        add((*low).max(0xE000), *high);
    }
    if parts.is_empty() {
        out.push_str(r"[a&&b]");
    } else {
        let _ = write!(out, "[{parts}]");
    }
}

fn digits(low: u8, high: u8) -> Language {
    Language::Set(Ranges::new(vec![(u32::from(low), u32::from(high))]))
}

/// Texts of digits between two of the same length.
fn between(low: &[u8], high: &[u8]) -> Language {
    let (Some((first, low)), Some((last, high))) = (low.split_first(), high.split_first()) else {
        return Language::Empty;
    };
    if first == last {
        return Language::concat(vec![digits(*first, *first), between(low, high)]);
    }
    let (zeros, nines) = (vec![b'0'; low.len()], vec![b'9'; low.len()]);
    let any = Language::concat(vec![digits(b'0', b'9'); low.len()]);
    let mut parts = vec![
        Language::concat(vec![digits(*first, *first), between(low, &nines)]),
        Language::concat(vec![digits(*last, *last), between(&zeros, high)]),
    ];
    if first + 1 < *last {
        parts.push(Language::concat(vec![digits(first + 1, last - 1), any]));
    }
    Language::union(parts)
}
