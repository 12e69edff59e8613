//! The IR as a tree of Kusto's language, with every guard that it needs and no other.
//!
//! A leaf of the IR is two-valued. Kusto's predicates are so on `string` columns, where a missing value is `""`: there a guard
//! is needed only if the test accepts the empty text. On other columns they may be null, which `where` drops; null means
//! false, so it matters only under a negation, and only there it is written out (`coalesce(..., false)`).

use crate::caps::{Caps, Limit};
use crate::kql::columns::Kind;
use crate::kql::tree::Tree;
use crate::kql::{group, list, number, scalar, text};
use std::collections::BTreeMap;
use verdict_compiler::codes::divergence::{EMPTY_IS_MISSING, KEYWORD_SCOPE};
use verdict_compiler::codes::target::{KQL_COLUMN_NAME, KQL_LIST_TEST, KQL_TYPE};
use verdict_compiler::ir::{Expr, Function, Leaf, LeafKind, Term, Test};
use verdict_event::{FieldSchema, Path};

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
    /// Whether a missing value makes it null. Text never is.
    pub(crate) nullable: bool,
    /// The column whose missing value makes this text the empty one.
    pub(crate) origin: Option<Box<Subject>>,
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
            Expr::Not(inner) if verdict_faults::at("kql/plan/negation-dropped") => {
                self.expr(inner, negated)
            }
            Expr::Not(inner) if verdict_faults::at("kql/plan/negation-not-told-below") => {
                self.expr(inner, negated).negate()
            }
            Expr::Not(inner) => self.expr(inner, !negated).negate(),
            Expr::All(operands)
                if negated && verdict_faults::at("kql/plan/negated-group-torn-apart") =>
            {
                let [first, rest @ ..] = operands.as_slice() else {
                    return Tree::Bool(true);
                };
                let first = self.expr(first, negated);
                let rest: Vec<Tree> = rest.iter().map(|x| self.expr(x, negated)).collect();
                Tree::all(std::iter::once(first).chain(rest.into_iter().map(Tree::negate)))
            }
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
            LeafKind::Missing(Term::Truth { holds, known }) => self
                .of_single_values(holds)
                .map(|()| self.expr(known, !negated).negate()),
            LeafKind::Missing(term) => self.missing(term, negated),
            LeafKind::Present(path) => {
                self.caps.diverges(EMPTY_IS_MISSING);
                let exists = self.exists(&Term::Field(path.clone()));
                let settled = negated && !verdict_faults::at("kql/plan/exists-null-under-negation");
                exists.map(|(tree, nullable)| settle(tree, nullable && settled))
            }
            LeafKind::AnyText(keyword) => {
                if !verdict_faults::at("kql/plan/keyword-claims-exact") {
                    self.caps.diverges(KEYWORD_SCOPE);
                }
                text::keyword(keyword)
            }
        };
        said.unwrap_or_else(|limit| {
            if verdict_faults::at("kql/plan/refused-test-dropped") {
                return Tree::Bool(!negated);
            }
            self.caps.refuse(limit, leaf.span);
            Tree::Bool(false)
        })
    }

    fn missing(&mut self, term: &Term, negated: bool) -> Result<Tree, Limit> {
        let subject = self.term(term)?;
        if verdict_faults::at("kql/plan/missing-as-isnull") {
            return Ok(Tree::call("isnull", subject.tree));
        }
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
        if let Term::Call(Function::Length, arguments) = term
            && let [Term::Field(path)] = arguments.as_slice()
            && let Some(tree) = number::length(&self.column(path)?, test)
        {
            return Ok(tree);
        }
        let subject = self.term(term)?;
        if let Kind::List { integers } = subject.kind {
            let column = subject.column.as_deref().unwrap_or_default();
            let said = list::test(column, integers, test)?;
            let negated = negated && !verdict_faults::at("kql/plan/list-null-under-negation");
            return Ok(settle(said.tree, said.nullable && negated));
        }
        let said = scalar::test(&subject, test)?;
        let mut parts = subject.guards.clone();
        if verdict_faults::at("kql/plan/function-guards-lost") {
            parts.clear();
        }
        if said.of_missing && !verdict_faults::at("kql/plan/missing-guard-lost") {
            parts.extend(self.presence(&subject));
        }
        // A text may be no number, no date, no address: that is null too.
        let of_text =
            subject.kind == Kind::Text && !verdict_faults::at("kql/plan/text-conversion-null");
        let nullable = said.nullable && (subject.nullable || of_text);
        let negated = negated && !verdict_faults::at("kql/plan/null-under-negation");
        parts.push(settle(said.tree, nullable && negated));
        Ok(Tree::all(parts))
    }

    /// A condition as a value: what the test says of `true` and of `false`, where the condition is known. Where it holds it is known.
    fn truth(
        &mut self,
        holds: &Expr,
        known: &Expr,
        test: &Test,
        negated: bool,
    ) -> Result<Tree, Limit> {
        self.of_single_values(holds)?;
        let Some([of_false, of_true]) = text::of_truths(test)? else {
            return Ok(Tree::Bool(false));
        };
        let value = match (of_false, of_true) {
            (false, false) => Expr::Const(false),
            (true, true) => known.clone(),
            (false, true) => holds.clone(),
            (true, false) if verdict_faults::at("kql/plan/truth-not-negated") => holds.clone(),
            (true, false) if verdict_faults::at("kql/plan/unknown-as-false") => {
                holds.clone().negate()
            }
            (true, false) => Expr::all([known.clone(), holds.clone().negate()]),
        };
        Ok(self.expr(&value, negated))
    }

    /// Fails if a condition reads a list, of whose values it may say one thing each.
    fn of_single_values(&self, condition: &Expr) -> Result<(), Limit> {
        condition.reads_list(self.fields).map_or(Ok(()), |path| {
            let reason = format!(
                "`{path}` holds lists, and a condition as a value needs one value at a time"
            );
            Err(Limit::new(KQL_LIST_TEST, reason))
        })
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
                let function = if verdict_faults::at("kql/plan/presence-as-isnotnull") {
                    "isnotnull"
                } else {
                    "isnotempty"
                };
                Some(Tree::call(function, subject.tree.clone()))
            }
            (Kind::Text, None) => {
                let origin = subject.origin.as_deref();
                let origin =
                    origin.filter(|_| !verdict_faults::at("kql/plan/origin-guard-lost"))?;
                self.presence(origin)
            }
            (Kind::List { .. } | Kind::Opaque, _) => None,
            (Kind::Long | Kind::Real | Kind::Bool | Kind::Date, _) => (subject.nullable
                && !verdict_faults::at("kql/plan/typed-presence-lost"))
            .then(|| Tree::call("isnotnull", subject.tree.clone())),
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
            nullable: kind != Kind::Text,
            origin: None,
            column: Some(name.to_owned()),
            guards: Vec::new(),
        })
    }
}

/// The predicate with null read as false, where that is needed.
pub(crate) fn settle(tree: Tree, needed: bool) -> Tree {
    if needed { tree.settled() } else { tree }
}
