//! Did-you-mean.

use crate::QueryError;

/// The error with the nearest of the known words as its hint, if one is near enough.
pub(super) fn hint<'k>(
    error: QueryError,
    word: &str,
    known: impl IntoIterator<Item = &'k str>,
) -> QueryError {
    let limit = (word.chars().count() / 3).max(1);
    let nearest = known
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min();
    match nearest {
        Some((_, candidate)) => error.hint(format!("did you mean `{candidate}`?")),
        None => error,
    }
}

/// Edits between two words, letter case aside.
fn distance(left: &str, right: &str) -> usize {
    if left.len() > 128 || right.len() > 128 {
        return usize::MAX;
    }
    let right: Vec<char> = right
        .chars()
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (at, a) in left.chars().enumerate() {
        let mut diagonal = at;
        let mut before = at + 1;
        let mut next = vec![before];
        for (b, above) in right.iter().zip(row.iter().skip(1)) {
            let same = a.to_ascii_lowercase() == *b;
            before = (diagonal + usize::from(!same))
                .min(before + 1)
                .min(above + 1);
            diagonal = *above;
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
