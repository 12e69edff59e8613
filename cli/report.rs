//! The report of `test`: a certificate a rule, a manifest with their hashes, and a page for people.

mod page;

use crate::certificate::Certificate;
use crate::examination::Examination;
use crate::output::{self, Failure};
use crate::registry::Chosen;
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
    results: &[(&Entry, &[Chosen], &Examination)],
    seed: u64,
) -> Result<(), Failure> {
    let mut manifest = Manifest {
        version: 1,
        entries: Vec::new(),
        files: Vec::new(),
    };
    let mut files = BTreeMap::new();
    let certificates: Vec<Certificate> = results
        .iter()
        .map(|(entry, targets, result)| Certificate::new(entry, result, targets, seed))
        .collect();
    for certificate in &certificates {
        let text = pretty(certificate)?;
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
    let page = page::page(&certificates)?;
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
