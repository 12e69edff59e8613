//! The ES|QL engine against cases of our own (`tests/esql/*.txt`), and against the conformance cases that `VERDICT_CORPUS` points to.
//!
//! A file holds `types:` (columns and their types, `*` marks a list column), `event:` lines (JSON), and cases:
//! - `expression  =>  true|false|null  // source`: the expression over the last event, as a condition;
//! - `expression  =>  error: part of the message`;
//! - `query: text  =>  [0, 2]` or `error: ...`: a whole query over the events;
//! - `rows: text  =>  [{"a": 1}]` or `error: ...`: a query that makes rows of its own;
//! - `9.0 expression ...`, `9.0 query: ...`: the same for a version of Elasticsearch.
//!
//! `\n` in a query stands for a line break. All cases are bound strictly.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails loudly, and says what it skips"
)]

use proptest::prelude::*;
use std::fmt::Write as _;
use std::path::PathBuf;
use verdict_engines::QueryError;
use verdict_engines::esql::{Query, Version};
use verdict_event::{Event, FieldSchema, FieldType, Schema, read_events};

fn told(errors: Vec<QueryError>) -> String {
    let parts = errors
        .into_iter()
        .map(|error| format!("{} ({})", error.message, error.hint.unwrap_or_default()));
    parts.collect::<Vec<_>>().join("; ")
}

#[derive(Default)]
struct File {
    schema: Schema,
    events: Vec<Event>,
}

impl File {
    fn types(&mut self, line: &str) {
        for item in line.split_whitespace() {
            let (name, kind) = item.split_once('=').expect("name=type");
            let array = kind.ends_with('*');
            let kind: FieldType =
                serde_json::from_value(kind.trim_end_matches('*').into()).expect("a type");
            let field = FieldSchema {
                array,
                ..FieldSchema::new(kind)
            };
            self.schema.fields.insert(name.to_owned(), field);
        }
    }

    fn event(&mut self, json: &str) {
        let json = serde_json::from_str(json).expect("JSON");
        self.events.push(Event::from_json(json).expect("an object"));
    }

    /// What a text does over events: the indices, or all messages with their hints.
    fn run(&self, text: &str, version: Version, events: &[Event]) -> Result<Vec<usize>, String> {
        let told = |errors: Vec<QueryError>| {
            let odd = |error: &QueryError| {
                error.span.start > error.span.end || text.get(error.span.clone()).is_none()
            };
            assert!(!errors.iter().any(odd), "{text}: {errors:?}");
            told(errors)
        };
        let bound = Query::parse(text)
            .and_then(|query| query.bind_for(&self.schema, true, version))
            .map_err(told)?;
        let rows = bound.run(events).map_err(|error| error.message)?;
        if let [only] = events {
            let alone = bound.matches(only).map_err(|error| error.message)?;
            assert_eq!(alone, rows == [0], "{text}: `run` and `matches` differ");
        }
        Ok(rows)
    }

    fn expression(&self, text: &str, version: Version) -> String {
        let last = self.events.last().cloned();
        let event = last.unwrap_or_else(|| Event::new(Vec::new()));
        let run = |condition: &str| {
            let query = format!("FROM t | WHERE {condition}");
            self.run(&query, version, std::slice::from_ref(&event))
        };
        match (run(text), run(&format!("NOT ({text})"))) {
            (Err(message), _) | (_, Err(message)) => format!("error: {message}"),
            (Ok(held), Ok(failed)) => match (held.len(), failed.len()) {
                (1, 0) => "true".to_owned(),
                (0, 1) => "false".to_owned(),
                (0, 0) => "null".to_owned(),
                // An optimizer that turns `NOT` around may answer both; see `quirk:`.
                (1, 1) => "both".to_owned(),
                other => format!("impossible: {other:?}"),
            },
        }
    }

    /// The rows that a query makes, as JSON.
    fn rows(&self, text: &str, version: Version) -> Result<serde_json::Value, String> {
        let text = text.replace("\\n", "\n");
        let bound = Query::parse(&text)
            .and_then(|query| query.bind_for(&self.schema, true, version))
            .map_err(told)?;
        let rows = bound.rows(&self.events).map_err(|error| error.message)?;
        Ok(rows.iter().map(|row| row.root().to_json()).collect())
    }

