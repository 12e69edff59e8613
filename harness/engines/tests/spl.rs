//! The SPL engine against case files: `tests/spl/*.txt`.
//!
//! A file holds `row:` (one event, in place of those before), `event:` (one more) and cases:
//! - `? expression  =>  true|false|open  // source`: the condition of `where`, over the first event; *open* is an event on which no document says
//!   what comes out;
//! - `search  =>  [0, 2]  // source`: a whole search over the events, or `open`;
//! - `search  =>  error: part of the message`;
//! - `rows: search  =>  [{"a": 1}]`, `open` or `error: ...`: the rows that come out.
//!
//! `⏎` stands for a line break.

#![expect(clippy::expect_used, reason = "a test fails loudly")]

use std::fmt::Write as _;
use verdict_engines::QueryError;
use verdict_engines::spl::Query;
use verdict_event::{Event, Schema};

/// What a search does over events: the indices, `open`, or all messages with their hints.
fn check(text: &str, events: &[Event]) -> Result<Vec<usize>, String> {
    let told = |errors: Vec<QueryError>| {
        let parts = errors
            .into_iter()
            .map(|error| format!("{} ({})", error.message, error.hint.unwrap_or_default()));
        format!("error: {}", parts.collect::<Vec<_>>().join("; "))
    };
    let bound = Query::parse(text)
        .and_then(|query| {
            query.columns();
            query.bind(&Schema::default(), false)
        })
        .map_err(told)?;
    bound.run(events).map_err(|error| {
        if error.message.contains("no document says") {
            return "open".to_owned();
        }
        format!("error: {}", error.message)
    })
}

fn found(text: &str, events: &[Event]) -> String {
    let text = text.replace('⏎', "\n");
    let shown = |outcome: Result<Vec<usize>, String>| {
        outcome.map_or_else(|message| message, |rows| format!("{rows:?}"))
    };
    match text.strip_prefix("? ") {
        None => shown(check(&text, events)),
        Some(condition) => {
            let first = events.get(..1).unwrap_or_default();
            match check(&format!("* | where {condition}"), first) {
                Ok(rows) => (!rows.is_empty()).to_string(),
                Err(message) => message,
            }
        }
    }
}

/// The rows that come out, as JSON, or `open`, or the messages.
fn rows(text: &str, events: &[Event]) -> Result<serde_json::Value, String> {
    let told = |errors: Vec<QueryError>| {
        let messages = errors.into_iter().map(|error| error.message);
        format!("error: {}", messages.collect::<Vec<_>>().join("; "))
    };
    let bound = Query::parse(text)
        .and_then(|query| query.bind(&Schema::default(), false))
        .map_err(told)?;
    match bound.rows(events) {
        Ok(rows) => Ok(rows.iter().map(|row| row.root().to_json()).collect()),
        Err(error) if error.message.contains("no document says") => Err("open".to_owned()),
        Err(error) => Err(format!("error: {}", error.message)),
    }
}

/// What is wrong with a case of rows, if anything.
fn check_rows(text: &str, expected: &str, events: &[Event]) -> Option<String> {
    let found = rows(text, events);
    let fits = match (expected.strip_prefix("error:"), &found) {
        (Some(part), Err(message)) => message.contains(part.trim()),
        (None, Err(message)) => message == expected,
        (None, Ok(rows)) => {
            serde_json::from_str::<serde_json::Value>(expected).is_ok_and(|wanted| wanted == *rows)
        }
        (Some(_), Ok(_)) => false,
    };
    (!fits).then(|| {
        format!(
            "expected {expected}\n  found    {}",
            found.map_or_else(|message| message, |rows| rows.to_string())
        )
    })
}

fn event(json: &str) -> Event {
    Event::from_json(serde_json::from_str(json).expect("JSON")).expect("an object")
}

/// The number of cases of a file; what does not hold is told in `wrong`.
fn run_file(name: &str, text: &str, wrong: &mut String) -> usize {
    let mut events: Vec<Event> = Vec::new();
    let mut cases = 0;
    for (at, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(json) = line.strip_prefix("row:") {
            events = vec![event(json)];
            continue;
        }
        if let Some(json) = line.strip_prefix("event:") {
            events.push(event(json));
            continue;
        }
        cases += 1;
        let (text, rest) = line
            .split_once("  =>  ")
            .expect("a case has two blanks and an arrow");
        let (expected, source) = rest.split_once("  // ").expect("a case names its source");
        assert!(!source.trim().is_empty(), "{name}:{}: no source", at + 1);
        if let Some(search) = text.strip_prefix("rows: ") {
            if let Some(fault) = check_rows(search, expected.trim(), &events) {
                let _ = writeln!(wrong, "{name}:{}: {text}\n  {fault}", at + 1);
            }
            continue;
        }
        let found = found(text, &events);
        let fits = match expected.trim().strip_prefix("error:") {
            Some(part) => found.starts_with("error:") && found.contains(part.trim()),
            None => found == expected.trim(),
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
    cases
}

#[test]
fn every_case_file_holds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/spl");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    names.sort();
    let mut wrong = String::new();
    let cases: usize = names
        .iter()
        .map(|path| {
            let text = std::fs::read_to_string(path).expect("a file");
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            run_file(&name, &text, &mut wrong)
        })
        .sum();
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(cases > 200, "{cases} cases");
}
