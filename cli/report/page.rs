//! The page for people: everything that certificates say, in one file that needs no other.

mod rule;

use crate::certificate::{Certificate, Counts};
use crate::output::{self, Failure};
use rule::Shown;
use serde::Serialize;
use std::collections::BTreeSet;
use tera::{Context, Tera};

/// The templates; the end of a name says that what is put into it is escaped as HTML. Style and script hold nothing that is put into them.
const TEMPLATES: [(&str, &str); 4] = [
    ("page.html", include_str!("../templates/report/page.html")),
    ("rule.html", include_str!("../templates/report/rule.html")),
    ("style.css", include_str!("../templates/report/style.css")),
    ("filter.js", include_str!("../templates/report/filter.js")),
];

/// A verdict's sign, in the order from worst to best.
pub(super) const VERDICTS: [(&str, &str); 5] = [
    ("disagree", "✗"),
    ("untested", "?"),
    ("diverges", "≠"),
    ("agree", "✓"),
    ("unsupported", "–"),
];

/// The page over some certificates.
pub(super) fn page(certificates: &[Certificate]) -> Result<String, Failure> {
    let told = |error: tera::Error| Failure::internal(format!("the page: {error}"));
    let mut tera = Tera::new();
    tera.add_raw_templates(TEMPLATES).map_err(told)?;
    let context = Context::from_serialize(&Page::new(certificates)).map_err(told)?;
    tera.render("page.html", &context).map_err(told)
}

#[derive(Serialize)]
struct Page {
    summary: Summary,
    columns: Vec<String>,
    choices: Vec<Choice>,
    rules: Vec<Shown>,
    verdict: &'static str,
    versions: BTreeSet<String>,
}

/// What all rules come to.
#[derive(Serialize)]
struct Summary {
    rules: String,
    pairs: usize,
    shares: Vec<Share>,
    events: usize,
    matching: usize,
    stored: usize,
    goals: Goals,
    faults: Faults,
}

/// How many pairs have a verdict.
#[derive(Serialize)]
struct Share {
    word: &'static str,
    count: usize,
}

#[derive(Default, Serialize)]
struct Goals {
    all: usize,
    witnessed: usize,
    infeasible: usize,
    unknown: usize,
    share: String,
}

#[derive(Default, Serialize)]
struct Faults {
    killable: usize,
    killed: usize,
    surviving: usize,
    equivalent: usize,
    share: String,
}

/// A choice of the filter.
#[derive(Serialize)]
struct Choice {
    value: &'static str,
    text: &'static str,
    count: usize,
}

/// The choices; a rule is shown where its statuses hold the value.
const CHOICES: [(&str, &str); 7] = [
    ("all", "all"),
    ("fails", "fails"),
    ("diverges", "diverges"),
    ("agrees", "agrees everywhere"),
    ("unsupported", "unsupported somewhere"),
    ("open", "goals without a witness"),
    ("survivors", "mistakes unseen"),
];

impl Page {
    fn new(certificates: &[Certificate]) -> Self {
        let mut columns: Vec<String> = Vec::new();
        for target in certificates
            .iter()
            .flat_map(|certificate| &certificate.targets)
        {
            let name = target.name();
            if !columns.contains(&name) {
                columns.push(name);
            }
        }
        let rules: Vec<Shown> = certificates
            .iter()
            .map(|certificate| Shown::new(certificate, &columns))
            .collect();
        let count = |value: &str| rules.iter().filter(|rule| rule.has(value)).count();
        let choices = CHOICES.iter().map(|(value, text)| Choice {
            value,
            text,
            count: count(value),
        });
        let languages = certificates.iter().flat_map(|one| &one.versions.languages);
        Self {
            summary: Summary::new(certificates),
            choices: choices.filter(|choice| choice.count > 0).collect(),
            columns,
            rules,
            verdict: env!("CARGO_PKG_VERSION"),
            versions: languages
                .flat_map(|(_, versions)| versions.clone())
                .collect(),
        }
    }
}

impl Summary {
    fn new(certificates: &[Certificate]) -> Self {
        let targets = || certificates.iter().flat_map(|one| &one.targets);
        let events = || certificates.iter().filter_map(|one| one.events.as_ref());
        let shares = VERDICTS.iter().map(|(word, _)| Share {
            word,
            count: targets().filter(|target| target.verdict == *word).count(),
        });
        let mut goals = Goals::default();
        for of in certificates.iter().filter_map(|one| one.goals.as_ref()) {
            goals.witnessed += of.witnessed;
            goals.infeasible += of.infeasible;
            goals.unknown += of.unknown;
        }
        goals.all = goals.witnessed + goals.infeasible + goals.unknown;
        goals.share = share(goals.witnessed, goals.all);
        let mut faults = Faults::default();
        for of in certificates.iter().filter_map(|one| one.faults.as_ref()) {
            faults.killable += of.all.killable();
            faults.killed += of.all.killed;
            faults.equivalent += of.all.equivalent;
        }
        faults.surviving = faults.killable - faults.killed;
        faults.share = share(faults.killed, faults.killable);
        Self {
            rules: output::count(certificates.len(), "rule"),
            pairs: targets().count(),
            shares: shares.filter(|share| share.count > 0).collect(),
            events: events().map(|events| events.total).sum(),
            matching: events().map(|events| events.matching).sum(),
            stored: events().filter_map(|events| events.stored).sum(),
            goals,
            faults,
        }
    }
}

impl Counts {
    /// The mutants that some event could show, as far as is known.
    pub(super) fn killable(&self) -> usize {
        self.mutants.saturating_sub(self.equivalent)
    }
}

/// A part in hundredths of a percent, never rounded up: what is not everything is not called so.
fn share(part: usize, all: usize) -> String {
    let share = (part * 10_000).checked_div(all).unwrap_or(10_000);
    if share == 10_000 {
        return "100 %".to_owned();
    }
    format!("{}.{:02} %", share / 100, share % 100)
}
