//! What a field must hold for a function of it to have a wanted value.
//!
//! Each function is turned round by itself: a text between two others is put between them, a place is reached by so many characters before it. What
//! comes out is a suggestion; whether it meets the leaf is tried.

use crate::solver::{number, text};
use verdict_compiler::ir::{
    Comparison, Function, Leaf, LeafKind, Relation, Scalar, Term, Test, View,
};
use verdict_event::{Number, Value};

/// The longest run of characters that is put before or behind a text.
const MOST_FILLED: i64 = 4_096;

/// Values that a field of the leaf may hold, the plainest first; none where the leaf computes nothing.
pub(super) fn of_leaf(leaf: &Leaf) -> Vec<Value> {
    let mut found = Vec::new();
    match &leaf.kind {
        LeafKind::Is {
            term: term @ Term::Call(..),
            test,
        } => wanted(test)
            .iter()
            .for_each(|wanted| of_term(term, wanted, &mut found)),
        // That there is a value: any will do.
        LeafKind::Missing(term @ Term::Call(..)) => {
            let any: [Value; 2] = ["x".into(), 1.into()];
            any.iter().for_each(|any| of_term(term, any, &mut found));
        }
        LeafKind::Relate {
            relation,
            left,
            right,
        } => {
            let call = |term: &Term| matches!(term, Term::Call(..));
            if call(left) || call(right) {
                for side in [left, right] {
                    let both = of_either_side(relation);
                    both.iter()
                        .for_each(|value| of_term(side, value, &mut found));
                }
            }
        }
        LeafKind::Is { .. }
        | LeafKind::Missing(_)
        | LeafKind::Present(_)
        | LeafKind::AnyText(_) => {}
    }
    found
}

/// Values for the sides of a relation, of which some pairs stand so and others do not. Few: what is tried for one field is tried with all of another.
fn of_either_side(relation: &Relation) -> Vec<Value> {
    match relation {
        Relation::Compare(_, View::Number, _) => [2, 1, 9, 10].map(Value::from).to_vec(),
        // As numbers the last two stand the other way round.
        Relation::Compare(
            Comparison::Less
            | Comparison::LessOrEqual
            | Comparison::Greater
            | Comparison::GreaterOrEqual,
            View::Text,
            _,
        ) => vec!["x".into(), "9".into(), "10".into()],
        Relation::Compare(
            _,
            View::Text | View::Bool | View::Instant | View::Address | View::Version,
            _,
        )
        | Relation::StartsWith(_)
        | Relation::EndsWith(_)
        | Relation::Contains { .. } => vec!["x".into()],
    }
}

/// Values that satisfy a test, and values beside them.
fn wanted(test: &Test) -> Vec<Value> {
    let mut found: Vec<Value> = ["x", ""]
        .iter()
        .filter_map(|filler| text::sample(test, filler).map(Value::String))
        .collect();
    found.extend(number::around(test));
    found.dedup();
    found
}

fn of_term(term: &Term, wanted: &Value, found: &mut Vec<Value>) {
    match term {
        Term::Field(_) => {
            if !found.contains(wanted) {
                found.push(wanted.clone());
            }
        }
        Term::Call(function, arguments) => {
            let Some((first, rest)) = arguments.split_first() else {
                return;
            };
            for (inner, value) in turned(*function, first, rest, wanted) {
                of_term(inner, &value, found);
            }
        }
        Term::Const(_) | Term::Truth { .. } => {}
    }
}

