//! A rule's page: what people know from a vendor's page of a rule, in that order, then what became of the rule here.

use super::document::document;
use super::escape::{Markdown, address, code, code_cell, fenced, inline, link, prose, sentence};
use super::framework::{self, Line};
use super::render;
use crate::target::Claim;
use serde::Serialize;
use verdict_compiler::rule::metadata::{Metadata, Schedule};
use verdict_compiler::rule::{Body, Expected, Fixture};
use verdict_compiler::{Code, Refusal, Rule};
use verdict_event::Event;

/// What a page is made of, beside the rule.
pub struct Page<'p> {
    /// The rule.
    pub rule: &'p Rule,
    /// The query as it was written; None where it is not known.
    pub query: Option<String>,
    /// Why nothing is made of the rule, if nothing is.
    pub refusal: Option<&'p Refusal>,
    /// What each target makes of it.
    pub translations: &'p [Translation],
    /// The file that the rule stands in, as a path.
    pub file: String,
    /// Where the index of its pack is, from the page.
    pub index: String,
}

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

/// The page. An error is a fault of our template.
pub fn page(page: &Page<'_>) -> Result<String, String> {
    render("rule", &Shown::new(page))
}

/// A label and its value.
#[derive(Serialize)]
struct Item {
    label: &'static str,
    /// One value on the label's line ...
    value: Option<Markdown>,
    /// ... or several below it.
    values: Vec<Markdown>,
}

/// The page as the template sees it.
#[derive(Serialize)]
struct Shown {
    index: Markdown,
    name: Markdown,
    description: Option<Markdown>,
    items: Vec<Item>,
    guide: Option<Markdown>,
    setup: Option<Markdown>,
    query: Option<Markdown>,
    framework: Vec<Line>,
    false_positives: Vec<Markdown>,
    alert: Vec<Item>,
    sources: Vec<Markdown>,
    refusal: Option<Markdown>,
    translations: Vec<ShownTranslation>,
    standing: Vec<ShownCode>,
    differences: Vec<ShownDifference>,
    fixtures: Vec<ShownFixtures>,
    definition: Vec<Item>,
}

#[derive(Serialize)]
struct ShownTranslation {
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
struct ShownCode {
    code: Markdown,
    title: Markdown,
    targets: Markdown,
}

#[derive(Serialize)]
struct ShownDifference {
    code: Markdown,
    title: Markdown,
    target: Markdown,
    rule_says: &'static str,
    target_says: &'static str,
    event: Option<Markdown>,
}

#[derive(Serialize)]
struct ShownFixtures {
    heading: &'static str,
    fixtures: Vec<ShownFixture>,
}

#[derive(Serialize)]
struct ShownFixture {
    name: Markdown,
    expected: Option<Markdown>,
    events: Vec<Markdown>,
}

impl Shown {
    fn new(page: &Page<'_>) -> Self {
        let rule = page.rule;
        let metadata = &rule.metadata;
        let language = match &rule.body {
            Body::Eql(_) => "eql",
            Body::Sigma(_) => "yaml",
            Body::Opaque(_) => "text",
        };
        let texts = metadata.false_positives.iter();
        Self {
            index: link(&inline("All rules"), &page.index),
            name: inline(&rule.name),
            description: metadata
                .description
                .as_ref()
                .map(|description| prose(&description.value)),
            items: items(rule),
            guide: metadata
                .guide
                .as_ref()
                .map(|guide| document(&guide.text, 3)),
            setup: metadata
                .setup
                .as_ref()
                .map(|setup| document(&setup.text, 3)),
            query: page.query.as_ref().map(|query| fenced(language, query)),
            framework: framework::lines(&metadata.attack),
            false_positives: texts.map(|text| prose(&text.value).hanging(2)).collect(),
            alert: alert(metadata),
            sources: each(
                metadata.data.sources.iter().map(|source| &source.value),
                inline,
            ),
            refusal: page.refusal.map(|refusal| refused(refusal)),
            translations: page.translations.iter().map(translation).collect(),
            standing: standing(page.translations),
            differences: page.translations.iter().flat_map(differences).collect(),
            fixtures: fixtures(&rule.fixtures),
            definition: definition(page),
        }
    }
}

fn each<'t>(texts: impl Iterator<Item = &'t String>, shown: fn(&str) -> Markdown) -> Vec<Markdown> {
    texts.map(|text| shown(text)).collect()
}

fn one(label: &'static str, value: Option<Markdown>) -> Option<Item> {
    value.map(|value| Item {
        label,
        value: Some(value),
        values: Vec::new(),
    })
}

fn several(label: &'static str, values: Vec<Markdown>) -> Option<Item> {
    (!values.is_empty()).then_some(Item {
        label,
        value: None,
        values,
    })
}

