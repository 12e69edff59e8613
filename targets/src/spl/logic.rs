//! Boolean logic over leaves of any kind: the plan's atoms, terms of `search`, conditions of `where`.
//!
//! The constructors fold constants and flatten chains. They are right because every leaf is two-valued, in each of the three.

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Logic<L> {
    /// Always or never.
    Bool(bool),
    /// The operand is false.
    Not(Box<Logic<L>>),
    /// Every operand is true: at least two.
    All(Vec<Logic<L>>),
    /// Some operand is true: at least two.
    Any(Vec<Logic<L>>),
    /// A predicate.
    Leaf(L),
}

impl<L> Logic<L> {
    /// The opposite.
    pub(crate) fn negate(self) -> Self {
        match self {
            Self::Bool(value) => Self::Bool(!value),
            Self::Not(inner) => *inner,
            other @ (Self::All(_) | Self::Any(_) | Self::Leaf(_)) => Self::Not(Box::new(other)),
        }
    }

    /// True if every operand is.
    pub(crate) fn all(operands: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for operand in operands {
            match operand {
                Self::Bool(true) => {}
                Self::Bool(false) => return Self::Bool(false),
                Self::All(inner) => flat.extend(inner),
                other @ (Self::Not(_) | Self::Any(_) | Self::Leaf(_)) => flat.push(other),
            }
        }
        single(flat, true, Self::All)
    }

    /// True if some operand is.
    pub(crate) fn any(operands: impl IntoIterator<Item = Self>) -> Self {
        let mut flat = Vec::new();
        for operand in operands {
            match operand {
                Self::Bool(false) => {}
                Self::Bool(true) => return Self::Bool(true),
                Self::Any(inner) => flat.extend(inner),
                other @ (Self::Not(_) | Self::All(_) | Self::Leaf(_)) => flat.push(other),
            }
        }
        single(flat, false, Self::Any)
    }

    /// What must all be true.
    pub(crate) fn into_conditions(self) -> Vec<Self> {
        match self {
            Self::All(conditions) => conditions,
            other @ (Self::Bool(_) | Self::Not(_) | Self::Any(_) | Self::Leaf(_)) => vec![other],
        }
    }

    /// The same logic over what `replace` makes of each leaf; `join` says how alternatives are put together.
    pub(crate) fn map<M>(
        &self,
        replace: &mut dyn FnMut(&L) -> Logic<M>,
        join: fn(Vec<Logic<M>>) -> Logic<M>,
    ) -> Logic<M> {
        match self {
            Self::Bool(value) => Logic::Bool(*value),
            Self::Not(inner) => inner.map(replace, join).negate(),
            Self::All(operands) => {
                let operands: Vec<Logic<M>> =
                    operands.iter().map(|x| x.map(replace, join)).collect();
                Logic::all(operands)
            }
            Self::Any(operands) => join(operands.iter().map(|x| x.map(replace, join)).collect()),
            Self::Leaf(leaf) => replace(leaf),
        }
    }

    /// Whether every leaf satisfies this.
    pub(crate) fn every(&self, test: &dyn Fn(&L) -> bool) -> bool {
        match self {
            Self::Bool(_) => true,
            Self::Not(inner) => inner.every(test),
            Self::All(operands) | Self::Any(operands) => operands.iter().all(|x| x.every(test)),
            Self::Leaf(leaf) => test(leaf),
        }
    }
}

fn single<L>(
    mut operands: Vec<Logic<L>>,
    neutral: bool,
    join: fn(Vec<Logic<L>>) -> Logic<L>,
) -> Logic<L> {
    match operands.len() {
        0 => Logic::Bool(neutral),
        1 => operands.pop().unwrap_or(Logic::Bool(neutral)),
        _ => join(operands),
    }
}
