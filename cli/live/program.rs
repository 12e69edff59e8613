//! A program that answers questions about events, in as many processes as there are threads that ask.

use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use verdict_event::{Event, Value};
use verdict_harness::Match;

/// How many events are sent before answers are read. The program answers when it has read them all, so neither side waits for the other.
const BATCH: usize = 1_000;
/// The longest line of an answer.
const MAX_ANSWER: u64 = 1 << 26;

/// A judge of rules, built.
#[derive(Debug)]
pub(crate) struct Program {
    path: PathBuf,
    idle: Mutex<Vec<Process>>,
}

#[derive(Debug)]
struct Process {
    child: Child,
    input: BufWriter<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has nothing to save, and nobody waits for what it would say.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    /// The program at a path.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Which events the rule at a place matches; None for one that the program cannot read.
    pub(crate) fn rule(
        &self,
        place: usize,
        events: &[&Event],
    ) -> Result<Vec<Option<bool>>, String> {
        let mut found = Vec::with_capacity(events.len());
        for batch in events.chunks(BATCH) {
            let head = format!("rule {place} {}", batch.len());
            let lines = self.ask(&head, batch, 1)?;
            let answers = lines.first().map(String::as_str).unwrap_or_default();
            found.extend(answers.chars().map(|answer| match answer {
                '1' => Some(true),
                '0' => Some(false),
                _ => None,
            }));
        }
        if found.len() != events.len() {
            return Err("the generated program does not answer each event".to_owned());
        }
        Ok(found)
    }

    /// The matches that the rule over several events at a place finds in a stream; None if the program cannot read it.
    pub(crate) fn series(
        &self,
        place: usize,
        stream: &[Event],
    ) -> Result<Option<Vec<Match>>, String> {
        let events: Vec<&Event> = stream.iter().collect();
        let head = format!("series {place} {}", events.len());
        let lines = self.ask(&head, &events, 1)?;
        let answer = lines.first().map(String::as_str).unwrap_or_default();
        let event = |slot: &str| match slot {
            "-" => Some(None),
            place => place.parse().ok().map(Some),
        };
        let matches = answer.split_whitespace();
        let matches = matches.map(|slots| slots.split(',').map(event).collect());
        Ok(matches.collect())
    }

    /// The places of the rules that match each event; None for one that the program cannot read.
    pub(crate) fn all(&self, events: &[&Event]) -> Result<Vec<Option<Vec<usize>>>, String> {
        let mut found = Vec::with_capacity(events.len());
        for batch in events.chunks(BATCH) {
            let lines = self.ask(&format!("all {}", batch.len()), batch, batch.len())?;
            let places = |line: &String| {
                line.split_whitespace()
                    .map(|place| place.parse().ok())
                    .collect()
            };
            found.extend(lines.iter().map(places));
        }
        Ok(found)
    }

    /// Sends a question and reads so many lines of answer.
    fn ask(&self, head: &str, events: &[&Event], lines: usize) -> Result<Vec<String>, String> {
        let told = |error: std::io::Error| format!("the generated program failed: {error}");
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let mut process = match idle {
            Some(process) => process,
            None => self.start().map_err(told)?,
        };
        let answer = process.exchange(head, events, lines).map_err(told)?;
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(process);
        }
        Ok(answer)
    }

    fn start(&self) -> std::io::Result<Process> {
        let mut child = Command::new(&self.path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let closed = || std::io::Error::other("it has no pipes");
        let input = BufWriter::new(child.stdin.take().ok_or_else(closed)?);
        let output = BufReader::new(child.stdout.take().ok_or_else(closed)?);
        Ok(Process {
            child,
            input,
            output,
        })
    }
}

/// One line of JSON, in which a number has its own text; other writers would write its exponent anew.
fn json(value: &Value, line: &mut String) {
    match value {
        Value::Number(number) if is_json(number.text()) => line.push_str(number.text()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            line.push_str(&value.to_json().to_string());
        }
        Value::List(items) => {
            line.push('[');
            for (at, item) in items.iter().enumerate() {
                line.push_str(if at == 0 { "" } else { "," });
                json(item, line);
            }
            line.push(']');
        }
        Value::Object(entries) => {
            line.push('{');
            for (at, (key, item)) in entries.iter().enumerate() {
                line.push_str(if at == 0 { "" } else { "," });
                line.push_str(&Value::from(key.as_str()).to_json().to_string());
                line.push(':');
                json(item, line);
            }
            line.push('}');
        }
    }
}

/// Whether a number's text may stand in JSON: decimal text may have leading zeros, which may not.
fn is_json(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let rest = digits.strip_prefix('0').unwrap_or_default();
    !rest.starts_with(|first: char| first.is_ascii_digit())
}

impl Process {
    fn exchange(
        &mut self,
        head: &str,
        events: &[&Event],
        lines: usize,
    ) -> std::io::Result<Vec<String>> {
        writeln!(self.input, "{head}")?;
        for event in events {
            let mut line = String::new();
            json(event.root(), &mut line);
            writeln!(self.input, "{line}")?;
        }
        self.input.flush()?;
        let mut found = Vec::with_capacity(lines);
        for _ in 0..lines {
            let mut line = String::new();
            self.output.by_ref().take(MAX_ANSWER).read_line(&mut line)?;
            if !line.ends_with('\n') {
                return Err(std::io::Error::other("it ended before it had answered"));
            }
            found.push(line.trim_end().to_owned());
        }
        Ok(found)
    }
}
