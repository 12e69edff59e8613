//! The EQL engine against cases of our own (`tests/eql/*.toml`), and against the conformance cases that `VERDICT_CORPUS` points to.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "these are tests"
)]

use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use verdict_engines::QueryError;
use verdict_engines::eql::{Bound, Query};
use verdict_event::schema::{Timestamp, TimestampFormat};
use verdict_event::{Event, FieldSchema, FieldType, Schema, read_events};

/// One file of cases: a schema and events that they share.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// A schema in its documented JSON form.
    schema: Option<String>,
    #[serde(default)]
    literal_types: bool,
    /// Events as JSON, one a line.
    #[serde(default)]
    events: String,
    case: Vec<Case>,
}

/// A query and either the events that it returns, in order, or parts of its errors' messages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    query: String,
    #[serde(rename = "match")]
    matches: Option<Vec<usize>>,
    /// The matches of a sequence or sample, event by event; -1 for a missing event.
    series: Option<Vec<Vec<i64>>>,
    #[serde(default)]
    errors: Vec<String>,
    /// The query parses, whatever binding it says.
    #[serde(default)]
    parses: bool,
    #[serde(default)]
    #[expect(dead_code, reason = "for the reader of the file")]
    why: String,
}

fn bind(query: &str, schema: &Schema, literal_types: bool) -> Result<Bound, Vec<QueryError>> {
    Query::parse(query)?.bind(schema, literal_types)
}

fn slots(bound: &Bound, events: &[Event]) -> Vec<usize> {
    let series = bound.series(events).expect("it runs");
    series.into_iter().flatten().flatten().collect()
}

/// The matches with -1 for each missing event.
fn series(bound: &Bound, events: &[Event]) -> Vec<Vec<i64>> {
    let number = |slot: Option<usize>| slot.map_or(-1, |at| i64::try_from(at).expect("small"));
    let found = bound.series(events).expect("it runs");
    found
        .into_iter()
        .map(|slots| slots.into_iter().map(number).collect())
        .collect()
}

/// What is wrong with one case, if anything.
fn check(file: &File, case: &Case, schema: &Schema, events: &[Event]) -> Option<String> {
    if case.parses
        && let Err(errors) = Query::parse(&case.query)
    {
        return Some(format!("does not parse: {errors:?}"));
    }
    let bound = bind(&case.query, schema, file.literal_types);
    if let (Ok(bound), Some(expected)) = (&bound, &case.series) {
        let found = series(bound, events);
        return (found != *expected).then(|| format!("expected {expected:?}, found {found:?}"));
    }
    match (bound, &case.matches) {
        (Ok(bound), Some(expected)) => {
            let found = slots(&bound, events);
            (found != *expected).then(|| format!("expected {expected:?}, found {found:?}"))
        }
        (Ok(_), None) => (!case.parses || !case.errors.is_empty()).then(|| "no error".to_owned()),
        (Err(errors), None) if case.series.is_some() => Some(format!("refused: {errors:?}")),
        (Err(errors), None) => {
            let texts: Vec<String> = errors
                .iter()
                .map(|error| {
                    format!(
                        "{error}{}",
                        error
                            .hint
                            .as_ref()
                            .map_or(String::new(), |hint| format!("; {hint}"))
                    )
                })
                .collect();
            let odd = errors.iter().any(|error| {
                error.span.end > case.query.len() || error.span.start > error.span.end
            });
            let all = texts.len() == case.errors.len()
                && texts
                    .iter()
                    .zip(&case.errors)
                    .all(|(text, part)| text.contains(part.as_str()));
            (odd || !all).then(|| format!("expected errors {:?}, found {texts:#?}", case.errors))
        }
        (Err(errors), Some(_)) => Some(format!("refused: {errors:?}")),
    }
}

