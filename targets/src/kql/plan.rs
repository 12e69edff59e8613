//! The IR as a tree of Kusto's language, with every guard that it needs and no other.
//!
//! A leaf of the IR is two-valued. Kusto's predicates are so on `string` columns, where a missing value is `""`: there a guard
//! is needed only if the test accepts the empty text. On other columns they may be null, which `where` drops; null means
//! false, so it matters only under a negation, and only there it is written out (`coalesce(..., false)`).

use crate::kql::caps::{Caps, Limit};
use crate::kql::columns::Kind;
use crate::kql::tree::{Match, Tree};
use crate::kql::{address, group, list, number, text, time};
use std::collections::BTreeMap;
use verdict_compiler::codes::divergence::{EMPTY_IS_MISSING, KEYWORD_SCOPE};
use verdict_compiler::codes::target::{KQL_COLUMN_NAME, KQL_TYPE, KQL_VERSION};
use verdict_compiler::ir::{Case, Expr, Leaf, LeafKind, Term, Test};
use verdict_event::{FieldSchema, Number, Path};

/// A predicate of one leaf before its guards.
pub(crate) struct Said {
    /// The predicate.
    pub(crate) tree: Tree,
    /// Whether a missing value may make it null.
    pub(crate) nullable: bool,
    /// Whether a missing value makes it true, so that it needs a guard.
    pub(crate) of_missing: bool,
}

impl Said {
    /// A predicate that is never null, and false of a missing value.
    pub(crate) fn exact(tree: Tree) -> Self {
        Self {
            tree,
            nullable: false,
            of_missing: false,
        }
    }

    /// A predicate that a missing value makes null.
    pub(crate) fn nullable(tree: Tree) -> Self {
        Self {
            tree,
            nullable: true,
            of_missing: false,
        }
    }

    /// What no value of this type satisfies.
    pub(crate) fn never() -> Self {
        Self::exact(Tree::Bool(false))
    }
}

/// What a test looks at: a column, a literal or the result of functions.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// The expression.
    pub(crate) tree: Tree,
    /// Its type.
    pub(crate) kind: Kind,
    /// The column's name, if it is one.
    pub(crate) column: Option<String>,
    /// What must hold for there to be a value at all; never null. Empty for columns.
    pub(crate) guards: Vec<Tree>,
}

/// Makes the plan of one rule.
pub(crate) struct Planner<'i> {
    fields: &'i BTreeMap<Path, FieldSchema>,
    pub(crate) caps: Caps,
}

impl<'i> Planner<'i> {
    /// A planner for rules over these fields.
    pub(crate) fn new(fields: &'i BTreeMap<Path, FieldSchema>) -> Self {
        Self {
            fields,
            caps: Caps::default(),
        }
    }

    /// The whole predicate.
    pub(crate) fn plan(&mut self, predicate: &Expr) -> Tree {
        self.expr(predicate, false).balanced()
    }

    /// An expression; `negated` says whether it stands under an odd number of negations.
    fn expr(&mut self, expr: &Expr, negated: bool) -> Tree {
        match expr {
            Expr::Const(value) => Tree::Bool(*value),
            Expr::Not(inner) => self.expr(inner, !negated).negate(),
            Expr::All(operands) => Tree::all(
                operands
                    .iter()
                    .map(|x| self.expr(x, negated))
                    .collect::<Vec<_>>(),
            ),
            Expr::Any(operands) => {
                let operands: Vec<Tree> = operands.iter().map(|x| self.expr(x, negated)).collect();
                group::any(operands)
            }
            Expr::Leaf(leaf) => self.leaf(leaf, negated),
        }
    }

    fn leaf(&mut self, leaf: &Leaf, negated: bool) -> Tree {
        let said = match &leaf.kind {
            LeafKind::Is { term, test } => self.is(term, test, negated),
            LeafKind::Relate {
                relation,
                left,
                right,
            } => self.relate(relation, left, right, negated),
            LeafKind::Missing(Term::Truth { known, .. }) => Ok(self.expr(known, !negated).negate()),
            LeafKind::Missing(term) => self.missing(term, negated),
            LeafKind::Present(path) => {
                self.caps.diverges(EMPTY_IS_MISSING);
                let exists = self.exists(&Term::Field(path.clone()));
                exists.map(|(tree, nullable)| settle(tree, nullable && negated))
            }
            LeafKind::AnyText(keyword) => {
                self.caps.diverges(KEYWORD_SCOPE);
                text::keyword(keyword)
            }
        };
        said.unwrap_or_else(|limit| {
            self.caps.refuse(limit, leaf.span);
            Tree::Bool(false)
        })
    }

