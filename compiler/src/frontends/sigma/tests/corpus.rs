//! A folder of rules, named by `SIGMA_RULES`: what lowers, what does not and why, what the checks find, and how long it takes.

use super::{compiled, table};
use crate::rule::yaml;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

fn files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "yml") {
            into.push(path);
        }
    }
}

#[test]
#[ignore = "needs a folder of rules in SIGMA_RULES"]
fn corpus() {
    let folder = std::env::var("SIGMA_RULES").expect("SIGMA_RULES");
    let mut paths = Vec::new();
    files(Path::new(&folder), &mut paths);
    paths.sort();
    let table = table();
    let mut codes: BTreeMap<(bool, bool, &str), (usize, usize)> = BTreeMap::new();
    let (mut known, mut slowest) = (0, (0, PathBuf::new()));
    let (mut checks, mut slowest_check) = (std::time::Duration::ZERO, (0, 0, PathBuf::new()));
    for path in &paths {
        let text = std::fs::read_to_string(path).expect("text");
        let rules = yaml::documents(&text).expect("YAML");
        let start = Instant::now();
        let (ir, found) = compiled(rules.first().expect("a rule"), &table);
        slowest = slowest.max((start.elapsed().as_micros(), path.clone()));
        let start = Instant::now();
        let again = ir.as_ref().map_or(0, |ir| crate::check::check(ir).len());
        checks += start.elapsed();
        slowest_check = slowest_check.max((start.elapsed().as_micros(), again, path.clone()));
        known += usize::from(ir.is_some());
        let old = path
            .components()
            .any(|part| part.as_os_str() == "unsupported");
        if old && ir.is_some() {
            println!("lowered though old: {}", path.display());
        }
        let mut seen = std::collections::BTreeSet::new();
        for finding in &found {
            let count = codes
                .entry((old, finding.is_error(), finding.code.id))
                .or_default();
            count.0 += 1;
            count.1 += usize::from(seen.insert(finding.code.id));
            if (finding.is_error() && !old)
                || std::env::var("SIGMA_CODE").is_ok_and(|code| code == finding.code.id)
            {
                let place = text
                    .get(finding.span.start..finding.span.end)
                    .unwrap_or("?");
                println!(
                    "{}: {} [{place}] {} ({}) {:?}",
                    path.display(),
                    finding.code,
                    finding.message,
                    finding.reason,
                    finding
                        .related
                        .iter()
                        .map(|(span, _)| text.get(span.start..span.end))
                        .collect::<Vec<_>>()
                );
            }
        }
    }
    println!("checks {checks:?} in all; slowest {slowest_check:?}");
    println!(
        "{} files, {known} lowered; slowest {slowest:?}",
        paths.len()
    );
    for ((old, error, code), (findings, rules)) in codes {
        println!("old={old} error={error} {code}: {findings} in {rules} rules");
    }
}
