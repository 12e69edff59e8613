//! Which techniques of ATT&CK a set of rules covers: the matrix, its layer for MITRE's Navigator, its picture.
//!
//! A rule covers the techniques that it names, and with a sub-technique the technique above it. It covers them under the tactics that it names; where it names
//! none, under all tactics of the technique.

mod layer;
mod svg;
mod widths;

pub use layer::layer;
pub use svg::svg;

use std::collections::{BTreeMap, BTreeSet};
use verdict_compiler::rule::attack::{self, Mapping, Tactic, Technique};

/// The matrix, with the rules that cover each technique. Rules are named by their place in what was given.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// A column a tactic, in the matrix's order.
    pub columns: Vec<Column>,
    /// How many rules were given.
    pub rules: usize,
    /// Rules with an id that ATT&CK no longer has and nothing took the place of, or never had.
    pub lost: Vec<(usize, String)>,
    /// Rules that name neither technique nor tactic.
    pub unmapped: Vec<usize>,
}

/// A tactic with its techniques.
#[derive(Clone, Debug)]
pub struct Column {
    /// The tactic.
    pub tactic: &'static Tactic,
    /// The rules of all cells, and those that name the tactic alone.
    pub rules: BTreeSet<usize>,
    /// A cell a technique, by name as in the matrix.
    pub cells: Vec<Cell>,
}

/// A technique, or below one a sub-technique.
#[derive(Clone, Debug)]
pub struct Cell {
    /// The technique.
    pub technique: &'static Technique,
    /// The rules that cover it.
    pub rules: BTreeSet<usize>,
    /// Its sub-techniques, by id; none below a sub-technique.
    pub below: Vec<Cell>,
}

impl Cell {
    fn new(technique: &'static Technique) -> Self {
        Self {
            technique,
            rules: BTreeSet::new(),
            below: Vec::new(),
        }
    }

    /// Whether some rule covers it.
    pub fn is_covered(&self) -> bool {
        !self.rules.is_empty()
    }
}

impl Coverage {
    /// The coverage of rules, each given by its mappings.
    pub fn of<'m>(rules: impl IntoIterator<Item = &'m [Mapping]>) -> Self {
        let mut coverage = Self {
            columns: columns(),
            rules: 0,
            lost: Vec::new(),
            unmapped: Vec::new(),
        };
        for mappings in rules {
            let rule = coverage.rules;
            coverage.rules += 1;
            if mappings.is_empty() {
                coverage.unmapped.push(rule);
            }
            for mapping in mappings {
                coverage.add(rule, mapping);
            }
        }
        coverage
    }

    fn add(&mut self, rule: usize, mapping: &Mapping) {
        let technique = mapping.current();
        if let (Some(written), None) = (&mapping.technique, technique) {
            self.lost.push((rule, written.value.clone()));
        }
        let tactics = mapping.current_tactics();
        for column in &mut self.columns {
            if tactics.iter().any(|tactic| tactic.id == column.tactic.id) {
                column.add(rule, technique);
            }
        }
    }

    /// The most rules of a cell; 0 where none is covered.
    pub fn most(&self) -> usize {
        let cells = self.columns.iter().flat_map(|column| &column.cells);
        let counts = cells.flat_map(|cell| {
            let below = cell.below.iter().map(|below| below.rules.len());
            below.chain([cell.rules.len()])
        });
        counts.max().unwrap_or(0)
    }

    /// How many techniques are covered, and how many there are; one under several tactics counts once.
    pub fn techniques(&self) -> (usize, usize) {
        let cells = || self.columns.iter().flat_map(|column| &column.cells);
        let count = |cells: BTreeSet<&str>| cells.len();
        let covered = cells().filter(|cell| cell.is_covered());
        (
            count(covered.map(|cell| cell.technique.id).collect()),
            count(cells().map(|cell| cell.technique.id).collect()),
        )
    }
}

impl Column {
    fn add(&mut self, rule: usize, technique: Option<&'static Technique>) {
        self.rules.insert(rule);
        let Some(technique) = technique else {
            return;
        };
        let above = technique.parent().unwrap_or(technique);
        let cell = find(&mut self.cells, above);
        cell.rules.insert(rule);
        if technique.parent().is_some() {
            find(&mut cell.below, technique).rules.insert(rule);
        }
    }
}

/// The cell of a technique; a new one at the end for a technique that the rule alone puts under this tactic.
fn find<'c>(cells: &'c mut Vec<Cell>, technique: &'static Technique) -> &'c mut Cell {
    let known = cells
        .iter()
        .position(|cell| cell.technique.id == technique.id);
    let at = known.unwrap_or_else(|| {
        cells.push(Cell::new(technique));
        cells.len() - 1
    });
    #[expect(
        clippy::indexing_slicing,
        reason = "the place was found or made just now"
    )]
    &mut cells[at]
}

/// The empty matrix.
fn columns() -> Vec<Column> {
    let mut below: BTreeMap<&str, Vec<&'static Technique>> = BTreeMap::new();
    for technique in attack::techniques() {
        if let Some(parent) = technique.parent() {
            below.entry(parent.id).or_default().push(technique);
        }
    }
    let column = |tactic: &'static Tactic| {
        let under = |technique: &&'static Technique| technique.tactics.contains(&tactic.id);
        let mut cells: Vec<Cell> = attack::techniques()
            .filter(|technique| technique.parent().is_none())
            .filter(under)
            .map(|technique| {
                let below = below.get(technique.id).into_iter().flatten().copied();
                Cell {
                    below: below.filter(under).map(Cell::new).collect(),
                    ..Cell::new(technique)
                }
            })
            .collect();
        cells.sort_by_key(|cell| (cell.technique.name, cell.technique.id));
        Column {
            tactic,
            rules: BTreeSet::new(),
            cells,
        }
    };
    attack::tactics().iter().map(column).collect()
}
