//! Elasticsearch's own suites, read from where `VERDICT_CORPUS` points; nothing of them is here.

use crate::texts::{by_eql, by_kql, judged};
use crate::{Compiled, by_native, by_oracle, eql};
use serde_json::Value as Json;
use std::fs;
use std::path::PathBuf;
use verdict_event::schema::Timestamp;
use verdict_event::{Event, FieldSchema, FieldType, Schema, TimestampFormat};
use verdict_harness::Match;

fn folder() -> Option<PathBuf> {
    let Some(corpus) = std::env::var_os("VERDICT_CORPUS") else {
        eprintln!("VERDICT_CORPUS is not set: nothing was tested");
        return None;
    };
    Some(PathBuf::from(corpus).join("conformance/eql"))
}

fn read(path: &str) -> Option<String> {
    Some(fs::read_to_string(folder()?.join(path)).expect("a suite"))
}

/// A suite of queries over a file of events, and how the events are to be understood.
struct Suite {
    queries: &'static str,
    data: &'static str,
    timestamp: Timestamp,
    id: &'static str,
}

fn timestamp(field: &str, format: TimestampFormat) -> Timestamp {
    Timestamp {
        field: field.to_owned(),
        format,
    }
}

fn schema(suite: &Suite, events: &[Event]) -> Schema {
    let mut schema = Schema {
        timestamp: suite.timestamp.clone(),
        category: "event_type".to_owned(),
        tiebreaker: Some(suite.id.to_owned()),
        ..Schema::default()
    };
    let names: Vec<String> = events
        .iter()
        .flat_map(|event| event.entries().iter().map(|(name, _)| name.clone()))
        .collect();
    for address in ["source_address", "destination_address"] {
        let field = FieldSchema::new(FieldType::Ip);
        schema.fields.insert(address.to_owned(), field);
    }
    schema.typed_from(events, names.iter().map(String::as_str))
}

/// Runs a suite; tells how many of its cases there are and which are not as they should be.
fn failures(
    suite: &Suite,
    judge: &dyn Fn(&Compiled, &[Event]) -> Vec<Match>,
) -> Option<(usize, Vec<String>)> {
    let data: Json = serde_json::from_str(&read(suite.data)?).expect("JSON");
    let events: Vec<Event> = data
        .as_array()
        .expect("a list")
        .iter()
        .map(|event| Event::from_json(event.clone()).expect("an object"))
        .collect();
    let schema = schema(suite, &events);
    let queries: toml::Table = read(suite.queries)?.parse().expect("TOML");
    let cases = queries["queries"].as_array().expect("cases");
    let mut failed = Vec::new();
    for case in cases {
        let name = case["name"].as_str().expect("a name");
        let query = case["query"].as_str().expect("a query");
        let expected: Vec<i64> = case["expected_event_ids"]
            .as_array()
            .expect("ids")
            .iter()
            .map(|id| id.as_integer().expect("a number"))
            .collect();
        let found = run(query, &schema, &events, judge).map(|matches| {
            let slots = matches.iter().flatten();
            let id = |at: &Option<usize>| at.map_or(-1, |at| id_of(&events[at], suite.id));
            slots.map(id).collect::<Vec<i64>>()
        });
        if found.as_ref() != Ok(&expected) {
            failed.push(format!("{name}: expected {expected:?}, found {found:?}"));
        }
    }
    Some((cases.len(), failed))
}

fn id_of(event: &Event, field: &str) -> i64 {
    let value = event.values(&field.into());
    value[0]
        .scalar_text()
        .expect("an id")
        .parse()
        .expect("a number")
}

/// Runs a query. Limits on single events, which no detection has, are applied here.
fn run(
    query: &str,
    schema: &Schema,
    events: &[Event],
    judge: &dyn Fn(&Compiled, &[Event]) -> Vec<Match>,
) -> Result<Vec<Match>, String> {
    match eql(query, Some(schema)) {
        Ok(compiled) => Ok(judge(&compiled, events)),
        Err(_) if query.contains('|') => {
            let (plain, pipe) = query.rsplit_once('|').expect("a pipe");
            let mut matches = run(plain, schema, events, judge)?;
            let (word, count) = pipe.trim().split_once(' ').ok_or("no pipe")?;
            let count: usize = count.trim().parse().map_err(|_| "no number")?;
            match word {
                "head" => matches.truncate(count),
                "tail" => drop(matches.drain(..matches.len().saturating_sub(count))),
                _ => return Err(format!("the pipe {word}")),
            }
            Ok(matches)
        }
        Err(error) => Err(error),
    }
}

const QUERIES: (&str, &str, &str, &str) = (
    "test_queries.toml",
    "data/test_data.json",
    "timestamp",
    "serial_event_id",
);
const MISSING: (&str, &str, &str, &str) = (
    "test_missing_events.toml",
    "data/missing-events.json",
    "@timestamp",
    "sequence",
);

