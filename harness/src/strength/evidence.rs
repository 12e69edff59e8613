//! Some events as evidence: which mistakes they show.

use super::bits::{Bits, Table};
use super::columns::{Columns, Fields};
use super::of_values;
use super::probe::{Probe, Probes};
use crate::mutation::tree::{Node, Tree};
use crate::mutation::{Change, Mutant};
use crate::oracle::Oracle;
use std::cell::Cell;
use verdict_compiler::ir::{Expr, Leaf, LeafKind, Term};
use verdict_event::Event;

/// What a rule says of some events, place by place.
pub(crate) struct Evidence<'s> {
    oracle: &'s Oracle<'s>,
    tree: &'s Tree<'s>,
    fields: Fields<'s>,
    /// The leaves by place.
    probes: Vec<Option<Probe<'s>>>,
    columns: Columns<'s>,
    table: Table,
    /// The event that showed the last mistake: events are made leaf by leaf, so the next is shown near it.
    near: Cell<usize>,
}

/// What stands in a place by mistake, ready to be asked.
pub(crate) struct Instead<'m> {
    change: &'m Change,
    /// Knows the regular expressions of what stands there.
    oracle: Oracle<'m>,
    /// Where the place becomes another expression.
    probes: Option<Probes<'m>>,
}

/// Which events show a mutant.
enum Among<'a> {
    /// These.
    These(Bits),
    /// Those of these for which it is true.
    Asked(Bits, Box<dyn Fn(usize) -> bool + 'a>),
}

impl<'s> Evidence<'s> {
    pub(crate) fn new(tree: &'s Tree<'s>, oracle: &'s Oracle<'s>, events: &[&'s Event]) -> Self {
        let fields = Fields::new(oracle.ir());
        let leaf = |node: &Node<'s>| match node.expr {
            Expr::Leaf(leaf) => Some(Probe::new(oracle, &fields, leaf)),
            Expr::Const(_) | Expr::Not(_) | Expr::All(_) | Expr::Any(_) => None,
        };
        let probes: Vec<Option<Probe<'s>>> = tree.nodes().iter().map(leaf).collect();
        let columns = Columns::new(&fields, events);
        let table = Table::new(tree, oracle, &probes, &columns);
        Self {
            oracle,
            tree,
            fields,
            probes,
            columns,
            table,
            near: Cell::new(0),
        }
    }

