//! Comparison: every judge on every event, and what a difference means.

pub(crate) mod seek;

use crate::divergence;
use crate::edits::boundary;
use crate::generate::account::{Account, Kind};
use crate::generate::{Amount, Labelled, Made, generate};
use crate::judge::{Judge, Judgement};
use crate::oracle::Oracle;
use crate::shrink::shrink;
use crate::states;
use crate::strength::stored::stored;
use crate::strength::{self, Strength};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use verdict_compiler::codes::divergence::EMPTY_IS_MISSING;
use verdict_compiler::ir::Leaf;
use verdict_compiler::{Code, Ir};
use verdict_event::Event;

/// What takes part in the examination of a rule beside the oracle.
pub struct Examined<'j> {
    /// `source`, `native`, `kql:raw` ...
    pub name: String,
    /// The divergences that caps claims for this rule; empty for *exact*.
    pub claimed: Vec<Code>,
    /// The divergences of the engine itself, listed once a profile.
    pub standing: Vec<Code>,
    /// The matcher or engine.
    pub judge: Box<dyn Judge + 'j>,
}

/// A rule under examination.
pub struct Subject<'j> {
    /// What stands for the rule; it seeds the random events.
    pub key: String,
    /// What it means.
    pub ir: &'j Ir,
    /// Who is compared with the oracle.
    pub examined: Vec<Examined<'j>>,
    /// Events to try before any others: earlier counterexamples, fixtures.
    pub first: Vec<Labelled>,
}

/// An event on which oracle and judge differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Counterexample {
    /// The event, shrunk until every further step loses the difference.
    pub event: Event,
    /// Why the event that it was shrunk from had been made.
    pub label: String,
    /// What the oracle says.
    pub oracle: bool,
    /// What the judge says.
    pub judge: Judgement,
}

/// What came of one target.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// No difference on any event of the profile's domain.
    Agree,
    /// Differences, all of them covered by claimed codes; a minimal event for each.
    Diverges(Vec<(Code, Counterexample)>),
    /// A difference that no claimed code covers, or the engine refused its text.
    Disagree(Counterexample),
    /// Claimed codes that no event showed, in a rule whose every condition was seen deciding: the claim is too wide.
    Unshown(Vec<Code>),
    /// Claimed codes that no event showed, where some condition was not seen deciding on a row of the profile, or where it is not
    /// proved that none can show it: nothing can be said of the claim.
    Unreached(Vec<Code>),
}

/// What came of one rule.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Each examined target, in the order given: its name, its verdict, events compared, events that its profile cannot represent.
    pub verdicts: Vec<Trial>,
    /// How many events were made.
    pub events: usize,
    /// How many of them match.
    pub matching: usize,
    /// What became of the goals; empty for a rule over several events.
    pub account: Account,
    /// How many events were made for each reason; beside them stand the fixtures, earlier counterexamples and what is near the fixtures.
    pub kinds: BTreeMap<Kind, usize>,
    /// How many of the events that were made suffice for every goal and mistake that all of them show, where that was asked for.
    pub stored: Option<usize>,
    /// How many mistakes in the rule the events would show, where that was asked for.
    pub strength: Option<Strength>,
}

impl Outcome {
    /// Whether the rule was seen both matching and not matching. One that was not is *untested*, never green.
    pub fn tested(&self) -> bool {
        self.matching > 0 && self.matching < self.events
    }
}

/// What came of one target, with counts.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The target's name.
    pub name: String,
    /// The verdict.
    pub verdict: Verdict,
    /// How many events were compared.
    pub compared: usize,
    /// How many events no row of the profile can hold.
    pub unrepresentable: usize,
    /// Which standing divergences showed themselves.
    pub standing: BTreeSet<Code>,
}

