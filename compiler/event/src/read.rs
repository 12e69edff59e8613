//! Text to events: NDJSON, a JSON array, or JSON documents one after another.

use crate::value::Event;
use std::fmt;

/// Why a text is not a stream of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// 1-based line in the text.
    pub line: usize,
    /// 1-based column in bytes.
    pub column: usize,
    /// What is wrong, in lower case, without the place.
    pub message: String,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ReadError {}

/// Reads every event of a text, in order. JSON nested deeper than 128 levels is refused.
///
/// Accepted are objects one after another (one a line, or over several lines) and arrays of objects. A UTF-8 byte order mark at the
/// start is skipped.
pub fn read_events(text: &str) -> Result<Vec<Event>, ReadError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut events = Vec::new();
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    while let Some(document) = stream.next() {
        match document {
            Ok(serde_json::Value::Array(items)) => {
                let offset = stream.byte_offset();
                for item in items {
                    events.push(Event::from_json(item).ok_or_else(|| not_an_object(text, offset))?);
                }
            }
            Ok(item) => {
                let offset = stream.byte_offset();
                events.push(Event::from_json(item).ok_or_else(|| not_an_object(text, offset))?);
            }
            Err(error) => {
                return Err(ReadError {
                    line: error.line(),
                    column: error.column(),
                    message: format!("not JSON: {}", without_place(&error.to_string())),
                });
            }
        }
    }
    Ok(events)
}

fn not_an_object(text: &str, offset: usize) -> ReadError {
    let before = text.get(..offset).unwrap_or(text);
    ReadError {
        line: before.matches('\n').count() + 1,
        column: before.len() - before.rfind('\n').map_or(0, |at| at + 1) + 1,
        message: "an event must be a JSON object".to_owned(),
    }
}

fn without_place(message: &str) -> &str {
    message.split(" at line ").next().unwrap_or(message)
}

#[cfg(test)]
mod tests {
    use super::read_events;
    use crate::Value;

    #[test]
    fn lines_arrays_and_concatenated_documents() {
        for text in [
            "{\"a\":1}\n\n{\"a\":2}\n",
            "[{\"a\":1},{\"a\":2}]",
            "\u{feff}{\"a\":1}{\n\"a\":2}",
        ] {
            assert_eq!(read_events(text).expect("events").len(), 2, "{text}");
        }
    }

    #[test]
    fn numbers_keep_their_text() {
        let events =
            read_events(r#"{"a":1.0,"b":12345678901234567890123,"c":-0}"#).expect("events");
        let texts: Vec<_> = events[0]
            .entries()
            .iter()
            .filter_map(|(_, value)| value.scalar_text())
            .collect();
        assert_eq!(texts, ["1.0", "12345678901234567890123", "-0"]);
        assert!(matches!(events[0].entries()[0].1, Value::Number(_)));
    }

    #[test]
    fn faults_have_a_place() {
        let error = read_events("{\"a\":1}\n{\"a\":").expect_err("an error");
        assert_eq!(
            (error.line, error.message.starts_with("not JSON")),
            (2, true)
        );
        assert_eq!(read_events("{\"a\":1}\n17").expect_err("an error").line, 2);
        assert!(read_events(&"[".repeat(100_000)).is_err());
    }
}
