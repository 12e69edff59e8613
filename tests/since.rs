//! `--since`: what a change in a repository concerns, in a repository made for it.
//!
//! A case is a change to the pack below and the rules that are tested then; each starts from the same commit.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A pack with a rule of each dependence: `one` is filtered, `two` has no company, `counting` counts `one`; `far` stands in another pack.
const FILES: &[(&str, &str)] = &[
    ("p/pack.yml", PACK),
    ("p/rules/one.yml", ONE),
    ("p/rules/two.yml", TWO),
    ("p/rules/counting.yml", COUNTING),
    ("p/rules/filter.yml", FILTER),
    ("p/profiles/own.yml", PROFILE),
    ("q/pack.yml", PACK),
    ("q/rules/far.yml", FAR),
];

const PACK: &str = "id: 5a1e1f0a-0000-4000-8000-00000000000a\nname: P\nversion: 1.0.0\nauthors: [a]\nlicense: x\ntargets: [native]\n";
const ONE: &str = "title: One\nid: 5a1e1f0a-0000-4000-8000-000000000001\nname: one\nstatus: test\nlevel: low\nlogsource: {product: none}\ndetection:\n  s:\n    A: x\n  condition: s\n";
const TWO: &str = "title: Two\nid: 5a1e1f0a-0000-4000-8000-000000000002\nstatus: test\nlevel: low\nlogsource: {product: other}\ndetection:\n  s:\n    A: y\n  condition: s\n";
const FAR: &str = "title: Far\nid: 5a1e1f0a-0000-4000-8000-000000000004\nstatus: test\nlevel: low\nlogsource: {product: none}\ndetection:\n  s:\n    A: z\n  condition: s\n";
const COUNTING: &str = "title: Counting\nid: 5a1e1f0a-0000-4000-8000-000000000003\nstatus: test\nlevel: low\ncorrelation:\n  type: event_count\n  rules: [one]\n  group-by: [B]\n  timespan: 5m\n  condition:\n    gte: 2\n";
const FILTER: &str = "title: Not the known\nid: 5a1e1f0a-0000-4000-8000-000000000005\nlogsource: {product: none}\nfilter:\n  rules: any\n  known:\n    B: k\n  condition: not known\n";
const PROFILE: &str = "target: kql\nprofile: own\ndescription: A table.\ntime: At\ntables:\n  T: {At: datetime, A: string, C: string}\nsources:\n  - name: t\n    logsource: {product: none}\n    from: T\n    fields: {A: A}\n";

fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org"])
        .args(["-c", "core.autocrlf=false", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("git runs");
    assert!(output.status.success(), "{output:?}");
}

fn write(folder: &Path, name: &str, text: &str) {
    let file = folder.join(name);
    fs::create_dir_all(file.parent().expect("a folder")).expect("made");
    fs::write(file, text).expect("written");
}

fn verdict(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("a run")
}

/// A repository with the pack, committed once.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in FILES {
        write(folder.path(), name, text);
    }
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-qm", "first"]);
    folder
}

