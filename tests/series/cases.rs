//! The decisions of `docs/semantics.md` about several events, executed: every id has cases in `tests/series/*.yml`.
//!
//! ```yaml
//! - id: Q1
//!   name: what is claimed
//!   eql: a query                 # or `sigma:`, documents of which the first is the rule; the rules a, b, c, d stand behind them
//!   tiebreaker: t                # where the field matters
//!   events: |                    # one a line: milliseconds (or -), letters of `s` (a+b: a list), fields
//!     1 a k=u
//!   match: [[0, 1]]              # null where an event is missing
//!   refused: V0654               # instead of events: it is refused with this code
//! ```

use crate::{Compiled, by_documents, by_engine, by_native, by_oracle, eql, events, sigma};
use serde_json::{Map, Value as Json, json};
use serde_yaml::Value as Yaml;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use verdict_event::Schema;
use verdict_harness::Match;

/// The rules that the cases of Sigma speak of.
const RULES: &str = include_str!("letters.yml");

fn event(line: &str) -> Json {
    let mut words = line.split_whitespace();
    let mut event = Map::new();
    match words.next().expect("a time") {
        "-" => {}
        time => {
            let time = time
                .parse::<i64>()
                .map_or_else(|_| json!(time), |at| json!(at));
            event.insert("@timestamp".to_owned(), time);
        }
    }
    let kinds: Vec<&str> = words.next().expect("letters").split('+').collect();
    event.insert("s".to_owned(), one_or_more(&kinds));
    for word in words {
        let (name, value) = word.split_once('=').expect("field=value");
        let values: Vec<&str> = value.split(',').collect();
        event.insert(name.to_owned(), one_or_more(&values));
    }
    Json::Object(event)
}

fn one_or_more(words: &[&str]) -> Json {
    let value = |word: &&str| match word.parse::<i64>() {
        Ok(number) => json!(number),
        Err(_) if *word == "null" => Json::Null,
        Err(_) => json!(word.trim_matches('"')),
    };
    match words {
        [word] => value(word),
        several => several.iter().map(value).collect(),
    }
}

fn groups(value: &Yaml) -> Vec<Match> {
    serde_json::from_value(serde_json::to_value(value).expect("JSON")).expect("groups of indices")
}

/// A case that is not refused.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) compiled: Compiled,
    pub(crate) stream: Vec<Json>,
    pub(crate) wanted: Vec<Match>,
}

/// Every case that is not refused.
pub(crate) fn taken() -> Vec<Case> {
    let files = files();
    let taken = files.iter().filter(|case| case.get("refused").is_none());
    let case = |case: &Yaml| {
        let (stream, schema) = stream(case);
        let name = case.get("name").and_then(Yaml::as_str);
        Case {
            name: name.unwrap_or("?").to_owned(),
            compiled: compiled(case, &schema).expect("it is taken"),
            stream,
            wanted: groups(case.get("match").expect("`match`")),
        }
    };
    taken.map(case).collect()
}

/// The events of a case, and their schema.
fn stream(case: &Yaml) -> (Vec<Json>, Schema) {
    let text = |key: &str| case.get(key).and_then(Yaml::as_str);
    let stream: Vec<Json> = text("events").unwrap_or("").lines().map(event).collect();
    let schema = Schema {
        tiebreaker: text("tiebreaker").map(str::to_owned),
        ..Schema::default()
    };
    let schema = schema.typed_from(&events(&stream), ["s", "k", "l", "n", "t"]);
    (stream, schema)
}

fn compiled(case: &Yaml, schema: &Schema) -> Result<Compiled, String> {
    let text = |key: &str| case.get(key).and_then(Yaml::as_str);
    match (text("eql"), text("sigma")) {
        (Some(query), None) => eql(query, Some(schema)),
        (None, Some(rules)) => sigma(&format!("{rules}{RULES}")),
        (Some(_), Some(_)) | (None, None) => Err("one of `eql` and `sigma`".to_owned()),
    }
}

/// What is wrong with a case.
fn fault(case: &Yaml) -> Option<String> {
    let text = |key: &str| case.get(key).and_then(Yaml::as_str);
    let (stream, schema) = stream(case);
    let stream = events(&stream);
    let compiled = match (compiled(case, &schema), text("refused")) {
        (Ok(compiled), None) => compiled,
        (Err(error), Some(code)) if error.contains(code) => return None,
        (Ok(_), Some(code)) => return Some(format!("it is taken, not refused with {code}")),
        (Err(error), _) => return Some(error),
    };
    let wanted = groups(case.get("match").expect("`match`"));
    let mut found = vec![
        ("oracle", by_oracle(&compiled, &stream)),
        ("native", by_native(&compiled, &stream)),
    ];
    if let (Some(query), Compiled::Series(_)) = (text("eql"), &compiled) {
        match by_engine(query, &schema, &stream) {
            Ok(matches) => found.push(("engine", matches)),
            Err(error) => return Some(format!("the engine refuses it: {error}")),
        }
    }
    if let Some(rules) = text("sigma") {
        match by_documents(&format!("{rules}{RULES}"), &stream) {
            Ok(matches) => found.push(("engine", matches)),
            Err(error) => return Some(format!("the engine refuses it: {error}")),
        }
    }
    let differs = found.into_iter().find(|(_, matches)| *matches != wanted);
    differs.map(|(judge, matches)| format!("{judge} finds {matches:?}, not {wanted:?}"))
}

fn files() -> Vec<Yaml> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/series");
    let mut cases = Vec::new();
    for name in ["time", "eql", "sigma", "filters"] {
        let text = fs::read_to_string(folder.join(format!("{name}.yml"))).expect("a case file");
        let file: Vec<Yaml> = serde_yaml::from_str(&text).expect("cases");
        cases.extend(file);
    }
    cases
}

#[test]
fn decisions_are_so() {
    let mut wrong = Vec::new();
    for case in files() {
        if let Some(fault) = fault(&case) {
            let word = |key: &str| {
                case.get(key)
                    .and_then(Yaml::as_str)
                    .unwrap_or("?")
                    .to_owned()
            };
            wrong.push(format!("{}, {}: {fault}", word("id"), word("name")));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn every_decision_has_cases() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/semantics.md");
    let document = fs::read_to_string(path).expect("the document");
    let ids = document.lines().filter_map(|line| line.strip_prefix("| "));
    let ids = ids.filter_map(|line| line.split(' ').next());
    let ids: BTreeSet<String> = ids
        .filter(|id| id.starts_with(['T', 'Q', 'C', 'F']))
        .filter(|id| id.len() > 1 && id.chars().skip(1).all(|c| c.is_ascii_digit()))
        .map(str::to_owned)
        .collect();
    let with_cases: BTreeSet<String> = files()
        .iter()
        .filter_map(|case| case.get("id").and_then(Yaml::as_str).map(str::to_owned))
        .collect();
    assert!(ids.len() > 30, "{ids:?}");
    // Q13 points at others, C14 and F3 concern files and packs: the command line's cases show them.
    let elsewhere = ["Q13", "C14", "F3"].map(str::to_owned);
    let missing: Vec<&String> = ids
        .iter()
        .filter(|id| !with_cases.contains(*id) && !elsewhere.contains(id))
        .collect();
    assert!(missing.is_empty(), "no cases for {missing:?}");
}
