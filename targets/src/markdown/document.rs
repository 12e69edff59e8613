//! Markdown of a rule (guide, setup) as a part of a page: its headings below the page's, its HTML shown and not run, nothing left open.
//!
//! Where code and HTML are, only a parser of Markdown knows, so one is asked. A document that resists is shown as the text that it is.

use super::escape::{Markdown, fenced};
use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};
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
///
/// Every `<` that is neither in code nor the beginning of an address is escaped, not only those that this parser takes for HTML: another one may see a block
/// where this one sees a cell of a table.
fn harmless(mut text: String) -> Option<String> {
    for _ in 0..ROUNDS {
        let mut edits = links(&text);
        edits.extend(destinations(&text));
        edits.extend(brackets(&text));
        if edits.is_empty() {
            return Some(text);
        }
        edits.sort_by_key(|(range, _)| range.start);
        text = edited(&text, edits);
    }
    None
}

/// Each `<` that is to be text, and each `$`, which would begin a formula for some readers.
fn brackets(text: &str) -> Vec<Edit> {
    // A bar ends a table's cell, even in code; where there may be a table, code with a bar may be none.
    let tables = text.lines().any(is_rule_of_table);
    let bar = |range: &Range<usize>| {
        text.get(range.clone())
            .is_some_and(|code| code.contains('|'))
    };
    let kept: Vec<Range<usize>> = parse(text)
        .filter(|(event, range)| match event {
            Event::Code(_) => !(is_behind_address(text, range.start) || tables && bar(range)),
            Event::Start(Tag::CodeBlock(_)) => true,
            Event::Start(Tag::Link {
                link_type: LinkType::Autolink | LinkType::Email,
                dest_url,
                ..
            }) => is_harmless(dest_url),
            _ => false,
        })
        .map(|(_, range)| range)
        .collect();
    let mut kept = kept.into_iter().peekable();
    let mut edits = Vec::new();
    for (at, found) in text.match_indices(['<', '$']) {
        while kept.next_if(|range| range.end <= at).is_some() {}
        let in_code = kept.peek().is_some_and(|range| range.contains(&at));
        match found {
            _ if in_code => {}
            "<" => edits.push((at..at + 1, "&lt;".to_owned())),
            _ if is_escaped(text, at) => {}
            _ => edits.push((at..at + 1, "\\$".to_owned())),
        }
    }
    edits
}

/// Whether an address ends here that another parser may take further, over what begins code.
fn is_behind_address(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let word = before
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or_default();
    word.contains("www.") || word.contains("://")
}

/// Whether an odd number of backslashes stands before.
fn is_escaped(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    (before.len() - before.trim_end_matches('\\').len()) % 2 == 1
}

/// Whether a line could be the one between a table's head and its rows.
fn is_rule_of_table(line: &str) -> bool {
    let only = |c: char| matches!(c, '|' | '-' | ':' | '>') || c.is_whitespace();
    line.contains('-') && line.contains(['|', ':']) && line.chars().all(only)
}

/// The opening bracket of each link or image that leads to no page.
fn links(text: &str) -> Vec<Edit> {
    let dangerous = parse(text).filter_map(|(event, range)| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. })
            if !is_harmless(&dest_url) =>
        {
            Some(range.start)
        }
        _ => None,
    });
    let escaped = dangerous.filter_map(|start| {
        let image = usize::from(text.get(start..)?.starts_with('!'));
        let bracket = start + image..start + image + 1;
        (text.get(bracket.clone())? == "[").then(|| (bracket, "\\[".to_owned()))
    });
    escaped.collect()
}

/// What could open such a destination anywhere, even in code, where another parser may not see code.
fn destinations(text: &str) -> Vec<Edit> {
    let openings = text.match_indices("](").chain(text.match_indices("]:"));
    let dangerous = openings.filter(|(at, _)| {
        let behind = text.get(at + 2..).unwrap_or_default();
        let destination = behind.trim_start_matches(|c: char| c.is_whitespace() || c == '<');
        let end = destination.find(|c: char| c.is_whitespace() || c == ')');
        !is_harmless(
            destination
                .get(..end.unwrap_or(destination.len()))
                .unwrap_or_default(),
        )
    });
    dangerous
        .map(|(at, _)| (at..at + 1, "\\]".to_owned()))
        .filter(|(range, _)| !is_escaped(text, range.start))
        .collect()
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
        // A heading of several lines is underlined, whatever it begins with.
        if !written.trim_end().contains('\n') {
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
            "[a](https://b.example) \\[c\\](javascript:d)",
        );
        check(
            "<javascript:x> ![a](data:b)",
            "&lt;javascript:x> !\\[a\\](data:b)",
        );
    }

    #[test]
    fn what_is_left_open_is_closed() {
        check("a\n````\nb", "a\n````\nb\n````");
        check("~~~\nb", "~~~\nb\n~~~");
        check("- a\n  ```\n  b", "- a\n  ```\n  b");
    }
}
