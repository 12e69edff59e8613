//! The matrix of operators by aspects: what each cell rests on.

use crate::case::{Aspect, Case, Mark, Suite, Told, Verdict};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What stands above the tables.
const HEAD: &str = "\
# What each operator's verdicts rest on

Written by `VERDICT_WRITE_MATRIX=1 cargo test --test conformance` from the cases in `tests/conformance`; the test fails if it is stale. [conformance.md](conformance.md) says what the words mean and how the engines were checked besides.

A row is an operator, function, command or rule of syntax of the language, a column what its cases vary: that it matches, the smallest change that flips it, a field that is absent or null, several values, upper and lower case, characters that are special in it.
A cell names the *weakest* mark of its cases; an empty one has none. Where a cell ends in †, the engine gives another verdict than some case of it; where it ends in ‡, it refuses the query of one, so no text that holds it was ever judged. Both are listed below the table.
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

/// The same for certificates: a line a version, and a line an operator with a letter an aspect.
pub(crate) fn cells<'s>(suites: impl IntoIterator<Item = (&'static str, &'s Suite)>) -> String {
    let mut lines = CELLS_HEAD.to_owned();
    for (language, suite) in suites {
        for version in &suite.versions {
            let _ = writeln!(lines, "{language}\t{version}");
        }
        let mut operators: BTreeMap<&str, BTreeMap<Aspect, char>> = BTreeMap::new();
        for case in &suite.cases {
            let letters = operators.entry(&case.operator).or_default();
            let letter = letters.entry(case.aspect).or_insert('v');
            // Weaker letters first.
            let rank = |letter: char| "xadv".find(letter);
            if rank(letter_of(case)) < rank(*letter) {
                *letter = letter_of(case);
            }
        }
        for (operator, letters) in operators {
            let letter = |(aspect, _): (Aspect, &str)| letters.get(&aspect).copied();
            let letters: String = Aspect::ALL
                .map(|aspect| letter(aspect).unwrap_or('.'))
                .iter()
                .collect();
            let _ = writeln!(lines, "{language}\t{operator}\t{letters}");
        }
    }
    lines
}

/// What stands above the cells.
const CELLS_HEAD: &str = "\
# What each operator's verdicts rest on, for certificates: match, near miss, missing, list, case, escape.
# v verified, d documented, a assumed, x the engine gives another verdict than the document, . no case.
# Written by `VERDICT_WRITE_MATRIX=1 cargo test --test conformance`, which fails if this is stale.
";

/// A case as a letter. What the language refuses and the engine runs says nothing of a text that the language takes, and what the engine refuses was not judged.
fn letter_of(case: &Case) -> char {
    let refused = matches!(case.verdict(), Ok(Verdict::Refused));
    match case.mark {
        _ if case.told() == Told::Differs && !refused => 'x',
        Mark::Assumed => 'a',
        Mark::Documented => 'd',
        Mark::Verified => 'v',
    }
}

/// The mark of a cell, and the worst that the engine does in it.
struct Cell {
    mark: Mark,
    told: Told,
}

fn table(page: &mut String, title: &str, suite: &Suite) {
    let of = |mark: Mark| suite.cases.iter().filter(|case| case.mark == mark).count();
    let told = |told: Told| suite.cases.iter().filter(move |case| case.told() == told);
    let differing: Vec<&Case> = told(Told::Differs).chain(told(Told::Refuses)).collect();
    let _ = write!(
        page,
        "\n## {title}\n\n{} cases: {} verified, {} documented, {} assumed; in {} of them the engine gives another verdict, in {} it refuses the query. Versions that the sources describe: {}.\n\n| |",
        suite.cases.len(),
        of(Mark::Verified),
        of(Mark::Documented),
        of(Mark::Assumed),
        told(Told::Differs).count(),
        told(Told::Refuses).count(),
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
            told: Told::Agrees,
        });
        cell.mark = cell.mark.min(case.mark);
        cell.told = cell.told.max(case.told());
    }
    for (operator, cells) in operators {
        let _ = write!(page, "| {} |", code(operator));
        for (aspect, _) in Aspect::ALL {
            match cells.get(&aspect) {
                Some(cell) => {
                    let _ = write!(page, " {}{} |", cell.mark.word(), dagger(cell.told));
                }
                None => page.push_str(" |"),
            }
        }
        page.push('\n');
    }
    if !differing.is_empty() {
        page.push_str("\n| | case | what the engine does instead | source |\n|---|---|---|---|\n");
    }
    for case in differing {
        let _ = writeln!(
            page,
            "|{} | {}: {} | {} | {} |",
            dagger(case.told()),
            code(&case.operator),
            plain(&case.name),
            plain(case.differs.as_deref().unwrap_or_default()),
            plain(&case.source),
        );
    }
}

/// The sign of what the engine does, after a blank.
fn dagger(told: Told) -> &'static str {
    match told {
        Told::Agrees => "",
        Told::Differs => " †",
        Told::Refuses => " ‡",
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
