//! Rows as products hold them: a rule's verdict over the flat event, by `scan`, must be its deployable query's verdict over the row, by `build` and `query`.
//!
//! The rows do not come from the profiles. Those of Elastic and of Sentinel's agent were recorded or made by others; those of Defender, of Splunk's add-on and of `SecurityEvent`
//! are made here from the flat events, after the vendors' column references, by code that knows no profile (`rows`). So a wrong column in a profile shows.
//!
//! The input is not part of the repository: `VERDICT_CORPUS` names the folder. Without it the test says so and passes; set but missing is a failure.

#![expect(
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test that cannot go on says so by panicking, and says what it skips and counts"
)]

mod rows;

use rows::Paired;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A product: what it calls itself in `rules.txt`, the profiles of its data, and how it holds events.
struct Product {
    name: &'static str,
    targets: &'static [&'static str],
    pairs: fn(&Samples) -> Vec<Paired>,
}

const PRODUCTS: &[Product] = &[
    Product {
        name: "ecs",
        targets: &["eql:ecs", "esql:ecs"],
        pairs: |samples| samples.elastic.clone(),
    },
    Product {
        name: "defender",
        targets: &["kql:defender"],
        pairs: |samples| samples.flat.iter().filter_map(rows::defender).collect(),
    },
    Product {
        name: "sysmon",
        targets: &["spl:sysmon"],
        pairs: |samples| samples.flat.iter().filter_map(rows::splunk).collect(),
    },
    Product {
        name: "security",
        targets: &["kql:sentinel"],
        pairs: |samples| samples.flat.iter().filter_map(rows::security).collect(),
    },
    Product {
        name: "sentinel",
        targets: &["kql:sentinel"],
        pairs: |samples| samples.sentinel.clone(),
    },
];

/// So many of the rules of a product must have a row that matches. Fewer would be a check that cannot fail.
const FIRING: &[(&str, usize)] = &[
    ("ecs", 31),
    ("defender", 15),
    ("sysmon", 21),
    ("security", 5),
    ("sentinel", 1),
];

/// Recorded events, flat and as products write them.
struct Samples {
    flat: Vec<Value>,
    elastic: Vec<Paired>,
    sentinel: Vec<Paired>,
}

fn corpus() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("VERDICT_CORPUS").map(PathBuf::from) else {
        eprintln!("VERDICT_CORPUS is not set: left out");
        return None;
    };
    assert!(
        folder.join("events").is_dir(),
        "{} holds no events",
        folder.display()
    );
    Some(folder)
}

fn unpack(path: &Path) -> impl std::io::Read + use<> {
    let file = fs::File::open(path).expect("an archive");
    ruzstd::decoding::StreamingDecoder::new(BufReader::new(file)).expect("zstd")
}

fn events(path: &Path) -> impl Iterator<Item = Value> + use<> {
    let lines = BufReader::new(unpack(path)).lines();
    lines.map(|line| serde_json::from_str(&line.expect("a line")).expect("JSON"))
}

/// Runs the binary, which must end with 0; its standard output.
fn verdict(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("a process");
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The rules of `rules.txt` by product.
fn chosen() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut by_product: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let lines = include_str!("rules.txt")
        .lines()
        .filter(|line| !line.starts_with('#'));
    for line in lines {
        let mut words = line.split(' ');
        let id = words.next().expect("an id");
        words.for_each(|product| by_product.entry(product).or_default().push(id));
    }
    by_product
}

/// Writes the chosen rules to a folder, a file each by id.
fn write_rules(corpus: &Path, folder: &Path) {
    let wanted: BTreeSet<&str> = chosen().into_values().flatten().collect();
    let mut written = BTreeSet::new();
    let mut archive = tar::Archive::new(unpack(&corpus.join("corpora/sigma/sigma_rules.tar.zst")));
    for entry in archive.entries().expect("an archive") {
        let mut text = String::new();
        if entry.expect("an entry").read_to_string(&mut text).is_err() {
            continue;
        }
        let id = text
            .lines()
            .find_map(|line| line.strip_prefix("id: "))
            .map(str::trim);
        if let Some(id) = id.filter(|id| wanted.contains(id)) {
            fs::write(folder.join(format!("{id}.yml")), &text).expect("written");
            written.insert(id.to_owned());
        }
    }
    assert_eq!(
        written.len(),
        wanted.len(),
        "every rule of the list is in the corpus"
    );
}

