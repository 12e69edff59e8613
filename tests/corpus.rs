//! The commands over test input from outside, as a person would run them: Elasticsearch's EQL suite through `query`, SigmaHQ's regression pairs through `scan` and through
//! `build` and `query`.
//!
//! The input is not part of the repository: `VERDICT_CORPUS` names the folder. Without it the tests say so and pass; set but missing is a failure.

#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking, and says what it skips and counts"
)]

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Every language that `build` writes and `query` reads back. A new target is a line here.
const LANGUAGES: &[&str] = &["kql", "esql", "eql", "spl"];

/// Queries of the suite that do not come out as Elasticsearch says. Each is explained in `docs/conformance.md`.
const MISSED: &[&str] = &[];

fn corpus() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("VERDICT_CORPUS").map(PathBuf::from) else {
        eprintln!("VERDICT_CORPUS is not set: left out");
        return None;
    };
    assert!(
        folder.join("corpora").is_dir(),
        "{} holds no corpora",
        folder.display()
    );
    Some(folder)
}

/// Runs the binary, which must end with 0; its standard output.
fn verdict(arguments: &[&Path]) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("a process");
    if output.status.code() == Some(0) {
        Ok(String::from_utf8(output.stdout).expect("UTF-8"))
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// The indices in lines of `{"events": [...]}`, match after match; None is the slot of a missing event.
fn slots(lines: &str) -> Vec<Option<usize>> {
    #[derive(Deserialize)]
    struct Line {
        events: Vec<Option<usize>>,
    }
    let line = |line| serde_json::from_str::<Line>(line).expect("a line of JSON");
    lines.lines().flat_map(|text| line(text).events).collect()
}

#[derive(Deserialize)]
struct Suite {
    queries: Vec<SuiteCase>,
}

#[derive(Deserialize)]
struct SuiteCase {
    name: String,
    query: String,
    expected_event_ids: Vec<i64>,
}

/// The suite's own mapping, in the form that `--schema` wants.
const SUITE_SCHEMA: &str = r#"{
    "timestamp": {"field": "timestamp", "format": "filetime"},
    "category": "event_type",
    "tiebreaker": "serial_event_id",
    "fields": {
        "source_address": {"type": "ip"},
        "destination_address": {"type": "ip"}
    }
}"#;

#[test]
fn eql_suite_through_query() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("conformance/eql");
    let text = fs::read_to_string(folder.join("test_queries.toml")).expect("the suite");
    let suite: Suite = toml::from_str(&text).expect("TOML");
    let data = folder.join("data/test_data.json");
    let events: Vec<serde_json::Value> =
        serde_json::from_str(&fs::read_to_string(&data).expect("data")).expect("a list of events");
    let place = tempfile::tempdir().expect("a folder");
    let schema = place.path().join("schema.json");
    fs::write(&schema, SUITE_SCHEMA).expect("written");
    let query = place.path().join("query.eql");
    let id = |slot: Option<usize>| {
        let event = events.get(slot?)?;
        event.get("serial_event_id")?.as_i64()
    };
    let mut run = 0;
    let mut missed = BTreeSet::new();
    for case in &suite.queries {
        run += 1;
        fs::write(&query, &case.query).expect("written");
        let arguments = ["query", "--language", "eql", "--query-file"].map(Path::new);
        let arguments = [
            &arguments[..],
            &[&query, Path::new("--schema"), &schema, &data],
        ]
        .concat();
        let found = verdict(&arguments).map(|lines| {
            let ids = slots(&lines).into_iter().map(|slot| id(slot).unwrap_or(-1));
            ids.collect::<Vec<i64>>()
        });
        if found.as_ref() != Ok(&case.expected_event_ids) {
            eprintln!(
                "{}: expected {:?}, found {found:?}",
                case.name, case.expected_event_ids
            );
            missed.insert(case.name.as_str());
        }
    }
    eprintln!("{} of {run} cases come out", run - missed.len());
    assert!(run >= 130, "only {run} cases");
    assert!(
        missed.len() * 50 <= run,
        "{} of {run} cases miss",
        missed.len()
    );
    assert_eq!(
        missed,
        MISSED.iter().copied().collect(),
        "not the misses that are explained"
    );
}

/// The regression pairs: each rule in a file of its own, its events beside it.
struct Pairs {
    folder: tempfile::TempDir,
    /// By the rule's id.
    ids: BTreeSet<String>,
}

