//! What must never be, where Cargo alone cannot hold it (`docs/architecture.md`).

#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Every Rust file below a folder.
fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder)
            .expect("a folder")
            .map(|entry| entry.expect("an entry").path())
        {
            if entry.is_dir() && !entry.ends_with("target") {
                open.push(entry);
            } else if entry.extension().is_some_and(|ending| ending == "rs") {
                found.push(entry);
            }
        }
    }
    assert!(!found.is_empty(), "no Rust file below {folder}");
    found.sort();
    found
}

/// The code of a file without comments and without its test module.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("a text");
    let text = text
        .split("\n#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    let lines = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Nothing below a folder may hold any of these words.
fn check(folder: &str, except: &[&str], forbidden: &[&str]) {
    for file in rust_files(folder) {
        if except
            .iter()
            .any(|part| file.to_string_lossy().contains(part))
        {
            continue;
        }
        let code = code(&file);
        for word in forbidden {
            assert!(
                !code.contains(word),
                "{} holds `{word}`, which {folder} must not",
                file.display()
            );
        }
    }
}

/// The dependencies on crates of ours that a manifest names, build and test ones included.
fn ours(manifest: &str) -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(manifest))
        .expect("a manifest");
    let named = text.lines().filter(|line| line.starts_with("verdict-"));
    named
        .filter_map(|line| line.split(['.', ' ', '=']).next().map(str::to_owned))
        .collect()
}

#[test]
fn crates_depend_downwards_only() {
    assert_eq!(ours("compiler/event/Cargo.toml"), [] as [&str; 0]);
    assert_eq!(ours("compiler/Cargo.toml"), ["verdict-event"]);
    assert_eq!(
        ours("targets/Cargo.toml"),
        ["verdict-event", "verdict-faults", "verdict-compiler"]
    );
    assert_eq!(
        ours("harness/Cargo.toml"),
        ["verdict-event", "verdict-compiler"]
    );
    assert_eq!(
        ours("harness/engines/Cargo.toml"),
        ["verdict-event", "verdict-faults"]
    );
    assert_eq!(ours("harness/faults/Cargo.toml"), [] as [&str; 0]);
}

#[test]
fn front_ends_never_see_each_other() {
    check("compiler/src/frontends/eql", &[], &["frontends::sigma"]);
    check("compiler/src/frontends/sigma", &[], &["frontends::eql"]);
}

#[test]
fn engines_never_see_each_other() {
    let engines = ["eql", "esql", "kql", "sigma", "spl"];
    for engine in engines {
        let others: Vec<String> = engines
            .iter()
            .filter(|other| **other != engine)
            .map(|other| format!("crate::{other}::"))
            .collect();
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        let folder = format!("harness/engines/src/{engine}");
        if Path::new(env!("CARGO_MANIFEST_DIR")).join(&folder).exists() {
            check(&folder, &[], &others);
        }
    }
}

#[test]
fn targets_see_no_syntax_tree() {
    check(
        "targets/src",
        &[],
        &["frontends::", "eql::ast", "sigma::ast"],
    );
}

#[test]
fn only_the_registry_names_an_emitter_and_its_engine() {
    // Commands call engines (`query`) and the registry's rows; none names an emitter's module.
    check(
        "cli",
        &["registry.rs"],
        &["eql", "esql", "kql", "rust", "spl"]
            .map(|target| format!("verdict_targets::{target}::"))
            .each_ref()
            .map(String::as_str),
    );
}

#[test]
fn only_the_command_line_touches_the_world() {
    let world = [
        "std::fs",
        "std::env",
        "std::net::Tcp",
        "std::process",
        "std::time::",
        "println!",
        "eprintln!",
        "print!(",
        "stdout()",
        "stderr()",
    ];
    check("compiler/event/src", &["/tests.rs", "/tests/"], &world);
    check("compiler/src", &["/tests.rs", "/tests/"], &world);
    check("targets/src", &["/tests.rs", "/tests/"], &world);
    check("harness/src", &["/tests.rs", "/tests/"], &world);
    check("harness/engines/src", &["/tests.rs", "/tests/"], &world);
}

#[test]
fn rooms_are_small() {
    for folder in ["cli", "compiler", "targets", "harness"] {
        for file in rust_files(folder) {
            let lines = fs::read_to_string(&file).expect("a text").lines().count();
            assert!(
                lines <= 700,
                "{} has {lines} lines: split it by concept",
                file.display()
            );
            assert!(
                !file.ends_with("mod.rs"),
                "{}: name the file for its concept",
                file.display()
            );
        }
    }
}
