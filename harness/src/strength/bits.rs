//! What every place of a predicate says of every event, a bit an event.
//!
//! Each leaf is asked once an event. A place *decides* an event if the predicate's verdict turns with it: so a mistake in one place is seen on an event
//! exactly if the place decides it and says something else there. Nothing above the place has to be computed again.

use super::columns::Columns;
use super::probe::Probe;
use crate::mutation::tree::Tree;
use crate::oracle::Oracle;
use std::collections::HashMap;
use verdict_compiler::ir::{Expr, Leaf};

/// A bit an event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// So many events, all alike.
    pub fn all(events: usize, value: bool) -> Self {
        let mut words = vec![if value { u64::MAX } else { 0 }; events.div_ceil(64)];
        if let Some(last) = words.last_mut()
            && !events.is_multiple_of(64)
        {
            *last &= (1 << (events % 64)) - 1;
        }
        Self { words }
    }

    /// Of so many events these.
    pub fn of(events: usize, set: impl IntoIterator<Item = usize>) -> Self {
        let mut bits = Self::all(events, false);
        set.into_iter().for_each(|event| bits.set(event));
        bits
    }

    pub(crate) fn set(&mut self, event: usize) {
        if let Some(word) = self.words.get_mut(event / 64) {
            *word |= 1 << (event % 64);
        }
    }

    /// Whether an event's bit is set.
    pub fn get(&self, event: usize) -> bool {
        self.words
            .get(event / 64)
            .is_some_and(|word| word >> (event % 64) & 1 == 1)
    }

    /// Whether any is set.
    pub fn any(&self) -> bool {
        self.words.iter().any(|word| *word != 0)
    }

    /// The events whose bit is set, in order.
    pub fn events(&self) -> impl Iterator<Item = usize> + '_ {
        self.words.iter().enumerate().flat_map(|(at, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                if rest == 0 {
                    return None;
                }
                let bit = rest.trailing_zeros();
                rest &= rest - 1;
                Some(at * 64 + usize::try_from(bit).unwrap_or(0))
            })
        })
    }

    /// The events whose bit is set, from one of them on and then those before it.
    pub fn events_from(&self, start: usize) -> impl Iterator<Item = usize> + '_ {
        let behind = self.events().filter(move |event| *event >= start);
        behind.chain(self.events().take_while(move |event| *event < start))
    }

    /// These and those.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
        self
    }

    /// These without those.
    #[must_use]
    pub fn without(mut self, other: &Self) -> Self {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
        self
    }

    fn or(mut self, other: &Self) -> Self {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
        self
    }

    /// These or those, not both.
    #[must_use]
    pub fn differing(mut self, other: &Self) -> Self {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word ^= other;
        }
        self
    }
}

/// What the places of a predicate say of some events.
pub struct Table {
    events: usize,
    says: Vec<Bits>,
    decides: Vec<Bits>,
}

