//! The command line as a person meets it.
//!
//! A case is one file in `tests/ui/`: lines `$ arguments` with the exit code in front of the next line (`? 2`), then `out: text` and `err: text` for what must be
//! in the output, `not: text` for what must not, then the input files, each after a line `--- name`.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Runs the binary in a folder.
fn run(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    // A command that reads no input may be gone before it is written.
    let _ = child
        .stdin
        .take()
        .expect("its input")
        .write_all(input.as_bytes());
    child.wait_with_output().expect("its output")
}

/// Splits a command line at blanks; double quotes keep them.
fn words(line: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => found.push(String::new()),
            other => found.last_mut().expect("a word").push(other),
        }
    }
    found
}

/// Checks one case file and tells every miss.
fn check(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("a case");
    let mut parts = text.split("\n--- ");
    let script = parts.next().unwrap_or_default();
    let folder = tempfile::tempdir().expect("a folder");
    for part in parts {
        let (name, content) = part.split_once('\n').expect("a name");
        let file = folder.path().join(name.trim());
        fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        fs::write(file, content).expect("written");
    }
    let mut missed = Vec::new();
    let mut last: Option<(i32, String, String)> = None;
    let name = path
        .file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    for line in script.lines() {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        let mut miss = |what: String| missed.push(format!("{name}: {what}"));
        match (kind, &last) {
            ("$", _) => {
                let arguments = words(rest);
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                let output = run(folder.path(), &arguments, "{\"A\": \"x\"}\n");
                let code = output.status.code().unwrap_or(-1);
                last = Some((
                    code,
                    String::from_utf8_lossy(&output.stdout).into_owned(),
                    String::from_utf8_lossy(&output.stderr).into_owned(),
                ));
            }
            ("?", Some((code, out, err))) => {
                if code.to_string() != rest.trim() {
                    miss(format!("exit {code}, not {rest}\n{out}{err}"));
                }
            }
            ("out:", Some((_, out, err))) => {
                if !out.contains(rest) {
                    miss(format!("stdout lacks {rest:?}\n{out}{err}"));
                }
            }
            ("err:", Some((_, _, err))) => {
                if !err.contains(rest) {
                    miss(format!("stderr lacks {rest:?}\n{err}"));
                }
            }
            ("not:", Some((_, out, err))) => {
                if out.contains(rest) || err.contains(rest) {
                    miss(format!("the output holds {rest:?}\n{out}{err}"));
                }
            }
            ("" | "#", _) => {}
            _ => miss(format!("a line of the case means nothing: {line:?}")),
        }
    }
    missed
}

#[test]
fn cases() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the cases")
        .map(|entry| entry.expect("a file").path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 8, "the cases are gone");
    let missed: Vec<String> = paths.iter().flat_map(|path| check(path)).collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

const HEAD: &str = "title: T\nid: 5a1e1f0a-0000-4000-8000-000000000001\nstatus: test\nlevel: low\nlogsource: {product: none}\ndetection:\n";

fn eql(query: &str) -> String {
    format!(
        "id: 5a1e1f0a-0000-4000-8000-000000000002\nname: R\nstatus: test\nlanguage: eql\nseverity: low\nrisk_score: 1\nquery: |\n  {query}\n\
         authors: [a]\nlicense: x\nversion: 1\n"
    )
}

/// Input that is too much of something: a coded diagnostic or an honest success, soon, and never a panic.
#[test]
fn hostile_input_is_told_not_suffered() {
    let deep = |open: &str, close: &str, inner: &str| {
        format!("{}{inner}{}", open.repeat(100_000), close.repeat(100_000))
    };
    let big = "a".repeat(10_000_000);
    let mut bomb = "a: &a [1,1,1,1,1,1,1,1,1,1]\n".to_owned();
    for (name, before) in [
        ("b", "a"),
        ("c", "b"),
        ("d", "c"),
        ("e", "d"),
        ("f", "e"),
        ("g", "f"),
    ] {
        let _ = writeln!(
            bomb,
            "{name}: &{name} [{}]",
            vec![format!("*{before}"); 10].join(",")
        );
    }
    let rules: Vec<(&str, String, &[i32])> = vec![
        (
            "sigma_big",
            format!("{HEAD}  s:\n    A|contains: '{big}'\n  condition: s\n"),
            &[0],
        ),
        (
            "sigma_deep",
            format!(
                "{HEAD}  s:\n    A: x\n  condition: {}\n",
                deep("(", ")", "s")
            ),
            &[2],
        ),
        (
            "yaml_deep",
            format!("{HEAD}  s: {}\n", deep("[", "]", "")),
            &[2],
        ),
        ("yaml_bomb", bomb, &[2]),
        (
            "eql_big",
            eql(&format!("process where a == \"{big}\"")),
            &[0],
        ),
        (
            "eql_deep",
            eql(&format!("process where {}", deep("(", ")", "true"))),
            &[2],
        ),
        (
            "eql_not",
            eql(&format!("process where {}true", "not ".repeat(100_000))),
            &[2],
        ),
        (
            "regex",
            format!(
                "{HEAD}  s:\n    A|re: '{}'\n  condition: s\n",
                deep("(", ")", "a")
            ),
            &[2],
        ),
        ("empty", String::new(), &[2]),
        (
            "nul",
            format!("{HEAD}  s:\n    A: \"x\\0y\"\n  condition: s\n"),
            &[0],
        ),
    ];
    for (name, text, allowed) in rules {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("rule.yml"), text).expect("written");
        let started = Instant::now();
        let output = run(folder.path(), &["check", "rule.yml"], "");
        let errors = String::from_utf8_lossy(&output.stderr);
        let shown: String = errors.chars().take(600).collect();
        let code = output.status.code().unwrap_or(-1);
        assert!(allowed.contains(&code), "{name}: exit {code}\n{shown}");
        assert!(
            code == 0 || errors.contains("error[V"),
            "{name}: no code\n{shown}"
        );
        assert!(
            errors.len() < 20_000,
            "{name}: {} bytes of diagnostics",
            errors.len()
        );
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "{name}: too slow"
        );
    }
}

