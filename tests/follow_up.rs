//! Pivots as queries, by execution: the values of an alert in place of the placeholders, the engines of both languages over events.
//!
//! Times are left out: an engine's clock is no part of what a pivot says of fields. `targets/src/follow_up/window.rs` tests how they are written.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

use verdict_compiler::rule::{Pivot, load};
use verdict_compiler::{Rule, Source};
use verdict_engines::{kql, spl};
use verdict_event::{Event, Schema, read_events};
use verdict_targets::follow_up::follow_up;
use verdict_targets::profile::Profile;
use verdict_targets::target::Target;

const RULE: &str = r#"
id: 5a1e1f0a-0000-4000-8000-000000000001
name: R
language: eql
severity: low
data: {schema: ecs}
query: process where true
guide: "!{investigate one} !{investigate two} !{investigate three} !{investigate four} !{investigate five}"
investigate:
  one:
    providers: [[{field: process.executable, value: "{{process.executable}}"}, {field: event.category, value: process}]]
    relativeFrom: now-1h
    relativeTo: now
  two:
    providers: [[{field: user.name, value: "{{user.name}}"}], [{field: process.pid, value: "{{process.pid}}", valueType: number}]]
    relativeFrom: now-1h
  three:
    providers: [[{field: user.name, queryType: phrases, value: [root, "{{user.name}}"], excluded: true}]]
  four:
    providers: [[{field: destination.port, queryType: range, value: {gte: 100, lt: 200}, valueType: number}, {field: user.name, queryType: exists}]]
  five:
    providers: [[{field: user.name, queryType: exists, excluded: true}, {field: process.executable, value: "C:\\x \"y\" {{user.name}}"}]]
"#;

/// The alert that fills the placeholders.
const ALERT: &[(&str, &str)] = &[
    ("process.executable", r"C:\Tools\it's me.exe"),
    ("user.name", "Ann O'Neil"),
    ("process.pid", "42"),
];

const EVENTS: &str = r#"
{"event":{"category":["process"]},"process":{"executable":"c:\\tools\\IT'S ME.exe","pid":7},"user":{"name":"bob"}}
{"event":{"category":["file"]},"process":{"executable":"C:\\Tools\\it's me.exe","pid":42}}
{"event":{"category":["process","file"]},"process":{"executable":"C:\\Tools\\other.exe","pid":420},"user":{"name":"ANN O'NEIL"},"destination":{"port":100}}
{"user":{"name":"root"},"destination":{"port":200}}
{"process":{"executable":"C:\\x \"y\" Ann O'Neil"},"destination":{"port":150}}
"#;

/// The events that each pivot must find.
const FOUND: &[(&str, &[usize])] = &[
    ("one", &[0]),
    ("two", &[1, 2]),
    ("three", &[0, 1, 4]),
    ("four", &[2]),
    ("five", &[4]),
];

/// A query of a pivot without its time, filled in as the pages say.
fn filled(rule: &Rule, pivot: &Pivot, target: &dyn Target, quote: fn(&str) -> String) -> String {
    let made = follow_up(rule, pivot, target, &Profile::raw()).expect("a language with times");
    let text = made.text.unwrap_or_else(|| panic!("{:?}", made.claim));
    let timed =
        |line: &&str| !line.starts_with("earliest=") && !line.starts_with("| where TimeGenerated");
    let mut query: String = text.lines().filter(timed).collect::<Vec<_>>().join("\n");
    for (field, value) in ALERT {
        query = query.replace(&format!("{{{{{field}}}}}"), &quote(value));
    }
    assert!(!query.contains("{{"), "{query}");
    query
}

fn indices(events: &[Event], matches: impl Fn(&Event) -> bool) -> Vec<usize> {
    let all = events.iter().enumerate();
    all.filter(|(_, event)| matches(event))
        .map(|(at, _)| at)
        .collect()
}

#[test]
fn filled_queries_find_what_the_pivot_says() {
    let source = Source::new("rule.yml", RULE);
    let loaded = load(&source);
    assert!(
        loaded.diagnostics.iter().all(|found| !found.is_error()),
        "{:?}",
        loaded.diagnostics
    );
    let rule = loaded.rules.first().expect("a rule");
    let events = read_events(EVENTS).expect("events");
    for ((name, wanted), pivot) in FOUND.iter().zip(&rule.metadata.investigate) {
        assert_eq!(pivot.name.value, *name);
        let query = filled(rule, pivot, &verdict_targets::kql::Kql, |value| {
            value.replace('\'', "''")
        });
        let parsed =
            kql::Query::parse(&query).unwrap_or_else(|errors| panic!("{query}\n{errors:?}"));
        let bound = parsed
            .bind(&schema(), false)
            .unwrap_or_else(|errors| panic!("{query}\n{errors:?}"));
        let found = indices(&events, |event| bound.matches(event).expect("a verdict"));
        assert_eq!(found, *wanted, "{query}");
        let quoted = |value: &str| value.replace('\\', r"\\").replace('"', "\\\"");
        let query = filled(rule, pivot, &verdict_targets::spl::Spl, quoted);
        let parsed =
            spl::Query::parse(&query).unwrap_or_else(|errors| panic!("{query}\n{errors:?}"));
        let bound = parsed
            .bind(&Schema::default(), false)
            .unwrap_or_else(|errors| panic!("{query}\n{errors:?}"));
        let found = indices(&events, |event| bound.matches(event).expect("a verdict"));
        assert_eq!(found, *wanted, "{query}");
    }
}

/// The columns of the events.
fn schema() -> Schema {
    let json = r#"{"fields": {
        "event.category": {"type": "keyword", "array": true},
        "process.executable": {"type": "keyword"},
        "process.pid": {"type": "long"},
        "user.name": {"type": "keyword"},
        "destination.port": {"type": "long"}
    }}"#;
    serde_json::from_str(json).expect("a schema")
}
