//! The correlation rules of `tests/cases/correlations`: every stream of each, by the oracle, the native matcher, and the engines that run the emitted texts.
//!
//! A target's rows tell windows, not events: the instant at which one ends, and its group. So that is what is compared.
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

mod judges;
mod random;
mod texts;

use judges::{Judge, Window};
use std::collections::BTreeMap;
use std::path::{Path as FilePath, PathBuf};
use verdict_compiler::frontends::sigma::LogsourceTable;
use verdict_compiler::ir::Series;
use verdict_compiler::rule::fixture::Expected;
use verdict_compiler::rule::load;
use verdict_compiler::{Among, Inputs, Meaning, Rule, Source, compile_among};
use verdict_event::Event;
use verdict_harness::{Match, SeriesOracle};
use verdict_targets::native::SeriesPack;

/// A rule of a file, with what it means.
pub(crate) struct Case {
    pub(crate) file: String,
    pub(crate) rule: Rule,
    pub(crate) series: Series,
}

/// Every file's first rule.
pub(crate) fn cases() -> Vec<Case> {
    let folder = FilePath::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/correlations");
    let files = std::fs::read_dir(&folder).expect("the folder of the rules");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    files.iter().map(|file| case(file)).collect()
}

fn case(file: &FilePath) -> Case {
    let text = std::fs::read_to_string(file).expect("a file that can be read");
    let name = file
        .file_stem()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    let loaded = load(&Source::new(name.clone(), text));
    let table = LogsourceTable::parse(verdict_targets::LOGSOURCES).expect("the bundled table");
    let placeholders = BTreeMap::new();
    let inputs = Inputs {
        logsources: Some(&table),
        placeholders: &placeholders,
        schema: None,
    };
    let among = Among {
        file: &loaded.rules,
        ..Among::default()
    };
    let rule = loaded.rules.first().expect("a rule").clone();
    let compiled = compile_among(&rule, &inputs, &among);
    let Meaning::Series(series) = compiled.meaning else {
        panic!(
            "{name}: {:?} {:?}",
            loaded.diagnostics, compiled.diagnostics
        );
    };
    Case {
        file: name,
        rule,
        series: *series,
    }
}

fn by_oracle(series: &Series, stream: &[Event]) -> Vec<Match> {
    SeriesOracle::new(series).matches(stream)
}

fn by_native(series: &Series, stream: &[Event]) -> Vec<Match> {
    let mut found = Vec::new();
    SeriesPack::new([series]).scan(stream, &mut |one| found.push(one.events));
    found
}

/// The streams of a rule, with what its author expects.
fn streams(rule: &Rule) -> impl Iterator<Item = (&str, Vec<Event>, &Expected)> {
    rule.fixtures.iter().map(|fixture| {
        let events = fixture.events.iter().map(|event| event.value.clone());
        (
            fixture.name.value.as_str(),
            events.collect(),
            &fixture.expected,
        )
    })
}

#[test]
fn every_stream_is_what_its_author_says() {
    let mut faults = Vec::new();
    for case in cases() {
        let mut both = [false, false];
        for (name, stream, expected) in streams(&case.rule) {
            let oracle = by_oracle(&case.series, &stream);
            both[usize::from(!oracle.is_empty())] = true;
            let right = match expected {
                Expected::Match(matches) => *matches != oracle.is_empty(),
                Expected::Groups(groups) => *groups == oracle,
            };
            if !right {
                faults.push(format!("{}, {name}: {expected:?}, {oracle:?}", case.file));
            }
            let native = by_native(&case.series, &stream);
            if native != oracle {
                faults.push(format!("{}, {name}: native {native:?}", case.file));
            }
        }
        if both != [true, true] {
            faults.push(format!("{}: streams of one verdict only", case.file));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The windows of an engine's rows against the oracle's, for each stream that rows can hold.
fn agrees(judge: &Judge) -> Vec<String> {
    let mut faults = Vec::new();
    for case in cases() {
        let Some(query) = judge.query(&case, &mut faults) else {
            continue;
        };
        for (name, stream, _) in streams(&case.rule) {
            let wanted: Vec<Window> =
                judges::windows(&case.series, &stream, &by_oracle(&case.series, &stream));
            match query(&stream) {
                Ok(found) if found == wanted => {}
                Ok(found) => faults.push(format!(
                    "{}, {name}: wanted {wanted:?}, found {found:?}",
                    case.file
                )),
                Err(reason) => faults.push(format!("{}, {name}: {reason}", case.file)),
            }
        }
    }
    faults
}

#[test]
fn kusto_finds_the_same_windows() {
    let faults = agrees(&judges::KQL);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn splunk_finds_the_same_windows() {
    let faults = agrees(&judges::SPL);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn elasticsearch_finds_the_same_windows() {
    let faults = agrees(&judges::ESQL);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
