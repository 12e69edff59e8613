//! The fewest events that do what all do: those that a repository keeps.
//!
//! What they must keep is a witness of each goal that has one, a killer of each mutant that has one, and an event of each outcome. The choice is
//! greedy: the event first that serves most, the earlier of two alike; then whatever the later choices made needless goes again. So it depends on the events alone.

use super::bits::{Bits, Table};
use super::evidence::Evidence;
use crate::goals::goals;
use crate::mutation::each_mutant;
use crate::mutation::tree::Tree;
use crate::oracle::Oracle;
use std::collections::{HashMap, HashSet};
use verdict_compiler::Ir;
use verdict_compiler::ir::Expr;
use verdict_event::Event;

/// The places of the events to keep, in order.
pub fn stored(ir: &Ir, events: &[&Event]) -> Vec<usize> {
    let oracle = Oracle::new(ir);
    let tree = Tree::new(&ir.predicate);
    let evidence = Evidence::new(&tree, &oracle, events);
    let table = evidence.table();
    let mut wants = Wants::default();
    for outcome in [true, false] {
        wants.one_of(table.says_so(0, outcome));
    }
    witnesses(&tree, table, &mut wants);
    each_mutant(ir, &tree, &mut |mutant| {
        wants.one_of(evidence.killers(&mutant, &evidence.instead(&mutant)));
    });
    cover(events.len(), &wants.sets)
}

/// Sets of events, one of each of which is wanted.
#[derive(Default)]
struct Wants {
    seen: HashSet<Bits>,
    sets: Vec<Bits>,
}

impl Wants {
    fn one_of(&mut self, set: Bits) {
        if set.any() && self.seen.insert(set.clone()) {
            self.sets.push(set);
        }
    }
}

/// The witnesses of each goal.
fn witnesses(tree: &Tree<'_>, table: &Table, wants: &mut Wants) {
    let Some(root) = tree.get(0) else {
        return;
    };
    let places: HashMap<*const Expr, usize> = tree
        .nodes()
        .iter()
        .enumerate()
        .map(|(place, node)| (std::ptr::from_ref(node.expr), place))
        .collect();
    for goal in goals(root.expr) {
        let Some(leaf) = tree.leaves().get(goal.index) else {
            continue;
        };
        let mut set = table.says_so(*leaf, goal.polarity);
        set = set.and(&table.says_so(0, goal.outcome));
        for (expr, wanted) in &goal.context {
            if let Some(place) = places.get(&std::ptr::from_ref(*expr)) {
                set = set.and(&table.says_so(*place, *wanted));
            }
        }
        wants.one_of(set);
    }
}

/// One of each set, greedily few.
fn cover(events: usize, sets: &[Bits]) -> Vec<usize> {
    let mut holding: Vec<Vec<usize>> = vec![Vec::new(); events];
    for (at, set) in sets.iter().enumerate() {
        for event in set.events() {
            if let Some(sets) = holding.get_mut(event) {
                sets.push(at);
            }
        }
    }
    let mut gains: Vec<usize> = holding.iter().map(Vec::len).collect();
    let mut times = vec![0_usize; sets.len()];
    let mut chosen = Vec::new();
    // Of events that serve alike `max_by_key` would give the last.
    while let Some((best, _)) = (gains.iter().enumerate())
        .filter(|(_, gain)| **gain > 0)
        .min_by_key(|(_, gain)| std::cmp::Reverse(**gain))
    {
        chosen.push(best);
        for set in holding.get(best).into_iter().flatten() {
            let Some(times) = times.get_mut(*set) else {
                continue;
            };
            *times += 1;
            if *times == 1 {
                for event in sets.get(*set).into_iter().flat_map(Bits::events) {
                    if let Some(gain) = gains.get_mut(event) {
                        *gain -= 1;
                    }
                }
            }
        }
    }
    needed(chosen, &holding, times)
}

/// Those without which some set would have none.
fn needed(chosen: Vec<usize>, holding: &[Vec<usize>], mut times: Vec<usize>) -> Vec<usize> {
    let mut kept: Vec<usize> = chosen
        .into_iter()
        .filter(|event| {
            let sets = || holding.get(*event).into_iter().flatten();
            let alone = sets().any(|set| times.get(*set) == Some(&1));
            if !alone {
                for set in sets() {
                    if let Some(times) = times.get_mut(*set) {
                        *times -= 1;
                    }
                }
            }
            alone
        })
        .collect();
    kept.sort_unstable();
    kept
}