    fn missing(&mut self, term: &Term, negated: bool) -> Result<Tree, Limit> {
        let subject = self.term(term)?;
        match (subject.kind, &subject.column) {
            // What is negated once more by the caller reads best, and null is false there.
            (Kind::List { .. }, Some(column)) if negated => {
                Ok(Tree::Not(Box::new(list::has_values(column))))
            }
            (Kind::List { .. }, Some(column)) => Ok(list::is_missing(column)),
            _ => self.exists(term).map(|(exists, _)| exists.negate()),
        }
    }

    fn is(&mut self, term: &Term, test: &Test, negated: bool) -> Result<Tree, Limit> {
        if let Term::Truth { holds, known } = term {
            return self.truth(holds, known, test, negated);
        }
        let subject = self.term(term)?;
        if let Kind::List { integers } = subject.kind {
            let column = subject.column.as_deref().unwrap_or_default();
            let said = list::test(column, integers, test)?;
            return Ok(settle(said.tree, said.nullable && negated));
        }
        if let Some(tree) = number::length(&subject, test) {
            return Ok(tree);
        }
        let said = test_of(&subject, test)?;
        let mut parts = subject.guards.clone();
        if said.of_missing {
            parts.extend(self.presence(&subject));
        }
        parts.push(settle(said.tree, said.nullable && negated));
        Ok(Tree::all(parts))
    }

    /// A condition as a value: what the test says of `true` and of `false`, where the condition is known.
    fn truth(
        &mut self,
        holds: &Expr,
        known: &Expr,
        test: &Test,
        negated: bool,
    ) -> Result<Tree, Limit> {
        let Some([of_false, of_true]) = text::of_truths(test)? else {
            return Ok(Tree::Bool(false));
        };
        let value = match (of_false, of_true) {
            (false, false) => Expr::Const(false),
            (true, true) => Expr::Const(true),
            (false, true) => holds.clone(),
            (true, false) => holds.clone().negate(),
        };
        Ok(self.expr(&Expr::all([known.clone(), value]), negated))
    }

    /// Whether a term has a value, and whether that may be null.
    fn exists(&mut self, term: &Term) -> Result<(Tree, bool), Limit> {
        let subject = self.term(term)?;
        if let (Kind::List { .. }, Some(column)) = (subject.kind, &subject.column) {
            return Ok((list::has_values(column), true));
        }
        let presence = self.presence(&subject);
        let parts = subject.guards.into_iter().chain(presence);
        Ok((Tree::all(parts.collect::<Vec<_>>()), false))
    }

    /// That a subject has a value, beyond its own guards. Noting what a text column cannot tell is part of saying it.
    pub(crate) fn presence(&mut self, subject: &Subject) -> Option<Tree> {
        match (subject.kind, &subject.column) {
            (Kind::Text, Some(_)) => {
                self.caps.diverges(EMPTY_IS_MISSING);
                Some(Tree::call("isnotempty", subject.tree.clone()))
            }
            (Kind::Text | Kind::List { .. } | Kind::Opaque, _) => None,
            (Kind::Long | Kind::Real | Kind::Bool | Kind::Date, _) => {
                Some(Tree::call("isnotnull", subject.tree.clone()))
            }
        }
    }

    /// The column that holds a field.
    pub(crate) fn column(&self, path: &Path) -> Result<Subject, Limit> {
        let name = path.as_str();
        if crate::kql::quote::name(name).is_none() {
            let reason = format!(
                "`{name}` cannot be a column: Kusto's names are letters, digits, `_`, `.`, `-` and spaces, at most 1024, \
                 and do not begin or end with `__`"
            );
            return Err(Limit::new(KQL_COLUMN_NAME, reason));
        }
        let kind = self.fields.get(path).map_or(Kind::Text, Kind::of);
        if kind == Kind::Opaque {
            let reason = format!(
                "`{name}` holds objects, or lists of a type that no test of a Kusto column can look at"
            );
            return Err(Limit::new(KQL_TYPE, reason));
        }
        Ok(Subject {
            tree: Tree::Column(name.to_owned()),
            kind,
            column: Some(name.to_owned()),
            guards: Vec::new(),
        })
    }
}

/// The predicate with null read as false, where that is needed.
pub(crate) fn settle(tree: Tree, needed: bool) -> Tree {
    if needed { tree.settled() } else { tree }
}

