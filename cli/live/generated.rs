//! The generated crate of the rules under test, as a judge of each of them.

use crate::live::cargo::{self, Problem};
use crate::live::program::Program;
use crate::registry::generated::{self, Means, Member};
use crate::rulebook::Entry;
use std::collections::{BTreeMap, HashMap};
use verdict_event::Event;
use verdict_harness::series::{StreamJudge, StreamJudgement};
use verdict_harness::{Judge, Judgement};
use verdict_targets::target::Claim;

/// The crate of some rules, built; or why it is not.
pub(crate) struct Generated {
    program: Result<Program, Problem>,
    /// The place of each rule among those of its kind in the crate, by file and document.
    places: HashMap<(String, usize), usize>,
}

fn key(entry: &Entry) -> (String, usize) {
    (entry.source.name.clone(), entry.document)
}

/// A rule that a crate can say, with what it means and its path.
pub(crate) type Said<'e> = (&'e Entry, Means<'e>, String);

/// What a rule means to a crate, if it has a meaning.
pub(crate) fn means(entry: &Entry) -> Option<Means<'_>> {
    let event = entry.ir().map(Means::Event);
    event.or_else(|| entry.series().map(Means::Series))
}

/// What a crate can say of a rule.
pub(crate) fn claim(means: Means<'_>) -> Claim {
    match means {
        Means::Event(ir) => generated::claim(ir),
        Means::Series(series) => generated::claim_series(series),
    }
}

/// The rules that a crate can say, with their paths.
pub(crate) fn sayable<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Vec<Said<'e>> {
    let rules = entries.into_iter().filter_map(|entry| {
        let means = means(entry)?;
        let below = entry.below.to_string_lossy().replace('\\', "/");
        let said = !matches!(claim(means), Claim::Unsupported(_));
        said.then_some((entry, means, below))
    });
    rules.collect()
}

/// Each of some rules as a member of a crate.
pub(crate) fn members<'r>(rules: &'r [Said<'r>]) -> Vec<Member<'r>> {
    let member = |(entry, means, below): &'r Said<'r>| Member {
        rule: &entry.rule,
        means: *means,
        below,
    };
    rules.iter().map(member).collect()
}

impl Generated {
    /// Writes and builds the crate of some rules.
    pub(crate) fn build<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        let rules = sayable(entries);
        let package = generated::package(&members(&rules));
        let places = rules.iter().zip(&package.places);
        let places = places.map(|((entry, ..), at)| (key(entry), *at)).collect();
        let mut files: BTreeMap<String, String> = package
            .files
            .into_iter()
            .map(|(path, text)| (format!("rust/{path}"), text))
            .collect();
        for (path, text) in [
            ("judge/Cargo.toml", include_str!("judge/Cargo.toml.txt")),
            ("judge/src/main.rs", include_str!("judge/main.rs")),
        ] {
            files.insert(path.to_owned(), text.to_owned());
        }
        Self {
            program: cargo::program(&files).map(Program::new),
            places,
        }
    }

    /// The judge of a rule; or why nothing can be said of it.
    pub(crate) fn judge(&self, entry: &Entry) -> Result<Box<dyn Judge + '_>, String> {
        match &self.program {
            Err(Problem::NoTools(reason)) => Err(reason.clone()),
            Err(Problem::Refused(reason)) => Ok(Box::new(move |_: &Event| {
                Judgement::Rejected(reason.clone())
            })),
            Ok(program) => match self.places.get(&key(entry)) {
                Some(place) => Ok(Box::new(OneRule {
                    program,
                    place: *place,
                })),
                None => Err("the rule is not in the crate".to_owned()),
            },
        }
    }

    /// The judge of a rule over several events; or why nothing can be said of it.
    pub(crate) fn stream_judge(&self, entry: &Entry) -> Result<Box<dyn StreamJudge + '_>, String> {
        match &self.program {
            Err(Problem::NoTools(reason)) => Err(reason.clone()),
            Err(Problem::Refused(reason)) => Ok(Box::new(move |_: &[Event]| {
                StreamJudgement::Rejected(reason.clone())
            })),
            Ok(program) => match self.places.get(&key(entry)) {
                Some(place) => Ok(Box::new(move |stream: &[Event]| {
                    match program.series(*place, stream) {
                        Ok(Some(matches)) => StreamJudgement::Matches(matches),
                        Ok(None) => StreamJudgement::Rejected(
                            "the generated program cannot read the stream".to_owned(),
                        ),
                        Err(reason) => StreamJudgement::Rejected(reason),
                    }
                })),
                None => Err("the rule is not in the crate".to_owned()),
            },
        }
    }

    /// The place of a rule over single events in the crate, if it is there.
    pub(crate) fn place(&self, entry: &Entry) -> Option<usize> {
        self.places.get(&key(entry)).copied()
    }

    /// The places of the rules that match each event; None for an event that cannot be read.
    pub(crate) fn matching(&self, events: &[&Event]) -> Result<Vec<Option<Vec<usize>>>, String> {
        match &self.program {
            Ok(program) => program.all(events),
            Err(Problem::NoTools(reason) | Problem::Refused(reason)) => Err(reason.clone()),
        }
    }
}

/// One rule of the program.
struct OneRule<'p> {
    program: &'p Program,
    place: usize,
}

impl Judge for OneRule<'_> {
    fn judge(&self, event: &Event) -> Judgement {
        let mut all = self.judge_all(&[event]);
        all.pop()
            .unwrap_or_else(|| Judgement::Rejected("there is no answer".to_owned()))
    }

    fn judge_all(&self, events: &[&Event]) -> Vec<Judgement> {
        match self.program.rule(self.place, events) {
            Ok(answers) => answers
                .into_iter()
                .map(|answer| match answer {
                    Some(verdict) => Judgement::Verdict(verdict),
                    None => Judgement::Rejected(
                        "the generated program cannot read the event".to_owned(),
                    ),
                })
                .collect(),
            Err(reason) => vec![Judgement::Rejected(reason); events.len()],
        }
    }
}