/// Examines a rule: makes its events and puts them to every judge.
pub fn examine(subject: &Subject<'_>, amount: Amount) -> Outcome {
    let mut made = generate(subject.ir, &subject.key, amount);
    let own = made.events.len();
    let mut events = subject.first.clone();
    events.append(&mut made.events);
    let oracle = Oracle::new(subject.ir);
    let beside = beside_fixtures(subject.ir, &subject.first, &oracle);
    events.extend(beside);
    let verdicts = subject
        .examined
        .iter()
        .map(|examined| {
            let mut trial = put(subject.ir, &oracle, examined, &events);
            if let Verdict::Unshown(codes) = &trial.verdict
                && !(reached(subject.ir, &made, examined, codes) && disproved(codes, &oracle))
            {
                trial.verdict = Verdict::Unreached(codes.clone());
            }
            trial
        })
        .collect();
    let mut outcome = outcome(&made, &events, verdicts);
    if amount.strength {
        let all: Vec<&Event> = events.iter().map(|labelled| &labelled.event).collect();
        outcome.strength = Some(strength::measure(subject.ir, &all, &made.equivalent));
    }
    if amount.certificate {
        outcome.account.prove(&oracle);
        let made = events.iter().skip(subject.first.len()).take(own);
        let made: Vec<&Event> = made.map(|labelled| &labelled.event).collect();
        outcome.stored = Some(stored(subject.ir, &made).len());
    }
    outcome
}

/// At most so many events are made of those that a person wrote.
const MOST_BESIDE: usize = 200;

/// Events beside those that a person wrote and that match: each with one field a step aside. They are whole, so a profile has rows for them where it has
/// none for the bare events of a solver.
fn beside_fixtures(ir: &Ir, first: &[Labelled], oracle: &Oracle<'_>) -> Vec<Labelled> {
    let mut leaves: Vec<&Leaf> = ir.predicate.leaves();
    let mut seen = HashSet::new();
    leaves.retain(|leaf| seen.insert(*leaf));
    let written = first.iter().filter(|event| event.matches);
    let mut beside = Vec::new();
    // A leaf at a time, so that each has its turn before there are too many.
    for leaf in leaves {
        for labelled in written.clone() {
            for edit in boundary(&labelled.event, leaf).into_iter().take(2) {
                let event = edit.apply(&labelled.event);
                beside.push(Labelled {
                    matches: oracle.holds(&event),
                    label: format!("{}, {}", labelled.label, edit.label),
                    event,
                });
            }
        }
        if beside.len() >= MOST_BESIDE {
            break;
        }
    }
    beside
}

fn outcome(made: &Made, events: &[Labelled], verdicts: Vec<Trial>) -> Outcome {
    Outcome {
        verdicts,
        events: events.len(),
        matching: events.iter().filter(|event| event.matches).count(),
        account: made.account.clone(),
        kinds: made.kinds.clone(),
        stored: None,
        strength: None,
    }
}

/// Whether every condition was seen deciding both ways, on events that the judge's profile can hold and that no other claim covers.
fn reached(ir: &Ir, made: &Made, examined: &Examined<'_>, unshown: &[Code]) -> bool {
    let others = examined
        .claimed
        .iter()
        .filter(|code| !unshown.contains(code));
    let held = |event: &Event| {
        let covered = |code: &Code| divergence::covers(*code, ir, event) == Some(true);
        !others.clone().any(covered)
            && !matches!(examined.judge.judge(event), Judgement::Unrepresentable(_))
    };
    made.account.open.is_empty() && made.witnesses.iter().all(held)
}

/// Whether a claim that no event showed is known to be wrong, as far as that is a question to the solver.
fn disproved(codes: &[Code], oracle: &Oracle<'_>) -> bool {
    let empty = codes.iter().any(|code| code.id == EMPTY_IS_MISSING.id);
    !empty || states::proved_alike(oracle, oracle.ir())
}

