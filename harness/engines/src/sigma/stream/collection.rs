//! Collections: what a document carries over to others of its text.
//!
//! The specification has dropped them with version 2, and rules of older collections are still there. Source: pySigma,
//! `sigma/collection.py` and its `tests/test_collection.py`: `action: global` is merged into every later rule until `reset`; `repeat` is
//! merged into the document before it, which is then judged once more; correlations and filters take nothing over.
//! Assumed: where both hold a key, the later document's value stands (pySigma's global ones win); several global ones add up.

use crate::QueryError;
use crate::sigma::document::Node;
use crate::sigma::scalar::Scalar;
use std::collections::HashMap;
use std::ops::Range;

/// How many values may be carried over, together: documents could double each other otherwise.
const MAX_COPIED: usize = 100_000;

/// What earlier documents left.
#[derive(Default)]
pub(super) struct Carried {
    global: Option<Node>,
    previous: Option<Node>,
    copied: usize,
}

impl Carried {
    /// The document with what is carried over to it; none if it stands there for others only.
    pub(super) fn take(&mut self, document: Node) -> Result<Option<Node>, QueryError> {
        let Some((key, action)) = document.all("action").next() else {
            let has = |key| document.all(key).next().is_some();
            if has("correlation") || has("filter") {
                return Ok(Some(document));
            }
            let whole = self.merged(self.global.clone(), document, 0..0)?;
            self.previous = Some(whole.clone());
            return Ok(Some(whole));
        };
        let span = key.span.clone();
        match super::read::text(action) {
            Some("global") => {
                let whole = self.merged(self.global.clone(), without_action(document), span)?;
                self.previous = Some(whole.clone());
                self.global = Some(whole);
                Ok(None)
            }
            Some("reset") => {
                self.global = None;
                Ok(None)
            }
            Some("repeat") => {
                let base = self.previous.take();
                let whole = self.merged(base, without_action(document), span)?;
                self.previous = Some(whole.clone());
                Ok(Some(whole))
            }
            Some(_) | None => Err(QueryError::new("`action` is global, reset or repeat", span)),
        }
    }

    fn merged(
        &mut self,
        base: Option<Node>,
        over: Node,
        span: Range<usize>,
    ) -> Result<Node, QueryError> {
        let Some(base) = base else {
            return Ok(over);
        };
        self.copied = self.copied.saturating_add(size(&base));
        if self.copied > MAX_COPIED {
            let message = format!("more than {MAX_COPIED} values are carried over");
            return Err(QueryError::new(message, span));
        }
        Ok(merge(placeless(base), over))
    }
}

fn without_action(document: Node) -> Node {
    match document {
        Node::Map(mut entries) => {
            entries.retain(|(key, _)| key.text != "action");
            Node::Map(entries)
        }
        Node::Scalar(_) | Node::List(_) => document,
    }
}

fn size(node: &Node) -> usize {
    match node {
        Node::Scalar(_) => 1,
        Node::List(items) => items.iter().map(size).sum::<usize>() + 1,
        Node::Map(entries) => entries.iter().map(|(_, value)| size(value)).sum::<usize>() + 1,
    }
}

/// A value of another document has no place in this one: it is told at the document's beginning.
fn placeless(node: Node) -> Node {
    let scalar = |scalar: Scalar| Scalar {
        span: 0..0,
        ..scalar
    };
    match node {
        Node::Scalar(one) => Node::Scalar(scalar(one)),
        Node::List(items) => Node::List(items.into_iter().map(placeless).collect()),
        Node::Map(entries) => Node::Map(
            entries
                .into_iter()
                .map(|(key, value)| (scalar(key), placeless(value)))
                .collect(),
        ),
    }
}

/// Maps are merged key by key, everything else is replaced. A key that stands twice in `over` stands twice afterwards, and is refused.
fn merge(base: Node, over: Node) -> Node {
    match (base, over) {
        (Node::Map(mut entries), Node::Map(above)) => {
            let places = entries.iter().enumerate();
            let mut places: HashMap<String, usize> = places
                .map(|(at, (key, _))| (key.text.clone(), at))
                .collect();
            for (key, value) in above {
                let known = places.remove(&key.text);
                match known.and_then(|at| entries.get_mut(at)) {
                    Some((_, below)) => {
                        let base = std::mem::replace(below, Node::List(Vec::new()));
                        *below = merge(base, value);
                    }
                    None => entries.push((key, value)),
                }
            }
            Node::Map(entries)
        }
        (_, over) => over,
    }
}
