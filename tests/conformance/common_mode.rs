//! Common-mode faults: a misunderstanding that the author of an emitter or a front end shares with the author of the engine. All of the harness's
//! judges then agree, and only cases that were decided from a document can tell. Each is a site in `harness/engines/src`, off in every other build,
//! and a row of `tests/faults/common/<language>.toml`, which says where our own side would make the same mistake.

use super::FLOORS;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A language has at least so many.
const LEAST: usize = 20;

/// A row of the table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    site: String,
    /// What the language is taken to mean.
    mistake: String,
    /// Where our side would take it so too: a file, a colon, and what of it.
    shared_with: String,
    /// Why no case tells, where none does.
    survives: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    fault: Vec<Fault>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(folder: &str) -> Vec<Fault> {
    let path = root().join(format!("tests/faults/common/{folder}.toml"));
    let text = fs::read_to_string(&path).expect("a table a language");
    let table: Table =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    table.fault
}

/// The sources of a language's engine.
fn sources(folder: &str) -> Vec<PathBuf> {
    let engines = root().join("harness/engines/src");
    let mut open = vec![engines.join(folder)];
    let mut files = vec![engines.join(format!("{folder}.rs"))];
    while let Some(place) = open.pop() {
        for entry in fs::read_dir(place).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files
}

/// The sites that stand in sources, as often as they do.
fn sites(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for path in sources(folder) {
        let text = fs::read_to_string(&path).expect("a source");
        for call in text.split("verdict_faults::at(").skip(1) {
            let literal = call.trim_start().strip_prefix('"');
            let site = literal.and_then(|rest| rest.split_once('"'));
            found.push(site.expect("a literal").0.to_owned());
        }
    }
    found.sort();
    found
}

/// Each site stands once in the sources of its engine and once in its table, each row says where its mistake would be shared, and the page has the
/// figures.
#[test]
fn sites_and_tables_agree() {
    let page = fs::read_to_string(root().join("docs/conformance.md")).expect("the page");
    for floor in &FLOORS {
        let folder = floor.folder;
        let faults = read(folder);
        let mut told: Vec<String> = faults.iter().map(|fault| fault.site.clone()).collect();
        told.sort();
        assert_eq!(
            told,
            sites(folder),
            "{folder}: rows, and sites of the sources"
        );
        let once: BTreeSet<&String> = told.iter().collect();
        assert_eq!(once.len(), told.len(), "{folder}: a site stands twice");
        assert!(told.len() >= LEAST, "{folder}: {} faults", told.len());
        let survivors: Vec<String> = faults
            .iter()
            .filter(|fault| fault.survives.is_some())
            .map(|fault| format!("`{}`", fault.site))
            .collect();
        let (count, lost) = (faults.len(), survivors.len());
        let names = if lost == 0 {
            "-".to_owned()
        } else {
            survivors.join(", ")
        };
        // A bar within a cell is escaped.
        let title = floor.title.replace('|', "\\|");
        let row = format!("| {title} | {count} | {} | {names} |", count - lost);
        assert!(
            page.contains(&row),
            "docs/conformance.md lacks the row\n{row}"
        );
        for fault in &faults {
            let site = &fault.site;
            let prefix = format!("{folder}/engine/");
            assert!(site.starts_with(&prefix), "{site}: not below {prefix}");
            assert!(fault.mistake.len() > 10, "{site}: say the mistake");
            let (path, place) = fault.shared_with.split_once(": ").unwrap_or_default();
            assert!(root().join(path).is_file(), "{site}: no file {path}");
            assert!(!place.is_empty(), "{site}: say where in {path}");
            let reason = fault.survives.as_deref();
            assert!(
                reason.is_none_or(|reason| reason.len() > 20),
                "{site}: say why"
            );
        }
    }
}

#[cfg(feature = "faults")]
#[expect(
    clippy::print_stdout,
    reason = "the figures, for who asks with `--nocapture`"
)]
mod run {
    use super::{Fault, read};
    use crate::answer::{self, Language};
    use crate::case::{self, Case};
    use crate::{FLOORS, Floor};

    /// So many of a hundred faults are caught in every language.
    const CAUGHT: usize = 90;

    /// The first case that holds while the mistake is off and does not while it is on.
    fn caught<'c>(fault: &Fault, language: Language, cases: &[&'c Case]) -> Option<&'c Case> {
        let breaks = |case: &&&Case| {
            verdict_faults::with(&[&fault.site], || answer::check(language, case).is_some())
        };
        cases.iter().find(breaks).copied()
    }

    fn of_language(floor: &Floor) {
        // A language without cases has no floor yet either.
        if floor.cases == 0 {
            return;
        }
        let suite = case::read(floor.folder);
        let holds = |case: &&Case| {
            case.faults().is_empty() && answer::check(floor.language, case).is_none()
        };
        let cases: Vec<&Case> = suite.cases.iter().filter(holds).collect();
        let faults = read(floor.folder);
        let (mut count, mut wrong) = (0, Vec::new());
        for fault in &faults {
            match (caught(fault, floor.language, &cases), &fault.survives) {
                (Some(_), None) => count += 1,
                (None, Some(_)) => {}
                (Some(case), Some(_)) => wrong.push(format!(
                    "{}: `{}` catches it; `survives` must go",
                    fault.site, case.name
                )),
                (None, None) => wrong.push(format!("{}: no case catches it", fault.site)),
            }
        }
        println!("{}: {count} of {} caught", floor.title, faults.len());
        assert!(wrong.is_empty(), "{}:\n{}", floor.title, wrong.join("\n"));
        assert!(
            count * 100 >= faults.len() * CAUGHT,
            "{}: {count} of {} caught",
            floor.title,
            faults.len()
        );
    }

    fn are_caught(folder: &str) {
        let floor = FLOORS.iter().find(|floor| floor.folder == folder);
        of_language(floor.expect("a language of the table"));
    }

    #[test]
    fn eql_cases_catch_what_everybody_took_wrongly() {
        are_caught("eql");
    }

    #[test]
    fn esql_cases_catch_what_everybody_took_wrongly() {
        are_caught("esql");
    }

    #[test]
    fn kql_cases_catch_what_everybody_took_wrongly() {
        are_caught("kql");
    }

    #[test]
    fn spl_cases_catch_what_everybody_took_wrongly() {
        are_caught("spl");
    }

    #[test]
    fn sigma_cases_catch_what_everybody_took_wrongly() {
        are_caught("sigma");
    }
}
