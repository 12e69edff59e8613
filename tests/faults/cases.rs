//! Rules of our own that use what no pack has a use for: the cases of `docs/semantics.md`, as files that the command reads.

use super::case::File;
use super::tables::root;
use serde_yaml::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The rules that the cases of several events speak of.
const LETTERS: [(&str, &str); 4] = [
    ("a", "{product: test, category: x}"),
    ("b", "{product: test}"),
    ("c", "{product: test}"),
    ("d", "{product: test}"),
];

/// Writes them below a folder; a folder of each file of cases.
pub(crate) fn write(place: &Path) -> Vec<PathBuf> {
    let mut written = vec![
        root().join("tests/faults/more"),
        series(&place.join("series")),
    ];
    for file in sorted(&root().join("tests/semantics")) {
        let name = file.file_stem().expect("a name");
        let folder = place.join(name);
        let text = fs::read_to_string(&file).expect("cases");
        single(&folder, &File::read(&text).expect("cases"));
        written.push(folder);
    }
    written
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of cases");
    let files = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|ending| ending == "yml"))
        .collect();
    files.sort();
    files
}

fn put(folder: &Path, number: usize, text: &str) {
    let rules = folder.join("rules");
    fs::create_dir_all(&rules).expect("a folder");
    fs::write(rules.join(format!("{number:04}.yml")), text).expect("written");
}

/// The rules over single events of a file.
fn single(folder: &Path, file: &File) {
    fs::create_dir_all(folder).expect("a folder");
    if let Some(schema) = &file.schema {
        fs::write(folder.join("schema.json"), schema).expect("written");
    }
    for (number, rule) in file.rules().iter().enumerate() {
        if !rule.case.is_refused() {
            put(folder, number, &rule.file(number));
        }
    }
}

/// The rules over several events.
fn series(folder: &Path) -> PathBuf {
    let letters: String = LETTERS
        .iter()
        .map(|(letter, source)| {
            format!(
                "---\ntitle: {letter}\nname: {letter}\nlogsource: {source}\ndetection: {{s: {{s: {letter}}}, condition: s}}\n"
            )
        })
        .collect();
    let mut number = 0;
    for file in sorted(&root().join("tests/series")) {
        let text = fs::read_to_string(&file).expect("cases");
        let cases: Vec<Value> = serde_yaml::from_str(&text).expect("cases");
        for case in &cases {
            number += 1;
            let text = |key: &str| case.get(key).and_then(Value::as_str);
            match (text("refused"), text("eql"), text("sigma")) {
                (None, Some(query), _) => put(folder, number, &eql(number, query)),
                (None, None, Some(rules)) => {
                    put(folder, number, &format!("{}\n{letters}", rules.trim_end()));
                }
                (Some(_), ..) | (None, None, None) => {}
            }
        }
    }
    folder.to_owned()
}

fn eql(number: usize, query: &str) -> String {
    format!(
        "id: 5a1e1f0b-0000-4000-8000-{number:012}\nname: R{number}\ndescription: R.\nstatus: test\nlanguage: eql\nseverity: low\n\
         risk_score: 1\nquery: {}\nauthors: [Nobody]\nlicense: Apache-2.0\nversion: 1\n",
        serde_json::Value::from(query)
    )
}
