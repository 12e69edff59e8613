//! Rules of our own that use what no pack has a use for: the cases of `docs/semantics.md`, as files that the command reads.

use super::case::File;
use super::tables::root;
use serde_yaml::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The rules that the cases of several events speak of.
const LETTERS: &str = include_str!("../series/letters.yml");

/// Writes them below a folder, and gives a folder for each file of cases. Rules are counted over all of them: the number is a part of a rule's id, and the
/// id decides its events.
pub(crate) fn write(place: &Path) -> Vec<PathBuf> {
    let mut written = vec![root().join("tests/faults/more")];
    let mut number = 0;
    for file in sorted(&root().join("tests/semantics")) {
        let folder = place.join(file.file_stem().expect("a name"));
        let text = fs::read_to_string(&file).expect("cases");
        let file = File::read(&text).expect("cases");
        fs::create_dir_all(&folder).expect("a folder");
        if let Some(schema) = &file.schema {
            fs::write(folder.join("schema.json"), schema).expect("written");
        }
        for rule in file.rules() {
            if !rule.case.is_refused() {
                number += 1;
                put(&folder, number, &rule.file(number));
            }
        }
        written.push(folder);
    }
    let folder = place.join("series");
    for name in ["time", "eql", "sigma", "filters"] {
        let file = root().join(format!("tests/series/{name}.yml"));
        let text = fs::read_to_string(&file).expect("cases");
        let cases: Vec<Value> = serde_yaml::from_str(&text).expect("cases");
        for case in &cases {
            let text = |key: &str| case.get(key).and_then(Value::as_str);
            let rule = match (text("refused"), text("eql"), text("sigma")) {
                (None, Some(query), _) => eql(number + 1, query),
                (None, None, Some(rules)) => format!("{}\n{LETTERS}", rules.trim_end()),
                (Some(_), ..) | (None, None, None) => continue,
            };
            number += 1;
            put(&folder, number, &rule);
        }
    }
    written.push(folder);
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
    fs::write(rules.join(format!("{number}.yml")), text).expect("written");
}

fn eql(number: usize, query: &str) -> String {
    format!(
        "id: 5a1e1f0a-0000-4000-8000-{number:012}\nname: R{number}\ndescription: R.\nstatus: test\nlanguage: eql\nseverity: low\n\
         risk_score: 1\nquery: {}\nauthors: [Nobody]\nlicense: Apache-2.0\nversion: 1\n",
        serde_json::Value::from(query)
    )
}
