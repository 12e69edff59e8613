//! Conformance: what the vendors' documents say of their languages, put to the engines case by case. The cases are data, a folder a language; each
//! names the document that decides it, and none was taken from what an engine answers.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

mod answer;
mod case;
mod common_mode;
mod front_end;
mod matrix;

use answer::Language;
use case::{Suite, Told};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use verdict_harness::grounds::Grounds;

/// What is asked of a language's cases.
struct Floor {
    language: Language,
    /// The name of the folder.
    folder: &'static str,
    /// The heading in the matrix.
    title: &'static str,
    /// There are at least so many cases.
    cases: usize,
    /// In so many the engine gives another verdict than the document: each is named in the matrix, and none joins them unseen.
    differ: usize,
    /// So many hold a query that the engine refuses and the language takes.
    refuse: usize,
}

/// The table of floors. A language whose folder is not there yet has none.
const FLOORS: [Floor; 5] = [
    Floor {
        language: Language::Eql,
        folder: "eql",
        title: "EQL",
        cases: 567,
        differ: 3,
        refuse: 0,
    },
    Floor {
        language: Language::Esql,
        folder: "esql",
        title: "ES|QL",
        cases: 578,
        differ: 0,
        refuse: 19,
    },
    Floor {
        language: Language::Kql,
        folder: "kql",
        title: "KQL",
        cases: 908,
        differ: 0,
        refuse: 75,
    },
    Floor {
        language: Language::Spl,
        folder: "spl",
        title: "SPL",
        cases: 608,
        differ: 6,
        refuse: 43,
    },
    Floor {
        language: Language::Sigma,
        folder: "sigma",
        title: "Sigma",
        cases: 796,
        differ: 3,
        refuse: 4,
    },
];

/// A language that has any cases has at least so many, whatever its row says.
const LEAST: usize = 250;

/// What is wrong with a language's cases, and where its engine says otherwise than they do.
fn check(floor: &Floor) -> Vec<String> {
    let suite = case::read(floor.folder);
    let mut faults = well_formed(&suite);
    let count = suite.cases.len();
    let least = if count == 0 {
        floor.cases
    } else {
        floor.cases.max(LEAST)
    };
    if count < least {
        faults.push(format!("{count} cases, fewer than {least}"));
    }
    let (mut differ, mut refuse) = (0, 0);
    for case in suite.cases.iter().filter(|case| case.faults().is_empty()) {
        match (answer::check(floor.language, case), case.told()) {
            (None, Told::Agrees) => {}
            (Some(found), Told::Refuses) if found.refuses => refuse += 1,
            (Some(found), Told::Differs) if !found.refuses => differ += 1,
            (Some(found), _) => faults.push(format!("{}: the engine {}", case.name, found.told)),
            (None, Told::Refuses | Told::Differs) => faults.push(format!(
                "{}: the engine gives this verdict now; the mark `differs` must go",
                case.name
            )),
        }
    }
    if (differ, refuse) != (floor.differ, floor.refuse) {
        faults.push(format!(
            "{differ} cases differ and {refuse} are refused, where {} and {} are told",
            floor.differ, floor.refuse
        ));
    }
    faults
}

/// What is wrong with cases as they stand.
fn well_formed(suite: &Suite) -> Vec<String> {
    let mut faults = suite.faults.clone();
    let mut names = BTreeSet::new();
    for case in &suite.cases {
        if !names.insert(&case.name) {
            faults.push(format!("{}: the name stands twice", case.name));
        }
        let of_case = case.faults().into_iter();
        faults.extend(of_case.map(|fault| format!("{}: {fault}", case.name)));
    }
    faults
}

/// A language's cases hold, but for those that tell otherwise.
fn holds(folder: &str) {
    let floor = FLOORS.iter().find(|floor| floor.folder == folder);
    let faults = check(floor.expect("a language of the table"));
    assert!(faults.is_empty(), "{folder}:\n{}", faults.join("\n"));
}

#[test]
fn eql_engine_says_what_the_documents_say() {
    holds("eql");
}

#[test]
fn esql_engine_says_what_the_documents_say() {
    holds("esql");
}

#[test]
fn kql_engine_says_what_the_documents_say() {
    holds("kql");
}

#[test]
fn spl_engine_says_what_the_documents_say() {
    holds("spl");
}

#[test]
fn sigma_engine_says_what_the_documents_say() {
    holds("sigma");
}

/// The same cases, put to what all targets are held to.
#[test]
fn sigma_front_end_says_what_the_documents_say() {
    let faults = front_end::check(&case::read("sigma"));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Every folder of cases is one of the table: cases that nobody runs would say nothing.
#[test]
fn every_folder_is_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    for entry in fs::read_dir(root).expect("the cases") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            assert!(
                FLOORS.iter().any(|floor| floor.folder == name),
                "{name} is no language of the table"
            );
        }
    }
}

/// The page, and the cells that certificates are worded by, are what the cases say; `VERDICT_WRITE_MATRIX=1` writes them.
#[test]
fn matrix_is_current() {
    let suites = FLOORS.map(|floor| {
        let suite = case::read(floor.folder);
        (floor, suite)
    });
    let page = matrix::page(suites.iter().map(|(floor, suite)| (floor.title, suite)));
    let cells = matrix::cells(suites.iter().map(|(floor, suite)| (floor.folder, suite)));
    for (file, text) in [
        ("docs/conformance-matrix.md", page),
        ("harness/src/grounds/cells.tsv", cells),
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        if std::env::var_os("VERDICT_WRITE_MATRIX").is_some() {
            fs::write(&path, &text).expect("it is written");
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        // Compared by lines, so that a checkout with other line ends is no other text.
        assert!(
            written.lines().eq(text.lines()),
            "{file} is stale: VERDICT_WRITE_MATRIX=1 cargo test --test conformance"
        );
    }
}

/// Of so many in a hundred cases the operator is found in the query. The others are about what is wrong in a query, what is left out of it, or what a value is.
const READ: usize = 80;

/// Certificates are worded by the operators that are read from a text: those that cases name are found in their queries.
#[test]
fn operators_are_read() {
    for floor in &FLOORS {
        let suite = case::read(floor.folder);
        let judged = suite.cases.iter().filter(|case| {
            let refused = matches!(case.verdict(), Ok(case::Verdict::Refused));
            !refused && case.told() != Told::Refuses
        });
        let mut missed = Vec::new();
        let mut count = 0;
        for case in judged {
            count += 1;
            let grounds = Grounds::of(floor.folder, &case.query).expect("a language");
            if !grounds.operators.contains_key(&case.operator) {
                missed.push(format!("{}: {}", case.operator, case.query));
            }
        }
        let folder = floor.folder;
        let found = (count - missed.len()) * 100;
        assert!(found >= count * READ, "{folder}:\n{}", missed.join("\n"));
    }
}
