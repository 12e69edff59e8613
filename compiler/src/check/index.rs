//! Which patterns could include which: those of whose literals one stands inside the other's.
//!
//! A wider pattern's literals all stand inside literals of the narrower one. So each pattern is filed under the rarest few
//! bytes of its longest literal, and looked up by every place of a narrower pattern's literals: near-linear for lists of thousands of values.

use crate::ir::fold::fold;
use crate::ir::{Pattern, Piece};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// How many bytes a key has, at most.
const KEY: usize = 8;
/// How many candidates are looked at in all; what comes after is not compared.
const MAX_CANDIDATES: usize = 200_000;

/// Up to [`KEY`] bytes.
type Key = u64;

/// Keys are spread by one multiplication: they are many, and a collision only costs a look.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(self.0 ^ u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        let mixed = key.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

type ByKey<T> = HashMap<Key, T, BuildHasherDefault<Spread>>;

/// How often keys stand anywhere, roughly: keys that share a counter are counted together.
struct Counts(Vec<u32>);

impl Default for Counts {
    fn default() -> Self {
        Self(vec![0; 1 << 16])
    }
}

impl Counts {
    fn slot(key: Key) -> usize {
        let mut spread = Spread::default();
        spread.write_u64(key);
        usize::try_from(spread.finish() & 0xffff).unwrap_or(0)
    }

    fn add(&mut self, key: Key) {
        if let Some(count) = self.0.get_mut(Self::slot(key)) {
            *count = count.saturating_add(1);
        }
    }

    fn of(&self, key: Key) -> u32 {
        self.0.get(Self::slot(key)).copied().unwrap_or(0)
    }
}

/// For each pattern, the others that may include it.
pub(super) fn candidates(patterns: &[&Pattern]) -> Vec<Vec<usize>> {
    let literals: Vec<Vec<String>> = patterns.iter().map(|pattern| folded(pattern)).collect();
    let mut counts = Counts::default();
    for literal in literals.iter().flatten() {
        keys(literal, KEY).for_each(|key| counts.add(key));
    }
    let mut filed: ByKey<Vec<usize>> = ByKey::default();
    let mut everywhere = Vec::new();
    let mut lengths = [false; KEY + 1];
    for (index, literals) in literals.iter().enumerate() {
        let Some(longest) = literals.iter().max_by_key(|literal| literal.len()) else {
            everywhere.push(index);
            continue;
        };
        let length = longest.len().min(KEY);
        let rarest = keys(longest, length).min_by_key(|key| counts.of(*key));
        if let (Some(key), Some(used)) = (rarest, lengths.get_mut(length)) {
            filed.entry(key).or_default().push(index);
            *used = true;
        }
    }
    let lengths: Vec<usize> = (1..=KEY)
        .filter(|length| lengths.get(*length).copied().unwrap_or(false))
        .collect();
    let mut left = MAX_CANDIDATES;
    let mut found = Vec::with_capacity(patterns.len());
    for (index, literals) in literals.iter().enumerate() {
        let mut near: Vec<usize> = everywhere.clone();
        for literal in literals {
            for key in lengths.iter().flat_map(|length| keys(literal, *length)) {
                near.extend(filed.get(&key).into_iter().flatten());
            }
        }
        near.sort_unstable();
        near.dedup();
        near.retain(|other| *other != index);
        near.truncate(left);
        left -= near.len();
        found.push(near);
    }
    found
}

fn folded(pattern: &Pattern) -> Vec<String> {
    let pieces = pattern.pieces().iter();
    let texts = pieces.filter_map(|piece| match piece {
        Piece::Literal(text) => Some(fold(text)),
        Piece::AnyRun | Piece::AnyChar => None,
    });
    texts.collect()
}

fn keys(literal: &str, length: usize) -> impl Iterator<Item = Key> + '_ {
    let windows = literal.as_bytes().windows(length.max(1));
    windows.map(|window| {
        window
            .iter()
            .fold(0, |key, byte| (key << 8) | u64::from(*byte))
    })
}

#[cfg(test)]
mod tests {
    use super::candidates;
    use crate::frontends::sigma::wildcard::parse;
    use crate::ir::{Case, Pattern};

    #[test]
    fn whoever_may_include_is_a_candidate() {
        let patterns: Vec<Pattern> = ["*co-Beacon*", "*beacon*", "*?*", "a*", "*xyz", "*ab*"]
            .iter()
            .map(|text| Pattern::new(parse(text), Case::Fold))
            .collect();
        let found = candidates(&patterns.iter().collect::<Vec<_>>());
        assert_eq!(found[0], [1, 2, 3]);
        assert_eq!(found[5], [2, 3]);
        assert_eq!(found[4], [2]);
    }
}
