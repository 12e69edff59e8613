//! The in-process matcher.
//!
//! [`Matcher`] runs one rule, [`Pack`] many at once, [`SeriesPack`] those over several events; they say of every event exactly what the IR means (`docs/semantics.md`). They are the fast reading
//! of it: the plain one is the oracle's, and each is checked against the other. So nothing here is shared with it but the IR's own
//! definitions (folding, instants, versions, functions).
//!
//! ```text
//! Expr --build--> Node, over slots of Fields        event --Reading--> values by slot, folded once
//!      --clause--> what a match must hold --Index--> the few rules of a pack worth a look at this event
//! ```
//!
//! A `Node` keeps the expression's logic and changes only its order (cheap operands first) and its grouping (alternatives on
//! one field become one look-up). Nothing here can panic, whatever the rule or event.

mod alternatives;
mod amount;
mod build;
mod check;
mod clause;
mod definitions;
mod fields;
mod index;
mod literal;
mod node;
mod operand;
mod pack;
mod reading;
mod relate;
mod series;
#[cfg(test)]
mod tests;
mod text;
mod view;

use build::Builder;
use fields::Fields;
use node::Node;
use reading::Reading;
use verdict_compiler::Ir;
use verdict_event::Event;

pub use pack::Pack;
pub use series::{DEFAULT_KEYS, Found, Match, Memory, SeriesPack};

/// One rule, ready to be asked about events.
#[derive(Debug)]
pub struct Matcher {
    fields: Fields,
    node: Node,
}

impl Matcher {
    /// The matcher of an IR. Regular expressions and literals are prepared here, once.
    pub fn new(ir: &Ir) -> Self {
        let mut builder = Builder::default();
        let node = builder.node(&ir.predicate, &ir.fields);
        Self {
            node,
            fields: builder.into_fields(),
        }
    }

    /// Whether the rule matches an event.
    pub fn matches(&self, event: &Event) -> bool {
        self.node.holds(&Reading::lazy(event, &self.fields))
    }
}
