//! Markdown of a rule (guide, setup) as a part of a page: its headings below the page's, its HTML shown and not run, nothing left open.
//!
//! Where code and HTML are, only a parser of Markdown knows, so one is asked. A document that resists is shown as the text that it is.

use super::escape::{Markdown, fenced};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// So often a document is changed and read again; taking HTML away can make Markdown of what stood in it.
const ROUNDS: usize = 6;
/// Stands behind a document to see whether it ends where it should.
const BEHIND: &str = "what-stands-behind";

/// A document whose highest heading gets this level.
pub(super) fn document(text: &str, level: usize) -> Markdown {
    let normal = text
        .replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\0', "\u{fffd}");
    let contained = harmless(normal.trim_end().to_owned())
        .map(|text| lowered(&text, level))
        .and_then(closed);
    contained.map_or_else(|| fenced("text", &normal), Markdown::whole)
}

fn parse(text: &str) -> impl Iterator<Item = (Event<'_>, Range<usize>)> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_GFM;
    Parser::new_ext(text, options).into_offset_iter()
}

/// A change of a text: what takes the place of a range.
type Edit = (Range<usize>, String);

/// The text with these changes, which do not overlap.
fn edited(text: &str, edits: Vec<Edit>) -> String {
    let mut out = String::with_capacity(text.len() + 16 * edits.len());
    let mut done = 0;
    for (range, new) in edits {
        if range.start < done {
            continue;
        }
        out.push_str(text.get(done..range.start).unwrap_or_default());
        out.push_str(&new);
        done = range.end;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    out
}

/// Without HTML and without links that run something; None if it does not come to rest.
fn harmless(mut text: String) -> Option<String> {
    for _ in 0..ROUNDS {
        let edits: Vec<Edit> = parse(&text)
            .filter_map(|(event, range)| disarm(&text, &event, range))
            .collect();
        if edits.is_empty() {
            return Some(text);
        }
        text = edited(&text, edits);
    }
    None
}

/// What takes the place of something that is more than text.
fn disarm(text: &str, event: &Event<'_>, range: Range<usize>) -> Option<Edit> {
    match event {
        Event::Html(_) | Event::InlineHtml(_) => {
            let shown = text.get(range.clone())?.replace('<', "&lt;");
            Some((range, shown))
        }
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })
            if !is_harmless(dest_url) =>
        {
            let first = range.start..range.start + 1;
            let shown = match text.get(first.clone())? {
                "<" => "&lt;".to_owned(),
                other => format!("\\{other}"),
            };
            // An image's bracket would still open a link.
            let image = text.get(range.start..range.start + 2) == Some("![");
            Some(if image {
                (range.start..range.start + 2, "!\\[".to_owned())
            } else {
                (first, shown)
            })
        }
        _ => None,
    }
}

/// Whether a link only leads somewhere: a path, or an address of the web or of mail.
fn is_harmless(destination: &str) -> bool {
    let scheme = destination
        .split(['/', '?', '#'])
        .next()
        .and_then(|first| first.split_once(':'))
        .map(|(scheme, _)| scheme.trim().to_ascii_lowercase());
    scheme.is_none_or(|scheme| matches!(scheme.as_str(), "http" | "https" | "mailto"))
}

/// With its headings moved so that the highest has this level.
fn lowered(text: &str, level: usize) -> String {
    let mut depth = 0_usize;
    let mut found: Vec<(Range<usize>, usize, bool)> = Vec::new();
    for (event, range) in parse(text) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                found.push((range, level as usize, depth == 0));
                depth += 1;
            }
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    let highest = found.iter().map(|(_, level, _)| *level).min().unwrap_or(1);
    let edits = found.into_iter().filter_map(|(range, old, outermost)| {
        let marks = "#".repeat((old - highest + level).min(6));
        let written = text.get(range.clone())?;
        if written.starts_with('#') {
            let end = range.start + written.len() - written.trim_start_matches('#').len();
            return Some((range.start..end, marks));
        }
        // Underlined: inside a list or quote it cannot stand at the page's left edge, so it may stay.
        let (title, _) = written.trim_end().rsplit_once('\n').filter(|_| outermost)?;
        let title: Vec<&str> = title.split_whitespace().collect();
        let end = range.start + written.trim_end().len();
        Some((range.start..end, format!("{marks} {}", title.join(" "))))
    });
    edited(text, edits.collect())
}

/// With its last code block closed; None if something else is left open.
fn closed(text: String) -> Option<String> {
    if ends(&text) {
        return Some(text);
    }
    let opened = parse(&text)
        .filter_map(|(event, range)| match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => Some(range.start),
            _ => None,
        })
        .last()?;
    let fence = text.get(opened..)?;
    let mark = fence.chars().next()?;
    let length = fence.chars().take_while(|c| *c == mark).count();
    let closed = format!("{text}\n{}", mark.to_string().repeat(length));
    ends(&closed).then_some(closed)
}

/// Whether a heading behind the text is one of the page's own.
fn ends(text: &str) -> bool {
    let page = format!("{text}\n\n## {BEHIND}\n");
    let mut depth = 0_usize;
    let mut heading = false;
    let mut last = false;
    for (event, _) in parse(&page) {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                heading = depth == 0;
                depth += 1;
                last = false;
            }
            Event::Start(_) => {
                depth += 1;
                last = false;
            }
            Event::End(TagEnd::Heading(_)) => {
                depth = depth.saturating_sub(1);
                heading = false;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Text(text) => last = heading && &*text == BEHIND,
            _ => {}
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::document;

    fn check(text: &str, wanted: &str) {
        assert_eq!(document(text, 3).as_str(), wanted, "{text:?}");
    }

    #[test]
    fn headings_go_below_the_pages() {
        check("# A\n\ntext\n\n## B\n", "### A\n\ntext\n\n#### B");
        check(
            "## A\n```\n# no heading\n```",
            "### A\n```\n# no heading\n```",
        );
        check("A\n=\nb\n\nC c\n---\n", "### A\nb\n\n#### C c");
    }

    #[test]
    fn html_is_shown() {
        check("a <b>c</b> `<i>`", "a &lt;b>c&lt;/b> `<i>`");
        check("<script>\nx\n</script>\n", "&lt;script>\nx\n&lt;/script>");
        check(
            "text\n\n<!-- not closed\n\nmore",
            "text\n\n&lt;!-- not closed\n\nmore",
        );
    }

    #[test]
    fn links_only_lead_somewhere() {
        check(
            "[a](https://b.example) [c](javascript:d)",
            "[a](https://b.example) \\[c](javascript:d)",
        );
        check(
            "<javascript:x> ![a](data:b)",
            "&lt;javascript:x> !\\[a](data:b)",
        );
    }

    #[test]
    fn what_is_left_open_is_closed() {
        check("a\n````\nb", "a\n````\nb\n````");
        check("~~~\nb", "~~~\nb\n~~~");
        check("- a\n  ```\n  b", "- a\n  ```\n  b");
    }
}
