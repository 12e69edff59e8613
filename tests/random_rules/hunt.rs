//! Examines many random rules at once, then shrinks those on which somebody disagrees.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

/// How many rules a test makes, unless asked for another number.
const RULES: usize = 96;
/// How many failing rules are shrunk and shown.
const SHOWN: usize = 3;
/// How many steps shrinking one rule may take.
const STEPS: usize = 300;
/// Where the text of a rule has its id.
pub(crate) const ID: &str = "@ID@";

/// Makes rules and fails with the smallest ones that are not agreed on.
pub(crate) fn hunt(name: &str, rules: impl Strategy<Value = String>, targets: &[&str]) {
    let mut runner = runner(name);
    let mut trees: Vec<_> = (0..asked("VERDICT_RANDOM_RULES").unwrap_or(RULES))
        .map(|_| rules.new_tree(&mut runner).expect("a rule"))
        .collect();
    let texts: Vec<String> = trees.iter().map(ValueTree::current).collect();
    if let Some(folder) = std::env::var_os("VERDICT_RANDOM_FOLDER") {
        write(&texts, &Path::new(&folder).join(name));
        return;
    }
    let complaints = examine(&texts, targets);
    let mut told = String::new();
    for at in complaints
        .keys()
        .take(asked("VERDICT_RANDOM_SHOWN").unwrap_or(SHOWN))
    {
        let tree = trees.get_mut(*at).expect("the rule");
        let (text, complaint) = shrunk(tree, targets);
        let _ = writeln!(told, "{complaint}\n{text}\n");
    }
    assert!(
        complaints.is_empty(),
        "{} of {} rules:\n{told}",
        complaints.len(),
        texts.len()
    );
}

fn asked(variable: &str) -> Option<usize> {
    std::env::var(variable).ok()?.parse().ok()
}

/// The same rules in every run, unless another seed is asked for.
fn runner(name: &str) -> TestRunner {
    let mut seed = [0; 32];
    let asked = asked("VERDICT_RANDOM_SEED").unwrap_or(0).to_le_bytes();
    for (into, from) in seed.iter_mut().zip(asked.iter().chain(name.as_bytes())) {
        *into = *from;
    }
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// The smallest rule that somebody still complains about, with the complaint.
fn shrunk(tree: &mut impl ValueTree<Value = String>, targets: &[&str]) -> (String, String) {
    let complaint = |text: &str| examine(&[text.to_owned()], targets).remove(&0);
    let mut best = tree.current();
    let mut why = complaint(&best).unwrap_or_else(|| "only among others".to_owned());
    if !tree.simplify() {
        return (best, why);
    }
    for _ in 0..STEPS {
        let text = tree.current();
        let go_on = if let Some(found) = complaint(&text) {
            (best, why) = (text, found);
            tree.simplify()
        } else {
            tree.complicate()
        };
        if !go_on {
            break;
        }
    }
    (best, why)
}

/// What is said against each rule, by its place; nothing against most.
fn examine(texts: &[String], targets: &[&str]) -> BTreeMap<usize, String> {
    let folder = tempfile::tempdir().expect("a folder");
    write(texts, folder.path());
    let asked = std::env::var("VERDICT_RANDOM_TARGETS").unwrap_or_else(|_| targets.join(","));
    let targets = asked.split(',').filter(|name| !name.is_empty());
    let output = Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(["test", "--format", "json", "--no-keep"])
        .args(targets.flat_map(|name| ["--target", name]))
        .arg(folder.path())
        .output()
        .expect("a run");
    let (out, errors) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.code().is_some_and(|code| code < 3),
        "crashed: {errors}\n{}",
        texts.join("\n---\n")
    );
    let mut found = refused(&errors, folder.path());
    for line in out.lines().filter(|line| line.contains("\"disagree\"")) {
        let (_, place) = line.split_once("-8000-").expect("an id");
        let place: String = place.chars().take_while(char::is_ascii_digit).collect();
        let told = found.entry(place.parse().expect("a place")).or_default();
        let _ = writeln!(told, "{line}");
    }
    found
}

fn write(texts: &[String], folder: &Path) {
    fs::create_dir_all(folder).expect("a folder");
    for (at, text) in texts.iter().enumerate() {
        let id = format!("5a1e1f0a-0000-4000-8000-{at:012}");
        let file = folder.join(format!("{at:012}.yml"));
        fs::write(file, text.replace(ID, &id)).expect("a written rule");
    }
}

/// Rules that do not compile. The strategies make valid ones only, so that is a fault of one side.
fn refused(errors: &str, folder: &Path) -> BTreeMap<usize, String> {
    let mut found: BTreeMap<usize, String> = BTreeMap::new();
    let prefix = format!("{}/", folder.display());
    let diagnostics = errors.lines().filter_map(|line| {
        serde_json::from_str::<serde_json::Value>(line)
            .ok()
            .filter(|diagnostic| diagnostic.get("severity").is_some_and(|s| s == "error"))
    });
    for diagnostic in diagnostics {
        let text = diagnostic.to_string();
        if let Some((_, place)) = text.split_once(&prefix) {
            let place: String = place.chars().take_while(char::is_ascii_digit).collect();
            found
                .entry(place.parse().expect("a place"))
                .or_default()
                .push_str(&text);
        }
    }
    found
}
