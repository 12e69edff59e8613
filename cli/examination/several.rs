//! A rule over several events under examination.

use super::pair::{nothing_known, unjudged, unsupported};
use super::source::{eql_query, mapping};
use super::{Absent, Examination, Pair, PairVerdict};
use crate::live::generated::Generated;
use crate::registry::{self, Chosen, Found, Row, SeriesEngine};
use crate::rulebook::{Entry, Setting};
use std::collections::BTreeMap;
use verdict_compiler::Refusal;
use verdict_compiler::ir::Series;
use verdict_compiler::rule::{Body, Expected};
use verdict_engines::sigma;
use verdict_event::schema::Timestamp;
use verdict_event::{Event, Path, Schema};
use verdict_harness::compare::Outcome;
use verdict_harness::generate::Amount;
use verdict_harness::series::{
    LabelledStream, StreamExamined, StreamJudge, StreamJudgement, StreamTrial, StreamVerdict,
    examine_series,
};
use verdict_harness::{Match, SeriesOracle};
use verdict_targets::native::SeriesPack;
use verdict_targets::profile::Profile;
use verdict_targets::target::{Claim, Emitted, SeriesRows, StreamProjection};

/// Examines one rule against some targets.
pub(super) fn run(
    entry: &Entry,
    setting: &Setting,
    series: &Series,
    targets: &[Chosen],
    generated: Option<&Generated>,
    amount: Amount,
    kept: Vec<Vec<Event>>,
) -> Examination {
    let mut refused = Vec::new();
    let mut examined: Vec<StreamExamined<'_>> =
        source(entry, setting, series).into_iter().collect();
    for chosen in targets {
        match chosen {
            Chosen::Native => examined.push(native(chosen, series)),
            Chosen::Rust => match in_crate(entry, series, generated) {
                Ok(judge) => examined.push(exact(chosen, judge)),
                Err(Absent::Unsupported(refusals)) => refused.push(unsupported(chosen, refusals)),
                Err(Absent::NoJudge(reason)) => refused.push(unjudged(chosen, reason)),
            },
            Chosen::Text(row, profile) => match text(entry, series, row, profile) {
                Ok(mut participant) => {
                    participant.name = chosen.name();
                    examined.push(participant);
                }
                Err(refusals) => refused.push(unsupported(chosen, refusals)),
            },
        }
    }
    let key = entry.seed_key();
    let outcome = examine_series(series, &key, &examined, first(entry, kept), amount);
    let tested = outcome.tested();
    let trials = outcome.verdicts.iter();
    let mut pairs: Vec<Pair> = trials.map(|trial| pair(trial, tested)).collect();
    pairs.extend(refused);
    Examination {
        pairs,
        outcome: Some(Outcome {
            events: outcome.streams,
            matching: outcome.matching,
            account: outcome.account,
            strength: outcome.strength,
            ..Outcome::default()
        }),
        broken_fixtures: broken_fixtures(entry, &SeriesOracle::new(series)),
    }
}

fn native<'j>(chosen: &Chosen, series: &Series) -> StreamExamined<'j> {
    let pack = SeriesPack::new([series]);
    let judge = move |stream: &[Event]| {
        let mut found = Vec::new();
        pack.scan(stream, &mut |one| found.push(one.events));
        StreamJudgement::Matches(found)
    };
    exact(chosen, Box::new(judge))
}

/// The generated crate, or why it does not judge.
fn in_crate<'j>(
    entry: &Entry,
    series: &Series,
    generated: Option<&'j Generated>,
) -> Result<Box<dyn StreamJudge + 'j>, Absent> {
    if let Claim::Unsupported(refusals) = registry::generated::claim_series(series) {
        return Err(Absent::Unsupported(refusals));
    }
    let judge = match generated {
        Some(generated) => generated.stream_judge(entry),
        None => Err("the crate was not built".to_owned()),
    };
    judge.map_err(Absent::NoJudge)
}

fn exact<'j>(chosen: &Chosen, judge: Box<dyn StreamJudge + 'j>) -> StreamExamined<'j> {
    StreamExamined {
        name: chosen.name(),
        claimed: Vec::new(),
        standing: Vec::new(),
        judge,
    }
}

/// The engine of a target over its text: the events of a stream become the rows of one table first.
fn text<'j>(
    entry: &Entry,
    series: &Series,
    row: &Row,
    profile: &Profile,
) -> Result<StreamExamined<'j>, Vec<Refusal>> {
    let profile = &entry.profile(profile);
    let emitted = row.target.compile_series(&entry.rule, series, profile);
    over(series, row, profile, emitted)
}

