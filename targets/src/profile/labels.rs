//! A text of labelled values, `MD5=...,SHA256=...`, as a column a label.

use verdict_compiler::Span;
use verdict_compiler::ir::fold::fold;
use verdict_compiler::ir::{Expr, LeafKind, Pattern, Piece, Term, Test};
use verdict_event::Path;

/// A test of the text as a test of the columns.
///
/// # Errors
///
/// The reason why the columns cannot say the same.
pub(crate) fn test(test: &Test, labels: &[(String, String)], span: Span) -> Result<Expr, String> {
    let pattern = match test {
        Test::AnyValue => return Ok(any_value(labels, span)),
        Test::Text(pattern) => pattern,
        Test::Numeral(_)
        | Test::Compare(..)
        | Test::TextOrder(..)
        | Test::Bool(_)
        | Test::Regex(_)
        | Test::Cidr(_)
        | Test::Version(..)
        | Test::Instant(..)
        | Test::DatePart(..) => {
            return Err(
                "the profile has a column for each label, and only `contains` can follow"
                    .to_owned(),
            );
        }
    };
    let [Piece::AnyRun, Piece::Literal(text), Piece::AnyRun] = pattern.pieces() else {
        return Err(
            "the profile has a column for each label, so where in the text one stands cannot be said"
                .to_owned(),
        );
    };
    let Some((label, value)) = text.split_once('=') else {
        return Err(format!(
            "the profile has a column for each label, and `{text}` has none"
        ));
    };
    if value.contains([',', '=']) {
        return Err(format!("`{text}` spans several labels"));
    }
    let known = labels.iter().find(|(name, _)| fold(name) == fold(label));
    let Some((name, column)) = known else {
        return Err(format!("no column holds what stands behind `{label}`"));
    };
    let whole = length(name) == Some(value.chars().count());
    let literal = std::iter::once(Piece::Literal(value.to_owned()));
    let pieces = literal.chain((!whole).then_some(Piece::AnyRun));
    let test = Test::Text(Pattern::new(pieces, pattern.case()));
    Ok(Expr::field(Path::new(column.as_str()), test, span))
}

/// Some label has a value.
pub(crate) fn any_value(labels: &[(String, String)], span: Span) -> Expr {
    let columns = labels.iter().map(|(_, column)| Path::new(column.as_str()));
    Expr::any(
        columns
            .map(|column| Expr::field(column, Test::AnyValue, span))
            .collect::<Vec<_>>(),
    )
}

/// No label has a value.
pub(crate) fn missing(labels: &[(String, String)], span: Span) -> Expr {
    let columns = labels.iter().map(|(_, column)| Path::new(column.as_str()));
    Expr::all(
        columns
            .map(|column| Expr::leaf(LeafKind::Missing(Term::Field(column)), span))
            .collect::<Vec<_>>(),
    )
}

/// The columns that a text of labelled values becomes. Labels without a column are left out.
///
/// # Errors
///
/// The reason why the text does not become columns.
pub(crate) fn cut<'l>(
    text: &str,
    labels: &'l [(String, String)],
) -> Result<Vec<(&'l str, String)>, String> {
    let mut found: Vec<(&str, String)> = Vec::new();
    for part in text.split(',') {
        let Some((label, value)) = part.split_once('=') else {
            return Err(format!("`{part}` has no label"));
        };
        match labels.iter().find(|(name, _)| fold(name) == fold(label)) {
            Some((name, column)) => {
                let fits = length(name).is_none_or(|length| value.len() == length)
                    && !value.is_empty()
                    && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
                if !fits || found.iter().any(|(known, _)| known == column) {
                    return Err(format!("`{part}` is no value of the label"));
                }
                found.push((column, value.to_owned()));
            }
            None if labels
                .iter()
                .any(|(name, _)| fold(label).ends_with(&fold(name))) =>
            {
                return Err(format!("`{label}` ends like another label"));
            }
            None => {}
        }
    }
    if found.is_empty() {
        return Err(format!("no label of `{text}` has a column"));
    }
    Ok(found)
}

/// How many characters the values of a label have.
fn length(label: &str) -> Option<usize> {
    match label.to_ascii_uppercase().as_str() {
        "MD5" | "IMPHASH" => Some(32),
        "SHA1" => Some(40),
        "SHA256" => Some(64),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{cut, test};
    use crate::native::Matcher;
    use proptest::prelude::*;
    use verdict_compiler::ir::{Case, Pattern, Piece, Test};
    use verdict_compiler::{Ir, Span};
    use verdict_event::{Event, Value};

    fn labels() -> Vec<(String, String)> {
        ["MD5", "SHA1"]
            .map(|name| (name.to_owned(), format!("Has{name}")))
            .to_vec()
    }

    fn contains(text: &str) -> Test {
        let pieces = [
            Piece::AnyRun,
            Piece::Literal(text.to_owned()),
            Piece::AnyRun,
        ];
        Test::Text(Pattern::new(pieces, Case::Fold))
    }

    #[test]
    fn what_the_columns_cannot_say_is_refused() {
        let refused = |wanted: &Test| test(wanted, &labels(), Span::default()).err();
        for text in ["IMPHASH=ab", "ab", "MD5=ab,SHA1=cd"] {
            assert!(refused(&contains(text)).is_some(), "{text}");
        }
        let whole = Test::Text(Pattern::literal("MD5=ab", Case::Fold));
        assert!(refused(&whole).is_some());
        assert_eq!(refused(&contains("MD5=ab")), None);
    }

    proptest! {
        /// A test of the text says what its columns' test says.
        #[test]
        fn columns_say_what_the_text_says(
            wanted in "(MD5|sha1)=[ab]{0,3}(a{29})?",
            md5 in "[ab]{3}a{29}",
            sha1 in prop::option::of("[ab]{3}a{37}"),
        ) {
            let mut text = format!("MD5={md5}");
            if let Some(sha1) = sha1 {
                text = format!("{text},SHA1={sha1},IMPHASH=aba");
            }
            let labels = labels();
            let cells = cut(&text, &labels).expect("labels");
            let row = Event::new(cells.into_iter().map(|(column, value)| (column.to_owned(), Value::from(value.as_str()))).collect());
            let pieces = [Piece::AnyRun, Piece::Literal(wanted.clone()), Piece::AnyRun];
            let pattern = Pattern::new(pieces, Case::Fold);
            let predicate = test(&contains(&wanted), &labels, Span::default()).expect("a test");
            let ir = Ir {
                detection: predicate.clone(),
                predicate,
                origin: verdict_compiler::ir::Origin::default(),
                fields: std::collections::BTreeMap::new(),
            };
            prop_assert_eq!(Matcher::new(&ir).matches(&row), pattern.matches(&text), "{} in {}", wanted, text);
        }
    }
}
