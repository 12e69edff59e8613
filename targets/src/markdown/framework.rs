//! The ATT&CK part of a page: tactics, below each its techniques, below each its sub-techniques, in the order in which the rule names them.

use super::escape::{Markdown, address, inline};
use serde::Serialize;
use verdict_compiler::rule::attack::{self, Known, Mapping, Tactic, Technique};

/// A line of the list: what it is, its name, id and link.
#[derive(Debug, Serialize)]
pub(super) struct Line {
    kind: &'static str,
    name: Markdown,
    id: Markdown,
    link: Option<Markdown>,
}

/// A tactic with its techniques.
struct Column {
    tactic: &'static Tactic,
    cells: Vec<Cell>,
}

/// A technique with its sub-techniques.
struct Cell {
    technique: &'static Technique,
    below: Vec<&'static Technique>,
}

/// The lines for the mappings of a rule.
pub(super) fn lines(mappings: &[Mapping]) -> Vec<Line> {
    let mut columns: Vec<Column> = Vec::new();
    let mut lost = Vec::new();
    for mapping in mappings {
        for tactic in mapping.current_tactics() {
            let column = column(&mut columns, tactic);
            if let Some(technique) = mapping.current() {
                column.add(technique);
            }
        }
        if let (Some(written), None) = (&mapping.technique, mapping.current()) {
            lost.push(retired(&written.value));
        }
    }
    let mut lines = Vec::new();
    for column in &columns {
        lines.push(of_tactic(column.tactic));
        for cell in &column.cells {
            lines.push(of_technique("Technique", cell.technique));
            lines.extend(
                cell.below
                    .iter()
                    .map(|below| of_technique("Sub-technique", below)),
            );
        }
    }
    lines.extend(lost);
    lines
}

fn column<'c>(columns: &'c mut Vec<Column>, tactic: &'static Tactic) -> &'c mut Column {
    let at = columns
        .iter()
        .position(|column| column.tactic.id == tactic.id);
    let at = at.unwrap_or_else(|| {
        columns.push(Column {
            tactic,
            cells: Vec::new(),
        });
        columns.len() - 1
    });
    // The place was found or made just now.
    #[expect(
        clippy::indexing_slicing,
        reason = "the place was found or made just now"
    )]
    &mut columns[at]
}

impl Column {
    fn add(&mut self, technique: &'static Technique) {
        let above = technique.parent().unwrap_or(technique);
        let known = self
            .cells
            .iter_mut()
            .find(|cell| cell.technique.id == above.id);
        let below = technique.parent().map(|_| technique);
        match known {
            Some(cell) => {
                let new = below.filter(|below| !cell.below.iter().any(|one| one.id == below.id));
                cell.below.extend(new);
            }
            None => self.cells.push(Cell {
                technique: above,
                below: below.into_iter().collect(),
            }),
        }
    }
}

fn of_tactic(tactic: &'static Tactic) -> Line {
    Line {
        kind: "Tactic",
        name: inline(tactic.name),
        id: inline(tactic.id),
        link: Some(address(&tactic.link())),
    }
}

fn of_technique(kind: &'static str, technique: &'static Technique) -> Line {
    Line {
        kind,
        name: inline(technique.name),
        id: inline(technique.id),
        link: Some(address(&technique.link())),
    }
}

/// A technique that ATT&CK no longer has, or never had.
fn retired(id: &str) -> Line {
    let name = match attack::find(id) {
        Some(Known::Retired { name, .. }) => format!("{name} (retired)"),
        Some(Known::Current(_)) | None => "not in ATT&CK".to_owned(),
    };
    Line {
        kind: "Technique",
        name: inline(&name),
        id: inline(id),
        link: None,
    }
}