    /// What the places say and decide.
    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    /// What stands in the mutant's place.
    pub(crate) fn instead<'m>(&self, mutant: &'m Mutant) -> Instead<'m>
    where
        's: 'm,
    {
        let ir = self.oracle.ir();
        let none = Expr::Const(false);
        let (oracle, probes) = match &mutant.change {
            Change::Becomes(expr) => {
                let oracle = Oracle::of_other(ir, expr);
                let probes = Probes::new(&oracle, &self.fields, expr);
                (oracle, Some(probes))
            }
            Change::FirstValue | Change::EveryValue => {
                let own = self.tree.get(mutant.place).map_or(&none, |node| node.expr);
                (Oracle::of_other(ir, own), None)
            }
            Change::Opposite | Change::Always(_) | Change::OtherJoin => {
                (Oracle::of_other(ir, &none), None)
            }
        };
        Instead {
            change: &mutant.change,
            oracle,
            probes,
        }
    }

    /// Whether some event shows a mutant.
    pub(crate) fn kills(&self, mutant: &Mutant, instead: &Instead<'_>) -> bool {
        match self.killers_among(mutant, instead) {
            Among::These(events) => events.any(),
            Among::Asked(events, shows) => self.some(&events, shows),
        }
    }

    /// The events that show a mutant.
    pub(crate) fn killers(&self, mutant: &Mutant, instead: &Instead<'_>) -> Bits {
        match self.killers_among(mutant, instead) {
            Among::These(events) => events,
            Among::Asked(events, shows) => {
                Bits::of(self.columns.len(), events.events().filter(|at| shows(*at)))
            }
        }
    }

    fn killers_among<'a>(&'a self, mutant: &Mutant, instead: &'a Instead<'_>) -> Among<'a> {
        let Some(node) = self.tree.get(mutant.place) else {
            return Among::These(Bits::all(self.columns.len(), false));
        };
        let decides = self.table.decides(mutant.place);
        let says = self.table.says(mutant.place);
        match instead.change {
            Change::Opposite => Among::These(decides),
            Change::Always(true) => Among::These(decides.without(&says)),
            Change::Always(false) => Among::These(decides.and(&says)),
            Change::OtherJoin => {
                let all = matches!(node.expr, Expr::All(_));
                let joined = self.table.joined(&node.children, !all);
                Among::These(decides.and(&says.differing(&joined)))
            }
            Change::Becomes(_) => Among::Asked(
                decides,
                Box::new(move |at| {
                    let probes = instead.probes.as_ref();
                    probes.is_some_and(|probes| {
                        probes.says(&instead.oracle, &self.columns, at) != says.get(at)
                    })
                }),
            ),
            Change::FirstValue | Change::EveryValue => {
                let Expr::Leaf(leaf) = node.expr else {
                    return Among::These(Bits::all(self.columns.len(), false));
                };
                Among::Asked(
                    self.several(leaf, decides),
                    Box::new(move |at| {
                        let event = self.columns.event(at);
                        event.is_some_and(|event| {
                            of_values(&instead.oracle, leaf, instead.change, event) != says.get(at)
                        })
                    }),
                )
            }
        }
    }

    fn some(&self, events: &Bits, shows: impl Fn(usize) -> bool) -> bool {
        let found = events.events_from(self.near.get()).find(|at| shows(*at));
        if let Some(at) = found {
            self.near.set(at);
        }
        found.is_some()
    }

    /// Those events among some that hold several values of the leaf's field: of the others every value is the first.
    fn several(&self, leaf: &Leaf, events: Bits) -> Bits {
        let LeafKind::Is {
            term: Term::Field(path),
            ..
        } = &leaf.kind
        else {
            return events;
        };
        let column = self.fields.number(path);
        match column.and_then(|number| self.columns.of(number, path)) {
            Some(column) => events.and(&column.several),
            None => events,
        }
    }

    /// Whether an event that is not of these tells rule and mutant apart.
    pub(crate) fn shown_by(&self, mutant: &Mutant, instead: &Instead<'_>, event: &Event) -> bool {
        let Some(node) = self.tree.get(mutant.place) else {
            return false;
        };
        let columns = Columns::new(&self.fields, &[event]);
        let original = self.says(mutant.place, &columns);
        let other = match (instead.change, node.expr) {
            (Change::Becomes(_), _) => {
                let probes = instead.probes.as_ref();
                probes.is_some_and(|probes| probes.says(&instead.oracle, &columns, 0))
            }
            (Change::Always(value), _) => *value,
            (Change::Opposite, _) => !original,
            (Change::OtherJoin, _) => {
                let all = matches!(node.expr, Expr::All(_));
                let mut children = node.children.iter();
                if all {
                    children.any(|child| self.says(*child, &columns))
                } else {
                    children.all(|child| self.says(*child, &columns))
                }
            }
            (Change::FirstValue | Change::EveryValue, Expr::Leaf(leaf)) => {
                of_values(&instead.oracle, leaf, instead.change, event)
            }
            (
                Change::FirstValue | Change::EveryValue,
                Expr::Const(_) | Expr::Not(_) | Expr::All(_) | Expr::Any(_),
            ) => original,
        };
        other != original && self.decides(mutant.place, &columns)
    }

    /// What a place says of the one event of some columns.
    fn says(&self, place: usize, columns: &Columns<'_>) -> bool {
        let Some(node) = self.tree.get(place) else {
            return false;
        };
        let mut below = node.children.iter().map(|child| self.says(*child, columns));
        match node.expr {
            Expr::Const(value) => *value,
            Expr::Not(_) => !below.next().unwrap_or(false),
            Expr::All(_) => below.all(|value| value),
            Expr::Any(_) => below.any(|value| value),
            Expr::Leaf(_) => {
                let probe = self.probes.get(place).and_then(Option::as_ref);
                probe.is_some_and(|probe| probe.says(self.oracle, columns, 0))
            }
        }
    }

    /// Whether everything beside a place leaves the verdict on the one event of some columns to it.
    fn decides(&self, place: usize, columns: &Columns<'_>) -> bool {
        let mut at = place;
        while let Some(parent) = self.tree.get(at).and_then(|node| node.parent) {
            let Some(above) = self.tree.get(parent) else {
                return false;
            };
            let mut beside = above.children.iter().filter(|child| **child != at);
            let leave = match above.expr {
                Expr::All(_) => beside.all(|child| self.says(*child, columns)),
                Expr::Any(_) => !beside.any(|child| self.says(*child, columns)),
                Expr::Not(_) | Expr::Const(_) | Expr::Leaf(_) => true,
            };
            if !leave {
                return false;
            }
            at = parent;
        }
        true
    }
}
