//! Cases of the Sigma engine: rules and events in `sigma/`, one file a decision of docs/semantics.md.
//!
//! A file holds `[[case]]` tables: `rule` (a document; `logsource` may be left out), `matches` and `passes` (events as JSON, one a
//! line), or `error` (a part of the first fault's message). `[placeholders]` gives values to all cases of the file.

use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;
use verdict_engines::sigma::{LogsourceTable, Options, Rule};
use verdict_event::{Event, Value, read_events};

const LOGSOURCES: &str = include_str!("../../../targets/profiles/logsource.yml");

fn table() -> LogsourceTable {
    LogsourceTable::parse(LOGSOURCES).expect("the logsource table")
}

/// Parses the rule, with the given placeholders.
fn parse(rule: &str, table: Option<&LogsourceTable>, placeholders: &BTreeMap<String, Vec<String>>) -> Result<Rule, String> {
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
        assert!(faults.iter().all(|fault| rule.get(fault.span.clone()).is_some()), "{faults:?}");
        faults.first().map(|fault| fault.message.clone()).unwrap_or_default()
    })
}

fn check(file: &str, case: &toml::Value, placeholders: &BTreeMap<String, Vec<String>>, table: &LogsourceTable) {
    let text = |key: &str| case.get(key).and_then(toml::Value::as_str);
    let rule = text("rule").unwrap_or_else(|| panic!("{file}: a case without a rule"));
    let parsed = parse(rule, Some(table), placeholders);
    if let Some(error) = text("error") {
        match parsed {
            Ok(_) => panic!("{file}: parsed, though `{error}` was expected:\n{rule}"),
            Err(message) => assert!(message.contains(error), "{file}: `{message}` instead of `{error}`:\n{rule}"),
        }
        return;
    }
    let parsed = parsed.unwrap_or_else(|message| panic!("{file}: {message}:\n{rule}"));
    for (key, expected) in [("matches", true), ("passes", false)] {
        let events = read_events(text(key).unwrap_or("")).unwrap_or_else(|error| panic!("{file}: {error}:\n{rule}"));
        for event in events {
            assert_eq!(parsed.matches(&event), expected, "{file}: {}\n{rule}", event.to_json_line());
        }
    }
}

fn files() -> Vec<(String, toml::Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/sigma");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("a file").path())
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("text");
        let value = text.parse::<toml::Table>().unwrap_or_else(|error| panic!("{name}: {error}"));
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
        for case in file.get("case").and_then(toml::Value::as_array).expect("cases") {
            check(&name, case, &placeholders, &table);
        }
    }
}

