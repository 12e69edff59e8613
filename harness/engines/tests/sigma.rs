//! Cases of the Sigma engine: rules and events in `sigma/`, one file a decision of docs/semantics.md.
//!
//! A file holds `[[case]]` tables: `rule` (a document; `logsource` may be left out), `matches` and `passes` (events as JSON, one a
//! line), or `error` (a part of the first fault's message). `[placeholders]` gives values to all cases of the file. Streams have cases of
//! their own in `sigma/streams/`.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking, and the corpus reports figures"
)]

#[path = "sigma/corpus.rs"]
mod corpus;
#[path = "sigma/limits.rs"]
mod limits;
#[path = "sigma/streams.rs"]
mod streams;

use std::collections::BTreeMap;
use std::path::PathBuf;
use verdict_engines::sigma::{LogsourceTable, Options, Rule};
use verdict_event::read_events;

const LOGSOURCES: &str = include_str!("../../../targets/profiles/logsource.yml");

fn table() -> LogsourceTable {
    LogsourceTable::parse(LOGSOURCES).expect("the logsource table")
}

/// Parses the rule, with the given placeholders.
fn parse(
    rule: &str,
    table: Option<&LogsourceTable>,
    placeholders: &BTreeMap<String, Vec<String>>,
) -> Result<Rule, String> {
    let rule = if rule.contains("logsource:") {
        rule.to_owned()
    } else {
        format!("logsource: {{category: any}}\n{rule}")
    };
    let options = Options {
        logsources: table,
        placeholders,
    };
    Rule::parse(&rule, &options).map_err(|faults| {
        assert!(
            faults
                .iter()
                .all(|fault| rule.get(fault.span.clone()).is_some()),
            "{faults:?}"
        );
        faults
            .first()
            .map(|fault| fault.message.clone())
            .unwrap_or_default()
    })
}

fn check(
    file: &str,
    case: &toml::Value,
    placeholders: &BTreeMap<String, Vec<String>>,
    table: &LogsourceTable,
) {
    let text = |key: &str| case.get(key).and_then(toml::Value::as_str);
    let rule = text("rule").unwrap_or_else(|| panic!("{file}: a case without a rule"));
    let parsed = parse(rule, Some(table), placeholders);
    if let Some(error) = text("error") {
        match parsed {
            Ok(_) => panic!("{file}: parsed, though `{error}` was expected:\n{rule}"),
            Err(message) => assert!(
                message.contains(error),
                "{file}: `{message}` instead of `{error}`:\n{rule}"
            ),
        }
        return;
    }
    let parsed = parsed.unwrap_or_else(|message| panic!("{file}: {message}:\n{rule}"));
    for (key, expected) in [("matches", true), ("passes", false)] {
        let events = read_events(text(key).unwrap_or(""))
            .unwrap_or_else(|error| panic!("{file}: {error}:\n{rule}"));
        for event in events {
            assert_eq!(
                parsed.matches(&event),
                expected,
                "{file}: {}\n{rule}",
                event.to_json_line()
            );
        }
    }
}

fn files() -> Vec<(String, toml::Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/sigma");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let text = std::fs::read_to_string(&path).expect("text");
        let value = text
            .parse::<toml::Table>()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, toml::Value::Table(value))
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn sigma_decisions() {
    let table = table();
    for (name, file) in files() {
        let placeholders: BTreeMap<String, Vec<String>> = file
            .get("placeholders")
            .map(|values| values.clone().try_into().expect("lists of texts"))
            .unwrap_or_default();
        for case in file
            .get("case")
            .and_then(toml::Value::as_array)
            .expect("cases")
        {
            check(&name, case, &placeholders, &table);
        }
    }
}

#[test]
fn sigma_every_decision_has_both_verdicts() {
    let files: BTreeMap<String, toml::Value> = files().into_iter().collect();
    for number in 1..=25 {
        let cases = files
            .get(&format!("s{number:02}"))
            .and_then(|file| file.get("case"));
        let cases = cases.and_then(toml::Value::as_array).expect("cases");
        for key in ["matches", "passes"] {
            assert!(
                cases.iter().any(|case| case.get(key).is_some()),
                "s{number:02} has no {key}"
            );
        }
    }
}

#[test]
fn sigma_fields_are_those_that_decide() {
    let rule = "logsource: {product: windows, category: process_creation}\ndetection:\n  a: {Image: x, P|fieldref: Q}\n  b: {B: y}\n  k: [z]\n  condition: a or k";
    let fields = |table: Option<&LogsourceTable>| {
        let rule = parse(rule, table, &BTreeMap::new()).expect("a rule");
        rule.fields().into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(fields(None), "Image P Q");
    assert_eq!(
        fields(Some(&table())),
        "Channel EventID Image NewProcessName P Q"
    );
}

/// What a document of a collection means stands in several: `action: repeat` here, filters and faults counted as they stand.
#[test]
fn sigma_rules_of_collections_are_found_by_number() {
    let text = "action: global\nlogsource: {}\ndetection: {condition: s}\n---\ndetection: {s: {a: x}}\n---\n\
                filter: {rules: any, t: {a: z}, condition: t}\nlogsource: {}\n---\naction: repeat\ndetection: {s: {a: y}}\n";
    let options = Options {
        logsources: None,
        placeholders: &BTreeMap::new(),
    };
    let events = read_events("{\"a\":\"x\"}\n{\"a\":\"y\"}").expect("events");
    let said = |number| {
        let rule = Rule::of_collection(text, number, &options).expect("a rule");
        let said: Vec<bool> = events.iter().map(|event| rule.matches(event)).collect();
        said
    };
    assert_eq!(said(0), [true, false]);
    assert_eq!(said(1), [false, true]);
    assert!(Rule::of_collection(text, 2, &options).is_err());
}

#[test]
fn sigma_all_faults_are_given() {
    let rule = "logsource: {}\ndetection:\n  a: {B|contain: x, C|re: '('}\n  c: {D|gt: x}\n  condition: a or d";
    let options = Options {
        logsources: None,
        placeholders: &BTreeMap::new(),
    };
    let faults = Rule::parse(rule, &options).expect_err("faults");
    let messages: Vec<_> = faults
        .iter()
        .map(|fault| {
            format!(
                "{}: {} {:?}",
                rule.get(fault.span.clone()).expect("a span"),
                fault.message,
                fault.hint
            )
        })
        .collect();
    insta::assert_snapshot!(messages.join("\n"), @r#"
    B|contain: unknown modifier `contain` Some("a similar modifier is `contains`")
    (: not a regular expression: unclosed group None
    x: a number is needed here Some("numbers are decimal and not quoted")
    d: unknown search identifier `d` None
    "#);
}

#[test]
fn sigma_rules_are_shared_between_threads() {
    fn shared<T: Send + Sync + Clone>(_: T) {}
    let rule = "detection: {s: [x], condition: s}";
    shared(parse(rule, None, &BTreeMap::new()).expect("a rule"));
}
