//! Puts events to a generated crate. Requests come in on standard input, answers go out on standard output:
//!
//! - `rule PLACE COUNT` and as many lines, an event each: one line, a character an event: `1` it matches, `0` it does not, `x` it cannot be
//!   read.
//! - `series PLACE COUNT` and as many lines: one line, a word a match of that rule over several events: the places of its events, parted by commas, `-` for one that
//!   is missing. `x` if an event cannot be read.
//! - `all COUNT` and as many lines: a line an event: the places of the rules that match, parted by blanks, or `x`.

use std::io::{self, BufRead, Write};

fn main() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut output = io::BufWriter::new(io::stdout().lock());
    let mut line = String::new();
    loop {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["rule", place, count] => {
                let rule = place
                    .parse()
                    .ok()
                    .and_then(|place: usize| verdict_rules::RULES.get(place));
                let rule = rule.ok_or_else(|| invalid(&line))?;
                let mut answers = String::new();
                for _ in 0..count.parse().map_err(|_| invalid(&line))? {
                    let answer = event(&mut input)?.map(|event| (rule.matches)(&event));
                    answers.push(match answer {
                        Some(true) => '1',
                        Some(false) => '0',
                        None => 'x',
                    });
                }
                writeln!(output, "{answers}")?;
            }
            ["series", place, count] => {
                let rule = place
                    .parse()
                    .ok()
                    .and_then(|place: usize| verdict_rules::SERIES.get(place));
                let rule = rule.ok_or_else(|| invalid(&line))?;
                let mut events = Vec::new();
                for _ in 0..count.parse().map_err(|_| invalid(&line))? {
                    events.push(event(&mut input)?);
                }
                let events: Option<Vec<verdict_rules::Event>> = events.into_iter().collect();
                let words = events.map_or_else(
                    || vec!["x".to_owned()],
                    |events| {
                        let found = rule.stream().scan(&events).matches;
                        found.iter().map(|events| word(events)).collect()
                    },
                );
                writeln!(output, "{}", words.join(" "))?;
            }
            ["all", count] => {
                // Answers wait until every event is read, so that neither side waits for the other.
                let mut answers = String::new();
                for _ in 0..count.parse().map_err(|_| invalid(&line))? {
                    let places = event(&mut input)?.map(|event| verdict_rules::matching(&event));
                    let words = places.map_or_else(
                        || vec!["x".to_owned()],
                        |places| places.iter().map(ToString::to_string).collect(),
                    );
                    answers.push_str(&words.join(" "));
                    answers.push('\n');
                }
                write!(output, "{answers}")?;
            }
            _ => return Err(invalid(&line)),
        }
        output.flush()?;
    }
}

/// A match as a word.
fn word(events: &[Option<usize>]) -> String {
    let place = |event: &Option<usize>| event.map_or_else(|| "-".to_owned(), |at| at.to_string());
    events.iter().map(place).collect::<Vec<_>>().join(",")
}

/// The event of the next line, if it is one.
fn event(input: &mut impl BufRead) -> io::Result<Option<verdict_rules::Event>> {
    let mut line = String::new();
    input.read_line(&mut line)?;
    Ok(verdict_rules::read(&line).next().and_then(Result::ok))
}

fn invalid(line: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, line.to_owned())
}
