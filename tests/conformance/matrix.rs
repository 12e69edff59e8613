//! The matrix of operators by aspects: what each cell rests on.

use crate::case::{Aspect, Case, Mark, Suite};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What stands above the tables.
const HEAD: &str = "\
# What each operator's verdicts rest on

Written by `VERDICT_WRITE_MATRIX=1 cargo test --test conformance` from the cases in `tests/conformance`; the test fails if it is stale. [conformance.md](conformance.md) says what the words mean and how the engines were checked besides.

A row is an operator, function, command or rule of syntax of the language, a column what its cases vary: that it matches, the smallest change that flips it, a field that is absent or null, several values, upper and lower case, characters that are special in it.
A cell names the *weakest* mark of its cases; an empty one has none. Where a cell ends in †, the engine does not give the verdict of some case of it: those are listed below the table.
";

/// The whole page.
pub(crate) fn page<'s>(suites: impl IntoIterator<Item = (&'static str, &'s Suite)>) -> String {
    let mut page = HEAD.to_owned();
    for (title, suite) in suites {
        if !suite.cases.is_empty() {
            table(&mut page, title, suite);
        }
    }
    page
}

/// The mark of a cell, and whether the engine differs somewhere in it.
struct Cell {
    mark: Mark,
    differs: bool,
}

fn table(page: &mut String, title: &str, suite: &Suite) {
    let of = |mark: Mark| suite.cases.iter().filter(|case| case.mark == mark).count();
    let differing: Vec<&Case> = suite
        .cases
        .iter()
        .filter(|case| case.differs.is_some())
        .collect();
    let _ = write!(
        page,
        "\n## {title}\n\n{} cases: {} verified, {} documented, {} assumed; in {} of them the engine says otherwise or refuses. Versions that the sources describe: {}.\n\n| |",
        suite.cases.len(),
        of(Mark::Verified),
        of(Mark::Documented),
        of(Mark::Assumed),
        differing.len(),
        suite.versions.join("; "),
    );
    for (_, name) in Aspect::ALL {
        let _ = write!(page, " {name} |");
    }
    page.push_str("\n|---|---|---|---|---|---|---|\n");
    let mut operators: BTreeMap<&str, BTreeMap<Aspect, Cell>> = BTreeMap::new();
    for case in &suite.cases {
        let cells = operators.entry(&case.operator).or_default();
        let cell = cells.entry(case.aspect).or_insert(Cell {
            mark: case.mark,
            differs: false,
        });
        cell.mark = cell.mark.min(case.mark);
        cell.differs |= case.differs.is_some();
    }
    for (operator, cells) in operators {
        let _ = write!(page, "| {} |", code(operator));
        for (aspect, _) in Aspect::ALL {
            match cells.get(&aspect) {
                Some(cell) => {
                    let dagger = if cell.differs { " †" } else { "" };
                    let _ = write!(page, " {}{dagger} |", cell.mark.word());
                }
                None => page.push_str(" |"),
            }
        }
        page.push('\n');
    }
    if !differing.is_empty() {
        page.push_str("\n| † | what the engine does instead | source |\n|---|---|---|\n");
    }
    for case in differing {
        let _ = writeln!(
            page,
            "| {}: {} | {} | {} |",
            code(&case.operator),
            plain(&case.name),
            plain(case.differs.as_deref().unwrap_or_default()),
            plain(&case.source),
        );
    }
}

/// A text as code in a cell of a table.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

/// A text in a cell of a table, with every sign that Markdown would read taken for itself.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(
            letter,
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '|' | '~' | '&'
        ) {
            plain.push('\\');
        }
        plain.push(if letter == '\n' { ' ' } else { letter });
    }
    plain
}
