//! Values of a rule as Markdown that stays in its place: the text of a line, a table's cell, code, a link.
//!
//! A [`Markdown`] is only made here and in [`super::document`], so a template cannot put a raw value into a page. What is escaped is what Markdown and GitHub's
//! extensions read as more than a character; everything else stays as it is, because pages are also read and compared as text.

use crate::header::is_hidden;
use serde::Serialize;

/// Markdown that is ready to stand in a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(crate) struct Markdown(String);

impl Markdown {
    /// Markdown that is known to be whole: written by this module or from words of ours.
    pub(super) fn whole(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The same as part of a list's item: every line but the first moves to the right.
    pub(super) fn hanging(&self, columns: usize) -> Self {
        Self(self.0.replace('\n', &format!("\n{}", " ".repeat(columns))))
    }
}

/// A text on one line: for headings, table cells, items.
pub(crate) fn inline(text: &str) -> Markdown {
    let one: Vec<&str> = text.split_whitespace().collect();
    Markdown(escaped(&one.join(" ")))
}

/// A text of one or more lines, with its line breaks and paragraphs; what stands between backticks is code.
pub(crate) fn prose(text: &str) -> Markdown {
    let mut lines: Vec<String> = Vec::new();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    for line in text.trim().lines() {
        let line = with_code(line.trim());
        let empty = |lines: &[String]| lines.last().is_none_or(String::is_empty);
        if line.is_empty() {
            if !empty(&lines) {
                lines.push(line);
            }
            continue;
        }
        if let Some(last) = lines.last_mut().filter(|last| !last.is_empty()) {
            // A backslash at the end keeps the break, and shows itself, as two spaces do not.
            last.push('\\');
        }
        lines.push(line);
    }
    Markdown(lines.join("\n"))
}

/// The same on one line.
pub(crate) fn sentence(text: &str) -> Markdown {
    let one: Vec<&str> = text.split_whitespace().collect();
    Markdown(with_code(&one.join(" ")))
}

/// A text between backticks.
pub(crate) fn code(text: &str) -> Markdown {
    let shown = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    let text: String = text.chars().map(shown).collect();
    if text.trim().is_empty() {
        return Markdown(format!("\"{text}\"").replace(' ', "&nbsp;"));
    }
    let ticks = "`".repeat(longest_run(&text, '`') + 1);
    let touches = text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']);
    let pad = if touches { " " } else { "" };
    Markdown(format!("{ticks}{pad}{text}{pad}{ticks}"))
}

/// The same in a table, where a bar would end the cell even there.
pub(crate) fn code_cell(text: &str) -> Markdown {
    Markdown(code(text).0.replace('|', "\\|"))
}

/// A block of code, verbatim, under a fence longer than any run of backticks in it.
pub(crate) fn fenced(language: &str, text: &str) -> Markdown {
    let fence = "`".repeat((longest_run(text, '`') + 1).max(3));
    let end = if text.ends_with('\n') || text.is_empty() {
        ""
    } else {
        "\n"
    };
    Markdown(format!("{fence}{language}\n{text}{end}{fence}"))
}

/// A link with this label; the destination is a path of ours or an address that [`is_address`] accepts.
pub(crate) fn link(label: &Markdown, destination: &str) -> Markdown {
    Markdown(format!("[{}]({})", label.0, encoded(destination)))
}

/// An address as a link to itself; anything else as text.
pub(crate) fn address(text: &str) -> Markdown {
    if is_address(text) {
        Markdown(format!("<{text}>"))
    } else {
        inline(text)
    }
}

/// Whether a text is an address of the web that can stand between angle brackets.
fn is_address(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let plain = |c: char| !c.is_whitespace() && !is_hidden(c) && !matches!(c, '<' | '>' | '\\');
    rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(plain))
}