    fn query(&self, text: &str, version: Version) -> String {
        let text = text.replace("\\n", "\n");
        self.run(&text, version, &self.events).map_or_else(
            |message| format!("error: {message}"),
            |rows| format!("{rows:?}"),
        )
    }
}

/// What is wrong with a case of rows, if anything.
fn check_rows(file: &File, query: &str, version: Version, expected: &str) -> Option<String> {
    let found = file.rows(query, version);
    match (expected.strip_prefix("error:"), &found) {
        (Some(part), Err(message)) if message.contains(part.trim()) => None,
        (None, Ok(rows)) => {
            let wanted: serde_json::Value = serde_json::from_str(expected).expect("JSON rows");
            (*rows != wanted).then(|| format!("expected {wanted}\n  found    {rows}"))
        }
        (Some(_), _) | (None, Err(_)) => Some(format!("expected {expected}\n  found    {found:?}")),
    }
}

/// A version before a case.
fn versioned(text: &str) -> (Version, &str) {
    let parsed = text.split_once(' ').and_then(|(version, rest)| {
        let (major, minor) = version.split_once('.')?;
        Some((Version::new(major.parse().ok()?, minor.parse().ok()?), rest))
    });
    parsed.unwrap_or((Version::NEWEST, text))
}

/// Runs every case of a file; how many there are, and which are wrong.
fn check(name: &str, text: &str) -> (usize, String) {
    let mut file = File::default();
    let mut wrong = String::new();
    let mut cases = 0;
    for (at, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(types) = line.strip_prefix("types:") {
            file.types(types);
            continue;
        }
        if let Some(json) = line.strip_prefix("event:") {
            file.event(json);
            continue;
        }
        cases += 1;
        let (text, rest) = line
            .split_once("  =>  ")
            .expect("a case has two blanks and an arrow");
        let expected = rest
            .split_once("  //")
            .map_or(rest, |(expected, _)| expected)
            .trim();
        let (version, text) = versioned(text);
        if let Some(query) = text.strip_prefix("rows:") {
            if let Some(fault) = check_rows(&file, query.trim(), version, expected) {
                let _ = writeln!(wrong, "{name}:{}: {text}\n  {fault}", at + 1);
            }
            continue;
        }
        let found = match text.strip_prefix("query:") {
            Some(query) => file.query(query.trim(), version),
            None => file.expression(text, version),
        };
        let fits = match expected.strip_prefix("error:") {
            Some(part) => found.starts_with("error:") && found.contains(part.trim()),
            None => found == expected,
        };
        if !fits {
            let _ = writeln!(
                wrong,
                "{name}:{}: {text}\n  expected {expected}, found {found}",
                at + 1
            );
        }
    }
    assert!(cases > 0, "{name} holds no case");
    (cases, wrong)
}

#[test]
fn every_case_file_holds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/esql");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .collect();
    paths.sort();
    let (mut cases, mut wrong) = (0, String::new());
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a file");
        let (count, faults) = check(&path.display().to_string(), &text);
        cases += count;
        wrong.push_str(&faults);
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(cases >= 500, "only {cases} cases");
}

/// The folder of conformance cases, if there is one.
fn corpus() -> Option<PathBuf> {
    let folder =
        std::env::var_os("VERDICT_CORPUS").map(|root| PathBuf::from(root).join("conformance/esql"));
    if folder.is_none() {
        eprintln!("VERDICT_CORPUS is not set: the conformance cases are not run");
    }
    folder
}

#[derive(serde::Deserialize)]
struct Suite {
    cases: Vec<SuiteCase>,
}

#[derive(serde::Deserialize)]
struct SuiteCase {
    name: String,
    #[serde(rename = "where")]
    condition: String,
    expected_emp_no: Vec<i64>,
    sort: Option<String>,
    limit: Option<usize>,
}