/// The recorded events that some chosen rule matches, and one of forty others.
fn samples(corpus: &Path, folder: &Path) -> Samples {
    let recorded = corpus.join("events");
    let by_id: BTreeMap<String, Value> = events(&recorded.join("windows_ecs.ndjson.zst"))
        .filter_map(|row| Some((row.pointer("/labels/sample_id")?.as_str()?.to_owned(), row)))
        .collect();
    // Some collectors of the recordings write channels in small letters; no agent of these products does.
    let canonical = |event: &Value| {
        let channel = event
            .get("Channel")
            .and_then(Value::as_str)
            .unwrap_or_default();
        channel.starts_with(char::is_uppercase)
    };
    let flat: Vec<Value> = events(&recorded.join("windows_mixed.ndjson.zst"))
        .filter(canonical)
        .collect();
    let all = folder.join("all.ndjson");
    rows::write(&all, flat.iter());
    let matched: BTreeSet<usize> = matches(folder, &all).into_values().flatten().collect();
    let kept = flat
        .into_iter()
        .enumerate()
        .filter(|(at, _)| matched.contains(at) || at % 40 == 0);
    let flat: Vec<Value> = kept.map(|(_, event)| event).collect();
    let pair = |event: &Value| {
        let row = by_id.get(event.get("_id")?.as_str()?)?;
        Some(Paired {
            flat: event.clone(),
            row: row.clone(),
        })
    };
    Samples {
        elastic: flat.iter().filter_map(pair).collect(),
        sentinel: events(&recorded.join("sentinel_and_cloud_samples.ndjson.zst"))
            .filter_map(|sample| rows::sentinel(&sample))
            .collect(),
        flat,
    }
}

/// Which events each rule matches, by `scan`.
fn matches(folder: &Path, file: &Path) -> BTreeMap<String, BTreeSet<usize>> {
    let rules = folder.join("rules");
    let out = verdict(&[
        "scan",
        &file.to_string_lossy(),
        "--rules",
        &rules.to_string_lossy(),
    ]);
    let mut found: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for line in out.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let id = line.get("rule").and_then(Value::as_str).expect("a rule");
        found
            .entry(id.to_owned())
            .or_default()
            .extend(indices(&line));
    }
    found
}

fn indices(line: &Value) -> Vec<usize> {
    let events = line
        .get("events")
        .and_then(Value::as_array)
        .expect("events");
    events
        .iter()
        .map(|index| usize::try_from(index.as_u64().expect("an index")).expect("small"))
        .collect()
}

/// What is wrong between a product's rows and the flat events; and how many rules match some row.
fn compare(
    product: &Product,
    samples: &Samples,
    ids: &[&str],
    folder: &Path,
) -> (Vec<String>, usize) {
    let pairs = (product.pairs)(samples);
    let flat = folder.join(format!("{}.flat.ndjson", product.name));
    let row = folder.join(format!("{}.row.ndjson", product.name));
    rows::write(&flat, pairs.iter().map(|pair| &pair.flat));
    rows::write(&row, pairs.iter().map(|pair| &pair.row));
    let expected = matches(folder, &flat);
    let mut wrong = Vec::new();
    for target in product.targets {
        let out = folder.join(target.replace(':', "_"));
        let out_text = out.to_string_lossy().into_owned();
        verdict(&[
            "build",
            &folder.join("rules").to_string_lossy(),
            "--target",
            target,
            "--out",
            &out_text,
        ]);
        let (language, profile) = target.split_once(':').expect("a profile");
        let base = out.join(language).join(profile);
        for id in ids {
            let query = base.join(format!("{id}.{language}"));
            if !query.is_file() {
                wrong.push(format!("{target}: {id} has no query"));
                continue;
            }
            let schema = base.join("schema.json");
            let arguments = [
                "query",
                "--language",
                language,
                "--query-file",
                &query.to_string_lossy(),
                "--schema",
                &schema.to_string_lossy(),
                &row.to_string_lossy(),
            ];
            let found: BTreeSet<usize> = verdict(&arguments)
                .lines()
                .flat_map(|line| indices(&serde_json::from_str(line).expect("JSON")))
                .collect();
            let wanted = expected.get(*id).cloned().unwrap_or_default();
            if let Some(at) = found.symmetric_difference(&wanted).next() {
                let pair = pairs.get(*at).expect("a pair");
                wrong.push(format!(
                    "{target}: {id}: event {at}: flat {}, row {}\n  {}\n  {}",
                    wanted.contains(at),
                    found.contains(at),
                    pair.flat,
                    pair.row
                ));
            }
        }
    }
    let firing = ids
        .iter()
        .filter(|id| expected.get(**id).is_some_and(|events| !events.is_empty()))
        .count();
    (wrong, firing)
}

#[test]
fn rows_give_the_verdict_of_the_flat_event() {
    let Some(corpus) = corpus() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let rules = folder.path().join("rules");
    fs::create_dir(&rules).expect("made");
    write_rules(&corpus, &rules);
    let samples = samples(&corpus, folder.path());
    let chosen = chosen();
    let mut wrong = Vec::new();
    for product in PRODUCTS {
        let ids = chosen.get(product.name).expect("rules");
        let (found, firing) = compare(product, &samples, ids, folder.path());
        eprintln!(
            "{}: {} rules, {firing} of them match some row, {} differ",
            product.name,
            ids.len(),
            found.len()
        );
        wrong.extend(found);
        let least = FIRING
            .iter()
            .find(|(name, _)| *name == product.name)
            .expect("a floor")
            .1;
        if firing < least {
            wrong.push(format!(
                "{}: only {firing} rules match some row, not {least}",
                product.name
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
