//! Help for messages.

/// The name that is nearest in spelling, if one is near: at most a third of its letters differ.
pub(super) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let letters = name.chars().count();
    known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance < letters && *distance <= letters.max(3) / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters must be put in, left out or replaced. Names longer than 64 letters are far from everything.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len() > 64 || b.len() > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (line, left) in a.iter().enumerate() {
        let mut before = line + 1;
        let mut next = vec![before];
        for ((right, above), diagonal) in b.iter().zip(row.iter().skip(1)).zip(&row) {
            before = (diagonal + usize::from(left != right))
                .min(above + 1)
                .min(before + 1);
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn suggestions() {
        let known = ["contains", "endswith", "re"];
        assert_eq!(nearest("contain", known), Some("contains"));
        assert_eq!(nearest("endwith", known), Some("endswith"));
        assert_eq!(nearest("near", known), None);
        assert_eq!(nearest("x", ["y"]), None);
    }
}
