//! Relations between two columns, or functions of them.

use crate::caps::Limit;
use crate::kql::columns::Kind;
use crate::kql::number::as_number;
use crate::kql::plan::{Planner, Subject, settle};
use crate::kql::scalar::named;
use crate::kql::time::as_instant;
use crate::kql::tree::{Match, Tree};
use verdict_compiler::codes::target::KQL_RELATION;
use verdict_compiler::ir::{Case, Comparison, Relation, Term, View};

impl Planner<'_> {
    /// A pair of values stands in the relation.
    pub(crate) fn relate(
        &mut self,
        relation: &Relation,
        left: &Term,
        right: &Term,
        negated: bool,
    ) -> Result<Tree, Limit> {
        let (left, right) = (self.single(left)?, self.single(right)?);
        let guards: Vec<Tree> = left.guards.iter().chain(&right.guards).cloned().collect();
        let tree = match relation {
            Relation::Compare(comparison, View::Text, case) => {
                self.texts(*comparison, *case, &left, &right)?
            }
            Relation::Compare(comparison, view, _) => {
                let nullable = |side: &Subject| side.nullable || side.kind == Kind::Text;
                let negated = negated && !verdict_faults::at("kql/relate/null-under-negation");
                let needed = negated && (nullable(&left) || nullable(&right));
                settle(compared(*comparison, *view, &left, &right)?, needed)
            }
            // The empty text starts, ends and stands in every text, and a missing one reads as the empty one.
            Relation::StartsWith(case) if verdict_faults::at("kql/relate/start-anywhere") => {
                self.holds(Match::Inside, *case, &left, &right)?
            }
            Relation::EndsWith(case) if verdict_faults::at("kql/relate/end-anywhere") => {
                self.holds(Match::Inside, *case, &left, &right)?
            }
            Relation::StartsWith(case) => self.holds(Match::Start, *case, &left, &right)?,
            Relation::EndsWith(case) => self.holds(Match::End, *case, &left, &right)?,
            Relation::Contains { case, empty: true } => {
                self.holds(Match::Inside, *case, &left, &right)?
            }
            Relation::Contains { case, empty: false }
                if verdict_faults::at("kql/relate/empty-part-contained") =>
            {
                Tree::matches(Match::Inside, *case, text(&left)?, text(&right)?)
            }
            Relation::Contains { case, empty: false } => Tree::all([
                Tree::call("isnotempty", text(&right)?),
                Tree::matches(Match::Inside, *case, text(&left)?, text(&right)?),
            ]),
        };
        if verdict_faults::at("kql/relate/function-guards-lost") {
            return Ok(tree);
        }
        Ok(Tree::all(guards.into_iter().chain([tree])))
    }

    fn texts(
        &mut self,
        comparison: Comparison,
        case: Case,
        left: &Subject,
        right: &Subject,
    ) -> Result<Tree, Limit> {
        let (one, other) = (text(left)?, text(right)?);
        let case = if verdict_faults::at("kql/relate/case-minded") {
            Case::Exact
        } else {
            case
        };
        if comparison == Comparison::Equal {
            let guards = self.of_equals(left, right);
            let equal = Tree::matches(Match::Whole, case, one, other);
            return Ok(Tree::all(guards.into_iter().chain([equal])));
        }
        let guards: Vec<Tree> = [left, right]
            .into_iter()
            .filter_map(|side| self.presence(side))
            .filter(|_| !verdict_faults::at("kql/relate/order-missing-guard-lost"))
            .collect();
        let sides = [one, other].map(|side| match case {
            Case::Exact => side,
            Case::Fold => Tree::call("tolower", side),
        });
        let mut sides = sides.to_vec();
        if verdict_faults::at("kql/relate/order-sides-swapped") {
            sides.reverse();
        }
        let order = Tree::Call("strcmp", sides);
        let ordered = Tree::order(comparison, order, Tree::Number("0".to_owned()));
        Ok(Tree::all(guards.into_iter().chain([ordered])))
    }

    /// What must hold for two equal texts to be values.
    ///
    /// The guard of a column is enough, since what equals a text that is not empty is not empty either; best that of a column which can tell the
    /// empty text from a missing one. A text made of a column may be empty where the column is not (`substring(b, 7)`), so two such need both.
    fn of_equals(&mut self, left: &Subject, right: &Subject) -> Vec<Tree> {
        if verdict_faults::at("kql/relate/equal-missing-guard-lost") {
            return Vec::new();
        }
        let sides = [left, right];
        let typed = sides.iter().find(|side| side.kind != Kind::Text);
        let column = || sides.iter().find(|side| side.column.is_some());
        match typed.or_else(column) {
            Some(side) => self.presence(side).into_iter().collect(),
            None => sides
                .iter()
                .filter_map(|side| self.presence(side))
                .collect(),
        }
    }

    fn holds(
        &mut self,
        place: Match,
        case: Case,
        left: &Subject,
        right: &Subject,
    ) -> Result<Tree, Limit> {
        let mut guards: Vec<Tree> = self.presence(right).into_iter().collect();
        if verdict_faults::at("kql/relate/held-missing-guard-lost") {
            guards.clear();
        }
        if right.kind == Kind::Text && right.column.is_none() {
            // A computed text may be the empty one, which a missing text would hold as well.
            guards.extend(self.presence(left));
        }
        let (left, right) = if verdict_faults::at("kql/relate/sides-swapped") {
            (right, left)
        } else {
            (left, right)
        };
        let held = Tree::matches(place, case, text(left)?, text(right)?);
        Ok(Tree::all(guards.into_iter().chain([held])))
    }
}

fn text(subject: &Subject) -> Result<Tree, Limit> {
    match subject.kind {
        Kind::Text => Ok(subject.tree.clone()),
        Kind::Long => Ok(Tree::call("tostring", subject.tree.clone())),
        Kind::Real | Kind::Bool | Kind::Date | Kind::List { .. } | Kind::Opaque => {
            Err(limit("compared as text", subject))
        }
    }
}

fn limit(how: &str, subject: &Subject) -> Limit {
    let reason = format!(
        "a value of type {} cannot be {how} with another column",
        named(subject.kind)
    );
    Limit::new(KQL_RELATION, reason)
}

/// A comparison that is null if a side is, of values seen as anything but text.
fn compared(
    comparison: Comparison,
    view: View,
    left: &Subject,
    right: &Subject,
) -> Result<Tree, Limit> {
    let sides = match view {
        View::Number if verdict_faults::at("kql/relate/numbers-as-texts") => {
            [text(left)?, text(right)?]
        }
        View::Number => [as_number(left)?, as_number(right)?],
        View::Instant => [as_instant(left)?, as_instant(right)?],
        View::Bool if left.kind == Kind::Bool && right.kind == Kind::Bool => {
            [left.tree.clone(), right.tree.clone()]
        }
        View::Bool => return Err(limit("compared as a truth value", left)),
        View::Text => [text(left)?, text(right)?],
        View::Address => {
            return Err(Limit::new(
                KQL_RELATION,
                "Kusto compares two addresses across families",
            ));
        }
        View::Version => {
            return Err(Limit::new(
                KQL_RELATION,
                "Kusto has no comparison of software versions",
            ));
        }
    };
    let [one, other] = sides;
    Ok(Tree::order(comparison, one, other))
}
