//! Edits of the fields that a leaf computes with.
//!
//! A function shows what it does at the texts and places that its arguments name: a text once more behind itself tells `between` and `indexOf` which of
//! two counts, another case whether it counts, a character before it where counting begins. A number shows it by its neighbours and by its sign.

use super::{Edit, flip, locate};
use std::collections::BTreeSet;
use verdict_compiler::ir::{Expr, Leaf, LeafKind, Scalar, Term};
use verdict_event::{Event, Number, Path, Value};

/// The most texts of a leaf that fields are edited around.
const MOST_TEXTS: usize = 6;

/// The edits; none where the leaf computes nothing.
pub(super) fn edits(event: &Event, leaf: &Leaf) -> Vec<Edit> {
    let mut read = Read::default();
    read.leaf(leaf);
    let mut edits = Vec::new();
    for path in &read.fields {
        let values = event.values(path);
        let Some(value) = values.first() else {
            continue;
        };
        let edit = |(label, value): (String, Value)| Edit {
            label: format!("{path} {label}"),
            path: (*path).clone(),
            value: Some(value),
        };
        edits.extend(numbers(value).into_iter().map(edit));
        if let Value::String(text) = value {
            edits.extend(texts(text, &read.texts).into_iter().map(edit));
        }
    }
    edits
}

/// What functions of a leaf read.
#[derive(Default)]
struct Read<'l> {
    fields: BTreeSet<&'l Path>,
    texts: Vec<&'l str>,
}

impl<'l> Read<'l> {
    fn leaf(&mut self, leaf: &'l Leaf) {
        let terms = match &leaf.kind {
            LeafKind::Is { term, .. } | LeafKind::Missing(term) => vec![term],
            LeafKind::Relate { left, right, .. } => vec![left, right],
            LeafKind::Present(_) | LeafKind::AnyText(_) => Vec::new(),
        };
        let computes = |term: &&Term| match term {
            Term::Call(..) | Term::Truth { .. } => true,
            Term::Field(_) | Term::Const(_) => false,
        };
        if terms.iter().any(computes) {
            terms.into_iter().for_each(|term| self.term(term));
        }
    }

    fn term(&mut self, term: &'l Term) {
        match term {
            Term::Field(path) => {
                self.fields.insert(path);
            }
            Term::Const(Scalar::Text(text)) => {
                if self.texts.len() < MOST_TEXTS && !text.is_empty() {
                    self.texts.push(text);
                }
            }
            Term::Const(Scalar::Number(_) | Scalar::Bool(_)) => {}
            Term::Call(_, arguments) => {
                arguments.iter().for_each(|argument| self.term(argument));
            }
            Term::Truth { holds, known } => {
                self.condition(holds);
                self.condition(known);
            }
        }
    }

    fn condition(&mut self, condition: &'l Expr) {
        condition.each_leaf(&mut |leaf| {
            leaf.each_field(&mut |path| {
                self.fields.insert(path);
            })
        });
    }
}

/// Numbers near one, on both sides of zero.
fn numbers(value: &Value) -> Vec<(String, Value)> {
    let Value::Number(number) = value else {
        return Vec::new();
    };
    let Some(whole) = number.as_i64() else {
        let real = number.as_f64();
        let near = [real + 1.0, real - 1.0, -real, real * 2.0, 0.0];
        let near = near
            .iter()
            .filter_map(|near| Number::parse(&format!("{near:?}")));
        return near
            .map(|near| (format!("= {}", near.text()), Value::Number(near)))
            .collect();
    };
    let near = [
        whole.saturating_add(1),
        whole.saturating_sub(1),
        whole.saturating_add(5),
        whole.saturating_sub(5),
        whole.saturating_neg(),
        whole.saturating_neg().saturating_sub(1),
        whole.saturating_mul(3),
        whole / 3,
        0,
        -1,
        // As texts these two stand the other way round.
        9,
        10,
    ];
    let numbers = near
        .into_iter()
        .map(|near| (format!("= {near}"), Value::from(near)));
    numbers.collect()
}

/// Texts that differ where a function looks.
fn texts(text: &str, named: &[&str]) -> Vec<(String, Value)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let rest = |skip: usize| text.chars().skip(skip).collect::<String>();
    let count = text.chars().count();
    found.push(("with a character before".into(), format!("q{text}")));
    found.push(("with a character behind".into(), format!("{text}q")));
    found.push(("with two characters behind".into(), format!("{text}qz")));
    found.push(("without its first character".into(), rest(1)));
    let shorter = text.chars().take(count.saturating_sub(1)).collect();
    found.push(("without its last character".into(), shorter));
    found.push(("in the other case".into(), text.chars().map(flip).collect()));
    found.push(("twice".into(), format!("{text}{text}")));
    for name in named {
        found.push((format!("with {name:?} before"), format!("{name}{text}")));
        found.push((format!("with {name:?} behind"), format!("{text}{name}")));
        found.push((format!("with q{name:?} behind"), format!("{text}q{name}")));
        let Some((before, held, behind)) = locate(text, name) else {
            continue;
        };
        let flipped: String = held.chars().map(flip).collect();
        found.push((format!("without {name:?}"), format!("{before}{behind}")));
        found.push((
            format!("with {name:?} in the other case"),
            format!("{before}{flipped}{behind}"),
        ));
        found.push((
            format!("with {name:?} twice"),
            format!("{before}{held}q{held}{behind}"),
        ));
        found.push((
            format!("with {name:?} at its start"),
            format!("{held}{behind}"),
        ));
        found.push((
            format!("with {name:?} at its end"),
            format!("{before}{held}"),
        ));
    }
    found
        .into_iter()
        .map(|(label, text)| (label, Value::String(text)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{numbers, texts};
    use verdict_event::Value;

    #[test]
    fn an_end_stands_twice_and_in_the_other_case() {
        let found = texts("a[b]c", &["]", "x"]);
        let has = |text: &str| found.iter().any(|(_, value)| *value == Value::from(text));
        assert!(has("a[b]q]c") && has("a[bc") && has("a[b]cx") && has("A[B]C"));
    }

    #[test]
    fn numbers_have_neighbours_on_both_sides_of_zero() {
        let found = numbers(&Value::from(7));
        let has = |number: i64| found.iter().any(|(_, value)| *value == Value::from(number));
        assert!(has(8) && has(6) && has(-7) && has(-8) && has(2) && has(0));
    }
}
