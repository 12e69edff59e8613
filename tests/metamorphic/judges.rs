//! Everybody who can judge a rule's events in this process. The generated crate is asked in [`crate::partition`].

use crate::rules::{Specimen, Tree};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use verdict_compiler::codes::divergence::NON_ASCII_CASE;
use verdict_compiler::{Code, Ir, Rule};
use verdict_engines::{eql, esql, kql, sigma, spl};
use verdict_event::{Event, Schema};
use verdict_harness::{Oracle, divergence};
use verdict_targets::native::Matcher;
use verdict_targets::profile::Profile;
use verdict_targets::target::{Claim, Projection, Projector};
use verdict_targets::{Target, eql as to_eql, esql as to_esql, kql as to_kql, spl as to_spl};

/// What a judge says of an event, or why it cannot run its text.
pub(crate) type Judge<'i> = Box<dyn Fn(&Event) -> Result<Said, String> + 'i>;

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// Whether the event matches.
    Verdict(bool),
    /// The same, where a divergence that the target declares covers the event.
    Covered(bool, Code),
    /// No row can hold the event.
    Unheld,
}

impl Said {
    /// The verdict, where it must be the rule's.
    pub(crate) fn exact(self) -> Option<bool> {
        match self {
            Self::Verdict(verdict) => Some(verdict),
            Self::Covered(..) | Self::Unheld => None,
        }
    }

    /// The verdict that must be the opposite of that on the negation. A divergence has its verdicts from one engine, so it is no excuse; but an engine may fold the
    /// letters outside ASCII in one way here and in another there (Splunk's `search` and its expressions).
    pub(crate) fn of_one_mind(self) -> Option<bool> {
        match self {
            Self::Verdict(verdict) => Some(verdict),
            Self::Covered(verdict, code) => (code != NON_ASCII_CASE).then_some(verdict),
            Self::Unheld => None,
        }
    }
}

/// What the engine takes a logsource for.
static TABLE: LazyLock<sigma::LogsourceTable> =
    LazyLock::new(|| sigma::LogsourceTable::parse(verdict_targets::LOGSOURCES).expect("the table"));

/// A rule's meaning and the rule that has it.
pub(crate) struct Judged {
    pub rule: Rule,
    pub ir: Ir,
    source: Option<Specimen>,
}

impl Judged {
    pub(crate) fn new(specimen: &Specimen) -> Option<Self> {
        let (rule, ir) = specimen.compile()?;
        Some(Self {
            rule,
            ir,
            source: Some(specimen.clone()),
        })
    }

    /// A meaning without a text of its own.
    pub(crate) fn of(rule: &Rule, ir: Ir) -> Self {
        Self {
            rule: rule.clone(),
            ir,
            source: None,
        }
    }

    /// Every judge by its name. A target that refuses the rule is not there.
    pub(crate) fn judges(&self) -> BTreeMap<&'static str, Judge<'_>> {
        let mut judges: BTreeMap<&'static str, Judge<'_>> = BTreeMap::new();
        let oracle = Oracle::new(&self.ir);
        judges.insert(
            "oracle",
            Box::new(move |event| Ok(Said::Verdict(oracle.holds(event)))),
        );
        let matcher = Matcher::new(&self.ir);
        judges.insert(
            "native",
            Box::new(move |event| Ok(Said::Verdict(matcher.matches(event)))),
        );
        if let Some(source) = &self.source {
            judges.insert("source", self.own(source));
        }
        let texts: [(&'static dyn Target, &[Code], Engine); 4] = [
            (&to_eql::Eql, to_eql::STANDING, eql_engine),
            (&to_esql::Esql, to_esql::STANDING, esql_engine),
            (&to_kql::Kql, to_kql::STANDING, kql_engine),
            (&to_spl::Spl, to_spl::STANDING, spl_engine),
        ];
        for (target, standing, engine) in texts {
            if let Some(judge) = self.text(target, standing, engine) {
                judges.insert(target.name(), judge);
            }
        }
        judges
    }

    /// The engine of the rule's own language.
    fn own(&self, source: &Specimen) -> Judge<'_> {
        let text = source.text();
        match &source.tree {
            Tree::Sigma(..) => {
                let options = sigma::Options {
                    logsources: Some(&*TABLE),
                    placeholders: &BTreeMap::new(),
                };
                match sigma::Rule::parse(&text, &options) {
                    Ok(rule) => Box::new(move |event| Ok(Said::Verdict(rule.matches(event)))),
                    Err(errors) => refusing(&errors),
                }
            }
            Tree::Eql(body, _) => {
                let fields = self.ir.fields.iter().filter(|_| body.ecs);
                let fields = fields.map(|(path, field)| (path.as_str().to_owned(), field.clone()));
                let schema = Schema {
                    category: body.category_field.clone(),
                    fields: fields.collect(),
                    ..Schema::default()
                };
                let bound = eql::Query::parse(&text).and_then(|query| query.bind(&schema, true));
                match bound {
                    Ok(bound) => Box::new(move |event| Ok(Said::Verdict(bound.matches(event)))),
                    Err(errors) => refusing(&errors),
                }
            }
        }
    }