/// The same of queries and events.
#[test]
fn hostile_queries_and_events_are_told() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("deep.ndjson"), "[".repeat(100_000)).expect("written");
    fs::write(folder.path().join("bytes.ndjson"), b"{\"a\": \"\xff\"}\n").expect("written");
    let parens = format!(
        "Events | where {}true{}",
        "(".repeat(10_000),
        ")".repeat(10_000)
    );
    let nots = format!("process where {}true", "not ".repeat(10_000));
    let searched = format!("{}A=x{}", "(".repeat(10_000), ")".repeat(10_000));
    for arguments in [
        vec!["query", "--language", "kql", "--query", &parens, "-"],
        vec!["query", "--language", "eql", "--query", &nots, "-"],
        vec![
            "query",
            "--language",
            "kql",
            "--query",
            "Events | where A contains 'x",
            "-",
        ],
        vec![
            "query",
            "--language",
            "eql",
            "--query",
            "process where a == \"x",
            "-",
        ],
        vec![
            "query",
            "--language",
            "eql",
            "--query",
            "any where nosuch == \"x\"",
            "-",
        ],
        vec!["query", "--language", "spl", "--query", &searched, "-"],
        vec!["query", "--language", "spl", "--query", "A=\"x", "-"],
        vec![
            "query",
            "--language",
            "spl",
            "--query",
            "* | where NOT B=1",
            "-",
        ],
        vec!["query", "--language", "sigma", "--query", "title: [", "-"],
        vec![
            "query",
            "--language",
            "eql",
            "--query",
            "any where true",
            "deep.ndjson",
        ],
        vec![
            "query",
            "--language",
            "eql",
            "--query",
            "any where true",
            "bytes.ndjson",
        ],
    ] {
        let output = run(folder.path(), &arguments, "{\"A\": \"x\"}\n");
        let errors = String::from_utf8_lossy(&output.stderr);
        let shown: String = errors.chars().take(600).collect();
        assert_eq!(
            output.status.code(),
            Some(2),
            "{:?}\n{shown}",
            arguments.last()
        );
        assert!(errors.contains("error[V"), "{shown}");
    }
}

/// What SARIF 2.1.0 requires of a log (sections 3.13, 3.14, 3.19, 3.27), and that every result names a rule and a file.
#[test]
fn sarif_has_its_shape() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a rule.yml"), "title: [\n").expect("written");
    for verb in ["check", "test"] {
        let output = run(
            folder.path(),
            &[verb, "a rule.yml", "--format", "sarif"],
            "",
        );
        assert_eq!(output.status.code(), Some(2));
        let log: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one document");
        assert_eq!(log["version"], "2.1.0");
        let runs = log["runs"].as_array().expect("runs");
        assert_eq!(runs.len(), 1);
        assert_eq!(runs[0]["tool"]["driver"]["name"], "verdict");
        let results = runs[0]["results"].as_array().expect("results");
        assert!(!results.is_empty());
        for result in results {
            assert!(result["message"]["text"].is_string() && result["ruleId"].is_string());
            let place = &result["locations"][0]["physicalLocation"];
            assert_eq!(place["artifactLocation"]["uri"], "a%20rule.yml");
            assert!(place["region"]["startLine"].as_u64() >= Some(1));
        }
    }
}

/// What stands beside a query, its request and its folder's schema, goes with it; what somebody changed stays.
#[test]
fn files_beside_a_query_go_with_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("written");
    };
    write(
        "s.yml",
        &eql(
            "sequence by host.id [process where process.name == \"a\"] [process where process.name == \"b\"]",
        ),
    );
    write("e.yml", &eql("process where process.name == \"a\""));
    let build = |rule: &str, target: &str| {
        let output = run(
            folder.path(),
            &["build", rule, "--target", target, "--out", "out"],
            "",
        );
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let stands = |name: &str| folder.path().join("out").join(name).exists();
    build("s.yml", "eql");
    assert!(stands("eql/raw/s.eql") && stands("eql/raw/s.search.json"));
    build("e.yml", "eql");
    assert!(stands("eql/raw/e.eql") && stands("eql/raw/schema.json"));
    assert!(!stands("eql/raw/s.eql") && !stands("eql/raw/s.search.json"));
    build("e.yml", "native");
    assert!(!stands("eql"), "an empty folder stays");
    build("s.yml", "eql");
    write("out/eql/raw/s.search.json", "{}");
    let told = build("e.yml", "native");
    assert!(told.contains("s.search.json: no longer written"), "{told}");
    assert!(stands("eql/raw/s.search.json") && !stands("eql/raw/schema.json"));
}
