//! The query of a rule as it was written.

use verdict_compiler::rule::Body;
use verdict_compiler::{Rule, Span};

/// The query, out of the rule and the text of the file that it stands in: EQL as it is, a Sigma detection as YAML with its logsource, of a rule that is only kept
/// what its vendor calls its query.
pub fn as_written(rule: &Rule, file: &str) -> Option<String> {
    match &rule.body {
        Body::Eql(body) => Some(body.query.text.trim_end().to_owned()),
        Body::Sigma(body) => {
            let logsource = section(file, "logsource", body.logsource.span)?;
            let detection = section(file, "detection", body.detection.span)?;
            Some(format!("{logsource}\n{detection}"))
        }
        Body::Correlation(body) => section(file, "correlation", body.section.span),
        Body::Opaque(_) => {
            let query = rule.metadata.vendor.get("elastic")?.get("query")?;
            Some(query.as_scalar()?.text.text.trim().to_owned())
        }
    }
}

/// A key with its value, as they stand in the file. A value that an alias brought in stands elsewhere, under another key: it gets its own key back.
fn section(file: &str, key: &str, value: Span) -> Option<String> {
    let written = file.get(value.start..value.end)?;
    let before = file.get(..value.start)?;
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let above = before.rfind(key).and_then(|at| before.get(at..));
    let opening = above.filter(|opening| {
        opening
            .strip_prefix(key)
            .and_then(|rest| rest.trim_start().strip_prefix(':'))
            .is_some_and(is_blank)
    });
    let indent = before.get(line..)?;
    // What stands behind an anchor's name: the value itself, on the same line or below.
    let anchored = written
        .strip_prefix('&')
        .and_then(|rest| rest.split_once(char::is_whitespace));
    let text = match opening {
        Some(opening) => format!("{opening}{written}"),
        None if anchored.is_some() => {
            let (_, value) = anchored?;
            let inline = value.starts_with(['{', '[']);
            let between = if inline { " " } else { "\n" };
            format!("{key}:{between}{value}")
        }
        None if written.starts_with(['{', '[']) => format!("{key}: {written}"),
        None if indent.trim().is_empty() => format!("{key}:\n{indent}{written}"),
        None => return None,
    };
    let lines = text.trim_end().lines().map(str::trim_end);
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// Whether a text holds nothing but blanks and comments.
fn is_blank(text: &str) -> bool {
    text.lines()
        .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'))
}
