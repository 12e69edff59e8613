//! The report of `test`: a certificate a rule, a manifest with their hashes, and a page for people.

use crate::certificate::Certificate;
use crate::commands::test::target_name;
use crate::examination::Examination;
use crate::output::{self, Failure};
use crate::rulebook::Entry;
use crate::stale::{Earlier, MANIFEST};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The page for people.
const PAGE: &str = "index.html";

/// The list of what was written; certificates of rules that are gone go with the next run.
#[derive(Serialize)]
struct Manifest {
    version: u32,
    entries: Vec<Proved>,
    files: Vec<Written>,
}

/// A pair, and the certificate that says so.
#[derive(Serialize)]
struct Proved {
    rule: String,
    document: usize,
    target: String,
    profile: Option<String>,
    verdict: &'static str,
    codes: Vec<String>,
    proof: String,
}

#[derive(Serialize)]
struct Written {
    path: String,
    sha256: String,
}

/// Writes everything below a folder.
pub(crate) fn write(
    folder: &Path,
    results: &[(&Entry, &Examination)],
    seed: u64,
) -> Result<(), Failure> {
    let mut manifest = Manifest {
        version: 1,
        entries: Vec::new(),
        files: Vec::new(),
    };
    let mut files = BTreeMap::new();
    for (entry, result) in results {
        let certificate = Certificate::new(entry, result, seed);
        let text = pretty(&certificate)?;
        let proof = hex(&Sha256::digest(text.as_bytes()));
        for target in &certificate.targets {
            manifest.entries.push(Proved {
                rule: certificate.rule.clone(),
                document: certificate.document,
                target: target.target.clone(),
                profile: target.profile.clone(),
                verdict: target.verdict,
                codes: target.codes.clone(),
                proof: proof.clone(),
            });
        }
        let path = format!("certificates/{}", certificate.file_name());
        manifest.files.push(Written {
            path: path.clone(),
            sha256: proof,
        });
        files.insert(path, text);
    }
    let page = page(results);
    manifest.files.push(Written {
        path: PAGE.to_owned(),
        sha256: hex(&Sha256::digest(page.as_bytes())),
    });
    files.insert(PAGE.to_owned(), page);
    let earlier = Earlier::read(folder);
    for (path, text) in &files {
        output::write_file(&folder.join(path), text)?;
    }
    earlier.remove(folder, &files.keys().map(Path::new).collect())?;
    output::write_file(&folder.join(MANIFEST), &pretty(&manifest)?)
}

fn page(results: &[(&Entry, &Examination)]) -> String {
    let mut rows = String::new();
    for (entry, result) in results {
        for pair in &result.pairs {
            let shown: Vec<String> = pair
                .counterexamples
                .iter()
                .map(|(code, found)| {
                    let code = code.as_deref().unwrap_or("unexplained");
                    format!(
                        "{}: <code>{}</code>",
                        escape(code),
                        escape(&found.event.to_json_line())
                    )
                })
                .collect();
            let told = pair
                .detail
                .as_deref()
                .map(escape)
                .into_iter()
                .chain(shown)
                .collect::<Vec<_>>()
                .join("<br>");
            let word = pair.verdict.word();
            let _ = writeln!(
                rows,
                "<tr><td>{}</td><td>{}</td><td class=\"{word}\">{word}</td><td>{}</td><td>{told}</td></tr>",
                escape(&entry.rule.name),
                escape(&target_name(pair)),
                pair.compared
            );
        }
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Verdict: agreement of targets</title>\n<style>\n\
         body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }}\n\
         table {{ border-collapse: collapse; width: 100%; }}\n\
         th, td {{ border-bottom: 1px solid #ddd; padding: .4rem .6rem; text-align: left; vertical-align: top; }}\n\
         code {{ overflow-wrap: anywhere; }}\n\
         .agree {{ color: #17692f; }} .diverges {{ color: #8a5a00; }} .unsupported {{ color: #555; }}\n\
         .disagree, .untested {{ color: #a11; font-weight: bold; }}\n</style>\n\
         <h1>Agreement of targets</h1>\n<p>{} rules. Every pair of rule and target was judged by execution on the events counted.</p>\n\
         <table>\n<tr><th>Rule</th><th>Target</th><th>Verdict</th><th>Events</th><th>Differences, with their smallest events</th></tr>\n{rows}</table>\n</html>\n",
        results.len()
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn pretty(value: &impl Serialize) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value);
    text.map(|text| text + "\n")
        .map_err(|error| Failure::internal(error.to_string()))
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
