//! The IR as a tree of ES|QL, with every guard that it needs and no other.
//!
//! A leaf of the IR is two-valued. In ES|QL a missing value makes every test null, which `WHERE` drops and `AND` and `OR` take as false would be taken;
//! so a leaf needs no guard of its own. A negation closes its operand ([`Tree::negate`]), and that is all.

use crate::caps::{Caps, Limit};
use crate::esql::columns::Kind;
use crate::esql::list::List;
use crate::esql::tree::Tree;
use crate::esql::version::Dialect;
use crate::esql::{group, quote, scalar, text};
use std::collections::BTreeMap;
use verdict_compiler::codes::divergence::{KEYWORD_SCOPE, NULL_IS_MISSING};
use verdict_compiler::codes::target::{ESQL_COLUMN_NAME, ESQL_LIST_TEST, ESQL_TYPE};
use verdict_compiler::ir::{AnyText, Expr, Function, Leaf, LeafKind, Term, Test};
use verdict_event::{FieldSchema, Path};

/// The column of text that keywords are looked for in.
pub(crate) const MESSAGE: &str = "message";

/// What a test looks at: a column, a literal or the result of functions.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// The expression.
    pub(crate) tree: Tree,
    /// The type of its value, or of each of its values.
    pub(crate) kind: Kind,
    /// The column's name, if it is one.
    pub(crate) column: Option<String>,
    /// Whether it may hold several values.
    pub(crate) list: bool,
    /// What else must hold for there to be a value. Empty for columns.
    pub(crate) guards: Vec<Tree>,
}

/// Makes the plan of one rule.
pub(crate) struct Planner<'i> {
    fields: &'i BTreeMap<Path, FieldSchema>,
    pub(crate) dialect: Dialect,
    pub(crate) caps: Caps,
}

impl<'i> Planner<'i> {
    /// A planner for rules over these fields.
    pub(crate) fn new(fields: &'i BTreeMap<Path, FieldSchema>, dialect: Dialect) -> Self {
        Self {
            fields,
            dialect,
            caps: Caps::default(),
        }
    }

    /// The whole predicate.
    pub(crate) fn plan(&mut self, predicate: &Expr) -> Tree {
        self.expr(predicate).balanced()
    }

    fn expr(&mut self, expr: &Expr) -> Tree {
        match expr {
            Expr::Const(value) => Tree::Bool(*value),
            Expr::Not(inner) if verdict_faults::at("esql/plan/negation-dropped") => {
                self.expr(inner)
            }
            Expr::Not(inner) => self.expr(inner).negate(),
            Expr::All(operands) => {
                let operands: Vec<Tree> = operands.iter().map(|x| self.expr(x)).collect();
                Tree::all(operands)
            }
            Expr::Any(operands) => {
                let operands: Vec<Tree> = operands.iter().map(|x| self.expr(x)).collect();
                group::any(operands, self.dialect)
            }
            Expr::Leaf(leaf) => self.leaf(leaf),
        }
    }

    fn leaf(&mut self, leaf: &Leaf) -> Tree {
        let said = match &leaf.kind {
            LeafKind::Is { term, test } => self.is(term, test),
            LeafKind::Relate {
                relation,
                left,
                right,
            } => self.relate(relation, left, right),
            LeafKind::Missing(Term::Truth { holds, known }) => self
                .of_single_values(holds)
                .map(|()| self.expr(known).negate()),
            LeafKind::Missing(term) if verdict_faults::at("esql/plan/missing-as-empty-text") => {
                self.term(term)
                    .map(|subject| Tree::equal(subject.tree, Tree::Text(String::new())))
            }
            LeafKind::Missing(term) => self.exists(term).map(Tree::negate),
            LeafKind::Present(path) => {
                self.caps.diverges(NULL_IS_MISSING);
                self.exists(&Term::Field(path.clone()))
            }
            LeafKind::AnyText(keyword) => {
                if !verdict_faults::at("esql/plan/keyword-claims-exact") {
                    self.caps.diverges(KEYWORD_SCOPE);
                }
                self.keyword(keyword)
            }
        };
        said.unwrap_or_else(|limit| {
            if verdict_faults::at("esql/plan/refused-test-dropped") {
                return Tree::Bool(true);
            }
            self.caps.refuse(limit, leaf.span);
            Tree::Bool(false)
        })
    }

