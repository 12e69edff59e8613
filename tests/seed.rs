//! The page of one prebuilt rule, as its vendor publishes it, against the page that `verdict docs` writes of the same rule.
//!
//! The page is not part of the repository, and neither is the rule: the test reads the page, writes the rule as our YAML, documents it, reads our page back and compares
//! field by field, in order. `VERDICT_CORPUS` names the folder; without it the test says so and passes; set but missing is a failure.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on says so by panicking, and says what it skips"
)]

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the page is below the corpus folder.
const PAGE: &str = "seed/000_280cde53e4689d0b.txt";
/// What the rule must compile to.
const TARGETS: &[&str] = &[
    "esql",
    "eql",
    "kql",
    "spl",
    "esql:ecs",
    "eql:ecs",
    "kql:defender",
];
/// Behind the name of the list of an item's values.
const LISTS: &[&str] = &["Rule indices", "References", "Tags", "Rule authors"];

fn seed() -> Option<String> {
    let Some(folder) = std::env::var_os("VERDICT_CORPUS").map(PathBuf::from) else {
        eprintln!("VERDICT_CORPUS is not set: left out");
        return None;
    };
    Some(fs::read_to_string(folder.join(PAGE)).expect("the page"))
}

/// A field of a page: its label and its values. Longer texts are cut into words, since the two pages break lines in places of their own.
type Field = (String, Vec<String>);

/// The words of a text, without what makes lists and headings of it.
fn words(text: &str) -> Vec<String> {
    let marks = |word: &&str| *word != "-" && !word.chars().all(|c| c == '#');
    text.split_whitespace()
        .filter(marks)
        .map(str::to_owned)
        .collect()
}

/// A query is compared as it is, everything else by its words.
fn values_of(part: &str, text: &str) -> Vec<String> {
    if part == "Rule query" {
        vec![text.to_owned()]
    } else {
        words(text)
    }
}

/// The vendor's page, in parts.
struct Seed {
    fields: Vec<Field>,
    guide: Vec<String>,
    setup: Vec<String>,
    query: String,
}

/// The name of the part, the line that begins the next.
const PARTS: [(&str, &str); 3] = [
    ("Investigation guide", "Setup"),
    ("Setup", "Rule query"),
    ("Rule query", "Framework: MITRE ATT&CKTM"),
];

impl Seed {
    fn read(page: &str) -> Self {
        let lines: Vec<&str> = page.lines().collect();
        let at = |wanted: &str, from: usize| {
            let rest = lines.get(from..).expect("lines");
            let found = rest.iter().position(|line| *line == wanted);
            from + found.unwrap_or_else(|| panic!("no line {wanted:?}"))
        };
        // Where a part has a link to edit it, the page's text has the word.
        let plain = |line: &str| line.strip_prefix("edit").unwrap_or(line).to_owned();
        let mut fields = vec![
            (
                "name".to_owned(),
                vec![plain(lines.first().expect("a name"))],
            ),
            (
                "description".to_owned(),
                words(&plain(lines.get(2).expect("a description"))),
            ),
        ];
        let guide = at("Investigation guide", 0);
        for line in lines.get(3..guide).expect("the head") {
            if let Some(value) = line.strip_prefix("- ") {
                let (_, values) = fields.last_mut().expect("a label");
                values.push(value.to_owned());
            } else {
                let (label, value) = line.split_once(':').expect("a label");
                let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
                fields.push((label.to_owned(), value.into_iter().collect()));
            }
        }
        let mut from = guide;
        let mut parts = Vec::new();
        for (name, next) in PARTS {
            let start = at(name, from) + 1;
            let end = at(next, start + usize::from(name == "Setup"));
            let part = lines.get(start..end).expect("a part");
            parts.push(part.iter().map(|line| plain(line)).collect::<Vec<_>>());
            let text = parts.last().expect("a part").join("\n");
            fields.push((name.to_owned(), values_of(name, &text)));
            from = end;
        }
        let framework = lines.get(from + 1..).expect("the framework");
        fields.extend(framework_fields(&framework.join("\n")));
        let query = parts.pop().expect("a query").join("\n");
        let setup = parts.pop().expect("a setup");
        let guide = parts.pop().expect("a guide");
        Self {
            fields,
            guide,
            setup,
            query,
        }
    }

    fn value(&self, label: &str) -> &str {
        self.values(label).first().expect("a value")
    }

