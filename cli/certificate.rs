//! The certificate of a rule: what the harness found, in the form that is published.
//!
//! `docs/certificate.schema.json` says the same for machines; a test holds every certificate of `packs/` against it. The same rule gives the same bytes, on whatever
//! machine and day: no clock, and no path but the one below the rule's pack.

mod faults;
mod grounds;

pub(crate) use faults::{Counts, Faults, Survivor};
pub(crate) use grounds::Grounds;

use crate::examination::{Examination, Pair};
use crate::registry::Chosen;
use crate::report::hex;
use crate::rulebook::Entry;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use verdict_compiler::Span;
use verdict_compiler::rule::pack;
use verdict_harness::compare::Outcome;
use verdict_harness::generate;
use verdict_harness::generate::account::{Account, Demand, Open};
use verdict_harness::series::StreamCounterexample;

/// The version of the form.
const VERSION: u32 = 1;

/// What the harness found for one rule.
#[derive(Serialize)]
pub(crate) struct Certificate {
    version: u32,
    pub(crate) rule: String,
    /// Which document of its file, from 0.
    pub(crate) document: usize,
    pub(crate) name: String,
    pub(crate) pack: Option<Pack>,
    /// The rule's file below its pack.
    pub(crate) source: String,
    /// The hash of the rule's file: the certificate holds for these bytes.
    pub(crate) source_sha256: String,
    /// What the random events were drawn with.
    pub(crate) seed: String,
    pub(crate) versions: Versions,
    /// What is judged: `event` or `stream`.
    pub(crate) of: &'static str,
    pub(crate) events: Option<Events>,
    pub(crate) goals: Option<Goals>,
    pub(crate) faults: Option<Faults>,
    pub(crate) broken_fixtures: Vec<String>,
    pub(crate) targets: Vec<Target>,
}

/// The pack that a rule stands in.
#[derive(Serialize)]
pub(crate) struct Pack {
    id: String,
    pub(crate) name: String,
    version: String,
}

/// Who judged.
#[derive(Serialize)]
pub(crate) struct Versions {
    verdict: &'static str,
    /// What the engines of each language were written for.
    pub(crate) languages: BTreeMap<String, Vec<String>>,
}

/// What was judged.
#[derive(Serialize)]
pub(crate) struct Events {
    pub(crate) total: usize,
    pub(crate) matching: usize,
    /// How many there are for each reason.
    pub(crate) reasons: BTreeMap<&'static str, usize>,
    /// How many of those that were made do what all of them do.
    pub(crate) stored: Option<usize>,
}

/// What became of the goals.
#[derive(Serialize)]
pub(crate) struct Goals {
    pub(crate) witnessed: usize,
    pub(crate) infeasible: usize,
    pub(crate) unknown: usize,
    pub(crate) kinds: Vec<Kind>,
    pub(crate) open: Vec<OpenGoal>,
}

/// Goals of one kind.
#[derive(Serialize)]
pub(crate) struct Kind {
    pub(crate) looks_at: &'static str,
    wanted: bool,
    pub(crate) witnessed: usize,
    infeasible: usize,
    unknown: usize,
}

/// A goal without a witness.
#[derive(Serialize)]
pub(crate) struct OpenGoal {
    leaf: usize,
    pub(crate) condition: String,
    pub(crate) line: usize,
    pub(crate) wanted: bool,
    pub(crate) fate: &'static str,
    pub(crate) proof: Vec<Demanded>,
}

/// A condition of a proof.
#[derive(Serialize)]
pub(crate) struct Demanded {
    pub(crate) condition: String,
    pub(crate) wanted: bool,
}

/// What was found of one target.
#[expect(
    clippy::struct_field_names,
    reason = "the name of the key in the published schema"
)]
#[derive(Serialize)]
pub(crate) struct Target {
    pub(crate) target: String,
    pub(crate) profile: Option<String>,
    pub(crate) verdict: &'static str,
    pub(crate) codes: Vec<String>,
    pub(crate) compared: usize,
    pub(crate) unrepresentable: usize,
    pub(crate) standing: Vec<String>,
    pub(crate) differences: Vec<Difference>,
    pub(crate) detail: Option<String>,
    pub(crate) grounds: Option<Grounds>,
}

/// The smallest event, or stream of events, that shows a difference.
#[derive(Serialize)]
pub(crate) struct Difference {
    pub(crate) code: Option<String>,
    pub(crate) events: Vec<Value>,
    /// Whether the rule matches there.
    pub(crate) rule_matches: bool,
    made_as: String,
}

