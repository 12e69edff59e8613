//! Values that begin with another word in the columns than in the rule, where the query writes the rule's word back.

use crate::profile::mapping::Spelled;
use verdict_compiler::ir::fold::fold;
use verdict_compiler::ir::{Piece, Test};

/// A text as a column spells it, and as the query reads it back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// In the column.
    pub(crate) column: String,
    /// In the computed column.
    pub(crate) back: String,
}

/// Why a test cannot be of a text that a column spells; none if it can.
pub(crate) fn unclear(test: &Test, spelled: &Spelled) -> Option<String> {
    let Test::Text(pattern) = test else {
        return None;
    };
    let Some(Piece::Literal(start)) = pattern.pieces().first() else {
        return None;
    };
    let folded = fold(start);
    // Some of what the pattern matches begins as is known.
    let known =
        |(from, to): &(String, Option<String>)| to.is_some() && fold(from).starts_with(&folded);
    let (from, to) = spelled
        .iter()
        .find(|(from, _)| folded.starts_with(&fold(from)))?;
    if to.is_some() || spelled.iter().any(known) {
        return None;
    }
    Some(format!(
        "how the profile spells a value that begins with `{from}` is not known"
    ))
}

/// A field's text as the column spells it. `exact` says that the rule looks at the case of letters.
///
/// # Errors
///
/// The reason why no column holds it so that the query reads it back.
pub(crate) fn write(text: &str, spelled: &Spelled, exact: bool) -> Result<Written, String> {
    let folded = fold(text);
    let own = spelled
        .iter()
        .find(|(from, _)| folded.starts_with(&fold(from)));
    let (column, back) = match own {
        Some((from, None)) => {
            return Err(format!(
                "how a value that begins with `{from}` is spelled is not known"
            ));
        }
        Some((from, Some(to))) => {
            let behind: String = text.chars().skip(from.chars().count()).collect();
            (format!("{to}{behind}"), format!("{from}{behind}"))
        }
        None => (text.to_owned(), text.to_owned()),
    };
    if exact && back != text {
        return Err(format!("`{text}` does not keep its case"));
    }
    if fold(&read(&column, &back_words(spelled))) == fold(&back) {
        Ok(Written { column, back })
    } else {
        Err(format!("`{text}` would be read back as another value"))
    }
}

/// Each word of the columns with what the query writes for it.
pub(crate) fn back_words(spelled: &Spelled) -> Vec<(String, String)> {
    let known = spelled
        .iter()
        .filter_map(|(from, to)| Some((from.clone(), to.clone()?)));
    known.collect()
}

/// What the query makes of a column's text.
fn read(column: &str, words: &[(String, String)]) -> String {
    let folded = fold(column);
    match words.iter().find(|(_, to)| folded.starts_with(&fold(to))) {
        Some((from, to)) => {
            let behind: String = column.chars().skip(to.chars().count()).collect();
            format!("{from}{behind}")
        }
        None => column.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{back_words, read, write};
    use crate::profile::mapping::Spelled;
    use proptest::prelude::*;
    use verdict_compiler::ir::fold::fold;

    fn hives() -> Spelled {
        let pair = |from: &str, to: Option<&str>| (from.to_owned(), to.map(str::to_owned));
        vec![
            pair(
                r"HKLM\System\CurrentControlSet\",
                Some(r"HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\"),
            ),
            pair(r"HKLM\", Some(r"HKEY_LOCAL_MACHINE\")),
            pair(r"HKU\S-1-5-21-", Some(r"HKEY_CURRENT_USER\S-1-5-21-")),
            pair(r"HKU\", None),
        ]
    }

    #[test]
    fn hives_are_spelled_as_the_column_has_them() {
        let column = |text: &str| write(text, &hives(), false).map(|written| written.column);
        for (text, expected) in [
            (r"HKLM\Software\Run\a", r"HKEY_LOCAL_MACHINE\Software\Run\a"),
            (
                r"hklm\SYSTEM\currentcontrolset\Services\a",
                r"HKEY_LOCAL_MACHINE\SYSTEM\ControlSet001\Services\a",
            ),
            (r"HKU\S-1-5-21-7\a", r"HKEY_CURRENT_USER\S-1-5-21-7\a"),
            (r"\REGISTRY\A\b", r"\REGISTRY\A\b"),
        ] {
            assert_eq!(column(text).as_deref(), Ok(expected), "{text}");
        }
        for text in [
            // Two ways to write one key would become one row.
            r"HKEY_LOCAL_MACHINE\Software\a",
            r"HKLM\System\ControlSet001\Services\a",
            r"HKU\.DEFAULT\a",
        ] {
            assert!(column(text).is_err(), "{text}");
        }
        assert!(write(r"hklm\a", &hives(), true).is_err());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            start in prop::sample::select(vec![r"HKLM\", r"hklm\system\CurrentControlSet\", r"HKU\S-1-5-21-", r"HKU\", "HKEY_LOCAL_MACHINE\\", ""]),
            rest in r"[a-zé\\]{0,6}",
        ) {
            let text = format!("{start}{rest}");
            if let Ok(written) = write(&text, &hives(), false) {
                prop_assert_eq!(&read(&written.column, &back_words(&hives())), &written.back);
                prop_assert_eq!(fold(&written.back), fold(&text));
            }
        }
    }
}
