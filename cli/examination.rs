//! A rule under examination: who takes part, and what is said of each pair of rule and target.

pub(crate) mod several;

use crate::counterexamples::Kept;
use crate::filter_text;
use crate::live::generated::Generated;
use crate::registry::{self, Chosen, Engine, Row};
use crate::rulebook::{Entry, Setting};
use std::collections::BTreeMap;
use verdict_compiler::rule::Expected;
use verdict_compiler::rule::{Body, EqlBody, Logsource, ecs};
use verdict_compiler::{Ir, Meaning, Refusal};
use verdict_engines::{QueryError, eql, sigma};
use verdict_event::{Event, FieldSchema, Path, Schema};
use verdict_harness::compare::{Counterexample, Trial};
use verdict_harness::generate::{Amount, Labelled};
use verdict_harness::series::StreamCounterexample;
use verdict_harness::{Examined, Judge, Judgement, Oracle, Outcome, Subject, Verdict, examine};
use verdict_targets::native::Matcher;
use verdict_targets::profile::Profile;
use verdict_targets::target::{Claim, Neighbours, Projection, Projector};

/// What is said of a pair.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PairVerdict {
    /// The same verdict on every event.
    Agree,
    /// Differences, all of them declared.
    Diverges,
    /// A difference that nobody declared, or a declared one that no event shows.
    Disagree,
    /// No text, with the reasons.
    Unsupported(Vec<Refusal>),
    /// The rule was not seen both matching and not matching.
    Untested,
}

impl PairVerdict {
    /// The word for it.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Diverges => "diverges",
            Self::Disagree => "disagree",
            Self::Unsupported(_) => "unsupported",
            Self::Untested => "untested",
        }
    }
}

/// A rule and a target (or `source`: the rule's own text, judged by the engine of its language).
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// The target.
    pub target: String,
    /// Its profile.
    pub profile: Option<String>,
    /// What is said of it.
    pub verdict: PairVerdict,
    /// Codes that take part: shown divergences, refusals.
    pub codes: Vec<String>,
    /// How many events were compared, and how many no row can hold.
    pub compared: usize,
    /// Events that the profile cannot represent.
    pub unrepresentable: usize,
    /// Standing divergences that showed themselves.
    pub standing: Vec<String>,
    /// The events that show the differences, with the code that covers each, if any.
    pub counterexamples: Vec<(Option<String>, Counterexample)>,
    /// The streams that show the differences of a rule over several events.
    pub streams: Vec<(Option<String>, StreamCounterexample)>,
    /// What else is to be told.
    pub detail: Option<String>,
}

/// A rule, examined.
pub(crate) struct Examination {
    /// Every pair, `source` first.
    pub pairs: Vec<Pair>,
    /// What the harness did; None for a rule without an IR.
    pub outcome: Option<Outcome>,
    /// Fixtures whose verdict is not the one written down, each in a sentence.
    pub broken_fixtures: Vec<String>,
}

/// Examines one rule against some targets.
pub(crate) fn run(
    entry: &Entry,
    setting: &Setting,
    targets: &[Chosen],
    generated: Option<&Generated>,
    amount: Amount,
    kept: Kept,
) -> Examination {
    let ir = match &entry.compiled.meaning {
        Meaning::Known(ir) => ir,
        Meaning::Series(series) => {
            return several::run(
                entry,
                setting,
                series,
                targets,
                generated,
                amount,
                kept.streams,
            );
        }
        Meaning::Unsupported(refusal) => {
            let refused = |chosen: &Chosen| unsupported(chosen, vec![refusal.clone()]);
            return Examination {
                pairs: targets.iter().map(refused).collect(),
                outcome: None,
                broken_fixtures: Vec::new(),
            };
        }
        Meaning::Invalid => {
            return Examination {
                pairs: Vec::new(),
                outcome: None,
                broken_fixtures: Vec::new(),
            };
        }
    };
    let mut refused = Vec::new();
    let mut examined = vec![source(entry, setting, ir)];
    for chosen in targets {
        match participant(entry, ir, chosen, generated) {
            Ok(participant) => examined.push(participant),
            Err(Absent::Unsupported(refusals)) => refused.push(unsupported(chosen, refusals)),
            Err(Absent::NoJudge(reason)) => refused.push(unjudged(chosen, reason)),
        }
    }
    let oracle = Oracle::new(ir);
    let subject = Subject {
        key: entry.seed_key(),
        ir,
        examined,
        first: first(entry, &oracle, kept.events),
    };
    let outcome = examine(&subject, amount);
    let mut pairs: Vec<Pair> = outcome
        .verdicts
        .iter()
        .map(|trial| pair(trial, outcome.tested()))
        .collect();
    pairs.extend(refused);
    Examination {
        pairs,
        broken_fixtures: broken_fixtures(entry, &oracle),
        outcome: Some(outcome),
    }
}