/// The engine of a target over a text.
pub(crate) fn over<'j>(
    series: &Series,
    row: &Row,
    profile: &Profile,
    emitted: Emitted,
) -> Result<StreamExamined<'j>, Vec<Refusal>> {
    let claimed = match emitted.claim {
        Claim::Exact => Vec::new(),
        Claim::Diverges(codes) => codes,
        Claim::Unsupported(refusals) => return Err(refusals),
    };
    let rows = row.target.series_rows(series, profile)?;
    let text = emitted.text.unwrap_or_default();
    let judge: Box<dyn StreamJudge + 'j> = match (row.series)(&text, &rows.schema, series, profile)
    {
        Err(errors) => {
            let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
            let told = told.join("; ");
            Box::new(move |_: &[Event]| StreamJudgement::Rejected(told.clone()))
        }
        Ok(engine) => Box::new(move |stream: &[Event]| judged(&rows, &engine, stream)),
    };
    Ok(StreamExamined {
        name: row.target.name().to_owned(),
        claimed,
        standing: row.standing.to_vec(),
        judge,
    })
}

fn judged(rows: &SeriesRows, engine: &SeriesEngine, stream: &[Event]) -> StreamJudgement {
    let mut table = Vec::new();
    let mut places = Vec::new();
    for (at, event) in stream.iter().enumerate() {
        match (rows.project)(table.len(), event) {
            StreamProjection::Row(row) => {
                table.push(row);
                places.push(at);
            }
            StreamProjection::Elsewhere => {}
            StreamProjection::Unrepresentable(reason) => {
                return StreamJudgement::Unrepresentable(reason);
            }
        }
    }
    match engine(&table) {
        Err(reason) => StreamJudgement::Rejected(reason),
        Ok(Found::Windows(windows)) => StreamJudgement::Windows(windows),
        Ok(Found::Matches(matches)) => {
            let event = |slot: Option<usize>| slot.and_then(|row| places.get(row)).copied();
            let matches = matches.into_iter();
            let matches = matches.map(|slots| slots.into_iter().map(event).collect());
            StreamJudgement::Matches(matches.collect())
        }
    }
}

/// The engine of the rule's own language over its own text, where there is one that runs rules over several events.
fn source<'j>(entry: &Entry, setting: &Setting, series: &Series) -> Option<StreamExamined<'j>> {
    let body = match &entry.rule.body {
        Body::Eql(body) => body,
        Body::Correlation(_) => return correlation(entry, setting),
        Body::Sigma(_) | Body::Opaque(_) => return None,
    };
    if !entry.filters.is_empty() {
        // The text does not say what is taken away from it.
        return None;
    }
    let schema = mapping(&series.fields(), body.ecs, &body.category_field, setting);
    let mut schema = Schema {
        timestamp: series
            .order()
            .map_or_else(Timestamp::default, |order| order.timestamp.clone()),
        tiebreaker: series
            .order()
            .and_then(|order| Some(order.tiebreaker.as_ref()?.to_string())),
        ..schema
    };
    // No literal tells what a key is that no condition reads.
    let read = |path: &Path| {
        series
            .events()
            .iter()
            .any(|ir| ir.fields.contains_key(path))
    };
    for (path, field) in series.fields().into_iter().filter(|(path, _)| !read(path)) {
        schema.fields.entry(path.to_string()).or_insert(field);
    }
    let bound = eql_query(body).and_then(|query| query.bind(&schema, true));
    let judge = move |stream: &[Event]| {
        let found = match &bound {
            Ok(bound) => bound.series(stream).map_err(|error| error.to_string()),
            Err(errors) => {
                let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
                Err(told.join("; "))
            }
        };
        match found {
            Ok(matches) => StreamJudgement::Matches(matches),
            Err(reason) => StreamJudgement::Rejected(reason),
        }
    };
    Some(StreamExamined {
        name: "source".to_owned(),
        claimed: Vec::new(),
        standing: Vec::new(),
        judge: Box::new(judge),
    })
}

/// The engine of Sigma over the whole file, which must hold what the correlation refers to.
fn correlation<'j>(entry: &Entry, setting: &Setting) -> Option<StreamExamined<'j>> {
    let table = sigma::LogsourceTable::parse(verdict_targets::LOGSOURCES).ok()?;
    let none = BTreeMap::new();
    let pack = entry.pack.as_ref();
    let options = sigma::Options {
        logsources: setting.logsources.is_some().then_some(&table),
        placeholders: pack.map_or(&none, |file| &file.pack.placeholders),
    };
    if pack.is_some_and(|file| !file.pack.exceptions.is_empty()) {
        // The file does not say what the pack takes away.
        return None;
    }
    let documents = sigma::Documents::parse(&entry.source.text, &options).ok()?;
    let own = |document: &usize| documents.title(*document) == Some(entry.rule.name.as_str());
    let document = (0..documents.len()).find(own)?;
    if !documents.reports(document) {
        return None;
    }
    let schema = setting.schema.clone().unwrap_or_default();
    let judge = move |stream: &[Event]| match documents.series(stream, &schema) {
        Ok(found) => {
            let of_it = found.into_iter().filter(|found| found.document == document);
            let slots = of_it.map(|found| found.events.into_iter().map(Some).collect());
            StreamJudgement::Matches(slots.collect())
        }
        Err(error) => StreamJudgement::Rejected(error.to_string()),
    };
    Some(StreamExamined {
        name: "source".to_owned(),
        claimed: Vec::new(),
        standing: Vec::new(),
        judge: Box::new(judge),
    })
}

