//! Grounds: what a target's verdict rests on.
//!
//! An engine is worth what outside documents say of the operators that it ran. `tests/conformance` holds that as cases, `cells.tsv` is what comes of them: a row an
//! operator, a letter an aspect. From the text that was judged the operators are read, by a reader that shares nothing with engines and emitters, and the weakest
//! cell among theirs bounds what may be said of the target. An operator without a row is an assumption.

mod cells;
mod languages;
mod read;
mod sigma;
mod spl;
#[cfg(test)]
mod tests;
mod tokens;

use cells::Cells;
use std::collections::{BTreeMap, BTreeSet};

/// What verdicts rest on, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// In some case the engine gives another verdict than the documents.
    Contradicted,
    /// No outside case says anything, or only what was assumed.
    Assumed,
    /// The vendor's documents say so.
    Documented,
    /// The vendor's own tests, or another implementation, gave the same verdict.
    Verified,
}

impl Mark {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Contradicted => "contradicted",
            Self::Assumed => "assumed",
            Self::Documented => "documented",
            Self::Verified => "verified",
        }
    }
}

/// What the verdict on one text rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grounds {
    /// The operators, functions, commands and rules of syntax that the text uses, with the weakest cell of each.
    pub operators: BTreeMap<String, Mark>,
}

impl Grounds {
    /// What a text in a language rests on; None for a language that has no engine.
    pub fn of(language: &str, text: &str) -> Option<Self> {
        let cells = Cells::shipped();
        let names = operators(language, text)?;
        let mark = |name: String| {
            let mark = cells.weakest(language, &name).unwrap_or(Mark::Assumed);
            (name, mark)
        };
        Some(Self {
            operators: names.into_iter().map(mark).collect(),
        })
    }

    /// The weakest of all. A text without an operator rests on nothing.
    pub fn mark(&self) -> Mark {
        let marks = self.operators.values().copied();
        marks.min().unwrap_or(Mark::Assumed)
    }

    /// The operators with this mark.
    pub fn with(&self, mark: Mark) -> Vec<&str> {
        let operators = self.operators.iter();
        let with = operators.filter(|(_, own)| **own == mark);
        with.map(|(name, _)| name.as_str()).collect()
    }

    /// What may be said of a target that agrees with the rule on every event, or, if it `diverges`, on every event that no declared divergence covers.
    pub fn says(&self, diverges: bool) -> String {
        let verb = if diverges {
            "agrees apart from what it declares"
        } else {
            "agrees"
        };
        let names = |mark: Mark| {
            let names: Vec<String> = (self.with(mark).iter())
                .map(|name| format!("`{name}`"))
                .collect();
            names.join(", ")
        };
        match self.mark() {
            Mark::Verified if diverges => {
                "proved, apart from what it declares, on a verified engine".to_owned()
            }
            Mark::Verified => "proved on a verified engine".to_owned(),
            Mark::Documented => format!("{verb} with the documented behaviour"),
            Mark::Assumed => format!("{verb}, but rests on assumptions: {}", names(Mark::Assumed)),
            Mark::Contradicted => format!(
                "{verb}, but the engine is known to differ from the documents in cases of {}",
                names(Mark::Contradicted)
            ),
        }
    }
}

/// The versions that the documents of a language describe, as its cases name them.
pub fn versions(language: &str) -> Vec<String> {
    Cells::shipped().versions(language)
}

/// The operators that a text uses, by the names of the matrix.
fn operators(language: &str, text: &str) -> Option<BTreeSet<String>> {
    match language {
        "sigma" => Some(sigma::operators(text)),
        "spl" => Some(spl::operators(text)),
        other => {
            let language = languages::find(other)?;
            Some(read::operators(language, text))
        }
    }
}
