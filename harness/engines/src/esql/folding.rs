//! Letters that differ only in case, one to one.
//!
//! Source: Lucene, `RegExp.CASE_INSENSITIVE`, `CaseFolding`: Unicode's simple case folding. Held against the `regex` crate's
//! folding by a test.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Beyond the supplementary multilingual plane there are no letters with case.
const LAST: u32 = 0x1_FFFF;

fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

/// The character that stands for all that differ from it in case only.
pub(super) fn fold(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    // Dotless i and dotted I have case only in Turkish.
    if matches!(c, '\u{131}' | '\u{130}') {
        return c;
    }
    let upper = only(c.to_uppercase()).unwrap_or(c);
    only(upper.to_lowercase()).unwrap_or(upper)
}

/// A text with every character folded.
pub(super) fn fold_text(text: &str) -> String {
    if verdict_faults::at("esql/engine/equality-folds-ascii-alone") {
        return text.to_ascii_lowercase();
    }
    text.chars().map(fold).collect()
}

/// All characters that fold like this one, itself included.
pub(super) fn alternates(c: char) -> Vec<char> {
    static CLASSES: OnceLock<HashMap<char, Vec<char>>> = OnceLock::new();
    let classes = CLASSES.get_or_init(|| {
        let mut classes: HashMap<char, Vec<char>> = HashMap::new();
        for c in (0..=LAST).filter_map(char::from_u32) {
            classes.entry(fold(c)).or_default().push(c);
        }
        classes.retain(|_, members| members.len() > 1);
        classes
    });
    classes.get(&fold(c)).cloned().unwrap_or_else(|| vec![c])
}

#[cfg(test)]
mod tests {
    use super::{LAST, alternates, fold};

    #[test]
    fn folding_is_that_of_another_engine() {
        // Letters that came with the newest Unicode are unknown to it.
        let known = regex::Regex::new(r"^\P{Cn}+$").expect("a pattern");
        for c in (0..=LAST).filter_map(char::from_u32) {
            let lonely = fold(c) == c && alternates(c).len() == 1;
            if lonely || !known.is_match(&c.to_string()) {
                continue;
            }
            let pattern = format!("(?i)^{}$", regex::escape(&c.to_string()));
            let other = regex::Regex::new(&pattern).expect("a pattern");
            for alternate in alternates(c)
                .into_iter()
                .filter(|c| known.is_match(&c.to_string()))
            {
                assert!(
                    other.is_match(&alternate.to_string()),
                    "{c} and {alternate}"
                );
            }
        }
    }

    #[test]
    fn no_pair_of_another_engine_is_missed() {
        // Whatever the other engine finds among all letters with case.
        let letters: String = (0..=LAST)
            .filter_map(char::from_u32)
            .filter(|c| c.is_alphabetic() || *c == '\u{345}')
            .collect();
        for c in "kKsSåÅµμσςΣθϑβϐẞßiıİǆΩωſ".chars() {
            let pattern = format!("(?i){}", regex::escape(&c.to_string()));
            let other = regex::Regex::new(&pattern).expect("a pattern");
            let found: String = other.find_iter(&letters).map(|hit| hit.as_str()).collect();
            let own: String = alternates(c).into_iter().collect();
            assert_eq!(own, found, "{c}");
        }
    }
}
