//! Examines many random rules at once, then shrinks those on which somebody disagrees.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
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
/// Where it has those of the rules that it counts.
pub(crate) const FIRST: &str = "@FIRST@";
pub(crate) const SECOND: &str = "@SECOND@";

/// Makes rules and fails with the smallest ones that are not agreed on.
pub(crate) fn hunt(name: &str, rules: impl Strategy<Value = String>, targets: &[&str]) {
    let mut runner = runner(name);
    let mut trees: Vec<_> = (0..number("VERDICT_RANDOM_RULES").unwrap_or(RULES))
        .map(|_| rules.new_tree(&mut runner).expect("a rule"))
        .collect();
    let texts: Vec<String> = trees.iter().map(ValueTree::current).collect();
    if let Some(folder) = std::env::var_os("VERDICT_RANDOM_FOLDER") {
        write(&texts, &Path::new(&folder).join(name));
        return;
    }
    let asked = std::env::var("VERDICT_RANDOM_TARGETS");
    let asked = asked.as_ref().map(|names| names.split(',').collect());
    let complaints = examine(&texts, &asked.unwrap_or_else(|_| targets.to_vec()));
    let mut told = String::new();
    let shown = number("VERDICT_RANDOM_SHOWN").unwrap_or(SHOWN);
    for (at, complaint) in complaints.iter().take(shown) {
        let tree = trees.get_mut(*at).expect("the rule");
        let _ = writeln!(told, "{}\n", shrunk(tree, complaint));
    }
    assert!(
        complaints.is_empty(),
        "{} of {} rules:\n{told}",
        complaints.len(),
        texts.len()
    );
}

fn number(variable: &str) -> Option<usize> {
    std::env::var(variable).ok()?.parse().ok()
}

/// The same rules in every run, unless another seed is asked for.
fn runner(name: &str) -> TestRunner {
    let mut seed = [0; 32];
    let asked = number("VERDICT_RANDOM_SEED").unwrap_or(0).to_le_bytes();
    for (into, from) in seed.iter_mut().zip(asked.iter().chain(name.as_bytes())) {
        *into = *from;
    }
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed))
}

/// The smallest rule that somebody still complains about, as a case for `tests/ui`. The harness has made the event that tells them apart the smallest one for the
/// rule, so of both together no smaller pair was found.
fn shrunk(tree: &mut impl ValueTree<Value = String>, complaint: &Complaint) -> String {
    // Who did not complain of the rule is not asked again: a crate is not built for each step.
    let mut complaining: Vec<&str> = complaint.targets.iter().map(String::as_str).collect();
    if complaining.is_empty() {
        // The rule's own engine or the front end, which are always asked; no name would mean everybody.
        complaining.push("native");
    }
    let again = |text: &str| examine(&[text.to_owned()], &complaining).remove(&0);
    let mut best = tree.current();
    let Some(mut why) = again(&best) else {
        return format!("only among others\n{}\n{best}", complaint.told);
    };
    if tree.simplify() {
        for _ in 0..STEPS {
            let text = tree.current();
            let go_on = if let Some(found) = again(&text) {
                (best, why) = (text, found);
                tree.simplify()
            } else {
                tree.complicate()
            };
            if !go_on {
                break;
            }
        }
    }
    case(&best, &why)
}

/// A case of `tests/ui`: a pack with the rule, and with the event where the harness looks first.
fn case(rule: &str, why: &Complaint) -> String {
    let id = "5a1e1f0a-0000-4000-8000-000000000000";
    let mut text = why
        .told
        .lines()
        .fold(String::new(), |text, line| text + "# " + line + "\n");
    text += "$ test p --no-keep";
    for target in &why.targets {
        let _ = write!(text, " --target {target}");
    }
    text += "\n? 0\n--- p/pack.yml\nid: 5a1e1f0a-0000-4000-8000-00000000000a\nname: P\nversion: 1.0.0\nauthors: [a]\nlicense: x\n";
    if !why.events.is_empty() {
        let _ = writeln!(text, "--- p/counterexamples/{id}.ndjson");
    }
    for event in &why.events {
        let _ = writeln!(text, "{{\"label\":\"shrunk\",\"event\":{event}}}");
    }
    text + "--- p/rules/random.yml\n" + &with_ids(rule, id)
}

/// What is said against a rule.
#[derive(Default)]
struct Complaint {
    /// The lines of `test`, or the findings of the front end.
    told: String,
    /// Who differs, as `--target` wants it.
    targets: BTreeSet<String>,
    /// The smallest events that show it.
    events: BTreeSet<String>,
}

impl Complaint {
    fn add(&mut self, line: &str) {
        let _ = writeln!(self.told, "{line}");
        let Ok(pair) = serde_json::from_str::<serde_json::Value>(line) else {
            return;
        };
        let text = |key: &str| pair.get(key).and_then(serde_json::Value::as_str);
        match (text("target"), text("profile")) {
            (None | Some("source"), _) => {}
            (Some(target), None) => {
                self.targets.insert(target.to_owned());
            }
            (Some(target), Some(profile)) => {
                self.targets.insert(format!("{target}:{profile}"));
            }
        }
        let event = pair.get("counterexample").filter(|event| event.is_object());
        self.events.extend(event.map(ToString::to_string));
    }
}

/// What is said against each rule, by its place; nothing against most.
fn examine(texts: &[String], targets: &[&str]) -> BTreeMap<usize, Complaint> {
    let folder = tempfile::tempdir().expect("a folder");
    write(texts, folder.path());
    let targets = targets.iter().filter(|name| !name.is_empty());
    let output = Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(["test", "--format", "json", "--no-keep"])
        .args(targets.flat_map(|name| ["--target", *name]))
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
        let complaint = found.entry(place.parse().expect("a place")).or_default();
        complaint.add(line);
    }
    found
}

/// A rule's text with an id, and others for the rules that it counts.
fn with_ids(text: &str, id: &str) -> String {
    text.replace(ID, id)
        .replace(FIRST, &id.replacen("-0000-", "-0001-", 1))
        .replace(SECOND, &id.replacen("-0000-", "-0002-", 1))
}

fn write(texts: &[String], folder: &Path) {
    fs::create_dir_all(folder).expect("a folder");
    for (at, text) in texts.iter().enumerate() {
        let id = format!("5a1e1f0a-0000-4000-8000-{at:012}");
        let file = folder.join(format!("{at:012}.yml"));
        fs::write(file, with_ids(text, &id)).expect("a written rule");
    }
}

/// Rules that do not compile. The strategies make valid ones only, so that is a fault of one side.
fn refused(errors: &str, folder: &Path) -> BTreeMap<usize, Complaint> {
    let mut found: BTreeMap<usize, Complaint> = BTreeMap::new();
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
                .add(&text);
        }
    }
    found
}
