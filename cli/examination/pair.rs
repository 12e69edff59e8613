//! What is said of a rule and a target.

use crate::registry::Chosen;
use verdict_compiler::Refusal;
use verdict_harness::compare::{Counterexample, Trial};
use verdict_harness::series::StreamCounterexample;
use verdict_harness::{Judgement, Verdict};

/// What is said of a pair.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PairVerdict {
    /// The same verdict on every event.
    Agree,
    /// Differences, all of them declared.
    Diverges,
    /// A difference that nobody declared, or a declared one that no event shows.
    Disagree,
    /// No text, with the reasons.
    Unsupported(Vec<Refusal>),
    /// The rule was not seen both matching and not matching.
    Untested,
}

impl PairVerdict {
    /// The word for it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Diverges => "diverges",
            Self::Disagree => "disagree",
            Self::Unsupported(_) => "unsupported",
            Self::Untested => "untested",
        }
    }
}

/// A rule and a target (or `source`: the rule's own text, judged by the engine of its language).
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// The target.
    pub target: String,
    /// Its profile.
    pub profile: Option<String>,
    /// What is said of it.
    pub verdict: PairVerdict,
    /// Codes that take part: shown divergences, refusals.
    pub codes: Vec<String>,
    /// How many events were compared, and how many no row can hold.
    pub compared: usize,
    /// Events that the profile cannot represent.
    pub unrepresentable: usize,
    /// Standing divergences that showed themselves.
    pub standing: Vec<String>,
    /// The events that show the differences, with the code that covers each, if any.
    pub counterexamples: Vec<(Option<String>, Counterexample)>,
    /// The streams that show the differences of a rule over several events.
    pub streams: Vec<(Option<String>, StreamCounterexample)>,
    /// What else is to be told.
    pub detail: Option<String>,
}

/// A pair whose target cannot say the rule.
pub(super) fn unsupported(chosen: &Chosen, refusals: Vec<Refusal>) -> Pair {
    Pair {
        codes: Refusal::codes(&refusals),
        detail: refusals.first().map(|refusal| refusal.reason.clone()),
        verdict: PairVerdict::Unsupported(refusals),
        ..nothing_known(chosen)
    }
}

/// A pair that this machine has no judge for: nothing is known of it, which is never green.
pub(super) fn unjudged(chosen: &Chosen, reason: String) -> Pair {
    Pair {
        detail: Some(reason),
        ..nothing_known(chosen)
    }
}

/// A pair before anything was asked of it.
pub(super) fn nothing_known(chosen: &Chosen) -> Pair {
    Pair {
        target: chosen.target().to_owned(),
        profile: chosen.profile().map(str::to_owned),
        codes: Vec::new(),
        detail: None,
        verdict: PairVerdict::Untested,
        compared: 0,
        unrepresentable: 0,
        standing: Vec::new(),
        counterexamples: Vec::new(),
        streams: Vec::new(),
    }
}

/// A pair as a trial left it.
pub(super) fn pair(trial: &Trial, tested: bool) -> Pair {
    let (target, profile) = match trial.name.split_once(':') {
        Some((target, profile)) => (target.to_owned(), Some(profile.to_owned())),
        None => (trial.name.clone(), None),
    };
    let mut pair = Pair {
        target,
        profile,
        verdict: PairVerdict::Agree,
        codes: Vec::new(),
        compared: trial.compared,
        unrepresentable: trial.unrepresentable,
        standing: trial
            .standing
            .iter()
            .map(|code| code.id.to_owned())
            .collect(),
        counterexamples: Vec::new(),
        streams: Vec::new(),
        detail: None,
    };
    match &trial.verdict {
        Verdict::Agree if !tested || trial.compared == 0 => pair.verdict = PairVerdict::Untested,
        Verdict::Agree => {}
        Verdict::Diverges(shown) => {
            pair.verdict = PairVerdict::Diverges;
            pair.codes = shown.iter().map(|(code, _)| code.id.to_owned()).collect();
            pair.counterexamples = shown
                .iter()
                .map(|(code, event)| (Some(code.id.to_owned()), event.clone()))
                .collect();
        }
        Verdict::Disagree(event) => {
            pair.verdict = PairVerdict::Disagree;
            if let Judgement::Rejected(reason) = &event.judge {
                pair.detail = Some(reason.clone());
            }
            pair.counterexamples = vec![(None, event.clone())];
        }
        Verdict::Unshown(codes) => {
            pair.verdict = PairVerdict::Disagree;
            pair.codes = codes.iter().map(|code| code.id.to_owned()).collect();
            pair.detail = Some("a declared divergence that no event shows".to_owned());
        }
        Verdict::Unreached(codes) => {
            pair.verdict = PairVerdict::Untested;
            pair.codes = codes.iter().map(|code| code.id.to_owned()).collect();
            pair.detail = Some(
                "a declared divergence that no event shows, in a rule with conditions that no row reaches"
                    .to_owned(),
            );
        }
    }
    pair
}
