//! The stable printed form of an IR: an indented tree, one leaf a line, for people and for snapshots.
//!
//! ```text
//! all
//!   event.category is "process"
//!   not
//!     process.name is "cmd.exe" ignoring case
//! ```

use crate::ir::Ir;
use crate::ir::expr::{AnyText, Expr, Leaf, LeafKind, Relation, View};
use crate::ir::pattern::{Case, Pattern, Piece, Shape};
use crate::ir::regex::Regex;
use crate::ir::term::{Function, Scalar, Term};
use crate::ir::test::Test;
use std::collections::BTreeMap;
use std::fmt;
use verdict_event::{FieldSchema, Path};

/// The whole of it: where the rule looks, what it looks for, the types of its fields.
pub fn print(ir: &Ir) -> String {
    let mut text = ir.predicate.to_string();
    text.push_str(&fields(&ir.fields));
    text
}

/// The fields that a rule reads, with their types.
pub(super) fn fields(read: &BTreeMap<Path, FieldSchema>) -> String {
    use fmt::Write as _;
    let mut text = String::from("fields\n");
    for (path, field) in read {
        let kind = format!("{:?}", field.kind).to_lowercase();
        let list = if field.array { " list" } else { "" };
        let unmapped = if field.mapped { "" } else { ", not mapped" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {path}: {kind}{list}{unmapped}");
    }
    text
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        tree(self, 0, f)
    }
}

fn tree(expr: &Expr, depth: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{:indent$}", "", indent = 2 * depth)?;
    match expr {
        Expr::Const(true) => writeln!(f, "always"),
        Expr::Const(false) => writeln!(f, "never"),
        Expr::Leaf(leaf) => writeln!(f, "{leaf}"),
        Expr::Not(inner) => {
            writeln!(f, "not")?;
            tree(inner, depth + 1, f)
        }
        Expr::All(operands) | Expr::Any(operands) => {
            writeln!(
                f,
                "{}",
                if matches!(expr, Expr::All(_)) {
                    "all"
                } else {
                    "any"
                }
            )?;
            operands
                .iter()
                .try_for_each(|operand| tree(operand, depth + 1, f))
        }
    }
}

/// An expression on one line, for use inside a term.
fn inline(expr: &Expr) -> String {
    match expr {
        Expr::Const(true) => "always".to_owned(),
        Expr::Const(false) => "never".to_owned(),
        Expr::Leaf(leaf) => leaf.to_string(),
        Expr::Not(inner) => format!("not ({})", inline(inner)),
        Expr::All(operands) => joined(operands, " and "),
        Expr::Any(operands) => joined(operands, " or "),
    }
}

fn joined(operands: &[Expr], word: &str) -> String {
    let parts: Vec<String> = operands
        .iter()
        .map(|operand| format!("({})", inline(operand)))
        .collect();
    parts.join(word)
}

impl fmt::Display for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            LeafKind::Is { term, test } => write!(f, "{term} {test}"),
            LeafKind::Relate {
                relation,
                left,
                right,
            } => write!(f, "{left} {relation} {right}{}", case_of(relation)),
            LeafKind::Missing(term) => write!(f, "missing {term}"),
            LeafKind::Present(path) => write!(f, "present {path}"),
            LeafKind::AnyText(AnyText::Pattern(pattern)) => write!(f, "any text {pattern}"),
            LeafKind::AnyText(AnyText::Regex(regex)) => write!(f, "any text {regex}"),
        }
    }
}

fn ignoring(case: Case) -> &'static str {
    match case {
        Case::Exact => "",
        Case::Fold => " ignoring case",
    }
}

fn case_of(relation: &Relation) -> &'static str {
    match relation {
        Relation::Compare(_, _, case)
        | Relation::StartsWith(case)
        | Relation::EndsWith(case)
        | Relation::Contains { case, .. } => ignoring(*case),
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare(comparison, view, _) => {
                write!(f, "{} as {}", comparison.sign(), view.name())
            }
            Self::StartsWith(_) => f.write_str("starts with"),
            Self::EndsWith(_) => f.write_str("ends with"),
            Self::Contains { empty: true, .. } => f.write_str("contains"),
            Self::Contains { empty: false, .. } => f.write_str("contains non-empty"),
        }
    }
}

impl View {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Bool => "boolean",
            Self::Address => "address",
            Self::Version => "version",
            Self::Instant => "instant",
        }
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnyValue => f.write_str("has a value"),
            Self::Text(pattern) => pattern.fmt(f),
            Self::Numeral(number) => write!(f, "is the numeral {number}"),
            Self::Compare(comparison, number) => write!(f, "{} {number}", comparison.sign()),
            Self::TextOrder(comparison, text) => {
                write!(f, "{} {text:?} as text", comparison.sign())
            }
            Self::Bool(truth) => write!(f, "is {truth}"),
            Self::Regex(regex) => regex.fmt(f),
            Self::Cidr(net) => write!(f, "in {net}"),
            Self::Version(comparison, version) => {
                write!(f, "{} version {version:?}", comparison.sign())
            }
            Self::Instant(comparison, instant) => {
                write!(f, "{} instant {instant}", comparison.sign())
            }
            Self::DatePart(part, comparison, number) => {
                write!(f, "{} {} {number}", part.name(), comparison.sign())
            }
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.shape() {
            Shape::Anything => f.write_str("is any text")?,
            Shape::Equals(text) => write!(f, "is {text:?}")?,
            Shape::StartsWith(text) => write!(f, "starts with {text:?}")?,
            Shape::EndsWith(text) => write!(f, "ends with {text:?}")?,
            Shape::Contains(text) => write!(f, "contains {text:?}")?,
            Shape::General(pieces) => {
                f.write_str("is like")?;
                for piece in pieces {
                    match piece {
                        Piece::Literal(text) => write!(f, " {text:?}")?,
                        Piece::AnyRun => f.write_str(" *")?,
                        Piece::AnyChar => f.write_str(" ?")?,
                    }
                }
            }
        }
        f.write_str(ignoring(self.case()))
    }
}

impl fmt::Display for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.syntax {
            crate::ir::regex::Syntax::Sigma => "holds a match of",
            crate::ir::regex::Syntax::Lucene => "matches",
        };
        write!(f, "{verb} {:?}{}", self.source, ignoring(self.case))
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(path) => path.fmt(f),
            Self::Const(scalar) => scalar.fmt(f),
            Self::Call(function, arguments) => {
                write!(f, "{}(", function.name())?;
                for (at, argument) in arguments.iter().enumerate() {
                    write!(f, "{}{argument}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
            Self::Truth { holds, known } => {
                write!(f, "truth of [{}] where [{}]", inline(holds), inline(known))
            }
        }
    }
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Number(number) => number.fmt(f),
            Self::Bool(truth) => truth.fmt(f),
        }
    }
}

impl Function {
    /// EQL's name for it, with `~` where it ignores case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Subtract => "subtract",
            Self::Multiply => "multiply",
            Self::Divide { integral: true } => "divide-whole",
            Self::Divide { integral: false } => "divide",
            Self::Modulo => "modulo",
            Self::Negate => "negate",
            Self::Between(Case::Exact) => "between",
            Self::Between(Case::Fold) => "between~",
            Self::Concat => "concat",
            Self::IndexOf(Case::Exact) => "indexOf",
            Self::IndexOf(Case::Fold) => "indexOf~",
            Self::Length => "length",
            Self::ToNumber => "number",
            Self::ToText => "string",
            Self::Substring => "substring",
        }
    }
}