/// A test of a single value.
fn test_of(subject: &Subject, test: &Test) -> Result<Said, Limit> {
    if subject.kind == Kind::Bool {
        return Ok(match text::of_truths(test)? {
            None => Said::never(),
            Some(accepted) => of_bool(&subject.tree, accepted),
        });
    }
    match test {
        Test::AnyValue => Ok(Said {
            of_missing: true,
            ..Said::exact(Tree::Bool(true))
        }),
        Test::Text(pattern) => Ok(of_text(text::pattern(as_text(subject, test)?, pattern))),
        Test::TextOrder(comparison, other) => Ok(of_text(text::order(
            as_text(subject, test)?,
            *comparison,
            other,
        ))),
        Test::Regex(expression) => text::search(as_text(subject, test)?, expression).map(of_text),
        Test::Numeral(wanted) => number::numeral(subject, wanted),
        Test::Compare(comparison, wanted) => number::compare(subject, *comparison, wanted),
        Test::Bool(wanted) => Ok(bool_text(subject, *wanted)),
        Test::Cidr(network) => Ok(address::within(subject, network)),
        Test::Version(..) => Err(Limit::new(
            KQL_VERSION,
            "Kusto has no comparison of software versions that orders them part by part as the rule means it",
        )),
        Test::Instant(comparison, moment) => time::instant(subject, *comparison, *moment),
        Test::DatePart(part, comparison, wanted) => {
            time::part(subject, *part, *comparison, *wanted)
        }
    }
}

fn of_text(said: text::Said) -> Said {
    Said {
        tree: said.tree,
        nullable: false,
        of_missing: said.of_empty,
    }
}

fn of_bool(subject: &Tree, accepted: [bool; 2]) -> Said {
    let equal = |value| Said::exact(Tree::equal(subject.clone(), Tree::Bool(value)));
    match accepted {
        [false, false] => Said::never(),
        [false, true] => equal(true),
        [true, false] => equal(false),
        [true, true] => Said {
            of_missing: true,
            ..Said::exact(Tree::Bool(true))
        },
    }
}

fn bool_text(subject: &Subject, wanted: bool) -> Said {
    match subject.kind {
        Kind::Text => {
            let word = if wanted { "true" } else { "false" };
            let word = Tree::Text(word.to_owned());
            Said::exact(Tree::matches(
                Match::Whole,
                Case::Fold,
                subject.tree.clone(),
                word,
            ))
        }
        Kind::Long | Kind::Real | Kind::Bool | Kind::Date | Kind::List { .. } | Kind::Opaque => {
            Said::never()
        }
    }
}

/// The text that a test of text looks at. A column of text that is compared with digits may hold numbers in a real table, which
/// `tostring` makes harmless.
pub(crate) fn as_text(subject: &Subject, test: &Test) -> Result<Tree, Limit> {
    let tree = subject.tree.clone();
    match subject.kind {
        Kind::Text if subject.column.is_some() && text::is_about_digits(test) => {
            Ok(Tree::call("tostring", tree))
        }
        Kind::Text => Ok(tree),
        Kind::Long => Ok(Tree::call("tostring", tree)),
        Kind::Bool => Ok(Tree::Call(
            "iff",
            vec![
                tree,
                Tree::Text("true".to_owned()),
                Tree::Text("false".to_owned()),
            ],
        )),
        Kind::Real | Kind::Date | Kind::List { .. } | Kind::Opaque => {
            let what = match &subject.column {
                Some(name) => format!("`{name}`"),
                None => "a computed value".to_owned(),
            };
            Err(Limit::new(
                KQL_TYPE,
                format!(
                    "the text of {what} is not kept by its type: {}",
                    named(subject.kind)
                ),
            ))
        }
    }
}

/// What Kusto calls the type.
pub(crate) fn named(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "string",
        Kind::Long => "long",
        Kind::Real => "real",
        Kind::Bool => "bool",
        Kind::Date => "datetime",
        Kind::List { .. } => "a list",
        Kind::Opaque => "dynamic",
    }
}

/// A number literal: exact where it is a whole number that a `long` holds, else the nearest `real`.
pub(crate) fn number_literal(number: &Number) -> Tree {
    if let Some(whole) = number.as_i64() {
        let text = if whole == i64::MIN {
            format!("long({whole})")
        } else {
            whole.to_string()
        };
        return Tree::Number(text);
    }
    let real = number.as_f64();
    Tree::Number(if real == f64::INFINITY {
        "real(+inf)".to_owned()
    } else if real == f64::NEG_INFINITY {
        "real(-inf)".to_owned()
    } else {
        format!("{real:?}")
    })
}
