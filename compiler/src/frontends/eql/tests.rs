//! Cases under `compiler/tests/eql`: a query and what comes of it. `BLESS=1` writes what comes of it today.

use super::{compile_body, parse};
use crate::compile::{Compiled, Inputs, Meaning};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::print::print;
use crate::ir::series::{self, Order};
use crate::rule::EqlBody;
use crate::span::Text;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use verdict_event::{FieldSchema, FieldType, Schema};

fn compiled(query: &str, schema: Option<&Schema>) -> Compiled {
    let body = EqlBody {
        query: Text::verbatim(query, 0),
        category_field: "event.category".to_owned(),
        ecs: false,
        endpoint: false,
    };
    let placeholders = BTreeMap::new();
    let inputs = Inputs {
        logsources: None,
        placeholders: &placeholders,
        schema,
    };
    let mut compiled = compile_body(&body, &inputs, &Order::default());
    compiled
        .diagnostics
        .sort_by_key(|finding| (finding.span, finding.code));
    compiled
}

fn describe(query: &str, finding: &Diagnostic) -> String {
    let severity = match finding.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let place = query
        .get(finding.span.start..finding.span.end)
        .unwrap_or("?");
    let mut text = format!(
        "{severity} {} at `{place}`: {}\n  why: {}\n",
        finding.code, finding.message, finding.reason
    );
    for (span, phrase) in &finding.related {
        let place = query.get(span.start..span.end).unwrap_or("?");
        writeln!(text, "  also `{place}`: {phrase}").expect("a string");
    }
    if let Some(hint) = &finding.hint {
        writeln!(text, "  hint: {hint}").expect("a string");
    }
    text
}

fn outcome(query: &str, schema: Option<&Schema>) -> String {
    let compiled = compiled(query, schema);
    let mut text: String = compiled
        .diagnostics
        .iter()
        .map(|finding| describe(query, finding))
        .collect();
    match compiled.meaning {
        Meaning::Known(ir) => text.push_str(&print(&ir)),
        Meaning::Series(series) => text.push_str(&series::print::print(&series)),
        Meaning::Unsupported(refusal) => {
            let place = query
                .get(refusal.span.start..refusal.span.end)
                .unwrap_or("?");
            writeln!(
                text,
                "unsupported {} at `{place}`: {}",
                refusal.code, refusal.reason
            )
            .expect("a string");
        }
        Meaning::Invalid => {}
    }
    text
}

/// `schema: a=long, b=keyword list, c=unmapped`
fn schema(line: &str) -> Schema {
    let mut schema = Schema::default();
    for entry in line.split(',') {
        let (name, kind) = entry.split_once('=').expect("field=type");
        let mut words = kind.split_whitespace();
        let word = words.next().expect("a type");
        let kind = match word {
            "unmapped" => FieldType::Keyword,
            kind => serde_json::from_value(kind.into()).expect("a type"),
        };
        let field = FieldSchema {
            array: words.next() == Some("list"),
            mapped: word != "unmapped",
            ..FieldSchema::new(kind)
        };
        schema.fields.insert(name.trim().to_owned(), field);
    }
    schema
}

/// Checks every case of a file: `=== name`, a query, `---`, the outcome.
fn check(file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/eql")
        .join(file);
    let text = std::fs::read_to_string(&path).expect("a case file");
    let mut parts = text.split("=== ");
    let mut blessed = parts.next().expect("a header").to_owned();
    let mut wrong = String::new();
    for case in parts {
        let (name, rest) = case.split_once('\n').expect("a name");
        let (query, expected) = rest.split_once("---\n").expect("an outcome");
        let (schema, query_text) = match query.strip_prefix("schema: ") {
            Some(rest) => {
                let (line, query) = rest.split_once('\n').expect("a query");
                (Some(schema(line)), query)
            }
            None => (None, query),
        };
        let actual = outcome(query_text.trim_end(), schema.as_ref());
        if actual.trim_end() != expected.trim_end() {
            writeln!(
                wrong,
                "--- {name}\nexpected:\n{expected}\nactual:\n{actual}"
            )
            .expect("a string");
        }
        write!(blessed, "=== {name}\n{query}---\n{actual}\n").expect("a string");
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, blessed.trim_end().to_owned() + "\n").expect("written");
    } else {
        assert!(wrong.is_empty(), "{file}\n{wrong}");
    }
}

#[test]
fn syntax() {
    check("syntax.txt");
}

#[test]
fn literals() {
    check("literals.txt");
}

#[test]
fn types() {
    check("types.txt");
}

#[test]
fn operators() {
    check("operators.txt");
}

#[test]
fn nulls() {
    check("nulls.txt");
}

#[test]
fn functions() {
    check("functions.txt");
}

#[test]
fn sequences() {
    check("sequences.txt");
}

#[test]
fn depth_and_size_are_survived() {
    let deep = |open: &str, close: &str| {
        let count = 100_000;
        format!(
            "any where {}x == 1{}",
            open.repeat(count),
            close.repeat(count)
        )
    };
    for query in [
        deep("(", ")"),
        deep("not ", ""),
        deep("- ", ""),
        deep("length(", ")"),
        deep("x in (", ")"),
        format!("any where x == {}1", "1 + ".repeat(100_000)),
        "[".repeat(100_000),
    ] {
        let compiled = compiled(&query, None);
        assert!(
            compiled.diagnostics.iter().any(Diagnostic::is_error),
            "{}",
            query.get(..40).unwrap_or_default()
        );
        assert!(compiled.diagnostics.len() < 200);
    }
    let wide = format!("any where x == 1{}", " or y : \"a\"".repeat(50_000));
    assert!(matches!(compiled(&wide, None).meaning, Meaning::Known(_)));
    let long = format!("any where x == \"{}\"", "a".repeat(10_000_000));
    assert!(matches!(compiled(&long, None).meaning, Meaning::Known(_)));
}

/// Pieces that make queries which go wrong in interesting places.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "process",
        "where",
        "any",
        "sequence",
        "by",
        "with",
        "maxspan=",
        "5m",
        "[",
        "]",
        "![",
        "until",
        "runs=2",
        "sample",
        "x",
        "?y",
        "`a b`",
        ".",
        ",",
        "(",
        ")",
        "in",
        "in~",
        "not",
        "and",
        "or",
        "==",
        "!=",
        "<",
        "=",
        ":",
        "like~",
        "regex",
        "\"a*\"",
        "\"\"\"b\"\"\"",
        "'c'",
        "\"\\u{41}\"",
        "\"\\q\"",
        "1",
        "1.5",
        "null",
        "true",
        "+",
        "-",
        "%",
        "startsWith",
        "cidrMatch(",
        "\"10.0.0.0/8\"",
        "length(",
        "|",
        "head",
        "3",
        "~",
        "é",
        "//",
        "/*",
        "*/",
        "\n",
        "`",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #[test]
    fn parsing_never_panics(text in any::<String>()) {
        parse(&Text::verbatim(text.as_str(), 0));
    }

    #[test]
    fn compiling_never_panics(text in pieces()) {
        for query in [text.clone(), format!("any where {text}")] {
            let compiled = compiled(&query, None);
            let invalid = matches!(compiled.meaning, Meaning::Invalid);
            prop_assert_eq!(invalid, compiled.diagnostics.iter().any(Diagnostic::is_error));
            for finding in &compiled.diagnostics {
                prop_assert!(query.get(finding.span.start..finding.span.end).is_some());
            }
        }
    }
}