#[test]
fn sigma_every_decision_has_both_verdicts() {
    let files: BTreeMap<String, toml::Value> = files().into_iter().collect();
    for number in 1..=25 {
        let cases = files.get(&format!("s{number:02}")).and_then(|file| file.get("case"));
        let cases = cases.and_then(toml::Value::as_array).expect("cases");
        for key in ["matches", "passes"] {
            assert!(cases.iter().any(|case| case.get(key).is_some()), "s{number:02} has no {key}");
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
    assert_eq!(fields(Some(&table())), "Channel EventID Image NewProcessName P Q");
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
        .map(|fault| format!("{}: {} {:?}", rule.get(fault.span.clone()).expect("a span"), fault.message, fault.hint))
        .collect();
    insta::assert_snapshot!(messages.join("\n"), @r#"
    B|contain: unknown modifier `contain` Some("a similar modifier is `contains`")
    (: not a regular expression: unclosed group None
    x: a number is needed here Some("numbers are decimal and not quoted")
    d: unknown search identifier `d` None
    "#);
}

/// With `VERDICT_CORPUS` naming a folder and `VERDICT_SIGMA_RULES` the folder of its unpacked rules: every rule is read, and every rule
/// that has events of its own matches at least one of them.
#[test]
fn sigma_corpus() {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let (Some(corpus), Some(rules)) = (folder("VERDICT_CORPUS"), folder("VERDICT_SIGMA_RULES")) else {
        return;
    };
    let path = corpus.join("corpora/sigma/regression_events_flat.ndjson");
    let text = std::fs::read_to_string(path).expect("the corpus's events");
    let event = |line: Event| {
        let id = line.root().get("rule_id").and_then(Value::scalar_text).expect("an id").to_owned();
        let Some(Value::Object(entries)) = line.root().get("flat") else {
            panic!("{id} has no event");
        };
        (id, Event::new(entries.clone()))
    };
    let events: Vec<(String, Event)> = read_events(&text).expect("events").into_iter().map(event).collect();
    let mut replay = Replay::default();
    replay.folder(&rules, &table());
    for (message, files) in &replay.refused {
        println!("{} x {message}: {files:#?}", files.len());
    }
    println!("{} files, {} of them refused", replay.files, replay.refused.values().map(Vec::len).sum::<usize>());
    for (message, files) in &replay.refused {
        let known = |file: &String| file.contains("unsupported") || message.contains("has no values");
        assert!(files.iter().all(known), "{message}: {files:#?}");
    }
    replay.pairs(&events);
    replay.speed(&events);
}

#[derive(Default)]
struct Replay {
    rules: BTreeMap<String, (Rule, Rule)>,
    files: usize,
    refused: BTreeMap<String, Vec<String>>,
}

impl Replay {
    fn folder(&mut self, folder: &Path, table: &LogsourceTable) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                self.folder(&path, table);
            } else if path.extension().is_some_and(|extension| extension == "yml") {
                self.rule(&path, table);
            }
        }
    }

    fn rule(&mut self, path: &Path, table: &LogsourceTable) {
        let text = std::fs::read_to_string(path).expect("text");
        let id = text.lines().find_map(|line| line.strip_prefix("id: ")).unwrap_or("").trim();
        self.files += 1;
        let read = |table| parse(&text, table, &BTreeMap::new());
        match (read(Some(table)), read(None)) {
            (Ok(rule), Ok(anywhere)) => {
                self.rules.insert(id.to_owned(), (rule, anywhere));
            }
            (Err(message), _) | (_, Err(message)) => {
                self.refused.entry(message).or_default().push(path.display().to_string());
            }
        }
    }

    fn pairs(&self, events: &[(String, Event)]) {
        let mut hits: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
        for (id, event) in events {
            let hit = self.rules.get(id).is_some_and(|(rule, _)| rule.matches(event));
            hits.entry(id).or_default().push(hit);
        }
        let some: Vec<_> = hits.iter().filter(|(_, hits)| hits.contains(&false)).collect();
        println!("{} pairs of {} events; not all events match in {some:?}", hits.len(), events.len());
        for (id, hits) in &hits {
            assert!(hits.contains(&true), "{id} matches none of its events");
        }
    }

    fn speed(&self, events: &[(String, Event)]) {
        for anywhere in [false, true] {
            let start = Instant::now();
            let rules = self.rules.values().map(|pair| if anywhere { &pair.1 } else { &pair.0 });
            let matches: usize = rules.map(|rule| events.iter().filter(|(_, event)| rule.matches(event)).count()).sum();
            let total = self.rules.len() * events.len();
            println!("any source {anywhere}: {matches} matches, {total} evaluations, {:?}", start.elapsed());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn sigma_parse_takes_any_text(text in any::<String>()) {
        let _ = parse(&text, None, &BTreeMap::new());
    }

    #[test]
    fn sigma_parse_takes_anything_like_a_rule(words in proptest::collection::vec(fragment(), 0..40)) {
        let text = format!("logsource: {{}}\ndetection:\n  s: {}", words.concat());
        if let Ok(rule) = parse(&text, None, &BTreeMap::new()) {
            let _ = rule.matches(&Event::new(vec![("F".to_owned(), "x".into())]));
        }
    }
}

/// Pieces of rules.
fn fragment() -> impl Strategy<Value = String> {
    let words = [
        "F", "|contains", "|all", "|re", "|windash", "|base64offset", "|wide", "|expand", "|cidr", "|hour", "|gt", "|exists",
        "|fieldref", ": ", ":", "\n  ", "\n    ", "\n  t: ", "\n  condition: ", "- ", "s", "not ", " and ", "1 of ", "(", ")",
        "[", "]", "{", "}", ", ", "'", "\"", "|\n", "&a ", "*a", "!!int ", "!x ", "%", "\\", "*", "?", "-x", "null", "4688",
        "010", "é", "\u{feff}", "\u{85}", "\r\n", "#", "<<", "10.0.0.0/8", "\t", "---\n",
    ];
    prop_oneof![4 => proptest::sample::select(words.to_vec()).prop_map(str::to_owned), 1 => ".{0,3}"]
}

#[test]
fn sigma_limits() {
    let none = BTreeMap::new();
    let refused = |rule: &str, error: &str| {
        let message = parse(rule, None, &none).expect_err("a fault");
        assert!(message.contains(error), "{message}");
    };
    let condition = |text: &str| format!("detection:\n  s: {{F: x}}\n  condition: {text}");
    refused(&condition(&"(".repeat(200)), "nests deeper");
    refused(&condition(&"not ".repeat(50_000)), "nests deeper");
    refused(&"x".repeat(2 << 20), "longer than");
    refused(&format!("detection: {}", "[".repeat(100_000)), "not a YAML document");
    refused(&format!("detection:\n  s: [{}x]\n  condition: s", "x,".repeat(100_000)), "more than 100000 values");
    let flags = format!("detection:\n  s: {{F|windash: '-a -b -c -d -e {}'}}\n  condition: s", "x".repeat(10_000));
    refused(&flags, "too many alternatives");
    let encoded = format!("detection:\n  s: {{F{}: xxxxxxxx}}\n  condition: s", "|base64offset".repeat(50));
    refused(&encoded, "too many alternatives");
    let mut laughs = "detection:\n  a0: &a0 [x, x]\n".to_owned();
    for level in 1..40 {
        let below = level - 1;
        laughs.push_str(&format!("  a{level}: &a{level} [*a{below}, *a{below}]\n"));
    }
    refused(&laughs, "not a YAML document");
    parse(&condition(&format!("s{}", " and s".repeat(10_000))), None, &none).expect("a long condition");
}