impl Table {
    /// Asks every leaf about every event, once. `probes` are the leaves by place.
    pub(crate) fn new(
        tree: &Tree<'_>,
        oracle: &Oracle<'_>,
        probes: &[Option<Probe<'_>>],
        columns: &Columns<'_>,
    ) -> Self {
        let events = columns.len();
        let mut table = Self {
            events,
            says: vec![Bits::all(events, false); tree.nodes().len()],
            decides: vec![Bits::all(events, true); tree.nodes().len()],
        };
        let mut known: HashMap<&Leaf, usize> = HashMap::new();
        for place in (0..tree.nodes().len()).rev() {
            if let Some(bits) = table.value(tree, place, (oracle, probes, columns), &mut known)
                && let Some(says) = table.says.get_mut(place)
            {
                *says = bits;
            }
        }
        for place in 0..tree.nodes().len() {
            table.hand_down(tree, place);
        }
        table
    }

    fn value<'i>(
        &self,
        tree: &Tree<'i>,
        place: usize,
        (oracle, probes, columns): (&Oracle<'_>, &[Option<Probe<'_>>], &Columns<'_>),
        known: &mut HashMap<&'i Leaf, usize>,
    ) -> Option<Bits> {
        let node = tree.get(place)?;
        Some(match node.expr {
            Expr::Const(value) => Bits::all(self.events, *value),
            Expr::Not(_) => {
                let below = node
                    .children
                    .first()
                    .and_then(|child| self.says.get(*child))?;
                Bits::all(self.events, true).without(below)
            }
            Expr::All(_) => self.joined(&node.children, true),
            Expr::Any(_) => self.joined(&node.children, false),
            Expr::Leaf(leaf) => {
                if let Some(same) = known.get(leaf) {
                    return self.says.get(*same).cloned();
                }
                known.insert(leaf, place);
                let probe = probes.get(place)?.as_ref()?;
                let mut bits = Bits::all(self.events, false);
                for at in 0..self.events {
                    if probe.says(oracle, columns, at) {
                        bits.set(at);
                    }
                }
                bits
            }
        })
    }

    /// What some places say together.
    pub fn joined(&self, places: &[usize], all: bool) -> Bits {
        let operands = places.iter().filter_map(|place| self.says.get(*place));
        operands.fold(Bits::all(self.events, all), |joined, operand| {
            if all {
                joined.and(operand)
            } else {
                joined.or(operand)
            }
        })
    }

    /// A place's operands decide where it does and their siblings leave it to them.
    fn hand_down(&mut self, tree: &Tree<'_>, place: usize) {
        let (Some(node), Some(own)) = (tree.get(place), self.decides.get(place).cloned()) else {
            return;
        };
        match node.expr {
            Expr::Const(_) | Expr::Leaf(_) => {}
            Expr::Not(_) => {
                for child in &node.children {
                    if let Some(decides) = self.decides.get_mut(*child) {
                        *decides = own.clone();
                    }
                }
            }
            Expr::All(_) => self.among(&node.children, &own, true),
            Expr::Any(_) => self.among(&node.children, &own, false),
        }
    }

    /// Each operand decides where the others are all true (of OR: all false): from both ends, so that a long list costs its length.
    fn among(&mut self, operands: &[usize], own: &Bits, all: bool) {
        let leaves = |bits: Bits, says: &Bits| {
            if all {
                bits.and(says)
            } else {
                bits.without(says)
            }
        };
        let mut before = own.clone();
        for place in operands {
            let Some(says) = self.says.get(*place) else {
                continue;
            };
            let next = leaves(before.clone(), says);
            if let Some(decides) = self.decides.get_mut(*place) {
                *decides = before;
            }
            before = next;
        }
        let mut behind = Bits::all(self.events, true);
        for place in operands.iter().rev() {
            let Some(says) = self.says.get(*place) else {
                continue;
            };
            if let Some(decides) = self.decides.get_mut(*place) {
                *decides = decides.clone().and(&behind);
            }
            behind = leaves(behind, says);
        }
    }

    /// What a place says.
    pub fn says(&self, place: usize) -> Bits {
        let says = self.says.get(place).cloned();
        says.unwrap_or_else(|| Bits::all(self.events, false))
    }

    /// The events of which a place says this.
    pub fn says_so(&self, place: usize, value: bool) -> Bits {
        let says = self.says(place);
        if value {
            says
        } else {
            Bits::all(self.events, true).without(&says)
        }
    }

    /// Where a place decides.
    pub fn decides(&self, place: usize) -> Bits {
        let decides = self.decides.get(place).cloned();
        decides.unwrap_or_else(|| Bits::all(self.events, false))
    }

    /// Whether a place was seen deciding both ways.
    pub fn has_pair(&self, place: usize) -> bool {
        let (says, decides) = (self.says(place), self.decides(place));
        decides.clone().and(&says).any() && decides.without(&says).any()
    }
}