/// A judge: every match of a query over a stream.
type Judge = fn(&Compiled, &[Event]) -> Vec<Match>;

/// The judges that take part: each must give every match of a query over a stream.
const JUDGES: &[(&str, Judge)] = &[
    ("oracle", by_oracle),
    ("native", by_native),
    ("eql", by_eql),
    ("kql", by_kql),
];

fn check(of: (&'static str, &'static str, &str, &'static str), format: TimestampFormat) {
    let (queries, data, time, id) = of;
    let suite = Suite {
        queries,
        data,
        timestamp: timestamp(time, format),
        id,
    };
    for (judge, matches) in JUDGES {
        let Some((count, failed)) = failures(&suite, matches) else {
            return;
        };
        assert!(count > 20, "{queries} has {count} cases");
        eprintln!(
            "{queries} by {judge}: {count} cases, {} series run as a text",
            judged()
        );
        assert!(
            failed.is_empty(),
            "{judge}: {} of {count} fail\n{}",
            failed.len(),
            failed.join("\n")
        );
    }
}

#[test]
fn queries() {
    check(QUERIES, TimestampFormat::Filetime);
}

#[test]
fn missing_events() {
    check(MISSING, TimestampFormat::Iso);
}

/// A case of the series suite: lines of events a stage, then the sequences expected.
struct SeriesCase {
    name: String,
    stages: Vec<Vec<(Option<String>, String)>>,
    expected: Vec<Vec<String>>,
}

fn series_cases(text: &str) -> Vec<SeriesCase> {
    let mut cases = Vec::new();
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let mut lines = lines.filter(|line| !line.trim().is_empty()).peekable();
    while let Some(name) = lines.next() {
        let mut stages = Vec::new();
        for line in lines.by_ref().take_while(|line| line.trim() != ";") {
            let events = line
                .split_whitespace()
                .map(|word| match word.split_once('|') {
                    Some((key, event)) => (Some(key.to_owned()), event.to_owned()),
                    None => (None, word.to_owned()),
                });
            stages.push(events.collect());
        }
        let expected = lines.by_ref().take_while(|line| line.trim() != ";");
        cases.push(SeriesCase {
            name: name.trim().to_owned(),
            stages,
            expected: expected
                .map(|line| line.split_whitespace().map(str::to_owned).collect())
                .collect(),
        });
    }
    cases
}

#[test]
fn series() {
    let Some(text) = read("sequences.series-spec") else {
        return;
    };
    let cases = series_cases(&text);
    assert_eq!(cases.len(), 25);
    for (judge, matches) in JUDGES {
        let failed: Vec<String> = cases
            .iter()
            .filter_map(|case| series_fault(case, matches))
            .collect();
        eprintln!("series by {judge}: {} run as a text", judged());
        assert!(failed.is_empty(), "{judge}:\n{}", failed.join("\n"));
    }
}

/// The number behind an event's letter.
fn time_of(name: &str) -> i64 {
    let digits = name.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    digits.parse().expect("a time")
}

fn series_fault(
    case: &SeriesCase,
    matches: &dyn Fn(&Compiled, &[Event]) -> Vec<Match>,
) -> Option<String> {
    let keyed = case.stages.iter().flatten().any(|(key, _)| key.is_some());
    let mut names = Vec::new();
    let mut stream = Vec::new();
    let of_stage = |(stage, events): (usize, &Vec<(Option<String>, String)>)| {
        let events = events.iter().cloned();
        events.map(|event| (stage, event)).collect::<Vec<_>>()
    };
    // The line of an event is its stage, whatever its letter.
    let mut events: Vec<_> = case.stages.iter().enumerate().flat_map(of_stage).collect();
    events.sort_by_key(|(_, (_, name))| time_of(name));
    for (stage, (key, name)) in events {
        let json = serde_json::json!({
            "@timestamp": time_of(&name),
            "event": {"category": stage.to_string()},
            "key": key,
        });
        names.push(name.clone());
        stream.push(Event::from_json(json).expect("an object"));
    }
    let by = if keyed { "by key " } else { "" };
    let terms = (0..case.stages.len()).map(|stage| format!("[\"{stage}\" where true]"));
    let query = format!("sequence {by}{}", terms.collect::<Vec<_>>().join(" "));
    let compiled = eql(&query, None).expect("a sequence");
    let found: Vec<Vec<String>> = matches(&compiled, &stream)
        .into_iter()
        .map(|slots| {
            slots
                .into_iter()
                .flatten()
                .map(|at| names[at].clone())
                .collect()
        })
        .collect();
    let told = |sequence: &String| sequence.rsplit('|').next().unwrap_or_default().to_owned();
    let expected: Vec<Vec<String>> = case
        .expected
        .iter()
        .map(|sequence| sequence.iter().map(told).collect())
        .collect();
    (found != expected).then(|| format!("{}: expected {expected:?}, found {found:?}", case.name))
}
