//! A certificate as its section of the page shows it.

use super::VERDICTS;
use crate::certificate::{Certificate, Difference, Grounds, OpenGoal, Survivor, Target};
use serde::Serialize;
use std::collections::BTreeMap;

/// A rule, in the table and in its section.
#[derive(Serialize)]
pub(super) struct Shown {
    anchor: String,
    id: String,
    name: String,
    source: String,
    pack: Option<String>,
    source_sha256: String,
    seed: String,
    worst: &'static str,
    /// What the filter chooses by, each in a word.
    statuses: String,
    /// What the filter looks for a text in.
    text: String,
    cells: Vec<Option<Cell>>,
    events: String,
    goals: String,
    faults: String,
    open: bool,
    survivors: bool,
    broken: Vec<String>,
    facts: Vec<Fact>,
    targets: Vec<ShownTarget>,
    open_goals: Vec<ShownGoal>,
    survivor_list: Vec<ShownSurvivor>,
}

/// A pair in the table.
#[derive(Serialize)]
struct Cell {
    word: &'static str,
    sign: &'static str,
    title: String,
}

/// A count with its parts.
#[derive(Serialize)]
struct Fact {
    title: &'static str,
    sum: String,
    parts: Vec<Part>,
}

#[derive(Serialize)]
struct Part {
    text: String,
    count: String,
    /// In percent of the largest.
    share: usize,
}

#[derive(Serialize)]
struct ShownTarget {
    name: String,
    word: &'static str,
    sign: &'static str,
    codes: Vec<String>,
    compared: usize,
    unrepresentable: usize,
    standing: Vec<String>,
    detail: Vec<Piece>,
    mark: Option<&'static str>,
    says: Vec<Piece>,
    operators: Vec<Group>,
    differences: Vec<ShownDifference>,
}

/// A part of a sentence, which may be code.
#[derive(Serialize)]
struct Piece {
    text: String,
    code: bool,
}

/// A sentence by its backquotes.
fn pieces(text: &str) -> Vec<Piece> {
    let even = text.matches('`').count().is_multiple_of(2);
    let parts = text.split(|c| even && c == '`');
    let piece = |(at, text): (usize, &str)| Piece {
        text: text.to_owned(),
        code: at % 2 == 1,
    };
    parts.enumerate().map(piece).collect()
}

/// The operators of one mark.
#[derive(Serialize)]
struct Group {
    mark: &'static str,
    names: Vec<String>,
}

#[derive(Serialize)]
struct ShownDifference {
    code: Option<String>,
    events: Vec<String>,
    rule_says: &'static str,
    target_says: &'static str,
}

#[derive(Serialize)]
struct ShownGoal {
    condition: String,
    wanted: &'static str,
    line: usize,
    fate: &'static str,
    proof: Vec<ShownDemand>,
}

#[derive(Serialize)]
struct ShownDemand {
    condition: String,
    wanted: &'static str,
}

#[derive(Serialize)]
struct ShownSurvivor {
    operator: &'static str,
    line: usize,
    place: String,
    instead: String,
    killer: Option<String>,
}

impl Shown {
    pub(super) fn new(certificate: &Certificate, columns: &[String]) -> Self {
        let targets = &certificate.targets;
        let cell = |column: &String| {
            let target = targets.iter().find(|target| target.name() == *column)?;
            Some(Cell::new(target))
        };
        let goals = certificate.goals.as_ref();
        let faults = certificate.faults.as_ref();
        let events = certificate.events.as_ref();
        let open = goals.is_some_and(|goals| !goals.open.is_empty());
        let survivors = faults.is_some_and(|faults| !faults.survivors.is_empty());
        let statuses = statuses(certificate, open, survivors);
        Self {
            anchor: format!("{}-{}", certificate.rule, certificate.document),
            id: certificate.rule.clone(),
            name: certificate.name.clone(),
            source: certificate.source.clone(),
            pack: certificate.pack.as_ref().map(|pack| pack.name.clone()),
            source_sha256: certificate.source_sha256.clone(),
            seed: certificate.seed.clone(),
            worst: worst(certificate),
            text: text(certificate),
            statuses: statuses.join(" "),
            cells: columns.iter().map(cell).collect(),
            events: events.map_or_else(String::new, |events| events.total.to_string()),
            goals: goals.map_or_else(String::new, |goals| {
                let all = goals.witnessed + goals.infeasible + goals.unknown;
                format!("{}/{all}", goals.witnessed)
            }),
            faults: faults.map_or_else(String::new, |faults| {
                format!("{}/{}", faults.all.killed, faults.all.killable())
            }),
            open,
            survivors,
            broken: certificate.broken_fixtures.clone(),
            facts: facts(certificate),
            targets: targets.iter().map(ShownTarget::new).collect(),
            open_goals: goals
                .map(|goals| goals.open.iter().map(ShownGoal::new).collect())
                .unwrap_or_default(),
            survivor_list: faults
                .map(|faults| faults.survivors.iter().map(ShownSurvivor::new).collect())
                .unwrap_or_default(),
        }
    }

