//! The IR: the one typed, forgetful form that all targets read.
//!
//! An [`Expr`] is plain boolean logic over leaves. **A leaf is two-valued**: over a missing value it is false (except
//! [`LeafKind::Missing`] itself), and over several values it is true if any satisfies it. There is no third truth value here: what a source language
//! does with null, the lowering has written out. Expressions are built by smart constructors only ([`Expr::all`],
//! [`Expr::any`], [`Expr::negate`]), which flatten, fold constants and drop repeated operands.

pub mod expr;
pub mod fold;
pub mod function;
pub mod instant;
pub mod pattern;
pub mod print;
pub mod readable;
pub mod regex;
pub mod series;
pub mod term;
pub mod test;
pub mod version;

use std::collections::{BTreeMap, BTreeSet};
use verdict_event::{FieldSchema, Path};

pub use expr::{AnyText, Expr, Leaf, LeafKind, Relation, View};
pub use pattern::{Case, Pattern, Piece};
pub use regex::{Regex, Syntax};
pub use series::Series;
pub use term::{Function, Scalar, Term};
pub use test::{Comparison, DatePart, Test};

/// What a rule means, over events that a mapping describes.
#[derive(Clone, Debug, PartialEq)]
pub struct Ir {
    /// The whole predicate: the source (logsource or category) and the detection.
    pub predicate: Expr,
    /// The detection alone, in the rule's own field names, without logsource or category. Profiles whose tables
    /// already choose the source start from it.
    pub detection: Expr,
    /// Where the rule looks.
    pub origin: Origin,
    /// Every field that the predicate reads, and what is known of it.
    pub fields: BTreeMap<Path, FieldSchema>,
}

/// Where a rule looks, before any profile has bound it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// EQL's event category; none for `any` and for Sigma.
    pub category: Option<String>,
    /// Sigma's logsource.
    pub logsource: Option<crate::rule::Logsource>,
    /// Fields that the rule reads only as EQL's `?field`: where no data hold them, it is still the rule that its author means.
    pub optional: BTreeSet<Path>,
}
