//! The crate of the starter pack, and one of rules over several events: written, laid out as rustfmt would have it, built without a warning, and run: it prints what `verdict scan` prints.
//!
//! Without cargo's cache of `regex` there is nothing to build with; building verdict has filled it.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn run(command: &mut Command) -> Output {
    let output = command.output().expect("a process");
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn verdict(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_verdict"));
    let output = run(command
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR")));
    String::from_utf8(output.stdout).expect("text")
}

/// Events that tell the pack's rules apart: those that the harness makes.
fn events() -> String {
    let lines = verdict(&["gen", "packs/starter"]);
    let event = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        line.get("event").expect("an event").to_string()
    };
    lines.lines().map(event).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_starter_pack_as_a_crate() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    verdict(&[
        "build",
        "packs/starter",
        "--target",
        "rust",
        "--out",
        &path("out"),
    ]);
    let manifest = fs::read_to_string(path("out/manifest.json")).expect("a manifest");
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    let entries = manifest
        .get("entries")
        .and_then(|entries| entries.as_array());
    for entry in entries.expect("entries") {
        let file = entry
            .get("path")
            .and_then(|path| path.as_str())
            .expect("a path");
        assert!(folder.path().join("out").join(file).is_file(), "{file}");
    }
    formatted(&folder.path().join("out/rust"));
    fs::write(path("events.ndjson"), events()).expect("written");
    let built = cargo(
        &folder.path().join("out/rust"),
        &["build", "--release", "--example", "scan"],
    );
    let told = String::from_utf8_lossy(&built.stderr);
    assert!(!told.contains("warning"), "{told}");
    let mut scan = vec!["run", "--release", "--quiet", "--example", "scan", "--"];
    let file = path("events.ndjson");
    scan.push(&file);
    let ours = cargo(&folder.path().join("out/rust"), &scan);
    let wanted = verdict(&["scan", "--rules", "packs/starter", "--", &file]);
    assert_eq!(
        wanted.lines().count(),
        12,
        "each rule matches some event of its own"
    );
    assert_eq!(String::from_utf8_lossy(&ours.stdout), wanted);
}

/// Two rules over several events, one of which has an event that must be missing.
const SERIES: [(&str, &str); 2] = [
    (
        "dropped.yml",
        r#"id: 5f5a2f6e-0c3c-4b8e-9b57-1f3f6d0f2a61
name: Program is written and started, and nobody looked at it
language: eql
severity: high
data: {schema: ecs}
authors: [Verdict]
query: |
  sequence by host.id with maxspan=1m
    [file where event.type == "creation" and file.extension : "exe"] by file.path
    ![process where process.name : "scanner.exe"] by process.args
    [process where event.type == "start"] by process.executable
"#,
    ),
    (
        "failures.yml",
        r"title: Failures again and again
id: 6e1c3a52-5d0e-4f3d-9a53-0c6a5b1f7d24
author: Verdict
correlation: {type: event_count, rules: [failure], group-by: [user], timespan: 10s, condition: {gte: 2}}
---
title: Failure
name: failure
logsource: {product: test}
detection: {s: {outcome: failure}, condition: s}
",
    ),
];

/// Not in the order of their time.
const STREAM: &str = r#"
{"@timestamp":"2026-11-25T08:00:09Z","event":{"category":"process","type":"start"},"host":{"id":"h"},"process":{"executable":"a.exe"}}
{"@timestamp":"2026-11-25T08:00:00Z","event":{"category":"file","type":"creation"},"host":{"id":"h"},"file":{"path":"a.exe","extension":"exe"}}
{"@timestamp":"2026-11-25T08:00:01Z","event":{"category":"file","type":"creation"},"host":{"id":"h"},"file":{"path":"b.exe","extension":"exe"}}
{"@timestamp":"2026-11-25T08:00:02Z","event":{"category":"process"},"host":{"id":"h"},"process":{"name":"Scanner.exe","args":["-q","b.exe"]}}
{"@timestamp":"2026-11-25T08:00:03Z","event":{"category":"process","type":"start"},"host":{"id":"h"},"process":{"executable":"b.exe"}}
{"@timestamp":1764057600000,"user":["ann","bob"],"outcome":"failure"}
{"@timestamp":1764057610000,"user":"bob","outcome":"Failure"}
{"@timestamp":1764057611000,"user":"ann","outcome":"failure"}
{"user":"ann","outcome":"failure"}
"#;

#[test]
fn rules_over_several_events_as_a_crate() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::create_dir(path("rules")).expect("a folder");
    for (name, text) in SERIES {
        fs::write(folder.path().join("rules").join(name), text).expect("written");
    }
    fs::write(path("events.ndjson"), STREAM.trim_start()).expect("written");
    let (rules, file) = (path("rules"), path("events.ndjson"));
    verdict(&["build", &rules, "--target", "rust", "--out", &path("out")]);
    let out = folder.path().join("out/rust");
    formatted(&out);
    let scan = ["run", "--release", "--example", "scan", "--", &file];
    let ours = cargo(&out, &scan);
    let told = String::from_utf8_lossy(&ours.stderr);
    assert!(!told.contains("warning"), "{told}");
    let wanted = verdict(&["scan", "--rules", &rules, "--", &file]);
    let events = |line: &str| line.split("\"events\":").nth(1).map(str::to_owned);
    let found: Vec<String> = wanted.lines().filter_map(events).collect();
    assert_eq!(found, ["[1,null,0]}", "[5,6]}"], "{wanted}");
    assert_eq!(String::from_utf8_lossy(&ours.stdout), wanted);
    cargo(&out, &["test", "--release", "--doc"]);
}

/// Without cargo nothing is known of the crate, and nothing is called green.
#[test]
fn without_cargo_the_pair_is_untested() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(["test", "packs/starter", "--target", "rust", "--no-keep"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("CARGO", folder.path().join("no-cargo"))
        .env("VERDICT_CACHE", folder.path().join("cache"))
        .output()
        .expect("a process");
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("rust untested"), "{told}");
    assert!(told.contains("rust: cannot run cargo"), "{told}");
}

/// Runs cargo in a crate, with the build folder that the harness uses, too: what is built once serves both.
fn cargo(folder: &Path, arguments: &[&str]) -> Output {
    let target = Path::new(env!("CARGO_BIN_EXE_verdict"))
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file())
        .expect("the build folder")
        .join("verdict-cache/target");
    let (verb, rest) = arguments.split_first().expect("a verb");
    let mut command = Command::new(env!("CARGO"));
    command
        .args([verb, "--offline", "--target-dir"])
        .arg(target)
        .args(rest)
        .env_remove("RUSTFLAGS")
        .current_dir(folder);
    run(&mut command)
}

/// Nothing to be changed, if there is a rustfmt to ask.
fn formatted(folder: &Path) {
    let asked = Command::new("rustfmt").arg("--version").output();
    if asked.is_ok_and(|asked| asked.status.success()) {
        run(Command::new(env!("CARGO"))
            .args(["fmt", "--check"])
            .current_dir(folder));
    }
}