#[test]
fn eql_cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/eql");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of cases")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    paths.sort();
    let mut faults = Vec::new();
    let mut count = 0;
    for path in paths {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or("?");
        let text = std::fs::read_to_string(&path).expect("a file");
        let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let schema = match &file.schema {
            Some(json) => {
                serde_json::from_str(json).unwrap_or_else(|error| panic!("{name}: {error}"))
            }
            None => Schema::default(),
        };
        let events = read_events(&file.events).unwrap_or_else(|error| panic!("{name}: {error}"));
        for case in &file.case {
            count += 1;
            if let Some(fault) = check(&file, case, &schema, &events) {
                faults.push(format!("{name}: {}\n    {fault}", case.query));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {count} cases fail:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// The folder of conformance cases, if there is one.
fn corpus() -> Option<PathBuf> {
    let folder =
        std::env::var_os("VERDICT_CORPUS").map(|root| PathBuf::from(root).join("conformance/eql"));
    if folder.is_none() {
        eprintln!("VERDICT_CORPUS is not set: the conformance cases are not run");
    }
    folder
}

#[derive(Deserialize)]
struct Suite {
    queries: Vec<SuiteCase>,
}

#[derive(Deserialize)]
struct SuiteCase {
    name: String,
    query: String,
    expected_event_ids: Vec<i64>,
}

fn suite_schema() -> Schema {
    let ip = |name: &str| (name.to_owned(), FieldSchema::new(FieldType::Ip));
    Schema {
        timestamp: Timestamp {
            field: "timestamp".to_owned(),
            format: TimestampFormat::Filetime,
        },
        category: "event_type".to_owned(),
        tiebreaker: Some("serial_event_id".to_owned()),
        fields: BTreeMap::from([ip("source_address"), ip("destination_address")]),
    }
}

#[test]
fn eql_conformance_queries() {
    let Some(folder) = corpus() else { return };
    let text = std::fs::read_to_string(folder.join("test_queries.toml")).expect("the suite");
    let suite: Suite = toml::from_str(&text).expect("TOML");
    let events =
        read_events(&std::fs::read_to_string(folder.join("data/test_data.json")).expect("data"))
            .expect("events");
    let mut missed = 0;
    for case in &suite.queries {
        let fault = suite_case(case, suite_schema(), &events, "serial_event_id");
        if let Some(fault) = fault {
            missed += 1;
            eprintln!("{fault}");
        }
    }
    let count = suite.queries.len();
    eprintln!("{} of {count} cases pass", count - missed);
    assert_eq!(missed, 0, "{missed} of {count} cases miss");
}

/// What is wrong with one case of a suite, if anything; `id` is the field whose values the case lists.
fn suite_case(case: &SuiteCase, schema: Schema, events: &[Event], id: &str) -> Option<String> {
    let query =
        Query::parse(&case.query).unwrap_or_else(|errors| panic!("{}: {errors:?}", case.name));
    let fields = query.fields();
    let schema = schema.typed_from(events, fields.iter().map(String::as_str));
    let number = |at: i64| {
        let Ok(at) = usize::try_from(at) else {
            return at;
        };
        let values = events[at].values(&id.into());
        let text = values.first().and_then(|value| value.scalar_text());
        text.and_then(|text| text.parse().ok()).expect("an id")
    };
    let found = query.bind(&schema, false).map(|bound| {
        let slots = series(&bound, events).into_iter().flatten();
        slots.map(number).collect::<Vec<i64>>()
    });
    (found.as_ref() != Ok(&case.expected_event_ids)).then(|| {
        format!(
            "{}: {}\n  expected {:?}\n  found {found:?}",
            case.name, case.query, case.expected_event_ids
        )
    })
}

#[test]
fn eql_conformance_missing_events() {
    let Some(folder) = corpus() else { return };
    let text = std::fs::read_to_string(folder.join("test_missing_events.toml")).expect("the suite");
    let suite: Suite = toml::from_str(&text).expect("TOML");
    let data = std::fs::read_to_string(folder.join("data/missing-events.json")).expect("data");
    let events = read_events(&data).expect("events");
    let schema = Schema {
        category: "event_type".to_owned(),
        tiebreaker: Some("sequence".to_owned()),
        ..Schema::default()
    };
    let faults: Vec<String> = suite
        .queries
        .iter()
        .filter_map(|case| suite_case(case, schema.clone(), &events, "sequence"))
        .collect();
    let count = suite.queries.len();
    eprintln!("{} of {count} cases pass", count - faults.len());
    assert!(count > 20 && faults.is_empty(), "{}", faults.join("\n"));
}

#[derive(Deserialize)]
struct Folds {
    verifier_must_fail: Vec<String>,
    fold: Vec<Fold>,
}

#[derive(Deserialize)]
struct Fold {
    expr: String,
    result: serde_json::Value,
}

#[test]
fn eql_conformance_folds() {
    let Some(folder) = corpus() else { return };
    let text =
        std::fs::read_to_string(folder.join("es_string_function_folds.json")).expect("the folds");
    let folds: Folds = serde_json::from_str(&text).expect("JSON");
    let events = read_events("{}").expect("an event");
    let mut faults = Vec::new();
    for fold in &folds.fold {
        let value = match &fold.result {
            serde_json::Value::String(text) => format!("\"\"\"{text}\"\"\""),
            other => other.to_string(),
        };
        let query = format!("any where {} == {value}", fold.expr);
        match bind(&query, &Schema::default(), false) {
            Ok(bound) if bound.matches(&events[0]) => {}
            other => faults.push(format!("{query}: {:?}", other.map(|_| "another value"))),
        }
    }
    for expr in &folds.verifier_must_fail {
        if bind(
            &format!("any where {expr} == null"),
            &Schema::default(),
            false,
        )
        .is_ok()
        {
            faults.push(format!("{expr} is accepted"));
        }
    }
    eprintln!(
        "{} folds, {} refusals",
        folds.fold.len(),
        folds.verifier_must_fail.len()
    );
    assert!(faults.is_empty(), "{faults:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any text gives a query or errors, and their places lie within it.
    #[test]
    fn eql_parsing_never_panics(text in ".{0,200}") {
        if let Err(errors) = Query::parse(&text) {
            prop_assert!(!errors.is_empty());
            prop_assert!(errors.iter().all(|error| error.span.start <= error.span.end && error.span.end <= text.len()));
        }
    }

    /// Texts made of the language's own pieces get further: they are bound and run too.
    #[test]
    fn eql_running_never_panics(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..30)) {
        let text = format!("any where {}", pieces.join(" "));
        let events = read_events(r#"{"a":["x",1,null,true,"10.0.0.1"],"b":-5,"c":"é"}"#).expect("events");
        if let Ok(bound) = Query::parse(&text).and_then(|query| query.bind(&Schema::default(), true)) {
            let _ = bound.series(&events);
        }
    }

    /// Any pattern is an automaton or an error.
    #[test]
    fn eql_patterns_never_panic(pattern in r#"[ab~&|@#<>"()\[\]^.*+?{}0-9,\\wd-]{0,25}"#, value in "[abAB0-9]{0,8}") {
        let text = format!("any where a regex~ \"\"\"{pattern} \"\"\" or a : \"\"\"{pattern} \"\"\"");
        let events = [Event::from_json(serde_json::json!({"a": value})).expect("an event")];
        if let Ok(bound) = Query::parse(&text).and_then(|query| query.bind(&Schema::default(), true)) {
            let _ = bound.series(&events);
        }
    }
}

/// Patterns that Lucene and Rust's `regex` read alike.
fn plain_pattern() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec!["a", "b", "c", ".", "[ab]", "[^a]", "\\d", "\\."])
        .prop_map(str::to_owned);
    leaf.prop_recursive(4, 24, 3, |inner| {
        let repeat = prop::sample::select(vec!["*", "+", "?", "{2}", "{1,3}", "{2,}"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            prop::collection::vec(inner.clone(), 2..4)
                .prop_map(|parts| format!("({})", parts.join("|"))),
            (inner, repeat).prop_map(|(part, repeat)| format!("({part}){repeat}")),
        ]
    })
}

/// Whether an event whose `f` is this text meets the condition.
fn holds(condition: &str, text: &str) -> bool {
    let event = Event::from_json(serde_json::json!({ "f": text })).expect("an event");
    let query = format!("any where {condition}");
    bind(&query, &Schema::default(), true).is_ok_and(|bound| bound.matches(&event))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn eql_regex_agrees_with_another_engine(pattern in plain_pattern(), text in "[abcd1.\n]{0,8}") {
        let other = regex::Regex::new(&format!(r"\A(?s:{})\z", pattern.replace(r"\d", "[0-9]"))).expect("a pattern");
        prop_assert_eq!(holds(&format!("f regex \"\"\"{pattern}\"\"\""), &text), other.is_match(&text));
        let inverse = format!("f regex \"\"\"~({pattern})\"\"\"");
        prop_assert_eq!(holds(&inverse, &text), !other.is_match(&text));
    }

    #[test]
    fn eql_wildcards_agree_with_another_engine(pattern in "[abé*?]{1,7}", text in "[abéÉAB]{0,8}") {
        let escaped = regex::escape(&pattern).replace(r"\*", ".*").replace(r"\?", ".");
        let other = regex::Regex::new(&format!(r"\A(?is:{escaped})\z")).expect("a pattern");
        prop_assert_eq!(holds(&format!("f : \"{pattern}\""), &text), other.is_match(&text));
    }
}

const PIECES: [&str; 48] = [
    "a",
    "b",
    "?c",
    "`d`",
    "\"x\"",
    "\"*x?\"",
    "1",
    "-2.5",
    "null",
    "true",
    "and",
    "or",
    "not",
    "(",
    ")",
    ",",
    "==",
    "!=",
    "<",
    ">=",
    ":",
    "like~",
    "regex",
    "regex~",
    "in",
    "in~",
    "not in",
    "+",
    "-",
    "*",
    "/",
    "%",
    "(",
    ")",
    "(",
    ")",
    "length(a)",
    "concat(a,b)",
    "between(a,\"x\",\"\")",
    "substring(a,",
    "indexOf~(",
    "number(",
    "cidrMatch(a,\"10.0.0.0/8\")",
    "| head",
    "| tail",
    "1",
    "\"[a-z]*\"",
    "string(",
];

#[test]
fn eql_depth_and_size_are_limited() {
    let deep = 20_000;
    for query in [
        format!("any where {}a{}", "(".repeat(deep), ")".repeat(deep)),
        format!("any where {} a", "not ".repeat(deep)),
        format!("any where 1 == {} 1", "-".repeat(deep)),
        format!("any where 1 == 1{}", " + 1".repeat(deep)),
        format!("any where {}a{}", "length(".repeat(deep), ")".repeat(deep)),
        "x".repeat(5 << 20),
    ] {
        assert!(Query::parse(&query).is_err());
    }
    let events = read_events(r#"{"a":"x","n":1}"#).expect("an event");
    for query in [
        format!("any where {}a == \"x\"{}", "(".repeat(140), ")".repeat(140)),
        format!("any where {} a == \"x\"", "not ".repeat(140)),
        format!("any where 1{} == n + 139", " + n".repeat(139)),
        format!(
            "any where {}a{} == \"x\"",
            "string(".repeat(140),
            ")".repeat(140)
        ),
    ] {
        assert_eq!(
            bind(&query, &Schema::default(), true).map(|bound| slots(&bound, &events)),
            Ok(vec![0]),
            "{query}"
        );
    }
    let long = "a?".repeat(500);
    let _ = bind(
        &format!("any where a regex \"{long}\""),
        &Schema::default(),
        true,
    );
    let wide = format!("any where a == 1{}", " or a == 1".repeat(deep));
    assert!(bind(&wide, &Schema::default(), true).is_ok());
    for pattern in [
        "(((a{1,99}){1,99}){1,99})b",
        "(.*a.{30})",
        "(a|b)*a(a|b){20}",
    ] {
        let query = format!("any where f regex \"{pattern}\"");
        assert!(bind(&query, &Schema::default(), true).is_err(), "{pattern}");
    }
}
