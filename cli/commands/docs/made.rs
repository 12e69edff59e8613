//! What the targets make of a rule, with the smallest event of each declared difference.

use crate::counterexamples;
use crate::examination::{self, PairVerdict};
use crate::live::generated::{members, sayable};
use crate::output::Failure;
use crate::registry::{Chosen, generated};
use crate::rulebook::{Entry, Setting};
use verdict_compiler::rule::Pivot;
use verdict_compiler::{Code, Meaning, codes};
use verdict_harness::generate::Amount;
use verdict_targets::follow_up::follow_up;
use verdict_targets::markdown::{Difference, Query, Translation};
use verdict_targets::target::Claim;

/// What is made of a rule.
#[derive(Default)]
pub(super) struct Made {
    /// A translation a target.
    pub(super) translations: Vec<Translation>,
    /// The queries of each pivot.
    pub(super) follow_ups: Vec<Vec<Query>>,
    /// What the harness found that no page should hide.
    pub(super) unexplained: Vec<String>,
}

impl Made {
    /// Compiles a rule and its pivots to the rule's targets, and lets the harness look for the differences that translations declare.
    pub(super) fn of(
        entry: &Entry,
        setting: &Setting,
        targets: &[Chosen],
    ) -> Result<Self, Failure> {
        let translations = targets
            .iter()
            .filter_map(|chosen| translation(entry, chosen));
        let mut made = Self {
            translations: translations.collect(),
            follow_ups: follow_ups(entry, targets),
            unexplained: Vec::new(),
        };
        let diverging: Vec<Chosen> = targets
            .iter()
            .zip(&made.translations)
            .filter(|(_, made)| matches!(made.claim, Claim::Diverges(_)))
            .map(|(chosen, _)| chosen.clone())
            .collect();
        if !diverging.is_empty() {
            made.examine(entry, setting, &diverging)?;
        }
        Ok(made)
    }

    fn examine(
        &mut self,
        entry: &Entry,
        setting: &Setting,
        targets: &[Chosen],
    ) -> Result<(), Failure> {
        let kept = counterexamples::read(entry)?;
        let found = examination::run(entry, setting, targets, None, Amount::default(), kept);
        for pair in found.pairs {
            let name = match &pair.profile {
                Some(profile) => format!("{}:{profile}", pair.target),
                None => pair.target.clone(),
            };
            let Some(made) = self
                .translations
                .iter_mut()
                .find(|made| made.target == name)
            else {
                continue;
            };
            if pair.verdict == PairVerdict::Disagree {
                self.unexplained.push(format!(
                    "{}: {name} disagrees; `verdict test` says how",
                    entry.source.name
                ));
            }
            let shown = pair
                .counterexamples
                .into_iter()
                .filter_map(|(code, found)| {
                    let code: Code = codes::find(&code?)?;
                    Some(Difference {
                        code,
                        event: found.event,
                        matches: found.oracle,
                    })
                });
            made.differences = shown.collect();
        }
        Ok(())
    }
}

/// What a target makes of a rule; None for a rule without a meaning.
fn translation(entry: &Entry, chosen: &Chosen) -> Option<Translation> {
    let mut made = Translation {
        target: chosen.name(),
        language: chosen.target(),
        claim: Claim::Exact,
        text: None,
        differences: Vec::new(),
        standing: &[],
    };
    match (&entry.compiled.meaning, chosen) {
        (Meaning::Unsupported(_) | Meaning::Invalid, _) => return None,
        (Meaning::Known(_) | Meaning::Series(_), Chosen::Native) => {}
        (Meaning::Series(series), Chosen::Rust) => {
            made.claim = generated::claim_series(series);
            made.text = crate_module(entry);
        }
        (Meaning::Known(ir), Chosen::Rust) => {
            made.claim = generated::claim(ir);
            made.text = crate_module(entry);
        }
        (Meaning::Known(ir), Chosen::Text(row, profile)) => {
            let profile = &entry.profile(profile);
            let emitted = row.target.compile(&entry.rule, ir, profile);
            (made.claim, made.text) = (emitted.claim, emitted.text);
            made.standing = row.standing;
        }
        (Meaning::Series(series), Chosen::Text(row, profile)) => {
            let profile = &entry.profile(profile);
            let emitted = row.target.compile_series(&entry.rule, series, profile);
            (made.claim, made.text) = (emitted.claim, emitted.text);
            made.standing = row.standing;
        }
    }
    Some(made)
}

/// The queries of each pivot, a target each.
fn follow_ups(entry: &Entry, targets: &[Chosen]) -> Vec<Vec<Query>> {
    let query = |pivot: &Pivot, chosen: &Chosen| match chosen {
        Chosen::Native | Chosen::Rust => None,
        Chosen::Text(row, profile) => {
            let profile = &entry.profile(profile);
            let emitted = follow_up(&entry.rule, pivot, row.target, profile)?;
            Some(Query {
                target: chosen.name(),
                language: chosen.target(),
                emitted,
            })
        }
    };
    let pivots = entry.rule.metadata.investigate.iter();
    pivots
        .map(|pivot| {
            targets
                .iter()
                .filter_map(|chosen| query(pivot, chosen))
                .collect()
        })
        .collect()
}

/// The rule's own file of the generated crate.
fn crate_module(entry: &Entry) -> Option<String> {
    let rules = sayable(std::iter::once(entry));
    let package = generated::package(&members(&rules));
    package.files.get(package.members.first()?).cloned()
}
