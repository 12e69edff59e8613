//! The index of a pack, or of everything that was documented: what there is, at a glance.

use super::escape::{Markdown, code, code_cell, inline, link, prose};
use super::render;
use serde::Serialize;
use verdict_compiler::Rule;
use verdict_compiler::rule::Pack;
use verdict_compiler::rule::metadata::RuleSeverity;

/// What an index is made of.
pub struct Index<'i> {
    /// The pack; None for rules of several packs or of none.
    pub pack: Option<&'i Pack>,
    /// Where the index of all packs is, from this one, if it is another.
    pub above: Option<String>,
    /// Other indices that this one leads to: a pack's name, its path, how many rules it has.
    pub packs: Vec<(String, String, usize)>,
    /// The rules, in the order of their files.
    pub rules: Vec<Listed<'i>>,
    /// Where the ATT&CK matrix is, from the index.
    pub matrix: String,
}

/// A rule in an index.
pub struct Listed<'i> {
    /// The rule.
    pub rule: &'i Rule,
    /// Its page, from the index.
    pub page: String,
    /// The folder below the index that its page stands in; empty for none. Rules are grouped by it.
    pub folder: String,
    /// What each target claims of it: its name and the claim's word.
    pub claims: Vec<(String, &'static str)>,
}

/// The index. An error is a fault of our template.
pub fn index(index: &Index<'_>) -> Result<String, String> {
    render("index", &Shown::new(index))
}

#[derive(Serialize)]
struct Shown {
    above: Option<Markdown>,
    title: Markdown,
    description: Option<Markdown>,
    facts: Vec<Fact>,
    packs: Vec<ShownPack>,
    groups: Vec<Group>,
    claims: Vec<Claims>,
    matrix: Markdown,
    rules: usize,
}

/// A line about a pack.
#[derive(Serialize)]
struct Fact {
    label: &'static str,
    value: Markdown,
}

#[derive(Serialize)]
struct ShownPack {
    name: Markdown,
    rules: usize,
}

#[derive(Serialize)]
struct Group {
    heading: Option<Markdown>,
    rules: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    rule: Markdown,
    severity: Markdown,
    language: &'static str,
    attack: Markdown,
}

/// A target with how many rules it claims what of.
#[derive(Serialize)]
struct Claims {
    target: Markdown,
    exact: usize,
    diverges: usize,
    unsupported: usize,
}

impl Shown {
    fn new(index: &Index<'_>) -> Self {
        let pack = index.pack;
        let title = pack.map_or_else(|| inline("Rules"), |pack| inline(&pack.name.value));
        let description = pack.and_then(|pack| pack.description.as_ref());
        let packs = index.packs.iter().map(|(name, path, rules)| ShownPack {
            name: link(&inline(name), path),
            rules: *rules,
        });
        let above = index.above.as_ref();
        Self {
            above: above.map(|above| link(&inline("All packs"), above)),
            title,
            description: description.map(|text| prose(&text.value)),
            facts: pack.map_or_else(Vec::new, facts),
            packs: packs.collect(),
            groups: groups(&index.rules),
            claims: claims(&index.rules),
            matrix: link(&inline("ATT&CK matrix"), &index.matrix),
            rules: index.rules.len() + index.packs.iter().map(|(_, _, rules)| rules).sum::<usize>(),
        }
    }
}

fn facts(pack: &Pack) -> Vec<Fact> {
    let authors: Vec<String> = pack
        .authors
        .iter()
        .map(|author| inline(&author.value).as_str().to_owned())
        .collect();
    let authors = (!authors.is_empty()).then(|| Markdown::whole(authors.join(", ")));
    let license = pack.license.as_ref().map(|license| inline(&license.value));
    [
        ("Version", Some(inline(&pack.version.value))),
        ("Authors", authors),
        ("License", license),
        ("Id", Some(code(&pack.id.value))),
    ]
    .into_iter()
    .filter_map(|(label, value)| value.map(|value| Fact { label, value }))
    .collect()
}

fn groups(rules: &[Listed<'_>]) -> Vec<Group> {
    let mut groups: Vec<(&str, Vec<Row>)> = Vec::new();
    for listed in rules {
        let known = groups
            .iter_mut()
            .find(|(folder, _)| *folder == listed.folder);
        match known {
            Some((_, rows)) => rows.push(row(listed)),
            None => groups.push((&listed.folder, vec![row(listed)])),
        }
    }
    let group = |(folder, rules): (&str, Vec<Row>)| Group {
        heading: (!folder.is_empty()).then(|| inline(folder)),
        rules,
    };
    groups.into_iter().map(group).collect()
}

fn row(listed: &Listed<'_>) -> Row {
    let metadata = &listed.rule.metadata;
    let mut techniques: Vec<&str> = Vec::new();
    for mapping in &metadata.attack {
        let id = mapping
            .technique
            .as_ref()
            .map(|technique| technique.value.as_str());
        if let Some(id) = id.filter(|id| !techniques.contains(id)) {
            techniques.push(id);
        }
    }
    let techniques: Vec<String> = techniques
        .into_iter()
        .map(|id| inline(id).as_str().to_owned())
        .collect();
    let severity = metadata.severity.as_ref().map(|severity| severity.value);
    Row {
        rule: link(&inline(&listed.rule.name), &listed.page),
        severity: inline(severity.map_or("", RuleSeverity::word)),
        language: match &listed.rule.body {
            verdict_compiler::rule::Body::Eql(_) => "EQL",
            verdict_compiler::rule::Body::Sigma(_)
            | verdict_compiler::rule::Body::Correlation(_) => "Sigma",
            verdict_compiler::rule::Body::Opaque(_) => "other",
        },
        attack: Markdown::whole(techniques.join(", ")),
    }
}

fn claims(rules: &[Listed<'_>]) -> Vec<Claims> {
    let mut targets: Vec<&str> = Vec::new();
    for (target, _) in rules.iter().flat_map(|listed| &listed.claims) {
        if !targets.contains(&target.as_str()) {
            targets.push(target);
        }
    }
    let counts = targets.into_iter().map(|target| {
        let count = |word: &str| {
            let all = rules.iter().flat_map(|listed| &listed.claims);
            all.filter(|(name, claim)| name == target && *claim == word)
                .count()
        };
        Claims {
            target: code_cell(target),
            exact: count("exact"),
            diverges: count("diverges"),
            unsupported: count("unsupported"),
        }
    });
    counts.collect()
}
