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

/// A condition that may be unknown. Each part says that some combination of values makes it so: of single values exactly one of the three
/// holds, of lists several may (E13). Parts of one condition read the same values, those of two conditions each their own, so what is
/// joined is joined part by part.
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

    /// A predicate that is unknown where one of its terms has no value. `no` is where it is false, if a leaf can say that.
    pub(super) fn over(terms: &[&Term], yes: Expr, no: Option<Expr>, span: Span) -> Self {
        let unknown = Expr::any(terms.iter().map(|term| missing(term, span)));
        let no = no.unwrap_or_else(|| refuted(terms, &yes, &unknown, span));
        Self::partly(yes, no, unknown)
    }

    /// Whether a value is missing: of a list and a function of it, one combination of values may have a result and another none.
    pub(super) fn absence(term: &Term, span: Span) -> Self {
        Self::partly(
            missing(term, span),
            has_value(term, span),
            Expr::Const(false),
        )
    }

    /// Whether a condition is unknown.
    pub(super) fn unknown(self) -> Self {
        let parts = self.into_parts();
        Self::partly(
            parts.unknown,
            Expr::any([parts.yes, parts.no]),
            Expr::Const(false),
        )
    }

    /// Alternatives that look at one value: what is none of them is none of them at once.
    pub(super) fn alternatives(mut conditions: Vec<Self>, span: Span) -> Self {
        if conditions.len() < 2 {
            return conditions.pop().unwrap_or_else(Self::never);
        }
        let plain = conditions.iter().all(|condition| match condition {
            Self::Known(_) => false,
            Self::Partly(parts) => Term::tested(&parts.yes).is_some(),
        });
        if !plain {
            return Self::any(conditions);
        }
        let (mut yes, mut unknown) = (Vec::new(), Vec::new());
        for condition in conditions {
            let parts = condition.into_parts();
            yes.push(parts.yes);
            unknown.push(parts.unknown);
        }
        let (yes, unknown) = (Expr::any(yes), Expr::any(unknown));
        let no = refuted(&[], &yes, &unknown, span);
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

    /// Whether it looks at one value, or one pair, at a time.
    pub(super) fn is_single(&self) -> bool {
        let yes = match self {
            Self::Known(yes) => yes,
            Self::Partly(parts) => &parts.yes,
        };
        let relation =
            matches!(yes, Expr::Leaf(leaf) if matches!(leaf.kind, LeafKind::Relate { .. }));
        relation || Term::tested(yes).is_some()
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
        Self::joined(operands, true)
    }

    pub(super) fn any(operands: Vec<Self>) -> Self {
        Self::joined(operands, false)
    }

    /// True and false are joined each its own way. Unknown is what is not decided and where one is unknown.
    fn joined(operands: Vec<Self>, is_and: bool) -> Self {
        if operands
            .iter()
            .all(|operand| matches!(operand, Self::Known(_)))
        {
            let operands = operands.into_iter().map(Self::into_yes).collect::<Vec<_>>();
            return Self::Known(if is_and {
                Expr::all(operands)
            } else {
                Expr::any(operands)
            });
        }
        let (mut when_true, mut when_false) = (Vec::new(), Vec::new());
        let (mut some, mut undecided) = (Vec::new(), Vec::new());
        for operand in operands {
            let parts = operand.into_parts();
            let passes = if is_and { &parts.yes } else { &parts.no };
            undecided.push(Expr::any([passes.clone(), parts.unknown.clone()]));
            some.push(parts.unknown);
            when_true.push(parts.yes);
            when_false.push(parts.no);
        }
        let (yes, no) = if is_and {
            (Expr::all(when_true), Expr::any(when_false))
        } else {
            (Expr::any(when_true), Expr::all(when_false))
        };
        let unknown = Expr::all([Expr::all(undecided), Expr::any(some)]);
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

/// Where some value makes a predicate false. `yes` is where some value makes it true, `unknown` where one is missing.
fn refuted(terms: &[&Term], yes: &Expr, unknown: &Expr, span: Span) -> Expr {
    match yes {
        Expr::Const(true) => return Expr::Const(false),
        Expr::Const(false) => return Expr::all(terms.iter().map(|term| has_value(term, span))),
        Expr::Not(_) | Expr::All(_) | Expr::Any(_) | Expr::Leaf(_) => {}
    }
    let term = Term::Truth {
        holds: Box::new(yes.clone()),
        known: Box::new(unknown.clone().negate()),
    };
    let test = Test::Bool(false);
    Expr::leaf(LeafKind::Is { term, test }, span)
}

/// Where a term has a value.
fn has_value(term: &Term, span: Span) -> Expr {
    match term {
        Term::Const(_) => Expr::Const(true),
        Term::Field(_) => missing(term, span).negate(),
        Term::Call(..) | Term::Truth { .. } => {
            let (term, test) = (term.clone(), Test::AnyValue);
            Expr::leaf(LeafKind::Is { term, test }, span)
        }
    }
}

/// Where a term has no value.
pub(super) fn missing(term: &Term, span: Span) -> Expr {
    match term {
        Term::Const(_) => Expr::Const(false),
        Term::Field(_) | Term::Call(..) | Term::Truth { .. } => {
            Expr::leaf(LeafKind::Missing(term.clone()), span)
        }
    }
}
