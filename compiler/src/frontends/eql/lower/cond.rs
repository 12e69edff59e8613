//! Three-valued conditions over two-valued leaves.

use crate::ir::{Expr, LeafKind, Term, Test};
use crate::span::Span;

/// A condition: where it is true, where false, where unknown.
#[derive(Clone, Debug)]
pub(super) enum Cond {
    /// Never unknown: false where it is not true.
    Known(Expr),
    /// Unknown for some events.
    Partly(Box<Parts>),
}

/// A condition that may be unknown. At most one of the three holds.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub(super) yes: Expr,
    pub(super) no: Expr,
    pub(super) unknown: Expr,
}

impl Cond {
    /// False. Also what stands in for something that was reported.
    pub(super) fn never() -> Self {
        Self::Known(Expr::Const(false))
    }

    fn partly(yes: Expr, no: Expr, unknown: Expr) -> Self {
        Self::Partly(Box::new(Parts { yes, no, unknown }))
    }

    /// Unknown for every event.
    pub(super) fn null() -> Self {
        let never = Expr::Const(false);
        Self::partly(never.clone(), never, Expr::Const(true))
    }

    /// A predicate that is unknown where one of its terms has no value. `no` is where it is false, if that is not simply the rest.
    pub(super) fn over(terms: &[&Term], yes: Expr, no: Option<Expr>, span: Span) -> Self {
        let unknown = Expr::any(terms.iter().map(|term| missing(term, span)));
        let no = no.unwrap_or_else(|| Expr::all([unknown.clone().negate(), yes.clone().negate()]));
        Self::partly(yes, no, unknown)
    }

    /// A boolean term as a condition.
    pub(super) fn boolean(term: &Term, span: Span) -> Self {
        let is = |truth: bool| {
            let (term, test) = (term.clone(), Test::Bool(truth));
            Expr::leaf(LeafKind::Is { term, test }, span)
        };
        Self::over(&[term], is(true), Some(is(false)), span)
    }

    pub(super) fn is_null(&self) -> bool {
        match self {
            Self::Known(_) => false,
            Self::Partly(parts) => [&parts.yes, &parts.no]
                .into_iter()
                .all(|part| *part == Expr::Const(false)),
        }
    }

    /// The leaf as a condition: false where it is unknown, unless it is null whatever the event.
    pub(super) fn two_valued(self) -> Self {
        if self.is_null() {
            return self;
        }
        Self::Known(self.into_yes())
    }

    /// Where it is true.
    pub(super) fn into_yes(self) -> Expr {
        match self {
            Self::Known(yes) => yes,
            Self::Partly(parts) => parts.yes,
        }
    }

    /// Where it is true, false and unknown.
    pub(super) fn into_parts(self) -> Parts {
        match self {
            Self::Known(yes) => Parts {
                no: yes.clone().negate(),
                yes,
                unknown: Expr::Const(false),
            },
            Self::Partly(parts) => *parts,
        }
    }

    pub(super) fn negate(self) -> Self {
        match self {
            Self::Known(yes) => Self::Known(yes.negate()),
            Self::Partly(parts) => Self::partly(parts.no, parts.yes, parts.unknown),
        }
    }

    pub(super) fn all(operands: Vec<Self>) -> Self {
        Self::joined(operands, Expr::all, Expr::any)
    }

    pub(super) fn any(operands: Vec<Self>) -> Self {
        Self::joined(operands, Expr::any, Expr::all)
    }

    /// True and false are joined each its own way; unknown is what is left.
    fn joined(operands: Vec<Self>, yes: fn(Vec<Expr>) -> Expr, no: fn(Vec<Expr>) -> Expr) -> Self {
        if operands
            .iter()
            .all(|operand| matches!(operand, Self::Known(_)))
        {
            return Self::Known(yes(operands.into_iter().map(Self::into_yes).collect()));
        }
        let (mut when_true, mut when_false) = (Vec::new(), Vec::new());
        for operand in operands {
            let parts = operand.into_parts();
            when_true.push(parts.yes);
            when_false.push(parts.no);
        }
        let (yes, no) = (yes(when_true), no(when_false));
        let unknown = Expr::any([yes.clone(), no.clone()]).negate();
        Self::partly(yes, no, unknown)
    }

    /// Whether both have one truth value.
    pub(super) fn equal(self, other: Self) -> Self {
        let (a, b) = (self.into_parts(), other.into_parts());
        let same = Expr::any([
            Expr::all([a.yes.clone(), b.yes.clone()]),
            Expr::all([a.no.clone(), b.no.clone()]),
        ]);
        let different = Expr::any([Expr::all([a.yes, b.no]), Expr::all([a.no, b.yes])]);
        Self::partly(same, different, Expr::any([a.unknown, b.unknown]))
    }

    /// The condition as a term: a truth value, or none where it is unknown.
    pub(super) fn into_term(self) -> Term {
        let parts = self.into_parts();
        Term::Truth {
            holds: Box::new(parts.yes),
            known: Box::new(parts.unknown.negate()),
        }
    }
}

/// Where a term has no value.
pub(super) fn missing(term: &Term, span: Span) -> Expr {
    match term {
        Term::Const(_) => Expr::Const(false),
        Term::Truth { known, .. } => (**known).clone().negate(),
        Term::Field(_) | Term::Call(..) => Expr::leaf(LeafKind::Missing(term.clone()), span),
    }
}
