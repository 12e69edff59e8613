//! Leaves over fields as leaves over columns.

mod computed;
mod derive;

use crate::profile::bind::no_field;
use crate::profile::derived::Derived;
use crate::profile::mapping::{Holding, Mapping, Source, Table};
use crate::profile::row::RAW;
use crate::profile::{labels, last, prefix, registry, spelling};
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::codes::divergence::{COLUMN_CASE, OPTIONAL_FIELD, PLATFORM_SCOPE};
use verdict_compiler::codes::target::PROFILE_TEST;
use verdict_compiler::ir::{AnyText, Case, Expr, Leaf, LeafKind, Pattern, Term, Test};
use verdict_compiler::{Code, Ir, Refusal, Span};
use verdict_event::Path;

/// What a rule reads of a source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reads {
    /// Every field with how the source holds it; None for one that it does not hold.
    pub(crate) fields: BTreeMap<Path, Option<Holding>>,
    /// Columns that the query computes.
    pub(crate) derived: Vec<Derived>,
    /// The column of each further field; None where no one column holds it as it is.
    pub(crate) also: BTreeMap<Path, Option<Path>>,
    /// Fields of which the rule looks at the case of letters.
    pub(crate) exact: BTreeSet<Path>,
    /// Fields of which the rule looks at the case of letters, and the query does not.
    pub(crate) cased: BTreeSet<Path>,
    /// Divergences that follow.
    pub(crate) codes: BTreeSet<Code>,
}

/// What a source says of a field.
enum Held {
    /// It holds it so.
    As(Holding),
    /// It does not, and the rule can do without.
    Without,
    /// It does not; that was refused.
    Refused,
}

/// Binds one rule to one source.
pub(crate) struct Bindery<'m> {
    mapping: &'m Mapping,
    source: &'m Source,
    table: Option<&'m Table>,
    optional: &'m BTreeSet<Path>,
    /// Computed columns of the query's other sources.
    others: Vec<Derived>,
    reads: Reads,
    refusals: Vec<Refusal>,
}

impl<'m> Bindery<'m> {
    pub(crate) fn new(
        mapping: &'m Mapping,
        source: &'m Source,
        table: Option<&'m Table>,
        ir: &'m Ir,
        others: Vec<Derived>,
    ) -> Self {
        Self {
            mapping,
            source,
            table,
            optional: &ir.origin.optional,
            others,
            reads: Reads::default(),
            refusals: Vec::new(),
        }
    }

    /// What the rule reads, and every reason why it cannot be bound.
    pub(crate) fn done(self) -> (Reads, Vec<Refusal>) {
        (self.reads, self.refusals)
    }

    /// Looks for the column of a field that is read beside the conditions.
    pub(crate) fn also(&mut self, path: &Path) {
        let column = match self.source.holding(path, self.table) {
            Some(Holding::Column(column)) => {
                let holding = Holding::Column(column.clone());
                self.reads.fields.insert(path.clone(), Some(holding));
                Some(Path::new(column))
            }
            Some(Holding::Joined(joined)) if joined.prefixes.is_empty() => {
                let holding = Holding::Joined(joined.clone());
                self.reads.fields.insert(path.clone(), Some(holding));
                Some(self.derive(path, &joined))
            }
            Some(Holding::Inside(inside)) => {
                let holding = Holding::Inside(inside.clone());
                self.reads.fields.insert(path.clone(), Some(holding));
                Some(self.derive_inside(path, &inside))
            }
            Some(
                Holding::Joined(_)
                | Holding::Constant(_)
                | Holding::Assumed(_)
                | Holding::Values { .. }
                | Holding::Labelled(_)
                | Holding::Registry(_)
                | Holding::Last { .. }
                | Holding::Behind { .. },
            )
            | None => None,
        };
        self.reads.also.insert(path.clone(), column);
    }

    /// An expression over columns.
    pub(crate) fn expr(&mut self, expr: &Expr) -> Expr {
        // Alternatives are bound one by one: what is already refused still tells its other reasons.
        expr.map_leaves(&mut |leaf| self.leaf(leaf))
    }

    fn leaf(&mut self, leaf: &Leaf) -> Expr {
        match &leaf.kind {
            LeafKind::Is {
                term: Term::Field(path),
                test,
            } => self.is(path, test, leaf),
            LeafKind::Missing(Term::Field(path)) => self.missing(path, leaf),
            LeafKind::Present(path) => self.present(path, leaf),
            LeafKind::Is { .. } | LeafKind::Missing(_) => self.computed(leaf),
            LeafKind::Relate { left, right, .. } => self.relate(left, right, leaf),
            LeafKind::AnyText(text) => self.any_text(text, leaf),
        }
    }

