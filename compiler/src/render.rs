//! Diagnostics for people and for programs.
//!
//! For people, each finding is shown with the lines it speaks of. A file may hold a literal of megabytes on one line, so only a window around the
//! place is ever handed on: rendering costs what is shown, not what the file weighs.

use crate::diagnostic::{Diagnostic, Severity};
use crate::span::{Source, Span};
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Renderer, Snippet};
use serde_json::json;

/// The most lines that a single place may cover; of a longer one, the first line is shown.
const TALLEST: usize = 8;
/// Places with at most so many lines between them are shown together.
const NEAR: usize = 6;
/// The longest line that is shown whole, in bytes.
const WIDEST: usize = 500;
/// What is shown of a longer line before and after the place, in bytes.
const AROUND: (usize, usize) = (60, 240);
const CUT: &str = "...";

/// Every finding as text for a terminal, in the given order, with a blank line between; empty if there are none.
pub fn human(source: &Source, found: &[Diagnostic], color: bool) -> String {
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let lines = Lines::of(&source.text);
    let mut out = String::new();
    for diagnostic in found {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&renderer.render(&[report(source, &lines, diagnostic)]));
        out.push('\n');
    }
    out
}

/// A finding as JSON: `{code, severity, message, file, span: {line, column, end_line, end_column}, help}`.
pub fn json(source: &Source, found: &Diagnostic) -> serde_json::Value {
    let (line, column) = source.line_column(found.span.start);
    let (end_line, end_column) = source.line_column(found.span.end);
    json!({
        "code": found.code.id,
        "severity": word(found.severity),
        "message": found.message,
        "file": source.name,
        "span": {"line": line, "column": column, "end_line": end_line, "end_column": end_column},
        "help": found.hint,
    })
}

/// `error`, `warning` or `note`.
pub fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn report<'d>(source: &'d Source, lines: &Lines<'d>, found: &'d Diagnostic) -> Group<'d> {
    let level = match found.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(&found.message).id(found.code.id);
    let mut elements: Vec<Element<'d>> = Vec::new();
    for region in regions(lines, found) {
        let mut snippet = Snippet::source(region.text).line_start(region.first_line);
        match region.origin {
            None => snippet = snippet.path(&source.name),
            Some((line, column)) => {
                let origin = Origin::path(&source.name).line(line).char_column(column);
                elements.push(origin.into());
            }
        }
        for (range, label, is_primary) in region.marks {
            let kind = if is_primary {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            snippet = snippet.annotation(kind.span(range).label(label));
        }
        elements.push(snippet.into());
    }
    if let Some(hint) = &found.hint {
        elements.push(Level::HELP.message(hint).into());
    }
    let footer = format!("`verdict explain {}` says more", found.code);
    elements.push(Level::NOTE.message(footer).into());
    Group::with_title(title).elements(elements)
}

/// Where the lines of a text begin.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(after_breaks).collect(),
        }
    }

    /// The 0-based line of an offset.
    fn line(&self, offset: usize) -> usize {
        self.starts
            .partition_point(|start| *start <= offset)
            .saturating_sub(1)
    }

    /// The bytes of a line, its end left out.
    fn range(&self, line: usize) -> (usize, usize) {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let end = match self.starts.get(line + 1) {
            Some(next) => next - 1,
            None => self.text.len(),
        };
        let raw = self.text.get(start..end).unwrap_or_default();
        (start, start + raw.strip_suffix('\r').unwrap_or(raw).len())
    }

    /// The same place at a character's start, inside the text.
    fn floor(&self, offset: usize) -> usize {
        let mut at = offset.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// A place to be marked.
struct Mark<'d> {
    start: usize,
    end: usize,
    label: &'d str,
    is_primary: bool,
}

/// Lines that are shown together, cut to what fits.
struct Region<'d> {
    first_line: usize,
    /// 1-based line and column of the leading place, where its line is cut and they cannot be counted from the text.
    origin: Option<(usize, usize)>,
    text: String,
    marks: Vec<(std::ops::Range<usize>, &'d str, bool)>,
}

fn regions<'d>(lines: &Lines<'_>, found: &'d Diagnostic) -> Vec<Region<'d>> {
    let mut marks = vec![mark(lines, found.span, &found.reason, true)];
    let related = found.related.iter();
    marks.extend(related.map(|(span, label)| mark(lines, *span, label, false)));
    marks.sort_by_key(|mark| mark.start);
    let mut groups: Vec<Vec<Mark<'d>>> = Vec::new();
    for mark in marks {
        let near = groups.last_mut().filter(|group| {
            let last = group.iter().map(|mark| mark.end).max().unwrap_or_default();
            lines.line(mark.start) <= lines.line(last) + NEAR
        });
        match near {
            Some(group) => group.push(mark),
            None => groups.push(vec![mark]),
        }
    }
    // The place that the finding is about comes first.
    groups.sort_by_key(|group| !group.iter().any(|mark| mark.is_primary));
    groups.iter().map(|group| region(lines, group)).collect()
}

/// A place inside the text that covers few lines.
fn mark<'d>(lines: &Lines<'_>, span: Span, label: &'d str, is_primary: bool) -> Mark<'d> {
    let start = lines.floor(span.start);
    let mut end = lines.floor(span.end).max(start);
    let first = lines.line(start);
    if lines.line(end) >= first + TALLEST {
        let (_, line_end) = lines.range(first);
        end = line_end.max(start);
    }
    Mark {
        start,
        end,
        label,
        is_primary,
    }
}

