//! `expand`: placeholders to the values a pack gives them (S19).

use super::ast::Value;
use super::wildcard::{Part, parse, parts};
use crate::codes::sigma as codes;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::ir::Piece;
use std::collections::BTreeMap;

/// How many values one value may become.
const MAX_VALUES: usize = 20_000;

/// Every value that a value with placeholders stands for; None if a placeholder has no values, which is reported.
pub(super) fn expand(
    value: &Value,
    placeholders: &BTreeMap<String, Vec<String>>,
    found: &mut Vec<Diagnostic>,
) -> Option<Vec<Vec<Piece>>> {
    let mut sound = true;
    let mut values: Vec<Vec<Piece>> = vec![Vec::new()];
    for part in parts(value.as_text(), true) {
        let choices: Vec<Vec<Piece>> = match part {
            Part::Piece(piece) => vec![vec![piece]],
            Part::Placeholder { name, start, end } => {
                let known = placeholders.get(&name).filter(|known| !known.is_empty());
                let Some(known) = known else {
                    found.push(unresolved(&name, value, (start, end), placeholders));
                    sound = false;
                    continue;
                };
                known.iter().map(|text| given(text)).collect()
            }
        };
        if values.len().saturating_mul(choices.len()) > MAX_VALUES {
            found.push(Diagnostic::error(
                codes::TOO_MANY_VALUES,
                value.span,
                "the placeholders stand for too many values",
                format!("more than {MAX_VALUES} combinations"),
            ));
            return None;
        }
        values = values
            .iter()
            .flat_map(|before| {
                choices
                    .iter()
                    .map(|choice| [before.as_slice(), choice.as_slice()].concat())
            })
            .collect();
    }
    sound.then_some(values)
}

/// A value that the pack gives: literal text, unless it holds wildcards.
fn given(text: &str) -> Vec<Piece> {
    if text.contains(['*', '?']) {
        parse(text)
    } else {
        vec![Piece::Literal(text.to_owned())]
    }
}

fn unresolved(
    name: &str,
    value: &Value,
    (start, end): (usize, usize),
    placeholders: &BTreeMap<String, Vec<String>>,
) -> Diagnostic {
    let span = value.text.locate(start, end);
    let finding = Diagnostic::error(
        codes::UNRESOLVED_PLACEHOLDER,
        span,
        format!("the placeholder `%{name}%` has no values"),
        "without values the rule would mean something else",
    );
    match did_you_mean(name, placeholders.keys().map(String::as_str)) {
        Some(near) if near != name => finding.hint(format!("did you mean `%{near}%`?")),
        Some(_) | None => finding.hint(format!(
            "give `{name}` its values under `placeholders` in the pack"
        )),
    }
}
