//! The same input gives the same bytes: in every run, with one thread or two, in every form; and a change to one rule moves the events of no other.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Packs with single events and correlations, EQL and Sigma.
const PACKS: &[&str] = &["packs/network", "packs/identity"];

/// Rules over several events.
const SERIES: &[&str] = &[
    "packs/phrasebook/rules/sigma/correlation",
    "packs/phrasebook/rules/eql/sequence",
];

/// Runs the binary at the top of the project; its exit code and standard output.
fn verdict(arguments: &[&str]) -> (Option<i32>, Vec<u8>) {
    let output = Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("NO_COLOR", "1")
        .output()
        .expect("a run");
    let code = output.status.code();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(code.is_some_and(|code| code < 2), "{told}");
    (code, output.stdout)
}

/// Every file below a folder, by its path there.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(at).expect("a folder") {
            let path = entry.expect("a file").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let below = path.strip_prefix(folder).expect("below").to_owned();
                found.insert(below, fs::read(path).expect("read"));
            }
        }
    }
    found
}

/// Runs a command thrice, once with one thread and twice with two, each with a folder of its own for `{out}`: what it prints and what it writes is the same.
fn check(arguments: &[&str]) {
    let run = |jobs: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("out");
        let out = out.to_str().expect("a path");
        let arguments: Vec<String> = arguments.iter().map(|a| a.replace("{out}", out)).collect();
        let mut arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        arguments.extend(["--jobs", jobs]);
        let (code, told) = verdict(&arguments);
        let told = String::from_utf8(told).expect("text").replace(out, "{out}");
        (code, told, files(folder.path()))
    };
    let first = run("1");
    assert!(
        first.1.len() + first.2.values().map(Vec::len).sum::<usize>() > 200,
        "{arguments:?} says next to nothing: {first:?}"
    );
    for jobs in ["2", "2"] {
        let other = run(jobs);
        // Not `assert_eq`, which would print both whole.
        assert!(first.0 == other.0, "{arguments:?}: another exit code");
        assert!(first.1 == other.1, "{arguments:?}: other output");
        assert!(first.2 == other.2, "{arguments:?}: other files");
    }
}

#[test]
fn test_in_every_form() {
    let whole = ["--strength", PACKS[0], PACKS[1]];
    check(
        &[
            &[
                "test",
                "--no-keep",
                "--target",
                "native",
                "--target",
                "kql:raw",
            ][..],
            &whole,
        ]
        .concat(),
    );
    for form in ["json", "github", "sarif", "junit"] {
        // `github`, `sarif` and `junit` tell of findings, so some pairs are denied.
        let mut arguments = vec!["test", "--no-keep", "--format", form, "--deny", "V0970"];
        for target in ["native", "kql:defender", "esql:ecs", "spl:raw", "eql:raw"] {
            arguments.extend(["--target", target]);
        }
        if form == "json" {
            arguments.extend(["--strength", "--report", "{out}"]);
        }
        arguments.push("packs/network/rules/dns");
        arguments.push("packs/network/rules/firewall");
        arguments.extend(SERIES);
        check(&arguments);
    }
}

#[test]
fn stored_events() {
    // `gen` has one thread.
    let run = || verdict(&["gen", "--stored", "packs/network/rules/dns", PACKS[1]]);
    let first = run();
    assert!(first.1.len() > 200);
    assert!(first == run(), "other events");
}

#[test]
fn pages() {
    check(&["docs", "packs/network", "--out", "{out}"]);
}

