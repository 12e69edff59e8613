//! What a page says of a rule in lines: its head, what an alert shows, where it is from.

use super::escape::{Markdown, address, code, inline};
use super::rule::Page;
use serde::Serialize;
use verdict_compiler::Rule;
use verdict_compiler::rule::metadata::{Metadata, Schedule};
use verdict_compiler::rule::{Body, Located};

/// A label and its value.
#[derive(Serialize)]
pub(super) struct Item {
    label: &'static str,
    /// One value on the label's line ...
    value: Option<Markdown>,
    /// ... or several below it.
    values: Vec<Markdown>,
}

pub(super) fn each<'t>(
    texts: impl Iterator<Item = &'t String>,
    shown: fn(&str) -> Markdown,
) -> Vec<Markdown> {
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
pub(super) fn items(rule: &Rule) -> Vec<Item> {
    let metadata = &rule.metadata;
    let values = |texts: &[Located<String>], shown: fn(&str) -> Markdown| {
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
                .map(|score| number(&score.value)),
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
            max_alerts.as_ref().map(|most| number(&most.value)),
        ),
        references,
        several("Tags", values(&metadata.tags, inline)),
        one(
            "Version",
            metadata
                .version
                .as_ref()
                .map(|version| number(&version.value)),
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

fn number(number: &impl ToString) -> Markdown {
    inline(&number.to_string())
}

/// `eql`, `sigma`, or what a vendor calls a rule that is only kept.
fn kind(rule: &Rule) -> Markdown {
    match &rule.body {
        Body::Eql(_) => inline("eql"),
        Body::Sigma(_) | Body::Correlation(_) => inline("sigma"),
        Body::Opaque(_) => {
            let elastic = rule.metadata.vendor.get("elastic");
            let kind = elastic.and_then(|node| node.get("type")?.as_scalar());
            kind.map_or_else(|| inline("other"), |kind| inline(&kind.text.text))
        }
    }
}

/// What an alert shows and when it is one.
pub(super) fn alert(metadata: &Metadata) -> Vec<Item> {
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
pub(super) fn definition(page: &Page<'_>) -> Vec<Item> {
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
