//! The tables of mistakes, and the sites in the sources.

use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

/// Each language with sites, and its name.
pub(crate) const LANGUAGES: &[(&str, &str)] = &[
    ("kql", "Kusto"),
    ("esql", "ES|QL"),
    ("eql", "EQL"),
    ("spl", "Splunk"),
];

/// A row of a table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// `language/file/mistake`.
    pub(crate) site: String,
    /// What goes wrong.
    pub(crate) mistake: String,
    /// Its number among the mistakes of today's translators.
    pub(crate) known: Option<u32>,
    /// Why no rule shows it, where none does.
    #[cfg_attr(
        not(feature = "faults"),
        expect(dead_code, reason = "a run asks for it")
    )]
    pub(crate) survives: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    fault: Vec<Fault>,
}

/// A mistake of today's translators that no emitter has a place for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Without {
    /// Its number.
    pub(crate) known: u32,
    /// What goes wrong there.
    pub(crate) mistake: String,
    /// Why it cannot here.
    pub(crate) reason: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Placeless {
    without: Vec<Without>,
}

/// The mistakes of today's translators that have no site.
pub(crate) fn without() -> Vec<Without> {
    let text = fs::read_to_string(root().join("tests/faults/known.toml")).expect("a table");
    let table: Placeless = toml::from_str(&text).expect("a table");
    table.without
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The table of a language.
pub(crate) fn read(language: &str) -> Vec<Fault> {
    let path = root().join(format!("tests/faults/{language}.toml"));
    let text = fs::read_to_string(&path).expect("a table a language");
    let table: Table =
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    table.fault
}

/// Every site in the sources of an emitter, with its file below the repository.
pub(crate) fn sites(language: &str) -> Vec<(String, String)> {
    let sources = root().join("targets/src");
    let mut files = vec![sources.join(format!("{language}.rs"))];
    let mut open = vec![sources.join(language)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.iter().flat_map(asked).collect()
}

fn asked(file: &PathBuf) -> Vec<(String, String)> {
    let text = fs::read_to_string(file).expect("a source");
    let below = file.strip_prefix(root()).expect("below the root");
    let below = below.to_string_lossy().replace('\\', "/");
    let literals = text.split("verdict_faults::at(").skip(1).map(|rest| {
        let literal = rest.trim_start().strip_prefix('"').expect("a literal");
        let (site, _) = literal.split_once('"').expect("its end");
        (site.to_owned(), below.clone())
    });
    literals.collect()
}
