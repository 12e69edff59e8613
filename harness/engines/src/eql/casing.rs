//! Ignoring case.
//!
//! Two comparisons exist. *Text* (`:`, `like~`, `in~`, functions with `~`) folds one character to one: ASCII to lower case, others to
//! their lower case where that is a single character outside ASCII. *Regular expressions* match the orbits of Unicode's simple folding,
//! so there the Kelvin sign is a `k`. Source: the decisions on case in the project's semantics; Elasticsearch began with ASCII
//! folding and its newer Lucene folds Unicode.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The folded form of one character.
pub(crate) fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    match single(c.to_lowercase()) {
        Some(lower) if !lower.is_ascii() => lower,
        Some(_) | None => c,
    }
}

/// The folded form of a text; borrowed if it is its own.
pub(crate) fn fold_text(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        }
    } else {
        Cow::Owned(text.chars().map(fold).collect())
    }
}

/// Whether two texts are equal, case ignored.
pub(crate) fn same(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        a.eq_ignore_ascii_case(b)
    } else {
        a.chars().map(fold).eq(b.chars().map(fold))
    }
}

/// The only character of an iterator.
fn single(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

/// What simple folding maps a character to. The dotted and dotless i fold to nothing but themselves there.
fn orbit_key(c: char) -> char {
    if matches!(c, 'ı' | 'İ') {
        return c;
    }
    let upper = single(c.to_uppercase()).unwrap_or(c);
    single(upper.to_lowercase()).unwrap_or(upper)
}

/// Characters that differ in case alone, group by group; only groups of several.
pub(crate) fn orbits() -> &'static [Vec<char>] {
    /// No cased character lies behind this one.
    const LAST: u32 = 0x1_E943;
    static ORBITS: OnceLock<Vec<Vec<char>>> = OnceLock::new();
    ORBITS.get_or_init(|| {
        let mut groups: BTreeMap<char, Vec<char>> = BTreeMap::new();
        for c in (0..=LAST).filter_map(char::from_u32) {
            if c.is_lowercase() || c.is_uppercase() || orbit_key(c) != c {
                groups.entry(orbit_key(c)).or_default().push(c);
            }
        }
        groups
            .into_values()
            .filter(|group| group.len() > 1)
            .collect()
    })
}
