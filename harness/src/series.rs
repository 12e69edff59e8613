//! The examination of a rule over several events: its streams, put to every judge.
//!
//! ```text
//! Series --cast: events of each stage, by the solver--> base stream --streams: gaps, orders, keys, thresholds--> streams
//!        --> oracle and every judge --seek: what shows a claim--> shrink (events, gaps, fields)
//! ```

mod apart;
mod base;
mod cast;
mod compare;
mod counts;
mod draft;
mod joining;
mod seek;
mod shrink;
mod streams;
mod telling;
mod time;
mod timing;
mod wandering;

pub use compare::{differs, put};
pub use streams::{LabelledStream, Pool};

use crate::divergence;
use crate::edits::with;
use crate::generate::Amount;
use crate::generate::account::Account;
use crate::oracle::series::{Match, SeriesOracle, Window};
use crate::strength::{self, Strength};
use std::collections::BTreeSet;
use std::sync::OnceLock;
use verdict_compiler::Code;
use verdict_compiler::ir::Series;
use verdict_event::{Event, Value};

/// What a judge says of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamJudgement {
    /// Its matches.
    Matches(Vec<Match>),
    /// Where its matches stand, of a language whose rows do not list events.
    Windows(BTreeSet<Window>),
    /// No table of the judge's profile holds these events, for this reason. Counted, never compared.
    Unrepresentable(String),
    /// The engine refused the query or failed, for this reason.
    Rejected(String),
}

/// Whatever says which matches a stream holds.
pub trait StreamJudge: Send + Sync {
    /// What it says of a stream.
    fn judge(&self, stream: &[Event]) -> StreamJudgement;
}

impl<F> StreamJudge for F
where
    F: Fn(&[Event]) -> StreamJudgement + Send + Sync,
{
    fn judge(&self, stream: &[Event]) -> StreamJudgement {
        self(stream)
    }
}

/// What takes part beside the oracle.
pub struct StreamExamined<'j> {
    /// `source`, `native`, `kql:raw` ...
    pub name: String,
    /// The divergences that are claimed for this rule; empty for *exact*.
    pub claimed: Vec<Code>,
    /// Differences of the engine itself, which hold for every rule.
    pub standing: Vec<Code>,
    /// The matcher or engine.
    pub judge: Box<dyn StreamJudge + 'j>,
}

/// A stream on which oracle and judge differ.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamCounterexample {
    /// The stream, shrunk until every further step loses the difference.
    pub stream: Vec<Event>,
    /// Why the stream that it was shrunk from had been made.
    pub label: String,
    /// What the oracle says.
    pub oracle: Vec<Match>,
    /// What the judge says.
    pub judge: StreamJudgement,
}

/// What came of one target.
#[derive(Clone, Debug, PartialEq)]
pub enum StreamVerdict {
    /// No difference on any stream.
    Agree,
    /// Differences, all of them covered by claimed codes; a minimal stream for each.
    Diverges(Vec<(Code, StreamCounterexample)>),
    /// A difference that no claimed code covers, or a refused text.
    Disagree(StreamCounterexample),
    /// Claimed codes that no stream showed: the claim is too wide.
    Unshown(Vec<Code>),
    /// Claimed codes that no stream showed, where some condition was not seen deciding, or where it is not proved that no event can show it:
    /// nothing can be said of the claim.
    Unreached(Vec<Code>),
}

/// What came of one target, with counts.
#[derive(Clone, Debug)]
pub struct StreamTrial {
    /// The target's name.
    pub name: String,
    /// The verdict.
    pub verdict: StreamVerdict,
    /// How many streams were compared.
    pub compared: usize,
    /// How many of those the rule matches. Where there is none, a claimed divergence may be true and unseen.
    pub matching: usize,
    /// How many streams no table of the profile can hold.
    pub unrepresentable: usize,
}

/// What came of one rule.
#[derive(Clone, Debug)]
pub struct StreamOutcome {
    /// Each target, in the order given.
    pub verdicts: Vec<StreamTrial>,
    /// How many streams were made.
    pub streams: usize,
    /// How many of them hold a match.
    pub matching: usize,
    /// What became of the goals of its conditions on single events.
    pub account: Account,
    /// How many mistakes in the rule the streams would show, where that was asked for.
    pub strength: Option<Strength>,
}

impl StreamOutcome {
    /// Whether the rule was seen both matching and not matching.
    pub fn tested(&self) -> bool {
        self.matching > 0 && self.matching < self.streams
    }
}

