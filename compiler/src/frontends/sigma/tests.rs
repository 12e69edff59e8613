//! The case files under `compiler/tests/sigma`, one a decision.
//!
//! A file holds cases: a line `== title`, the rule, a line `--`, and what comes of it: the IR, then the findings. `UPDATE_CASES=1` writes
//! the last part anew; the difference is for a person to judge.

mod corpus;
mod show;

use super::{LogsourceTable, compile};
use crate::compile::{Among, Inputs, Meaning};
use crate::diagnostic::Diagnostic;
use crate::ir::Ir;
use crate::rule::node::Node;
use crate::rule::{Body, Logsource, Rule, SigmaBody, yaml};
use std::collections::BTreeMap;
use std::path::Path;

fn table() -> LogsourceTable {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../targets/profiles/logsource.yml");
    let text = std::fs::read_to_string(path).expect("the table");
    LogsourceTable::parse(&text).expect("a sound table")
}

/// A rule's body from its YAML, and whether it has a logsource.
fn body(rule: &Node) -> (SigmaBody, bool) {
    let part = |node: Option<&Node>, key: &str| {
        let scalar = node
            .and_then(|node| node.get(key))
            .and_then(Node::as_scalar);
        scalar.map(|scalar| scalar.text.text.clone())
    };
    let node = rule.get("logsource");
    let logsource = Logsource {
        category: part(node, "category"),
        product: part(node, "product"),
        service: part(node, "service"),
        span: node.map_or(rule.span, |node| node.span),
    };
    let detection = rule
        .get("detection")
        .cloned()
        .unwrap_or_else(|| rule.clone());
    (
        SigmaBody {
            logsource,
            detection,
        },
        node.is_some(),
    )
}

fn placeholders(rule: &Node) -> BTreeMap<String, Vec<String>> {
    let entries = rule
        .get("placeholders")
        .and_then(Node::as_map)
        .unwrap_or_default();
    let texts = |node: &Node| {
        let values = node.as_list().unwrap_or_default().iter();
        values
            .filter_map(|value| Some(value.as_scalar()?.text.text.clone()))
            .collect()
    };
    entries
        .iter()
        .map(|entry| (entry.key.clone(), texts(&entry.value)))
        .collect()
}

fn compiled(rule: &Node, table: &LogsourceTable) -> (Option<Box<Ir>>, Vec<Diagnostic>) {
    let (body, has_logsource) = body(rule);
    let placeholders = placeholders(rule);
    let inputs = Inputs {
        logsources: has_logsource.then_some(table),
        placeholders: &placeholders,
        schema: None,
    };
    let rule = Rule::new("", "", Body::Sigma(body.clone()));
    let compiled = compile(&rule, &body, &inputs, &Among::default());
    let mut found = compiled.diagnostics;
    let ir = match compiled.meaning {
        Meaning::Known(ir) => Some(ir),
        Meaning::Series(_) | Meaning::Unsupported(_) | Meaning::Invalid => None,
    };
    found.extend(ir.iter().flat_map(|ir| crate::check::check(ir)));
    found.sort_by_key(|finding| (finding.span, finding.code));
    (ir, found)
}

/// What comes of a rule's text.
fn outcome(text: &str, table: &LogsourceTable) -> String {
    let rules = match yaml::documents(text) {
        Ok(rules) => rules,
        Err(found) => return show::findings(text, &found),
    };
    let rule = rules.first().expect("a rule");
    let (ir, found) = compiled(rule, table);
    let mut shown = ir.map_or_else(String::new, |ir| show::expr(&ir.predicate, 0));
    shown.push_str(&show::findings(text, &found));
    shown
}

/// Checks every case of a file.
fn check(path: &Path, table: &LogsourceTable, failures: &mut Vec<String>) {
    let text = std::fs::read_to_string(path).expect("a case file");
    let mut updated = String::new();
    for case in format!("\n{text}").split("\n== ").skip(1) {
        let (title, rest) = case.split_once('\n').expect("a title");
        let (rule, expected) = rest.split_once("\n--\n").unwrap_or((rest.trim_end(), ""));
        let got = outcome(rule, table);
        if got.trim() != expected.trim() {
            failures.push(format!("{} == {title}\n{got}", path.display()));
        }
        let got = got.trim_end();
        updated.extend(["== ", title, "\n", rule, "\n--\n", got, "\n\n"]);
    }
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(path, format!("{}\n", updated.trim_end())).expect("written");
    }
}

#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sigma");
    let table = table();
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the cases")
        .map(|entry| entry.expect("a file").path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 25, "a file for each decision");
    let mut failures = Vec::new();
    for path in paths {
        check(&path, &table, &mut failures);
    }
    let failed = failures.len();
    assert!(
        failures.is_empty(),
        "{failed} differ:\n{}",
        failures.join("\n")
    );
}
