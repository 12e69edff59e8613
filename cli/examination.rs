//! A rule under examination: who takes part, and what is said of each pair of rule and target.

mod pair;
pub(crate) mod several;
mod source;

use crate::counterexamples::Kept;
use crate::live::generated::Generated;
use crate::registry::{self, Chosen, Engine, Row};
use crate::rulebook::{Entry, Setting};
use pair::{pair, unjudged, unsupported};
use verdict_compiler::rule::Expected;
use verdict_compiler::{Ir, Meaning, Refusal};
use verdict_engines::QueryError;
use verdict_event::{Event, Path, Schema};
use verdict_harness::generate::{Amount, Labelled};
use verdict_harness::{Examined, Judge, Judgement, Oracle, Outcome, Subject, examine};
use verdict_targets::native::Matcher;
use verdict_targets::profile::Profile;
use verdict_targets::target::{Claim, Neighbours, Projection, Projector};

pub(crate) use pair::{Pair, PairVerdict};
pub(crate) use source::{document_text, source};

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
