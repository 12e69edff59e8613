//! Fixtures: events that a person wrote, with what the rule must say of them.

use crate::codes::rule as codes;
use crate::diagnostic::Diagnostic;
use crate::rule::located::Located;
use crate::rule::node::{Entry, Node, NodeKind, Resolved};
use crate::rule::reader::{Reader, get, shorten};
use crate::span::Span;
use std::collections::HashMap;
use verdict_event::{Event, Value};

/// Events and the verdict that the rule must give.
#[derive(Clone, Debug, PartialEq)]
pub struct Fixture {
    /// Its name, unique in the rule.
    pub name: Located<String>,
    /// The events, in order; exactly one where `event:` was written.
    pub events: Vec<Located<Event>>,
    /// What must come out.
    pub expected: Expected,
    /// Where the fixture stands.
    pub span: Span,
}

/// What a rule must say of a fixture's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Whether it matches: the event, or for several events any of them or any group of them.
    Match(bool),
    /// Exactly these matches, each as indices of events; a missing event of a sequence is None.
    Groups(Vec<Vec<Option<usize>>>),
}

const KEYS: &[&str] = &["name", "event", "events", "match"];

/// Reads `fixtures:`.
pub(crate) fn read(reader: &mut Reader, node: &Node) -> Vec<Fixture> {
    let Some(items) = node.as_list() else {
        if !node.is_null() {
            reader.wrong_type(node, "`fixtures`", "a list");
        }
        return Vec::new();
    };
    let mut fixtures: Vec<Fixture> = Vec::new();
    let mut names: HashMap<String, Span> = HashMap::new();
    for item in items {
        let Some(fixture) = read_one(reader, item) else {
            continue;
        };
        let Located { value, span } = &fixture.name;
        if let Some(first) = names.get(value) {
            reader.push(
                Diagnostic::error(
                    codes::DUPLICATE_FIXTURE,
                    *span,
                    format!("two fixtures are named `{}`", shorten(value)),
                    "a report could not tell them apart",
                )
                .related(*first, "first here"),
            );
        }
        names.entry(value.clone()).or_insert(*span);
        fixtures.push(fixture);
    }
    fixtures
}

fn read_one(reader: &mut Reader, item: &Node) -> Option<Fixture> {
    let what = "a fixture";
    let entries = reader.known_map(item, what, KEYS)?;
    let name = required(reader, item, entries, "name")
        .and_then(|node| reader.filled(node, "a fixture's `name`"));
    let events = read_events(reader, item, entries);
    let expected = required(reader, item, entries, "match")
        .and_then(|node| read_expected(reader, node, events.as_ref().map(Vec::len)));
    Some(Fixture {
        name: name?,
        events: events?,
        expected: expected?,
        span: item.span,
    })
}

fn required<'n>(
    reader: &mut Reader,
    item: &Node,
    entries: &'n [Entry],
    key: &str,
) -> Option<&'n Node> {
    let node = get(entries, key);
    if node.is_none() {
        reader.missing(item.span, "a fixture", key);
    }
    node
}

fn read_events(reader: &mut Reader, item: &Node, entries: &[Entry]) -> Option<Vec<Located<Event>>> {
    match (get(entries, "event"), get(entries, "events")) {
        (Some(node), None) => read_event(reader, node).map(|event| vec![event]),
        (None, Some(node)) => {
            let Some(items) = node.as_list() else {
                reader.wrong_type(node, "`events`", "a list of events");
                return None;
            };
            let read: Vec<_> = items.iter().map(|item| read_event(reader, item)).collect();
            read.into_iter().collect()
        }
        (None, None) => {
            reader.missing(item.span, "a fixture", "event");
            None
        }
        (Some(one), Some(several)) => {
            reader.push(
                Diagnostic::error(
                    codes::BAD_FIXTURE,
                    several.span,
                    "a fixture has either `event` or `events`",
                    "this fixture has both",
                )
                .related(one.span, "the single event"),
            );
            None
        }
    }
}

fn read_event(reader: &mut Reader, node: &Node) -> Option<Located<Event>> {
    match value(node) {
        Value::Object(entries) => Some(Located::new(Event::new(entries), node.span)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::List(_) => {
            reader.wrong_type(node, "an event", "a mapping");
            None
        }
    }
}

/// A node as a value of an event: plain numbers, booleans and null are what they look like, everything else is text.
pub fn value(node: &Node) -> Value {
    match &node.kind {
        NodeKind::Scalar(scalar) => match scalar.resolve() {
            Resolved::Null => Value::Null,
            Resolved::Bool(value) => Value::Bool(value),
            Resolved::Number(number) => Value::Number(number),
            Resolved::Text(text) => Value::String(text.to_owned()),
        },
        NodeKind::List(items) => Value::List(items.iter().map(value).collect()),
        NodeKind::Map(entries) => Value::Object(
            entries
                .iter()
                .map(|entry| (entry.key.clone(), value(&entry.value)))
                .collect(),
        ),
    }
}

fn read_expected(reader: &mut Reader, node: &Node, events: Option<usize>) -> Option<Expected> {
    match &node.kind {
        NodeKind::Scalar(scalar) => {
            if let Resolved::Bool(matches) = scalar.resolve() {
                return Some(Expected::Match(matches));
            }
        }
        NodeKind::List(groups) => {
            let read: Vec<_> = groups
                .iter()
                .map(|group| read_group(reader, group, events))
                .collect();
            return read
                .into_iter()
                .collect::<Option<Vec<_>>>()
                .map(Expected::Groups);
        }
        NodeKind::Map(_) => {}
    }
    reader.wrong_type(node, "`match`", "true, false or lists of event indices");
    None
}

fn read_group(
    reader: &mut Reader,
    group: &Node,
    events: Option<usize>,
) -> Option<Vec<Option<usize>>> {
    let Some(items) = group.as_list() else {
        reader.wrong_type(group, "each match", "a list of event indices");
        return None;
    };
    let mut indices = Vec::new();
    for item in items {
        if item.is_null() {
            indices.push(None);
            continue;
        }
        let index = reader.whole(item, "an event index", 0)?;
        let index = usize::try_from(index.value).unwrap_or(usize::MAX);
        if let Some(count) = events
            && index >= count
        {
            reader.push(Diagnostic::error(
                codes::BAD_FIXTURE,
                item.span,
                format!("the fixture has no event {index}"),
                format!("indices begin at 0; events here: {count}"),
            ));
            return None;
        }
        indices.push(Some(index));
    }
    Some(indices)
}
