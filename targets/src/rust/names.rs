//! Identifiers: made of rule names, file names and field names, valid whatever those hold.

use std::collections::{BTreeMap, BTreeSet};

/// Longer names are cut off.
const LONGEST: usize = 100;

/// Words that no identifier may be (strict and reserved ones of every edition).
const KEYWORDS: &[&str] = &[
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// A text in snake case: runs of anything but ASCII letters and digits become one underscore.
pub(super) fn snake(text: &str) -> String {
    let mut name = String::new();
    let mut before: Option<char> = None;
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            // `FileName` and `UTMPDump` are two words each.
            let starts_word = c.is_ascii_uppercase()
                && before
                    .is_some_and(|before| before.is_ascii_lowercase() || before.is_ascii_digit());
            if starts_word && !name.ends_with('_') {
                name.push('_');
            }
            name.push(c.to_ascii_lowercase());
        } else if !name.ends_with('_') && !name.is_empty() && c != '\'' {
            name.push('_');
        }
        before = Some(c);
    }
    name.truncate(LONGEST);
    let trimmed = name.trim_end_matches('_').len();
    name.truncate(trimmed);
    if name.is_empty() {
        name.push('_');
    }
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    if KEYWORDS.contains(&name.as_str()) {
        name.push('_');
    }
    name
}

/// A text as the name of a constant.
pub(super) fn constant(text: &str) -> String {
    let name = snake(text).to_ascii_uppercase();
    let kept = name.trim_end_matches('_');
    // `SELF` and `TYPE` are no keywords; only a lone underscore is no name.
    if kept.is_empty() {
        "UNNAMED".to_owned()
    } else {
        kept.to_owned()
    }
}

/// Names given out so far, each once.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    /// A set in which these names are taken.
    pub(super) fn without<'n>(reserved: impl IntoIterator<Item = &'n str>) -> Self {
        Self {
            taken: reserved.into_iter().map(str::to_owned).collect(),
        }
    }

    /// The name, or the name with the smallest number that makes it new.
    pub(super) fn unique(&mut self, wanted: &str) -> String {
        let numbered = (2_usize..).map(|number| format!("{wanted}_{number}"));
        let found = std::iter::once(wanted.to_owned())
            .chain(numbered)
            .find(|name| !self.taken.contains(name))
            .unwrap_or_default();
        self.taken.insert(found.clone());
        found
    }
}

/// A name for each of some things: its own where no other wants it, else with its mark behind. So what one is called does not depend on the
/// order of the others.
pub(super) fn apart(wanted: &[(String, String)], names: &mut Names) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in wanted {
        *counts.entry(name).or_default() += 1;
    }
    wanted
        .iter()
        .map(|(name, mark)| {
            let alone = counts.get(name.as_str()) == Some(&1) && !names.taken.contains(name);
            if alone {
                names.unique(name)
            } else {
                let separator = if name.ends_with('_') { "" } else { "_" };
                names.unique(&format!("{name}{separator}{mark}"))
            }
        })
        .collect()
}

/// What tells a rule apart in a name: the beginning of its id.
pub(super) fn mark(id: &str) -> String {
    let kept = id.chars().filter(char::is_ascii_alphanumeric).take(8);
    kept.collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{Names, apart, constant, snake};
    use proptest::prelude::*;

    #[test]
    fn forms() {
        for (text, name) in [
            (
                "Suspicious Child of a Script Host",
                "suspicious_child_of_a_script_host",
            ),
            (
                "Potential 7za.DLL - Sideloading!",
                "potential_7za_dll_sideloading",
            ),
            ("7-Zip", "_7_zip"),
            ("process.parent.name", "process_parent_name"),
            ("ParentCommandLine", "parent_command_line"),
            ("type", "type_"),
            ("", "_"),
            ("日本", "_"),
            ("It's", "its"),
        ] {
            assert_eq!(snake(text), if name == "_" { "__" } else { name }, "{text}");
        }
        assert_eq!(constant("type"), "TYPE");
        assert_eq!(constant("日本"), "UNNAMED");
    }

    #[test]
    fn names_do_not_depend_on_order() {
        let wanted = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs
                .iter()
                .map(|(name, mark)| ((*name).to_owned(), (*mark).to_owned()))
                .collect()
        };
        let one = apart(
            &wanted(&[("a", "1"), ("b", "2"), ("a", "3")]),
            &mut Names::default(),
        );
        assert_eq!(one, ["a_1", "b", "a_3"]);
        let other = apart(&wanted(&[("a", "3"), ("a", "1")]), &mut Names::default());
        assert_eq!(other, ["a_3", "a_1"]);
        let mut names = Names::without(["a"]);
        assert_eq!(
            (names.unique("a"), names.unique("a")),
            ("a_2".to_owned(), "a_3".to_owned())
        );
    }

    proptest! {
        #[test]
        fn every_name_is_an_identifier(text in ".*") {
            for name in [snake(&text), constant(&text)] {
                prop_assert!(name.len() <= 102 && name != "_", "{name}");
                prop_assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{name}");
                prop_assert!(!name.starts_with(|c: char| c.is_ascii_digit()), "{name}");
                prop_assert!(!super::KEYWORDS.contains(&name.as_str()), "{name}");
            }
        }
    }
}
