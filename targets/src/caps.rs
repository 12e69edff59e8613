//! What a target can say of a rule: collected while the plan is made, since that is where a limit shows itself.

use crate::target::Claim;
use std::collections::BTreeSet;
use verdict_compiler::{Code, Refusal, Span};

/// Something that a target cannot say, before its place in the rule is known.
#[derive(Clone, Debug)]
pub(crate) struct Limit {
    /// Which limit it is.
    pub(crate) code: Code,
    /// Why, for this rule.
    pub(crate) reason: String,
}

impl Limit {
    /// The limit with this code and reason.
    pub(crate) fn new(code: Code, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }
}

/// What was found of a rule so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Caps {
    codes: BTreeSet<Code>,
    refusals: Vec<Refusal>,
}

impl Caps {
    /// The query differs from the rule as this code says.
    pub(crate) fn diverges(&mut self, code: Code) {
        self.codes.insert(code);
    }

    /// The query does not differ as this code says after all: the rule as a whole does not care.
    pub(crate) fn agrees(&mut self, code: Code) {
        self.codes.remove(&code);
    }

    /// The rule cannot be said. One refusal a place and code is enough.
    pub(crate) fn refuse(&mut self, limit: Limit, span: Span) {
        let known = |refusal: &Refusal| refusal.code == limit.code && refusal.span == span;
        if !self.refusals.iter().any(known) {
            self.refusals.push(Refusal {
                code: limit.code,
                reason: limit.reason,
                span,
            });
        }
    }

    /// The claim that follows.
    pub(crate) fn claim(self) -> Claim {
        if !self.refusals.is_empty() {
            return Claim::Unsupported(self.refusals);
        }
        if self.codes.is_empty() {
            return Claim::Exact;
        }
        Claim::Diverges(self.codes.into_iter().collect())
    }
}