    fn values(&self, label: &str) -> &[String] {
        let found = self.fields.iter().find(|(known, _)| known == label);
        &found.unwrap_or_else(|| panic!("no field {label:?}")).1
    }

    /// The rule as our YAML. JSON is YAML, too.
    fn rule(&self) -> String {
        let (guide, pivots) = self.named_pivots();
        let number = |label: &str| self.value(label).parse::<u64>().expect("a number");
        let from = self.value("Searches indices from");
        let lookback = from
            .strip_prefix("now-")
            .and_then(|rest| rest.split(' ').next());
        let sources = self.values("Tags").iter();
        let sources = sources.filter_map(|tag| tag.strip_prefix("Data Source: "));
        let rule = json!({
            "id": "280cde53-e468-4d0b-8000-000000000000",
            "name": self.value("name"),
            "description": self.values("description").join(" "),
            "language": self.value("Rule type"),
            "severity": self.value("Severity"),
            "risk_score": number("Risk score"),
            "schedule": {
                "interval": self.value("Runs every"),
                "lookback": lookback.expect("a time"),
                "max_alerts": number("Maximum alerts per execution"),
            },
            "data": {
                "schema": "ecs",
                "indices": self.values("Rule indices"),
                "sources": sources.collect::<Vec<_>>(),
            },
            "attack": self.attack(),
            "query": self.query,
            "references": self.values("References"),
            "authors": self.values("Rule authors"),
            "license": self.value("Rule license"),
            "tags": self.values("Tags"),
            "guide": guide,
            "investigate": pivots,
            "setup": self.setup.join("\n\n"),
            "version": number("Version"),
        });
        serde_json::to_string_pretty(&rule).expect("JSON")
    }

    /// The guide as Markdown with its pivots by name, and the pivots.
    fn named_pivots(&self) -> (String, BTreeMap<String, Value>) {
        let mut pivots: BTreeMap<String, Value> = BTreeMap::new();
        let mut guide = String::new();
        let text = markdown(&self.guide);
        let mut rest = text.as_str();
        while let Some((before, behind)) = rest.split_once("!{investigate") {
            guide.push_str(before);
            let mut values = serde_json::Deserializer::from_str(behind).into_iter::<Value>();
            let pivot = values.next().expect("a pivot").expect("JSON");
            rest = behind.get(values.byte_offset()..).expect("more");
            rest = rest.strip_prefix('}').expect("the block's end");
            let known = pivots.iter().find(|(_, known)| **known == pivot);
            let name = known.map_or_else(
                || format!("pivot-{}", pivots.len()),
                |(name, _)| name.clone(),
            );
            guide.extend(["!{investigate ", &name, "}"]);
            pivots.insert(name, pivot);
        }
        guide.push_str(rest);
        (guide, pivots)
    }

    /// Each technique, the deepest that is named, with its tactic.
    fn attack(&self) -> Vec<Value> {
        let mut found: Vec<Value> = Vec::new();
        let mut tactic = "";
        let lines = self
            .fields
            .iter()
            .filter(|(label, _)| label.ends_with(" ID"));
        for (label, id) in lines {
            let id = id.first().expect("an id");
            match label.as_str() {
                "Tactic ID" => tactic = id,
                "Technique ID" => found.push(json!({"technique": id, "tactics": [tactic]})),
                _ => {
                    *found.last_mut().expect("a technique") =
                        json!({"technique": id, "tactics": [tactic]})
                }
            }
        }
        found
    }
}

/// The fields of the framework's list: what a line is about, its name, id and link.
fn framework_fields(list: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut kind = "";
    for line in list.lines() {
        let line = line.trim_start_matches([' ', '-']).trim_end();
        match line.split_once(':') {
            Some((label, "")) => kind = label,
            Some((label, value)) => {
                let value = value.trim().trim_matches(['<', '>']).to_owned();
                fields.push((format!("{kind} {label}"), vec![value]));
            }
            None => {}
        }
    }
    fields
}

/// Lines of a page's text as Markdown: a lone dash belongs to the line behind it, and a line that stands above a list and ends as no sentence does is a heading.
fn markdown(lines: &[String]) -> String {
    let mut out = Vec::new();
    let mut above_list = false;
    for line in lines.iter().rev() {
        let item = line.starts_with('-');
        let heading = !item && above_list && line.ends_with(char::is_alphanumeric);
        above_list = item || heading;
        out.push(if heading {
            format!("\n## {line}\n")
        } else {
            line.clone()
        });
    }
    out.reverse();
    out.join("\n").replace("\n-\n", "\n- ")
}