/// A stream and its matches.
pub type Judged = (LabelledStream, Vec<Match>);

/// The streams of a rule, and the events that they were made of.
pub struct Streams {
    /// Each with its matches.
    pub judged: Vec<Judged>,
    /// By predicate, as [`Series::events`] counts them: every event that was made for it, of which streams take few.
    pub pools: Vec<Pool>,
    /// By predicate: events that no other one is satisfied by. They are made when they are first asked for.
    apart: OnceLock<Vec<Vec<Event>>>,
    amount: Amount,
}

impl Streams {
    /// The events that were made for a predicate, those first that no other predicate is satisfied by.
    fn events(&self, oracle: &SeriesOracle<'_>, predicate: usize) -> impl Iterator<Item = &Event> {
        let apart = self.apart.get_or_init(|| {
            let oracles = oracle.events();
            let of = |at| apart::events(oracles, at, cast::small(self.amount));
            (0..oracles.len()).map(of).collect()
        });
        let pool = self.pools.get(predicate).into_iter();
        let pool = pool.flat_map(|pool| pool.events.iter().map(|made| &made.event));
        apart.get(predicate).into_iter().flatten().chain(pool)
    }
}

/// Examines a rule over several events. `first` are streams to try before any others.
pub fn examine_series(
    series: &Series,
    key: &str,
    examined: &[StreamExamined<'_>],
    first: Vec<LabelledStream>,
    amount: Amount,
) -> StreamOutcome {
    let oracle = SeriesOracle::new(series);
    let streams = judged(&oracle, key, first, amount);
    let trial = |examined| put(&oracle, examined, &streams);
    let matching = streams.judged.iter();
    StreamOutcome {
        verdicts: examined.iter().map(trial).collect(),
        streams: streams.judged.len(),
        matching: matching.filter(|(_, found)| !found.is_empty()).count(),
        account: account(&oracle, &streams.pools, amount),
        strength: amount
            .strength
            .then(|| strength::series::measure(&oracle, &streams)),
    }
}

/// The goals of every condition, in the order of [`Series::events`].
fn account(oracle: &SeriesOracle<'_>, pools: &[Pool], amount: Amount) -> Account {
    let (mut sum, mut leaves) = (Account::default(), 0);
    for (own, pool) in oracle.events().iter().zip(pools) {
        let mut account = pool.account.clone();
        if amount.certificate {
            account.prove(own);
        }
        sum.extend(&account, leaves);
        leaves += own.ir().predicate.leaves().len();
    }
    sum
}

/// The streams that [`examine_series`] compares by, each with its matches.
pub fn judged(
    oracle: &SeriesOracle<'_>,
    key: &str,
    first: Vec<LabelledStream>,
    amount: Amount,
) -> Streams {
    let series = oracle.series();
    let mut made = emptied(series, oracle, &first);
    made.splice(0..0, first);
    let (streams, pools, joints) = streams::streams(series, oracle, key, amount);
    made.extend(streams);
    let with_matches = |made: LabelledStream| {
        let matches = oracle.matches(&made.stream);
        (made, matches)
    };
    let mut judged: Vec<Judged> = made.into_iter().map(with_matches).collect();
    let telling = telling::streams(oracle, &judged, &pools, &joints);
    judged.extend(telling.into_iter().map(with_matches));
    Streams {
        judged,
        pools,
        apart: OnceLock::new(),
        amount,
    }
}

/// Streams that hold a match, with the empty text at one of the fields that join their events: streams that only a person thinks of meet targets that
/// cannot tell it from none.
fn emptied(
    series: &Series,
    oracle: &SeriesOracle<'_>,
    first: &[LabelledStream],
) -> Vec<LabelledStream> {
    let matching = first.iter();
    let matching = matching.filter(|made| !oracle.matches(&made.stream).is_empty());
    let mut emptied = Vec::new();
    for made in matching.take(MOST_EMPTIED) {
        for path in divergence::empty_is_missing::joining(series) {
            let empty = |event: &Event| with(event, &path, Some(Value::from("")));
            emptied.push(LabelledStream {
                stream: made.stream.iter().map(empty).collect(),
                label: format!("{}, `{path}` empty", made.label),
            });
        }
    }
    emptied
}

/// Of how many streams that is made.
const MOST_EMPTIED: usize = 4;
