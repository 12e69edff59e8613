//! Relations between two columns, or functions of them. Null of either side makes them null.

use crate::caps::Limit;
use crate::esql::columns::Kind;
use crate::esql::list::SEPARATOR;
use crate::esql::number::as_number;
use crate::esql::plan::{Planner, Subject};
use crate::esql::scalar::{as_text, as_version};
use crate::esql::text::lowered;
use crate::esql::time::as_instant;
use crate::esql::tree::Tree;
use verdict_compiler::codes::target::ESQL_RELATION;
use verdict_compiler::ir::{Case, Comparison, Function, Relation, Term, View};

impl Planner<'_> {
    /// A pair of values stands in the relation.
    pub(crate) fn relate(
        &mut self,
        relation: &Relation,
        left: &Term,
        right: &Term,
    ) -> Result<Tree, Limit> {
        if let Some(list) = self.listed(left)? {
            let right = self.single(right)?;
            let tree = of_list(relation, list, &right)?;
            return Ok(Tree::all(right.guards.into_iter().chain([tree])));
        }
        // A list says only whether one of its values equals the other side, which is so from either side.
        if let (Relation::Compare(..), Some(list)) = (relation, self.listed(right)?) {
            let left = self.single(left)?;
            let tree = of_list(relation, list, &left)?;
            return Ok(Tree::all(left.guards.into_iter().chain([tree])));
        }
        let (left, right) = (self.single(left)?, self.single(right)?);
        let tree = match relation {
            Relation::Compare(comparison, View::Text, case) => {
                let [one, other] = texts(*case, &left, &right)?;
                Tree::order(*comparison, one, other)
            }
            Relation::Compare(comparison, view, _) => compared(*comparison, *view, &left, &right)?,
            Relation::StartsWith(case) if verdict_faults::at("esql/relate/start-as-end") => {
                held("ENDS_WITH", *case, &left, &right)?
            }
            Relation::EndsWith(case) if verdict_faults::at("esql/relate/end-as-start") => {
                held("STARTS_WITH", *case, &left, &right)?
            }
            Relation::StartsWith(case) => held("STARTS_WITH", *case, &left, &right)?,
            Relation::EndsWith(case) => held("ENDS_WITH", *case, &left, &right)?,
            Relation::Contains { case, empty } => contains(*case, *empty, &left, &right)?,
        };
        let guards = left.guards.into_iter().chain(right.guards);
        let guards = guards.filter(|_| !verdict_faults::at("esql/relate/function-guards-lost"));
        Ok(Tree::all(guards.chain([tree])))
    }
}

impl Planner<'_> {
    /// The values of a list column as one text, or those that `string(...)` makes of them.
    fn listed(&mut self, term: &Term) -> Result<Option<Tree>, Limit> {
        let path = match term {
            Term::Field(path) => path,
            Term::Call(Function::ToText, arguments) => match arguments.as_slice() {
                [Term::Field(path)] => path,
                _ => return Ok(None),
            },
            Term::Const(_) | Term::Call(..) | Term::Truth { .. } => return Ok(None),
        };
        let subject = self.column(path)?;
        let kept = matches!(
            subject.kind,
            Kind::Text | Kind::Long | Kind::Ip | Kind::Version
        );
        Ok((subject.list && kept).then(|| Tree::Joined {
            column: path.as_str().to_owned(),
            text: subject.kind == Kind::Text,
            lower: false,
        }))
    }
}

/// Some value of a joined list stands so to a text: the text is looked for between separators.
fn of_list(relation: &Relation, joined: Tree, other: &Subject) -> Result<Tree, Limit> {
    let (case, before, behind, none) = match relation {
        Relation::Compare(Comparison::Equal, View::Text, case) => (*case, true, true, true),
        Relation::StartsWith(case) => (*case, true, false, true),
        Relation::EndsWith(case) => (*case, false, true, true),
        Relation::Contains { case, empty } => (*case, false, false, *empty),
        Relation::Compare(..) => {
            let reason =
                "the values of a list are compared with another column only as equal texts";
            return Err(Limit::new(ESQL_RELATION, reason));
        }
    };
    let there = Tree::there(joined.clone());
    let text = as_text(other)?;
    let border = |wanted: bool| wanted.then(|| Tree::Text(SEPARATOR.to_string()));
    let ignores = case == Case::Fold;
    let before = before && !verdict_faults::at("esql/relate/list-start-anywhere");
    let behind = behind && !verdict_faults::at("esql/relate/list-end-anywhere");
    let parts: Vec<Tree> = border(before)
        .into_iter()
        .chain([lowered(text.clone(), ignores)])
        .chain(border(behind))
        .collect();
    let part = match parts.as_slice() {
        [one] => one.clone(),
        _ => Tree::Call("CONCAT", parts),
    };
    let located = Tree::Call("LOCATE", vec![lowered(joined, ignores), part]);
    let found = Tree::order(Comparison::Greater, located, Tree::whole(0));
    if before || behind {
        return Ok(found);
    }
    let empty = Tree::Text(String::new());
    Ok(if none {
        Tree::any([found, Tree::all([Tree::equal(text, empty), there])])
    } else {
        Tree::all([Tree::Differs(Box::new(text), Box::new(empty)), found])
    })
}

/// Both sides as texts, small where case does not matter.
fn texts(case: Case, left: &Subject, right: &Subject) -> Result<[Tree; 2], Limit> {
    let folds = case == Case::Fold && !verdict_faults::at("esql/relate/case-minded");
    let side = |subject: &Subject| as_text(subject).map(|tree| lowered(tree, folds));
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
    if verdict_faults::at("esql/relate/empty-part-left-open") {
        return Ok(found);
    }
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
        View::Number if verdict_faults::at("esql/relate/numbers-as-texts") => {
            [as_text(left)?, as_text(right)?]
        }
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
