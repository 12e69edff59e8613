//! Parts of a rule that exclude or complete each other.
//!
//! Two kinds of contradiction are told apart. *Certain*: an AND holds `not b` beside something that implies `b`. *For single values*: an AND
//! wants one field to be two different things, which a list could be; the finding says so.

use super::constant::{always, never};
use super::implies::{Budget, compatible, implies};
use super::subsumption::span;
use crate::codes::check as codes;
use crate::diagnostic::Diagnostic;
use crate::ir::{Expr, Ir, LeafKind, Term, Test};
use crate::span::Span;

/// How many parts are compared for one rule.
const BUDGET: usize = 50_000;
/// Sets of values larger than this are not compared with each other.
const MAX_SET: usize = 64;

pub(super) fn check(ir: &Ir, found: &mut Vec<Diagnostic>) {
    let before = found.len();
    let mut pass = Pass {
        budget: Budget(BUDGET),
        found,
    };
    let dead = pass.certain(&ir.predicate, true);
    if let Some(dead) = dead {
        pass.found.truncate(before);
        pass.found.push(
            never(dead.0, "this excludes all that the rest asks for")
                .related(dead.1, "asked for here"),
        );
        return;
    }
    let mut wants = Vec::new();
    if let Some((one, other)) = pass.single(&ir.predicate, &mut wants) {
        let finding = Diagnostic::warning(
            codes::SINGLE_VALUE,
            one,
            "the rule asks one field to be two different things",
            "no single value is both; only a list could hold each",
        );
        pass.found.push(finding.related(other, "the other one"));
    }
}

fn branch((denied, asked): Clash) -> Diagnostic {
    Diagnostic::warning(
        codes::BRANCH_NEVER_TRUE,
        denied,
        "a part of the rule can never hold",
        "this excludes all that the rest of the part asks for",
    )
    .related(asked, "asked for here")
}

struct Pass<'f> {
    budget: Budget,
    found: &'f mut Vec<Diagnostic>,
}

/// Two places that exclude each other.
type Clash = (Span, Span);

