//! The generated crate: one crate of all cases and of all shapes of random streams, built, and put the same streams.

use crate::random::{EQL, SIGMA, correlated, event, schema, streams};
use crate::{Compiled, by_oracle, cases, eql, events, sigma};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value as Json;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use verdict_compiler::ir::Series;
use verdict_compiler::rule::Body;
use verdict_compiler::{Refusal, Rule, Span};
use verdict_harness::Match;
use verdict_targets::rust::{self, Means, Member, package};

/// A rule, and what it finds in streams.
struct Case {
    name: String,
    series: Box<Series>,
    streams: Vec<(Vec<Json>, Vec<Match>)>,
}

fn decided() -> Vec<Case> {
    let cases = cases::taken().into_iter();
    let cases = cases.filter_map(|case| match case.compiled {
        Compiled::Event(_) => None,
        Compiled::Series(series) => Some(Case {
            name: case.name,
            series,
            streams: vec![(case.stream, case.wanted)],
        }),
    });
    cases.collect()
}

/// A shape with random streams, and what the oracle finds in them.
fn random(name: &str, compiled: Compiled, unit: i64) -> Case {
    let config = Config::default();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let strategy = prop::collection::vec(event(unit), 0..24);
    let streams: Vec<(Vec<Json>, Vec<Match>)> = (0..streams())
        .map(|_| {
            let tree = strategy.new_tree(&mut runner).expect("a stream");
            let stream = tree.current();
            let found = by_oracle(&compiled, &events(&stream));
            (stream, found)
        })
        .collect();
    let Compiled::Series(series) = compiled else {
        panic!("{name} is about single events");
    };
    assert!(streams.iter().any(|(_, found)| !found.is_empty()), "{name}");
    Case {
        name: name.to_owned(),
        series,
        streams,
    }
}

fn shapes() -> Vec<Case> {
    let schema = schema(true);
    let sequences = EQL.iter().map(|query| {
        let compiled = eql(query, Some(&schema)).expect("a sequence");
        random(query, compiled, 1)
    });
    let correlations = SIGMA.iter().map(|section| {
        let compiled = sigma(&correlated(section)).expect("a correlation");
        random(section, compiled, 1000)
    });
    sequences.chain(correlations).collect()
}

fn rule(at: usize) -> Rule {
    let body = Body::Opaque(Refusal {
        code: verdict_compiler::codes::target::LANGUAGE,
        reason: String::new(),
        span: Span::default(),
    });
    let id = format!("00000000-0000-4000-8000-{at:012}");
    Rule::new(id, format!("Case {at}"), body)
}

/// How the plan of each shape looks.
#[test]
fn plans() {
    let mut all = String::new();
    for case in shapes() {
        let text = rust::plan(&rule(0), &case.series).text.expect("a text");
        let plan = text.lines().skip_while(|line| line.starts_with("///"));
        let plan: Vec<&str> = plan.take_while(|line| !line.is_empty()).collect();
        all.extend(["// ", &case.name, "\n", &plan.join("\n"), "\n\n"]);
    }
    insta::assert_snapshot!(all);
}

/// The judge of a crate of these rules, built in a folder.
fn built(folder: &Path, cases: &[Case]) -> PathBuf {
    let rules: Vec<(Rule, String)> = (0..cases.len())
        .map(|at| (rule(at), format!("case_{at}.yml")))
        .collect();
    let members: Vec<Member<'_>> = rules
        .iter()
        .zip(cases)
        .map(|((rule, below), case)| Member {
            rule,
            means: Means::Series(&case.series),
            below,
        })
        .collect();
    let mut files = Vec::new();
    for (path, text) in package(&members).files {
        files.push((format!("rust/{path}"), text));
    }
    for (path, text) in [
        (
            "judge/Cargo.toml",
            include_str!("../../cli/live/judge/Cargo.toml.txt"),
        ),
        (
            "judge/src/main.rs",
            include_str!("../../cli/live/judge/main.rs"),
        ),
    ] {
        files.push((path.to_owned(), text.to_owned()));
    }
    for (path, text) in files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }
    formatted(&folder.join("rust"));
    let output = Command::new(env!("CARGO"))
        .args(["build", "--offline", "--target-dir"])
        .arg(folder.join("target"))
        .env_remove("RUSTFLAGS")
        .current_dir(folder.join("judge"))
        .output()
        .expect("cargo");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(!told.contains("warning"), "{told}");
    let name = format!("verdict-judge{}", std::env::consts::EXE_SUFFIX);
    folder.join("target/debug").join(name)
}

/// Nothing to be changed, if there is a rustfmt to ask.
fn formatted(folder: &Path) {
    let asked = Command::new("rustfmt").arg("--version").output();
    if asked.is_ok_and(|asked| asked.status.success()) {
        let output = Command::new(env!("CARGO"))
            .args(["fmt", "--check"])
            .current_dir(folder)
            .output()
            .expect("cargo fmt");
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{told}");
    }
}

/// The program at work.
struct Program {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Program {
    fn start(path: &Path) -> Self {
        let mut child = Command::new(path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a process");
        let input = child.stdin.take().expect("its input");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        Self {
            child,
            input,
            output,
        }
    }

    fn ask(&mut self, place: usize, stream: &[Json]) -> Vec<Match> {
        let mut question = format!("series {place} {}\n", stream.len());
        for event in stream {
            question.push_str(&event.to_string());
            question.push('\n');
        }
        self.input
            .write_all(question.as_bytes())
            .expect("a question");
        self.input.flush().expect("a question");
        let mut answer = String::new();
        self.output.read_line(&mut answer).expect("an answer");
        let slot = |word: &str| (word != "-").then(|| word.parse().expect("a place"));
        let words = answer.split_whitespace();
        words
            .map(|word| word.split(',').map(slot).collect())
            .collect()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has nothing to save.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_generated_crate_finds_the_same() {
    let cases: Vec<Case> = decided().into_iter().chain(shapes()).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let mut program = Program::start(&built(folder.path(), &cases));
    let mut wrong = Vec::new();
    let mut matches = 0;
    for (place, case) in cases.iter().enumerate() {
        for (stream, wanted) in &case.streams {
            let found = program.ask(place, stream);
            matches += found.len();
            if found != *wanted {
                let stream: Vec<String> = stream.iter().map(ToString::to_string).collect();
                wrong.push(format!(
                    "{}: {found:?}, not {wanted:?}\n{}",
                    case.name,
                    stream.join("\n")
                ));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    assert!(
        cases.len() > 80 && matches > cases.len(),
        "{} cases, {matches} matches",
        cases.len()
    );
}
