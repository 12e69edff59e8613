//! Derivatives: what of a term is left to match behind a character.

use super::automaton::State;
use super::term::{Id, Node, Terms};
use std::collections::HashMap;

/// Terms, and what was derived from them.
pub(super) struct Builder {
    terms: Terms,
    members: Vec<Vec<bool>>,
    derived: HashMap<(Id, usize), Id>,
    most: usize,
}

impl Builder {
    /// Terms derived by classes of characters (which sets hold each), as long as there are at most so many of them.
    pub(super) fn new(terms: Terms, members: Vec<Vec<bool>>, most: usize) -> Self {
        Self {
            terms,
            members,
            derived: HashMap::new(),
            most,
        }
    }

    /// What is known of a text when this is left to match.
    pub(super) fn kind(&mut self, id: Id) -> State {
        if id == self.terms.nothing() {
            State::Dead
        } else if id == self.terms.anything() {
            State::Done
        } else if self.terms.is_nullable(id) {
            State::Accepts
        } else {
            State::Rejects
        }
    }

    /// What is left to match behind a character of a class; None when there are too many terms.
    pub(super) fn derive(&mut self, id: Id, class: usize) -> Option<Id> {
        if let Some(known) = self.derived.get(&(id, class)) {
            return Some(*known);
        }
        if self.terms.len() > self.most {
            return None;
        }
        let result = match self.terms.node(id) {
            Node::Nothing | Node::Empty => self.terms.nothing(),
            Node::Set(set) => {
                let held = self
                    .members
                    .get(set)
                    .and_then(|classes| classes.get(class))
                    .copied();
                if held.unwrap_or(false) {
                    self.terms.empty()
                } else {
                    self.terms.nothing()
                }
            }
            Node::Concat(a, b) => {
                let head = self.derive(a, class)?;
                let through = self.terms.concat(head, b);
                if self.terms.is_nullable(a) {
                    let past = self.derive(b, class)?;
                    self.terms.or(vec![through, past])
                } else {
                    through
                }
            }
            Node::Repeat(inner, min, max) => {
                let once = self.derive(inner, class)?;
                let rest = self.terms.repeat(
                    inner,
                    min.saturating_sub(1),
                    max.map(|max| max.saturating_sub(1)),
                );
                self.terms.concat(once, rest)
            }
            Node::Or(any) => {
                let derived = self.derive_all(any, class)?;
                self.terms.or(derived)
            }
            Node::And(all) => {
                let derived = self.derive_all(all, class)?;
                self.terms.and(derived)
            }
            Node::Not(inner) => {
                let derived = self.derive(inner, class)?;
                self.terms.not(derived)
            }
        };
        self.derived.insert((id, class), result);
        Some(result)
    }

    fn derive_all(&mut self, ids: Vec<Id>, class: usize) -> Option<Vec<Id>> {
        ids.into_iter().map(|id| self.derive(id, class)).collect()
    }
}