impl Certificate {
    /// The certificate of a rule.
    pub(crate) fn new(entry: &Entry, result: &Examination, targets: &[Chosen], seed: u64) -> Self {
        let key = entry.seed_key();
        let outcome = result.outcome.as_ref();
        let of_one = entry.ir().is_some();
        Self {
            version: VERSION,
            rule: entry.rule.id.clone(),
            document: entry.document,
            name: entry.rule.name.clone(),
            pack: entry.pack.as_ref().map(|file| Pack::new(&file.pack)),
            source: source(entry),
            source_sha256: hex(&Sha256::digest(entry.source.text.as_bytes())),
            seed: hex(&generate::seed(&key, seed)),
            versions: Versions {
                verdict: env!("CARGO_PKG_VERSION"),
                languages: grounds::versions(entry, targets),
            },
            of: if entry.series().is_some() {
                "stream"
            } else {
                "event"
            },
            events: outcome.map(Events::new),
            goals: outcome
                .filter(|_| of_one)
                .map(|outcome| Goals::new(&outcome.account, &|span| line(entry, span))),
            faults: outcome
                .and_then(|outcome| outcome.strength.as_ref())
                .map(|strength| Faults::new(strength, &|span| line(entry, span))),
            broken_fixtures: result.broken_fixtures.clone(),
            targets: result
                .pairs
                .iter()
                .map(|pair| Target::new(entry, targets, pair))
                .collect(),
        }
    }

    /// The name of its file: the rule's id has nothing in it that leads elsewhere.
    pub(crate) fn file_name(&self) -> String {
        let harmless = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
        let id: String = self.rule.chars().filter(harmless).collect();
        format!("{id}-{}.json", self.document)
    }
}

fn line(entry: &Entry, span: Span) -> usize {
    entry.source.line_column(span.start).0
}

/// The rule's file below its pack, or its name alone: where the pack lies on this machine is nobody's business.
fn source(entry: &Entry) -> String {
    let file = std::path::Path::new(&entry.source.name);
    let below = entry
        .pack
        .as_ref()
        .and_then(|pack| file.strip_prefix(&pack.folder).ok());
    let path = below.map_or_else(
        || file.file_name().map(Into::into).unwrap_or_default(),
        std::path::Path::to_owned,
    );
    path.to_string_lossy().replace('\\', "/")
}

impl Pack {
    fn new(pack: &pack::Pack) -> Self {
        Self {
            id: pack.id.value.clone(),
            name: pack.name.value.clone(),
            version: pack.version.value.clone(),
        }
    }
}

impl Events {
    fn new(outcome: &Outcome) -> Self {
        let mut reasons: BTreeMap<&'static str, usize> = outcome
            .kinds
            .iter()
            .map(|(kind, count)| (kind.word(), *count))
            .collect();
        let made: usize = reasons.values().sum();
        if made > 0 {
            // Fixtures, earlier counterexamples, and what is near them.
            reasons.insert("fixture", outcome.events.saturating_sub(made));
        }
        Self {
            total: outcome.events,
            matching: outcome.matching,
            reasons,
            stored: outcome.stored,
        }
    }
}

impl Goals {
    fn new(account: &Account, line: &dyn Fn(Span) -> usize) -> Self {
        let total = account.total();
        let kinds = account.kinds.iter().map(|((looks_at, wanted), of)| Kind {
            looks_at,
            wanted: *wanted,
            witnessed: of.witnessed,
            infeasible: of.infeasible,
            unknown: of.unknown,
        });
        let demanded = |demand: &Demand| Demanded {
            condition: demand.condition.clone(),
            wanted: demand.wanted,
        };
        let open = account.open.iter().map(|open: &Open| OpenGoal {
            leaf: open.leaf,
            condition: open.condition.clone(),
            line: line(open.span),
            wanted: open.polarity,
            fate: if open.infeasible {
                "infeasible"
            } else {
                "unknown"
            },
            proof: open.proof.iter().map(demanded).collect(),
        });
        Self {
            witnessed: total.witnessed,
            infeasible: total.infeasible,
            unknown: total.unknown,
            kinds: kinds.collect(),
            open: open.collect(),
        }
    }
}

impl Target {
    /// `native`, `kql:raw`.
    pub(crate) fn name(&self) -> String {
        match &self.profile {
            Some(profile) => format!("{}:{profile}", self.target),
            None => self.target.clone(),
        }
    }

    fn new(entry: &Entry, targets: &[Chosen], pair: &Pair) -> Self {
        let of_event = pair.counterexamples.iter().map(|(code, found)| Difference {
            code: code.clone(),
            events: vec![found.event.root().to_json()],
            rule_matches: found.oracle,
            made_as: found.label.clone(),
        });
        let of_stream = pair.streams.iter().map(|(code, found)| Difference {
            code: code.clone(),
            events: events_of(found),
            rule_matches: !found.oracle.is_empty(),
            made_as: found.label.clone(),
        });
        Self {
            target: pair.target.clone(),
            profile: pair.profile.clone(),
            verdict: pair.verdict.word(),
            codes: pair.codes.clone(),
            compared: pair.compared,
            unrepresentable: pair.unrepresentable,
            standing: pair.standing.clone(),
            differences: of_event.chain(of_stream).collect(),
            detail: pair.detail.clone(),
            grounds: Grounds::new(entry, targets, pair),
        }
    }
}

fn events_of(found: &StreamCounterexample) -> Vec<Value> {
    let events = found.stream.iter();
    events.map(|event| event.root().to_json()).collect()
}
