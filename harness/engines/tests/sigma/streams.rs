//! Documents and streams: `streams/*.toml`.
//!
//! A `[[case]]` holds `text` (documents), `events` (JSON, one a line; `t` is their time in seconds) and `matches` (a list of the numbers
//! of events for each match, document by document), or `error` (a part of the first fault's message). `rules` of the file stands before
//! the text of each case, if it is there.

use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use verdict_engines::sigma::{Documents, Options};
use verdict_event::{Event, Schema, TimestampFormat, read_events};

fn schema() -> Schema {
    let mut schema = Schema::default();
    "t".clone_into(&mut schema.timestamp.field);
    schema.timestamp.format = TimestampFormat::S;
    schema.tiebreaker = Some("seq".to_owned());
    schema
}

fn parse(text: &str) -> Result<Documents, String> {
    let table = super::table();
    let options = Options {
        logsources: Some(&table),
        placeholders: &BTreeMap::new(),
    };
    Documents::parse(text, &options).map_err(|faults| {
        for fault in &faults {
            assert!(text.get(fault.span.clone()).is_some(), "{text}: {faults:?}");
        }
        faults
            .first()
            .map(|fault| fault.message.clone())
            .unwrap_or_default()
    })
}

fn found(text: &str, events: &[Event]) -> Result<Vec<Vec<usize>>, String> {
    let found = parse(text)?
        .series(events, &schema())
        .map_err(|error| error.message)?;
    Ok(found.into_iter().map(|found| found.events).collect())
}