/// A path as a link's destination: what could end it is percent-encoded.
fn encoded(path: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~/:#?=".contains(&byte);
        if plain {
            out.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The longest run of a character.
fn longest_run(text: &str, wanted: char) -> usize {
    let (mut longest, mut current) = (0, 0);
    for c in text.chars() {
        current = if c == wanted { current + 1 } else { 0 };
        longest = longest.max(current);
    }
    longest
}

/// A line in which text between single backticks stays code, and everything else is text.
fn with_code(line: &str) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut rest = line;
    while let Some((before, inside, after)) = next_code(rest) {
        if !before.is_empty() {
            out.push_str(&piece(before, out.is_empty()));
        }
        out.push_str(&code(inside).0);
        rest = after;
    }
    out.push_str(&piece(rest, out.is_empty()));
    out
}

fn piece(text: &str, begins_line: bool) -> String {
    if begins_line {
        escaped(text)
    } else {
        escaped_within(text)
    }
}

/// The first text between two single backticks: what stands before it, it, what stands behind it.
fn next_code(line: &str) -> Option<(&str, &str, &str)> {
    let open = single_backtick(line, 0)?;
    let close = single_backtick(line, open + 1)?;
    let inside = line.get(open + 1..close)?;
    (!inside.trim().is_empty()).then_some((line.get(..open)?, inside, line.get(close + 1..)?))
}

fn single_backtick(line: &str, from: usize) -> Option<usize> {
    let bytes = line.as_bytes();
    let tick = |at: Option<usize>| at.and_then(|at| bytes.get(at)) == Some(&b'`');
    (from..bytes.len())
        .find(|at| tick(Some(*at)) && !tick(at.checked_sub(1)) && !tick(at.checked_add(1)))
}

/// A line's text, where a line begins: a mark or number there would make a heading, an item or a rule of it.
fn escaped(text: &str) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, behind) = text.split_at_checked(digits).unwrap_or_default();
    let mut rest = behind.chars();
    let Some(mark) = rest.next() else {
        return escaped_within(text);
    };
    let alone = rest.as_str().is_empty() || rest.as_str().starts_with(char::is_whitespace);
    let means = match mark {
        '#' | '=' => digits == 0,
        '+' => digits == 0 && alone,
        '-' => digits == 0 && (alone || rest.as_str().starts_with('-')),
        '.' | ')' => digits > 0 && alone,
        _ => false,
    };
    if means {
        format!("{number}\\{mark}{}", escaped_within(rest.as_str()))
    } else {
        escaped_within(text)
    }
}

/// A line's text, where a line does not begin.
fn escaped_within(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = None;
    for (at, c) in text.char_indices() {
        let behind = text.get(at + c.len_utf8()..).unwrap_or_default();
        let next = behind.chars().next();
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        match c {
            '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            // Inside a word it is only itself.
            '_' if !(word(before) && word(next)) => out.push_str("\\_"),
            // Addresses in a text would become links, and take the backslashes of this page for their own.
            ':' if behind.starts_with("//") => out.push_str("\\:"),
            '.' if text.get(..at).is_some_and(|start| start.ends_with("www")) => {
                out.push_str("\\.")
            }
            // Behind a blank it could close a heading.
            '#' if before.is_none_or(char::is_whitespace) => out.push_str("\\#"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' if is_entity(behind) => out.push_str("&amp;"),
            c if is_hidden(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
        before = Some(c);
    }
    out
}

/// Whether an ampersand before this would be read together with it.
fn is_entity(behind: &str) -> bool {
    let name = |c: &char| c.is_ascii_alphanumeric() || *c == '#';
    let length = behind.chars().take_while(name).count();
    length > 0
        && behind
            .get(length..)
            .is_some_and(|rest| rest.starts_with(';'))
}

#[cfg(test)]
mod tests {
    use super::{address, code, code_cell, fenced, inline, link, prose};

    #[test]
    fn text_stays_text() {
        for (text, wanted) in [
            ("plain words, C#, a_b", "plain words, C#, a_b"),
            ("# no heading", "\\# no heading"),
            ("- no item", "\\- no item"),
            ("12. no item", "12\\. no item"),
            ("12 items", "12 items"),
            ("1.2.0 -x +y", "1.2.0 -x +y"),
            ("-x", "-x"),
            ("---", "\\---"),
            ("ATT&CK", "ATT&CK"),
            ("a * b _c_ `d`", "a \\* b \\_c\\_ \\`d\\`"),
            ("<b>&amp; a & b", "&lt;b&gt;&amp;amp; a & b"),
            ("[x](y) | $z$", "\\[x\\](y) \\| \\$z\\$"),
            ("a\n\nb", "a b"),
            ("x ##", "x \\##"),
            ("\u{202e}x", "\u{fffd}x"),
        ] {
            assert_eq!(inline(text).as_str(), wanted, "{text:?}");
        }
    }

    #[test]
    fn lines_and_code_are_kept() {
        assert_eq!(
            prose("a `b_*` c\nd\n\n\n1. e\n").as_str(),
            "a `b_*` c\\\nd\n\n1\\. e"
        );
        assert_eq!(
            prose("`a` and ``b`` and `").as_str(),
            "`a` and \\`\\`b\\`\\` and \\`"
        );
    }

    #[test]
    fn code_is_longer_than_its_backticks() {
        assert_eq!(code("a`b``c").as_str(), "```a`b``c```");
        assert_eq!(code("`a").as_str(), "`` `a ``");
        assert_eq!(code("a\nb").as_str(), "`a b`");
        assert_eq!(code_cell("a|b").as_str(), "`a\\|b`");
        assert_eq!(fenced("kql", "```\nx").as_str(), "````kql\n```\nx\n````");
    }

    #[test]
    fn links_keep_to_the_web() {
        assert_eq!(
            address("https://a.example/x_y*").as_str(),
            "<https://a.example/x_y*>"
        );
        assert_eq!(
            address("javascript:alert(1)").as_str(),
            "javascript:alert(1)"
        );
        assert_eq!(address("https://a b").as_str(), "https\\://a b");
        let label = inline("a]b");
        assert_eq!(
            link(&label, "x (1)/y.md").as_str(),
            "[a\\]b](x%20%281%29/y.md)"
        );
    }
}
