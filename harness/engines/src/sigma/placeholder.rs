//! `expand`: S19.

use super::pattern::{Token, as_literal, literal, parse};
use std::collections::BTreeMap;

/// A value cut at its placeholders.
enum Part {
    Tokens(Vec<Token>),
    Name(String),
}

/// The value with every `%name%` replaced by each of its values, in every combination. What a combination costs in characters is
/// given to `spend` before it is made.
pub(super) fn expand(
    tokens: &[Token],
    values: &BTreeMap<String, Vec<String>>,
    spend: &mut dyn FnMut(usize) -> Result<(), String>,
) -> Result<Vec<Vec<Token>>, String> {
    let mut all = vec![Vec::new()];
    for part in parts(tokens) {
        let choices: Vec<Vec<Token>> = match part {
            Part::Tokens(tokens) => vec![tokens],
            Part::Name(name) => match values.get(&name) {
                Some(values) if !values.is_empty() => {
                    values.iter().map(|value| value_tokens(value)).collect()
                }
                Some(_) | None => return Err(format!("the placeholder `%{name}%` has no values")),
            },
        };
        let mut next = Vec::new();
        for before in &all {
            for choice in &choices {
                spend(before.len() + choice.len() + 1)?;
                next.push([before.as_slice(), choice].concat());
            }
        }
        all = next;
    }
    Ok(all)
}

/// S19: a value is literal text unless it holds wildcards; with them it is read like a value of a rule.
fn value_tokens(value: &str) -> Vec<Token> {
    if value.contains(['*', '?']) {
        parse(value, false)
    } else {
        literal(value)
    }
}

/// A name is letters, digits, `_`, `-` and `.` between two unescaped `%`. Any other `%` is text: one without a closing one, or
/// both around what is no name.
fn parts(tokens: &[Token]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = Vec::new();
    let mut rest = tokens;
    while let Some((token, behind)) = rest.split_first() {
        rest = behind;
        let name = if *token == Token::Percent {
            name_at(behind)
        } else {
            None
        };
        if let Some((name, behind)) = name {
            parts.push(Part::Tokens(std::mem::take(&mut plain)));
            parts.push(Part::Name(name));
            rest = behind;
        } else {
            plain.push(*token);
        }
    }
    parts.push(Part::Tokens(plain));
    parts
}

fn name_at(tokens: &[Token]) -> Option<(String, &[Token])> {
    let end = tokens.iter().position(|token| *token == Token::Percent)?;
    let (name, closed) = tokens.split_at_checked(end)?;
    let letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let name = as_literal(name).filter(|name| !name.is_empty() && name.chars().all(letter))?;
    let (_, behind) = closed.split_first()?;
    Some((name, behind))
}

#[cfg(test)]
mod tests {
    use super::expand;
    use crate::sigma::pattern::{as_literal, parse};
    use std::collections::BTreeMap;

    fn texts(value: &str) -> Result<Vec<String>, String> {
        let values = BTreeMap::from([
            ("a".to_owned(), vec!["x".to_owned(), r"y\\".to_owned()]),
            ("none".to_owned(), vec![]),
        ]);
        let mut left = 100usize;
        let all = expand(&parse(value, true), &values, &mut |chars| {
            left = left.checked_sub(chars).ok_or("too many")?;
            Ok(())
        })?;
        Ok(all.iter().filter_map(|one| as_literal(one)).collect())
    }

    #[test]
    fn placeholders() {
        assert_eq!(texts("%a%1"), Ok(vec!["x1".to_owned(), r"y\\1".to_owned()]));
        assert_eq!(texts("%a%%a%").map(|all| all.len()), Ok(4));
        assert_eq!(texts(&"%a%".repeat(9)), Err("too many".to_owned()));
        assert_eq!(texts(r"\%plain%a%").map(|all| all.len()), Ok(2));
        for text in ["100%", "%%", "%a", "% a%", "%a b%"] {
            assert_eq!(texts(text), Ok(vec![text.to_owned()]));
        }
        assert_eq!(
            texts("%b-c%"),
            Err("the placeholder `%b-c%` has no values".to_owned())
        );
        assert_eq!(
            texts("%b%"),
            Err("the placeholder `%b%` has no values".to_owned())
        );
        assert_eq!(
            texts("%none%"),
            Err("the placeholder `%none%` has no values".to_owned())
        );
    }
}
