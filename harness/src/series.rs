//! The examination of a rule over several events: its streams, put to every judge.
//!
//! ```text
//! Series --cast: events of each stage, by the solver--> base stream --streams: gaps, orders, keys, thresholds--> streams
//!        --> oracle and every judge --> shrink (events, gaps, fields)
//! ```

mod base;
mod cast;
mod draft;
mod shrink;
mod streams;

pub use streams::{LabelledStream, streams};

use crate::divergence;
use crate::edits::with;
use crate::generate::Amount;
use crate::oracle::series::{Match, SeriesOracle, Window};
use std::collections::BTreeSet;
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
    /// Claimed codes that no stream showed.
    Unshown(Vec<Code>),
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
}

impl StreamOutcome {
    /// Whether the rule was seen both matching and not matching.
    pub fn tested(&self) -> bool {
        self.matching > 0 && self.matching < self.streams
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
    let judged = judged(&oracle, key, first, amount);
    let trial = |examined| put(&oracle, examined, &judged);
    StreamOutcome {
        verdicts: examined.iter().map(trial).collect(),
        streams: judged.len(),
        matching: judged.iter().filter(|(_, found)| !found.is_empty()).count(),
    }
}

/// The streams that [`examine_series`] compares by, each with its matches.
pub fn judged(
    oracle: &SeriesOracle<'_>,
    key: &str,
    first: Vec<LabelledStream>,
    amount: Amount,
) -> Vec<(LabelledStream, Vec<Match>)> {
    let series = oracle.series();
    let mut made = emptied(series, oracle, &first);
    made.splice(0..0, first);
    made.extend(streams(series, oracle, key, amount));
    let with_matches = |made: LabelledStream| {
        let matches = oracle.matches(&made.stream);
        (made, matches)
    };
    made.into_iter().map(with_matches).collect()
}

/// Whether judge and oracle differ on some stream in a way that no code explains: what [`put`] would report, without the shrinking.
pub fn differs(
    oracle: &SeriesOracle<'_>,
    examined: &StreamExamined<'_>,
    streams: &[(LabelledStream, Vec<Match>)],
) -> bool {
    let unexplained = |stream: &[Event]| {
        let codes = [&examined.claimed, &examined.standing];
        codes
            .iter()
            .all(|codes| covering(oracle.series(), codes, stream).is_none())
    };
    streams.iter().any(|(made, matches)| {
        let said = examined.judge.judge(&made.stream);
        differ(oracle, &made.stream, matches, &said) && unexplained(&made.stream)
    })
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

/// Whether oracle and judge differ: the same matches, in whatever order. The order of reports is tested elsewhere.
fn differ(
    oracle: &SeriesOracle<'_>,
    stream: &[Event],
    matches: &[Match],
    judge: &StreamJudgement,
) -> bool {
    match judge {
        StreamJudgement::Matches(found) => {
            let set = |matches: &[Match]| matches.iter().cloned().collect::<BTreeSet<Match>>();
            set(matches) != set(found)
        }
        StreamJudgement::Windows(found) => oracle.windows(stream).as_ref() != Some(found),
        StreamJudgement::Rejected(_) => true,
        StreamJudgement::Unrepresentable(_) => false,
    }
}

/// The first claimed code that covers a stream.
fn covering(series: &Series, claimed: &[Code], stream: &[Event]) -> Option<Code> {
    let mut claimed = claimed.iter().copied();
    claimed.find(|code| divergence::covers_stream(*code, series, stream) == Some(true))
}

/// Puts the streams to one judge.
pub fn put(
    oracle: &SeriesOracle<'_>,
    examined: &StreamExamined<'_>,
    streams: &[(LabelledStream, Vec<Match>)],
) -> StreamTrial {
    let series = oracle.series();
    let mut shown: Vec<(Code, StreamCounterexample)> = Vec::new();
    let (mut compared, mut matching) = (0, 0);
    let mut unrepresentable = 0;
    let trial = |verdict, (compared, matching), unrepresentable| StreamTrial {
        name: examined.name.clone(),
        verdict,
        compared,
        matching,
        unrepresentable,
    };
    for (made, matches) in streams {
        let said = examined.judge.judge(&made.stream);
        if let StreamJudgement::Unrepresentable(_) = said {
            unrepresentable += 1;
            continue;
        }
        compared += 1;
        matching += usize::from(!matches.is_empty());
        if !differ(oracle, &made.stream, matches, &said) {
            continue;
        }
        // What the rule claims comes first: a standing difference that may be there as well must not hide it.
        let code = covering(series, &examined.claimed, &made.stream);
        if code.is_none() && covering(series, &examined.standing, &made.stream).is_some() {
            continue;
        }
        if code.is_some_and(|code| shown.iter().any(|(known, _)| *known == code)) {
            continue;
        }
        let smallest = shrink::shrink(&made.stream, &mut |stream| {
            let said = examined.judge.judge(stream);
            differ(oracle, stream, &oracle.matches(stream), &said)
                && covering(series, &examined.claimed, stream) == code
                && (code.is_some() || covering(series, &examined.standing, stream).is_none())
        });
        let found = StreamCounterexample {
            oracle: oracle.matches(&smallest),
            judge: examined.judge.judge(&smallest),
            stream: smallest,
            label: made.label.clone(),
        };
        match code {
            Some(code) => shown.push((code, found)),
            None => {
                return trial(
                    StreamVerdict::Disagree(found),
                    (compared, matching),
                    unrepresentable,
                );
            }
        }
    }
    let unshown: Vec<Code> = examined
        .claimed
        .iter()
        .filter(|code| !shown.iter().any(|(known, _)| known == *code))
        .copied()
        .collect();
    let verdict = match (unshown.is_empty(), shown.is_empty()) {
        (false, _) => StreamVerdict::Unshown(unshown),
        (true, true) => StreamVerdict::Agree,
        (true, false) => StreamVerdict::Diverges(shown),
    };
    trial(verdict, (compared, matching), unrepresentable)
}
