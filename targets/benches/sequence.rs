//! How fast a sequence runs, and how many keys it keeps: a million events in 100,000 keys, after parsing, on one core.
//!
//! `cargo bench -p verdict-targets --bench sequence`

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark tells what it measures, and stops where it cannot go on"
)]

use std::collections::BTreeMap;
use std::time::Instant;
use verdict_compiler::ir::Series;
use verdict_compiler::rule::{Body, EqlBody};
use verdict_compiler::span::Text;
use verdict_compiler::{Inputs, Meaning, Rule, compile};
use verdict_event::{Event, Number, Value};
use verdict_targets::native::SeriesPack;

const EVENTS: usize = 1_000_000;
const KEYS: u64 = 100_000;

/// Rules that keep more and more: pending matches within a span, runs, missing events, and pending matches for ever.
const RULES: &[&str] = &[
    "sequence by host.id, user.name with maxspan=30s [process where process.name : \"cmd.exe\"] [network where destination.port == 443]",
    "sequence by host.id with maxspan=30s [process where process.name : \"cmd.exe\"] with runs=3 [network where destination.port == 443] until [process where event.type == \"end\"]",
    "sequence by host.id with maxspan=30s [process where process.name : \"cmd.exe\"] ![file where true] [network where destination.port == 443]",
    "sequence by host.id, user.name [process where process.name : \"cmd.exe\"] [network where destination.port == 443]",
];

fn series(query: &str) -> Series {
    let body = Body::Eql(EqlBody {
        query: Text::verbatim(query, 0),
        category_field: "event.category".to_owned(),
        ecs: true,
        endpoint: false,
    });
    let rule = Rule::new("00000000-0000-4000-8000-000000000000", "bench", body);
    let placeholders = BTreeMap::new();
    let inputs = Inputs {
        logsources: None,
        placeholders: &placeholders,
        schema: None,
    };
    match compile(&rule, &inputs).meaning {
        Meaning::Series(series) => Some(*series),
        Meaning::Known(_) | Meaning::Unsupported(_) | Meaning::Invalid => None,
    }
    .expect("a sequence")
}

fn text(text: impl Into<String>) -> Value {
    Value::String(text.into())
}

fn object(entries: Vec<(&str, Value)>) -> Value {
    let entries = entries.into_iter();
    Value::Object(
        entries
            .map(|(key, value)| (key.to_owned(), value))
            .collect(),
    )
}

/// An event a millisecond, of five kinds, its key drawn from all.
fn events() -> Vec<Event> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut draw = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let begin = 1_767_225_600_000_i64;
    let event = |at: usize| {
        let key = draw(KEYS);
        let (category, name, port) = match draw(5) {
            0 => ("process", "cmd.exe", 0),
            1 => ("process", "explorer.exe", 0),
            2 => ("network", "svchost.exe", 443),
            3 => ("network", "svchost.exe", 80),
            _ => ("file", "notepad.exe", 0),
        };
        let instant = begin + i64::try_from(at).expect("a time");
        let Value::Object(entries) = object(vec![
            (
                "@timestamp",
                text(verdict_compiler::ir::instant::print(instant)),
            ),
            (
                "event",
                object(vec![("category", text(category)), ("type", text("start"))]),
            ),
            ("host", object(vec![("id", text(format!("host-{key}")))])),
            ("user", object(vec![("name", text("someone"))])),
            (
                "process",
                object(vec![
                    ("name", text(name)),
                    ("pid", Value::Number(Number::from(4711))),
                ]),
            ),
            (
                "destination",
                object(vec![("port", Value::Number(Number::from(port)))]),
            ),
        ]) else {
            return Event::new(Vec::new());
        };
        Event::new(entries)
    };
    (0..EVENTS).map(event).collect()
}

/// Seconds that this process has computed, where the system tells; on a machine with other work, these are what one core takes.
fn computed() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name in parentheses; ticks are hundredths of a second.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut ticks = fields.split_whitespace().skip(11).map(str::parse::<f64>);
    let (user, system) = (ticks.next()?.ok()?, ticks.next()?.ok()?);
    Some((user + system) / 100.0)
}

fn main() {
    let events = events();
    println!("{EVENTS} events, {KEYS} keys, one core, after parsing");
    for query in RULES {
        let pack = SeriesPack::new([&series(query)]);
        let mut matches = 0_usize;
        let started = Instant::now();
        let before = computed();
        let memory = pack.scan(&events, &mut |_| matches += 1);
        let passed = started.elapsed().as_secs_f64();
        let seconds = before
            .zip(computed())
            .map_or(passed, |(before, after)| after - before);
        let keys = memory.first().map_or(0, |memory| memory.keys);
        println!(
            "{:>9.0} events/s  {matches:>6} matches  {keys:>6} keys at most  {query}",
            EVENTS as f64 / seconds
        );
    }
}
