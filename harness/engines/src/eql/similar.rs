//! Did-you-mean: names at a small edit distance.

/// "did you mean `x`?" for the nearest of `known`, if one is near.
pub(crate) fn suggest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<String> {
    let allowed = (name.chars().count() / 3).clamp(1, 3);
    known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, nearest)| format!("did you mean `{nearest}`?"))
}

/// Edits between two names, ignoring case; names whose lengths differ by more than 3 count as far.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().map(|c| c.to_ascii_lowercase()).collect();
    let a_len = a.chars().count();
    if a_len.abs_diff(b.len()) > 3 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().map(|c| c.to_ascii_lowercase()).enumerate() {
        let mut next = vec![i + 1];
        for (j, to) in b.iter().enumerate() {
            let kept = row.get(j).copied().unwrap_or(usize::MAX - 1) + usize::from(from != *to);
            let dropped = row.get(j + 1).copied().unwrap_or(usize::MAX - 1) + 1;
            let added = next.last().copied().unwrap_or(usize::MAX - 1) + 1;
            next.push(kept.min(dropped).min(added));
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::{distance, suggest};

    /// Levenshtein's distance: the fewest letters that are put in, left out or exchanged.
    #[test]
    fn distances() {
        for (a, b, edits) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "", 3),
            ("Length", "length", 0),
            ("lenght", "length", 2),
            ("kitten", "sitting", 3),
            ("stringContain", "stringContains", 1),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(a, b), edits, "{a} {b}");
        }
        assert_eq!(distance("a", "abcde"), usize::MAX);
    }

    #[test]
    fn only_what_is_near_is_meant() {
        let known = ["length", "string", "wildcard"];
        let hint = |name: &str| format!("did you mean `{name}`?");
        assert_eq!(suggest("lenght", known), Some(hint("length")));
        assert_eq!(suggest("strinng", known), Some(hint("string")));
        assert_eq!(suggest("wldcrds", known), None);
        assert_eq!(suggest("abcdef", known), None);
        // A short name has one edit.
        assert_eq!(suggest("ab", ["abc"]), Some(hint("abc")));
        assert_eq!(suggest("ab", ["cd"]), None);
    }
}
