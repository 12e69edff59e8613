//! One rule over the groups of every file.

use super::Prepared;
use super::columns::{Group, Groups};
use super::{Judged, Tally};
use crate::examination;
use crate::registry::{self, Chosen};
use crate::rulebook::{Entry, Setting};
use std::collections::HashMap;
use verdict_compiler::{Code, Ir};
use verdict_event::Event;
use verdict_harness::{Examined, Judgement, Oracle};

/// How many whole events of a file are asked again for a rule: so many of those that match, and so many of all.
const AGAIN: usize = 8;

/// The same where the rule has keywords: only there a group's events may differ in what the rule reads.
const AGAIN_OF_KEYWORDS: usize = 200;

/// How many differences of a rule are shown.
const SHOWN: usize = 3;

/// A rule with all who judge it.
pub(super) struct Work<'j> {
    entry: &'j Entry,
    ir: &'j Ir,
    oracle: Oracle<'j>,
    judges: Vec<Examined<'j>>,
}

/// What a judge's answer is beside the oracle's.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Answer {
    Same,
    Unrepresentable,
    /// Otherwise, as this divergence says.
    Covered(Code),
    Differs,
}

impl<'j> Work<'j> {
    /// The rule's own engine, and every target that has a text for it. The native pack and the generated crate judge all rules at once and
    /// have their answers ready.
    pub(super) fn new(entry: &'j Entry, ir: &'j Ir, setting: &Setting) -> Self {
        let mut judges = vec![examination::source(entry, setting, ir)];
        for chosen in registry::all_raw() {
            if matches!(chosen, Chosen::Text(..)) {
                judges.extend(examination::participant(entry, ir, &chosen, None).ok());
            }
        }
        Self {
            entry,
            ir,
            oracle: Oracle::new(ir),
            judges,
        }
    }

    /// The rule, which is the `at`th, over every file.
    pub(super) fn over(&self, at: usize, files: &[Prepared<'_>], groups: &[Groups<'_>]) -> Judged {
        let mut judged = Judged::default();
        for judge in &self.judges {
            judged.judges.entry(judge.name.clone()).or_default().rules = 1;
        }
        for (file, groups) in files.iter().zip(groups) {
            let whole = file.whole.iter().filter_map(|(name, by_rule)| {
                let matched = by_rule.get(at)?.as_deref()?;
                Some((*name, matched))
            });
            let whole: Vec<(&str, &[usize])> = whole.collect();
            for (name, _) in &whole {
                judged.judges.entry((*name).to_owned()).or_default().rules = 1;
            }
            self.file(file, groups, &whole, &mut judged);
        }
        judged.rules = usize::from(judged.matches > 0);
        judged
    }

    fn file(
        &self,
        file: &Prepared<'_>,
        groups: &Groups<'_>,
        whole: &[(&str, &[usize])],
        judged: &mut Judged,
    ) {
        let holds: Vec<bool> = groups
            .list
            .iter()
            .map(|group| self.oracle.holds(&group.sample))
            .collect();
        let matching = groups.list.iter().zip(&holds).filter(|(_, holds)| **holds);
        judged.matches += matching.map(|(group, _)| group.size).sum::<usize>();
        for (name, matched) in whole {
            self.whole(name, file, groups, matched, &holds, judged);
        }
        let mut answers = Vec::new();
        for judge in &self.judges {
            let told: Vec<Answer> = groups
                .list
                .iter()
                .zip(&holds)
                .map(|(group, holds)| self.answer(judge, &group.sample, *holds))
                .collect();
            let tally = judged.judges.entry(judge.name.clone()).or_default();
            for (group, answer) in groups.list.iter().zip(&told) {
                if count(tally, *answer, group.size) && judged.shown.len() < SHOWN {
                    let reason = match judge.judge.judge(&group.sample) {
                        Judgement::Rejected(reason) => format!(" ({reason})"),
                        Judgement::Verdict(_) | Judgement::Unrepresentable(_) => String::new(),
                    };
                    judged
                        .shown
                        .push(self.show(&judge.name, file, group.first) + &reason);
                }
            }
            answers.push(told);
        }
        let matched = whole.first().map_or(&[][..], |(_, matched)| matched);
        self.ask_again(file, groups, matched, &holds, &answers, judged);
    }

