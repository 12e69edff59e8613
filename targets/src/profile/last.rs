//! Paths of which a column holds only the last part.

use verdict_compiler::ir::{Pattern, Piece, Test};

/// A test of the whole as a test of the last part.
///
/// # Errors
///
/// The reason why the last part alone does not tell.
pub(crate) fn test(test: &Test, by: &str) -> Result<Test, String> {
    let refused = || {
        Err(format!(
            "the profile has only what stands behind the last `{by}`"
        ))
    };
    let Test::Text(pattern) = test else {
        return refused();
    };
    let [Piece::AnyRun, Piece::Literal(text)] = pattern.pieces() else {
        return refused();
    };
    match text.strip_prefix(by) {
        Some(name) if !name.is_empty() && !name.contains(by) => {
            Ok(Test::Text(Pattern::literal(name, pattern.case())))
        }
        Some(_) | None => refused(),
    }
}

/// What stands behind the last separator.
///
/// # Errors
///
/// The text has none, or nothing behind it.
pub(crate) fn cut(text: &str, by: &str) -> Result<String, String> {
    match text.rsplit_once(by) {
        Some((_, name)) if !name.is_empty() => Ok(name.to_owned()),
        Some(_) | None => Err(format!("`{text}` has nothing behind a `{by}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::{cut, test};
    use proptest::prelude::*;
    use verdict_compiler::ir::{Case, Pattern, Piece, Test};

    fn ends(text: &str) -> Test {
        let pieces = [Piece::AnyRun, Piece::Literal(text.to_owned())];
        Test::Text(Pattern::new(pieces, Case::Fold))
    }

    #[test]
    fn only_ends_at_a_separator_can_follow() {
        for (text, follows) in [
            (r"\a.exe", true),
            ("a.exe", false),
            (r"\b\a.exe", false),
            (r"\", false),
        ] {
            assert_eq!(test(&ends(text), r"\").is_ok(), follows, "{text}");
        }
        assert!(test(&Test::AnyValue, r"\").is_err());
    }

    proptest! {
        #[test]
        fn the_last_part_says_what_the_whole_says(
            text in r"[ab\\]{1,6}",
            wanted in r"\\[ab]{1,2}",
        ) {
            if let (Ok(name), Ok(Test::Text(of_name)), Test::Text(of_whole)) =
                (cut(&text, r"\"), test(&ends(&wanted), r"\"), ends(&wanted))
            {
                prop_assert_eq!(of_name.matches(&name), of_whole.matches(&text), "{} of {}", wanted, text);
            }
        }
    }
}
