//! Relations between two columns, or functions of them. Null of either side makes them null.

use crate::caps::Limit;
use crate::esql::columns::Kind;
use crate::esql::number::as_number;
use crate::esql::plan::{Planner, Subject};
use crate::esql::scalar::{as_text, as_version};
use crate::esql::text::lowered;
use crate::esql::time::as_instant;
use crate::esql::tree::Tree;
use verdict_compiler::codes::target::ESQL_RELATION;
use verdict_compiler::ir::{Case, Comparison, Relation, Term, View};

impl Planner<'_> {
    /// A pair of values stands in the relation.
    pub(crate) fn relate(
        &mut self,
        relation: &Relation,
        left: &Term,
        right: &Term,
    ) -> Result<Tree, Limit> {
        let (left, right) = (self.single(left)?, self.single(right)?);
        let tree = match relation {
            Relation::Compare(comparison, View::Text, case) => {
                let [one, other] = texts(*case, &left, &right)?;
                Tree::order(*comparison, one, other)
            }
            Relation::Compare(comparison, view, _) => compared(*comparison, *view, &left, &right)?,
            Relation::StartsWith(case) => held("STARTS_WITH", *case, &left, &right)?,
            Relation::EndsWith(case) => held("ENDS_WITH", *case, &left, &right)?,
            Relation::Contains { case, empty } => contains(*case, *empty, &left, &right)?,
        };
        let guards = left.guards.into_iter().chain(right.guards);
        Ok(Tree::all(guards.chain([tree])))
    }
}

/// Both sides as texts, small where case does not matter.
fn texts(case: Case, left: &Subject, right: &Subject) -> Result<[Tree; 2], Limit> {
    let side = |subject: &Subject| as_text(subject).map(|tree| lowered(tree, case == Case::Fold));
    Ok([side(left)?, side(right)?])
}

fn held(name: &'static str, case: Case, left: &Subject, right: &Subject) -> Result<Tree, Limit> {
    Ok(Tree::Call(name, texts(case, left, right)?.to_vec()))
}

/// The left text holds the right one. No version has said where the empty text stands in another, so that is said apart.
fn contains(case: Case, empty: bool, left: &Subject, right: &Subject) -> Result<Tree, Limit> {
    let part = as_text(right)?;
    let [one, other] = texts(case, left, right)?;
    let none = Tree::Text(String::new());
    let located = Tree::Call("LOCATE", vec![one.clone(), other]);
    let found = Tree::order(Comparison::Greater, located, Tree::whole(0));
    Ok(if empty {
        let whole = Tree::all([Tree::equal(part, none), Tree::there(as_text(left)?)]);
        Tree::any([found, whole])
    } else {
        Tree::all([Tree::Differs(Box::new(part), Box::new(none)), found])
    })
}

/// A comparison of values seen as anything but text.
fn compared(
    comparison: Comparison,
    view: View,
    left: &Subject,
    right: &Subject,
) -> Result<Tree, Limit> {
    let sides = match view {
        View::Number => [as_number(left)?, as_number(right)?],
        View::Instant => [as_instant(left)?, as_instant(right)?],
        View::Bool => [as_bool(left)?, as_bool(right)?],
        View::Text => [as_text(left)?, as_text(right)?],
        View::Address => [as_address(left)?, as_address(right)?],
        View::Version => [as_version(left)?, as_version(right)?],
    };
    let [one, other] = sides;
    Ok(Tree::order(comparison, one, other))
}

fn as_bool(subject: &Subject) -> Result<Tree, Limit> {
    if subject.kind == Kind::Bool {
        Ok(subject.tree.clone())
    } else {
        Err(limit("as a truth value", subject))
    }
}

fn as_address(subject: &Subject) -> Result<Tree, Limit> {
    match subject.kind {
        Kind::Ip => Ok(subject.tree.clone()),
        Kind::Text => Ok(Tree::call("TO_IP", subject.tree.clone())),
        Kind::Long | Kind::Double | Kind::Bool | Kind::Date | Kind::Version | Kind::Opaque => {
            Err(limit("as an address", subject))
        }
    }
}

fn limit(how: &str, subject: &Subject) -> Limit {
    let reason = format!(
        "a value of type `{}` cannot be compared {how} with another column",
        subject.kind.name()
    );
    Limit::new(ESQL_RELATION, reason)
}