/// Counterexamples kept from earlier runs, then the fixtures' events.
pub(crate) fn first(entry: &Entry, oracle: &Oracle<'_>, kept: Vec<Event>) -> Vec<Labelled> {
    let label = |event: Event, label: String| Labelled {
        matches: oracle.holds(&event),
        event,
        label,
    };
    let kept = kept
        .into_iter()
        .map(|event| label(event, "an earlier counterexample".to_owned()));
    let fixtures = entry.rule.fixtures.iter().flat_map(|fixture| {
        let name = fixture.name.value.clone();
        fixture
            .events
            .iter()
            .map(move |event| (event.value.clone(), format!("fixture {name:?}")))
    });
    kept.chain(fixtures.map(|(event, name)| label(event, name)))
        .collect()
}

/// Fixtures of which the oracle says something else than the person who wrote them.
fn broken_fixtures(entry: &Entry, oracle: &Oracle<'_>) -> Vec<String> {
    let mut broken = Vec::new();
    for fixture in &entry.rule.fixtures {
        let matched: Vec<usize> = (0..)
            .zip(&fixture.events)
            .filter(|(_, event)| oracle.holds(&event.value))
            .map(|(at, _)| at)
            .collect();
        let right = match &fixture.expected {
            Expected::Match(expected) => matched.is_empty() != *expected,
            Expected::Groups(groups) => {
                let wanted: Vec<Vec<Option<usize>>> =
                    matched.iter().map(|at| vec![Some(*at)]).collect();
                *groups == wanted
            }
        };
        if !right {
            let says = if matched.is_empty() {
                "does not match"
            } else {
                "matches"
            };
            broken.push(format!("fixture {:?}: the rule {says}", fixture.name.value));
        }
    }
    broken
}

fn unsupported(chosen: &Chosen, refusals: Vec<Refusal>) -> Pair {
    Pair {
        codes: Refusal::codes(&refusals),
        detail: refusals.first().map(|refusal| refusal.reason.clone()),
        verdict: PairVerdict::Unsupported(refusals),
        ..nothing_known(chosen)
    }
}

/// A pair that this machine has no judge for: nothing is known of it, which is never green.
fn unjudged(chosen: &Chosen, reason: String) -> Pair {
    Pair {
        detail: Some(reason),
        ..nothing_known(chosen)
    }
}

fn nothing_known(chosen: &Chosen) -> Pair {
    Pair {
        target: chosen.target().to_owned(),
        profile: chosen.profile().map(str::to_owned),
        codes: Vec::new(),
        detail: None,
        verdict: PairVerdict::Untested,
        compared: 0,
        unrepresentable: 0,
        standing: Vec::new(),
        counterexamples: Vec::new(),
        streams: Vec::new(),
    }
}

fn pair(trial: &Trial, tested: bool) -> Pair {
    let (target, profile) = match trial.name.split_once(':') {
        Some((target, profile)) => (target.to_owned(), Some(profile.to_owned())),
        None => (trial.name.clone(), None),
    };
    let mut pair = Pair {
        target,
        profile,
        verdict: PairVerdict::Agree,
        codes: Vec::new(),
        compared: trial.compared,
        unrepresentable: trial.unrepresentable,
        standing: trial
            .standing
            .iter()
            .map(|code| code.id.to_owned())
            .collect(),
        counterexamples: Vec::new(),
        streams: Vec::new(),
        detail: None,
    };
    match &trial.verdict {
        Verdict::Agree if !tested || trial.compared == 0 => pair.verdict = PairVerdict::Untested,
        Verdict::Agree => {}
        Verdict::Diverges(shown) => {
            pair.verdict = PairVerdict::Diverges;
            pair.codes = shown.iter().map(|(code, _)| code.id.to_owned()).collect();
            pair.counterexamples = shown
                .iter()
                .map(|(code, event)| (Some(code.id.to_owned()), event.clone()))
                .collect();
        }
        Verdict::Disagree(event) => {
            pair.verdict = PairVerdict::Disagree;
            if let Judgement::Rejected(reason) = &event.judge {
                pair.detail = Some(reason.clone());
            }
            pair.counterexamples = vec![(None, event.clone())];
        }
        Verdict::Unshown(codes) => {
            pair.verdict = PairVerdict::Disagree;
            pair.codes = codes.iter().map(|code| code.id.to_owned()).collect();
            pair.detail = Some("a declared divergence that no event shows".to_owned());
        }
        Verdict::Unreached(codes) => {
            pair.verdict = PairVerdict::Untested;
            pair.codes = codes.iter().map(|code| code.id.to_owned()).collect();
            pair.detail = Some(
                "a declared divergence that no event shows, in a rule with conditions that no row reaches"
                    .to_owned(),
            );
        }
    }
    pair
}

