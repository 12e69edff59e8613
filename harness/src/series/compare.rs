//! The comparison of one judge with the oracle, stream by stream.

use super::{
    Judged, LabelledStream, StreamCounterexample, StreamExamined, StreamJudgement, StreamTrial,
    StreamVerdict, Streams, seek, shrink,
};
use crate::divergence;
use crate::oracle::Oracle;
use crate::oracle::series::{Match, SeriesOracle};
use crate::states;
use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::Code;
use verdict_compiler::codes::divergence::EMPTY_IS_MISSING;
use verdict_event::Event;

/// On so many streams that several claims cover it is tried to show a claim without the others.
const MOST_TRIED: usize = 12;

/// Whether judge and oracle differ on some stream in a way that no code explains: what [`put`] would report, without the shrinking.
pub fn differs(
    oracle: &SeriesOracle<'_>,
    examined: &StreamExamined<'_>,
    streams: &Streams,
) -> bool {
    streams.judged.iter().any(|(made, matches)| {
        let said = examined.judge.judge(&made.stream);
        differ(oracle, &made.stream, matches, &said)
            && cause(oracle, examined, &made.stream, &said) == Cause::Unexplained
    })
}

/// Puts the streams to one judge, and then such as could show the claims that none of them showed.
pub fn put(
    oracle: &SeriesOracle<'_>,
    examined: &StreamExamined<'_>,
    streams: &Streams,
) -> StreamTrial {
    let mut comparing = Comparing {
        oracle,
        examined,
        shown: Vec::new(),
        together: Vec::new(),
        tried: BTreeMap::new(),
        trial: StreamTrial {
            name: examined.name.clone(),
            verdict: StreamVerdict::Agree,
            compared: 0,
            matching: 0,
            unrepresentable: 0,
        },
    };
    let mut held: Vec<&Judged> = Vec::new();
    for judged in &streams.judged {
        match comparing.one(&judged.0, &judged.1) {
            Compared::Apart => {}
            Compared::Held => held.push(judged),
            Compared::Unexplained(found) => return comparing.disagreed(found),
        }
    }
    for code in comparing.unshown() {
        for made in seek::showing(code, oracle, &held, streams) {
            let matches = oracle.matches(&made.stream);
            if let Compared::Unexplained(found) = comparing.one(&made, &matches) {
                return comparing.disagreed(found);
            }
            if !comparing.unshown().contains(&code) {
                break;
            }
        }
    }
    let mut trial = comparing.done();
    if let StreamVerdict::Unshown(codes) = &trial.verdict
        && !disproved(codes, oracle, &held, streams)
    {
        trial.verdict = StreamVerdict::Unreached(codes.clone());
    }
    trial
}

/// Whether claims that no stream showed are known to be wrong, as far as that is a question to the solver: it is one about the conditions. Each of them must have
/// been seen deciding, in a stream that the profile holds.
fn disproved(
    codes: &[Code],
    oracle: &SeriesOracle<'_>,
    held: &[&Judged],
    streams: &Streams,
) -> bool {
    let empty = codes.iter().any(|code| code.id == EMPTY_IS_MISSING.id);
    let alike = |oracle: &Oracle<'_>| !empty || states::proved_alike(oracle, oracle.ir());
    let mut predicates = 0..streams.pools.len();
    let mut pools = streams.pools.iter();
    pools.all(|pool| pool.account.open.is_empty())
        && predicates.all(|predicate| !seek::places(oracle, held, predicate).is_empty())
        && oracle.events().iter().all(alike)
}

/// What came of one stream.
enum Compared {
    /// The profile's tables cannot hold it.
    Apart,
    /// They can, and a difference is explained.
    Held,
    /// Nothing explains the difference.
    Unexplained(StreamCounterexample),
}

struct Comparing<'c, 'j> {
    oracle: &'c SeriesOracle<'c>,
    examined: &'c StreamExamined<'j>,
    /// Claimed codes that some stream showed which no other claim covers, with the smallest one.
    shown: Vec<(Code, StreamCounterexample)>,
    /// Those that were only seen where another claim covers the stream, too.
    together: Vec<(Code, StreamCounterexample)>,
    /// How often it was tried to show a code alone.
    tried: BTreeMap<Code, usize>,
    trial: StreamTrial,
}

