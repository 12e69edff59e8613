//! The ATT&CK matrix as a page: the picture, and below it every covered technique with its rules.

use super::escape::{Markdown, inline, link};
use super::render;
use crate::coverage::{Cell, Column, Coverage};
use serde::Serialize;
use std::collections::BTreeSet;

/// What a matrix page is made of.
pub struct Covered<'c> {
    /// The coverage.
    pub coverage: &'c Coverage,
    /// Name and page, from the matrix page, of each rule of the coverage.
    pub rules: Vec<(String, String)>,
    /// Where the index is, from the page.
    pub index: String,
    /// Where the picture is, from the page.
    pub picture: String,
    /// Where the layer is, from the page.
    pub layer: String,
}

/// The page. An error is a fault of our template.
pub fn matrix(page: &Covered<'_>) -> Result<String, String> {
    let coverage = page.coverage;
    let (techniques, all) = coverage.techniques();
    let covered = coverage
        .columns
        .iter()
        .filter(|column| !column.rules.is_empty());
    let lost = coverage.lost.iter().map(|(rule, id)| {
        let rule = named(page, &BTreeSet::from([*rule]));
        Markdown::whole(format!("{}: {}", rule.as_str(), inline(id).as_str()))
    });
    let unmapped: BTreeSet<usize> = coverage.unmapped.iter().copied().collect();
    let shown = Shown {
        index: link(&inline("All rules"), &page.index),
        rules: coverage.rules,
        techniques,
        all,
        picture: Markdown::whole(format!(
            "!{}",
            link(&inline("ATT&CK coverage"), &page.picture).as_str()
        )),
        layer: link(&inline("layer"), &page.layer),
        columns: covered.map(|column| of_column(page, column)).collect(),
        lost: lost.collect(),
        unmapped: (!unmapped.is_empty()).then(|| named(page, &unmapped)),
    };
    render("matrix", &shown)
}

#[derive(Serialize)]
struct Shown {
    index: Markdown,
    rules: usize,
    techniques: usize,
    all: usize,
    picture: Markdown,
    layer: Markdown,
    columns: Vec<ShownColumn>,
    lost: Vec<Markdown>,
    unmapped: Option<Markdown>,
}

#[derive(Serialize)]
struct ShownColumn {
    name: Markdown,
    covered: usize,
    all: usize,
    rows: Vec<Row>,
    alone: Option<Markdown>,
}

#[derive(Serialize)]
struct Row {
    technique: Markdown,
    below: Markdown,
    rules: Markdown,
}

fn of_column(page: &Covered<'_>, column: &Column) -> ShownColumn {
    let covered: Vec<&Cell> = column
        .cells
        .iter()
        .filter(|cell| cell.is_covered())
        .collect();
    let mut rows = Vec::new();
    let mut placed = BTreeSet::new();
    for cell in &covered {
        placed.extend(&cell.rules);
        let mut own = cell.rules.clone();
        for below in &cell.below {
            own.retain(|rule| !below.rules.contains(rule));
        }
        let technique = of_technique(cell);
        let below: Vec<&Cell> = cell.below.iter().filter(|cell| cell.is_covered()).collect();
        if !own.is_empty() {
            rows.push(Row {
                technique: technique.clone(),
                below: Markdown::default(),
                rules: named(page, &own),
            });
        }
        rows.extend(below.into_iter().map(|below| Row {
            technique: technique.clone(),
            below: of_technique(below),
            rules: named(page, &below.rules),
        }));
    }
    let alone: BTreeSet<usize> = column.rules.difference(&placed).copied().collect();
    ShownColumn {
        name: link(&inline(column.tactic.name), &column.tactic.link()),
        covered: covered.len(),
        all: column.cells.len(),
        rows,
        alone: (!alone.is_empty()).then(|| named(page, &alone)),
    }
}

fn of_technique(cell: &Cell) -> Markdown {
    let label = format!("{} {}", cell.technique.id, cell.technique.name);
    link(&inline(&label), &cell.technique.link())
}

/// The rules with these places, as links.
fn named(page: &Covered<'_>, rules: &BTreeSet<usize>) -> Markdown {
    let links: Vec<String> = rules
        .iter()
        .filter_map(|rule| page.rules.get(*rule))
        .map(|(name, path)| link(&inline(name), path).as_str().to_owned())
        .collect();
    Markdown::whole(links.join("<br>"))
}
