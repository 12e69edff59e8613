//! The KQL target: what it says of every test, type and polarity; how whole rules look; that nothing leaves its literal.
//!
//! `kql/*.cases` hold a leaf a line (the notation is `notation.rs`); the snapshots beside them are what was reviewed.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

#[path = "kql/notation.rs"]
mod notation;
#[path = "kql/quoting.rs"]
mod quoting;
#[path = "kql/rows.rs"]
mod rows;
#[path = "kql/rules.rs"]
mod rules;
#[path = "shared/rules.rs"]
mod shared_rules;

use std::collections::BTreeMap;
use verdict_compiler::ir::{Expr, Origin};
use verdict_compiler::rule::Body;
use verdict_compiler::{Ir, Refusal, Rule, Span};
use verdict_event::{FieldSchema, Path};
use verdict_targets::kql::Kql;
use verdict_targets::profile::Profile;
use verdict_targets::{Claim, Emitted, Target};

/// A rule with this name; the target reads nothing else of it.
fn rule(name: &str) -> Rule {
    let body = Body::Opaque(Refusal {
        code: verdict_compiler::codes::target::LANGUAGE,
        reason: String::new(),
        span: Span::default(),
    });
    Rule::new("6d0a4c1e-0000-4000-8000-000000000001", name, body)
}

/// The IR of a predicate over these fields.
fn ir(predicate: Expr, fields: BTreeMap<Path, FieldSchema>) -> Ir {
    Ir {
        detection: predicate.clone(),
        predicate,
        origin: Origin::default(),
        fields,
    }
}

fn compile(name: &str, ir: &Ir) -> Emitted {
    let emitted = Kql.compile(&rule(name), ir, &Profile::raw());
    let unsupported = matches!(emitted.claim, Claim::Unsupported(_));
    assert_eq!(unsupported, emitted.text.is_none());
    emitted
}

/// The query without its comments and its table, or why there is none.
fn shown(emitted: &Emitted) -> String {
    match (&emitted.claim, &emitted.text) {
        (Claim::Unsupported(refusals), _) => refusals
            .iter()
            .map(|refusal| format!("{} {}", refusal.code, refusal.reason))
            .collect::<Vec<_>>()
            .join("; "),
        (_, Some(text)) => text
            .lines()
            .skip_while(|line| !line.starts_with('|'))
            .collect::<Vec<_>>()
            .join("\n"),
        (_, None) => String::new(),
    }
}

/// The lines of a case file that are no comments.
fn cases(file: &str) -> String {
    let path = format!("{}/tests/kql/{file}.cases", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("the case file");
    let kept = |line: &&str| !line.is_empty() && !line.starts_with('#');
    text.lines().filter(kept).collect::<Vec<_>>().join("\n")
}

/// Compares with what was reviewed, which lies beside the cases.
fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kql"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Every line of a case file, said as it is and negated.
fn check(file: &str) {
    let mut report = String::new();
    for line in cases(file).lines() {
        let (leaf, fields) = notation::leaf(line);
        let plain = compile("x", &ir(leaf.clone(), fields.clone()));
        let negated = compile("x", &ir(leaf.negate(), fields));
        assert_eq!(
            plain.claim, negated.claim,
            "a negation changes no claim: {line}"
        );
        report.extend([line, "\n    ", &shown(&plain), "\n"]);
        if plain.text.is_some() {
            report.extend(["    ", &shown(&negated), "\n"]);
        }
        if let Claim::Diverges(codes) = &plain.claim {
            report.extend(["    ", &format!("{codes:?}"), "\n"]);
        }
    }
    snapshot(file, &report);
}

#[test]
fn text() {
    check("text");
}

#[test]
fn numbers() {
    check("numbers");
}

#[test]
fn dates_and_addresses() {
    check("dates-and-addresses");
}

#[test]
fn lists() {
    check("lists");
}

#[test]
fn presence() {
    check("presence");
}

#[test]
fn relations_and_functions() {
    check("relations-and-functions");
}

#[test]
fn keywords() {
    check("keywords");
}
