//! The roads from a rule to a verdict, each by the binary itself.

use crate::case::{Case, Claim, File, Language, Rule};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;
use verdict_engines::sigma;
use verdict_event::read_events;

/// What all roads say of a file's rules.
pub(crate) struct Roads {
    runs: Vec<Run>,
}

/// What all roads say of one rule. Events are numbers within its case, those of KQL within its rows.
#[derive(Clone)]
pub(crate) struct Run {
    /// The codes that `check` gives.
    pub(crate) codes: BTreeSet<String>,
    /// Whether one of them is an error.
    pub(crate) refused: bool,
    pub(crate) native: BTreeSet<usize>,
    pub(crate) engine: Result<BTreeSet<usize>, String>,
    pub(crate) claim: Claim,
    pub(crate) kql: Result<BTreeSet<usize>, String>,
}

impl Clone for Claim {
    fn clone(&self) -> Self {
        match self {
            Self::Exact => Self::Exact,
            Self::Diverges(codes) => Self::Diverges(codes.clone()),
            Self::Unsupported(codes) => Self::Unsupported(codes.clone()),
        }
    }
}

impl Roads {
    /// Runs all rules: one process a road where the road takes many rules, else one a rule.
    pub(crate) fn run(file: &File) -> Self {
        let place = Place::new(file);
        let rules = file.rules();
        let findings = place.check();
        let native = place.scan(file, &rules);
        let claims = place.build();
        let runs = rules.iter().enumerate().map(|(number, rule)| {
            let (codes, refused) = findings.get(&number).cloned().unwrap_or_default();
            let (claim, query) = claims.get(&number).cloned().unwrap_or((Claim::Exact, None));
            Run {
                codes,
                refused,
                native: native.get(&number).cloned().unwrap_or_default(),
                engine: place.engine(file, number, rule),
                claim,
                kql: query.map_or_else(
                    || Err("nothing was emitted".to_owned()),
                    |query| place.kql(&query, rule.case),
                ),
            }
        });
        Self {
            runs: runs.collect(),
        }
    }

    pub(crate) fn rule(&self, number: usize) -> Run {
        self.runs.get(number).expect("a run of every rule").clone()
    }
}

/// A folder with a file's rules: `sound/` and `refused/`, each file named by its rule's number.
struct Place {
    folder: TempDir,
    schema: bool,
    any_source: bool,
}

