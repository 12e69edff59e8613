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
