//! Wildcards: `*` of search, `%` and `_` of `like`.

use super::value::number;

/// A value of search with its wildcards.
#[derive(Clone, Debug)]
pub(super) struct Wildcard {
    /// What stands between the wildcards: one piece is a whole value.
    pieces: Vec<Box<[u8]>>,
    cased: bool,
}

impl Wildcard {
    /// Source: Search Manual, "Wildcards": `*` is any run of characters. "Backslashes": there is no way to write an asterisk itself.
    pub(super) fn new(text: &str, cased: bool) -> Self {
        if verdict_faults::at("spl/engine/backslash-makes-a-plain-asterisk") {
            let kept = text.replace("\\*", "\0");
            let pieces = kept.split('*').map(|piece| piece.replace('\0', "*"));
            return Self {
                pieces: pieces.map(|piece| piece.as_bytes().into()).collect(),
                cased,
            };
        }
        let pieces = text.split('*').map(|piece| piece.as_bytes().into());
        Self {
            pieces: pieces.collect(),
            cased,
        }
    }

    /// Whether there is a wildcard at all.
    pub(super) fn is_exact(&self) -> bool {
        self.pieces.len() < 2
    }

    /// Whether the whole text fits.
    ///
    /// Source: Search Manual, "Use `CASE()` and `TERM()` to match phrases": searches ignore case but for `CASE()`. Which letters outside ASCII
    /// have a case no page says: none (assumed).
    pub(super) fn fits(&self, text: &str) -> bool {
        let mut rest = text.as_bytes();
        let Some((first, others)) = self.pieces.split_first() else {
            return false;
        };
        let Some((last, middle)) = others.split_last() else {
            if verdict_faults::at("spl/engine/search-equals-by-number")
                && let Some(wanted) = std::str::from_utf8(first).ok().and_then(number)
                && let Some(found) = number(text)
            {
                return wanted.total_cmp(&found).is_eq();
            }
            return self.same(rest, first);
        };
        if rest.len() < first.len() + last.len() {
            return false;
        }
        let (head, tail) = rest.split_at(first.len());
        if !self.same(head, first) {
            return false;
        }
        let (body, end) = tail.split_at(tail.len() - last.len());
        if !self.same(end, last) {
            return false;
        }
        rest = body;
        for piece in middle {
            match self.find(rest, piece) {
                Some(at) => rest = rest.get(at + piece.len()..).unwrap_or_default(),
                None => return false,
            }
        }
        true
    }

    fn same(&self, text: &[u8], piece: &[u8]) -> bool {
        if verdict_faults::at("spl/engine/question-mark-takes-one") {
            let mut pairs = text.iter().zip(piece);
            return text.len() == piece.len()
                && pairs.all(|(one, other)| *other == b'?' || one.eq_ignore_ascii_case(other));
        }
        let cased = self.cased && !verdict_faults::at("spl/engine/case-directive-ignores-case");
        if cased || verdict_faults::at("spl/engine/search-keeps-case") {
            text == piece
        } else {
            text.eq_ignore_ascii_case(piece)
        }
    }

    fn find(&self, text: &[u8], piece: &[u8]) -> Option<usize> {
        let Some(first) = piece.first() else {
            return Some(0);
        };
        let first = first.to_ascii_lowercase();
        text.windows(piece.len()).position(|window| {
            window.first().map(u8::to_ascii_lowercase) == Some(first) && self.same(window, piece)
        })
    }
}

/// A pattern of `like`.
#[derive(Clone, Debug)]
pub(super) struct Like {
    letters: Vec<char>,
    wild: bool,
}

impl Like {
    /// Source: Comparison and Conditional functions, like: `%` is any run, `_` one character. There is no escape.
    pub(super) fn new(pattern: &str) -> Self {
        Self {
            letters: if verdict_faults::at("spl/engine/like-searches") {
                format!("%{pattern}%").chars().collect()
            } else {
                pattern.chars().collect()
            },
            wild: pattern.contains(['%', '_']),
        }
    }

    /// Whether the whole text fits; None if that depends on whether a wildcard takes a line break, which no page says.
    pub(super) fn fits(&self, text: &str) -> Option<bool> {
        if verdict_faults::at("spl/engine/like-ignores-case") {
            let own: String = self.letters.iter().collect();
            let text: Vec<char> = text.to_lowercase().chars().collect();
            return Some(Self::new(&own.to_lowercase()).run(&text, true));
        }
        let letters: Vec<char> = text.chars().collect();
        let with = self.run(&letters, true);
        if with && self.wild && text.contains(['\n', '\r']) && !self.run(&letters, false) {
            return None;
        }
        Some(with)
    }

    fn run(&self, text: &[char], line_breaks: bool) -> bool {
        let takes = |letter: char| line_breaks || !matches!(letter, '\n' | '\r');
        let (mut at, mut want) = (0, 0);
        // Where the last `%` stood, and how far it reaches.
        let mut star: Option<(usize, usize)> = None;
        while let Some(letter) = text.get(at).copied() {
            match self.letters.get(want).copied() {
                Some('%') => {
                    star = Some((want, at));
                    want += 1;
                }
                Some('_')
                    if takes(letter)
                        && !verdict_faults::at("spl/engine/like-underscore-is-itself") =>
                {
                    at += 1;
                    want += 1;
                }
                Some(wanted) if wanted == letter => {
                    at += 1;
                    want += 1;
                }
                _ => {
                    let Some((place, reach)) = star else {
                        return false;
                    };
                    if !text.get(reach).copied().is_some_and(takes) {
                        return false;
                    }
                    star = Some((place, reach + 1));
                    at = reach + 1;
                    want = place + 1;
                }
            }
        }
        self.letters
            .get(want..)
            .is_some_and(|rest| rest.iter().all(|letter| *letter == '%'))
    }
}