/// Whether judge and oracle differ on some event in a way that no code explains: what [`put`] would report, without the shrinking.
pub fn differs(ir: &Ir, examined: &Examined<'_>, events: &[Labelled]) -> bool {
    events.iter().any(|labelled| {
        let judgement = examined.judge.judge(&labelled.event);
        let split = match &judgement {
            Judgement::Verdict(verdict) => *verdict != labelled.matches,
            Judgement::Rejected(_) => true,
            Judgement::Unrepresentable(_) => false,
        };
        split && cause(ir, examined, &labelled.event, &judgement) == Cause::Unexplained
    })
}

/// The events that [`examine`] compares by: `first`, those of the generator, and those beside fixtures.
pub fn events(ir: &Ir, key: &str, first: &[Labelled], amount: Amount) -> Vec<Labelled> {
    let mut events = first.to_vec();
    events.append(&mut generate(ir, key, amount).events);
    let oracle = Oracle::new(ir);
    events.extend(beside_fixtures(ir, first, &oracle));
    events
}

/// Puts the events to one judge.
pub fn put(ir: &Ir, oracle: &Oracle<'_>, examined: &Examined<'_>, events: &[Labelled]) -> Trial {
    let mut comparing = Comparing {
        ir,
        oracle,
        examined,
        shown: Vec::new(),
        tally: Trial {
            name: examined.name.clone(),
            verdict: Verdict::Agree,
            compared: 0,
            unrepresentable: 0,
            standing: BTreeSet::new(),
        },
    };
    let all: Vec<&Event> = events.iter().map(|labelled| &labelled.event).collect();
    let judgements = examined.judge.judge_all(&all);
    let near = seek::near(oracle, examined, events, &judgements);
    for (labelled, judgement) in events.iter().zip(&judgements) {
        if let Some(found) = comparing.one(labelled, judgement) {
            return comparing.disagreed(found);
        }
    }
    for labelled in &near {
        let judgement = examined.judge.judge(&labelled.event);
        if let Some(found) = comparing.one(labelled, &judgement) {
            return comparing.disagreed(found);
        }
    }
    let held = events
        .iter()
        .zip(&judgements)
        .filter(|(_, judgement)| !matches!(judgement, Judgement::Unrepresentable(_)));
    let held = held.map(|(labelled, _)| labelled).chain(&near);
    let held: Vec<&Labelled> = held.collect();
    for code in comparing.unshown() {
        for labelled in seek::showing(code, oracle, examined, &held) {
            let judgement = examined.judge.judge(&labelled.event);
            if let Some(found) = comparing.one(&labelled, &judgement) {
                return comparing.disagreed(found);
            }
            if !comparing.unshown().contains(&code) {
                break;
            }
        }
    }
    comparing.done()
}

/// The comparison of one judge with the oracle.
struct Comparing<'c, 'j> {
    ir: &'c Ir,
    oracle: &'c Oracle<'c>,
    examined: &'c Examined<'j>,
    /// Claimed codes that some event showed, with the smallest one.
    shown: Vec<(Code, Counterexample)>,
    tally: Trial,
}

impl Comparing<'_, '_> {
    /// Compares one event; a difference that nothing explains is given back.
    fn one(&mut self, labelled: &Labelled, judgement: &Judgement) -> Option<Counterexample> {
        match judgement {
            Judgement::Unrepresentable(_) => {
                self.tally.unrepresentable += 1;
                return None;
            }
            Judgement::Verdict(verdict) if *verdict == labelled.matches => {
                self.tally.compared += 1;
                return None;
            }
            Judgement::Verdict(_) | Judgement::Rejected(_) => self.tally.compared += 1,
        }
        let (ir, oracle, examined) = (self.ir, self.oracle, self.examined);
        match cause(ir, examined, &labelled.event, judgement) {
            Cause::Claimed(code) => {
                let known = self.shown.iter().any(|(known, _)| *known == code);
                if !known {
                    let found = minimal(ir, oracle, examined, labelled, &Cause::Claimed(code));
                    self.shown.push((code, found));
                }
                for other in self.unshown() {
                    self.shown
                        .extend(alone(ir, oracle, examined, labelled, other));
                }
                None
            }
            Cause::Standing(code) => {
                self.tally.standing.insert(code);
                None
            }
            Cause::Unexplained => {
                let found = minimal(ir, oracle, examined, labelled, &Cause::Unexplained);
                Some(found)
            }
        }
    }

