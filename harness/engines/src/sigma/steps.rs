//! Modifiers of texts, applied left to right (S24).
//!
//! A value becomes groups of alternatives: groups are values of their own (placeholders make them, S19), joined as the item's values
//! are; alternatives within a group are joined by OR even under `all`.

use super::encode;
use super::modifiers::{Charset, Step};
use super::pattern::{self, Token, as_literal};
use super::placeholder;
use super::windash;
use std::collections::BTreeMap;

/// A value's alternatives.
pub(super) type Group = Vec<Vec<Token>>;

/// How many characters the alternatives of a rule may still hold, so that no rule grows without bounds.
pub(super) struct Budget {
    left: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: 1 << 23 }
    }
}

impl Budget {
    /// Takes so many characters, or refuses.
    pub(super) fn spend(&mut self, chars: usize) -> Result<(), String> {
        self.left = self
            .left
            .checked_sub(chars)
            .ok_or("the rule's values have too many alternatives")?;
        Ok(())
    }
}

/// What the steps make of a text.
pub(super) fn apply(
    steps: &[Step],
    text: &str,
    placeholders: &BTreeMap<String, Vec<String>>,
    budget: &mut Budget,
) -> Result<Vec<Group>, String> {
    let mut groups = vec![vec![pattern::parse(text, steps.contains(&Step::Expand))]];
    for step in steps {
        let mut next = Vec::new();
        for group in groups {
            if *step == Step::Expand {
                next.extend(expand(&group, placeholders, budget)?);
            } else {
                let mut alternatives = Vec::new();
                for tokens in group {
                    alternatives.extend(change(*step, tokens, budget)?);
                }
                next.push(alternatives);
            }
        }
        groups = next;
    }
    Ok(groups)
}

fn expand(
    group: &Group,
    placeholders: &BTreeMap<String, Vec<String>>,
    budget: &mut Budget,
) -> Result<Vec<Group>, String> {
    let mut values: Vec<Group> = Vec::new();
    for tokens in group {
        let expanded = placeholder::expand(tokens, placeholders, &mut |chars| budget.spend(chars))?;
        // Alternatives of one value hold the same placeholders, so they expand side by side.
        values.resize_with(expanded.len().max(values.len()), Vec::new);
        for (value, tokens) in values.iter_mut().zip(expanded) {
            value.push(tokens);
        }
    }
    Ok(values)
}

fn change(step: Step, tokens: Vec<Token>, budget: &mut Budget) -> Result<Group, String> {
    budget.spend(tokens.len())?;
    match step {
        // S3.
        Step::Contains => Ok(vec![between(true, tokens, true)]),
        Step::StartsWith => {
            let before = verdict_faults::at("sigma/engine/startswith-is-contains");
            Ok(vec![between(before, tokens, true)])
        }
        Step::EndsWith => {
            let behind = verdict_faults::at("sigma/engine/endswith-is-contains");
            Ok(vec![between(true, tokens, behind)])
        }
        Step::Windash => {
            let places = windash::places(&tokens);
            if places.len() > windash::MAX_PLACES {
                return Err(format!(
                    "`windash` takes at most {} flags in one value",
                    windash::MAX_PLACES
                ));
            }
            budget.spend(places.iter().fold(tokens.len(), |chars, _| {
                chars.saturating_mul(windash::DASHES.len())
            }))?;
            Ok(windash::alternatives(tokens, &places))
        }
        // `apply` does it, since it makes values rather than alternatives.
        Step::Expand => Ok(vec![tokens]),
        Step::Base64(charset) => Ok(vec![pattern::literal(&encode::base64(&bytes(
            step, &tokens, charset,
        )?))]),
        Step::Base64Offset(charset) => {
            let cut = encode::base64_offsets(&bytes(step, &tokens, charset)?);
            if cut.iter().any(String::is_empty) {
                return Err(
                    "the value is too short for `base64offset`: one alignment leaves nothing of it"
                        .to_owned(),
                );
            }
            budget.spend(cut.iter().map(String::len).sum())?;
            Ok(cut.iter().map(|text| pattern::literal(text)).collect())
        }
    }
}

/// The value with any run before and behind it.
pub(super) fn between(before: bool, mut tokens: Vec<Token>, behind: bool) -> Vec<Token> {
    if before {
        tokens.insert(0, Token::Any);
    }
    if behind {
        tokens.push(Token::Any);
    }
    tokens
}

/// S13: what is encoded must be known, so it holds no wildcards.
fn bytes(step: Step, tokens: &[Token], charset: Charset) -> Result<Vec<u8>, String> {
    let text = as_literal(tokens)
        .ok_or_else(|| format!("`{}` cannot encode a value with wildcards", step.name()))?;
    Ok(match charset {
        Charset::Utf8 => text.into_bytes(),
        Charset::Utf16Le if verdict_faults::at("sigma/engine/wide-has-the-high-byte-first") => {
            encode::utf16be(&text)
        }
        Charset::Utf16Le => encode::utf16le(&text),
        Charset::Utf16Be => encode::utf16be(&text),
        Charset::Utf16 if verdict_faults::at("sigma/engine/utf16-has-no-mark") => {
            encode::utf16le(&text)
        }
        Charset::Utf16 => encode::utf16(&text),
    })
}