/// Our page, read back.
fn read_page(page: &str) -> Vec<Field> {
    let part = |name: &str| {
        let heading = format!("\n## {name}\n");
        let (_, rest) = page
            .split_once(&heading)
            .unwrap_or_else(|| panic!("no {name}"));
        // Two `#` are the page's own: what stands in a part has more.
        rest.split("\n## ").next().unwrap_or_default()
    };
    let (head, _) = page.split_once("\n## ").expect("a part");
    let (_, head) = head.split_once("# ").expect("a name");
    let (name, head) = head.split_once('\n').expect("a name");
    let (description, _) = head.split_once("\n**").expect("labels");
    let mut fields = vec![
        ("name".to_owned(), vec![name.to_owned()]),
        ("description".to_owned(), words(description)),
    ];
    for line in head.lines().filter(|line| !line.is_empty()) {
        if let Some(value) = line.strip_prefix("- ") {
            let value = value.trim_matches('`').to_owned();
            fields.last_mut().expect("a label").1.push(value);
        } else if let Some((label, value)) = line
            .strip_prefix("**")
            .and_then(|line| line.split_once(":**"))
        {
            let value = Some(value.trim().to_owned());
            let value = value
                .filter(|value| !value.is_empty() && (value != "none" || !LISTS.contains(&label)));
            fields.push((label.to_owned(), value.into_iter().collect()));
        }
    }
    for (name, _) in PARTS {
        let text = match part(name).trim().strip_prefix("```eql\n") {
            Some(query) => query.trim_end_matches('`').trim_end().to_owned(),
            None => unlinked(part(name)),
        };
        fields.push((name.to_owned(), values_of(name, &text)));
    }
    fields.extend(framework_fields(part("Framework: MITRE ATT&CK™")));
    fields
}

/// A guide without what our page adds to a pivot: it is code, and leads to its queries.
fn unlinked(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("`!{investigate{") {
        let (block, behind) = behind.split_once("}}`").expect("the block's end");
        let (_, behind) = behind.split_once("))").expect("a link");
        out.extend([before, "!{investigate{", block, "}}"]);
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// ATT&CK renamed the tactic after the page was written; its id and its link are the same.
fn renamed(fields: Vec<Field>) -> Vec<Field> {
    let rename = |(label, values): Field| match (label.as_str(), values.as_slice()) {
        ("Tactic Name", [name]) if name == "Defense Evasion" => (label, vec!["Stealth".to_owned()]),
        _ => (label, values),
    };
    fields.into_iter().map(rename).collect()
}

fn verdict(folder: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("a process");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}\n{told}");
}

#[test]
fn our_page_has_every_field_of_the_vendors_in_its_order() {
    let Some(text) = seed() else {
        return;
    };
    let seed = Seed::read(&text);
    assert!(
        seed.fields.len() > 30,
        "the page was not read: {:?}",
        seed.fields
    );
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("rule.yml"), seed.rule()).expect("written");
    verdict(folder.path(), &["docs", "rule.yml", "--out", "docs"]);
    let page = fs::read_to_string(folder.path().join("docs/rule.md")).expect("a page");
    let (wanted, got) = (renamed(seed.fields), read_page(&page));
    for (wanted, got) in wanted.iter().zip(&got) {
        assert_eq!(wanted, got);
    }
    assert_eq!(wanted.len(), got.len(), "fields");
}

#[test]
fn the_vendors_rule_compiles_for_every_target() {
    let Some(text) = seed() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("rule.yml"), Seed::read(&text).rule()).expect("written");
    let mut arguments = vec!["build", "rule.yml", "--out", "out"];
    for target in TARGETS {
        arguments.extend(["--target", target]);
    }
    verdict(folder.path(), &arguments);
    let manifest = fs::read_to_string(folder.path().join("out/manifest.json")).expect("a manifest");
    let manifest: Value = serde_json::from_str(&manifest).expect("JSON");
    let entries = manifest
        .get("entries")
        .and_then(Value::as_array)
        .expect("entries");
    assert_eq!(entries.len(), TARGETS.len());
    for entry in entries {
        let claim = entry.get("claim").and_then(Value::as_str);
        assert!(matches!(claim, Some("exact" | "diverges")), "{entry}");
        let path = entry.get("path").and_then(Value::as_str).expect("a path");
        assert!(folder.path().join("out").join(path).is_file(), "{path}");
    }
}