impl Pass<'_> {
    /// Where the expression can never be true, the clash that makes it so. `top`: whether the whole rule holds with it.
    fn certain(&mut self, expr: &Expr, top: bool) -> Option<Clash> {
        match expr {
            Expr::Const(_) | Expr::Leaf(_) => None,
            Expr::Not(inner) => {
                let clash = self.certain(inner, false);
                self.found.extend(clash.map(branch));
                None
            }
            Expr::All(operands) => {
                let here = self.excluded(operands);
                let inside: Vec<Option<Clash>> = operands
                    .iter()
                    .map(|operand| self.certain(operand, false))
                    .collect();
                here.or_else(|| inside.into_iter().flatten().next())
            }
            Expr::Any(operands) => {
                self.completed(operands, top);
                let inside: Vec<Option<Clash>> = operands
                    .iter()
                    .map(|operand| self.certain(operand, top))
                    .collect();
                if inside.iter().all(Option::is_some) {
                    return inside.into_iter().flatten().next();
                }
                self.found.extend(inside.into_iter().flatten().map(branch));
                None
            }
        }
    }

    /// Something denied that the operands together imply.
    fn excluded(&mut self, operands: &[Expr]) -> Option<Clash> {
        operands.iter().find_map(|operand| match operand {
            Expr::Not(denied) => Some((span(denied), self.implied(operands, denied)?)),
            Expr::Leaf(leaf) if matches!(leaf.kind, LeafKind::Missing(_)) => {
                Some((leaf.span, self.by_one(operands, &operand.clone().negate())?))
            }
            Expr::Const(_) | Expr::All(_) | Expr::Any(_) | Expr::Leaf(_) => None,
        })
    }

    /// Which operands imply the expression, all operands being true.
    fn implied(&mut self, operands: &[Expr], expr: &Expr) -> Option<Span> {
        match expr {
            Expr::All(parts) => {
                let spans: Option<Vec<Span>> = parts
                    .iter()
                    .map(|part| self.implied(operands, part))
                    .collect();
                spans?.into_iter().reduce(Span::to)
            }
            Expr::Any(parts) => parts
                .iter()
                .find_map(|part| self.implied(operands, part))
                .or_else(|| self.by_one(operands, expr)),
            Expr::Const(_) | Expr::Not(_) | Expr::Leaf(_) => self.by_one(operands, expr),
        }
    }

    fn by_one(&mut self, operands: &[Expr], expr: &Expr) -> Option<Span> {
        operands
            .iter()
            .find(|asked| implies(asked, expr, &mut self.budget))
            .map(span)
    }

    /// `a or not b` where `b` implies `a`.
    fn completed(&mut self, operands: &[Expr], top: bool) {
        for denied in operands {
            let Expr::Not(denied) = denied else { continue };
            let Some(other) = operands
                .iter()
                .find(|other| implies(denied, other, &mut self.budget))
            else {
                continue;
            };
            let reason = "one of the two holds for every event";
            let finding = if top {
                always(span(denied), reason)
            } else {
                Diagnostic::warning(
                    codes::BRANCH_ALWAYS_TRUE,
                    span(denied),
                    "a part of the rule always holds",
                    reason,
                )
            };
            self.found
                .push(finding.related(span(other), "the other one"));
        }
    }

    /// Where no event with single values satisfies the expression, two requirements that clash. `wants` is what surrounding ANDs ask for.
    fn single<'x>(&mut self, expr: &'x Expr, wants: &mut Vec<Want<'x>>) -> Option<Clash> {
        match expr {
            Expr::Const(_) | Expr::Not(_) => None,
            Expr::Leaf(_) => self.clash(&Want::of(expr)?, wants),
            Expr::Any(operands) => {
                if let Some(want) = Want::of(expr) {
                    return self.clash(&want, wants);
                }
                let mut first = None;
                for operand in operands {
                    first = first.or(Some(self.single(operand, wants)?));
                }
                first
            }
            Expr::All(operands) => {
                let before = wants.len();
                let mut found = None;
                for want in operands.iter().filter_map(Want::of) {
                    found = found.or_else(|| self.clash(&want, wants));
                    wants.push(want);
                }
                for operand in operands
                    .iter()
                    .filter(|operand| Want::of(operand).is_none())
                {
                    found = found.or_else(|| self.single(operand, wants));
                }
                wants.truncate(before);
                found
            }
        }
    }

    fn clash(&mut self, want: &Want<'_>, wants: &[Want<'_>]) -> Option<Clash> {
        let same = wants.iter().filter(|other| other.term == want.term);
        for other in same {
            let pairs = want.tests.len() * other.tests.len();
            if want.tests.len().max(other.tests.len()) > MAX_SET || pairs >= self.budget.0 {
                continue;
            }
            self.budget.0 -= pairs;
            let fits = |test: &&Test| other.tests.iter().any(|other| compatible(test, other));
            if !want.tests.iter().any(fits) {
                return Some((want.span, other.span));
            }
        }
        None
    }
}

/// One field and what it may be.
struct Want<'x> {
    term: &'x Term,
    tests: Vec<&'x Test>,
    span: Span,
}

impl<'x> Want<'x> {
    /// A leaf, or an OR of leaves over one field.
    fn of(expr: &'x Expr) -> Option<Self> {
        let leaves = match expr {
            Expr::Leaf(_) => std::slice::from_ref(expr),
            Expr::Any(operands) => operands.as_slice(),
            Expr::Const(_) | Expr::Not(_) | Expr::All(_) => return None,
        };
        let mut tests = Vec::new();
        let mut subject = None;
        for leaf in leaves {
            let Expr::Leaf(leaf) = leaf else { return None };
            let LeafKind::Is { term, test } = &leaf.kind else {
                return None;
            };
            if *subject.get_or_insert(term) != term {
                return None;
            }
            tests.push(test);
        }
        Some(Self {
            term: subject?,
            tests,
            span: span(expr),
        })
    }
}