/// The mapping that the suite's README states; the rest are keywords.
fn suite_schema(events: &[Event]) -> Schema {
    let mut schema = Schema::default();
    let types = [
        ("emp_no", FieldType::Long),
        ("languages", FieldType::Long),
        ("salary", FieldType::Long),
        ("height", FieldType::Double),
        ("still_hired", FieldType::Boolean),
        ("is_rehired", FieldType::Boolean),
    ];
    for (name, kind) in types {
        schema
            .fields
            .insert(name.to_owned(), FieldSchema::new(kind));
    }
    let names = events
        .iter()
        .flat_map(|event| event.entries().iter().map(|(name, _)| name.as_str()));
    for name in names {
        let keyword = FieldSchema::new(FieldType::Keyword);
        schema.fields.entry(name.to_owned()).or_insert(keyword);
    }
    schema
}

#[test]
fn esql_conformance_cases() {
    let Some(folder) = corpus() else { return };
    let text = std::fs::read_to_string(folder.join("where_cases.json")).expect("the suite");
    let suite: Suite = serde_json::from_str(&text).expect("JSON");
    let data = std::fs::read_to_string(folder.join("data/employees_core.json")).expect("data");
    let rows: Vec<serde_json::Value> = serde_json::from_str(&data).expect("JSON");
    let events: Vec<Event> = rows.into_iter().filter_map(Event::from_json).collect();
    let schema = suite_schema(&events);
    let id = |at: usize| -> i64 {
        let value = events.get(at).expect("an event").values(&"emp_no".into());
        let text = value.first().and_then(|id| id.scalar_text());
        text.and_then(|text| text.parse().ok()).expect("an id")
    };
    let mut missed = Vec::new();
    for case in &suite.cases {
        let mut text = format!("FROM employees | WHERE {}", case.condition);
        if let Some(sort) = &case.sort {
            let _ = write!(text, " | SORT {sort}");
        }
        if let Some(limit) = &case.limit {
            let _ = write!(text, " | LIMIT {limit}");
        }
        let found = Query::parse(&text)
            .and_then(|query| query.bind(&schema, true))
            .and_then(|bound| bound.run(&events).map_err(|error| vec![error]))
            .map(|rows| {
                let mut ids: Vec<i64> = rows.into_iter().map(id).collect();
                ids.sort_unstable();
                ids
            });
        let mut expected = case.expected_emp_no.clone();
        expected.sort_unstable();
        if found.as_ref() != Ok(&expected) {
            missed.push(format!(
                "{}: expected {expected:?}, found {found:?}",
                case.name
            ));
        }
    }
    let total = suite.cases.len();
    eprintln!("{} of {total} cases pass", total - missed.len());
    assert!(missed.len() * 50 <= total, "{missed:#?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any text gives a query or errors, and their places lie within it.
    #[test]
    fn esql_parsing_never_panics(text in ".{0,200}") {
        if let Err(errors) = Query::parse(&text) {
            prop_assert!(!errors.is_empty());
            prop_assert!(errors.iter().all(|error| text.get(error.span.clone()).is_some()));
        }
    }

    /// Texts made of the language's own pieces get further: they are bound and run too.
    #[test]
    fn esql_running_never_panics(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..30)) {
        let text = format!("FROM t | WHERE {}", pieces.join(" "));
        let events = read_events(r#"{"a":["x",1,null,true,"10.0.0.1"],"b":-5,"c":"é","w":"2024-01-01"}"#).expect("events");
        let schema = Schema::default().typed_from(&events, ["a", "b", "c"]);
        if let Ok(bound) = Query::parse(&text).and_then(|query| query.bind(&schema, false)) {
            let _ = bound.run(&events);
        }
    }

    /// The same for tables.
    #[test]
    fn esql_tables_never_panic(pieces in prop::collection::vec(prop::sample::select(TABLE_PIECES.to_vec()), 0..30)) {
        let text = format!("FROM t | {}", pieces.join(" "));
        let events = read_events(r#"{"a":["x","y",null],"b":-5,"@timestamp":"2024-01-01T00:00:00Z"}
{"a":"x","b":[9223372036854775807,9223372036854775807]}"#).expect("events");
        let schema = Schema::default().typed_from(&events, ["a", "b", "@timestamp"]);
        if let Ok(bound) = Query::parse(&text).and_then(|query| query.bind(&schema, false)) {
            let rows = bound.rows(&events);
            if bound.is_filter() {
                prop_assert_eq!(rows.map(|rows| rows.len()), bound.run(&events).map(|rows| rows.len()));
            }
        }
    }

    /// Any pattern is an automaton or an error.
    #[test]
    fn esql_patterns_never_panic(pattern in r#"[ab~&|@#<>"()\[\]^.*+?{}0-9,\\wd-]{0,25}"#, value in "[abAB0-9]{0,8}") {
        let text = format!("FROM t | WHERE a RLIKE \"\"\"{pattern} \"\"\" OR TO_LOWER(a) LIKE \"\"\"{pattern} \"\"\"");
        let event = Event::from_json(serde_json::json!({"a": value})).expect("an event");
        if let Ok(bound) = Query::parse(&text).and_then(|query| query.bind(&Schema::default(), false)) {
            let _ = bound.matches(&event);
        }
    }

    /// A string literal reads back as the text it was written for.
    #[test]
    fn esql_strings_read_back(value in any::<String>()) {
        prop_assert_eq!(holds(&format!("f == {}", quoted(&value)), &value), true);
        prop_assert_eq!(holds(&format!("f != {}", quoted(&value)), &value), false);
        let like = value.replace('\\', "\\\\").replace('*', "\\*").replace('?', "\\?");
        prop_assert_eq!(holds(&format!("f LIKE {}", quoted(&like)), &value), !value.is_empty());
    }

    /// A name between backticks reads the field of that name.
    #[test]
    fn esql_names_read_back(name in "[^.\\p{C}]{1,12}") {
        let query = format!("FROM t | WHERE `{}` == \"x\"", name.replace('`', "``"));
        let event = Event::new(vec![(name.clone(), "x".into())]);
        let query = Query::parse(&query).expect("a query");
        prop_assert_eq!(query.columns().into_iter().collect::<Vec<_>>(), vec![name]);
        prop_assert_eq!(query.bind(&Schema::default(), false).expect("bound").matches(&event), Ok(true));
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

fn quoted(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
        .replace('\r', "\\r");
    format!("\"{escaped}\"")
}

/// Whether an event whose `f` is this text meets the condition.
fn holds(condition: &str, text: &str) -> bool {
    let event = Event::from_json(serde_json::json!({ "f": text })).expect("an event");
    let query = format!("FROM t | WHERE {condition}");
    let bound = Query::parse(&query).and_then(|query| query.bind(&Schema::default(), false));
    bound
        .unwrap_or_else(|errors| panic!("{query}: {errors:?}"))
        .matches(&event)
        .expect("a verdict")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// `~(x)` goes the way of automata, `x` that of another engine: they must be opposites.
    #[test]
    fn esql_regex_agrees_with_another_engine(pattern in plain_pattern(), text in "[abcd1.\n]{0,8}") {
        let other = regex::Regex::new(&format!(r"\A(?s:{})\z", pattern.replace(r"\d", "[0-9]"))).expect("a pattern");
        prop_assert_eq!(holds(&format!("f RLIKE \"\"\"{pattern}\"\"\""), &text), other.is_match(&text));
        let inverse = format!("f RLIKE \"\"\"~({pattern})\"\"\"");
        prop_assert_eq!(holds(&inverse, &text), !other.is_match(&text));
        let both = format!("f RLIKE \"\"\"({pattern})&.*\"\"\"");
        prop_assert_eq!(holds(&both, &text), other.is_match(&text));
    }

    #[test]
    fn esql_wildcards_agree_with_another_engine(pattern in "[abé*?]{0,7}", text in "[abéÉAB]{0,8}") {
        let escaped = regex::escape(&pattern).replace(r"\*", ".*").replace(r"\?", ".");
        let exact = regex::Regex::new(&format!(r"\A(?s:{escaped})\z")).expect("a pattern");
        prop_assert_eq!(holds(&format!("f LIKE \"{pattern}\""), &text), exact.is_match(&text) && !pattern.is_empty());
        let folded = regex::Regex::new(&format!(r"\A(?is:{escaped})\z")).expect("a pattern");
        prop_assert_eq!(holds(&format!("TO_LOWER(f) LIKE \"{pattern}\""), &text), folded.is_match(&text));
    }

    #[test]
    fn esql_intervals_hold_their_numbers(low in 0..3000_u32, high in 0..3000_u32, value in 0..4000_u32) {
        let inside = (low.min(high)..=low.max(high)).contains(&value);
        let found = holds(&format!("f RLIKE \"<{low}-{high}>\""), &format!("{value:04}"));
        let width = low.to_string().len();
        let fixed = width == high.to_string().len();
        prop_assert_eq!(found, inside && (!fixed || width == 4));
        let padded = holds(&format!("f RLIKE \"<{low:05}-{high:05}>\""), &format!("{value:05}"));
        prop_assert_eq!(padded, inside);
    }
}

const TABLE_PIECES: [&str; 36] = [
    "STATS",
    "INLINE STATS",
    "BY",
    "|",
    "|",
    "|",
    ",",
    "a",
    "a",
    "b",
    "b",
    "@timestamp",
    "c =",
    "c",
    "COUNT(*)",
    "COUNT(a)",
    "SUM(b)",
    "AVG(b)",
    "MEDIAN(b)",
    "PERCENTILE(b, 90)",
    "MIN(a)",
    "MAX(b)",
    "VALUES(a)",
    "TOP(b, 2, \"desc\")",
    "STD_DEV(b)",
    "BUCKET(@timestamp, 1 hour)",
    "BUCKET(b, 5)",
    "WHERE",
    "b > 1",
    "SORT",
    "LIMIT 2",
    "MV_EXPAND",
    "EVAL",
    "KEEP",
    "+",
    "COUNT_DISTINCT(a)",
];

const PIECES: [&str; 60] = [
    "a",
    "b",
    "c",
    "`d`",
    "\"x\"",
    "\"*x?\"",
    "1",
    "-2.5",
    "null",
    "true",
    "AND",
    "OR",
    "NOT",
    "(",
    ")",
    ",",
    "==",
    "!=",
    "<",
    ">=",
    ":",
    "LIKE",
    "RLIKE",
    "IN",
    "IN (",
    "NOT IN (",
    "IS NULL",
    "IS NOT NULL",
    "+",
    "-",
    "*",
    "/",
    "%",
    "(",
    ")",
    "(",
    ")",
    "::ip",
    "::long",
    "::keyword",
    "LENGTH(a)",
    "CONCAT(a, c)",
    "SUBSTRING(c,",
    "LOCATE(c,",
    "MV_CONTAINS(a,",
    "MV_CONCAT(a, \",\")",
    "COALESCE(",
    "CASE(",
    "TO_LOWER(a)",
    "TO_IP(c)",
    "CIDR_MATCH(TO_IP(c), \"10.0.0.0/8\")",
    "TO_DATETIME(c)",
    "1 day",
    "DATE_EXTRACT(\"year\", TO_DATETIME(c))",
    "[\"a\", \"b\"]",
    "\"[a-z]*\"",
    "STARTS_WITH(c,",
    "| KEEP",
    "| WHERE",
    "| LIMIT 1",
];

#[test]
fn esql_depth_and_size_are_limited() {
    let deep = 20_000;
    for condition in [
        format!("{}a{}", "(".repeat(deep), ")".repeat(deep)),
        format!("{} a", "NOT ".repeat(deep)),
        format!("1 == {} a", "-".repeat(deep)),
        format!("1 == 1{}", " + 1".repeat(deep)),
        format!("a == \"x\"{}", " OR a == \"x\"".repeat(398)),
        format!("{}a{}", "TRIM(".repeat(deep), ")".repeat(deep)),
        format!("a{} == \"x\"", "::keyword".repeat(deep)),
        format!("a{}", "[".repeat(deep)),
    ] {
        assert!(Query::parse(&format!("FROM t | WHERE {condition}")).is_err());
    }
    assert!(Query::parse(&format!("FROM t{}", " | LIMIT 1".repeat(501))).is_err());
    assert!(Query::parse(&"x".repeat(1_000_001)).is_err());
    for condition in [
        format!("f == \"y\"{}", " OR f == \"x\"".repeat(397)),
        format!("{}f == \"x\"{}", "(".repeat(139), ")".repeat(139)),
        format!("{} f == \"x\"", "NOT ".repeat(396)),
        format!("{}f{} == \"x\"", "TRIM(".repeat(139), ")".repeat(139)),
        format!("{}f == \"x\"{}", "NOT NOT (".repeat(95), ")".repeat(95)),
        format!("{}f{} == \"x\"", "CASE(true, ".repeat(139), ")".repeat(139)),
        format!(
            "{}f == \"x\"{}",
            "COALESCE(NOT (NOT ".repeat(65),
            "))".repeat(65)
        ),
        format!("f IN (\"x\"{})", ", \"y\"".repeat(20_000)),
        format!("f LIKE (\"x\"{})", ", \"y*\"".repeat(5_000)),
    ] {
        assert!(holds(&condition, "x"), "{condition}");
    }
    let event = "a".repeat(30);
    for pattern in [
        "(((a{1,99}){1,99}){1,99})b&@",
        "~(.*a.{30})",
        "a{99999}",
        "~(((((a{99}){99}){99}){99}){99})",
    ] {
        let query = Query::parse(&format!("FROM t | WHERE f RLIKE \"{pattern}\""));
        let bound = query.and_then(|query| query.bind(&Schema::default(), false));
        assert!(bound.is_err(), "{pattern}");
    }
    assert!(holds("f RLIKE \"(a|aa)+\"", &event));
}

/// A condition and the truth that three-valued logic gives it.
#[derive(Clone, Debug)]
struct Condition {
    text: String,
    truth: Option<bool>,
    /// How tightly it binds: 3 a test, 2 `NOT`, 1 `AND`, 0 `OR`.
    binds: u8,
}

impl Condition {
    /// The text where something that binds this tightly is wanted.
    fn within(&self, binds: u8) -> String {
        if self.binds < binds {
            format!("({})", self.text)
        } else {
            self.text.clone()
        }
    }
}

fn join(word: &str, binds: u8, decisive: bool, parts: &[Condition]) -> Condition {
    let texts: Vec<String> = parts.iter().map(|part| part.within(binds + 1)).collect();
    let truths: Vec<Option<bool>> = parts.iter().map(|part| part.truth).collect();
    Condition {
        text: texts.join(&format!(" {word} ")),
        truth: if truths.contains(&Some(decisive)) {
            Some(decisive)
        } else if truths.contains(&None) {
            None
        } else {
            Some(!decisive)
        },
        binds,
    }
}

/// Conditions over an event whose `f` is `x` and whose `g` is missing.
fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop::sample::select(vec![
        ("f == \"x\"", Some(true)),
        ("f LIKE \"y*\"", Some(false)),
        ("g == \"x\"", None),
        ("g IS NULL", Some(true)),
        ("f IN (\"a\", \"x\")", Some(true)),
        ("f NOT IN (\"a\", \"b\")", Some(true)),
        ("f RLIKE \"[^x]\"", Some(false)),
        ("LENGTH(f) + 1 > 2 * 1", Some(false)),
        ("COALESCE(g, \"x\") == f", Some(true)),
        ("null", None),
    ]);
    let leaf = leaf.prop_map(|(text, truth)| Condition {
        text: text.to_owned(),
        truth,
        binds: 3,
    });
    leaf.prop_recursive(5, 40, 4, |inner| {
        let several = || prop::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            several().prop_map(|parts| join("AND", 1, false, &parts)),
            several().prop_map(|parts| join("or", 0, true, &parts)),
            inner.clone().prop_map(|part| Condition {
                text: format!("NOT {}", part.within(2)),
                truth: part.truth.map(|truth| !truth),
                binds: 2,
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// A tree of conditions, printed with as few parentheses as precedence allows, has the truth of the tree.
    #[test]
    fn esql_conditions_mean_what_they_say(condition in condition()) {
        let text = condition.within(0);
        prop_assert_eq!(holds(&text, "x"), condition.truth == Some(true));
        prop_assert_eq!(holds(&format!("NOT ({text})"), "x"), condition.truth == Some(false));
        prop_assert_eq!(holds(&format!("({text}) IS NULL"), "x"), condition.truth.is_none());
    }
}
