//! Relations between two fields, or functions of them.
//!
//! `where` compares two texts as numbers where both read as numbers, so a letter is put before each: `"x".'a'="x".'b'`.

use crate::caps::Limit;
use crate::spl::filter::Eval;
use crate::spl::number;
use crate::spl::plan::{Atom, Planner};
use crate::spl::term::{Kind, Subject};
use std::collections::BTreeSet;
use verdict_compiler::codes::target::SPL_RELATION;
use verdict_compiler::ir::{self, Case, Relation, View};
use verdict_event::Path;

impl Planner<'_> {
    /// A pair of values stands in the relation.
    pub(crate) fn relate(
        &mut self,
        relation: &Relation,
        left: &ir::Term,
        right: &ir::Term,
    ) -> Result<Atom, Limit> {
        let mut fields: BTreeSet<Path> = BTreeSet::new();
        for side in [left, right] {
            side.each_field(&mut |path| {
                fields.insert(path.clone());
            });
        }
        if fields.len() > 1 {
            self.single(&fields, SPL_RELATION)?;
        }
        let (one, other) = (self.term(left)?, self.term(right)?);
        let tests = tests(relation, &one, &other)?;
        let guards = one.guards.into_iter().chain(other.guards);
        let guards = guards.filter(|_| !verdict_faults::at("spl/relate/function-guards-lost"));
        self.holds(&[left, right], guards.chain(tests))
    }
}

fn tests(relation: &Relation, left: &Subject, right: &Subject) -> Result<Vec<Eval>, Limit> {
    Ok(match relation {
        Relation::Compare(comparison, View::Text, case) => {
            let [left, right] = texts(*case, left, right);
            vec![Eval::infix(
                marked(left),
                number::sign(*comparison),
                marked(right),
            )]
        }
        Relation::Compare(comparison, View::Number, _) => {
            let mut tests: Vec<Eval> = [left, right]
                .into_iter()
                .filter(|_| !verdict_faults::at("spl/relate/text-compared-as-number"))
                .filter(|side| side.kind != Kind::Number)
                .map(|side| number::is_number(&side.eval))
                .collect();
            tests.push(Eval::infix(
                left.eval.clone(),
                number::sign(*comparison),
                right.eval.clone(),
            ));
            tests
        }
        Relation::Compare(comparison, View::Bool, _)
            if left.kind == Kind::Bool && right.kind == Kind::Bool =>
        {
            // `false` stands before `true` as a text, too.
            vec![Eval::infix(
                left.eval.clone(),
                number::sign(*comparison),
                right.eval.clone(),
            )]
        }
        Relation::Compare(_, View::Bool, _) => return refuse("as a truth value"),
        Relation::Compare(_, View::Address, _) => return refuse("as an address"),
        Relation::Compare(_, View::Version, _) => return refuse("as a version"),
        Relation::Compare(_, View::Instant, _) => return refuse("as an instant"),
        Relation::StartsWith(case) => {
            let [left, right] = texts(*case, left, right);
            let length = Eval::call("len", right.clone());
            let from = whole(1 + i64::from(verdict_faults::at("spl/relate/start-one-later")));
            let start = Eval::Call("substr", vec![left, from, length]);
            vec![Eval::infix(marked(start), "=", marked(right))]
        }
        Relation::EndsWith(case) => {
            let [left, right] = texts(*case, left, right);
            let [long, short] = [&left, &right].map(|side| Eval::call("len", side.clone()));
            let before = Eval::infix(long.clone(), "-", short.clone());
            let from = Eval::infix(before, "+", whole(1));
            let end = Eval::Call("substr", vec![left, from]);
            if verdict_faults::at("spl/relate/end-of-a-shorter-text") {
                return Ok(vec![Eval::infix(marked(end), "=", marked(right))]);
            }
            vec![
                Eval::infix(long, ">=", short),
                Eval::infix(marked(end), "=", marked(right)),
            ]
        }
        Relation::Contains { case, .. } => {
            let [left, right] = texts(*case, left, right);
            // A text is in pieces where what parts it stands in it.
            let sides = if verdict_faults::at("spl/relate/contained-in-the-other") {
                vec![right, left]
            } else {
                vec![left, right]
            };
            let pieces = Eval::Call("split", sides);
            vec![Eval::infix(Eval::call("mvcount", pieces), ">", whole(1))]
        }
    })
}

fn texts(case: Case, left: &Subject, right: &Subject) -> [Eval; 2] {
    [left, right].map(|side| match case {
        Case::Fold if verdict_faults::at("spl/relate/case-minded") => side.eval.clone(),
        Case::Exact => side.eval.clone(),
        Case::Fold => Eval::call("lower", side.eval.clone()),
    })
}

fn marked(text: Eval) -> Eval {
    if verdict_faults::at("spl/relate/texts-read-as-numbers") {
        return text;
    }
    Eval::infix(Eval::Text("x".to_owned()), ".", text)
}

fn whole(number: i64) -> Eval {
    Eval::Number(number.to_string())
}

fn refuse<T>(how: &str) -> Result<T, Limit> {
    Err(Limit::new(
        SPL_RELATION,
        format!("Splunk cannot compare two values {how}"),
    ))
}