#[test]
fn sigma_streams() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/sigma/streams");
    let mut wrong = String::new();
    let mut cases = 0;
    for entry in std::fs::read_dir(folder).expect("the folder of cases") {
        let path = entry.expect("a file").path();
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let file: toml::Table = std::fs::read_to_string(&path)
            .expect("text")
            .parse()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let rules = file
            .get("rules")
            .and_then(toml::Value::as_str)
            .unwrap_or("");
        for case in file
            .get("case")
            .and_then(toml::Value::as_array)
            .expect("cases")
        {
            cases += 1;
            let get = |key: &str| case.get(key).and_then(toml::Value::as_str);
            let text = format!("{rules}{}", get("text").unwrap_or(""));
            let events = read_events(get("events").unwrap_or("")).expect("events");
            let found = found(&text, &events);
            let fits = match (get("error"), &found) {
                (Some(part), Err(message)) => message.contains(part),
                (None, Ok(found)) => {
                    let wanted: Vec<Vec<usize>> = case
                        .get("matches")
                        .cloned()
                        .expect("matches or an error")
                        .try_into()
                        .expect("lists of numbers");
                    *found == wanted
                }
                (Some(_), Ok(_)) | (None, Err(_)) => false,
            };
            if !fits {
                let _ = writeln!(wrong, "{name}: found {found:?} for {case}");
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(cases >= 50, "only {cases} cases");
}

#[test]
fn sigma_streams_have_limits() {
    let rule = |inner: &str, name: usize| {
        format!(
            "---\nname: c{name}\ncorrelation: {{type: event_count, rules: [{inner}], timespan: 1s, condition: {{gte: 1}}}}\n"
        )
    };
    let chain = |depth: usize| {
        let mut text =
            String::from("name: c0\nlogsource: {}\ndetection: {s: {a: 1}, condition: s}\n");
        for number in 1..=depth {
            text.push_str(&rule(&format!("c{}", number - 1), number));
        }
        text
    };
    let event = read_events(r#"{"a":1,"t":5}"#).expect("events");
    assert_eq!(found(&chain(8), &event), Ok(vec![vec![0]]));
    assert!(parse(&chain(9)).is_err_and(|message| message.contains("deeper than 8")));
    let itself = rule("c1", 1);
    assert!(parse(&itself).is_err_and(|message| message.contains("refers to itself")));

    // A match holds the last thousand events of its window.
    let line = |at: usize| format!("{{\"a\":1,\"t\":{}}}\n", at / 100);
    let events: String = (0..1500).map(line).collect();
    let events = read_events(&events).expect("events");
    let text = format!(
        "{}---\ncorrelation: {{type: event_count, rules: c0, timespan: 1h, condition: {{gte: 1500}}}}\n",
        chain(0)
    );
    assert_eq!(found(&text, &events), Ok(vec![(500..1500).collect()]));

    // Group values multiply up to a thousand, and the same events are told once.
    let many: Vec<String> = (0..40).map(|at| at.to_string()).collect();
    let json = serde_json::json!({"a": 1, "t": 1, "x": many, "y": many});
    let event = Event::from_json(json).expect("an event");
    let text = format!(
        "{}---\ncorrelation: {{type: event_count, rules: c0, group-by: [x, y], timespan: 1h, condition: {{gte: 1}}}}\n",
        chain(0)
    );
    assert_eq!(found(&text, &[event]).map(|found| found.len()), Ok(1));
}

/// Every window tried out, straight from C1 and C2.
fn naive(events: &[(i64, usize, usize)], span: i64, least: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..events.len()).collect();
    order.sort_by_key(|at| events.get(*at).map(|event| event.0));
    let mut matches: Vec<(i64, Vec<usize>)> = Vec::new();
    for user in 0..3 {
        let own = |at: &&usize| events.get(**at).is_some_and(|event| event.1 == user);
        let mut instants: Vec<i64> = order
            .iter()
            .filter(own)
            .filter_map(|at| Some(events.get(*at)?.0))
            .collect();
        instants.dedup();
        for instant in instants {
            let inside = |at: &&usize| {
                events
                    .get(**at)
                    .is_some_and(|event| (instant - span..=instant).contains(&event.0))
            };
            let window: Vec<usize> = order.iter().filter(own).filter(inside).copied().collect();
            let mut values: Vec<usize> = window
                .iter()
                .filter_map(|at| Some(events.get(*at)?.2))
                .collect();
            values.sort_unstable();
            values.dedup();
            if values.len() >= least {
                matches.push((instant, window));
            }
        }
    }
    matches.sort();
    let mut matches: Vec<Vec<usize>> = matches.into_iter().map(|(_, window)| window).collect();
    matches.sort();
    matches
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Moving windows find what trying out every window finds.
    #[test]
    fn sigma_windows_are_those_of_the_definition(
        events in prop::collection::vec((0_i64..20, 0_usize..3, 0_usize..4), 0..25), span in 1_i64..8, least in 1_usize..4,
    ) {
        let line = |(t, user, value): &(i64, usize, usize)| {
            Event::from_json(serde_json::json!({"a": 1, "t": t, "u": user.to_string(), "v": value.to_string()})).expect("an event")
        };
        let rows: Vec<Event> = events.iter().map(line).collect();
        let text = format!("name: r\nlogsource: {{}}\ndetection: {{s: {{a: 1}}, condition: s}}\n---\ncorrelation: {{type: value_count, rules: r, group-by: u, timespan: {span}s, condition: {{field: v, gte: {least}}}}}\n");
        let mut found = found(&text, &rows).expect("matches");
        found.sort();
        prop_assert_eq!(found, naive(&events, span, least));
    }

    /// Documents made of the language's own pieces are judged or refused.
    #[test]
    fn sigma_documents_never_panic(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..25)) {
        let text = format!("name: r\nlogsource: {{}}\ndetection: {{s: {{a: 1}}, condition: s}}\n---\ncorrelation:\n  rules: r\n{}", pieces.concat());
        let events = read_events("{\"a\":1,\"t\":1,\"v\":[1,\"x\"]}\n{\"a\":1,\"t\":\"1\",\"v\":2}").expect("events");
        if let Ok(documents) = parse(&text) {
            let _ = documents.series(&events, &schema());
        }
    }
}

const PIECES: [&str; 26] = [
    "action: global\n",
    "action: repeat\n",
    "action: reset\n",
    "detection: {t: {a: 2}}\n",
    "  type: event_count\n",
    "  type: value_count\n",
    "  type: value_percentile\n",
    "  type: temporal\n",
    "  type: temporal_ordered\n",
    "  timespan: 5m\n",
    "  timespan: -1s\n",
    "  timespan: 99999999999999999d\n",
    "  timespan: é\n",
    "  group-by: [a, v]\n",
    "  condition: {gte: 1}\n",
    "  condition: {field: v, lt: 1e400}\n",
    "  condition: {field: [v, a], percentile: 50, eq: 1}\n",
    "  aliases: {x: {r: a}}\n",
    "  generate: true\n",
    "---\n",
    "filter: {rules: any, s: {a: 1}, condition: s}\n",
    "filter: {rules: [r], condition: not s}\n",
    "logsource: {}\n",
    "name: r\n",
    "correlation:\n",
    "  rules: [r, r, q]\n",
];
