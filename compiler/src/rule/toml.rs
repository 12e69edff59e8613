//! TOML text to [`Node`]s, so that all forms of a rule are read alike.
//!
//! Strings and dates become quoted scalars, numbers and booleans plain ones with their source text.

use crate::codes::rule as codes;
use crate::diagnostic::Diagnostic;
use crate::rule::anchor::anchored;
use crate::rule::node::{Entry, Node, NodeKind, Scalar, Style};
use crate::rule::reader::MOST;
use crate::rule::yaml::{MAX_BYTES, too_large};
use crate::span::{Span, Text};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file's root table. The parser bounds nesting.
pub fn document(text: &str) -> Result<Node, Vec<Diagnostic>> {
    if text.len() > MAX_BYTES {
        return Err(vec![too_large(text)]);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        let whole = Span::new(0, text.len());
        return Ok(convert_table(text, table.get_ref(), whole));
    }
    let found = errors.into_iter().take(MOST).map(|error| {
        let range = error.span().unwrap_or_default();
        let reason = error.message().to_owned();
        let code = if reason.contains("duplicate key") {
            codes::DUPLICATE_KEY
        } else {
            codes::TOML_SYNTAX
        };
        Diagnostic::error(code, span(&range), code.title, reason)
    });
    Err(found.collect())
}

fn span(range: &Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

fn convert(source: &str, value: &Spanned<DeValue<'_>>) -> Node {
    let place = span(&value.span());
    let raw = source.get(place.start..place.end).unwrap_or_default();
    let scalar = |text: Text, style: Style| NodeKind::Scalar(Scalar { text, style });
    let verbatim = |style: Style| scalar(Text::verbatim(raw, place.start), style);
    let kind = match value.get_ref() {
        DeValue::String(text) => scalar(anchored(text, raw, place), Style::Quoted),
        DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) => verbatim(Style::Plain),
        DeValue::Datetime(_) => verbatim(Style::Quoted),
        DeValue::Array(items) => {
            NodeKind::List(items.iter().map(|item| convert(source, item)).collect())
        }
        DeValue::Table(table) => return convert_table(source, table, place),
    };
    Node { kind, span: place }
}

fn convert_table(source: &str, table: &DeTable<'_>, place: Span) -> Node {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_span: span(&key.span()),
            value: convert(source, value),
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span);
    Node {
        kind: NodeKind::Map(entries),
        span: place,
    }
}

#[cfg(test)]
mod tests {
    use super::document;
    use crate::rule::node::Resolved;

    #[test]
    fn values_keep_their_places() {
        let text = "[rule]\nquery = '''\nprocess where\n  true\n'''\nrisk = 47\nname = \"a \\\"b\\\" c\"\n";
        let node = document(text).expect("TOML");
        let rule = node.get("rule").expect("a table");
        let query = &rule
            .get("query")
            .and_then(|node| node.as_scalar())
            .expect("a text")
            .text;
        assert_eq!(query.text, "process where\n  true\n");
        let at = query.text.find("true").expect("true");
        let span = query.locate(at, at + 4);
        assert_eq!(text.get(span.start..span.end), Some("true"));
        let risk = rule
            .get("risk")
            .and_then(|node| node.as_scalar())
            .expect("a number");
        assert!(matches!(risk.resolve(), Resolved::Number(_)));
    }

    #[test]
    fn deep_nesting_is_refused() {
        for text in [
            format!("a = {}", "[".repeat(100_000)),
            format!("{}=1", vec!["a"; 50_000].join(".")),
            format!("[{}]", vec!["a"; 50_000].join(".")),
            format!("a = {}", "{a=".repeat(50_000)),
        ] {
            assert!(document(&text).is_err());
        }
    }
}