fn pair(trial: &StreamTrial, tested: bool) -> Pair {
    let (target, profile) = match trial.name.split_once(':') {
        Some((target, profile)) => (target.to_owned(), Some(profile.to_owned())),
        None => (trial.name.clone(), None),
    };
    let mut pair = Pair {
        target,
        profile,
        compared: trial.compared,
        unrepresentable: trial.unrepresentable,
        verdict: PairVerdict::Agree,
        ..nothing_known(&Chosen::Native)
    };
    match &trial.verdict {
        StreamVerdict::Agree if !tested || trial.compared == 0 => {
            pair.verdict = PairVerdict::Untested;
        }
        StreamVerdict::Agree => {}
        StreamVerdict::Diverges(shown) => {
            pair.verdict = PairVerdict::Diverges;
            pair.codes = shown.iter().map(|(code, _)| code.id.to_owned()).collect();
            let shown = shown.iter();
            pair.streams = shown
                .map(|(code, found)| (Some(code.id.to_owned()), found.clone()))
                .collect();
        }
        StreamVerdict::Disagree(found) => {
            pair.verdict = PairVerdict::Disagree;
            if let StreamJudgement::Rejected(reason) = &found.judge {
                pair.detail = Some(reason.clone());
            }
            pair.streams = vec![(None, found.clone())];
        }
        // The target's rows hold no stream that matches, so nothing could have shown them.
        StreamVerdict::Unshown(_) if trial.matching == 0 => {
            pair.verdict = PairVerdict::Untested;
        }
        StreamVerdict::Unreached(codes) => {
            pair.verdict = PairVerdict::Untested;
            pair.codes = codes.iter().map(|code| code.id.to_owned()).collect();
            pair.detail = Some(
                "a declared divergence that no stream shows, in a rule with conditions that no event reaches"
                    .to_owned(),
            );
        }
        StreamVerdict::Unshown(codes) => {
            pair.verdict = PairVerdict::Disagree;
            pair.codes = codes.iter().map(|code| code.id.to_owned()).collect();
            pair.detail = Some("a declared divergence that no stream shows".to_owned());
        }
    }
    pair
}

fn stream(fixture: &verdict_compiler::rule::Fixture) -> Vec<Event> {
    let events = fixture.events.iter();
    events.map(|event| event.value.clone()).collect()
}

/// Counterexamples kept from earlier runs, then the fixtures' streams.
fn first(entry: &Entry, kept: Vec<Vec<Event>>) -> Vec<LabelledStream> {
    let kept = kept.into_iter().map(|stream| LabelledStream {
        stream,
        label: "an earlier counterexample".to_owned(),
    });
    kept.chain(fixtures(entry)).collect()
}

pub(crate) fn fixtures(entry: &Entry) -> Vec<LabelledStream> {
    let fixtures = entry.rule.fixtures.iter();
    fixtures
        .map(|fixture| LabelledStream {
            stream: stream(fixture),
            label: format!("fixture {:?}", fixture.name.value),
        })
        .collect()
}

/// Fixtures of which the oracle says something else than the person who wrote them.
fn broken_fixtures(entry: &Entry, oracle: &SeriesOracle<'_>) -> Vec<String> {
    let mut broken = Vec::new();
    for fixture in &entry.rule.fixtures {
        let found = oracle.matches(&stream(fixture));
        let right = match &fixture.expected {
            Expected::Match(expected) => found.is_empty() != *expected,
            Expected::Groups(groups) => *groups == found,
        };
        if !right {
            let name = &fixture.name.value;
            broken.push(format!("fixture {name:?}: the rule finds {}", told(&found)));
        }
    }
    broken
}

/// Matches as they are written in fixtures.
pub(crate) fn told(matches: &[Match]) -> String {
    let slot = |slot: &Option<usize>| slot.map_or_else(|| "null".to_owned(), |at| at.to_string());
    let of_match = |slots: &Match| {
        let slots: Vec<String> = slots.iter().map(slot).collect();
        format!("[{}]", slots.join(", "))
    };
    let matches: Vec<String> = matches.iter().map(of_match).collect();
    format!("[{}]", matches.join(", "))
}