/// Which argument must have which value.
fn turned<'t>(
    function: Function,
    first: &'t Term,
    rest: &'t [Term],
    wanted: &Value,
) -> Vec<(&'t Term, Value)> {
    let written = wanted.scalar_text().unwrap_or_default();
    let whole = Number::parse(written).and_then(|number| number.as_i64());
    let texts = |texts: Vec<String>| {
        let values = texts.into_iter().map(|text| (first, Value::String(text)));
        values.collect::<Vec<_>>()
    };
    match function {
        Function::Between(_) => match (constant(rest.first()), constant(rest.get(1))) {
            (Some(left), Some(right)) => texts(vec![
                format!("{left}{written}{right}"),
                format!("q{left}{written}{right}z"),
                format!("{left}{written}{right}q{right}"),
            ]),
            _ => Vec::new(),
        },
        Function::Substring => texts(around_part(
            written,
            place(rest.first()),
            place(rest.get(1)),
        )),
        Function::IndexOf(_) => match (constant(rest.first()), whole) {
            (Some(part), Some(at)) => texts(vec![
                format!("{}{part}", filled(at)),
                format!("{}{part}z{part}", filled(at)),
            ]),
            _ => Vec::new(),
        },
        Function::Length => whole.map_or_else(Vec::new, |count| texts(vec![filled(count)])),
        Function::Concat => concatenated(first, rest, written),
        Function::ToNumber => {
            let base = place(rest.first()).unwrap_or(10);
            match whole {
                Some(whole) if base == 16 => {
                    texts(vec![format!("{whole:x}"), format!("0x{whole:x}")])
                }
                Some(whole) => texts(vec![whole.to_string()]),
                None => texts(vec![written.to_owned()]),
            }
        }
        Function::ToText => {
            let number = Number::parse(written).map(Value::Number);
            let truth = written.parse::<bool>().ok().map(Value::Bool);
            let text = Some(Value::String(written.to_owned()));
            let values = [number, truth, text].into_iter().flatten();
            values.map(|value| (first, value)).collect()
        }
        Function::Negate
        | Function::Add
        | Function::Subtract
        | Function::Multiply
        | Function::Divide { .. }
        | Function::Modulo => whole.map_or_else(Vec::new, |whole| {
            calculated(function, first, rest.first(), whole)
        }),
    }
}

/// Texts of which this is the part between two places.
fn around_part(part: &str, start: Option<i64>, end: Option<i64>) -> Vec<String> {
    let start = start.unwrap_or_default();
    let before = if start < 0 {
        "q".to_owned()
    } else {
        filled(start)
    };
    let mut found = match end {
        None => Vec::new(),
        Some(end) if end < 0 => vec![format!("{before}{part}{}", filled(-end))],
        Some(_) => vec![format!("{before}{part}z")],
    };
    found.push(format!("{before}{part}"));
    found
}

/// The one argument of `concat` that is no constant, as what the constants around it leave of the text.
fn concatenated<'t>(first: &'t Term, rest: &'t [Term], text: &str) -> Vec<(&'t Term, Value)> {
    let all: Vec<&Term> = std::iter::once(first).chain(rest).collect();
    let computed = |term: &&Term| constant(Some(term)).is_none();
    let Some(at) = all.iter().position(computed) else {
        return Vec::new();
    };
    let joined = |terms: &[&Term]| {
        terms
            .iter()
            .map(|term| constant(Some(term)))
            .collect::<Option<String>>()
    };
    let (before, behind) = all.split_at(at);
    let Some((inner, behind)) = behind.split_first() else {
        return Vec::new();
    };
    let (Some(before), Some(behind)) = (joined(before), joined(behind)) else {
        return Vec::new();
    };
    let left = text
        .strip_prefix(before.as_str())
        .and_then(|left| left.strip_suffix(behind.as_str()));
    left.map(|left| (*inner, Value::String(left.to_owned())))
        .into_iter()
        .collect()
}