    /// How the source holds a field.
    fn held(&mut self, path: &Path, span: Span) -> Held {
        let holding = if let Some(known) = self.reads.fields.get(path) {
            known.clone()
        } else {
            let found = self.source.holding(path, self.table);
            self.reads.fields.insert(path.clone(), found.clone());
            found
        };
        match holding {
            Some(holding) => Held::As(holding),
            None if self.optional.contains(path) => {
                self.reads.codes.insert(OPTIONAL_FIELD);
                Held::Without
            }
            None => {
                self.refusals
                    .push(no_field(self.mapping, self.source, path, span));
                Held::Refused
            }
        }
    }

    fn is(&mut self, path: &Path, test: &Test, leaf: &Leaf) -> Expr {
        let held = self.held(path, leaf.span);
        let test = &self.of_case(path, test, &held);
        if !matches!(test, Test::Text(pattern) if pattern.case() == Case::Fold) {
            self.reads.exact.insert(path.clone());
        }
        match held {
            Held::Without => Expr::Const(false),
            Held::Refused => Expr::Leaf(leaf.clone()),
            Held::As(Holding::Column(column)) => {
                Expr::field(Path::new(column), test.clone(), leaf.span)
            }
            Held::As(Holding::Assumed(values)) => {
                self.reads.codes.insert(PLATFORM_SCOPE);
                let mut accepted = false;
                for value in &values {
                    accepted |= self.accepts(test, value, path, leaf);
                }
                Expr::Const(accepted)
            }
            Held::As(Holding::Constant(values)) => {
                let mut accepted = false;
                for value in &values {
                    accepted |= self.accepts(test, value, path, leaf);
                }
                Expr::Const(accepted)
            }
            Held::As(Holding::Values { column, values }) => {
                let mut wanted = Vec::new();
                for (value, kept) in &values {
                    if self.accepts(test, value, path, leaf) {
                        wanted.extend(kept.iter().map(|kept| equals(&column, kept, leaf.span)));
                    }
                }
                Expr::any(wanted)
            }
            Held::As(Holding::Joined(joined)) => match spelling::unclear(test, &joined.spelled)
                .map_or_else(|| prefix::test(test, &joined.prefixes), Err)
            {
                Ok(test) => Expr::field(self.derive(path, &joined), test, leaf.span),
                Err(reason) => self.refuse(reason, leaf),
            },
            Held::As(Holding::Inside(inside)) => match spelling::unclear(test, &inside.spelled) {
                None => Expr::field(self.derive_inside(path, &inside), test.clone(), leaf.span),
                Some(reason) => self.refuse(reason, leaf),
            },
            Held::As(Holding::Labelled(columns)) => labels::test(test, &columns, leaf.span)
                .unwrap_or_else(|reason| self.refuse(reason, leaf)),
            Held::As(Holding::Behind { column, by }) => Expr::field(
                self.derive_behind(path, &column, by),
                test.clone(),
                leaf.span,
            ),
            Held::As(Holding::Last { column, by }) => match last::test(test, &by) {
                Ok(test) => Expr::field(Path::new(column), test, leaf.span),
                Err(reason) => self.refuse(reason, leaf),
            },
            Held::As(Holding::Registry(data)) => registry::test(test, &data, leaf.span)
                .unwrap_or_else(|reason| self.refuse(reason, leaf)),
        }
    }

    /// The test with the case of letters ignored, where the product does not keep it.
    fn of_case(&mut self, path: &Path, test: &Test, held: &Held) -> Test {
        let (Held::As(holding), Test::Text(pattern)) = (held, test) else {
            return test.clone();
        };
        let columns = holding.columns();
        let lost = columns
            .into_iter()
            .any(|column| self.mapping.any_case.contains(column));
        if !lost || pattern.case() == Case::Fold {
            return test.clone();
        }
        if pattern
            .literals()
            .any(|text| text.chars().any(char::is_alphabetic))
        {
            self.reads.codes.insert(COLUMN_CASE);
        }
        self.reads.cased.insert(path.clone());
        Test::Text(pattern.clone().with_case(Case::Fold))
    }

