//! The report of `test`: a certificate a rule, a manifest with their hashes, and a page for people.

use crate::commands::test::target_name;
use crate::examination::{Examination, Pair};
use crate::output::{self, Failure};
use crate::rulebook::Entry;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::path::Path;

/// Writes everything below a folder.
pub(crate) fn write(folder: &Path, results: &[(&Entry, &Examination)]) -> Result<(), Failure> {
    let mut proofs = Vec::new();
    for (entry, result) in results {
        let text = pretty(&certificate(entry, result))?;
        let proof = hex(&Sha256::digest(text.as_bytes()));
        let id: String = entry
            .rule
            .id
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect();
        output::write_file(
            &folder
                .join("certificates")
                .join(format!("{id}-{}.json", entry.document)),
            &text,
        )?;
        for pair in &result.pairs {
            proofs.push(serde_json::json!({
                "rule": entry.rule.id,
                "document": entry.document,
                "target": pair.target,
                "profile": pair.profile,
                "verdict": pair.verdict.word(),
                "codes": pair.codes,
                "proof": proof,
            }));
        }
    }
    let manifest = serde_json::json!({ "version": 1, "entries": proofs });
    output::write_file(&folder.join("manifest.json"), &pretty(&manifest)?)?;
    output::write_file(&folder.join("index.html"), &page(results))
}

/// What the harness found for one rule.
fn certificate(entry: &Entry, result: &Examination) -> serde_json::Value {
    let goals = result.outcome.as_ref().map(|outcome| {
        serde_json::json!({
            "witnessed": outcome.reached.witnessed,
            "infeasible": outcome.reached.infeasible,
            "unknown": outcome.reached.unknown,
        })
    });
    serde_json::json!({
        "rule": entry.rule.id,
        "name": entry.rule.name,
        "source_sha256": hex(&Sha256::digest(entry.source.text.as_bytes())),
        "events": result.outcome.as_ref().map(|outcome| outcome.events),
        "matching": result.outcome.as_ref().map(|outcome| outcome.matching),
        "goals": goals,
        "broken_fixtures": result.broken_fixtures,
        "targets": result.pairs.iter().map(of_pair).collect::<Vec<_>>(),
    })
}

fn of_pair(pair: &Pair) -> serde_json::Value {
    let shown = pair.counterexamples.iter().map(|(code, found)| {
        serde_json::json!({
            "code": code,
            "event": found.event.root().to_json(),
            "rule_matches": found.oracle,
            "made_as": found.label,
        })
    });
    serde_json::json!({
        "target": pair.target,
        "profile": pair.profile,
        "verdict": pair.verdict.word(),
        "codes": pair.codes,
        "compared": pair.compared,
        "unrepresentable": pair.unrepresentable,
        "standing": pair.standing,
        "differences": shown.collect::<Vec<_>>(),
        "detail": pair.detail,
    })
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

fn pretty(value: &serde_json::Value) -> Result<String, Failure> {
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
