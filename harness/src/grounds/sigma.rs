//! The operators of a rule in Sigma: the modifiers behind its fields, the words of its condition, and what its values hold.

use std::collections::BTreeSet;

/// Parts of a rule whose keys are no fields.
const OTHER: [&str; 8] = [
    "title",
    "description",
    "id",
    "author",
    "name",
    "level",
    "status",
    "date",
];

/// The operators of a rule's text, by the names of the matrix.
pub(super) fn operators(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut part = "";
    for line in text.lines() {
        let content = line.trim_start();
        if content.starts_with('#') || content.is_empty() {
            continue;
        }
        let indent = line.len() - content.len();
        let item = content.strip_prefix("- ");
        let content = item.unwrap_or(content).trim();
        let (key, value) = split(content);
        if indent == 0 && item.is_none() {
            part = key.unwrap_or(part);
            if !OTHER.contains(&part)
                && matches!(part, "logsource" | "correlation" | "filter" | "action")
            {
                found.insert(part.to_owned());
            }
            continue;
        }
        match part {
            "detection" => detection(key, value, item.is_some(), &mut found),
            "correlation" => correlation(key, value, &mut found),
            _ => {}
        }
    }
    found
}

/// A key and what stands behind it; a line may hold a value alone.
fn split(content: &str) -> (Option<&str>, &str) {
    let end = content
        .find(": ")
        .or_else(|| content.strip_suffix(':').map(str::len));
    match end {
        Some(end) if !content.starts_with(['"', '\'']) => {
            let value = content.get(end + 1..).unwrap_or_default();
            (content.get(..end), value.trim())
        }
        _ => (None, content),
    }
}

fn detection(key: Option<&str>, value: &str, item: bool, found: &mut BTreeSet<String>) {
    match key {
        Some("condition") => return condition(value, found),
        Some(key) => {
            let mut modifiers = key.split('|');
            let field = modifiers.next().unwrap_or_default();
            found.insert(if field.is_empty() { "keywords" } else { "map" }.to_owned());
            let modifiers: Vec<&str> = modifiers.collect();
            if modifiers.len() > 1 {
                found.insert("chain".to_owned());
            }
            found.extend(modifiers.into_iter().map(str::to_owned));
            if item {
                found.insert("list of maps".to_owned());
            }
        }
        None if item => {
            found.insert("list of values".to_owned());
        }
        None => {}
    }
    held(value, found);
}

/// What is special in a value.
fn held(value: &str, found: &mut BTreeSet<String>) {
    for (letter, row) in [('*', "*"), ('?', "?"), ('\\', "\\")] {
        if value.contains(letter) {
            found.insert(row.to_owned());
        }
    }
    let row = match value {
        "" => return,
        "null" | "~" => "null",
        "''" | "\"\"" => "empty string",
        "true" | "false" => "boolean",
        value if value.parse::<f64>().is_ok() => "number",
        _ => "plain value",
    };
    found.insert(row.to_owned());
}

fn condition(text: &str, found: &mut BTreeSet<String>) {
    found.insert("condition".to_owned());
    if text.contains('(') {
        found.insert("()".to_owned());
    }
    let words: Vec<String> = text
        .split(|c: char| c.is_whitespace() || c == '(' || c == ')')
        .map(str::to_ascii_lowercase)
        .collect();
    for word in &words {
        if matches!(word.as_str(), "and" | "or" | "not") {
            found.insert(word.clone());
        }
    }
    for at in words.windows(3) {
        if let [count, of, what] = at
            && of == "of"
        {
            let them = if what == "them" { " them" } else { "" };
            found.insert(format!("{count} of{them}"));
        }
    }
}

fn correlation(key: Option<&str>, value: &str, found: &mut BTreeSet<String>) {
    match key {
        Some("type") => {
            found.insert(value.to_owned());
        }
        Some(key) if key != "condition" => {
            found.insert(key.to_owned());
        }
        _ => {}
    }
}
