//! Matching without an automaton: one derivative a character, for expressions that Lucene would refuse and whoever runs the rule does not.

use super::automaton::{State, class_of, partition};
use super::derive::Builder;
use super::term::{Id, Terms};

/// An expression that is derived anew for each text.
#[derive(Clone, Debug)]
pub(crate) struct Stepwise {
    terms: Terms,
    root: Id,
    runs: Vec<(u32, u16)>,
    members: Vec<Vec<bool>>,
}

impl Stepwise {
    pub(super) fn new(terms: Terms, root: Id) -> Self {
        let (runs, members) = partition(&terms.sets);
        Self {
            terms,
            root,
            runs,
            members,
        }
    }

    /// Whether the whole text matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        // Each character adds at most as many terms as the expression has places, so that the text alone bounds them.
        let mut builder = Builder::new(self.terms.clone(), self.members.clone(), usize::MAX);
        let mut left = self.root;
        for c in text.chars() {
            match builder.kind(left) {
                State::Done => return true,
                State::Dead => return false,
                State::Accepts | State::Rejects => {}
            }
            let class = usize::from(class_of(&self.runs, u32::from(c)));
            match builder.derive(left, class) {
                Some(next) => left = next,
                None => return false,
            }
        }
        matches!(builder.kind(left), State::Accepts | State::Done)
    }
}