    /// Whether a choice of the filter shows the rule.
    pub(super) fn has(&self, status: &str) -> bool {
        status == "all" || self.statuses.split(' ').any(|own| own == status)
    }
}

/// The worst verdict of a rule. A broken fixture is one.
fn worst(certificate: &Certificate) -> &'static str {
    if !certificate.broken_fixtures.is_empty() {
        return "disagree";
    }
    let found = |word: &str| {
        certificate
            .targets
            .iter()
            .any(|target| target.verdict == word)
    };
    let worst = VERDICTS.iter().find(|(word, _)| found(word));
    worst.map_or("untested", |(word, _)| word)
}

fn statuses(certificate: &Certificate, open: bool, survivors: bool) -> Vec<&'static str> {
    let found = |word: &str| {
        certificate
            .targets
            .iter()
            .any(|target| target.verdict == word)
    };
    let worst = worst(certificate);
    let all = [
        ("fails", matches!(worst, "disagree" | "untested")),
        ("diverges", found("diverges")),
        ("agrees", worst == "agree" && !found("unsupported")),
        ("unsupported", found("unsupported")),
        ("open", open),
        ("survivors", survivors),
    ];
    let holding = all.into_iter().filter(|(_, holds)| *holds);
    holding.map(|(status, _)| status).collect()
}

fn text(certificate: &Certificate) -> String {
    let codes = certificate.targets.iter().flat_map(|target| &target.codes);
    let mut words: Vec<&str> = vec![&certificate.name, &certificate.source, &certificate.rule];
    words.extend(codes.map(String::as_str));
    words.dedup();
    words.join(" ").to_lowercase()
}

/// Events by reason, goals by kind, and mistakes.
fn facts(certificate: &Certificate) -> Vec<Fact> {
    let events = certificate.events.as_ref().map(|events| Fact {
        title: if certificate.of == "stream" {
            "Streams"
        } else {
            "Events"
        },
        sum: match events.stored {
            Some(stored) => format!(
                "{}, of which {} match. {stored} of those that were made would do.",
                events.total, events.matching
            ),
            None => format!("{}, of which {} match.", events.total, events.matching),
        },
        parts: parts(
            events
                .reasons
                .iter()
                .map(|(reason, count)| ((*reason).to_owned(), *count)),
        ),
    });
    let goals = certificate.goals.as_ref().map(|goals| {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for kind in &goals.kinds {
            *kinds.entry(kind.looks_at).or_default() += kind.witnessed;
        }
        Fact {
            title: "Goals",
            sum: format!(
                "{} have a witness, {} are proved to have none, {} are unknown.",
                goals.witnessed, goals.infeasible, goals.unknown
            ),
            parts: parts(
                kinds
                    .into_iter()
                    .map(|(kind, count)| (kind.to_owned(), count)),
            ),
        }
    });
    let faults = certificate.faults.as_ref().map(|faults| Fact {
        title: "Mistakes",
        sum: format!(
            "{} of {} would show; {} more are proved to be none.",
            faults.all.killed,
            faults.all.killable(),
            faults.all.equivalent
        ),
        parts: vec![
            part("of all", faults.all.killed, faults.all.killable()),
            part(
                "where all was seen",
                faults.feasible.killed,
                faults.feasible.killable(),
            ),
        ],
    });
    [events, goals, faults].into_iter().flatten().collect()
}

