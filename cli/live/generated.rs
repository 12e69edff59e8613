//! The generated crate of the rules under test, as a judge of each of them.

use crate::live::cargo::{self, Problem};
use crate::live::program::Program;
use crate::registry::generated::{self, Member};
use crate::rulebook::Entry;
use std::collections::{BTreeMap, HashMap};
use verdict_compiler::Ir;
use verdict_event::Event;
use verdict_harness::{Judge, Judgement};
use verdict_targets::target::Claim;

/// The crate of some rules, built; or why it is not.
pub(crate) struct Generated {
    program: Result<Program, Problem>,
    /// The place of each rule in the crate, by file and document.
    places: HashMap<(String, usize), usize>,
}

fn key(entry: &Entry) -> (String, usize) {
    (entry.source.name.clone(), entry.document)
}

/// The rules that a crate can say, with their paths.
pub(crate) fn sayable<'e>(
    entries: impl IntoIterator<Item = &'e Entry>,
) -> Vec<(&'e Entry, &'e Ir, String)> {
    let rules = entries.into_iter().filter_map(|entry| {
        let ir = entry.ir()?;
        let below = entry.below.to_string_lossy().replace('\\', "/");
        let said = !matches!(generated::claim(ir), Claim::Unsupported(_));
        said.then_some((entry, ir, below))
    });
    rules.collect()
}

/// Each of some rules as a member of a crate.
pub(crate) fn members<'r>(rules: &'r [(&'r Entry, &'r Ir, String)]) -> Vec<Member<'r>> {
    let member = |(entry, ir, below): &'r (&'r Entry, &'r Ir, String)| Member {
        rule: &entry.rule,
        ir,
        below,
    };
    rules.iter().map(member).collect()
}

impl Generated {
    /// Writes and builds the crate of some rules.
    pub(crate) fn build<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        let rules = sayable(entries);
        let places = rules.iter().enumerate();
        let places = places.map(|(at, (entry, ..))| (key(entry), at)).collect();
        let package = generated::package(&members(&rules));
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

    /// The place of a rule in the crate, if it is there.
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