    fn text(&self, target: &dyn Target, standing: &[Code], engine: Engine) -> Option<Judge<'_>> {
        let raw = Profile::raw();
        let emitted = target.compile(&self.rule, &self.ir, &raw);
        let mut codes = standing.to_vec();
        match emitted.claim {
            Claim::Exact => {}
            Claim::Diverges(claimed) => codes.extend(claimed),
            Claim::Unsupported(_) => return None,
        }
        let text = emitted.text.unwrap_or_default();
        let judge = match engine(&text, &target.schema(&self.ir, &raw)) {
            Ok(judge) => judge,
            Err(error) => return Some(Box::new(move |_| Err(error.clone()))),
        };
        let project: Projector = target.projector(&self.ir, &raw);
        Some(Box::new(move |event| {
            let covered = |code: &Code| divergence::covers(*code, &self.ir, event) == Some(true);
            Ok(match project(event) {
                Projection::Unrepresentable(_) => Said::Unheld,
                Projection::Row(row) => {
                    let verdict = judge(&row)?;
                    let folding = codes.iter().filter(|code| **code == NON_ASCII_CASE);
                    let mut folding_first = folding.chain(&codes);
                    match folding_first.find(|code| covered(code)) {
                        Some(code) => Said::Covered(verdict, *code),
                        None => Said::Verdict(verdict),
                    }
                }
            })
        }))
    }
}

fn refusing<'i>(errors: &[verdict_engines::QueryError]) -> Judge<'i> {
    let told = format!("{errors:?}");
    Box::new(move |_| Err(told.clone()))
}

type Rows = Box<dyn Fn(&Event) -> Result<bool, String>>;
type Engine = fn(&str, &Schema) -> Result<Rows, String>;

fn eql_engine(text: &str, schema: &Schema) -> Result<Rows, String> {
    let bound = eql::Query::parse(text).and_then(|query| query.bind(schema, true));
    let bound = bound.map_err(|errors| format!("{errors:?}"))?;
    Ok(Box::new(move |row| Ok(bound.matches(row))))
}

fn esql_engine(text: &str, schema: &Schema) -> Result<Rows, String> {
    let version = esql::Version::new(8, 19);
    let bound = esql::Query::parse(text).and_then(|query| query.bind_for(schema, true, version));
    let bound = bound.map_err(|errors| format!("{errors:?}"))?;
    Ok(Box::new(move |row| {
        bound.matches(row).map_err(|error| error.to_string())
    }))
}

fn kql_engine(text: &str, schema: &Schema) -> Result<Rows, String> {
    let bound = kql::Query::parse(text).and_then(|query| query.bind(schema, true));
    let bound = bound.map_err(|errors| format!("{errors:?}"))?;
    Ok(Box::new(move |row| {
        bound.matches(row).map_err(|error| error.to_string())
    }))
}

fn spl_engine(text: &str, schema: &Schema) -> Result<Rows, String> {
    let bound = spl::Query::parse(text).and_then(|query| query.bind(schema, true));
    let bound = bound.map_err(|errors| format!("{errors:?}"))?;
    Ok(Box::new(move |row| {
        bound.matches(row).map_err(|error| error.to_string())
    }))
}
