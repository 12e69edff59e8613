//! Files of several documents, and what `action:` carries from one to the next.
//!
//! Source: Sigma's older specification, "Rule Collections": what a document with `action: global` holds is merged into all that follow, until one with
//! `action: reset`; `action: repeat` makes another rule of the one before and what it holds itself. Maps are merged key by key, anything else is replaced.

use super::document::{self, Node};
use crate::QueryError;
use std::cell::Cell;

/// The most values that documents may bring into others, together.
const MAX_CARRIED: usize = 100_000;

/// A document of a text.
pub(super) struct Part {
    /// Where it begins in the text.
    pub(super) offset: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// Its tree with what was carried into it, every place one of the whole text; or what is wrong with it.
    pub(super) node: Result<Node, QueryError>,
    /// Whether it is there for others alone.
    pub(super) carries: bool,
}

/// The documents of a text, of which these keys are wanted beside `action`.
pub(super) fn parts(text: &str, wanted: &[&str]) -> Vec<Part> {
    let wanted: Vec<&str> = wanted.iter().copied().chain(["action"]).collect();
    let left = Cell::new(MAX_CARRIED);
    let mut global: Option<Node> = None;
    let mut previous: Option<Node> = None;
    let mut found = Vec::new();
    for (offset, part) in cut(text) {
        let mut carries = false;
        let read = document::read(part, Some(&wanted)).map_err(|mut fault| {
            fault.span = fault.span.start + offset..fault.span.end + offset;
            fault
        });
        let node = read.and_then(|mut own| {
            own.shift(offset);
            let node = match action(&own) {
                Some("global") => {
                    carries = true;
                    let node = over(global.as_ref(), own, &left)?;
                    global = Some(node.clone());
                    return Ok(node);
                }
                Some("reset") => {
                    carries = true;
                    global = None;
                    return Ok(own);
                }
                Some("repeat") => over(previous.as_ref(), own, &left)?,
                Some(_) | None => over(global.as_ref(), own, &left)?,
            };
            previous = Some(node.clone());
            Ok(node)
        });
        found.push(Part {
            offset,
            end: offset + part.len(),
            node,
            carries,
        });
    }
    found
}

fn action(node: &Node) -> Option<&str> {
    match node.all("action").next() {
        Some((_, Node::Scalar(scalar))) => Some(scalar.text.as_str()),
        Some((_, Node::List(_) | Node::Map(_))) | None => None,
    }
}

/// A document over what is carried into it.
fn over(base: Option<&Node>, own: Node, left: &Cell<usize>) -> Result<Node, QueryError> {
    let Some(base) = base else {
        return Ok(own);
    };
    let Some(rest) = left.get().checked_sub(size(base)) else {
        let message = format!("documents carry more than {MAX_CARRIED} values into others");
        return Err(QueryError::new(message, 0..0));
    };
    left.set(rest);
    Ok(merged(base, own))
}

fn size(node: &Node) -> usize {
    1 + match node {
        Node::Scalar(_) => 0,
        Node::List(items) => items.iter().map(size).sum(),
        Node::Map(entries) => entries.iter().map(|(_, value)| size(value)).sum(),
    }
}

fn merged(base: &Node, own: Node) -> Node {
    let (Node::Map(below), Node::Map(above)) = (base, &own) else {
        return own;
    };
    let mut entries: Vec<_> = below
        .iter()
        .filter(|(key, _)| key.text != "action")
        .cloned()
        .collect();
    let known = entries.len();
    for (key, value) in above {
        // A key that stands twice in the document itself is left as it is, to be refused.
        let mut places = entries.iter_mut().take(known);
        match places.find(|(name, _)| name.text == key.text) {
            Some(place) => *place = (key.clone(), merged(&place.1, value.clone())),
            None => entries.push((key.clone(), value.clone())),
        }
    }
    Node::Map(entries)
}

/// The documents of a text with the bytes where they begin. A line that begins with `---` parts them wherever it stands: no
/// scalar of several lines can hold one. What holds only comments is none.
fn cut(text: &str) -> Vec<(usize, &str)> {
    let mut cuts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let marker = line.strip_prefix("---");
        if marker.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n'])) {
            cuts.push(at);
        }
        at += line.len();
    }
    cuts.push(text.len());
    let empty = |part: &str| {
        part.lines().all(|line| {
            let line = line.strip_prefix("---").unwrap_or(line).trim();
            line.is_empty() || line.starts_with('#')
        })
    };
    let pairs = cuts.windows(2).filter_map(|pair| {
        let (from, to) = (pair.first()?, pair.last()?);
        Some((*from, text.get(*from..*to)?))
    });
    pairs.filter(|(_, part)| !empty(part)).collect()
}