impl Place {
    fn new(file: &File) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, text).expect("a written file");
        };
        if let Some(schema) = &file.schema {
            write("schema.json", schema);
        }
        if let Some(values) = &file.placeholders {
            let head = "{id: 5a1e1f0a-0000-4000-8000-000000000000, name: P, version: 1.0.0, targets: [native], placeholders: ";
            let values = serde_json::to_string(values).expect("JSON");
            write("rules/sound/pack.yml", &format!("{head}{values}}}\n"));
        }
        for (number, rule) in file.rules().iter().enumerate() {
            let kind = if rule.case.is_refused() {
                "refused"
            } else {
                "sound"
            };
            write(&format!("rules/{kind}/{number}.yml"), &rule.file(number));
        }
        Self {
            folder,
            schema: file.schema.is_some(),
            any_source: file.any_source,
        }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, verb: &str, schema: Option<&Path>, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_verdict"));
        command.current_dir(self.folder.path()).arg(verb);
        if self.any_source {
            command.arg("--any-source");
        }
        if let Some(schema) = schema {
            command.arg("--schema").arg(schema);
        }
        let output = command.args(arguments).output().expect("a run");
        let code = output.status.code();
        assert!(
            code.is_some_and(|code| code < 3),
            "{verb} {arguments:?}: {}",
            told(&output)
        );
        output
    }

    fn own_schema(&self) -> Option<&'static Path> {
        self.schema.then_some(Path::new("schema.json"))
    }

    /// The codes of every rule, and whether one of them is an error.
    fn check(&self) -> BTreeMap<usize, (BTreeSet<String>, bool)> {
        let mut found: BTreeMap<usize, (BTreeSet<String>, bool)> = BTreeMap::new();
        let output = self.run("check", self.own_schema(), &["rules", "--format", "json"]);
        for line in lines(&output) {
            let file = line["file"].as_str().unwrap_or_default();
            let Some(number) = number(Path::new(file)) else {
                continue;
            };
            let (codes, refused) = found.entry(number).or_default();
            codes.insert(line["code"].as_str().unwrap_or_default().to_owned());
            *refused |= line["severity"] == "error";
        }
        found
    }

    /// The events of its own case that each rule matches.
    fn scan(&self, file: &File, rules: &[Rule<'_>]) -> BTreeMap<usize, BTreeSet<usize>> {
        let events = file.cases().iter().flat_map(|case| &case.events);
        let texts: Vec<String> = events.map(|event| event.json.clone()).collect();
        let all = texts.join("\n") + "\n";
        fs::write(self.path("all.ndjson"), all).expect("written events");
        if !self.path("rules/sound").exists() {
            return BTreeMap::new();
        }
        let output = self.run(
            "scan",
            self.own_schema(),
            &["--rules", "rules/sound", "--", "all.ndjson"],
        );
        assert!(output.status.success(), "{}", told(&output));
        let mut found = BTreeMap::new();
        for line in lines(&output) {
            let id = line["rule"].as_str().unwrap_or_default();
            let number: usize = id
                .rsplit('-')
                .next()
                .and_then(|last| last.parse().ok())
                .expect("a number");
            let case = rules.get(number).expect("a rule").case;
            let first = first_event(file, case);
            let own = indices(&line)
                .into_iter()
                .filter_map(|at| at.checked_sub(first));
            found.insert(number, own.filter(|at| *at < case.events.len()).collect());
        }
        found
    }

    /// What `build` claims of every rule, and the file that it wrote.
    fn build(&self) -> BTreeMap<usize, (Claim, Option<String>)> {
        if !self.path("rules/sound").exists() {
            return BTreeMap::new();
        }
        let arguments = ["rules/sound", "--target", "kql", "--out", "out"];
        let output = self.run("build", self.own_schema(), &arguments);
        assert!(output.status.success(), "{}", told(&output));
        let manifest = fs::read_to_string(self.path("out/manifest.json")).expect("a manifest");
        let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
        let entries = manifest["entries"].as_array().expect("entries").iter();
        let claim = |entry: &Value| {
            let codes = entry["codes"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            let codes: Vec<&str> = codes.collect();
            let text = format!(
                "{} {}",
                entry["claim"].as_str().unwrap_or_default(),
                codes.join(" ")
            );
            (
                Claim::read(&text).expect("a claim"),
                entry["path"].as_str().map(str::to_owned),
            )
        };
        let numbered = |entry: &Value| {
            let id = entry["rule"].as_str()?.rsplit('-').next()?;
            Some((id.parse().ok()?, claim(entry)))
        };
        entries.filter_map(numbered).collect()
    }

    /// The engine of the rule's own language.
    fn engine(
        &self,
        file: &File,
        number: usize,
        rule: &Rule<'_>,
    ) -> Result<BTreeSet<usize>, String> {
        self.write_events(rule.case, &(0..rule.case.events.len()).collect::<Vec<_>>());
        let kind = if rule.case.is_refused() {
            "refused"
        } else {
            "sound"
        };
        match (rule.case.language, &file.placeholders) {
            (Language::Eql, _) => {
                let arguments = [
                    "--language",
                    "eql",
                    "--query",
                    &rule.query(),
                    "--",
                    "events.ndjson",
                ];
                matches(&self.run("query", self.own_schema(), &arguments))
            }
            (Language::Sigma, None) => {
                let file = format!("rules/{kind}/{number}.yml");
                matches(&self.run(
                    "query",
                    None,
                    &[
                        "--language",
                        "sigma",
                        "--query-file",
                        &file,
                        "--",
                        "events.ndjson",
                    ],
                ))
            }
            // `query` knows no pack.
            (Language::Sigma, Some(values)) => {
                let values: BTreeMap<String, Vec<String>> =
                    serde_yaml::from_value(values.clone()).expect("placeholders");
                expanded(&rule.file(number), &values, rule.case)
            }
        }
    }

    fn kql(&self, query: &str, case: &Case) -> Result<BTreeSet<usize>, String> {
        self.write_events(case, &case.rows());
        let query = format!("out/{query}");
        let schema = Path::new("out/kql/raw/schema.json");
        matches(&self.run(
            "query",
            Some(schema),
            &[
                "--language",
                "kql",
                "--query-file",
                &query,
                "--",
                "events.ndjson",
            ],
        ))
    }

    fn write_events(&self, case: &Case, chosen: &[usize]) {
        let events = chosen.iter().filter_map(|at| case.events.get(*at));
        let text: String = events.map(|event| format!("{}\n", event.json)).collect();
        fs::write(self.path("events.ndjson"), text).expect("written events");
    }
}

fn expanded(
    text: &str,
    placeholders: &BTreeMap<String, Vec<String>>,
    case: &Case,
) -> Result<BTreeSet<usize>, String> {
    let options = sigma::Options {
        logsources: None,
        placeholders,
    };
    let rule = sigma::Rule::parse(text, &options).map_err(|errors| format!("{errors:?}"))?;
    let text: String = case
        .events
        .iter()
        .map(|event| event.json.clone() + "\n")
        .collect();
    let events = read_events(&text).expect("events");
    let numbered = (0..).zip(&events);
    Ok(numbered
        .filter(|(_, event)| rule.matches(event))
        .map(|(at, _)| at)
        .collect())
}

/// The number of a rule's file.
fn number(file: &Path) -> Option<usize> {
    file.file_stem()?.to_str()?.parse().ok()
}

/// The events of the cases before.
fn first_event(file: &File, case: &Case) -> usize {
    let before = file
        .cases()
        .iter()
        .take_while(|other| !std::ptr::eq(*other, case));
    before.map(|other| other.events.len()).sum()
}

fn matches(output: &Output) -> Result<BTreeSet<usize>, String> {
    if !output.status.success() {
        return Err(told(output));
    }
    Ok(lines(output).iter().flat_map(indices).collect())
}

fn indices(line: &Value) -> Vec<usize> {
    let found = line["events"].as_array().into_iter().flatten();
    found
        .filter_map(Value::as_u64)
        .filter_map(|at| usize::try_from(at).ok())
        .collect()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
