//! The front end, the oracle and the native matcher, held to the same cases as the engine of Sigma: what they say is what all targets are held to.

use crate::case::{Case, Suite, Verdict};
use std::collections::BTreeSet;
use verdict_compiler::ir::Series;
use verdict_compiler::{
    Among, Compiled, Inputs, LogsourceTable, Meaning, Rule, Severity, Source, compile_among,
    rule::load,
};
use verdict_event::{Event, read_events};
use verdict_harness::{Match, Oracle, SeriesOracle};
use verdict_targets::native::{Matcher, SeriesPack};

/// Where the oracle or the matcher says otherwise than a case; cases that tell of the engine's own reading are left out, since it is ours.
pub(crate) fn check(suite: &Suite) -> Vec<String> {
    let table = LogsourceTable::parse(verdict_targets::LOGSOURCES).expect("the table");
    let held = suite.cases.iter().filter(|case| case.differs.is_none());
    held.filter_map(|case| {
        let expected = sorted(case.verdict().expect("a case without faults"));
        let events = read_events(&case.events.join("\n")).expect("events in JSON");
        let placeholders = case.placeholders();
        let inputs = Inputs {
            logsources: Some(&table),
            placeholders: &placeholders,
            schema: None,
        };
        let ways: [(&str, Way); 2] = [("oracle", by_oracle), ("matcher", by_native)];
        ways.iter().find_map(|(name, way)| {
            let said = sorted(judge(case, &events, &inputs, *way));
            (said != expected)
                .then(|| format!("{}: the {name} says {said:?}, not {expected:?}", case.name))
        })
    })
    .collect()
}

/// How matches of one rule are found.
type Way = fn(&Meaning, &[Event]) -> Option<Vec<Match>>;

/// The matches of all rules of a case that tell them.
fn judge(case: &Case, events: &[Event], inputs: &Inputs<'_>, way: Way) -> Verdict {
    let loaded = load(&Source::new("case.yml".to_owned(), case.query.clone()));
    let filters: Vec<_> = loaded.filters.iter().collect();
    let among = Among {
        file: &loaded.rules,
        filters: &filters,
        ..Among::default()
    };
    let compile = |rule| compile_among(rule, inputs, &among);
    let compiled: Vec<Compiled> = loaded.rules.iter().map(compile).collect();
    let found = compiled.iter().flat_map(|one| &one.diagnostics);
    let mut found = found.chain(&loaded.diagnostics);
    if found.any(|one| one.severity == Severity::Error) {
        return Verdict::Refused;
    }
    let silent = silent(&loaded.rules, &compiled);
    let mut matches = Vec::new();
    for (rule, compiled) in loaded.rules.iter().zip(&compiled) {
        match way(&compiled.meaning, events) {
            Some(found) if !silent.contains(&rule.id) => matches.extend(found),
            Some(_) => {}
            None => return Verdict::Refused,
        }
    }
    Verdict::Matches(matches)
}

/// The rules that are there for a correlation only (C14).
fn silent(rules: &[Rule], compiled: &[Compiled]) -> BTreeSet<String> {
    let mut silent = BTreeSet::new();
    for one in compiled {
        let Meaning::Series(series) = &one.meaning else {
            continue;
        };
        if let Series::Correlation(correlation) = &**series
            && !correlation.generate
        {
            for counted in &correlation.rules {
                let meant = rules.iter().filter(|rule| rule.is_called(&counted.name));
                silent.extend(meant.map(|rule| rule.id.clone()));
            }
        }
    }
    silent
}

fn by_oracle(meaning: &Meaning, events: &[Event]) -> Option<Vec<Match>> {
    match meaning {
        Meaning::Known(ir) => {
            let oracle = Oracle::new(ir);
            Some(single(events, |event| oracle.holds(event)))
        }
        Meaning::Series(series) => Some(SeriesOracle::new(series).matches(events)),
        Meaning::Unsupported(_) | Meaning::Invalid => None,
    }
}

fn by_native(meaning: &Meaning, events: &[Event]) -> Option<Vec<Match>> {
    match meaning {
        Meaning::Known(ir) => {
            let matcher = Matcher::new(ir);
            Some(single(events, |event| matcher.matches(event)))
        }
        Meaning::Series(series) => {
            let mut found = Vec::new();
            SeriesPack::new([&**series]).scan(events, &mut |one| found.push(one.events));
            Some(found)
        }
        Meaning::Unsupported(_) | Meaning::Invalid => None,
    }
}

fn single(events: &[Event], holds: impl Fn(&Event) -> bool) -> Vec<Match> {
    let all = events.iter().enumerate();
    let matching = all.filter(|(_, event)| holds(event));
    matching.map(|(at, _)| vec![Some(at)]).collect()
}

/// The matches in one order: that of the documents is the engine's to keep.
fn sorted(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Matches(mut matches) => {
            matches.sort();
            Verdict::Matches(matches)
        }
        other @ (Verdict::Rows(_) | Verdict::Refused) => other,
    }
}
