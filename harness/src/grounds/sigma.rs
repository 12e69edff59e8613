//! The operators of a rule in Sigma: the modifiers behind its fields, the words of its condition, and what its values hold.

use std::collections::BTreeSet;

/// The operators of a rule's text, by the names of the matrix.
pub(super) fn operators(text: &str) -> BTreeSet<String> {
    let mut reader = Reader::default();
    for line in text.lines() {
        let content = line.trim_start();
        if content.starts_with('#') || content.is_empty() {
            continue;
        }
        let indent = line.len() - content.len();
        let item = content.strip_prefix("- ");
        reader.line(indent, item.is_some(), item.unwrap_or(content).trim());
    }
    reader.found
}

#[derive(Default)]
struct Reader {
    found: BTreeSet<String>,
    /// The key at the left edge.
    part: String,
    /// How far the names of the part's own keys are moved in.
    indent: Option<usize>,
    /// Whether the line before names a selection, so that values behind it are keywords.
    selection: bool,
    /// Whether the lines go on with a condition.
    condition: bool,
    /// The kind of a correlation.
    kind: String,
}

impl Reader {
    fn line(&mut self, indent: usize, item: bool, content: &str) {
        let (key, value) = split(content);
        if indent == 0 && !item {
            self.part = key.unwrap_or(&self.part).to_owned();
            self.indent = None;
            self.selection = false;
            if matches!(
                self.part.as_str(),
                "logsource" | "correlation" | "filter" | "action"
            ) {
                self.found.insert(self.part.clone());
            }
            if matches!(self.part.as_str(), "detection" | "correlation") && value.contains('{') {
                self.flow();
            }
            return;
        }
        match self.part.as_str() {
            "detection" | "filter" => self.detection(indent, key, value, item),
            "correlation" => self.correlation(key, value),
            _ => {}
        }
    }

    /// A mapping on one line is not read: whatever stands in it is an assumption.
    fn flow(&mut self) {
        self.found.insert("flow mapping".to_owned());
    }

    fn detection(&mut self, indent: usize, key: Option<&str>, value: &str, item: bool) {
        let outermost = *self.indent.get_or_insert(indent) == indent && !item;
        match key {
            Some("condition") if outermost => {
                self.condition = true;
                self.selection = false;
                return condition(value, &mut self.found);
            }
            Some(_) if outermost => {
                self.condition = false;
                self.selection = value.is_empty();
            }
            Some(key) => {
                self.selection = false;
                self.field(key);
                if item {
                    self.found.insert("list of maps".to_owned());
                }
            }
            None if self.condition => return condition(value, &mut self.found),
            None if self.selection => {
                self.found.insert("keywords".to_owned());
            }
            None if item => {
                self.found.insert("list of values".to_owned());
            }
            None => {}
        }
        if value.contains('{') && value.contains(": ") {
            self.flow();
        }
        let list = value
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        match list {
            Some(list) => {
                self.found.insert("list of values".to_owned());
                for value in list.split(',') {
                    held(value.trim(), &mut self.found);
                }
            }
            None => held(value, &mut self.found),
        }
    }

    /// A field with its modifiers.
    fn field(&mut self, key: &str) {
        let mut parts = key.trim_matches(['\'', '"']).split('|');
        let field = parts.next().unwrap_or_default();
        let modifiers: Vec<&str> = parts.collect();
        self.found
            .insert(if field.is_empty() { "keywords" } else { "map" }.to_owned());
        if modifiers.len() > 1 {
            self.found.insert("chain".to_owned());
        }
        for (at, modifier) in modifiers.iter().enumerate() {
            let behind = |other: &str| modifiers.iter().take(at).any(|before| *before == other);
            let refers = modifiers.contains(&"fieldref");
            let row = match *modifier {
                "all" | "base64offset" | "cased" | "re" | "windash" if field.is_empty() => {
                    format!("keywords|{modifier}")
                }
                "i" | "ignorecase" if behind("re") => "re|i".to_owned(),
                "m" | "multiline" if behind("re") => "re|m".to_owned(),
                "s" | "dotall" if behind("re") => "re|s".to_owned(),
                "contains" | "startswith" | "endswith" if refers => format!("fieldref|{modifier}"),
                other => other.to_owned(),
            };
            self.found.insert(row);
        }
    }

    fn correlation(&mut self, key: Option<&str>, value: &str) {
        const COMPARISONS: [&str; 5] = ["eq", "neq", "gt", "lt", "lte"];
        match key {
            Some("type") => {
                value.clone_into(&mut self.kind);
                self.found.insert(value.to_owned());
            }
            Some("condition") => {
                for comparison in COMPARISONS {
                    if value.contains(&format!("{comparison}:")) {
                        self.found.insert(format!("{} {comparison}", self.kind));
                    }
                }
            }
            Some(key) if COMPARISONS.contains(&key) => {
                self.found.insert(format!("{} {key}", self.kind));
            }
            Some("gte") | None => {}
            Some(key) => {
                self.found.insert(key.to_owned());
            }
        }
    }
}

/// A key and what stands behind it; a line may hold a value alone.
fn split(content: &str) -> (Option<&str>, &str) {
    let end = content
        .find(": ")
        .or_else(|| content.strip_suffix(':').map(str::len));
    match end {
        // A key may stand in quotes, but a text that holds a colon is none.
        Some(end) if !content.starts_with(['"', '\'']) || content.get(1..2) == Some("|") => {
            let value = content.get(end + 1..).unwrap_or_default();
            (content.get(..end), value.trim())
        }
        _ => (None, content),
    }
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
            found.insert(format!("{count} of{them}").replace("any of them", "any of"));
        }
    }
}