/// The names of the rules that are tested after a change, in their order.
fn check(change: impl Fn(&Path), wanted: &[&str]) {
    let folder = repository();
    change(folder.path());
    let told = |place: &Path, paths: &[&str]| {
        let mut arguments = vec!["test", "--since", "HEAD", "--target", "native", "--no-keep"];
        arguments.extend(paths);
        let output = verdict(place, &arguments);
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let lines = String::from_utf8(output.stdout).expect("text");
        let named = lines.lines().filter_map(|line| line.strip_prefix("ok   "));
        let named = named.filter_map(|line| line.split(':').next());
        named.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(told(folder.path(), &["p", "q"]), wanted);
    // What is asked of git does not hang on the folder that one stands in, nor on how a path is written.
    assert_eq!(
        told(&folder.path().join("p"), &["../p/../p", "../q"]),
        wanted
    );
}

#[test]
fn nothing_changed() {
    check(|_| (), &[]);
}

#[test]
fn a_rule_of_its_own() {
    let changed = TWO.replace("A: y", "A: w");
    check(|at| write(at, "p/rules/two.yml", &changed), &["Two"]);
}

#[test]
fn a_rule_that_is_counted() {
    let changed = ONE.replace("A: x", "A: w");
    check(
        |at| write(at, "p/rules/one.yml", &changed),
        &["Counting", "One"],
    );
}

#[test]
fn a_new_rule_committed_or_ignored() {
    let new = TWO.replace("Two", "New").replace("0002", "0009");
    check(|at| write(at, "p/rules/new.yml", &new), &["New"]);
    check(
        |at| {
            write(at, "p/rules/new.yml", &new);
            write(at, ".gitignore", "new.yml\n");
        },
        &["New"],
    );
}

#[test]
fn a_filter_now_and_before() {
    let changed = FILTER.replace("B: k", "B: other");
    check(
        |at| write(at, "p/rules/filter.yml", &changed),
        &["Counting", "One"],
    );
    // It applies to nothing any more.
    let elsewhere = FILTER.replace("product: none", "product: elsewhere");
    check(
        |at| write(at, "p/rules/filter.yml", &elsewhere),
        &["Counting", "One"],
    );
    check(
        |at| fs::remove_file(at.join("p/rules/filter.yml")).expect("removed"),
        &["Counting", "One"],
    );
    check(
        |at| git(at, &["mv", "p/rules/filter.yml", "q/rules/filter.yml"]),
        &["Counting", "One", "Far"],
    );
}

#[test]
fn what_a_pack_holds() {
    let all = &["Counting", "One", "Two"];
    let changed = PACK.replace("1.0.0", "1.0.1");
    check(|at| write(at, "p/pack.yml", &changed), all);
    let mapped = PROFILE.replace("{A: A}", "{A: C}");
    check(|at| write(at, "p/profiles/own.yml", &mapped), all);
    check(
        |at| fs::remove_file(at.join("p/profiles/own.yml")).expect("removed"),
        all,
    );
    let kept = "p/counterexamples/5a1e1f0a-0000-4000-8000-000000000002.ndjson";
    check(
        |at| write(at, kept, "{\"event\": {\"A\": \"y\"}}\n"),
        &["Two"],
    );
    // A pack inside the pack takes its rules out of it.
    check(|at| write(at, "q/rules/pack.yml", PACK), &["Far"]);
}

/// What is told of the rules that are left out, and that an error of theirs does not count.
#[test]
fn check_tells_of_what_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let broken = ONE.replace("A: x", "A|contians: x");
    write(folder.path(), "one.yml", &broken);
    write(folder.path(), "two.yml", TWO);
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-qm", "first"]);
    let run = |arguments: &[&str]| {
        let output = verdict(folder.path(), arguments);
        let told = String::from_utf8(output.stderr).expect("text");
        (output.status.code(), told)
    };
    assert_eq!(run(&["check", "."]).0, Some(2));
    let (exit, told) = run(&["check", "--since", "HEAD", "."]);
    assert_eq!(exit, Some(0), "{told}");
    assert!(told.contains("left out: unchanged since HEAD"), "{told}");
    write(folder.path(), "one.yml", &broken.replace(": x", ": w"));
    let (exit, told) = run(&["check", "--since", "HEAD", "."]);
    assert_eq!(exit, Some(2), "{told}");
    assert!(told.contains("`contians`"), "{told}");
}

/// The mapping is not of the pack, and every rule is read through it.
#[test]
fn a_mapping_concerns_every_rule() {
    let folder = repository();
    write(folder.path(), "map.json", "{\"fields\": {}}\n");
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-qm", "second"]);
    let tested = || {
        let output = verdict(
            folder.path(),
            &["check", "p", "--schema", "map.json", "--since", "HEAD"],
        );
        String::from_utf8(output.stderr).expect("text")
    };
    assert!(tested().contains("0 rules checked"), "{}", tested());
    let keyword = "{\"fields\": {\"A\": {\"type\": \"keyword\"}}}\n";
    write(folder.path(), "map.json", keyword);
    assert!(tested().contains("3 rules checked"), "{}", tested());
}

#[test]
fn wrong_usage_is_told() {
    let folder = repository();
    let outside = tempfile::tempdir().expect("a folder");
    write(outside.path(), "two.yml", TWO);
    let two = outside.path().join("two.yml");
    let two = two.to_str().expect("a path");
    let cases: &[(&[&str], &str)] = &[
        (&["p", "--since", "no-such"], "no revision `no-such`"),
        (&["p", "--since=--help"], "no revision `--help`"),
        (&["p", "--since", "HEAD:p"], "no revision `HEAD:p`"),
        (&[two, "--since", "HEAD"], "not a git repository"),
    ];
    for (arguments, wanted) in cases {
        for command in ["test", "check"] {
            let output = verdict(folder.path(), &[&[command], *arguments].concat());
            let told = String::from_utf8(output.stderr).expect("text");
            assert_eq!(output.status.code(), Some(3), "{told}");
            assert!(told.contains(wanted), "{told}");
        }
    }
    let output = Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(["test", "p", "--since", "HEAD"])
        .current_dir(folder.path())
        .env("PATH", "")
        .output()
        .expect("a run");
    let told = String::from_utf8(output.stderr).expect("text");
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(told.contains("`--since` needs git"), "{told}");
}
