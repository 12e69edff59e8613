//! The bundled profiles: what whole rules become, and which row an event becomes.
//!
//! `profiles/*.cases` hold rules, each under a line `## target:profile title`: a Sigma rule from `logsource:` on, or `eql: ` and a query; the
//! lines that begin with `{` are events whose rows are shown. The snapshots beside them are what was reviewed.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fmt::Write;
use verdict_compiler::rule::{Body, EqlBody, load};
use verdict_compiler::span::Text;
use verdict_compiler::{Diagnostic, Inputs, LogsourceTable, Meaning, Rule, Source, compile};
use verdict_event::Event;
use verdict_targets::eql::Eql;
use verdict_targets::esql::Esql;
use verdict_targets::kql::Kql;
use verdict_targets::profile::Profile;
use verdict_targets::spl::Spl;
use verdict_targets::{Claim, LOGSOURCES, Projection, Target};

const ID: &str = "6d0a4c1e-0000-4000-8000-000000000001";

/// A rule of this text.
fn rule(title: &str, text: &str) -> Rule {
    if let Some(query) = text.strip_prefix("eql: ") {
        let body = Body::Eql(EqlBody {
            query: Text::verbatim(query, 0),
            category_field: "event.category".to_owned(),
            ecs: true,
            endpoint: false,
        });
        return Rule::new(ID, title, body);
    }
    let text = format!("title: {title}\nid: {ID}\n{text}\n");
    let loaded = load(&Source::new("rule.yml", text.as_str()));
    let errors = loaded.diagnostics.iter().any(Diagnostic::is_error);
    assert!(!errors, "{text}: {:?}", loaded.diagnostics);
    loaded.rules.into_iter().next().expect("a rule")
}

fn target_of(name: &str) -> &'static dyn Target {
    let all: [&dyn Target; 4] = [&Eql, &Esql, &Kql, &Spl];
    let mut named = all.into_iter().filter(|target| target.name() == name);
    named.next().expect("a target")
}

/// The claim, the query and the rows of a case.
fn shown(case: &str, report: &mut String) {
    let (head, rest) = case.split_once('\n').expect("a title and a rule");
    let (profile, title) = head.split_once(' ').expect("a profile and a title");
    let (target, name) = profile.split_once(':').expect("a target and a profile");
    let profile = Profile::bundled(target, name).expect("a profile");
    let target = target_of(target);
    let is_event = |line: &&str| line.starts_with('{');
    let text: Vec<&str> = rest.lines().filter(|line| !is_event(line)).collect();
    let rule = rule(title, text.join("\n").trim());
    let logsources = LogsourceTable::parse(LOGSOURCES).expect("the table of logsources");
    let placeholders = BTreeMap::new();
    let inputs = Inputs {
        logsources: Some(&logsources),
        placeholders: &placeholders,
        schema: None,
    };
    let compiled = compile(&rule, &inputs);
    let Meaning::Known(ir) = compiled.meaning else {
        panic!("{head}: {:?}", compiled.diagnostics);
    };
    let emitted = target.compile(&rule, &ir, &profile);
    let codes = match &emitted.claim {
        Claim::Exact => "exact".to_owned(),
        Claim::Diverges(codes) => codes
            .iter()
            .map(|code| code.id)
            .collect::<Vec<_>>()
            .join(", "),
        Claim::Unsupported(refusals) => {
            let reasons = refusals.iter();
            let reasons = reasons.map(|found| format!("{} {}", found.code, found.reason));
            reasons.collect::<Vec<_>>().join("\n  ")
        }
    };
    let _ = writeln!(report, "## {head}\n{codes}");
    if let Some(text) = &emitted.text {
        let query = text
            .lines()
            .skip_while(|line| line.starts_with("//") || line.starts_with("```"));
        let _ = writeln!(report, "{}", query.collect::<Vec<_>>().join("\n"));
    }
    let projector = target.projector(&ir, &profile);
    let neighbours = target.neighbours(&ir, &profile);
    for line in rest.lines().filter(is_event) {
        let event = serde_json::from_str(line).expect("JSON");
        let event = Event::from_json(event).expect("an event");
        match projector(&event) {
            Projection::Row(row) => {
                let _ = writeln!(report, "  {line}\n    {}", row.to_json_line());
            }
            Projection::Unrepresentable(reason) => {
                let _ = writeln!(report, "  {line}\n    none: {reason}");
                for near in neighbours(&event) {
                    let _ = writeln!(report, "      near: {}", near.to_json_line());
                }
            }
        }
    }
    report.push('\n');
}

fn check(file: &str) {
    let folder = format!("{}/tests/profiles", env!("CARGO_MANIFEST_DIR"));
    let cases = std::fs::read_to_string(format!("{folder}/{file}.cases")).expect("the cases");
    let mut report = String::new();
    for case in cases.split("## ").skip(1) {
        shown(case, &mut report);
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(file, report));
}

#[test]
fn defender() {
    check("defender");
}

#[test]
fn sentinel() {
    check("sentinel");
}

#[test]
fn asim() {
    check("asim");
}

#[test]
fn ecs() {
    check("ecs");
}

#[test]
fn splunk() {
    check("splunk");
}