    /// Whether a test accepts a value that the profile writes out.
    fn accepts(&mut self, test: &Test, value: &str, path: &Path, leaf: &Leaf) -> bool {
        match test {
            Test::AnyValue => true,
            Test::Text(pattern) => pattern.matches(value),
            Test::Numeral(number) => number.text() == value,
            Test::Bool(wanted) => value == if *wanted { "true" } else { "false" },
            Test::Compare(..)
            | Test::TextOrder(..)
            | Test::Regex(_)
            | Test::Cidr(_)
            | Test::Version(..)
            | Test::Instant(..)
            | Test::DatePart(..) => {
                self.refuse(format!("the profile has `{path}` under other values, and only a comparison with a text can follow"), leaf);
                false
            }
        }
    }

    fn missing(&mut self, path: &Path, leaf: &Leaf) -> Expr {
        let of = |column: Path| Expr::leaf(LeafKind::Missing(Term::Field(column)), leaf.span);
        match self.held(path, leaf.span) {
            Held::Without => Expr::Const(true),
            Held::Refused => Expr::Leaf(leaf.clone()),
            Held::As(
                Holding::Column(column)
                | Holding::Values { column, .. }
                | Holding::Last { column, .. },
            ) => of(Path::new(column)),
            Held::As(Holding::Constant(values)) => Expr::Const(values.is_empty()),
            Held::As(Holding::Assumed(values)) => {
                self.reads.codes.insert(PLATFORM_SCOPE);
                Expr::Const(values.is_empty())
            }
            Held::As(Holding::Joined(joined)) => of(self.derive(path, &joined)),
            Held::As(Holding::Inside(inside)) => of(self.derive_inside(path, &inside)),
            Held::As(Holding::Behind { column, by }) => of(self.derive_behind(path, &column, by)),
            Held::As(Holding::Labelled(columns)) => labels::missing(&columns, leaf.span),
            Held::As(Holding::Registry(data)) => registry::missing(&data, leaf.span),
        }
    }

    fn present(&mut self, path: &Path, leaf: &Leaf) -> Expr {
        let of = |column: Path| Expr::leaf(LeafKind::Present(column), leaf.span);
        match self.held(path, leaf.span) {
            Held::Without => Expr::Const(false),
            Held::Refused => Expr::Leaf(leaf.clone()),
            Held::As(
                Holding::Column(column)
                | Holding::Values { column, .. }
                | Holding::Last { column, .. },
            ) => of(Path::new(column)),
            Held::As(Holding::Constant(values)) => Expr::Const(!values.is_empty()),
            Held::As(Holding::Assumed(values)) => {
                self.reads.codes.insert(PLATFORM_SCOPE);
                Expr::Const(!values.is_empty())
            }
            Held::As(Holding::Joined(joined)) => of(self.derive(path, &joined)),
            Held::As(Holding::Inside(inside)) => of(self.derive_inside(path, &inside)),
            Held::As(Holding::Behind { column, by }) => of(self.derive_behind(path, &column, by)),
            Held::As(Holding::Labelled(columns)) => labels::any_value(&columns, leaf.span),
            Held::As(Holding::Registry(data)) => registry::missing(&data, leaf.span).negate(),
        }
    }

    fn any_text(&mut self, text: &AnyText, leaf: &Leaf) -> Expr {
        // Elasticsearch keeps the text of the whole event in `message` and Splunk in `_raw`, which the target's own plan reads.
        let listed = |column: &&str| {
            self.table
                .is_some_and(|table| table.columns.contains_key(*column))
        };
        if let Some(column) = ["message", RAW].into_iter().find(listed) {
            let holding = Holding::Column(column.to_owned());
            self.reads.fields.insert(Path::new(column), Some(holding));
            return Expr::leaf(LeafKind::AnyText(text.clone()), leaf.span);
        }
        self.refuse(
            format!(
                "no column of `{}` holds the whole text of an event, where keywords are looked for",
                self.source.table
            ),
            leaf,
        )
    }

    /// Refuses a leaf, which stays as it is: it must not make the rule look like one that never matches.
    fn refuse(&mut self, reason: String, leaf: &Leaf) -> Expr {
        self.refusals.push(Refusal {
            code: PROFILE_TEST,
            reason,
            span: leaf.span,
        });
        Expr::Leaf(leaf.clone())
    }
}

/// A column holds exactly this text.
fn equals(column: &str, text: &str, span: Span) -> Expr {
    Expr::field(
        Path::new(column),
        Test::Text(Pattern::literal(text, Case::Exact)),
        span,
    )
}
