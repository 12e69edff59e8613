//! Many rules over one event.

use crate::native::build::Builder;
use crate::native::fields::Fields;
use crate::native::index::Index;
use crate::native::node::Node;
use crate::native::reading::Reading;
use verdict_compiler::Ir;
use verdict_event::Event;

/// Whole packs at once: one pass an event, only those rules looked at whose necessary leaf can hold.
#[derive(Debug)]
pub struct Pack {
    fields: Fields,
    nodes: Vec<Node>,
    index: Index,
}

impl Pack {
    /// The pack of these rules.
    pub fn new<'i>(irs: impl IntoIterator<Item = &'i Ir>) -> Self {
        let irs: Vec<&Ir> = irs.into_iter().collect();
        let mut builder = Builder::default();
        let nodes = irs
            .iter()
            .map(|ir| builder.node(&ir.predicate, &ir.fields))
            .collect();
        let index = Index::new(&irs, &mut builder);
        Self {
            fields: builder.into_fields(),
            nodes,
            index,
        }
    }

    /// The positions of the rules that match an event, ascending.
    pub fn matches(&self, event: &Event) -> Vec<usize> {
        let reading = Reading::whole(event, &self.fields);
        let holds = |rule: &usize| {
            self.nodes
                .get(*rule)
                .is_some_and(|node| node.holds(&reading))
        };
        self.index
            .candidates(&reading)
            .iter()
            .filter(holds)
            .collect()
    }

    /// How many rules are looked at for an event: what the index is measured by.
    #[cfg(test)]
    pub(super) fn looked_at(&self, event: &Event) -> usize {
        let reading = Reading::whole(event, &self.fields);
        self.index.candidates(&reading).iter().count()
    }
}
