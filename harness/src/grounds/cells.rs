//! The matrix of `docs/conformance-matrix.md`, as it is shipped.

use super::Mark;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Written by `VERDICT_WRITE_MATRIX=1 cargo test --test conformance`, which fails if it is stale.
const SHIPPED: &str = include_str!("cells.tsv");

/// The weakest cell of each operator of each language.
pub(super) struct Cells {
    weakest: HashMap<(String, String), Mark>,
    versions: HashMap<String, Vec<String>>,
}

impl Cells {
    /// Those of this binary.
    pub(super) fn shipped() -> &'static Self {
        static CELLS: OnceLock<Cells> = OnceLock::new();
        CELLS.get_or_init(|| Self::parse(SHIPPED))
    }

    /// Reads lines `language, operator, cells` and `language, version`, parted by tabulators.
    pub(super) fn parse(text: &str) -> Self {
        let mut cells = Self {
            weakest: HashMap::new(),
            versions: HashMap::new(),
        };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            match line.split('\t').collect::<Vec<_>>().as_slice() {
                [language, version] => {
                    let of = cells.versions.entry((*language).to_owned()).or_default();
                    of.push((*version).to_owned());
                }
                [language, operator, marks] => {
                    if let Some(mark) = marks.chars().filter_map(mark).min() {
                        let key = ((*language).to_owned(), (*operator).to_owned());
                        cells.weakest.insert(key, mark);
                    }
                }
                _ => {}
            }
        }
        cells
    }

    /// The weakest cell of an operator; None where it has no case.
    pub(super) fn weakest(&self, language: &str, operator: &str) -> Option<Mark> {
        let key = (language.to_owned(), operator.to_owned());
        self.weakest.get(&key).copied()
    }

    /// The versions that a language's cases describe.
    pub(super) fn versions(&self, language: &str) -> Vec<String> {
        self.versions.get(language).cloned().unwrap_or_default()
    }
}

/// What a letter says; a point is a cell without a case.
fn mark(letter: char) -> Option<Mark> {
    match letter {
        'x' => Some(Mark::Contradicted),
        'a' => Some(Mark::Assumed),
        'd' => Some(Mark::Documented),
        'v' => Some(Mark::Verified),
        _ => None,
    }
}
