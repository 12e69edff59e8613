//! Dashes that `saphyr-parser` (0.3.4) takes for the start of a scalar.
//!
//! In `{a: b -}` the dash follows text, so YAML takes the value as `b -`. The parser asks after every blank of a plain scalar in brackets whether a dash
//! with a bracket or comma behind it stands there, as if the scalar began there, and refuses. It is shown another character in such places, one that
//! the file does not hold, and the dash is put back into what it gives. A dash at the start (`[-]`) is left to it, to be refused rightly.

use std::borrow::Cow;

/// What the parser is to read.
pub(super) struct Guarded<'t> {
    /// As many characters as the file has.
    pub(super) text: Cow<'t, str>,
    /// What stands for a dash in it, if anything does.
    pub(super) stand_in: Option<char>,
}

/// The text without dashes that the parser would misread.
pub(super) fn guarded(text: &str) -> Guarded<'_> {
    let places = places(text);
    let free = ('\u{e000}'..='\u{f8ff}').find(|c| !text.contains(*c));
    let Some(stand_in) = free.filter(|_| !places.is_empty()) else {
        return Guarded {
            text: Cow::Borrowed(text),
            stand_in: None,
        };
    };
    let mut guarded = String::with_capacity(text.len() + 2 * places.len());
    let mut from = 0;
    for at in places {
        guarded.push_str(text.get(from..at).unwrap_or_default());
        guarded.push(stand_in);
        from = at + 1;
    }
    guarded.push_str(text.get(from..).unwrap_or_default());
    Guarded {
        text: Cow::Owned(guarded),
        stand_in: Some(stand_in),
    }
}

/// Where a dash stands between a blank and a bracket or comma, and behind something that may be text.
fn places(text: &str) -> Vec<usize> {
    let mut places = Vec::new();
    let mut before = None;
    let mut blank = false;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if c.is_ascii_whitespace() {
            blank = true;
            continue;
        }
        let closes = |c: &char| matches!(c, ',' | '[' | ']' | '{' | '}');
        let follows = before.is_some_and(|c| !matches!(c, ',' | '[' | ']' | '{' | '}' | ':' | '?'));
        if c == '-' && blank && follows && characters.peek().is_some_and(|(_, c)| closes(c)) {
            places.push(at);
        }
        (before, blank) = (Some(c), false);
    }
    places
}