fn part(text: &str, count: usize, all: usize) -> Part {
    Part {
        text: text.to_owned(),
        count: super::share(count, all).replace(" %", "%"),
        share: (count * 100).checked_div(all).unwrap_or(100),
    }
}

/// Counts, the largest first.
fn parts(counts: impl Iterator<Item = (String, usize)>) -> Vec<Part> {
    let mut counts: Vec<(String, usize)> = counts.filter(|(_, count)| *count > 0).collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let most = counts.first().map_or(1, |(_, count)| *count);
    let part = |(text, count): (String, usize)| Part {
        text,
        count: count.to_string(),
        share: (count * 100).checked_div(most).unwrap_or(0),
    };
    counts.into_iter().map(part).collect()
}

fn sign(word: &str) -> &'static str {
    let found = VERDICTS.iter().find(|(known, _)| *known == word);
    found.map_or("?", |(_, sign)| sign)
}

impl Cell {
    fn new(target: &Target) -> Self {
        let codes = if target.codes.is_empty() {
            String::new()
        } else {
            format!(" ({})", target.codes.join(", "))
        };
        let says = target
            .grounds
            .as_ref()
            .map_or_else(String::new, |grounds| format!("; {}", grounds.says));
        Self {
            word: target.verdict,
            sign: sign(target.verdict),
            title: format!("{}: {}{codes}{says}", target.name(), target.verdict),
        }
    }
}

impl ShownTarget {
    fn new(target: &Target) -> Self {
        let grounds = target.grounds.as_ref();
        Self {
            name: target.name(),
            word: target.verdict,
            sign: sign(target.verdict),
            codes: target.codes.clone(),
            compared: target.compared,
            unrepresentable: target.unrepresentable,
            standing: target.standing.clone(),
            detail: target.detail.as_deref().map(pieces).unwrap_or_default(),
            mark: grounds.map(|grounds| grounds.mark),
            says: grounds
                .map(|grounds| pieces(&grounds.says))
                .unwrap_or_default(),
            operators: grounds.map(groups).unwrap_or_default(),
            differences: target
                .differences
                .iter()
                .map(ShownDifference::new)
                .collect(),
        }
    }
}

/// The operators by their mark, the weakest first.
fn groups(grounds: &Grounds) -> Vec<Group> {
    let marks = ["contradicted", "assumed", "documented", "verified"];
    let groups = marks.into_iter().map(|mark| {
        let with = grounds.operators.iter().filter(|(_, own)| **own == mark);
        Group {
            mark,
            names: with.map(|(name, _)| name.clone()).collect(),
        }
    });
    groups.filter(|group| !group.names.is_empty()).collect()
}

impl ShownDifference {
    fn new(difference: &Difference) -> Self {
        let says = |matches: bool| if matches { "matches" } else { "does not match" };
        Self {
            code: difference.code.clone(),
            events: difference.events.iter().map(ToString::to_string).collect(),
            rule_says: says(difference.rule_matches),
            target_says: if difference.events.len() > 1 {
                "finds something else"
            } else {
                says(!difference.rule_matches)
            },
        }
    }
}

fn wanted(wanted: bool) -> &'static str {
    if wanted { "true" } else { "false" }
}

impl ShownGoal {
    fn new(goal: &OpenGoal) -> Self {
        let demands = goal.proof.iter().map(|demand| ShownDemand {
            condition: demand.condition.clone(),
            wanted: wanted(demand.wanted),
        });
        Self {
            condition: goal.condition.clone(),
            wanted: wanted(goal.wanted),
            line: goal.line,
            fate: goal.fate,
            proof: demands.collect(),
        }
    }
}

impl ShownSurvivor {
    fn new(survivor: &Survivor) -> Self {
        Self {
            operator: survivor.operator,
            line: survivor.line,
            place: survivor.place.clone(),
            instead: survivor.instead.clone(),
            killer: survivor.killer.as_ref().map(ToString::to_string),
        }
    }
}