    /// The matches of the native pack or the generated crate against the oracle's: a group matches as a whole or not at all.
    fn whole(
        &self,
        name: &str,
        file: &Prepared<'_>,
        groups: &Groups<'_>,
        events: &[usize],
        holds: &[bool],
        judged: &mut Judged,
    ) {
        let mut matched: HashMap<u32, usize> = HashMap::new();
        for group in events.iter().filter_map(|event| groups.of.get(*event)) {
            *matched.entry(*group).or_default() += 1;
        }
        let tally = judged.judges.entry(name.to_owned()).or_default();
        for (number, (Group { first, size, .. }, holds)) in (0..).zip(groups.list.iter().zip(holds))
        {
            let matched = matched.get(&number).copied().unwrap_or(0);
            let differ = if *holds { size - matched } else { matched };
            tally.differ += differ;
            if differ > 0 && judged.shown.len() < SHOWN {
                judged.shown.push(self.show(name, file, *first));
            }
        }
    }

    fn show(&self, judge: &str, file: &Prepared<'_>, event: usize) -> String {
        format!("{judge}: {} on {}[{event}]", self.entry.rule.id, file.name)
    }

    fn answer(&self, judge: &Examined<'_>, event: &Event, holds: bool) -> Answer {
        match judge.judge.judge(event) {
            Judgement::Verdict(verdict) if verdict == holds => Answer::Same,
            Judgement::Verdict(_) => judge
                .claimed
                .iter()
                .chain(&judge.standing)
                .find(|code| {
                    verdict_harness::divergence::explains(**code, &judge.name, self.ir, event)
                        == Some(true)
                })
                .map_or(Answer::Differs, |code| Answer::Covered(*code)),
            Judgement::Unrepresentable(_) => Answer::Unrepresentable,
            Judgement::Rejected(_) => Answer::Differs,
        }
    }

    /// Asks again of whole events and compares with what was said of their groups.
    fn ask_again(
        &self,
        file: &Prepared<'_>,
        groups: &Groups<'_>,
        native: &[usize],
        holds: &[bool],
        answers: &[Vec<Answer>],
        judged: &mut Judged,
    ) {
        let seed = &self.entry.rule.id;
        let again = if groups.whole {
            AGAIN_OF_KEYWORDS
        } else {
            AGAIN
        };
        let matching = drawn(again, native.len(), seed)
            .filter_map(|at| native.get(at))
            .copied();
        let any = drawn(again, file.events.len(), seed);
        for index in matching.chain(any) {
            let Some((event, group)) = file.events.get(index).zip(groups.of.get(index)) else {
                continue;
            };
            let group = *group as usize;
            let says = self.oracle.holds(event);
            let same = holds.get(group) == Some(&says)
                && self.judges.iter().zip(answers).all(|(judge, answers)| {
                    answers.get(group) == Some(&self.answer(judge, event, says))
                });
            judged.asked_again += 1;
            if !same {
                judged.misgrouped += 1;
                if judged.shown.len() < SHOWN {
                    judged.shown.push(self.show("misgrouped", file, index));
                }
            }
        }
    }
}

/// Counts an answer for so many events; whether it is a difference that nothing explains.
fn count(tally: &mut Tally, answer: Answer, events: usize) -> bool {
    match answer {
        Answer::Same => {}
        Answer::Unrepresentable => tally.unrepresentable += events,
        Answer::Covered(code) => {
            *tally.covered.entry(code.id.to_owned()).or_default() += events;
        }
        Answer::Differs => tally.differ += events,
    }
    answer == Answer::Differs
}

/// At most so many positions below a bound, the same in every run.
fn drawn(most: usize, bound: usize, seed: &str) -> impl Iterator<Item = usize> + use<> {
    let mut state = seed.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let draws = (0..most.min(bound)).map(move |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0)
    });
    draws.map(move |draw| draw % bound.max(1))
}
