//! Certificates: every one of `packs/` has the form of `docs/certificate.schema.json`, those of a small pack are read line by line, and the same rules give the same bytes.
#![expect(
    clippy::string_slice,
    clippy::unreachable,
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]

mod page;
mod schema;

use schema::Schema;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file that `verdict test` writes for some rules, by its path.
fn report(arguments: &[&str]) -> BTreeMap<PathBuf, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_string_lossy().into_owned();
    let output = Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(["test", "--no-keep", "--report", &out])
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("a process");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{told}");
    let mut found = BTreeMap::new();
    let mut open = vec![folder.path().to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder.path()).expect("below").to_owned();
                found.insert(name, fs::read_to_string(&path).expect("a text"));
            }
        }
    }
    found
}

/// What is wrong with the certificates of a report.
fn faults(files: &BTreeMap<PathBuf, String>) -> Vec<String> {
    let text = fs::read_to_string(root().join("docs/certificate.schema.json"));
    let schema = Schema::new(&text.expect("the schema"));
    let certificates = files
        .iter()
        .filter(|(path, _)| path.starts_with("certificates"));
    let mut faults = Vec::new();
    for (path, text) in certificates {
        let value = serde_json::from_str(text).expect("JSON");
        let found = schema.faults(&value).into_iter();
        faults.extend(found.map(|fault| format!("{}: {fault}", path.display())));
    }
    faults
}

/// The targets that the small pack is read with: not `rust`, which a machine may not be able to build.
const SMALL: [&str; 9] = [
    "tests/certificates/pack",
    "--target",
    "native",
    "--target",
    "kql:defender",
    "--target",
    "esql",
    "--target",
    "spl:sysmon",
];

#[test]
fn certificates_of_the_packs_have_the_form_of_the_schema() {
    let files = report(&["packs", "--target", "native", "--target", "spl:sysmon"]);
    assert!(files.len() > 100, "{} files", files.len());
    let faults = faults(&files);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn certificates_of_a_small_pack() {
    let files = report(&SMALL);
    let faults = faults(&files);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for (path, text) in files
        .iter()
        .filter(|(path, _)| path.starts_with("certificates"))
    {
        let name = path.file_stem().expect("a name").to_string_lossy();
        insta::assert_snapshot!(name.as_ref(), text);
    }
}

#[test]
fn a_report_depends_on_nothing_but_the_rules() {
    let [mut one, mut two] = [SMALL.to_vec(), SMALL.to_vec()];
    one.extend(["--jobs", "1"]);
    two.extend(["--jobs", "2"]);
    let inside = root().join("tests/certificates/pack");
    let inside = inside.to_string_lossy();
    let mut elsewhere = SMALL.to_vec();
    elsewhere[0] = &inside;
    let one = report(&one);
    assert_eq!(one, report(&two));
    assert_eq!(one, report(&elsewhere), "the path of the machine is told");
}

/// `gen --stored` prints as many events as the certificate says.
#[test]
fn as_many_events_are_stored_as_certificates_say() {
    for (path, text) in report(&SMALL) {
        if !path.starts_with("certificates") {
            continue;
        }
        let certificate: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        let Some(stored) = certificate["events"]["stored"].as_u64() else {
            continue;
        };
        let source = certificate["source"].as_str().expect("a file");
        let file = root().join("tests/certificates/pack").join(source);
        let output = Command::new(env!("CARGO_BIN_EXE_verdict"))
            .arg("gen")
            .arg(&file)
            .arg("--stored")
            .output()
            .expect("a process");
        let printed = String::from_utf8(output.stdout).expect("UTF-8");
        assert_eq!(printed.lines().count() as u64, stored, "{source}");
        let all = certificate["events"]["total"].as_u64().expect("a number");
        assert!(stored < all, "{source}: nothing was left out");
    }
}

/// The page is well formed, asks for nothing outside itself, takes no text of a rule for HTML, and leads nowhere but to its own sections.
#[test]
fn the_page_stands_alone() {
    let files = report(&SMALL);
    let page = &files[Path::new("index.html")];
    let elements = page::elements(page);
    let ids: Vec<&str> = elements.iter().filter_map(|one| one.get("id")).collect();
    let once: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), once.len(), "an id stands twice");
    let certificates = files.keys().filter(|path| path.starts_with("certificates"));
    let mut sections = 0;
    for path in certificates {
        let name = path.file_stem().expect("a name").to_string_lossy();
        assert!(once.contains(name.as_ref()), "{name} has no section");
        sections += 1;
    }
    assert_eq!(sections, ids.len());
    for element in &elements {
        for outside in ["src", "action", "srcset", "data", "onclick"] {
            assert!(
                element.get(outside).is_none(),
                "<{}> has {outside}",
                element.name
            );
        }
        assert!(!matches!(
            element.name.as_str(),
            "link" | "img" | "iframe" | "object" | "base"
        ));
        if let Some(target) = element.get("href") {
            let id = target.strip_prefix('#').expect("a section of the page");
            assert!(once.contains(id), "{target} leads nowhere");
        }
    }
    for outside in ["://", "url(", "@import"] {
        assert!(!page.contains(outside), "the page says {outside}");
    }
    assert!(page.contains("An &lt;opaque&gt; rule &amp; a &quot;quoted&quot; one"));
    assert!(!page.contains("<opaque>"));
    let scripts = elements.iter().filter(|one| one.name == "script");
    assert_eq!(scripts.count(), 1);
}
