//! Real rules over real events.

use crate::{parse, table};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;
use verdict_engines::sigma::{LogsourceTable, Rule};
use verdict_event::{Event, Value, read_events};

/// With `VERDICT_CORPUS` naming a folder and `VERDICT_SIGMA_RULES` the folder of its unpacked rules: every rule is read, and every rule
/// that has events of its own matches at least one of them.
#[test]
fn sigma_corpus() {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let (Some(corpus), Some(rules)) = (folder("VERDICT_CORPUS"), folder("VERDICT_SIGMA_RULES"))
    else {
        return;
    };
    let path = corpus.join("corpora/sigma/regression_events_flat.ndjson");
    let text = std::fs::read_to_string(path).expect("the corpus's events");
    let event = |line: Event| {
        let id = line
            .root()
            .get("rule_id")
            .and_then(Value::scalar_text)
            .expect("an id")
            .to_owned();
        let Some(Value::Object(entries)) = line.root().get("flat") else {
            panic!("{id} has no event");
        };
        (id, Event::new(entries.clone()))
    };
    let events: Vec<(String, Event)> = read_events(&text)
        .expect("events")
        .into_iter()
        .map(event)
        .collect();
    let mut replay = Replay::default();
    replay.folder(&rules, &table());
    for (message, files) in &replay.refused {
        println!("{} x {message}: {files:#?}", files.len());
    }
    println!(
        "{} files, {} of them refused",
        replay.files,
        replay.refused.values().map(Vec::len).sum::<usize>()
    );
    for (message, files) in &replay.refused {
        let known =
            |file: &String| file.contains("unsupported") || message.contains("has no values");
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
        let id = text
            .lines()
            .find_map(|line| line.strip_prefix("id: "))
            .unwrap_or("")
            .trim();
        self.files += 1;
        let read = |table| parse(&text, table, &BTreeMap::new());
        match (read(Some(table)), read(None)) {
            (Ok(rule), Ok(anywhere)) => {
                self.rules.insert(id.to_owned(), (rule, anywhere));
            }
            (Err(message), _) | (_, Err(message)) => {
                self.refused
                    .entry(message)
                    .or_default()
                    .push(path.display().to_string());
            }
        }
    }

    fn pairs(&self, events: &[(String, Event)]) {
        let mut hits: BTreeMap<&str, Vec<bool>> = BTreeMap::new();
        for (id, event) in events {
            let hit = self
                .rules
                .get(id)
                .is_some_and(|(rule, _)| rule.matches(event));
            hits.entry(id).or_default().push(hit);
        }
        let some: Vec<_> = hits
            .iter()
            .filter(|(_, hits)| hits.contains(&false))
            .collect();
        println!(
            "{} pairs of {} events; not all events match in {some:?}",
            hits.len(),
            events.len()
        );
        for (id, hits) in &hits {
            assert!(hits.contains(&true), "{id} matches none of its events");
        }
    }

    fn speed(&self, events: &[(String, Event)]) {
        for anywhere in [false, true] {
            let start = Instant::now();
            let rules = self
                .rules
                .values()
                .map(|pair| if anywhere { &pair.1 } else { &pair.0 });
            let matches: usize = rules
                .map(|rule| {
                    events
                        .iter()
                        .filter(|(_, event)| rule.matches(event))
                        .count()
                })
                .sum();
            let total = self.rules.len() * events.len();
            println!(
                "any source {anywhere}: {matches} matches, {total} evaluations, {:?}",
                start.elapsed()
            );
        }
    }
}
