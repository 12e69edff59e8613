//! What is said of single events: the first command, and a condition for each rule that an event may match.

use crate::caps::Caps;
use crate::spl::emit;
use crate::spl::layers;
use crate::spl::logic::Logic;
use crate::spl::plan::{Plan, Planner, existence};
use crate::target::Claim;
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::{Code, Ir, Refusal, Span};
use verdict_event::{FieldSchema, Path};

/// Plans of several rules over the same rows.
pub(super) struct Base<'f> {
    planner: Planner<'f>,
    /// The plan of each rule, with the existence of the fields that it is joined or grouped by.
    plans: Vec<Plan>,
}

impl<'f> Base<'f> {
    /// Plans over these fields, of which some are places where a profile looks.
    pub(super) fn new(fields: &'f BTreeMap<Path, FieldSchema>, places: &BTreeSet<Path>) -> Self {
        Self {
            planner: Planner::new(fields).at(places),
            plans: Vec::new(),
        }
    }

    /// Plans a rule whose events must have these fields.
    pub(super) fn add(&mut self, ir: &Ir, needed: &[&Path], span: Span) {
        let mut conditions = vec![self.planner.plan(&ir.predicate)];
        for path in needed {
            match self.planner.name(path) {
                Ok(_) if verdict_faults::at("spl/base/missing-key-joins") => {}
                Ok(name) => conditions.push(Logic::Leaf(existence(&name))),
                Err(limit) => self.planner.caps.refuse(limit, span),
            }
        }
        self.plans.push(Logic::all(conditions));
    }

    /// A field that is read beside the rules' own tests.
    pub(super) fn name(&mut self, path: &Path, span: Span) -> String {
        match self.planner.name(path) {
            Ok(name) => name,
            Err(limit) => {
                self.planner.caps.refuse(limit, span);
                String::new()
            }
        }
    }

    /// The condition of a rule as `if` takes it.
    pub(super) fn condition(&self, at: usize) -> String {
        self.plans
            .get(at)
            .map(|plan| emit::condition(&layers::filter(plan), 8))
            .unwrap_or_default()
    }

    /// The first command, and the `where` behind it: events that some rule matches.
    pub(super) fn search(&self) -> String {
        emit::base(&layers::layers(&Logic::any(self.plans.clone())))
    }

    /// The codes of the conditions.
    pub(super) fn codes(self) -> Result<BTreeSet<Code>, Vec<Refusal>> {
        let caps: Caps = self.planner.caps;
        match caps.claim() {
            Claim::Exact => Ok(BTreeSet::new()),
            Claim::Diverges(codes) => Ok(codes.into_iter().collect()),
            Claim::Unsupported(refusals) => Err(refusals),
        }
    }
}