impl Comparing<'_, '_> {
    fn one(&mut self, made: &LabelledStream, matches: &[Match]) -> Compared {
        let said = self.examined.judge.judge(&made.stream);
        if let StreamJudgement::Unrepresentable(_) = said {
            self.trial.unrepresentable += 1;
            return Compared::Apart;
        }
        self.trial.compared += 1;
        self.trial.matching += usize::from(!matches.is_empty());
        if !differ(self.oracle, &made.stream, matches, &said) {
            return Compared::Held;
        }
        match cause(self.oracle, self.examined, &made.stream, &said) {
            Cause::Claimed(codes) => {
                for code in codes {
                    self.show(code, made);
                }
                Compared::Held
            }
            Cause::Standing => Compared::Held,
            Cause::Unexplained => {
                Compared::Unexplained(self.minimal(made, &|cause| *cause == Cause::Unexplained))
            }
        }
    }

    /// Shrinks the stream to what shows a claimed code, if none did so far. Where it stays covered by another claim as well, that one may be the cause.
    fn show(&mut self, code: Code, made: &LabelledStream) {
        let known =
            |shown: &[(Code, StreamCounterexample)]| shown.iter().any(|(known, _)| *known == code);
        let tried = self.tried.entry(code).or_default();
        if known(&self.shown) || *tried >= MOST_TRIED {
            return;
        }
        *tried += 1;
        let found = self.minimal(made, &|cause| cause.claims(code));
        let said = &found.judge;
        if cause(self.oracle, self.examined, &found.stream, said) == Cause::Claimed(vec![code]) {
            self.shown.push((code, found));
        } else if !known(&self.together) {
            self.together.push((code, found));
        }
    }

    /// The smallest stream reachable from one that differs for such a cause.
    fn minimal(
        &self,
        made: &LabelledStream,
        wanted: &dyn Fn(&Cause) -> bool,
    ) -> StreamCounterexample {
        let (oracle, examined) = (self.oracle, self.examined);
        let smallest = shrink::shrink(&made.stream, &mut |stream| {
            let said = examined.judge.judge(stream);
            differ(oracle, stream, &oracle.matches(stream), &said)
                && wanted(&cause(oracle, examined, stream, &said))
        });
        StreamCounterexample {
            oracle: oracle.matches(&smallest),
            judge: examined.judge.judge(&smallest),
            stream: smallest,
            label: made.label.clone(),
        }
    }

    /// Claimed codes that no stream showed so far.
    fn unshown(&self) -> Vec<Code> {
        let shown = |code: &Code| self.shown.iter().any(|(known, _)| known == code);
        let claimed = self.examined.claimed.iter().copied();
        claimed.filter(|code| !shown(code)).collect()
    }

    fn disagreed(mut self, found: StreamCounterexample) -> StreamTrial {
        self.trial.verdict = StreamVerdict::Disagree(found);
        self.trial
    }

    fn done(mut self) -> StreamTrial {
        for code in self.unshown() {
            let seen = self.together.iter().find(|(known, _)| *known == code);
            self.shown.extend(seen.cloned());
        }
        // They are told in the order in which they are claimed, whichever stream came first.
        let place = |code: Code| self.examined.claimed.iter().position(|of| *of == code);
        self.shown.sort_by_key(|(code, _)| place(*code));
        let unshown = self.unshown();
        self.trial.verdict = match (unshown.is_empty(), self.shown.is_empty()) {
            (false, _) => StreamVerdict::Unshown(unshown),
            (true, true) => StreamVerdict::Agree,
            (true, false) => StreamVerdict::Diverges(self.shown),
        };
        self.trial
    }
}

/// Why oracle and judge differ on a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cause {
    /// These claims cover it, in the order in which they are claimed. One that a standing difference covers, too, is among them: that must not hide it.
    Claimed(Vec<Code>),
    Standing,
    Unexplained,
}

impl Cause {
    fn claims(&self, code: Code) -> bool {
        match self {
            Self::Claimed(codes) => codes.contains(&code),
            Self::Standing | Self::Unexplained => false,
        }
    }
}

fn cause(
    oracle: &SeriesOracle<'_>,
    examined: &StreamExamined<'_>,
    stream: &[Event],
    said: &StreamJudgement,
) -> Cause {
    // No code explains a refusal.
    if matches!(said, StreamJudgement::Rejected(_)) {
        return Cause::Unexplained;
    }
    let explains = |code: &Code| {
        divergence::explains_stream(*code, &examined.name, oracle.series(), stream) == Some(true)
    };
    let claimed = examined.claimed.iter().copied();
    let claimed: Vec<Code> = claimed.filter(explains).collect();
    if !claimed.is_empty() {
        Cause::Claimed(claimed)
    } else if examined.standing.iter().any(explains) {
        Cause::Standing
    } else {
        Cause::Unexplained
    }
}

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
