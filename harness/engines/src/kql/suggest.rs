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

#[cfg(test)]
mod tests {
    use super::{distance, hint};
    use crate::QueryError;

    /// Levenshtein's distance, by its textbook examples.
    #[test]
    fn edits_are_counted() {
        for (left, right, edits) in [
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
            ("saturday", "sunday", 3),
            ("", "abc", 3),
            ("abc", "", 3),
            ("abc", "abc", 0),
            ("ABC", "abc", 0),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(left, right), edits, "{left} {right}");
            assert_eq!(distance(right, left), edits, "{right} {left}");
        }
    }

    #[test]
    fn only_a_near_word_is_named() {
        let named = |word: &str, known: &[&'static str]| {
            let error = QueryError::new("no such word", 0..0);
            hint(error, word, known.iter().copied()).hint
        };
        let told = |word: &str| Some(format!("did you mean `{word}`?"));
        assert_eq!(named("tolowr", &["toupper", "tolower"]), told("tolower"));
        // A third of the letters, and one at the least, may differ.
        assert_eq!(named("abcdef", &["abcdxy"]), told("abcdxy"));
        assert_eq!(named("abcdef", &["abcxyz"]), None);
        assert_eq!(named("ab", &["ax"]), told("ax"));
        assert_eq!(named("ab", &["xy"]), None);
        let long = "x".repeat(129);
        assert_eq!(named(&long, &["x"]), None);
    }
}
