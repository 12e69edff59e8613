//! What each target claims of each rule, and the texts themselves.

use crate::{Case, cases};
use std::fmt::Write as _;
use verdict_targets::Claim;
use verdict_targets::profile::Profile;
use verdict_targets::target::Target;

const TARGETS: [&dyn Target; 3] = [
    &verdict_targets::spl::Spl,
    &verdict_targets::esql::Esql,
    &verdict_targets::kql::Kql,
];

fn claim(target: &dyn Target, case: &Case) -> String {
    let emitted = target.compile_series(&case.rule, &case.series, &Profile::raw());
    match emitted.claim {
        Claim::Exact => "exact".to_owned(),
        Claim::Diverges(codes) => {
            let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
            codes.join(" ")
        }
        Claim::Unsupported(refusals) => {
            let codes: Vec<String> = refusals.iter().map(|one| one.code.to_string()).collect();
            codes.join(" ")
        }
    }
}

#[test]
fn claims() {
    let mut table = String::new();
    for case in cases() {
        let claims = TARGETS.map(|target| format!("{}: {}", target.name(), claim(target, &case)));
        // Writing to a string does not fail.
        let _ = writeln!(table, "{}: {}", case.file, claims.join(", "));
    }
    insta::assert_snapshot!(table);
}

fn texts(target: &dyn Target) -> String {
    let mut all = String::new();
    for case in cases() {
        let emitted = target.compile_series(&case.rule, &case.series, &Profile::raw());
        if let Some(text) = emitted.text {
            all.push_str(&text);
            all.push('\n');
        }
    }
    all
}

#[test]
fn texts_of_splunk() {
    insta::assert_snapshot!(texts(&verdict_targets::spl::Spl));
}

#[test]
fn texts_of_elasticsearch() {
    insta::assert_snapshot!(texts(&verdict_targets::esql::Esql));
}

#[test]
fn texts_of_kusto() {
    insta::assert_snapshot!(texts(&verdict_targets::kql::Kql));
}
