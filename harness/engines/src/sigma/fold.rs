//! Ignoring case: docs/semantics.md, "Case".

use std::borrow::Cow;

/// The fold of one character. ASCII letters go to lower case; any other character goes to its lower case where
/// that is one character outside ASCII; everything else stays. So no character crosses the border of ASCII.
pub(super) fn fold_char(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) if !one.is_ascii() => one,
        _ => c,
    }
}

/// The folded text; borrowed where nothing changes, which is the common case of event data in lower case.
pub(super) fn fold(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(text.to_ascii_lowercase())
        } else {
            Cow::Borrowed(text)
        }
    } else {
        Cow::Owned(text.chars().map(fold_char).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn ascii_is_never_crossed() {
        for (text, folded) in [
            ("ABC.exe", "abc.exe"),
            ("\u{212a}", "\u{212a}"),
            ("\u{130}", "\u{130}"),
            ("ß", "ß"),
            ("ẞ", "ß"),
            ("ΣςÄ", "σςä"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }
}