fn region<'d>(lines: &Lines<'_>, marks: &[Mark<'d>]) -> Region<'d> {
    let first = marks.iter().map(|mark| lines.line(mark.start)).min();
    let first = first.unwrap_or_default();
    let last = marks.iter().map(|mark| lines.line(mark.end)).max();
    let mut text = String::new();
    // For each line: its bytes in the file, its window, and where the window begins in the text shown.
    let mut shown = Vec::new();
    for line in first..=last.unwrap_or(first) {
        let (start, end) = lines.range(line);
        let (from, to) = window(lines, marks, start, end);
        if from > start {
            text.push_str(CUT);
        }
        shown.push((start, from, to, text.len()));
        text.push_str(lines.text.get(from..to).unwrap_or_default());
        if to < end {
            text.push_str(CUT);
        }
        text.push('\n');
    }
    let place = |offset: usize| {
        let line = shown.partition_point(|(start, ..)| *start <= offset);
        let row = line.checked_sub(1).and_then(|line| shown.get(line));
        row.map_or(0, |(_, from, to, at)| at + offset.clamp(*from, *to) - from)
    };
    let leading = marks.iter().find(|mark| mark.is_primary).or(marks.first());
    let start = leading.map_or(0, |mark| mark.start);
    let (line_start, _) = lines.range(lines.line(start));
    let before = lines.text.get(line_start..start).unwrap_or_default();
    let is_cut = shown
        .iter()
        .any(|(start, from, ..)| *start == line_start && from > start);
    Region {
        first_line: first + 1,
        origin: is_cut.then(|| (lines.line(start) + 1, before.chars().count() + 1)),
        marks: marks
            .iter()
            .map(|mark| {
                (
                    place(mark.start)..place(mark.end),
                    mark.label,
                    mark.is_primary,
                )
            })
            .collect(),
        text,
    }
}

/// What is shown of a line: all of a short one, the surroundings of the first place on a long one.
fn window(lines: &Lines<'_>, marks: &[Mark<'_>], start: usize, end: usize) -> (usize, usize) {
    if end - start <= WIDEST {
        return (start, end);
    }
    let on_line = marks
        .iter()
        .filter(|mark| mark.start <= end && mark.end >= start);
    let focus = on_line
        .map(|mark| mark.start.max(start))
        .min()
        .unwrap_or(start);
    let (before, after) = AROUND;
    let from = lines.floor(focus.saturating_sub(before).max(start));
    let to = lines.floor((focus + after).min(end)).max(from);
    (from, to)
}

#[cfg(test)]
mod tests {
    use super::{human, json};
    use crate::codes::rule as codes;
    use crate::diagnostic::Diagnostic;
    use crate::span::{Source, Span};
    use proptest::prelude::*;

    #[test]
    fn a_finding_shows_place_reason_hint_and_code() {
        let source = Source::new("rules/a.yml", "id: x\nseverty: high\n");
        let found = Diagnostic::error(
            codes::UNKNOWN_KEY,
            Span::new(6, 13),
            "unknown key `severty`",
            "a rule has no such key",
        )
        .hint("did you mean `severity`?")
        .related(Span::new(0, 2), "the rule");
        insta::assert_snapshot!(human(&source, &[found], false), @r"
        error[V0201]: unknown key `severty`
         --> rules/a.yml:2:1
          |
        1 | id: x
          | -- the rule
        2 | severty: high
          | ^^^^^^^ a rule has no such key
          |
          = help: did you mean `severity`?
          = note: `verdict explain V0201` says more
        ");
    }

    #[test]
    fn json_counts_lines_and_columns_from_one() {
        let source = Source::new("a.yml", "é: 1\nb: 2\n");
        let found = Diagnostic::warning(codes::UNKNOWN_KEY, Span::new(6, 7), "m", "r");
        let expected = serde_json::json!({
            "code": "V0201", "severity": "warning", "message": "m", "file": "a.yml",
            "span": {"line": 2, "column": 1, "end_line": 2, "end_column": 2}, "help": null,
        });
        assert_eq!(json(&source, &found), expected);
    }

    #[test]
    fn megabytes_on_a_line_are_cut() {
        let long = format!("query: {}\nx: {}", "é".repeat(5_000_000), "a".repeat(100));
        let source = Source::new("a.yml", long);
        let found = Diagnostic::error(
            codes::UNKNOWN_KEY,
            Span::new(5_000_001, 9_000_000),
            "m",
            "r",
        )
        .related(Span::new(10_000_010, 10_000_020), "there");
        let shown = human(&source, &[found], false);
        assert!(shown.len() < 4_000, "{} bytes", shown.len());
        assert!(shown.contains("a.yml:1:2500005"), "{shown}");
    }

    proptest! {
        #[test]
        fn any_span_can_be_shown(text in "(?s).{0,200}", start in 0usize..300, length in 0usize..300, other in 0usize..300) {
            let source = Source::new("a", text);
            let found = Diagnostic::error(codes::UNKNOWN_KEY, Span::new(start, start + length), "m", "r")
                .related(Span::new(other, other + 3), "o");
            human(&source, std::slice::from_ref(&found), true);
            json(&source, &found);
        }
    }
}
