//! Counterexamples: events, and streams of them, that once told a target from its rule, kept in a file of their own and tried before any others.
//!
//! They stand beside the pack, in `counterexamples/<rule id>.ndjson`: an event or a stream a line with why it was made, so that a reviewer reads
//! them and a changed strategy does not lose them. Of a stream the keys are a fixture's, `events` and `match`, so that it can be made one as it stands.

use crate::examination::{Examination, Pair, PairVerdict};
use crate::output::{self, Failure};
use crate::rulebook::Entry;
use crate::sources;
use serde_json::{Value as Json, json};
use std::path::PathBuf;
use verdict_event::{Event, Value, read_events};

/// Where they stand for a rule of a pack.
pub(crate) fn file(entry: &Entry) -> Option<PathBuf> {
    let pack = entry.pack.as_ref()?;
    let id: String = entry
        .rule
        .id
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    Some(
        pack.folder
            .join("counterexamples")
            .join(format!("{id}.ndjson")),
    )
}

/// What is kept for a rule.
#[derive(Default)]
pub(crate) struct Kept {
    /// Single events.
    pub(crate) events: Vec<Event>,
    /// Streams, of a rule over several events.
    pub(crate) streams: Vec<Vec<Event>>,
}

/// What is kept for a rule.
pub(crate) fn read(entry: &Entry) -> Result<Kept, Failure> {
    let Some(path) = file(entry).filter(|path| path.is_file()) else {
        return Ok(Kept::default());
    };
    let lines = read_events(&sources::read(&path)?);
    let lines = lines.map_err(|error| Failure::usage(format!("{}:{error}", path.display())))?;
    let mut kept = Kept::default();
    for line in &lines {
        match (line.root().get("event"), line.root().get("events")) {
            (Some(event), _) => kept.events.extend(Event::from_json(event.to_json())),
            (None, Some(Value::List(events))) => {
                let events = events.iter();
                let events = events.filter_map(|event| Event::from_json(event.to_json()));
                kept.streams.push(events.collect());
            }
            (None, _) => {}
        }
    }
    Ok(kept)
}

/// Adds the shrunk events and streams of unexplained disagreements, each once.
pub(crate) fn keep(entry: &Entry, result: &Examination) -> Result<(), Failure> {
    let Some(path) = file(entry) else {
        return Ok(());
    };
    let mut text = if path.is_file() {
        sources::read(&path)?
    } else {
        String::new()
    };
    let before = text.len();
    let disagree = |pair: &&Pair| pair.verdict == PairVerdict::Disagree;
    for pair in result.pairs.iter().filter(disagree) {
        for (key, shown, line) in lines(pair) {
            if !text.contains(&format!("\"{key}\":{shown}")) {
                text.push_str(&line.to_string());
                text.push('\n');
            }
        }
    }
    if text.len() == before {
        Ok(())
    } else {
        output::write_file(&path, &text)
    }
}

/// The lines of a pair, each with the key under which it holds what was found, and that as it is written there.
fn lines(pair: &Pair) -> Vec<(&'static str, String, Json)> {
    let events = pair.counterexamples.iter().map(|(_, found)| {
        let event = found.event.root().to_json();
        let line = json!({"target": pair.target, "label": found.label, "event": event});
        ("event", event.to_string(), line)
    });
    let streams = pair.streams.iter().map(|(_, found)| {
        let events: Vec<Json> = found
            .stream
            .iter()
            .map(|event| event.root().to_json())
            .collect();
        let events = Json::from(events);
        let line = json!({
            "target": pair.target,
            "label": found.label,
            "events": events,
            "match": found.oracle,
        });
        ("events", events.to_string(), line)
    });
    events.chain(streams).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rulebook::{Rulebook, Setting};
    use std::fs;
    use verdict_compiler::{Source, rule};
    use verdict_harness::compare::Counterexample;
    use verdict_harness::series::{StreamCounterexample, StreamJudgement};
    use verdict_harness::{Judgement, generate::Amount};

    const PACK: &str = "id: 5a1e1f0a-0000-4000-8000-0000000000aa\nname: P\nversion: 1.0.0\nauthors: [a]\nlicense: x\ntargets: [native]\n";
    const RULE: &str = "id: 5a1e1f0a-0000-4000-8000-0000000000ab
name: A word twice
description: Two events.
status: test
language: eql
severity: low
query: |
  sequence by user.name [any where message == \"a\"] [any where message == \"b\"]
authors: [a]
license: x
version: 1
";

    fn event(text: &str) -> Event {
        Event::from_json(serde_json::from_str(text).unwrap()).unwrap()
    }

    fn told(entry: &Entry, kept: Kept) -> Examination {
        let amount = Amount::default();
        let setting = Setting::new(false, None).unwrap();
        crate::examination::run(entry, &setting, &[], None, amount, kept)
    }

    #[test]
    fn events_and_streams_are_kept_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules/twice.yml");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(folder.path().join("pack.yml"), PACK).unwrap();
        fs::write(&path, RULE).unwrap();
        let setting = Setting::new(false, None).unwrap();
        let book = Rulebook::read(&[folder.path().to_path_buf()], setting).unwrap();
        let entry = book.entries.first().unwrap();
        let mut result = told(entry, Kept::default());
        let streams = result.outcome.as_ref().unwrap().events;
        let single = event(r#"{"message":"a","user":{"name":"x"}}"#);
        let stream = vec![
            single.clone(),
            event(r#"{"user":{"name":"x"},"message":"b"}"#),
        ];
        let pair = result.pairs.first_mut().unwrap();
        pair.verdict = PairVerdict::Disagree;
        pair.streams = vec![(
            None,
            StreamCounterexample {
                stream: stream.clone(),
                label: "two at one instant".to_owned(),
                oracle: vec![vec![Some(0), Some(1)], vec![Some(0), None]],
                judge: StreamJudgement::Matches(Vec::new()),
            },
        )];
        keep(entry, &result).unwrap();
        keep(entry, &result).unwrap();
        let pair = result.pairs.first_mut().unwrap();
        pair.counterexamples = vec![(
            None,
            Counterexample {
                event: single.clone(),
                label: "alone".to_owned(),
                oracle: true,
                judge: Judgement::Verdict(false),
            },
        )];
        keep(entry, &result).unwrap();
        let kept = read(entry).unwrap();
        assert_eq!(kept.events, [single]);
        assert_eq!(kept.streams, [stream]);
        // They are put to every judge.
        assert_eq!(told(entry, kept).outcome.unwrap().events, streams + 1);

        // A kept stream is a fixture but for its name.
        let text = fs::read_to_string(file(entry).unwrap()).unwrap();
        assert_eq!(text.lines().count(), 2);
        let mut line: Json = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        let keys = line.as_object_mut().unwrap();
        keys.remove("target");
        let name = keys.remove("label").unwrap();
        keys.insert("name".to_owned(), name);
        let with = format!("{RULE}fixtures: [{line}]\n");
        let loaded = rule::load(&Source::new("twice.yml", with));
        let fixtures: Vec<_> = loaded
            .rules
            .iter()
            .flat_map(|rule| &rule.fixtures)
            .collect();
        assert_eq!(fixtures.len(), 1);
    }
}
