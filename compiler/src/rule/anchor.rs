//! The way back from a scalar's text to its place in the file.

use crate::span::{Span, Text};

/// Finds each line of a scalar's text again in its source, so that offsets survive indentation, quotes and most escapes. Where a line is
/// not found word for word (it holds escapes), its offsets count from where the search stood. The search is bounded, so that a long text full of
/// escapes costs no more than its length.
pub(crate) fn anchored(text: &str, raw: &str, span: Span) -> Text {
    let mut anchors = Vec::new();
    let (mut at, mut from) = (0, 0);
    for line in text.split_inclusive('\n') {
        let wanted = line.trim_end_matches('\n');
        let found = if wanted.is_empty() {
            0
        } else {
            let rest = window(raw, from, wanted.len() + REACH);
            rest.find(wanted)
                .unwrap_or_else(|| rest.find(first_characters(wanted)).unwrap_or(0))
        };
        anchors.push((at, span.start + from + found));
        from = (from + found + wanted.len()).min(raw.len());
        while !raw.is_char_boundary(from) {
            from -= 1;
        }
        at += line.len();
    }
    Text::anchored(text, span, anchors)
}

/// How far a line is looked for past the end of the one before: the deepest indentation that is followed.
const REACH: usize = 4096;

/// At most `length` bytes of a text from a place on.
fn window(raw: &str, from: usize, length: usize) -> &str {
    let mut end = from.saturating_add(length).min(raw.len());
    while !raw.is_char_boundary(end) {
        end -= 1;
    }
    raw.get(from..end).unwrap_or_default()
}

fn first_characters(line: &str) -> &str {
    let end = line.char_indices().nth(3).map_or(line.len(), |(at, _)| at);
    line.get(..end).unwrap_or(line)
}
