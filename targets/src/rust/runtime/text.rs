//! Texts: ignoring case, and wildcards.
//!
//! *fold* maps ASCII letters to lower case, and every other character to its lower case where that is one character
//! outside ASCII. It never crosses the border of ASCII: the Kelvin sign is no `k`.

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

/// The folded text; None if it is the text itself.
pub fn folded(text: &str) -> Option<Box<str>> {
    if text.is_ascii() {
        let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
        return upper.then(|| text.to_ascii_lowercase().into());
    }
    Some(fold(text).into())
}

/// The folded text.
pub fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

/// A piece of a wildcard pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These characters.
    Text(&'static str),
    /// `*`: any run of characters, the empty one and line ends included.
    Run,
    /// `?`: exactly one character.
    One,
}

/// Whether a pattern matches a whole text. Both are folded before, if case does not matter.
pub fn like(pieces: &[Piece], text: &str) -> bool {
    let mut rest = text;
    let mut left = pieces;
    // Where to go on if the pieces behind the last run do not fit: that run takes one character more.
    let mut retry: Option<(&[Piece], &str)> = None;
    loop {
        let fits = match left.split_first() {
            None => rest.is_empty(),
            Some((Piece::Run, behind)) => {
                if behind.is_empty() {
                    return true;
                }
                left = behind;
                retry = Some((left, rest));
                continue;
            }
            Some((Piece::Text(literal), behind)) => {
                let found = rest.strip_prefix(literal);
                if let Some(tail) = found {
                    (left, rest) = (behind, tail);
                    continue;
                }
                false
            }
            Some((Piece::One, behind)) => {
                let mut tail = rest.chars();
                if tail.next().is_some() {
                    (left, rest) = (behind, tail.as_str());
                    continue;
                }
                false
            }
        };
        if fits {
            return true;
        }
        let Some((after_run, start)) = retry else {
            return false;
        };
        let Some(later) = next_start(after_run, start) else {
            return false;
        };
        (left, rest) = (after_run, later);
        retry = Some((after_run, later));
    }
}

/// The next place where the pieces behind a run may begin.
fn next_start<'t>(pieces: &[Piece], start: &'t str) -> Option<&'t str> {
    let mut tail = start.chars();
    tail.next()?;
    match pieces.first() {
        Some(Piece::Text(literal)) => {
            let rest = tail.as_str();
            rest.find(literal).and_then(|at| rest.get(at..))
        }
        Some(Piece::Run | Piece::One) | None => Some(tail.as_str()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, fold, like};

    #[test]
    fn the_border_of_ascii_is_never_crossed() {
        assert_eq!(fold("AbC\u{212a}\u{130}ẞΣς"), "abc\u{212a}\u{130}ßσς");
    }

    #[test]
    fn wildcards() {
        let run = Piece::Run;
        let one = Piece::One;
        let text = Piece::Text;
        for (pieces, whole, expected) in [
            (&[][..], "", true),
            (&[], "a", false),
            (&[run], "", true),
            (&[one], "", false),
            (&[one], "é", true),
            (&[text("a"), run, text("b")], "a\nxb", true),
            (&[text("a"), run, text("b")], "ab", true),
            (&[text("a"), one, text("b")], "ab", false),
            (&[run, text("a"), run, text("a"), run], "xaya", true),
            (&[run, text("a"), run, text("a"), run], "xa", false),
            (&[run, text("aab")], "aaaab", true),
            (&[one, run, text("b"), one], "abbbc", true),
            (&[one, run, text("b"), one], "bc", false),
        ] {
            assert_eq!(like(pieces, whole), expected, "{pieces:?} {whole}");
        }
    }
}
