//! The lines above a query: which rule it comes from, and what it loses. A template renders them; predicates never pass through one.

use minijinja::{Environment, context};
use verdict_compiler::{Code, Rule};

/// How a language writes a comment on a line of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Comment {
    /// What begins it.
    pub(crate) open: &'static str,
    /// What ends it; empty where the line's end does.
    pub(crate) close: &'static str,
}

impl Comment {
    /// `// ...`: Kusto, ES|QL, EQL, Rust.
    pub(crate) const SLASHES: Self = Self {
        open: "// ",
        close: "",
    };
    /// Splunk's, between triple backticks.
    pub(crate) const BACKTICKS: Self = Self {
        open: "``` ",
        close: " ```",
    };
}

/// The rule's name, its id with the version, and a line for each divergence; every line is a comment and ends with a line feed.
pub(crate) fn header(rule: &Rule, codes: &[Code], comment: Comment) -> String {
    let id = match &rule.metadata.version {
        Some(version) => format!("{}, version {}", rule.id, version.value),
        None => rule.id.clone(),
    };
    let mut lines = vec![plain(&rule.name), plain(&id)];
    lines.extend(
        codes
            .iter()
            .map(|code| format!("{code}: {}", plain(code.title))),
    );
    let Comment { open, close } = comment;
    Environment::new()
        .render_str(
            include_str!("../templates/header.j2"),
            context! { lines, open, close },
        )
        // The template is ours and takes any text, so there is nothing to fail; a query without its header is still the query.
        .unwrap_or_default()
}

/// A text that stays in its comment, whatever it holds: on one line, with every character to be seen, without what ends a comment.
fn plain(text: &str) -> String {
    let kept = |c: char| match c {
        '`' => '\'',
        c if is_hidden(c) => ' ',
        c => c,
    };
    text.chars()
        .map(kept)
        .collect::<String>()
        .replace("*/", "* /")
}

/// Whether a character would not show itself in a query: controls, line ends, joiners, changes of direction.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}
