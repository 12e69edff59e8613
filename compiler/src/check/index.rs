//! Which patterns could include which: those of whose literals one stands inside the other's.
//!
//! A wider pattern's literals all stand inside literals of the narrower one. So each pattern is filed under the rarest few
//! bytes of its longest literal, and looked up by every place of a narrower pattern's literals: near-linear for lists of thousands of values.

use crate::ir::fold::fold;
use crate::ir::{Pattern, Piece};
use std::collections::HashMap;

/// How many bytes a key has, at most.
const KEY: usize = 4;
/// How many candidates are looked at in all; what comes after is not compared.
const MAX_CANDIDATES: usize = 200_000;

/// Up to [`KEY`] bytes and how many they are.
type Key = (u8, u32);

/// For each pattern, the others that may include it.
pub(super) fn candidates(patterns: &[&Pattern]) -> Vec<Vec<usize>> {
    let literals: Vec<Vec<String>> = patterns.iter().map(|pattern| folded(pattern)).collect();
    let mut counts: HashMap<Key, usize> = HashMap::new();
    for key in literals.iter().flatten().flat_map(|literal| keys(literal, KEY)) {
        *counts.entry(key).or_default() += 1;
    }
    let mut filed: HashMap<Key, Vec<usize>> = HashMap::new();
    let mut everywhere = Vec::new();
    let mut lengths = [false; KEY + 1];
    for (index, literals) in literals.iter().enumerate() {
        let Some(longest) = literals.iter().max_by_key(|literal| literal.len()) else {
            everywhere.push(index);
            continue;
        };
        let length = longest.len().min(KEY);
        let rarest = keys(longest, length).min_by_key(|key| counts.get(key).copied().unwrap_or(0));
        if let (Some(key), Some(used)) = (rarest, lengths.get_mut(length)) {
            filed.entry(key).or_default().push(index);
            *used = true;
        }
    }
    let lengths: Vec<usize> = (1..=KEY).filter(|length| lengths.get(*length).copied().unwrap_or(false)).collect();
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
    let tag = u8::try_from(length).unwrap_or(u8::MAX);
    windows.map(move |window| (tag, window.iter().fold(0u32, |key, byte| (key << 8) | u32::from(*byte))))
}

#[cfg(test)]
mod tests {
    use super::candidates;
    use crate::frontends::sigma::wildcard::parse;
    use crate::ir::{Case, Pattern};

    #[test]
    fn whoever_may_include_is_a_candidate() {
        let patterns: Vec<Pattern> =
            ["*co-Beacon*", "*beacon*", "*?*", "a*", "*xyz", "*ab*"].iter().map(|text| Pattern::new(parse(text), Case::Fold)).collect();
        let found = candidates(&patterns.iter().collect::<Vec<_>>());
        assert_eq!(found[0], [1, 2, 3]);
        assert_eq!(found[5], [2, 3]);
        assert_eq!(found[4], [2]);
    }
}