/// The one side of a calculation whose other side is a constant, tried for this result.
fn calculated<'t>(
    function: Function,
    first: &'t Term,
    second: Option<&'t Term>,
    result: i64,
) -> Vec<(&'t Term, Value)> {
    let (inner, known, is_left) = match (place(Some(first)), second, place(second)) {
        (None, None, _) => (first, 0, true),
        (None, Some(_), Some(known)) => (first, known, true),
        (Some(known), Some(second), None) => (second, known, false),
        (Some(_), None, _) | (None, Some(_), None) | (Some(_), Some(_), Some(_)) => {
            return Vec::new();
        }
    };
    let side = match function {
        Function::Negate => Some(result.saturating_neg()),
        Function::Add => Some(result.saturating_sub(known)),
        Function::Subtract | Function::Modulo if is_left => Some(result.saturating_add(known)),
        Function::Subtract => Some(known.saturating_sub(result)),
        Function::Multiply => result.checked_div(known),
        Function::Divide { .. } if is_left => Some(result.saturating_mul(known)),
        Function::Divide { .. } => known.checked_div(result),
        Function::Modulo
        | Function::Between(_)
        | Function::Concat
        | Function::IndexOf(_)
        | Function::Length
        | Function::ToNumber
        | Function::ToText
        | Function::Substring => None,
    };
    let near = side.into_iter().flat_map(|side| {
        [side, side.saturating_add(1), side.saturating_sub(1)]
            .map(|side| (inner, Value::from(side)))
    });
    near.collect()
}

fn constant(term: Option<&Term>) -> Option<String> {
    match term? {
        Term::Const(Scalar::Text(text)) => Some(text.clone()),
        Term::Const(Scalar::Number(number)) => Some(number.text().to_owned()),
        Term::Const(Scalar::Bool(value)) => Some(value.to_string()),
        Term::Field(_) | Term::Call(..) | Term::Truth { .. } => None,
    }
}

fn place(term: Option<&Term>) -> Option<i64> {
    match term? {
        Term::Const(Scalar::Number(number)) => number.as_i64(),
        Term::Const(Scalar::Text(_) | Scalar::Bool(_))
        | Term::Field(_)
        | Term::Call(..)
        | Term::Truth { .. } => None,
    }
}

fn filled(count: i64) -> String {
    let count = usize::try_from(count.clamp(0, MOST_FILLED)).unwrap_or_default();
    "q".repeat(count)
}

#[cfg(test)]
mod tests {
    use super::of_leaf;
    use verdict_compiler::Span;
    use verdict_compiler::ir::{Comparison, Function, Leaf, LeafKind, Scalar, Term, Test};
    use verdict_event::{Number, Path, Value};

    fn text(text: &str) -> Term {
        Term::Const(Scalar::Text(text.to_owned()))
    }

    fn number(number: i64) -> Term {
        Term::Const(Scalar::Number(Number::from(number)))
    }

    /// What a field must hold for the function to be seven.
    fn seven(function: Function, rest: &[Term]) -> Vec<Value> {
        let field = Term::Field(Path::new("a"));
        let arguments = std::iter::once(field).chain(rest.iter().cloned()).collect();
        of_leaf(&Leaf {
            kind: LeafKind::Is {
                term: Term::Call(function, arguments),
                test: Test::Compare(Comparison::Equal, Number::from(7)),
            },
            span: Span::default(),
        })
    }

    #[test]
    fn functions_are_turned_round() {
        let between = Function::Between(verdict_compiler::ir::Case::Exact);
        assert!(seven(between, &[text("["), text("]")]).contains(&"q[7]z".into()));
        let index = Function::IndexOf(verdict_compiler::ir::Case::Exact);
        assert!(seven(index, &[text("-e")]).contains(&"qqqqqqq-e".into()));
        assert!(seven(Function::Substring, &[number(2), number(-1)]).contains(&"qq7q".into()));
        assert!(seven(Function::Concat, &[text("")]).contains(&"7".into()));
        assert!(seven(Function::ToNumber, &[number(16)]).contains(&"0x7".into()));
        assert!(seven(Function::Subtract, &[number(3)]).contains(&Value::from(10)));
        assert!(
            seven(Function::Divide { integral: true }, &[number(-2)]).contains(&Value::from(-14))
        );
    }
}