/// The head of the page, in the order in which Elastic's pages have it.
fn items(rule: &Rule) -> Vec<Item> {
    let metadata = &rule.metadata;
    let values = |texts: &[verdict_compiler::rule::Located<String>],
                  shown: fn(&str) -> Markdown| {
        each(texts.iter().map(|text| &text.value), shown)
    };
    let Schedule {
        interval,
        lookback,
        max_alerts,
    } = &metadata.schedule;
    let references = several("References", values(&metadata.references, address));
    // That a rule names no source is worth knowing.
    let references = references.or_else(|| one("References", Some(inline("none"))));
    let from = |text: &str| {
        Markdown::whole(format!(
            "now-{} (Date Math format, see also Additional look-back time)",
            inline(text).as_str()
        ))
    };
    [
        one("Rule type", Some(kind(rule))),
        several("Rule indices", values(&metadata.data.indices, code)),
        one(
            "Severity",
            metadata
                .severity
                .as_ref()
                .map(|severity| inline(severity.value.word())),
        ),
        one(
            "Risk score",
            metadata
                .risk_score
                .as_ref()
                .map(|score| number(score.value)),
        ),
        one(
            "Runs every",
            interval.as_ref().map(|time| inline(&time.value.text)),
        ),
        one(
            "Searches indices from",
            lookback.as_ref().map(|time| from(&time.value.text)),
        ),
        one(
            "Maximum alerts per execution",
            max_alerts.as_ref().map(|most| number(most.value)),
        ),
        references,
        several("Tags", values(&metadata.tags, inline)),
        one(
            "Version",
            metadata
                .version
                .as_ref()
                .map(|version| number(version.value)),
        ),
        several("Rule authors", each(rule.authors.iter(), inline)),
        one(
            "Rule license",
            metadata
                .license
                .as_ref()
                .map(|license| inline(&license.value)),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn number(number: impl ToString) -> Markdown {
    inline(&number.to_string())
}

/// `eql`, `sigma`, or what a vendor calls a rule that is only kept.
fn kind(rule: &Rule) -> Markdown {
    match &rule.body {
        Body::Eql(_) => inline("eql"),
        Body::Sigma(_) => inline("sigma"),
        Body::Opaque(_) => {
            let elastic = rule.metadata.vendor.get("elastic");
            let kind = elastic.and_then(|node| node.get("type")?.as_scalar());
            kind.map_or_else(|| inline("other"), |kind| inline(&kind.text.text))
        }
    }
}

/// What an alert shows and when it is one.
fn alert(metadata: &Metadata) -> Vec<Item> {
    let entities = metadata.entities.iter().map(|entity| {
        Markdown::whole(format!(
            "{}: {}",
            inline(entity.kind.value.word()).as_str(),
            code(&entity.field.value).as_str()
        ))
    });
    let suppression = metadata.suppression.as_ref().map(|suppression| {
        let by: Vec<String> = suppression
            .by
            .iter()
            .map(|field| code(&field.value).as_str().to_owned())
            .collect();
        let time = match &suppression.period {
            Some(period) => format!("for {}", inline(&period.value.text).as_str()),
            None => "within one run".to_owned(),
        };
        Markdown::whole(format!(
            "one alert for each value of {}, {time}",
            by.join(", ")
        ))
    });
    let output = metadata.output.iter().map(|field| &field.value);
    [
        several("Entities", entities.collect()),
        several("Fields shown", each(output, code)),
        one("Suppression", suppression),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Where the rule is from.
fn definition(page: &Page<'_>) -> Vec<Item> {
    let metadata = &page.rule.metadata;
    let related = metadata.related.iter().map(|related| {
        Markdown::whole(format!(
            "{} {}",
            inline(&related.kind.value).as_str(),
            code(&related.id.value).as_str()
        ))
    });
    [
        one("Id", Some(code(&page.rule.id))),
        one(
            "Status",
            metadata
                .status
                .as_ref()
                .map(|status| inline(status.value.word())),
        ),
        one("File", Some(code(&page.file))),
        several("Related rules", related.collect()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A reason with its code, which may be absent.
fn refused(refusal: &Refusal) -> Markdown {
    Markdown::whole(format!(
        "{} ({})",
        sentence(&refusal.reason).as_str(),
        code(refusal.code.id).as_str()
    ))
}

/// Texts of more lines than this open on request.
const LONG: usize = 80;

fn translation(made: &Translation) -> ShownTranslation {
    let (claim, codes, reasons) = match &made.claim {
        Claim::Exact => ("exact", Vec::new(), Vec::new()),
        Claim::Diverges(codes) => ("diverges", codes.clone(), Vec::new()),
        Claim::Unsupported(refusals) => (
            "unsupported",
            refusals.iter().map(|refusal| refusal.code).collect(),
            refusals.iter().map(refused).collect(),
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
fn standing(made: &[Translation]) -> Vec<ShownCode> {
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
fn differences(made: &Translation) -> Vec<ShownDifference> {
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
            title: sentence(declared.title),
            target: code(&made.target),
            rule_says: says(matches),
            target_says: says(!matches),
            event: found.map(|found| json(&found.event)),
        }
    };
    codes.iter().map(one).collect()
}

/// An event, readable.
fn json(event: &Event) -> Markdown {
    let text = serde_json::to_string_pretty(&event.root().to_json());
    fenced("json", &text.unwrap_or_else(|_| event.to_json_line()))
}

/// Those that match, then those that do not.
fn fixtures(fixtures: &[Fixture]) -> Vec<ShownFixtures> {
    let matching = |fixture: &&Fixture| match &fixture.expected {
        Expected::Match(matches) => *matches,
        Expected::Groups(groups) => !groups.is_empty(),
    };
    let (yes, no): (Vec<&Fixture>, Vec<&Fixture>) = fixtures.iter().partition(matching);
    [("Matches", yes), ("Does not match", no)]
        .into_iter()
        .filter(|(_, fixtures)| !fixtures.is_empty())
        .map(|(heading, fixtures)| ShownFixtures {
            heading,
            fixtures: fixtures.into_iter().map(fixture).collect(),
        })
        .collect()
}

fn fixture(fixture: &Fixture) -> ShownFixture {
    let groups = match &fixture.expected {
        Expected::Match(_) => None,
        Expected::Groups(groups) => Some(serde_json::json!(groups).to_string()),
    };
    let expected = groups.map(|groups| {
        Markdown::whole(format!(
            "Matches, as indices of the events: {}",
            code(&groups).as_str()
        ))
    });
    ShownFixture {
        name: inline(&fixture.name.value),
        expected,
        events: fixture
            .events
            .iter()
            .map(|event| json(&event.value))
            .collect(),
    }
}
