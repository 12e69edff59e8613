//! What a pair's verdict rests on: the text that an engine judged, and what outside documents say of its operators.

use crate::examination::{Pair, PairVerdict, document_text};
use crate::registry::Chosen;
use crate::rulebook::Entry;
use serde::Serialize;
use std::collections::BTreeMap;
use verdict_compiler::Meaning;
use verdict_compiler::rule::Body;
use verdict_harness::grounds;

/// What a verdict rests on.
#[derive(Serialize)]
pub(crate) struct Grounds {
    pub(crate) mark: &'static str,
    /// What may be said of the target.
    pub(crate) says: String,
    /// The operators of its text, with the weakest mark of each.
    pub(crate) operators: BTreeMap<String, &'static str>,
}

impl Grounds {
    /// What a pair rests on; None where nothing was judged, or where a target is its own judge.
    pub(super) fn new(entry: &Entry, targets: &[Chosen], pair: &Pair) -> Option<Self> {
        let diverges = match pair.verdict {
            PairVerdict::Agree => false,
            PairVerdict::Diverges => true,
            PairVerdict::Disagree | PairVerdict::Unsupported(_) | PairVerdict::Untested => {
                return None;
            }
        };
        let (language, text) = if pair.target == "source" {
            own(entry)?
        } else {
            let profile = pair.profile.as_deref();
            let same =
                |chosen: &&Chosen| chosen.target() == pair.target && chosen.profile() == profile;
            let chosen = targets.iter().find(same)?;
            (chosen.target(), emitted(entry, chosen)?)
        };
        Self::of(language, &text, diverges)
    }

    /// What the verdict on a text rests on.
    pub(crate) fn of(language: &str, text: &str, diverges: bool) -> Option<Self> {
        let grounds = grounds::Grounds::of(language, text)?;
        let operators = grounds.operators.iter();
        Some(Self {
            mark: grounds.mark().word(),
            says: grounds.says(diverges),
            operators: operators
                .map(|(name, mark)| (name.clone(), mark.word()))
                .collect(),
        })
    }
}

/// The rule's own text and its language.
fn own(entry: &Entry) -> Option<(&'static str, String)> {
    match &entry.rule.body {
        Body::Eql(body) => Some(("eql", body.query.text.clone())),
        Body::Sigma(_) => Some(("sigma", document_text(entry).to_owned())),
        // What it counts stands in other documents of its file.
        Body::Correlation(_) => Some(("sigma", entry.source.text.clone())),
        Body::Opaque(_) => None,
    }
}

/// The text that a target's engine judged.
fn emitted(entry: &Entry, chosen: &Chosen) -> Option<String> {
    let Chosen::Text(row, profile) = chosen else {
        return None;
    };
    let profile = &entry.profile(profile);
    match &entry.compiled.meaning {
        Meaning::Known(ir) => row.target.compile(&entry.rule, ir, profile).text,
        Meaning::Series(series) => row.target.compile_series(&entry.rule, series, profile).text,
        Meaning::Unsupported(_) | Meaning::Invalid => None,
    }
}

/// The versions that the cases of a language describe, of each language that was judged.
pub(super) fn versions(entry: &Entry, targets: &[Chosen]) -> BTreeMap<String, Vec<String>> {
    let own = own(entry).map(|(language, _)| language);
    let judged = targets.iter().filter_map(|chosen| match chosen {
        Chosen::Native | Chosen::Rust => None,
        Chosen::Text(..) => Some(chosen.target()),
    });
    let judged = own.into_iter().chain(judged);
    judged
        .map(|language| (language.to_owned(), grounds::versions(language)))
        .collect()
}
