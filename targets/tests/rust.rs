//! The Rust target: how every test looks, how whole crates look, that rustfmt would not change a byte, and that nothing leaves its place.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[path = "rust/crates.rs"]
mod crates;
#[path = "kql/notation.rs"]
#[allow(
    dead_code,
    reason = "the notation is that of all targets; not each needs all of it"
)]
mod notation;

use std::collections::BTreeMap;
use verdict_compiler::ir::{Expr, Origin};
use verdict_compiler::rule::Body;
use verdict_compiler::{Ir, Refusal, Rule, Span};
use verdict_event::{FieldSchema, Path};
use verdict_targets::{Claim, rust};

/// A rule with this name.
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

/// Compares with what was reviewed, which lies beside the cases.
fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rust"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Every line of the case file, which holds every test there is, as a condition and its tables.
#[test]
fn leaves() {
    let mut report = String::new();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rust/leaves.cases");
    let text = std::fs::read_to_string(path).expect("the case file");
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let (leaf, fields) = notation::leaf(line);
        let emitted = rust::function(&rule("x"), &ir(leaf, fields));
        report.extend([line, "\n"]);
        match emitted.claim {
            Claim::Exact => {}
            Claim::Diverges(_) => panic!("there is nothing that it says otherwise"),
            Claim::Unsupported(refusals) => {
                for refusal in refusals {
                    report.extend(["    ", refusal.code.id, " ", &refusal.reason, "\n"]);
                }
            }
        }
        let text = emitted.text.unwrap_or_default();
        let kept = |line: &&str| {
            !line.is_empty()
                && !line.starts_with("///")
                && !line.starts_with("pub fn")
                && *line != "}"
        };
        for line in text.lines().filter(kept) {
            report.extend(["    ", line.strip_prefix("    ").unwrap_or(line), "\n"]);
        }
    }
    snapshot("leaves", &report);
}
