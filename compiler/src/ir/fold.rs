//! Ignoring case, in one place.
//!
//! *fold* maps ASCII letters to lower case and every other character to its lower case where that is one character
//! outside ASCII. It never crosses the ASCII border: the Kelvin sign is no `k`. The engines have foldings of their own.

/// The folded character.
pub fn fold_char(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(single), None) if !single.is_ascii() => single,
        _ => c,
    }
}

/// The folded text.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.chars().map(fold_char).collect()
}

/// Whether two texts are equal when case is ignored.
pub fn same(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    a.chars().map(fold_char).eq(b.chars().map(fold_char))
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn the_border_of_ascii_is_never_crossed() {
        assert_eq!(fold("AbC\u{212a}İẞΣς"), "abc\u{212a}İßσς");
    }
}
