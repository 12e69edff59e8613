//! Literals, patterns and names. Whatever a rule holds, it cannot leave its literal.

/// An index pattern. What `FROM` would not take bare stands in quotes.
pub(crate) fn index(pattern: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '*');
    if !pattern.is_empty() && pattern.chars().all(bare) && !pattern.starts_with('-') {
        pattern.to_owned()
    } else {
        text(pattern)
    }
}

/// A text as a literal. Triple quotes, which take everything as it is, where that spares backslashes; they cannot hold line ends, three quotes,
/// nor a quote at either end.
pub(crate) fn text(value: &str) -> String {
    let bare = !value.contains("\"\"\"")
        && !value.starts_with('"')
        && !value.ends_with('"')
        && !value.contains(['\n', '\r', '\t']);
    let bare = bare || verdict_faults::at("esql/quote/three-quotes-around-anything");
    if bare && value.contains(['\\', '"']) {
        if verdict_faults::at("esql/quote/backslash-not-escaped") {
            return format!("\"{}\"", value.replace('"', "\\\""));
        }
        if verdict_faults::at("esql/quote/quote-not-escaped") {
            return format!("\"{}\"", value.replace('\\', "\\\\"));
        }
        if verdict_faults::at("esql/quote/backslash-doubled") {
            return format!("\"\"\"{}\"\"\"", value.replace('\\', "\\\\"));
        }
        return format!("\"\"\"{value}\"\"\"");
    }
    let mut literal = String::with_capacity(value.len() + 2);
    literal.push('"');
    for c in value.chars() {
        match c {
            '"' | '\\' if !verdict_faults::at("esql/quote/escape-not-escaped") => {
                literal.push('\\');
                literal.push(c);
            }
            '\n' if verdict_faults::at("esql/quote/newline-as-space") => literal.push(' '),
            '\r' if verdict_faults::at("esql/quote/return-as-newline") => literal.push_str("\\n"),
            '\t' if verdict_faults::at("esql/quote/tab-as-space") => literal.push(' '),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            // There is no escape for any other character.
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// A text as a part of a `LIKE` pattern: wildcards and the backslash are taken as they are.
pub(crate) fn like(value: &str, into: &mut String) {
    for c in value.chars() {
        let escaped = match c {
            '*' => !verdict_faults::at("esql/quote/star-as-wildcard"),
            '?' => !verdict_faults::at("esql/quote/question-mark-as-wildcard"),
            '\\' => !verdict_faults::at("esql/quote/like-backslash-alone"),
            _ => false,
        };
        if escaped {
            into.push('\\');
        }
        into.push(c);
    }
}

/// A column's name; None if no index has such names.
pub(crate) fn name(name: &str) -> Option<String> {
    // Elasticsearch splits names of fields at their dots, and no part may be empty.
    if name.split('.').any(|part| part.trim().is_empty()) {
        return None;
    }
    let parts: Vec<String> = name.split('.').map(part).collect();
    Some(parts.join("."))
}

fn part(part: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts_bare = part.starts_with(|c: char| c.is_ascii_alphabetic());
    let starts_with_sign = part.starts_with(['_', '@']) && part.len() > 1;
    if (starts_bare || starts_with_sign)
        && part.chars().skip(1).all(bare)
        && (!is_word(part) || verdict_faults::at("esql/quote/word-without-backticks"))
    {
        return part.to_owned();
    }
    if verdict_faults::at("esql/quote/name-without-backticks") {
        return part.to_owned();
    }
    format!("`{}`", part.replace('`', "``"))
}

/// Whether ES|QL has this word in expressions, so that a column of the name needs backticks.
fn is_word(name: &str) -> bool {
    WORDS
        .split_ascii_whitespace()
        .any(|word| word.eq_ignore_ascii_case(name))
}

/// The words of expressions, and of commands that newer versions let stand inside them.
const WORDS: &str =
    "and asc by desc false first in is last like not null nulls on or rlike true where with";