    fn is(&mut self, term: &Term, test: &Test) -> Result<Tree, Limit> {
        if let Term::Truth { holds, known } = term {
            self.of_single_values(holds)?;
            return Ok(self.truth(holds, known, test));
        }
        if let (Some(list), Test::Compare(comparison, wanted)) = (self.measured(term)?, test) {
            return list.length(*comparison, wanted);
        }
        let subject = self.term(term)?;
        let said = self.of(&subject, test)?;
        if verdict_faults::at("esql/plan/function-guards-lost") {
            return Ok(said);
        }
        Ok(Tree::all(subject.guards.into_iter().chain([said])))
    }

    /// The list whose values' lengths a term is.
    fn measured<'t>(&self, term: &'t Term) -> Result<Option<List<'t>>, Limit> {
        let Term::Call(Function::Length, arguments) = term else {
            return Ok(None);
        };
        let [Term::Field(path)] = arguments.as_slice() else {
            return Ok(None);
        };
        let subject = self.column(path)?;
        Ok(subject.list.then_some(List {
            column: path.as_str(),
            kind: subject.kind,
            dialect: self.dialect,
        }))
    }

    /// What a test says of a subject, its guards aside.
    fn of(&self, subject: &Subject, test: &Test) -> Result<Tree, Limit> {
        match &subject.column {
            Some(column) if subject.list && !verdict_faults::at("esql/plan/list-as-one-value") => {
                List {
                    column,
                    kind: subject.kind,
                    dialect: self.dialect,
                }
                .test(test)
            }
            Some(_) | None => scalar::test(subject, test),
        }
    }

    /// Fails if a condition reads a list, of whose values it may say one thing each.
    fn of_single_values(&self, condition: &Expr) -> Result<(), Limit> {
        condition.reads_list(self.fields).map_or(Ok(()), |path| {
            let reason = format!(
                "`{path}` holds lists, and a condition as a value needs one value at a time"
            );
            Err(Limit::new(ESQL_LIST_TEST, reason))
        })
    }

    /// A condition as a value: what the test says of `true` and of `false`, where the condition is known. Where it holds it is known.
    fn truth(&mut self, holds: &Expr, known: &Expr, test: &Test) -> Tree {
        let Some([of_false, of_true]) = text::of_truths(test) else {
            return Tree::Bool(false);
        };
        let value = match (of_false, of_true) {
            (false, false) => Expr::Const(false),
            (true, true) => known.clone(),
            (false, true) => holds.clone(),
            (true, false) if verdict_faults::at("esql/plan/truth-not-negated") => holds.clone(),
            (true, false) if verdict_faults::at("esql/plan/unknown-as-false") => {
                holds.clone().negate()
            }
            (true, false) => Expr::all([known.clone(), holds.clone().negate()]),
        };
        self.expr(&value)
    }

    /// Whether a term has a value.
    fn exists(&mut self, term: &Term) -> Result<Tree, Limit> {
        let subject = self.term(term)?;
        let there = Tree::there(subject.tree);
        if verdict_faults::at("esql/plan/existence-without-guards") {
            return Ok(there);
        }
        Ok(Tree::all(subject.guards.into_iter().chain([there])))
    }

    /// The column of text holds the keyword.
    fn keyword(&mut self, keyword: &AnyText) -> Result<Tree, Limit> {
        let message = self.column(&Path::new(MESSAGE))?;
        let test = match keyword {
            AnyText::Pattern(pattern) => Test::Text(pattern.clone()),
            AnyText::Regex(expression) => Test::Regex(expression.clone()),
        };
        self.of(&message, &test)
    }

    /// The column that holds a field.
    pub(crate) fn column(&self, path: &Path) -> Result<Subject, Limit> {
        let name = path.as_str();
        if quote::name(name).is_none() {
            let reason = format!("`{name}` cannot be a column: a part of its name is empty");
            return Err(Limit::new(ESQL_COLUMN_NAME, reason));
        }
        let field = self.fields.get(path);
        let kind = field.map_or(Kind::Text, Kind::of);
        if kind == Kind::Opaque {
            let reason = format!("`{name}` holds objects, which no test of a column can look at");
            return Err(Limit::new(ESQL_TYPE, reason));
        }
        Ok(Subject {
            tree: Tree::Column(name.to_owned()),
            kind,
            column: Some(name.to_owned()),
            list: field.is_some_and(|field| field.array),
            guards: Vec::new(),
        })
    }
}
