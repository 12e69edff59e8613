//! What targets make of a rule, as a page shows it: claims, texts, and the events that divergences show themselves on.

use super::escape::{Markdown, code, code_cell, fenced, inline, sentence};
use super::fixtures::json;
use crate::target::Claim;
use serde::Serialize;
use verdict_compiler::{Code, Refusal};
use verdict_event::Event;

/// What a target makes of a rule.
pub struct Translation {
    /// `kql:raw`
    pub target: String,
    /// What the text is called where code is coloured; the target's name is right where nothing else is known.
    pub language: &'static str,
    /// What it is worth.
    pub claim: Claim,
    /// The text; None where the target has none or refuses.
    pub text: Option<String>,
    /// The smallest event of each difference, as far as one was found.
    pub differences: Vec<Difference>,
    /// Differences of the service itself, whatever the rule.
    pub standing: &'static [Code],
}

/// An event on which a rule and its translation differ, for a declared reason.
pub struct Difference {
    /// The reason.
    pub code: Code,
    /// The event, as small as it gets.
    pub event: Event,
    /// Whether the rule matches it. The translation says the opposite.
    pub matches: bool,
}

#[derive(Serialize)]
pub(super) struct ShownTranslation {
    target: Markdown,
    cell: Markdown,
    claim: &'static str,
    codes: Markdown,
    reasons: Vec<Markdown>,
    text: Option<Markdown>,
    /// A text so long that it opens on request.
    folded: bool,
}

#[derive(Serialize)]
pub(super) struct ShownCode {
    code: Markdown,
    title: Markdown,
    targets: Markdown,
}

#[derive(Serialize)]
pub(super) struct ShownDifference {
    code: Markdown,
    title: Markdown,
    target: Markdown,
    rule_says: &'static str,
    target_says: &'static str,
    event: Option<Markdown>,
}

/// A reason with its code, which may be absent.
pub(super) fn refused(refusal: &Refusal) -> Markdown {
    Markdown::whole(format!(
        "{} ({})",
        sentence(&refusal.reason).as_str(),
        code(refusal.code.id).as_str()
    ))
}

/// Every reason once: several parts of a rule may lack the same field.
pub(super) fn reasons(refusals: &[Refusal]) -> Vec<Markdown> {
    let mut told: Vec<Markdown> = Vec::new();
    for reason in refusals.iter().map(refused) {
        if !told.iter().any(|known| known.as_str() == reason.as_str()) {
            told.push(reason);
        }
    }
    told
}

/// Texts of more lines than this open on request.
const LONG: usize = 80;

pub(super) fn translation(made: &Translation) -> ShownTranslation {
    let (claim, codes, reasons) = match &made.claim {
        Claim::Exact => ("exact", Vec::new(), Vec::new()),
        Claim::Diverges(codes) => ("diverges", codes.clone(), Vec::new()),
        Claim::Unsupported(refusals) => (
            "unsupported",
            refusals.iter().map(|refusal| refusal.code).collect(),
            reasons(refusals),
        ),
    };
    let mut named: Vec<&str> = Vec::new();
    for code in &codes {
        if !named.contains(&code.id) {
            named.push(code.id);
        }
    }
    let named: Vec<String> = named
        .iter()
        .map(|id| code_cell(id).as_str().to_owned())
        .collect();
    let lines = made.text.as_ref().map_or(0, |text| text.lines().count());
    ShownTranslation {
        target: inline(&made.target),
        cell: code_cell(&made.target),
        claim,
        codes: Markdown::whole(named.join(", ")),
        reasons,
        text: made.text.as_ref().map(|text| fenced(made.language, text)),
        folded: lines > LONG,
    }
}

/// What a service does otherwise whatever the rule, with the targets that run there.
pub(super) fn standing(made: &[Translation]) -> Vec<ShownCode> {
    let mut codes: Vec<Code> = made
        .iter()
        .filter(|made| made.text.is_some())
        .flat_map(|made| made.standing)
        .copied()
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let shown = codes.into_iter().map(|standing| {
        let targets: Vec<String> = made
            .iter()
            .filter(|made| made.text.is_some() && made.standing.contains(&standing))
            .map(|made| code(&made.target).as_str().to_owned())
            .collect();
        ShownCode {
            code: code(standing.id),
            title: sentence(standing.title),
            targets: Markdown::whole(targets.join(", ")),
        }
    });
    shown.collect()
}

/// Each declared divergence of a translation, with its event if there is one.
pub(super) fn differences(made: &Translation) -> Vec<ShownDifference> {
    let Claim::Diverges(codes) = &made.claim else {
        return Vec::new();
    };
    let one = |declared: &Code| {
        let found = made
            .differences
            .iter()
            .find(|difference| difference.code == *declared);
        let says = |matches: bool| if matches { "matches" } else { "does not match" };
        let matches = found.is_some_and(|found| found.matches);
        ShownDifference {
            code: code(declared.id),
            title: capital(declared.title),
            target: code(&made.target),
            rule_says: says(matches),
            target_says: says(!matches),
            event: found.map(|found| json(&found.event)),
        }
    };
    codes.iter().map(one).collect()
}

/// A title as a sentence.
fn capital(title: &str) -> Markdown {
    let mut rest = title.chars();
    let first = rest.next().map(char::to_uppercase);
    let first: String = first.into_iter().flatten().collect();
    sentence(&(first + rest.as_str()))
}