    /// Claimed codes that no event showed so far.
    fn unshown(&self) -> Vec<Code> {
        let shown = |code: &Code| self.shown.iter().any(|(known, _)| known == code);
        let claimed = self.examined.claimed.iter().copied();
        claimed.filter(|code| !shown(code)).collect()
    }

    fn disagreed(mut self, found: Counterexample) -> Trial {
        self.tally.verdict = Verdict::Disagree(found);
        self.tally
    }

    fn done(mut self) -> Trial {
        let unshown = self.unshown();
        self.tally.verdict = match (self.shown.is_empty(), unshown.is_empty()) {
            (_, false) => Verdict::Unshown(unshown),
            (true, true) => Verdict::Agree,
            (false, true) => Verdict::Diverges(self.shown),
        };
        self.tally
    }
}

/// Why oracle and judge differ on an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    Claimed(Code),
    Standing(Code),
    Unexplained,
}

fn cause(ir: &Ir, examined: &Examined<'_>, event: &Event, judgement: &Judgement) -> Cause {
    if matches!(judgement, Judgement::Rejected(_)) {
        return Cause::Unexplained;
    }
    let explains = |code: &Code| divergence::explains(*code, &examined.name, ir, event);
    let explaining = |codes: &[Code]| {
        let mut codes = codes.iter().copied();
        codes.find(|code| explains(code) == Some(true))
    };
    explaining(&examined.claimed)
        .map(Cause::Claimed)
        .or_else(|| explaining(&examined.standing).map(Cause::Standing))
        .unwrap_or(Cause::Unexplained)
}

/// An event near this one that differs for this code alone, where this one differs for several of them at once.
fn alone(
    ir: &Ir,
    oracle: &Oracle<'_>,
    examined: &Examined<'_>,
    labelled: &Labelled,
    code: Code,
) -> Option<(Code, Counterexample)> {
    let covers = |code: Code, event: &Event| divergence::covers(code, ir, event) == Some(true);
    if !covers(code, &labelled.event) {
        return None;
    }
    let mut differs = |event: &Event| {
        let judgement = examined.judge.judge(event);
        matches!(judgement, Judgement::Verdict(verdict) if verdict != oracle.holds(event))
            && covers(code, event)
    };
    let event = shrink(&labelled.event, &mut differs);
    let mut others = examined.claimed.iter().filter(|other| **other != code);
    if others.any(|other| covers(*other, &event)) {
        return None;
    }
    Some((
        code,
        Counterexample {
            oracle: oracle.holds(&event),
            judge: examined.judge.judge(&event),
            event,
            label: labelled.label.clone(),
        },
    ))
}

/// The smallest event that differs for the same cause.
fn minimal(
    ir: &Ir,
    oracle: &Oracle<'_>,
    examined: &Examined<'_>,
    labelled: &Labelled,
    wanted: &Cause,
) -> Counterexample {
    let mut differs = |event: &Event| {
        let judgement = examined.judge.judge(event);
        let split = match &judgement {
            Judgement::Verdict(verdict) => *verdict != oracle.holds(event),
            Judgement::Rejected(_) => true,
            Judgement::Unrepresentable(_) => false,
        };
        split && cause(ir, examined, event, &judgement) == *wanted
    };
    let event = shrink(&labelled.event, &mut differs);
    Counterexample {
        oracle: oracle.holds(&event),
        judge: examined.judge.judge(&event),
        event,
        label: labelled.label.clone(),
    }
}