/// A folder as `corpus` wants it, with rules of our own in the archives.
fn corpus(folder: &Path) {
    let mut sigma = Vec::new();
    let mut elastic = Vec::new();
    for (name, bytes) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(PACKS[0])) {
        let rule = name.starts_with("rules") && name.extension().is_some_and(|e| e == "yml");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if rule && text.contains("\nlanguage: eql") {
            elastic.push((name, text));
        } else if rule {
            sigma.push((name, text));
        }
    }
    assert!(!sigma.is_empty() && !elastic.is_empty(), "both languages");
    let packed = [
        ("sigma/sigma_rules", &sigma),
        ("elastic/elastic_rules", &elastic),
        ("elastic/elastic_endpoint_behavior", &elastic),
    ];
    for (archive, rules) in packed {
        let mut tar = tar::Builder::new(Vec::new());
        for (name, text) in rules {
            let mut header = tar::Header::new_gnu();
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, name, text.as_bytes()).unwrap();
        }
        let tar = tar.into_inner().expect("packed");
        let level = ruzstd::encoding::CompressionLevel::Fastest;
        let packed = ruzstd::encoding::compress_to_vec(&tar[..], level);
        let file = folder.join(format!("corpora/{archive}.tar.zst"));
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, packed).expect("written");
    }
}

#[test]
fn corpus_and_its_page() {
    let folder = tempfile::tempdir().expect("a folder");
    corpus(folder.path());
    let folder = folder.path().to_str().expect("a path");
    // A part of the rules alone, so that the suites are left out that are not ours.
    check(&[
        "corpus",
        folder,
        "--only",
        ".yml",
        "--strength",
        "--status",
        "{out}/status.md",
    ]);
}

/// The events of each rule of a folder, as `gen` prints them.
fn events(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let (_, out) = verdict(&["gen", folder.to_str().expect("a path")]);
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in String::from_utf8(out).expect("text").lines() {
        let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let rule = event.get("rule").and_then(|rule| rule.as_str());
        let lines = found.entry(rule.expect("a rule").to_owned()).or_default();
        lines.push(line.to_owned());
    }
    found
}

#[test]
fn a_change_moves_no_other_rule() {
    let folder = tempfile::tempdir().expect("a folder");
    let rule = |number: usize, name: &str, value: &str| {
        format!(
            "title: {name}\nid: 5a1e1f0a-0000-4000-8000-{number:012}\nstatus: test\nlevel: low\nlogsource: {{product: none}}\n\
             detection:\n  s:\n    A|contains: {value}\n    B: [k, l]\n  condition: s\n"
        )
    };
    let id = |number: usize| format!("5a1e1f0a-0000-4000-8000-{number:012}");
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("written");
    };
    write("b.yml", &rule(1, "One", "one"));
    write(
        "c.yml",
        &format!(
            "{}---\n{}",
            rule(2, "Two", "two"),
            rule(3, "Three", "three")
        ),
    );
    let before = events(folder.path());
    assert_eq!(before.len(), 3);
    let moved = || -> BTreeSet<String> {
        let now = events(folder.path());
        let differ = before
            .iter()
            .filter(|(id, lines)| now.get(*id) != Some(*lines));
        differ.map(|(id, _)| id.clone()).collect()
    };
    // A new rule in front of all, another document in front of a file's.
    write("a.yml", &rule(4, "Four", "four"));
    write(
        "c.yml",
        &[
            rule(5, "Five", "five"),
            rule(2, "Two", "two"),
            rule(3, "Three", "three"),
        ]
        .join("---\n"),
    );
    assert_eq!(moved(), BTreeSet::new());
    // A change to a rule moves its own events; one to its name moves none.
    write("b.yml", &rule(1, "One", "ones"));
    assert_eq!(moved(), BTreeSet::from([id(1)]));
    write("b.yml", &rule(1, "First", "one"));
    assert_eq!(moved(), BTreeSet::new());
    // The same meaning has the same events by any id.
    write("d.yml", &rule(6, "Six", "one"));
    let now = events(folder.path());
    let bare = |number: usize| {
        let lines = now.get(&id(number)).expect("its events").iter();
        let bare: Vec<String> = lines.map(|line| line.replace(&id(number), "")).collect();
        bare
    };
    assert_eq!(bare(1), bare(6));
}
