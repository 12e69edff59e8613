//! What `verdict docs` and `verdict coverage` write: whole pages of a small pack, the same bytes whatever the number of threads.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on says so by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Runs the binary, which must end with 0; its standard output.
fn verdict(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_verdict"))
        .args(arguments)
        .current_dir(root())
        .env("NO_COLOR", "1")
        .output()
        .expect("a process");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}\n{told}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Every file below a folder.
fn files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in fs::read_dir(&at).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").to_owned();
                found.insert(name, fs::read_to_string(&path).expect("a text"));
            }
        }
    }
    found
}

/// What is written for the small pack.
fn written(jobs: &str) -> BTreeMap<PathBuf, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_string_lossy().into_owned();
    verdict(&["docs", "tests/docs/pack", "--out", &out, "--jobs", jobs]);
    files(folder.path())
}

#[test]
fn pages_of_a_small_pack() {
    let files = written("2");
    let names: Vec<String> = files
        .keys()
        .map(|path| path.to_string_lossy().replace('\\', "/"))
        .collect();
    insta::assert_snapshot!("small-pack-files", names.join("\n"));
    for (path, text) in &files {
        let name = path.to_string_lossy().replace(['/', '\\'], "-");
        // Hashes say nothing to a reader.
        if name != "manifest.json" {
            insta::assert_snapshot!(format!("small-pack-{name}"), text);
        }
    }
}

#[test]
fn pages_do_not_depend_on_threads() {
    assert_eq!(written("1"), written("2"));
}

/// The commands draw the same picture, and the layer is what MITRE's format asks for.
#[test]
fn coverage_alone_is_that_of_the_pages() {
    let pack = "tests/docs/pack";
    let files = written("1");
    let page = |name: &str| files.get(Path::new(name)).expect("written");
    assert_eq!(
        verdict(&["coverage", pack, "--svg", "-"]),
        *page("attack.svg")
    );
    let layer = verdict(&["coverage", pack, "--layer", "-"]);
    assert_eq!(layer, *page("attack-layer.json"));
    let layer: serde_json::Value = serde_json::from_str(&layer).expect("JSON");
    let at = |pointer: &str| layer.pointer(pointer).expect(pointer).clone();
    assert_eq!(at("/versions/layer"), "4.5");
    assert_eq!(at("/domain"), "enterprise-attack");
    assert!(at("/gradient/maxValue").as_u64() > at("/gradient/minValue").as_u64());
    let techniques = at("/techniques");
    let keys: Vec<(String, String)> = techniques
        .as_array()
        .expect("techniques")
        .iter()
        .map(|technique| {
            let text = |key: &str| {
                technique
                    .get(key)
                    .and_then(|id| id.as_str())
                    .expect("text")
                    .to_owned()
            };
            (text("techniqueID"), text("tactic"))
        })
        .collect();
    let mut ids: Vec<&String> = keys.iter().map(|(id, _)| id).collect();
    assert!(ids.is_sorted(), "{keys:?}");
    ids.dedup();
    assert_eq!(ids, ["T1059", "T1059.005", "T1204", "T1204.002", "T1218"]);
}

/// No text of the picture is wider than the box that it stands in, by the widths of a wide font (`DejaVu Sans`, in thousandths of its size).
#[test]
fn texts_fit_their_boxes() {
    let picture = verdict(&["coverage", "tests/docs/pack", "packs", "--svg", "-"]);
    let attribute = |line: &str, name: &str| -> Option<f64> {
        let (_, rest) = line.split_once(&format!(" {name}=\""))?;
        rest.split('"').next()?.parse().ok()
    };
    let mut checked = 0;
    let mut right = 0.0;
    for line in picture.lines() {
        if line.contains("<rect class=\"c") && line.starts_with("<g>") {
            let (left, width) = (attribute(line, "x"), attribute(line, "width"));
            right = left.expect("x") + width.expect("a width");
        }
        let size = if line.starts_with("<text class=\"name on") {
            11.0
        } else if line.starts_with("<text class=\"below on") {
            10.0
        } else {
            continue;
        };
        let (_, text) = line.split_once('>').expect("a text");
        let text = text.trim_end_matches("</text>").replace("&amp;", "&");
        let wide: f64 = text.chars().map(wide).sum();
        let end = attribute(line, "x").expect("x") + wide * size / 1000.0;
        assert!(
            end <= right - 16.0,
            "{text:?} ends at {end}, its box at {right}"
        );
        checked += 1;
    }
    assert!(checked > 20, "only {checked} texts");
}

/// The advance widths of `DejaVu Sans`.
fn wide(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' => 278.0,
        'I' | 'J' => 295.0,
        ' ' | ',' | '.' => 318.0,
        'f' | '/' | ':' => 352.0,
        't' | 'r' | '(' | ')' | '-' => 411.0,
        's' | 'z' | 'c' | 'k' | 'v' | 'x' | 'y' => 592.0,
        'w' => 818.0,
        'm' => 974.0,
        'W' => 989.0,
        'M' => 863.0,
        'O' | 'Q' | 'G' | 'D' | 'N' | 'H' | 'U' | '&' => 787.0,
        'A'..='Z' => 698.0,
        _ => 636.0,
    }
}
