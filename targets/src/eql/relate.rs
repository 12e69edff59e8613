//! Relations between two fields, or functions of them.
//!
//! No operator of EQL takes a field on its right side, nor a function of one. A function does: `startsWith~(a, b)`. Equality of two fields is one too, over both texts with a
//! separator behind them, which is the end of either unless a value holds it.

use crate::caps::Limit;
use crate::eql::plan::{Planner, Subject, named};
use crate::eql::text::function_name;
use crate::eql::tree::{Operand, Tree};
use verdict_compiler::codes::target::EQL_RELATION;
use verdict_compiler::ir::{Case, Comparison, Relation, Term, View};
use verdict_event::FieldType;

/// What ends a text that is compared as a whole: the unit separator.
const SEPARATOR: char = '\u{1f}';

impl Planner<'_> {
    /// A pair of values stands in the relation.
    pub(crate) fn relate(
        &mut self,
        relation: &Relation,
        left: &Term,
        right: &Term,
    ) -> Result<Tree, Limit> {
        let (left, right) = (self.term(left)?, self.term(right)?);
        match relation {
            Relation::Compare(Comparison::Equal, View::Text, case) => {
                let ended = |side| -> Result<Operand, Limit> {
                    let end = Operand::Text(SEPARATOR.to_string());
                    if verdict_faults::at("eql/relate/equal-as-start") {
                        return text(side);
                    }
                    Ok(Operand::call("concat", [text(side)?, end]))
                };
                let name = function_name("startsWith", *case);
                Ok(Tree::Call(name, vec![ended(left)?, ended(right)?]))
            }
            Relation::Compare(..) => Err(Limit::new(
                EQL_RELATION,
                "a field is compared with another one by order, or by something else than its text",
            )),
            Relation::StartsWith(case) if verdict_faults::at("eql/relate/start-anywhere") => {
                placed("stringContains", *case, left, right)
            }
            Relation::EndsWith(case) if verdict_faults::at("eql/relate/end-anywhere") => {
                placed("stringContains", *case, left, right)
            }
            Relation::Contains { case, empty: true }
                if verdict_faults::at("eql/relate/empty-part-left-out") =>
            {
                placed("stringContains", *case, left, right)
            }
            Relation::Contains { case, empty: false }
                if verdict_faults::at("eql/relate/contained-in-the-other") =>
            {
                placed("stringContains", *case, right, left)
            }
            Relation::StartsWith(case) => placed("startsWith", *case, left, right),
            Relation::EndsWith(case) => placed("endsWith", *case, left, right),
            // `stringContains` says no to the empty text; `indexOf` finds it at the start. Whether it is null is no test of it: over lists that asks for
            // any pair without the text.
            Relation::Contains { case, empty: true } => {
                let arguments = [text(left)?, text(right)?];
                let index = Operand::call(&function_name("indexOf", *case), arguments);
                Ok(Tree::Compare(
                    Comparison::GreaterOrEqual,
                    index,
                    Operand::Number("0".to_owned()),
                ))
            }
            Relation::Contains { case, empty: false } => {
                placed("stringContains", *case, left, right)
            }
        }
    }
}

fn placed(name: &str, case: Case, left: Subject, right: Subject) -> Result<Tree, Limit> {
    Ok(Tree::Call(
        function_name(name, case),
        vec![text(left)?, text(right)?],
    ))
}

/// A side as text.
fn text(side: Subject) -> Result<Operand, Limit> {
    match side.kind {
        FieldType::Keyword => Ok(side.operand),
        FieldType::Long | FieldType::Boolean => Ok(Operand::call("string", [side.operand])),
        FieldType::Text
        | FieldType::Double
        | FieldType::Date
        | FieldType::Ip
        | FieldType::Version
        | FieldType::Object => Err(Limit::new(
            EQL_RELATION,
            format!(
                "{} cannot be compared as text with another field",
                named(side.kind)
            ),
        )),
    }
}
