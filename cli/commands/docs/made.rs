//! What the targets make of a rule, with the smallest event of each declared difference.

use crate::counterexamples;
use crate::examination::{self, PairVerdict};
use crate::live::generated::{members, sayable};
use crate::output::Failure;
use crate::registry::{Chosen, generated};
use crate::rulebook::{Entry, Setting};
use verdict_compiler::{Code, Ir, codes};
use verdict_harness::generate::Amount;
use verdict_targets::markdown::{Difference, Translation};
use verdict_targets::target::Claim;

/// What is made of a rule.
#[derive(Default)]
pub(super) struct Made {
    /// A translation a target.
    pub(super) translations: Vec<Translation>,
    /// What the harness found that no page should hide.
    pub(super) unexplained: Vec<String>,
}

impl Made {
    /// Compiles a rule to its targets, and lets the harness look for the differences that they declare.
    pub(super) fn of(
        entry: &Entry,
        setting: &Setting,
        targets: &[Chosen],
    ) -> Result<Self, Failure> {
        let Some(ir) = entry.ir() else {
            return Ok(Self::default());
        };
        let mut made = Self {
            translations: targets
                .iter()
                .map(|chosen| translation(entry, ir, chosen))
                .collect(),
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

fn translation(entry: &Entry, ir: &Ir, chosen: &Chosen) -> Translation {
    let mut made = Translation {
        target: chosen.name(),
        language: chosen.target(),
        claim: Claim::Exact,
        text: None,
        differences: Vec::new(),
        standing: &[],
    };
    match chosen {
        Chosen::Native => {}
        Chosen::Rust => {
            made.claim = generated::claim(ir);
            made.text = crate_module(entry);
        }
        Chosen::Text(row, profile) => {
            let emitted = row.target.compile(&entry.rule, ir, &entry.profile(profile));
            made.claim = emitted.claim;
            made.text = emitted.text;
            made.standing = row.standing;
        }
    }
    made
}

/// The rule's own file of the generated crate.
fn crate_module(entry: &Entry) -> Option<String> {
    let rules = sayable(std::iter::once(entry));
    let package = generated::package(&members(&rules));
    package.files.get(package.members.first()?).cloned()
}
