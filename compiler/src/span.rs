//! Places in a rule file.

/// A range of bytes in a rule file. Every diagnostic, refusal and leaf carries one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte; never less than `start`.
    pub end: usize,
}

impl Span {
    /// The span of these bytes; an end before the start is moved to it.
    pub fn new(start: usize, end: usize) -> Self {
        Self {
            start,
            end: end.max(start),
        }
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// A file's name as diagnostics show it, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The path as the user gave it.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// A source with this name and text.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }

    /// 1-based line and column (in characters) of a byte offset; an offset past the end is the end.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let mut end = offset.min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = self.text.get(..end).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() + 1;
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        (line, column)
    }
}

/// A piece of text inside a rule file (a query, a condition, a value), with the way back to the file.
///
/// Block scalars lose their indentation and quoted ones their escapes, so an offset in the text is not a fixed distance from one in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The text itself.
    pub text: String,
    /// Where the whole of it stands in the file.
    pub span: Span,
    /// Pairs (offset in the text, offset in the file), ascending; between two pairs both advance alike.
    anchors: Vec<(usize, usize)>,
}

impl Text {
    /// A text that stands in the file word for word, its first byte at `start`.
    pub fn verbatim(text: impl Into<String>, start: usize) -> Self {
        let text = text.into();
        let span = Span::new(start, start + text.len());
        Self {
            text,
            span,
            anchors: vec![(0, start)],
        }
    }

    /// A text with these anchors (offset in the text, offset in the file), ascending.
    pub fn anchored(text: impl Into<String>, span: Span, anchors: Vec<(usize, usize)>) -> Self {
        Self {
            text: text.into(),
            span,
            anchors,
        }
    }

    /// The offset in the file of an offset in the text.
    pub fn offset(&self, at: usize) -> usize {
        let known = self.anchors.partition_point(|(text, _)| *text <= at);
        let anchor = known
            .checked_sub(1)
            .and_then(|index| self.anchors.get(index));
        let place = anchor.map_or(self.span.start, |(text, file)| file + (at - text));
        place.clamp(self.span.start, self.span.end)
    }

    /// The span in the file of a range of bytes of the text.
    pub fn locate(&self, start: usize, end: usize) -> Span {
        Span::new(self.offset(start), self.offset(end))
    }
}

#[cfg(test)]
mod tests {
    use super::{Source, Span, Text};

    #[test]
    fn lines_and_columns_count_characters() {
        let source = Source::new("x", "aé\nbü!");
        assert_eq!(source.line_column(0), (1, 1));
        assert_eq!(source.line_column(4), (2, 1));
        assert_eq!(source.line_column(7), (2, 3));
        assert_eq!(source.line_column(99), (2, 4));
    }

    #[test]
    fn offsets_follow_the_anchors() {
        // "ab\ncd" from a block scalar whose lines are indented by four.
        let text = Text::anchored("ab\ncd", Span::new(10, 21), vec![(0, 14), (3, 21 - 2)]);
        assert_eq!(text.locate(0, 2), Span::new(14, 16));
        assert_eq!(text.locate(3, 5), Span::new(19, 21));
    }
}