/// Why nobody judges a pair.
pub(crate) enum Absent {
    /// The target cannot say the rule.
    Unsupported(Vec<Refusal>),
    /// There is no judge on this machine, for this reason.
    NoJudge(String),
}

/// A judge over a target, or why there is none.
pub(crate) fn participant<'j>(
    entry: &Entry,
    ir: &'j Ir,
    chosen: &Chosen,
    generated: Option<&'j Generated>,
) -> Result<Examined<'j>, Absent> {
    match chosen {
        Chosen::Native => {
            let matcher = Matcher::new(ir);
            let judge = move |event: &Event| Judgement::Verdict(matcher.matches(event));
            Ok(examined(chosen.name(), Box::new(judge)))
        }
        Chosen::Rust => {
            if let Claim::Unsupported(refusals) = registry::generated::claim(ir) {
                return Err(Absent::Unsupported(refusals));
            }
            let judge = match generated {
                Some(generated) => generated.judge(entry),
                None => Err("the crate was not built".to_owned()),
            };
            let judge = judge.map_err(Absent::NoJudge)?;
            Ok(examined(chosen.name(), judge))
        }
        Chosen::Text(row, profile) => {
            let profile = &entry.profile(profile);
            let emitted = row.target.compile(&entry.rule, ir, profile);
            let claimed = match emitted.claim {
                Claim::Exact => Vec::new(),
                Claim::Diverges(codes) => codes,
                Claim::Unsupported(refusals) => return Err(Absent::Unsupported(refusals)),
            };
            Ok(Examined {
                claimed,
                standing: row.standing.to_vec(),
                ..examined(
                    chosen.name(),
                    text_judge(
                        row,
                        profile,
                        ir,
                        emitted.text.as_deref().unwrap_or_default(),
                    ),
                )
            })
        }
    }
}

fn examined<'j>(name: String, judge: Box<dyn Judge + 'j>) -> Examined<'j> {
    Examined {
        name,
        claimed: Vec::new(),
        standing: Vec::new(),
        judge,
    }
}

/// The engine of a target over its text: every event is projected into the profile's row first.
pub(crate) fn text_judge<'j>(
    row: &'static Row,
    profile: &Profile,
    ir: &'j Ir,
    text: &str,
) -> Box<dyn Judge + 'j> {
    let schema = row.target.schema(ir, profile);
    let spared = spared(row, &schema, ir).and_then(|lean| (row.engine)(text, &lean, profile).err());
    match ((row.engine)(text, &schema, profile), spared) {
        (Err(errors), _) | (Ok(_), Some(errors)) => rejecting(&errors),
        (Ok(engine), None) => {
            let project = row.target.projector(ir, profile);
            let neighbours = row.target.neighbours(ir, profile);
            Box::new(OverRows {
                engine,
                project,
                neighbours,
            })
        }
    }
}

/// The columns without those that the rule can do without, where the language has a mark for such a field. The text must be a query over them, too; what it
/// says there is another question, as an unmapped field is null where one without a value is only false (E8, E9).
fn spared(row: &Row, schema: &Schema, ir: &Ir) -> Option<Schema> {
    let optional = &ir.origin.optional;
    if !row.spares_optional || optional.is_empty() {
        return None;
    }
    let mut lean = schema.clone();
    for (name, field) in &mut lean.fields {
        field.mapped &= !optional.contains(&Path::new(name.as_str()));
    }
    Some(lean)
}

/// An engine over a text, and what makes events the rows that it runs over.
struct OverRows {
    engine: Engine,
    project: Projector,
    neighbours: Neighbours,
}

impl Judge for OverRows {
    fn judge(&self, event: &Event) -> Judgement {
        match (self.project)(event) {
            Projection::Unrepresentable(reason) => Judgement::Unrepresentable(reason),
            Projection::Row(projected) => judge_row(&self.engine, &projected),
        }
    }

    fn near(&self, event: &Event) -> Vec<Event> {
        (self.neighbours)(event)
    }
}

fn judge_row(engine: &Engine, row: &Event) -> Judgement {
    match engine(row) {
        Ok(verdict) => Judgement::Verdict(verdict),
        Err(reason) => Judgement::Rejected(reason),
    }
}

fn rejecting<'j>(errors: &[QueryError]) -> Box<dyn Judge + 'j> {
    let reason = errors
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ");
    Box::new(move |_: &Event| Judgement::Rejected(reason.clone()))
}

