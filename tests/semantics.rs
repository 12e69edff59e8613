//! `docs/semantics.md`, executed: every line with an id has a case file below `tests/semantics/`, and every case goes through every road.
//!
//! Roads: `scan` (compiler and native matcher), `query` in the rule's own language (the engine that has never seen the compiler), and `build`
//! to KQL with `query` over the emitted text. The form of a case file is described at [`case`].

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::format_collect,
    reason = "a test that cannot go on says so by panicking"
)]

#[path = "semantics/case.rs"]
mod case;
#[path = "semantics/roads.rs"]
mod roads;

use case::{Case, Claim, File};
use roads::{Roads, Run};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

fn folder() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/semantics")
}

/// Runs a file's cases through all roads.
fn check(name: &str) {
    let text = fs::read_to_string(folder().join(format!("{name}.yml"))).expect("a case file");
    let file = File::read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let roads = Roads::run(&file);
    let mut wrong = Vec::new();
    for (number, rule) in file.rules().into_iter().enumerate() {
        let run = roads.rule(number);
        let faults = faults(rule.case, &run);
        wrong.extend(faults.into_iter().map(|fault| {
            format!(
                "{name}, {}: {fault}\n    {}",
                rule.case.name,
                rule.text.trim()
            )
        }));
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Everything in which a rule's run is not what its case says.
fn faults(case: &Case, run: &Run) -> Vec<String> {
    let mut faults = Vec::new();
    for code in &case.finds {
        if !run.codes.contains(code) {
            faults.push(format!("`check` finds {:?}, not {code}", run.codes));
        }
    }
    if case.is_refused() {
        if !run.refused {
            faults.push("the compiler takes it".to_owned());
        }
        if run.engine.is_ok() {
            faults.push("the engine takes it".to_owned());
        }
        return faults;
    }
    if run.refused {
        faults.push(format!("the compiler refuses it: {:?}", run.codes));
    }
    let wanted: BTreeSet<usize> = case.matching();
    faults.extend(split("scan", case, &wanted, &run.native));
    match &run.engine {
        Ok(found) => faults.extend(split("engine", case, &wanted, found)),
        Err(error) => faults.push(format!("the engine refuses it: {error}")),
    }
    if run.claim != case.kql {
        faults.push(format!("KQL is {:?}, not {:?}", run.claim, case.kql));
    }
    if matches!(case.kql, Claim::Exact | Claim::Diverges(_)) {
        match &run.kql {
            Ok(found) => {
                // A row shows its position among the rows, and each divergence as it was announced.
                let rows = case.rows();
                let found: BTreeSet<usize> = found
                    .iter()
                    .filter_map(|at| rows.get(*at).copied())
                    .collect();
                let wanted: BTreeSet<usize> = rows
                    .iter()
                    .copied()
                    .filter(|at| wanted.contains(at) != case.differs(*at))
                    .collect();
                faults.extend(split("KQL", case, &wanted, &found));
            }
            Err(error) => faults.push(format!("KQL's engine refuses it: {error}")),
        }
    }
    faults
}

fn split(
    road: &str,
    case: &Case,
    wanted: &BTreeSet<usize>,
    found: &BTreeSet<usize>,
) -> Option<String> {
    let show = |events: Vec<&usize>| {
        let lines = events.into_iter().filter_map(|at| case.events.get(*at));
        lines
            .map(|event| event.json.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let missed = show(wanted.difference(found).collect());
    let extra = show(found.difference(wanted).collect());
    (!missed.is_empty() || !extra.is_empty())
        .then(|| format!("{road} misses [{missed}] and wrongly matches [{extra}]"))
}

/// The ids that the document gives its decisions, with a case file each, and the headings before them.
#[test]
fn every_decision_has_its_file() {
    let document =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/semantics.md"))
            .expect("the document");
    let ids = document.lines().filter_map(|line| line.strip_prefix("| "));
    let ids = ids.filter_map(|line| line.split(' ').next());
    let ids: BTreeSet<String> = ids
        .filter(|id| id.starts_with(['S', 'E']) && id.chars().skip(1).all(|c| c.is_ascii_digit()))
        .map(str::to_lowercase)
        .collect();
    assert_eq!(ids.len(), 40, "{ids:?}");
    for id in ids {
        assert!(
            folder().join(format!("{id}.yml")).exists(),
            "{id} has no cases"
        );
    }
    for entry in fs::read_dir(folder()).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.extension().is_some_and(|ending| ending == "yml") {
            assert!(FILES.contains(&name.as_str()), "{name} is not run");
        }
    }
}

macro_rules! files {
    ($($name:ident),* $(,)?) => {
        const FILES: &[&str] = &[$(stringify!($name)),*];

        $(
            #[test]
            fn $name() {
                check(stringify!($name));
            }
        )*
    };
}

files! {
    events, truth, case_folding,
    s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, s12, s13, s14, s15, s16, s17, s18, s19, s20, s21, s22, s23, s24, s25,
    e1, e2, e2_untyped, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13, e14, e15,
}
