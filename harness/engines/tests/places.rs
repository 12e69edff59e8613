//! The places that faults of a query point at: `tests/places/*.txt`, a file a language.
//!
//! A file holds `types:` (`name=type ...`, of KQL) and cases `query  =>  part of the message`. What stands between `«` and `»` is at fault;
//! `⏎` stands for a line break. The caret that a user sees is drawn from these bytes, and no verdict would show one that is beside them.

#![expect(clippy::expect_used, reason = "a test fails loudly")]

use std::fmt::Write as _;
use std::ops::Range;
use verdict_engines::{QueryError, kql, spl};
use verdict_event::{FieldSchema, FieldType, Schema};

/// What a language finds wrong with a text.
type Faults = fn(&str, &Schema) -> Vec<QueryError>;

fn kql_faults(text: &str, schema: &Schema) -> Vec<QueryError> {
    let bound = kql::Query::parse(text).and_then(|query| query.bind(schema, true));
    bound.err().unwrap_or_default()
}

fn spl_faults(text: &str, schema: &Schema) -> Vec<QueryError> {
    let bound = spl::Query::parse(text).and_then(|query| query.bind(schema, false));
    bound.err().unwrap_or_default()
}

fn take_types(schema: &mut Schema, line: &str) {
    for item in line.split_whitespace() {
        let (name, kind) = item.split_once('=').expect("name=type");
        let array = kind.ends_with('*');
        let kind: FieldType =
            serde_json::from_value(kind.trim_end_matches('*').into()).expect("a type");
        let field = FieldSchema {
            array,
            ..FieldSchema::new(kind)
        };
        schema.fields.insert(name.to_owned(), field);
    }
}

/// The query without its marks, and what stood between them.
fn marked(text: &str) -> (String, Range<usize>) {
    let text = text.replace('⏎', "\n");
    let (before, rest) = text.split_once('«').expect("a mark");
    let (inside, after) = rest.split_once('»').expect("its end");
    let start = before.len();
    (
        format!("{before}{inside}{after}"),
        start..start + inside.len(),
    )
}

fn run_file(name: &str, faults: Faults) {
    let path = format!("{}/tests/places/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a file");
    let mut schema = Schema::default();
    let mut wrong = String::new();
    let mut cases = 0;
    for (at, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(types) = line.strip_prefix("types:") {
            take_types(&mut schema, types);
            continue;
        }
        cases += 1;
        let (query, message) = line.split_once("  =>  ").expect("an arrow");
        let (query, place) = marked(query);
        let found = faults(&query, &schema);
        let fits = found
            .iter()
            .any(|error| error.span == place && error.message.contains(message.trim()));
        if !fits {
            let found: Vec<String> = found
                .iter()
                .map(|error| {
                    let shown = query.get(error.span.clone()).unwrap_or("?");
                    format!("{} at {:?} `{shown}`", error.message, error.span)
                })
                .collect();
            let _ = writeln!(wrong, "{name}:{}: {line}\n  {place:?}, {found:?}", at + 1);
        }
    }
    assert!(cases > 20, "{name} holds {cases} cases");
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn kql_faults_point_at_what_is_wrong() {
    run_file("kql.txt", kql_faults);
}

#[test]
fn spl_faults_point_at_what_is_wrong() {
    run_file("spl.txt", spl_faults);
}
