//! Findings as SARIF 2.1.0, the form in which code hosts and editors take them.
//!
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.

use crate::output::Failure;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use verdict_compiler::{Diagnostic, Source, codes, render};

/// One result.
pub(crate) struct Finding {
    /// The code, or the word of a verdict.
    pub id: String,
    /// `error`, `warning` or `note`.
    pub level: &'static str,
    /// What is told.
    pub message: String,
    /// The file.
    pub file: String,
    /// First line and column, last line and column, from 1; the columns count characters.
    pub place: Option<[usize; 4]>,
}

impl Finding {
    /// A diagnostic.
    pub(crate) fn new(source: &Source, found: &Diagnostic) -> Self {
        let (line, column) = source.line_column(found.span.start);
        let (end_line, end_column) = source.line_column(found.span.end);
        let hint = found.hint.as_ref();
        let hint = hint.map_or_else(String::new, |hint| format!("; {hint}"));
        Self {
            id: found.code.id.to_owned(),
            level: render::word(found.severity),
            message: format!("{}: {}{hint}", found.message, found.reason),
            file: source.name.clone(),
            place: Some([line, column, end_line, end_column]),
        }
    }

    fn result(&self, rules: &BTreeMap<&str, usize>) -> Value {
        let mut physical = json!({"artifactLocation": {"uri": uri(&self.file)}});
        if let (Some([line, column, end_line, end_column]), Some(object)) =
            (self.place, physical.as_object_mut())
        {
            let region = json!({
                "startLine": line,
                "startColumn": column,
                "endLine": end_line,
                "endColumn": end_column,
            });
            object.insert("region".to_owned(), region);
        }
        json!({
            "ruleId": self.id,
            "ruleIndex": rules.get(self.id.as_str()),
            "level": self.level,
            "message": {"text": self.message},
            "locations": [{"physicalLocation": physical}],
        })
    }
}

/// The whole log.
pub(crate) fn document(findings: &[Finding]) -> Result<String, Failure> {
    let mut ids: BTreeMap<&str, usize> = findings
        .iter()
        .map(|finding| (finding.id.as_str(), 0))
        .collect();
    for (at, index) in ids.values_mut().enumerate() {
        *index = at;
    }
    let rules: Vec<Value> = ids.keys().map(|id| descriptor(id)).collect();
    let results: Vec<Value> = findings.iter().map(|found| found.result(&ids)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "verdict",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&log).map_err(|error| Failure::internal(error.to_string()))
}

/// What SARIF calls a rule: a code with its page.
fn descriptor(id: &str) -> Value {
    match codes::find(id) {
        Some(code) => json!({
            "id": id,
            "shortDescription": {"text": code.title},
            "help": {"text": code.page, "markdown": code.page},
        }),
        None => json!({"id": id}),
    }
}

/// A path as a relative reference: what may not stand in one is written in hexadecimal. RFC 3986, sections 2.1 and 3.3.
fn uri(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_references() {
        assert_eq!(uri("a b/c:d\\ü.yml"), "a%20b/c%3Ad/%C3%BC.yml");
    }

    #[test]
    fn results_point_at_their_rules() {
        let finding = |id: &str| Finding {
            id: id.to_owned(),
            level: "error",
            message: "m".to_owned(),
            file: "a.yml".to_owned(),
            place: Some([1, 2, 3, 4]),
        };
        let findings = [finding("V0601"), finding("V0201"), finding("V0601")];
        let log: Value =
            serde_json::from_str(&document(&findings).expect("a document")).expect("JSON");
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
        assert_eq!(rules.len(), 2);
        for result in run["results"].as_array().expect("results") {
            let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index"));
            assert_eq!(rules[index.expect("small")]["id"], result["ruleId"]);
            let place = &result["locations"][0]["physicalLocation"];
            assert_eq!(place["region"]["endColumn"], 4);
        }
    }
}
