//! The functions of EQL: their signatures and what they give.
//!
//! Source: the documentation's function reference; where it differs from Elasticsearch's suite of folds, the suite. Null in, null out,
//! save for the arguments that [`Signature::allows_null`] names.

mod call;
mod number;

pub(crate) use call::call;
pub(crate) use number::calculate;

use super::ast::ArithmeticOp;

/// A function that is not plain arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Between,
    CidrMatch,
    Concat,
    EndsWith,
    IndexOf,
    Length,
    Number,
    StartsWith,
    String,
    StringContains,
    Substring,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    Function(Function),
    Arithmetic(ArithmeticOp),
}

/// What an argument must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Want {
    Text,
    Number,
    Integer,
    Bool,
    Address,
    Network,
    Any,
}

/// A function's name and shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signature {
    pub(crate) name: &'static str,
    pub(crate) named: Named,
    pub(crate) least: usize,
    pub(crate) most: usize,
    /// Whether a form with `~` exists.
    pub(crate) folds: bool,
    wants: &'static [Want],
}

impl Signature {
    /// What the argument at this place must be; further ones are as the last.
    pub(crate) fn want(&self, at: usize) -> Want {
        self.wants
            .get(at)
            .or(self.wants.last())
            .copied()
            .unwrap_or(Want::Any)
    }

    /// Whether null at this place has a meaning of its own. Source: the suite of folds.
    pub(crate) fn allows_null(&self, at: usize) -> bool {
        match self.named {
            Named::Function(Function::IndexOf) => at == 2,
            Named::Function(Function::Substring) => at >= 1,
            Named::Function(Function::Number) => at == 1,
            Named::Function(
                Function::Between
                | Function::CidrMatch
                | Function::Concat
                | Function::EndsWith
                | Function::Length
                | Function::StartsWith
                | Function::String
                | Function::StringContains,
            )
            | Named::Arithmetic(_) => false,
        }
    }
}

const fn signature(
    name: &'static str,
    function: Function,
    arity: (usize, usize),
    folds: bool,
    wants: &'static [Want],
) -> Signature {
    Signature {
        name,
        named: Named::Function(function),
        least: arity.0,
        most: arity.1,
        folds,
        wants,
    }
}

const fn arithmetic(name: &'static str, op: ArithmeticOp) -> Signature {
    Signature {
        name,
        named: Named::Arithmetic(op),
        least: 2,
        most: 2,
        folds: false,
        wants: &[Want::Number],
    }
}

const MANY: usize = usize::MAX;

/// Every function.
pub(crate) const SIGNATURES: [Signature; 16] = [
    arithmetic("add", ArithmeticOp::Add),
    signature(
        "between",
        Function::Between,
        (3, 4),
        true,
        &[Want::Text, Want::Text, Want::Text, Want::Bool],
    ),
    signature(
        "cidrMatch",
        Function::CidrMatch,
        (2, MANY),
        false,
        &[Want::Address, Want::Network],
    ),
    signature("concat", Function::Concat, (1, MANY), false, &[Want::Any]),
    arithmetic("divide", ArithmeticOp::Divide),
    signature("endsWith", Function::EndsWith, (2, 2), true, &[Want::Text]),
    signature(
        "indexOf",
        Function::IndexOf,
        (2, 3),
        true,
        &[Want::Text, Want::Text, Want::Integer],
    ),
    signature("length", Function::Length, (1, 1), false, &[Want::Text]),
    arithmetic("modulo", ArithmeticOp::Modulo),
    arithmetic("multiply", ArithmeticOp::Multiply),
    signature(
        "number",
        Function::Number,
        (1, 2),
        false,
        &[Want::Text, Want::Integer],
    ),
    signature(
        "startsWith",
        Function::StartsWith,
        (2, 2),
        true,
        &[Want::Text],
    ),
    signature("string", Function::String, (1, 1), false, &[Want::Any]),
    signature(
        "stringContains",
        Function::StringContains,
        (2, 2),
        true,
        &[Want::Text],
    ),
    signature(
        "substring",
        Function::Substring,
        (2, 3),
        false,
        &[Want::Text, Want::Integer],
    ),
    arithmetic("subtract", ArithmeticOp::Subtract),
];

/// A function by its name, in any case. Source: the suite, which calls functions in capitals.
pub(crate) fn lookup(name: &str) -> Option<&'static Signature> {
    SIGNATURES
        .iter()
        .find(|signature| signature.name.eq_ignore_ascii_case(name))
}
