//! From an item's values to alternatives.

use super::matcher::Alternative;
use super::modifiers::{Key, Step, What};
use super::pattern::{Token, as_literal};
use super::scalar::{Kind, Scalar};
use super::steps::{self, Budget};
use super::{cidr, regexp};
use crate::QueryError;
use std::collections::BTreeMap;
use verdict_event::Decimal;

/// What a regular expression costs, in characters.
const REGEX_COST: usize = 1 << 14;

/// A value of the item: alternatives joined by OR, whatever joins the values.
pub(super) type Group = Vec<Alternative>;

/// What one scalar of the rule becomes: several values if placeholders are expanded (S19), else one.
pub(super) fn groups(
    key: &Key,
    scalar: &Scalar,
    placeholders: &BTreeMap<String, Vec<String>>,
    budget: &mut Budget,
) -> Result<Vec<Group>, QueryError> {
    let fail = |message: String| QueryError::new(message, scalar.span.clone());
    let one = |alternative| Ok(vec![vec![alternative]]);
    match key.what {
        What::Value => match (scalar.kind, scalar.number()) {
            (Kind::Null, _) => missing(key).map_err(fail).and_then(one),
            // S4; a keyword is text (S20).
            (Kind::Number, Some(value)) if key.steps.is_empty() && !key.field.is_empty() => {
                one(Alternative::Number(scalar.text.clone(), value))
            }
            (Kind::Number | Kind::Bool(_) | Kind::Text, _) => {
                let groups = texts(key, scalar, placeholders, budget).map_err(fail)?;
                Ok(groups
                    .into_iter()
                    .map(|group| group.into_iter().map(|tokens| whole(key, tokens)).collect())
                    .collect())
            }
        },
        What::Regex(flags) => {
            budget.spend(REGEX_COST).map_err(fail)?;
            let text = scalar
                .as_text()
                .ok_or_else(|| fail("`re` needs a text".to_owned()))?;
            let regex = regexp::compile(text, flags)
                .map_err(|error| fail(format!("not a regular expression: {error}")))?;
            one(Alternative::Regex(regex))
        }
        What::Cidr => {
            let groups = texts(key, scalar, placeholders, budget).map_err(fail)?;
            let network =
                |tokens: &Vec<Token>| as_literal(tokens).and_then(|text| cidr::network(&text));
            groups
                .iter()
                .map(|group| {
                    group
                        .iter()
                        .map(|tokens| network(tokens).map(Alternative::Network))
                        .collect()
                })
                .collect::<Option<Vec<Group>>>()
                .ok_or_else(|| {
                    fail("not a network".to_owned()).hint("write it as `10.0.0.0/8` or `fe80::/10`")
                })
        }
        What::Compare(op) => one(Alternative::Compare(op, number(scalar)?)),
        What::Time(part, op) => {
            let number = number(scalar)?;
            if !number.is_integral() {
                return Err(fail("parts of a time are whole numbers".to_owned()));
            }
            one(Alternative::Time(part, op, number))
        }
        // These ask for more than a value's text; the detection builds them.
        What::Exists | What::FieldRef => Ok(Vec::new()),
    }
}

fn texts(
    key: &Key,
    scalar: &Scalar,
    placeholders: &BTreeMap<String, Vec<String>>,
    budget: &mut Budget,
) -> Result<Vec<steps::Group>, String> {
    let text = scalar
        .as_text()
        .ok_or("a text is needed here, and null is none")?;
    steps::apply(&key.steps, text, placeholders, budget)
}

/// S20: a keyword is a substring; a field's value is compared whole (S1).
fn whole(key: &Key, tokens: Vec<Token>) -> Alternative {
    let keyword =
        key.field.is_empty() && !verdict_faults::at("sigma/engine/keyword-is-a-whole-value");
    Alternative::Pattern(steps::between(keyword, tokens, keyword))
}

/// S6, but a missing field holds no text that a modifier could apply to, nor is a keyword.
fn missing(key: &Key) -> Result<Alternative, String> {
    match key.steps.first() {
        Some(step) => Err(format!("`{}` needs a text, and null is none", step.name())),
        None if key.field.is_empty() => Err("null is no keyword".to_owned()),
        None => Ok(Alternative::Missing),
    }
}

/// S16, S17: a number is wanted, unquoted.
fn number(scalar: &Scalar) -> Result<Decimal, QueryError> {
    scalar.number().ok_or_else(|| {
        QueryError::new("a number is needed here", scalar.span.clone())
            .hint("numbers are decimal and not quoted")
    })
}

/// S18: whether anything may stand before and behind a referenced field's text.
pub(super) fn reference(key: &Key) -> (bool, bool) {
    let free = |one: Step| {
        key.steps
            .iter()
            .any(|step| *step == Step::Contains || *step == one)
    };
    (free(Step::EndsWith), free(Step::StartsWith))
}
