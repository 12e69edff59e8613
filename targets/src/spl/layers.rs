//! A plan as the two layers of a query: what `search` says exactly, and what is left for one `where` behind it.
//!
//! Each condition of the rule goes to one layer as a whole; a pipe between parts of an alternative would change what it means. A condition that
//! `where` says is preceded by what `search` can say of it at most, which turns round under a negation: there it is what `search` says at
//! least, and a term that is not exact says nothing.

use crate::spl::filter::Filter;
use crate::spl::group;
use crate::spl::logic::Logic;
use crate::spl::plan::Plan;
use crate::spl::search::{Search, Term};

/// The layers of a query. Both must hold.
#[derive(Debug)]
pub(crate) struct Layers {
    /// The search.
    pub(crate) search: Search,
    /// What `where` adds.
    pub(crate) filter: Filter,
}

/// The layers of a plan.
pub(crate) fn layers(plan: &Plan) -> Layers {
    let (mut terms, mut conditions) = (Vec::new(), Vec::new());
    for condition in conditions_of(plan) {
        terms.push(bound(&condition, Bound::Upper));
        if !is_exact(&condition) && !verdict_faults::at("spl/layers/where-forgotten") {
            conditions.push(filter(&condition));
        }
    }
    Layers {
        search: sparing(terms),
        filter: Logic::all(conditions),
    }
}

/// The conditions that must all hold. `not (a or b)` is two of them, parted by the layer they go to.
fn conditions_of(plan: &Plan) -> Vec<Plan> {
    let conditions = plan.clone().into_conditions();
    let parted = |condition: Plan| match condition {
        Logic::Not(inner) => match *inner {
            Logic::Any(alternatives) => {
                let negated = |plan: &Plan| matches!(plan, Logic::Not(_));
                let (negated, plain): (Vec<Plan>, Vec<Plan>) =
                    alternatives.into_iter().partition(negated);
                let (exact, rest): (Vec<Plan>, Vec<Plan>) = plain.into_iter().partition(is_exact);
                let groups = [Logic::any(exact).negate(), Logic::any(rest).negate()];
                let asserted = negated.into_iter().map(|plan| match plan {
                    plan if verdict_faults::at("spl/layers/double-negation-kept") => plan,
                    plan => plan.negate(),
                });
                asserted.chain(groups).collect()
            }
            other => vec![other.negate()],
        },
        other => vec![other],
    };
    Logic::all(conditions.into_iter().flat_map(parted)).into_conditions()
}

fn is_exact(plan: &Plan) -> bool {
    plan.every(&|atom| atom.exact.is_some())
}

/// A plan as a condition of `where` alone.
pub(crate) fn filter(plan: &Plan) -> Filter {
    plan.map(&mut |atom| atom.filter.clone(), group::conditions)
}

/// What is said of a plan in `search`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    /// True wherever the plan is.
    Upper,
    /// True only where the plan is.
    Lower,
}

fn bound(plan: &Plan, side: Bound) -> Search {
    match plan {
        Logic::Bool(value) => Logic::Bool(*value),
        Logic::Not(inner) => {
            let other = match side {
                _ if verdict_faults::at("spl/layers/negation-keeps-its-side") => side,
                Bound::Upper => Bound::Lower,
                Bound::Lower => Bound::Upper,
            };
            bound(inner, other).negate()
        }
        Logic::All(operands) => {
            let operands: Vec<Search> = operands.iter().map(|x| bound(x, side)).collect();
            sparing(operands)
        }
        Logic::Any(operands) => group::terms(operands.iter().map(|x| bound(x, side)).collect()),
        Logic::Leaf(atom) => match (&atom.exact, side) {
            (Some(exact), _) => exact.clone(),
            (None, Bound::Upper) => atom.wide.clone(),
            (None, Bound::Lower) if verdict_faults::at("spl/layers/inexact-term-negated") => {
                atom.wide.clone()
            }
            (None, Bound::Lower) => Logic::Bool(false),
        },
    }
}

/// All of these, without repetitions, and without `field=*` beside a term that says more of the field.
fn sparing(operands: Vec<Search>) -> Search {
    /// Beyond this, looking for repetitions would take longer than it spares.
    const MOST: usize = 200;
    let operands = match Logic::all(operands) {
        Logic::All(operands) if operands.len() <= MOST => operands,
        other @ (Logic::Bool(_)
        | Logic::Not(_)
        | Logic::All(_)
        | Logic::Any(_)
        | Logic::Leaf(_)) => {
            return other;
        }
    };
    let says_more = |name: &str| operands.iter().any(|other| implies_existence(other, name));
    let mut kept: Vec<Search> = Vec::new();
    for operand in &operands {
        let idle =
            matches!(operand, Logic::Leaf(term) if term.is_existence() && says_more(&term.field));
        let idle = idle
            || verdict_faults::at("spl/layers/existence-forgotten")
                && matches!(operand, Logic::Leaf(term) if term.is_existence());
        if !idle && !kept.contains(operand) {
            kept.push(operand.clone());
        }
    }
    Logic::all(kept)
}

/// Whether an operand that is more than `field=*` holds only where the field has a value.
fn implies_existence(search: &Search, name: &str) -> bool {
    let more = |term: &Term| term.field == name && !term.is_existence();
    match search {
        Logic::Leaf(term) => more(term),
        Logic::Any(operands) => operands
            .iter()
            .all(|operand| matches!(operand, Logic::Leaf(term) if more(term))),
        Logic::Bool(_) | Logic::Not(_) | Logic::All(_) => false,
    }
}