impl Pairs {
    fn read(corpus: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let lines = fs::read_to_string(corpus.join("corpora/sigma/regression_events_flat.ndjson"));
        let mut events: BTreeMap<String, String> = BTreeMap::new();
        for line in lines.expect("the events").lines() {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let id = line["rule_id"].as_str().expect("an id").to_owned();
            let text = events.entry(id).or_default();
            text.push_str(&line["flat"].to_string());
            text.push('\n');
        }
        fs::create_dir(folder.path().join("rules")).expect("a folder");
        fs::create_dir(folder.path().join("events")).expect("a folder");
        let mut found = BTreeSet::new();
        for text in rules(corpus) {
            let id = text.lines().find_map(|line| line.strip_prefix("id: "));
            let id = id.unwrap_or_default().trim().to_owned();
            if events.contains_key(&id) {
                let file = folder.path().join("rules").join(format!("{id}.yml"));
                fs::write(file, text).expect("written");
                found.insert(id);
            }
        }
        let without: Vec<&String> = events.keys().filter(|id| !found.contains(*id)).collect();
        assert!(without.is_empty(), "events without a rule: {without:?}");
        assert!(found.len() >= 142, "only {} pairs", found.len());
        for (id, text) in &events {
            let file = folder.path().join("events").join(format!("{id}.ndjson"));
            fs::write(file, text).expect("written");
        }
        Self { folder, ids: found }
    }

    fn rule(&self, id: &str) -> PathBuf {
        self.folder.path().join("rules").join(format!("{id}.yml"))
    }

    fn events(&self, id: &str) -> PathBuf {
        self.folder
            .path()
            .join("events")
            .join(format!("{id}.ndjson"))
    }

    /// Every pair must fire.
    fn check(&self, through: &str, fires: impl Fn(&str) -> Result<bool, String>) {
        let mut silent = Vec::new();
        for id in &self.ids {
            match fires(id) {
                Ok(true) => {}
                Ok(false) => silent.push(format!("{id} is silent")),
                Err(error) => silent.push(format!("{id}: {error}")),
            }
        }
        let (all, fire) = (self.ids.len(), self.ids.len() - silent.len());
        eprintln!("{through}: {fire} of {all} pairs fire");
        assert!(silent.is_empty(), "{through}:\n{}", silent.join("\n"));
    }
}

/// The text of every Sigma rule.
fn rules(corpus: &Path) -> Vec<String> {
    let packed = fs::File::open(corpus.join("corpora/sigma/sigma_rules.tar.zst")).expect("rules");
    let plain = ruzstd::decoding::StreamingDecoder::new(packed).expect("zstd");
    let mut archive = tar::Archive::new(plain);
    let mut found = Vec::new();
    for entry in archive.entries().expect("entries") {
        let mut entry = entry.expect("an entry");
        let path = entry.path().expect("a path").into_owned();
        let mut text = String::new();
        if path.extension().is_some_and(|ending| ending == "yml") {
            entry.read_to_string(&mut text).expect("UTF-8");
            found.push(text);
        }
    }
    found
}

#[test]
fn regression_pairs_through_the_commands() {
    let Some(corpus) = corpus() else { return };
    let pairs = Pairs::read(&corpus);
    pairs.check("scan", |id| {
        let (rule, events) = (pairs.rule(id), pairs.events(id));
        let found = verdict(&[
            Path::new("scan"),
            Path::new("--rules"),
            &rule,
            Path::new("--"),
            &events,
        ])?;
        Ok(found.contains(&format!("{{\"rule\":\"{id}\"")) && !slots(&found).is_empty())
    });
    for language in LANGUAGES {
        let out = pairs.folder.path().join("out");
        let rules = pairs.folder.path().join("rules");
        let built = verdict(&[
            Path::new("build"),
            &rules,
            Path::new("--target"),
            Path::new(language),
            Path::new("--out"),
            &out,
        ]);
        built.unwrap_or_else(|error| panic!("{language}: {error}"));
        let queries = out.join(language).join("raw");
        let schema = queries.join("schema.json");
        pairs.check(&format!("build and query --language {language}"), |id| {
            let found = fs::read_dir(&queries).expect("queries").find_map(|file| {
                let file = file.expect("a file").path();
                (file.file_stem()? == id).then_some(file)
            });
            let query = found.ok_or("no query is written")?;
            let lines = verdict(&[
                Path::new("query"),
                Path::new("--language"),
                Path::new(language),
                Path::new("--query-file"),
                &query,
                Path::new("--schema"),
                &schema,
                &pairs.events(id),
            ])?;
            Ok(!slots(&lines).is_empty())
        });
    }
}
