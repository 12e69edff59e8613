//! Values that begin with another word in the columns than in the rule: `HKLM\` there, `HKEY_LOCAL_MACHINE\` here.

use verdict_compiler::ir::fold::fold;
use verdict_compiler::ir::{Case, Pattern, Piece, Test};

/// A test of a text as a test of the text with its beginning rewritten.
///
/// # Errors
///
/// The reason why no test of the rewritten text says the same.
pub(crate) fn test(test: &Test, prefixes: &[(String, String)]) -> Result<Test, String> {
    if prefixes.is_empty() {
        return Ok(test.clone());
    }
    match test {
        Test::AnyValue => Ok(Test::AnyValue),
        Test::Text(pattern) => rewritten(pattern, prefixes).map(Test::Text),
        Test::Numeral(_) | Test::Compare(..) | Test::TextOrder(..) | Test::Bool(_) | Test::Regex(_) | Test::Cidr(_)
        | Test::Version(..) | Test::Instant(..) | Test::DatePart(..) => {
            Err("the profile writes the beginning of the value in another way, and only a comparison with a text can follow".to_owned())
        }
    }
}

fn rewritten(pattern: &Pattern, prefixes: &[(String, String)]) -> Result<Pattern, String> {
    let unclear = |text: &str| {
        Err(format!(
            "`{text}` may stand in the beginning of the value, which the profile writes in another way"
        ))
    };
    match pattern.pieces() {
        [] | [Piece::AnyRun] => Ok(pattern.clone()),
        [Piece::Literal(text), rest @ ..] => {
            let folded = fold(text);
            let own = prefixes
                .iter()
                .find(|(from, _)| folded.starts_with(&fold(from)));
            if let Some((from, to)) = own {
                if pattern.case() == Case::Exact && !text.starts_with(from.as_str()) {
                    return unclear(text);
                }
                let behind: String = text.chars().skip(from.chars().count()).collect();
                let pieces = std::iter::once(Piece::Literal(format!("{to}{behind}")))
                    .chain(rest.iter().cloned());
                return Ok(Pattern::new(pieces, pattern.case()));
            }
            let touches =
                |word: &str| fold(word).starts_with(&folded) || folded.starts_with(&fold(word));
            if prefixes
                .iter()
                .any(|(from, to)| touches(from) || touches(to))
            {
                return unclear(text);
            }
            Ok(pattern.clone())
        }
        [Piece::AnyRun, Piece::Literal(text), ..] => {
            let folded = fold(text);
            if prefixes
                .iter()
                .any(|(from, to)| overlaps(&fold(from), &folded) || overlaps(&fold(to), &folded))
            {
                return unclear(text);
            }
            Ok(pattern.clone())
        }
        [Piece::AnyRun | Piece::AnyChar, ..] => unclear("?"),
    }
}

/// Whether a text may begin inside the word, its last character excepted, which both spellings share.
fn overlaps(word: &str, text: &str) -> bool {
    let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
    let inside = starts.len().saturating_sub(1);
    starts.into_iter().take(inside).any(|at| {
        let end = word.get(at..).unwrap_or_default();
        end.starts_with(text) || text.starts_with(end)
    })
}

/// A value with its beginning as the columns write it.
///
/// # Errors
///
/// The value already begins as the columns write it, so that two values would become one.
pub(crate) fn value(text: &str, prefixes: &[(String, String)]) -> Result<String, String> {
    let folded = fold(text);
    if let Some((from, to)) = prefixes
        .iter()
        .find(|(from, _)| folded.starts_with(&fold(from)))
    {
        let behind: String = text.chars().skip(from.chars().count()).collect();
        return Ok(format!("{to}{behind}"));
    }
    if prefixes.iter().any(|(_, to)| folded.starts_with(&fold(to))) {
        return Err(format!(
            "`{text}` begins as the profile writes another value"
        ));
    }
    Ok(text.to_owned())
}
