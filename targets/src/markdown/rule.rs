//! A rule's page: what people know from a vendor's page of a rule, in that order, then what became of the rule here.

use super::certificate::{self, Found, ShownFound};
use super::document::document;
use super::escape::{Markdown, fenced, inline, link, prose};
use super::fixtures::{ShownFixtures, fixtures};
use super::framework::{self, Line};
use super::items::{Item, alert, definition, each, items};
use super::pivots::{Query, ShownPivot, follow_ups, guide};
use super::render;
use super::translations::{
    ShownCode, ShownDifference, ShownTranslation, Translation, differences, refused, standing,
    translation,
};
use serde::Serialize;
use verdict_compiler::rule::Body;
use verdict_compiler::{Refusal, Rule};

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
    /// What was found for it; None where nothing was asked.
    pub found: Option<&'p Found>,
    /// The queries of each pivot, in the order in which the rule has them.
    pub follow_ups: &'p [Vec<Query>],
    /// The file that the rule stands in, as a path.
    pub file: String,
    /// Where the index of its pack is, from the page.
    pub index: String,
}

/// The page. An error is a fault of our template.
pub fn page(page: &Page<'_>) -> Result<String, String> {
    render("rule", &Shown::new(page))
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
    found: Option<ShownFound>,
    differences: Vec<ShownDifference>,
    follow_ups: Vec<ShownPivot>,
    fixtures: Vec<ShownFixtures>,
    definition: Vec<Item>,
}

impl Shown {
    fn new(page: &Page<'_>) -> Self {
        let rule = page.rule;
        let metadata = &rule.metadata;
        let language = match &rule.body {
            Body::Eql(_) => "eql",
            Body::Sigma(_) | Body::Correlation(_) => "yaml",
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
            guide: guide(metadata, page.follow_ups),
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
            refusal: page.refusal.map(refused),
            translations: page.translations.iter().map(translation).collect(),
            standing: standing(page.translations),
            found: page.found.and_then(certificate::found),
            differences: page.translations.iter().flat_map(differences).collect(),
            follow_ups: follow_ups(metadata, page.follow_ups),
            fixtures: fixtures(&rule.fixtures),
            definition: definition(page),
        }
    }
}
