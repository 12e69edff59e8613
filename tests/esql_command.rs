//! `verdict query --language esql` over the conformance cases that `VERDICT_CORPUS` points to: the command itself, not the library.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

/// The mapping that the suite's README states. Fields that it does not name are typed from the events.
const SCHEMA: &str = r#"{"fields":{
    "emp_no":{"type":"integer"},"languages":{"type":"integer"},"salary":{"type":"integer"},"height":{"type":"double"},
    "still_hired":{"type":"boolean"},"is_rehired":{"type":"boolean","array":true},
    "first_name":{"type":"keyword"},"last_name":{"type":"keyword"},"gender":{"type":"keyword"},
    "job_positions":{"type":"keyword","array":true}}}"#;

/// The ids of the rows that a query returns, or what the command says against it.
fn check(folder: &Path, query: &str, ids: &[i64]) -> Result<Vec<i64>, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(["query", "--language", "esql", "--schema", "schema.json"])
        .args(["--query", query, "events.ndjson"])
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("the command runs");
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let rows = text.lines().map(|line| {
        let row: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let at = row.pointer("/events/0").and_then(serde_json::Value::as_u64);
        let at = usize::try_from(at.expect("an index")).expect("a small index");
        *ids.get(at).expect("an event")
    });
    Ok(rows.collect())
}

#[test]
fn esql_command_passes_the_conformance_cases() {
    let Some(root) = std::env::var_os("VERDICT_CORPUS") else {
        eprintln!("VERDICT_CORPUS is not set: the conformance cases are not run");
        return;
    };
    let suite = Path::new(&root).join("conformance/esql");
    let read = |name: &str| -> serde_json::Value {
        let text = fs::read_to_string(suite.join(name)).expect("a file of the suite");
        serde_json::from_str(&text).expect("JSON")
    };
    let folder = tempfile::tempdir().expect("a folder");
    let rows = read("data/employees_core.json");
    let (mut events, mut ids) = (String::new(), Vec::new());
    for row in rows.as_array().expect("rows") {
        let _ = writeln!(events, "{row}");
        ids.push(row.get("emp_no").and_then(serde_json::Value::as_i64));
    }
    let ids: Vec<i64> = ids.into_iter().map(|id| id.expect("an id")).collect();
    fs::write(folder.path().join("events.ndjson"), events).expect("written");
    fs::write(folder.path().join("schema.json"), SCHEMA).expect("written");

    let cases = read("where_cases.json");
    let cases = cases
        .get("cases")
        .and_then(|cases| cases.as_array())
        .expect("cases");
    let mut missed = Vec::new();
    for case in cases {
        let text = |key: &str| case.get(key).and_then(|value| value.as_str());
        let mut query = format!(
            "FROM employees | WHERE {}",
            text("where").expect("a condition")
        );
        if let Some(sort) = text("sort") {
            let _ = write!(query, " | SORT {sort}");
        }
        if let Some(limit) = case.get("limit") {
            let _ = write!(query, " | LIMIT {limit}");
        }
        let wanted = case.get("expected_emp_no").and_then(|ids| ids.as_array());
        let wanted = wanted
            .expect("ids")
            .iter()
            .filter_map(serde_json::Value::as_i64);
        let mut expected: Vec<i64> = wanted.collect();
        expected.sort_unstable();
        let found = check(folder.path(), &query, &ids).map(|mut found| {
            found.sort_unstable();
            found
        });
        if found.as_ref() != Ok(&expected) {
            missed.push(format!("{query}: expected {expected:?}, found {found:?}"));
        }
    }
    eprintln!(
        "{} of {} cases pass",
        cases.len() - missed.len(),
        cases.len()
    );
    assert!(missed.len() * 50 <= cases.len(), "{missed:#?}");
}