/// The engine of the rule's own language, over its own text: past our lowering. What filters take away, the engine of Sigma judges by their own text.
pub(crate) fn source<'j>(entry: &Entry, setting: &Setting, ir: &Ir) -> Examined<'j> {
    let everywhere = Logsource::default();
    let (judge, logsource) = match &entry.rule.body {
        Body::Eql(body) => {
            let mapping = mapping(&ir.fields, body.ecs, &body.category_field, setting);
            (eql_source(body, &mapping), &everywhere)
        }
        Body::Sigma(body) => {
            let judge = sigma_source(entry, document_text(entry), setting);
            (judge, &body.logsource)
        }
        Body::Correlation(_) => {
            let error = QueryError::new("a correlation is no single event".to_owned(), 0..0);
            (rejecting(&[error]), &everywhere)
        }
        Body::Opaque(refusal) => {
            let error = QueryError::new(refusal.reason.clone(), 0..0);
            (rejecting(&[error]), &everywhere)
        }
    };
    let filters: Vec<Box<dyn Judge + 'j>> = entry
        .filters
        .iter()
        .map(|filter| sigma_source(entry, &filter_text::as_rule(filter, logsource), setting))
        .collect();
    if filters.is_empty() {
        return examined("source".to_owned(), judge);
    }
    let without = move |event: &Event| {
        let taken = filters.iter().map(|filter| filter.judge(event));
        taken.fold(judge.judge(event), |verdict, taken| {
            match (verdict, taken) {
                (Judgement::Verdict(matches), Judgement::Verdict(taken)) => {
                    Judgement::Verdict(matches && !taken)
                }
                (Judgement::Verdict(_), other) | (other, _) => other,
            }
        })
    };
    examined("source".to_owned(), Box::new(without))
}

/// A rule's own text, in the dialect that it is written in.
fn eql_query(body: &EqlBody) -> Result<eql::Query, Vec<QueryError>> {
    let query = eql::Query::parse(&body.query.text)?;
    Ok(if body.endpoint {
        query.of_endpoint()
    } else {
        query
    })
}

/// The mapping that an EQL engine is given: what is known beside the rule. What only the rule's literals tell, the engine finds itself.
fn mapping(
    read: &BTreeMap<Path, FieldSchema>,
    ecs: bool,
    category: &str,
    setting: &Setting,
) -> Schema {
    if let Some(schema) = &setting.schema {
        return schema.clone();
    }
    let known = |path: &str| ecs::field(path).filter(|_| ecs).cloned();
    let fields = read
        .keys()
        .filter_map(|path| known(path.as_str()).map(|field| (path.as_str().to_owned(), field)));
    Schema {
        category: category.to_owned(),
        fields: fields.collect(),
        ..Schema::default()
    }
}

fn eql_source<'j>(body: &EqlBody, schema: &Schema) -> Box<dyn Judge + 'j> {
    match eql_query(body).and_then(|query| query.bind(schema, true)) {
        Ok(bound) => Box::new(move |event: &Event| Judgement::Verdict(bound.matches(event))),
        Err(errors) => rejecting(&errors),
    }
}

fn sigma_source<'j>(entry: &Entry, text: &str, setting: &Setting) -> Box<dyn Judge + 'j> {
    let none = BTreeMap::new();
    let table = sigma::LogsourceTable::parse(verdict_targets::LOGSOURCES);
    let table = match (&table, &setting.logsources) {
        (Ok(table), Some(_)) => Some(table),
        (Err(error), Some(_)) => return rejecting(std::slice::from_ref(error)),
        (_, None) => None,
    };
    let options = sigma::Options {
        logsources: table,
        placeholders: entry
            .pack
            .as_ref()
            .map_or(&none, |file| &file.pack.placeholders),
    };
    let rule = match collection(entry, text) {
        Some(whole) => sigma::Rule::of_collection(whole, entry.document, &options),
        None => sigma::Rule::parse(text, &options),
    };
    match rule {
        Ok(rule) => Box::new(move |event: &Event| Judgement::Verdict(rule.matches(event))),
        Err(errors) => rejecting(&errors),
    }
}

/// The whole text where a rule's own document is not all of it: other documents of a collection carry keys over.
fn collection<'e>(entry: &'e Entry, own: &str) -> Option<&'e str> {
    let text = entry.source.text.as_str();
    let is_own = std::ptr::eq(own, document_text(entry));
    let carries = text.lines().any(|line| line.starts_with("action:"));
    (is_own && carries).then_some(text)
}

/// The text of the rule's own document.
pub(crate) fn document_text(entry: &Entry) -> &str {
    let text = entry.source.text.as_str();
    if !entry.several {
        return text;
    }
    let Body::Sigma(body) = &entry.rule.body else {
        return text;
    };
    let at = body.detection.span.start;
    let start = text
        .get(..at)
        .and_then(|before| before.rfind("\n---"))
        .map_or(0, |at| at + 4);
    let end = text
        .get(at..)
        .and_then(|behind| behind.find("\n---"))
        .map_or(text.len(), |behind| at + behind);
    text.get(start..end).unwrap_or(text)
}
